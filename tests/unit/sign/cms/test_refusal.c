/* The word of the worker that read a time-stamp answer: one that the program does not know is an
 * answer that is not believed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"
#include "sign/cms/stamp.h"

static int answer(void *self, const struct fetch_request *request, struct fetch_reply *reply,
                  struct err *e)
{
    (void)self;
    (void)request;
    reply->status = 200;
    buf_text(reply->body, "0");
    return buf_check(reply->body, e);
}

static int say(void *self, const struct task_call *call, struct err *e)
{
    buf_text(call->reply, self);
    return buf_check(call->reply, e);
}

static void words(void **state)
{
    static char unknown[] = "{\"ok\":false,\"code\":\"new\"}", none[] = "{}";
    static char far[] = "{\"ok\":true,\"token_at\":0,\"token_len\":99}", text[] = "no JSON";
    static const struct {
        char *said;
        const char *id;
    } cases[] = {{unknown, "err.sign-cms.tsa-answer"},
                 {none, "err.sign-cms.tsa-answer"},
                 {far, "err.base.bug"},
                 {text, "err.base.json"}};
    struct fetcher fetcher = {NULL, answer};
    struct stamp_server server = {.url = "http://h/"};
    struct stamp stamp;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct runner runner = {.self = cases[i].said, .call = say};
        struct err e = ERR_INIT;
        assert_int_equal(stamp_get(&runner, &fetcher, &server, "x", 1, &stamp, &e), -1);
        assert_string_equal(e.id, cases[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(words)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

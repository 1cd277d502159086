#include "base/ports.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "base/buf.h"

static int64_t now_real(void *self)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    char *end = NULL;

    (void)self;
    if (epoch != NULL && *epoch >= '0' && *epoch <= '9') {
        errno = 0;
        long long value = strtoll(epoch, &end, 10);
        if (errno == 0 && *end == '\0' && value <= 253402300799LL)
            return value;
    }
    return (int64_t)time(NULL);
}

static int64_t now_fixed(void *self)
{
    return *(const int64_t *)self;
}

struct clock clock_real(void)
{
    return (struct clock){NULL, now_real};
}

struct clock clock_fixed(const int64_t *instant)
{
    return (struct clock){(void *)(uintptr_t)instant, now_fixed};
}

int der_list_add(struct der_list *list, const void *der, size_t len, struct err *e)
{
    struct der_item *items = realloc(list->items, (list->count + 1) * sizeof *items);

    if (items == NULL)
        return err_set_memory(e);
    list->items = items;
    unsigned char *copy = malloc(len > 0 ? len : 1);
    if (copy == NULL)
        return err_set_memory(e);
    memcpy(copy, der, len);
    list->items[list->count++] = (struct der_item){copy, len};
    return 0;
}

void der_list_free(struct der_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i].data);
    free(list->items);
    *list = (struct der_list){NULL, 0};
}

static const struct {
    enum sign_scheme scheme;
    const char *name, *option;
} schemes[] = {
    {SCHEME_RSA_PKCS1, "RSA-PKCS1", "pkcs1"},
    {SCHEME_RSA_PSS, "RSA-PSS", "pss"},
    {SCHEME_ECDSA, "ECDSA", "ecdsa"},
};

const char *sign_scheme_name(enum sign_scheme scheme)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (schemes[i].scheme == scheme)
            return schemes[i].name;
    }
    return "?";
}

enum sign_scheme sign_scheme_from_name(const char *name)
{
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (strcasecmp(name, schemes[i].name) == 0 || strcasecmp(name, schemes[i].option) == 0)
            return schemes[i].scheme;
    }
    return SCHEME_NONE;
}

bool fetch_reply_is_html(const struct fetch_reply *reply)
{
    static const char *const starts[] = {"<!doctype html", "<html", "<head", "<body"};
    const char *body = reply->body != NULL ? buf_str(reply->body) : "";

    if (strncasecmp(reply->content_type, "text/html", 9) == 0 ||
        strncasecmp(reply->content_type, "application/xhtml", 17) == 0)
        return true;
    if (strncmp(body, "\xef\xbb\xbf", 3) == 0)
        body += 3;
    body += strspn(body, " \t\r\n");
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        if (strncasecmp(body, starts[i], strlen(starts[i])) == 0)
            return true;
    }
    return false;
}

static int ask_here(const struct task_io *io, const void *question, size_t len, struct buf *answer,
                    struct err *e)
{
    const struct task_call *call = io->ask_self;

    return call->answer(call->answer_self, question, len, answer, e);
}

static int call_here(void *self, const struct task_call *call, struct err *e)
{
    for (const struct task *task = self; task->name != NULL; task++) {
        if (strcmp(task->name, call->name) != 0)
            continue;
        struct task_io io = {.fds = call->fds,
                             .nfds = call->nfds,
                             .params = call->params,
                             .params_len = call->params_len,
                             .reply = call->reply,
                             .ask = call->answer != NULL ? ask_here : NULL,
                             .ask_self = (void *)(uintptr_t)call};
        return task->run(&io, e);
    }
    return err_set_bug(e, call->name);
}

struct runner runner_here(const struct task *table)
{
    return (struct runner){.self = (void *)(uintptr_t)table, .call = call_here};
}

void runner_expect(const struct runner *r, const char *name)
{
    if (r->expect != NULL)
        r->expect(r->self, name, NULL, 0);
}

void runner_yield(const struct runner *r)
{
    if (r->yield != NULL)
        r->yield(r->self);
}

void runner_teach(const struct runner *r, const char *name, const void *own, size_t n)
{
    if (r->expect != NULL)
        r->expect(r->self, name, own, n);
}

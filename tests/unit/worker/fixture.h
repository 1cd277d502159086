/* A runner over the tasks of one test program, and a call of one. */
#ifndef PARAPHE_TESTS_WORKER_FIXTURE_H
#define PARAPHE_TESTS_WORKER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"
#include "worker/worker.h"

#define TASK(name, ...)                                                                            \
    static const struct task name##_task = {#name, name##_run, __VA_ARGS__, NULL}
#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct task *const tasks[]; /* of the test program, defined after its tasks */

struct fixture {
    struct workers *workers;
    struct runner runner;
    struct buf reply;
    struct err e;
    int input;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    assert_non_null(f);
    buf_init(&f->reply, 100);
    text_lang_set("en");
    f->input = file_seal_bytes("essai.xlsx", "salut", 5, NULL);
    assert_int_equal(workers_start(tasks, true, &f->workers, &f->runner, &f->e), 0);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    workers_stop(f->workers);
    buf_free(&f->reply);
    close(f->input);
    free(f);
    return 0;
}

static inline int call(struct fixture *f, const char *name, const void *params, size_t n)
{
    struct task_call c = {.name = name,
                          .fds = &f->input,
                          .nfds = 1,
                          .params = params,
                          .params_len = n,
                          .reply = &f->reply};

    buf_clear(&f->reply);
    err_clear(&f->e);
    return f->runner.call(f->runner.self, &c, &f->e);
}

#endif

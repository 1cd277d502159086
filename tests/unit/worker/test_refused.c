/* A kernel that refuses what shuts a worker in, or a process: never a worker without its walls. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "tests/refuse.h"
#include "worker/proto.h"
#include "worker/sandbox.h"
#include "worker/worker.h"

static int enter(void *self)
{
    struct err e = ERR_INIT;

    return sandbox_enter(self, &e) != -1 || strcmp(e.id, "err.worker.sandbox") != 0;
}

static int prepare(void *self)
{
    struct err e = ERR_INIT;

    (void)self;
    return sandbox_prepare(&e) != NULL || strcmp(e.id, "err.worker.sandbox") != 0;
}

static void walls(void **state)
{
    static const struct refuse lists[][1] = {
        {{SYS_prctl, 0, PR_SET_NO_NEW_PRIVS, EPERM}},
        {{SYS_prctl, 0, PR_SET_SECCOMP, EPERM}},
        {{SYS_landlock_restrict_self, -1, 0, E2BIG}},
    };
    static const struct refuse export[] = {{SYS_write, -1, 0, ENOSPC}};
    static struct sandbox *s; /* a process has one, for good */

    (void)state;
    s = sandbox_prepare(NULL);
    assert_non_null(s);
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (i < 2 || sandbox_landlock_version() > 0)
            assert_true(refused_run(lists[i], 1, enter, s));
    }
    assert_true(refused_run(export, 1, prepare, NULL));
    assert_int_equal(enter(NULL), 0); /* nothing was prepared */
}

static int limits_set(void *self)
{
    struct worker_limits limits = {.cpu_seconds = 1, .wall_ms = 1000, .memory = 0, .output = 1};
    struct err e = ERR_INIT;

    (void)self;
    return sandbox_limits_set(&limits, &e) != -1 || strcmp(e.id, "err.worker.spawn") != 0;
}

static int start(void *self)
{
    static const struct task *const none[] = {NULL};
    struct workers *w = NULL;
    struct runner runner;
    struct err e = ERR_INIT;

    (void)self;
    return workers_start(none, true, &w, &runner, &e) != -1 ||
           strcmp(e.id, "err.worker.spawn") != 0;
}

static void limits_and_processes(void **state)
{
    static const struct refuse limits[] = {{SYS_prlimit64, -1, 0, EPERM},
                                           {SYS_setrlimit, -1, 0, EPERM}};
    static const struct refuse forks[] = {
        {SYS_clone, -1, 0, EAGAIN}, {SYS_clone3, -1, 0, EAGAIN}, {SYS_vfork, -1, 0, EAGAIN}};

    (void)state;
    assert_true(refused_run(limits, 2, limits_set, NULL));
    assert_true(refused_run(forks, 3, start, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(walls),
        cmocka_unit_test(limits_and_processes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

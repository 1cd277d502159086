/* Each thing that a worker may not do: tasks that try it, run by the real runner. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/worker/fixture.h"

static int echo_run(const struct task_io *io, struct err *e)
{
    char part[6] = "";

    if (file_pread_all(io->fds[0], part, 5, 0, "x", e) != 0)
        return -1;
    buf_text(io->reply, part);
    return 0;
}

/* Each says "done" when it was let do it. */
static int done(const struct task_io *io, bool it, struct err *e)
{
    if (!it)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-open", "x", NULL);
    buf_text(io->reply, "done");
    return 0;
}
static int socket_run(const struct task_io *io, struct err *e)
{
    return done(io, socket(AF_INET, SOCK_STREAM, 0) >= 0, e);
}
static int unix_run(const struct task_io *io, struct err *e)
{
    int pair[2];

    return done(io, socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0, e);
}
static int open_run(const struct task_io *io, struct err *e)
{
    return done(io, open("/etc/passwd", O_RDONLY) >= 0, e);
}
static int reopen_run(const struct task_io *io, struct err *e)
{
    return done(io, open("/proc/self/fd/4", O_RDWR) >= 0, e);
}
static int create_run(const struct task_io *io, struct err *e)
{
    return done(io, open("/tmp", O_TMPFILE | O_WRONLY, 0600) >= 0, e);
}
static int folder_run(const struct task_io *io, struct err *e)
{
    return done(io, opendir("/") != NULL, e);
}
static int exec_run(const struct task_io *io, struct err *e)
{
    char *argv[] = {(char *)(uintptr_t) "true", NULL};

    return done(io, execv("/bin/true", argv) == 0, e);
}
static int fork_run(const struct task_io *io, struct err *e)
{
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    return done(io, pid > 0, e);
}
static int ptrace_run(const struct task_io *io, struct err *e)
{
    return done(io, ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == 0, e);
}
static int kill_run(const struct task_io *io, struct err *e)
{
    pid_t parent = 0;

    memcpy(&parent, io->params, sizeof parent);
    return done(io, kill(parent, 0) == 0, e);
}
static int code_run(const struct task_io *io, struct err *e)
{
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return done(io, p != MAP_FAILED, e);
}
static int chmod_run(const struct task_io *io, struct err *e)
{
    return done(io, fchmod(io->fds[0], 0777) == 0, e);
}
static int memory_run(const struct task_io *io, struct err *e)
{
    (void)io;
    for (int i = 0; i < 64; i++) {
        char *block = malloc(16 << 20);
        if (block == NULL)
            return err_set_memory(e);
        memset(block, i, 16 << 20);
    }
    return done(io, true, e);
}
static int spin_run(const struct task_io *io, struct err *e)
{
    (void)io;
    for (volatile unsigned long i = 0;; i++) {
    }
    return done(io, true, e);
}
static int sleep_run(const struct task_io *io, struct err *e)
{
    struct pollfd p = {.fd = -1};

    for (;;)
        poll(&p, 1, 1000);
    return done(io, true, e);
}
static int output_run(const struct task_io *io, struct err *e)
{
    static char block[1 << 16];

    for (int i = 0; i < 64; i++) {
        if (file_pwrite_all(io->fds[0], block, sizeof block, (int64_t)i << 16, "x", e) != 0)
            return -1;
    }
    return done(io, true, e);
}
TASK(echo, NULL, {0, 0, 0});
TASK(socket, NULL, {0, 0, 0});
TASK(unix, NULL, {0, 0, 0});
TASK(open, NULL, {0, 0, 0});
TASK(reopen, NULL, {0, 0, 0});
TASK(create, NULL, {0, 0, 0});
TASK(folder, NULL, {0, 0, 0});
TASK(exec, NULL, {0, 0, 0});
TASK(fork, NULL, {0, 0, 0});
TASK(ptrace, NULL, {0, 0, 0});
TASK(kill, NULL, {0, 0, 0});
TASK(code, NULL, {0, 0, 0});
TASK(chmod, NULL, {0, 0, 0});
TASK(memory, NULL, {0, 256 << 20, 0});
TASK(spin, NULL, {1, 0, 0});
TASK(sleep, NULL, {1, 0, 0});
TASK(output, NULL, {0, 0, 1 << 20});
static const struct task *const tasks[] = {
    &echo_task,   &socket_task, &unix_task, &open_task,   &reopen_task, &create_task,
    &folder_task, &exec_task,   &fork_task, &ptrace_task, &kill_task,   &code_task,
    &chmod_task,  &memory_task, &spin_task, &sleep_task,  &output_task, NULL};

static void forbidden_calls_kill(void **state)
{
    static const char *const names[] = {"socket", "unix", "exec", "fork",
                                        "ptrace", "kill", "code", "chmod"};
    struct fixture *f = *state;
    pid_t self = getpid();

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(call(f, names[i], &self, sizeof self), -1);
        assert_string_equal(f->e.id, "err.worker.killed");
        assert_string_equal(f->e.foreign, "SIGSYS");
        assert_int_equal(f->e.kind, ERR_INPUT);
        assert_non_null(strstr(f->e.sentence, "essai.xlsx"));
    }
}

static void no_file_can_be_opened(void **state)
{
    static const char *const names[] = {"open", "reopen", "create", "folder"};
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_equal(call(f, names[i], "", 0), -1);
        assert_string_equal(f->e.id, "err.base.file-open");
        assert_non_null(strstr(f->e.foreign, "EACCES"));
    }
}

static void limits_hold(void **state)
{
    struct fixture *f = *state;
    int out = file_memory("gros.pdf", NULL), keep = f->input;

#ifndef PARAPHE_SANITIZED
    assert_int_equal(call(f, "memory", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.memory");
    assert_int_equal(f->e.kind, ERR_INPUT);
#endif
    f->input = out;
    assert_int_equal(call(f, "output", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.output");
    assert_non_null(strstr(f->e.sentence, "gros.pdf"));
    f->input = keep;
    close(out);
    assert_int_equal(call(f, "spin", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.time");
}

static void one_that_waits_is_killed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "sleep", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.time");
}

/* A system that refuses seccomp, made by seccomp itself, in a process of its own. */
static int on_a_system_without_seccomp(bool must_isolate)
{
    struct fixture f = {.input = file_seal_bytes("essai.xlsx", "salut", 5, NULL)};
    const struct scmp_arg_cmp when = {0, SCMP_CMP_EQ, PR_SET_SECCOMP, 0};
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);

    buf_init(&f.reply, 100);
    if (c == NULL ||
        seccomp_rule_add_array(c, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1, &when) != 0 ||
        seccomp_load(c) != 0 ||
        workers_start(tasks, must_isolate, &f.workers, &f.runner, &f.e) != 0)
        return 100;
    if (call(&f, "echo", "", 0) == 0)
        return strcmp(buf_str(&f.reply), "salut") == 0 ? 0 : 101;
    return strcmp(f.e.id, "err.worker.sandbox") == 0 ? (int)f.e.kind : 102;
}

static void without_seccomp_nothing_is_read_unasked(void **state)
{
    int status = 0;

    (void)state;
    for (int isolate = 0; isolate < 2; isolate++) {
        pid_t pid = fork();
        if (pid == 0)
            _exit(on_a_system_without_seccomp(isolate == 1));
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), isolate == 1 ? ERR_USAGE : 0);
    }
}

/* The program is killed while a worker works: spawner and worker end by themselves. */
static void nobody_outlives_the_program(void **state)
{
    int status = 0, ends = 0;

    (void)state;
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    pid_t program = fork();
    if (program == 0) {
        struct fixture f = {.input = file_seal_bytes("essai.xlsx", "salut", 5, NULL)};
        buf_init(&f.reply, 100);
        if (workers_start(tasks, true, &f.workers, &f.runner, &f.e) != 0)
            _exit(1);
        call(&f, "sleep", "", 0);
        _exit(2);
    }
    usleep(300000);
    kill(program, SIGKILL);
    /* program, spawner and worker end up here; each must end within the second */
    for (int i = 0; i < 100 && ends < 3; i++) {
        pid_t pid = waitpid(-1, &status, WNOHANG);
        ends += pid > 0;
        if (pid < 0)
            break;
        if (pid == 0)
            usleep(20000);
    }
    assert_true(ends == 3 || (ends == 2 && waitpid(-1, &status, WNOHANG) < 0));
    assert_int_equal(waitpid(-1, &status, WNOHANG), -1);
    prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EACH(forbidden_calls_kill),
        EACH(no_file_can_be_opened),
        EACH(limits_hold),
        EACH(one_that_waits_is_killed),
        cmocka_unit_test(without_seccomp_nothing_is_read_unasked),
        cmocka_unit_test(nobody_outlives_the_program),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

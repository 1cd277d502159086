/* What a worker may do, and each thing that it may not: tasks that try it, run by the real runner.
 */
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
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "base/utf8.h"
#include "worker/worker.h"

/* ---- tasks that behave ---- */
static int echo_run(const struct task_io *io, struct err *e)
{
    char part[64] = "";
    char hex[DIGEST_HEX_MAX];

    if (io->nfds > 0) {
        if (file_pread_all(io->fds[0], part, 5, 0, "x", e) != 0 ||
            digest_file_hex(io->fds[0], hex, e) != 0)
            return -1;
    }
    buf_append(io->reply, io->params, io->params_len);
    buf_text(io->reply, part);
    if (io->nfds > 1)
        return file_pwrite_all(io->fds[1], "sortie", 6, 0, "x", e);
    return 0;
}

static int work_run(const struct task_io *io, struct err *e)
{
    struct jv *v = jv_parse("{\"a\":1}", 7, "x", e);
    char *folded = utf8_fold("Éditeur", e);
    void *block = malloc(8 << 20);

    if (v == NULL || folded == NULL || block == NULL)
        return err_set_bug(e, "work");
    memset(block, 1, 8 << 20);
    buf_text(io->reply, folded);
    free(block);
    free(folded);
    jv_free(v);
    return 0;
}

static int ask_run(const struct task_io *io, struct err *e)
{
    struct buf answer = BUF_INIT(100);
    int rc = 0;

    for (int i = 0; rc == 0 && i < 3; i++) {
        char question[16];
        snprintf(question, sizeof question, "q%d", i);
        rc = io->ask(io, question, strlen(question), &answer, e);
        if (rc == 0)
            buf_append(io->reply, answer.data, answer.len);
    }
    buf_free(&answer);
    return rc;
}

static int fail_run(const struct task_io *io, struct err *e)
{
    (void)io;
    return err_set_foreign(e, ERR_FORM, "Z_DATA_ERROR", "err.base.file-directory", "ici", NULL);
}

static int warmed;
static void warm_mark(void)
{
    warmed++;
}
static int warm_run(const struct task_io *io, struct err *e)
{
    (void)e;
    buf_format(io->reply, "%d", warmed);
    return 0;
}

/* Its descriptors: 0, 1, 2, the socket, and what the call brought. */
static int fds_run(const struct task_io *io, struct err *e)
{
    int n = 0;

    (void)e;
    for (int i = 0; i < 4096; i++)
        n += fcntl(i, F_GETFD) != -1;
    buf_format(io->reply, "%d", n);
    return 0;
}

/* ---- tasks that try what is forbidden; each says "done" when it was let do it ---- */
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
static int reply_run(const struct task_io *io, struct err *e)
{
    (void)e;
    for (int i = 0; i < 100; i++)
        buf_text(io->reply, "trop long ");
    return 0;
}
static int crash_run(const struct task_io *io, struct err *e)
{
    (void)e;
    signal(SIGSEGV, SIG_DFL);
    *(volatile int *)(uintptr_t)(io->params_len + 8) = 1;
    return 0;
}
static int quit_run(const struct task_io *io, struct err *e)
{
    (void)io;
    (void)e;
    _exit(0);
}
/* Speaks the protocol badly, as a worker that was taken over might. */
static int lie_run(const struct task_io *io, struct err *e)
{
    static const char junk[200] = "\377\377\377";

    (void)io;
    (void)e;
    _exit(write(3, junk, sizeof junk) == sizeof junk ? 0 : 1);
}

#define TASK(name, ...) static const struct task name##_task = {#name, name##_run, __VA_ARGS__}
TASK(echo, NULL, {0, 0, 0});
TASK(work, NULL, {0, 0, 0});
TASK(ask, NULL, {0, 0, 0});
TASK(fail, NULL, {0, 0, 0});
TASK(warm, warm_mark, {0, 0, 0});
TASK(fds, NULL, {0, 0, 0});
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
TASK(reply, NULL, {0, 0, 0});
TASK(crash, NULL, {0, 0, 0});
TASK(quit, NULL, {0, 0, 0});
TASK(lie, NULL, {0, 0, 0});

static const struct task *const tasks[] = {
    &echo_task,   &work_task,  &ask_task,    &fail_task,   &warm_task,   &fds_task,  &socket_task,
    &unix_task,   &open_task,  &reopen_task, &create_task, &folder_task, &exec_task, &fork_task,
    &ptrace_task, &kill_task,  &code_task,   &chmod_task,  &memory_task, &spin_task, &sleep_task,
    &output_task, &reply_task, &crash_task,  &quit_task,   &lie_task,    NULL,
};

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

static int call(struct fixture *f, const char *name, const void *params, size_t n)
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

static void a_task_gives_its_reply(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "echo", "dit ", 4), 0);
    assert_string_equal(buf_str(&f->reply), "dit salut");
    assert_int_equal(call(f, "work", "", 0), 0);
    assert_string_equal(buf_str(&f->reply), "editeur");
    assert_int_equal(call(f, "absent", "", 0), -1);
    assert_int_equal(f->e.kind, ERR_BUG);
}

static void a_task_writes_where_it_may(void **state)
{
    struct fixture *f = *state;
    int out = file_memory("sortie", NULL), fds[2] = {f->input, out};
    char text[7] = "";
    struct task_call c = {.name = "echo", .fds = fds, .nfds = 2, .reply = &f->reply};

    assert_int_equal(f->runner.call(f->runner.self, &c, &f->e), 0);
    assert_int_equal(pread(out, text, 6, 0), 6);
    assert_string_equal(text, "sortie");
    close(out);
    /* the input is sealed: the same write to it fails */
    fds[1] = f->input;
    assert_int_equal(f->runner.call(f->runner.self, &c, &f->e), -1);
    assert_string_equal(f->e.id, "err.base.file-write");
}

static void only_what_was_given_is_open(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "fds", "", 0), 0);
    assert_string_equal(buf_str(&f->reply), "5");
}

static void warmed_up_once_and_before(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 3; i++) {
        assert_int_equal(call(f, "warm", "", 0), 0);
        assert_string_equal(buf_str(&f->reply), "1");
    }
}

/* Answers by calling another task, as the verdict does for what was fetched. */
static int answer_from(void *self, const void *question, size_t len, struct buf *answer,
                       struct err *e)
{
    struct fixture *f = self;
    struct task_call c = {.name = "echo",
                          .fds = &f->input,
                          .nfds = 1,
                          .params = question,
                          .params_len = len,
                          .reply = answer};

    if (memcmp(question, "q2", 2) == 0 && f->e.kind == ERR_CANCELLED)
        return err_set(e, ERR_NETWORK, "err.base.file-special", "tsa", NULL);
    return f->runner.call(f->runner.self, &c, e);
}

static void questions_are_answered(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    struct task_call c = {
        .name = "ask", .reply = &f->reply, .answer = answer_from, .answer_self = f};

    assert_int_equal(f->runner.call(f->runner.self, &c, &e), 0);
    assert_string_equal(buf_str(&f->reply), "q0salutq1salutq2salut");
    /* the error of the answer comes back through the worker */
    f->e.kind = ERR_CANCELLED;
    buf_clear(&f->reply);
    assert_int_equal(f->runner.call(f->runner.self, &c, &e), -1);
    assert_int_equal(e.kind, ERR_NETWORK);
    assert_non_null(strstr(e.sentence, "tsa is not an ordinary file"));
    c.answer = NULL;
    assert_int_equal(f->runner.call(f->runner.self, &c, &e), -1);
    assert_int_equal(e.kind, ERR_BUG);
}

static void errors_come_whole_and_in_the_language(void **state)
{
    struct fixture *f = *state;

    text_lang_set("fr");
    assert_int_equal(call(f, "fail", "", 0), -1);
    text_lang_set("en");
    assert_int_equal(f->e.kind, ERR_FORM);
    assert_string_equal(f->e.id, "err.base.file-directory");
    assert_string_equal(f->e.foreign, "Z_DATA_ERROR");
    assert_string_equal(f->e.sentence, "ici est un dossier ; indiquez un fichier.");
}

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
    assert_int_equal(call(f, "reply", "", 0), -1);
    assert_string_equal(f->e.id, "err.base.buffer-full");
    assert_int_equal(call(f, "spin", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.time");
}

static void one_that_waits_is_killed(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "sleep", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.time");
}

static void a_crash_is_the_fault_of_the_file(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "crash", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.killed");
    assert_string_equal(f->e.foreign, "SIGSEGV");
    assert_int_equal(call(f, "quit", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.killed");
    assert_int_equal(call(f, "lie", "", 0), -1);
    assert_int_equal(f->e.kind, ERR_BUG);
    /* and the next call works */
    assert_int_equal(call(f, "echo", "", 0), 0);
}

/* Many calls leave neither descriptors here nor processes. */
static void nothing_is_left_behind(void **state)
{
    struct fixture *f = *state;
    int before = dup(0);

    for (int i = 0; i < 200; i++)
        assert_int_equal(call(f, i % 5 == 0 ? "fail" : "echo", "", 0), i % 5 == 0 ? -1 : 0);
    int after = dup(0);
    assert_int_equal(before + 1, after);
    close(before);
    close(after);
    workers_stop(f->workers);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    f->workers = NULL;
}

/* A system that refuses seccomp, made by seccomp itself, in a process of its own. */
static int on_a_system_without_seccomp(bool must_isolate)
{
    struct fixture f = {.input = file_seal_bytes("essai.xlsx", "salut", 5, NULL)};
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);

    buf_init(&f.reply, 100);
    if (c == NULL ||
        seccomp_rule_add(c, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
                         SCMP_A0(SCMP_CMP_EQ, PR_SET_SECCOMP)) != 0 ||
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

int main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        EACH(a_task_gives_its_reply),
        EACH(a_task_writes_where_it_may),
        EACH(only_what_was_given_is_open),
        EACH(warmed_up_once_and_before),
        EACH(questions_are_answered),
        EACH(errors_come_whole_and_in_the_language),
        EACH(forbidden_calls_kill),
        EACH(no_file_can_be_opened),
        EACH(limits_hold),
        EACH(one_that_waits_is_killed),
        EACH(a_crash_is_the_fault_of_the_file),
        EACH(nothing_is_left_behind),
        cmocka_unit_test(without_seccomp_nothing_is_read_unasked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

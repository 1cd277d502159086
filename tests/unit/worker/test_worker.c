/* What a worker does for the program, and what its end means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "tests/unit/worker/fixture.h"
#include "worker/proto.h"

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

static void slow_warm(void)
{
    poll(NULL, 0, 300);
}

static char learned[16];
static void learn_text(const void *own, size_t n)
{
    snprintf(learned, sizeof learned, "%.*s", (int)n, (const char *)own);
}
static int learned_run(const struct task_io *io, struct err *e)
{
    (void)e;
    buf_text(io->reply, learned);
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
/* Speaks the protocol badly, as a worker that was taken over might: what to send is the first
 * parameter. */
static int lie_run(const struct task_io *io, struct err *e)
{
    static const char junk[200] = "\377\377\377";
    struct err strange = {(enum err_kind)77, "err.x", "", "x"};

    (void)e;
    switch (io->params[0]) {
    case 'j':
        _exit(write(3, junk, sizeof junk) == sizeof junk ? 0 : 1);
    case 'k': /* an unknown kind */
        frame_send(3, 99, "x", 1, NULL, 0, FRAME_FOREVER);
        break;
    case 'f': /* an error that is none */
        frame_send(3, PROTO_FAILED, "x", 1, NULL, 0, FRAME_FOREVER);
        break;
    case 's': /* an error of an unknown kind */
        frame_send(3, PROTO_FAILED, &strange, sizeof strange, NULL, 0, FRAME_FOREVER);
        break;
    default: /* more than was asked for */
        frame_send(3, PROTO_REPLY, junk, sizeof junk, NULL, 0, FRAME_FOREVER);
    }
    _exit(0);
}

static int hungry_run(const struct task_io *io, struct err *e)
{
    (void)io;
    return err_set_memory(e);
}

TASK(echo, NULL, {0, 0, 0});
TASK(work, NULL, {0, 0, 0});
TASK(ask, NULL, {0, 0, 0});
TASK(fail, NULL, {0, 0, 0});
TASK(warm, warm_mark, {0, 0, 0});
static const struct task slow_task = {.name = "slow", .run = warm_run, .warm = slow_warm};
static const struct task learned_task = {
    .name = "learned", .run = learned_run, .learn = learn_text};
TASK(fds, NULL, {0, 0, 0});
TASK(reply, NULL, {0, 0, 0});
TASK(crash, NULL, {0, 0, 0});
TASK(quit, NULL, {0, 0, 0});
TASK(lie, NULL, {0, 0, 0});
TASK(hungry, NULL, {0, 0, 0});
static const struct task *const tasks[] = {
    &echo_task,  &work_task, &ask_task, &fail_task,   &warm_task,    &fds_task,  &reply_task,
    &crash_task, &quit_task, &lie_task, &hungry_task, &learned_task, &slow_task, NULL};

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

static void a_crash_is_the_fault_of_the_file(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(call(f, "crash", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.killed");
    assert_string_equal(f->e.foreign, "SIGSEGV");
    assert_int_equal(call(f, "quit", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.killed");
    assert_int_equal(call(f, "hungry", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.memory");
    assert_int_equal(call(f, "reply", "", 0), -1);
    assert_string_equal(f->e.id, "err.base.buffer-full");
    /* and the next call works */
    assert_int_equal(call(f, "echo", "", 0), 0);
}

static void lies_are_told_from_answers(void **state)
{
    static const struct {
        const char *lie, *id;
    } rows[] = {
        {"j", "err.base.bug"}, {"k", "err.worker.killed"}, {"f", "err.worker.killed"},
        {"s", "err.base.bug"}, {"r", "err.worker.output"},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(call(f, "lie", rows[i].lie, 1), -1);
        assert_string_equal(f->e.id, rows[i].id);
    }
}

/* Each call waits for the next: more than the spawner keeps at once are refused, and all end. */
static int answer_deeper(void *self, const void *question, size_t len, struct buf *answer,
                         struct err *e)
{
    struct fixture *f = self;
    struct task_call c = {
        .name = "ask", .reply = answer, .answer = answer_deeper, .answer_self = f};

    (void)question;
    (void)len;
    return f->runner.call(f->runner.self, &c, e);
}

static void too_many_at_once_are_refused(void **state)
{
    struct fixture *f = *state;
    struct err e = ERR_INIT;
    struct task_call c = {
        .name = "ask", .reply = &f->reply, .answer = answer_deeper, .answer_self = f};

    assert_int_equal(f->runner.call(f->runner.self, &c, &e), -1);
    assert_string_equal(e.id, "err.worker.spawn");
    assert_int_equal(call(f, "echo", "", 0), 0);
}

/* The spawner dies (the system was short of memory): told, and nothing hangs. */
static void without_a_spawner_a_call_fails(void **state)
{
    struct fixture *f = *state;
    char path[64], text[64] = "";

    assert_int_equal(call(f, "echo", "", 0), 0);
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *children = fopen(path, "r");
    if (children == NULL)
        skip();
    assert_non_null(fgets(text, sizeof text, children));
    fclose(children);
    kill((pid_t)atoi(text), SIGKILL);
    usleep(50000);
    assert_int_equal(call(f, "echo", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.spawn");
}

/* Many calls leave neither descriptors here nor processes. */
static void none_is_called_any_more(void **state)
{
    struct fixture *f = *state;

    runner_expect(&f->runner, NULL);
    assert_int_equal(call(f, "warm", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.spawn");
}

/* Each worker after that knows it; too much of it, or of no task, is not said. */
static void workers_know_what_was_learned(void **state)
{
    static const char large[1 << 18];
    struct fixture *f = *state;

    runner_teach(&f->runner, "learned", "own", 3);
    runner_teach(&f->runner, "learned", large, sizeof large);
    runner_teach(&f->runner, "nobody", "else", 4);
    runner_teach(&f->runner, "echo", "else", 4); /* learns nothing */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(call(f, "learned", "", 0), 0);
        assert_string_equal(buf_str(&f->reply), "own");
        buf_clear(&f->reply);
    }
}

/* While the one who is told is busy: what does not go at once waits, and no half of it spoils the
 * next. */
static void what_is_to_be_learned_comes_whole(void **state)
{
    static char large[100000];
    struct fixture *f = *state;

    memset(large, 'x', sizeof large);
    memcpy(large, "own", 4);
    runner_expect(&f->runner, "slow");
    for (int i = 0; i < 8; i++)
        runner_teach(&f->runner, "learned", large, sizeof large);
    assert_int_equal(call(f, "learned", "", 0), 0);
    assert_string_equal(buf_str(&f->reply), "own");
}

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

/* Here it is this very program. */
static void the_spawner_may_be_another_program(void **state)
{
    static char self[] = "test", odd[] = "odd";
    char *args[] = {self, odd, NULL};
    struct fixture *f = *state;

    assert_int_equal(workers_serve(1, args, tasks), 2);
    assert_int_equal(workers_serve(2, args, tasks), 2);
    for (int i = 0; i < 2; i++) {
        workers_stop(f->workers);
        assert_int_equal(
            workers_start_program("/proc/self/exe", tasks, i == 0, &f->workers, &f->runner, &f->e),
            0);
        runner_expect(&f->runner, "warm");
        assert_int_equal(call(f, "warm", "", 0), 0);
        assert_string_equal(buf_str(&f->reply), "1");
        assert_int_equal(call(f, "fds", "", 0), 0); /* no more than of a spawner that was forked */
        assert_string_equal(buf_str(&f->reply), "5");
    }
    workers_stop(f->workers);
    assert_int_equal(workers_start_program("/nowhere", tasks, true, &f->workers, &f->runner, &f->e),
                     0);
    assert_int_equal(call(f, "echo", "", 0), -1);
    assert_string_equal(f->e.id, "err.worker.spawn");
}

int main(int argc, char **argv)
{
    if (argc == 2 && strncmp(argv[1], "serve", 5) == 0)
        return workers_serve(argc, argv, tasks);
    const struct CMUnitTest tests[] = {
        EACH(a_task_gives_its_reply),
        EACH(a_task_writes_where_it_may),
        EACH(only_what_was_given_is_open),
        EACH(warmed_up_once_and_before),
        EACH(questions_are_answered),
        EACH(errors_come_whole_and_in_the_language),
        EACH(a_crash_is_the_fault_of_the_file),
        EACH(lies_are_told_from_answers),
        EACH(too_many_at_once_are_refused),
        EACH(without_a_spawner_a_call_fails),
        EACH(none_is_called_any_more),
        EACH(workers_know_what_was_learned),
        EACH(what_is_to_be_learned_comes_whole),
        EACH(the_spawner_may_be_another_program),
        EACH(nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

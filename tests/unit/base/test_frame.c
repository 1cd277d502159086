#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/frame.h"

struct pair {
    int fd[2];
    struct buf body;
};

static void pair_open(struct pair *p, size_t max)
{
    assert_int_equal(frame_pair(p->fd, NULL), 0);
    buf_init(&p->body, max);
}

static void pair_close(struct pair *p)
{
    buf_free(&p->body);
    close(p->fd[0]);
    close(p->fd[1]);
}

static int open_fds(void)
{
    int n = 0;

    for (int i = 0; i < 256; i++)
        n += fcntl(i, F_GETFD) != -1;
    return n;
}

static void a_frame_arrives_whole(void **state)
{
    struct pair p;
    uint32_t kind = 0;

    (void)state;
    pair_open(&p, 100);
    assert_int_equal(frame_send(p.fd[0], 7, "bonjour", 7, NULL, 0, FRAME_FOREVER), FRAME_OK);
    assert_int_equal(frame_send(p.fd[0], 8, NULL, 0, NULL, 0, FRAME_FOREVER), FRAME_OK);
    assert_int_equal(frame_receive(p.fd[1], &kind, &p.body, NULL, NULL, FRAME_FOREVER), FRAME_OK);
    assert_int_equal(kind, 7);
    assert_string_equal(buf_str(&p.body), "bonjour");
    assert_int_equal(frame_receive(p.fd[1], &kind, &p.body, NULL, NULL, FRAME_FOREVER), FRAME_OK);
    assert_int_equal(kind, 8);
    assert_int_equal(p.body.len, 0);
    pair_close(&p);
}

enum { LARGE = 5 << 20 };
static unsigned char large[LARGE];

static void *sender(void *self)
{
    int fd = *(int *)self;

    return frame_send(fd, 1, large, LARGE, NULL, 0, frame_deadline(20000)) == FRAME_OK ? self
                                                                                       : NULL;
}

static void on_alarm(int number)
{
    (void)number;
}

/* More than a socket holds, with signals that interrupt both sides: short writes and EINTR. */
static void a_large_frame_is_sent_in_parts(void **state)
{
    struct pair p;
    pthread_t thread;
    void *sent = NULL;
    struct sigaction action = {.sa_handler = on_alarm};

    (void)state;
    for (size_t i = 0; i < LARGE; i++)
        large[i] = (unsigned char)(i * 7 + (i >> 9));
    sigaction(SIGUSR1, &action, NULL);
    pair_open(&p, LARGE);
    assert_int_equal(pthread_create(&thread, NULL, sender, &p.fd[0]), 0);
    for (int i = 0; i < 50; i++) {
        pthread_kill(thread, SIGUSR1);
        usleep(200);
    }
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, NULL, NULL, frame_deadline(20000)),
                     FRAME_OK);
    pthread_join(thread, &sent);
    assert_non_null(sent);
    assert_int_equal(p.body.len, LARGE);
    assert_memory_equal(p.body.data, large, LARGE);
    pair_close(&p);
}

static void descriptors_travel(void **state)
{
    struct pair p;
    int before = open_fds(), out[4];
    size_t n = 4;
    char text[6] = "";

    (void)state;
    pair_open(&p, 100);
    int fd = file_seal_bytes("essai", "salut", 5, NULL);
    int both[2] = {fd, p.fd[0]};
    assert_int_equal(frame_send(p.fd[0], 1, "x", 1, both, 2, FRAME_FOREVER), FRAME_OK);
    close(fd);
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, out, &n, FRAME_FOREVER), FRAME_OK);
    assert_int_equal(n, 2);
    assert_int_equal(pread(out[0], text, 5, 0), 5);
    assert_string_equal(text, "salut");
    assert_true((fcntl(out[0], F_GETFD) & FD_CLOEXEC) != 0);
    close(out[0]);
    close(out[1]);
    /* Unasked-for and too many descriptors are refused and closed. */
    assert_int_equal(frame_send(p.fd[0], 1, "x", 1, both + 1, 1, FRAME_FOREVER), FRAME_OK);
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, NULL, NULL, FRAME_FOREVER),
                     FRAME_GARBAGE);
    int two[2] = {p.fd[0], p.fd[1]};
    n = 1;
    assert_int_equal(frame_send(p.fd[0], 1, "x", 1, two, 2, FRAME_FOREVER), FRAME_OK);
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, out, &n, FRAME_FOREVER),
                     FRAME_TOO_LARGE);
    assert_int_equal(frame_send(p.fd[0], 1, "x", 1, two, FRAME_FDS_MAX + 1, FRAME_FOREVER),
                     FRAME_TOO_LARGE);
    pair_close(&p);
    assert_int_equal(open_fds(), before);
}

static void ends_are_told_apart(void **state)
{
    struct pair p;

    (void)state;
    pair_open(&p, 100);
    close(p.fd[0]);
    p.fd[0] = -1;
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, NULL, NULL, FRAME_FOREVER),
                     FRAME_CLOSED);
    assert_int_equal(frame_send(p.fd[1], 1, "x", 1, NULL, 0, FRAME_FOREVER), FRAME_GONE);
    pair_close(&p);

    /* death in the middle of a frame: the head says 50 bytes, 10 come */
    pair_open(&p, 100);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        unsigned char part[34] = {0};
        uint32_t head[6] = {0x50415246, 1, 50, 0, 0, 0};
        memcpy(part, head, sizeof head);
        _exit(write(p.fd[0], part, sizeof part) == sizeof part ? 0 : 1);
    }
    waitpid(pid, NULL, 0);
    close(p.fd[0]);
    p.fd[0] = -1;
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, NULL, NULL, FRAME_FOREVER), FRAME_GONE);
    pair_close(&p);
}

static void deadlines_and_ceilings_hold(void **state)
{
    struct pair p;

    (void)state;
    pair_open(&p, 10);
    int64_t start = frame_deadline(0);
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, NULL, NULL, frame_deadline(50)),
                     FRAME_LATE);
    assert_true(frame_deadline(0) - start >= 50);
    assert_int_equal(frame_wait(p.fd[1], frame_deadline(10)), FRAME_LATE);
    /* nobody reads: the sender's deadline holds too */
    assert_int_equal(frame_send(p.fd[0], 1, large, LARGE, NULL, 0, frame_deadline(50)), FRAME_LATE);
    pair_close(&p);

    pair_open(&p, 10);
    assert_int_equal(frame_send(p.fd[0], 1, "onze octets", 11, NULL, 0, FRAME_FOREVER), FRAME_OK);
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, NULL, NULL, FRAME_FOREVER),
                     FRAME_TOO_LARGE);
    pair_close(&p);

    pair_open(&p, 10);
    assert_int_equal(write(p.fd[0], "ceci n'est pas une trame", 24), 24);
    assert_int_equal(frame_receive(p.fd[1], NULL, &p.body, NULL, NULL, FRAME_FOREVER),
                     FRAME_GARBAGE);
    pair_close(&p);
}

static void results_become_errors(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(frame_err(FRAME_OK, "essai", &e), 0);
    static const struct {
        enum frame_result result;
        const char *id;
    } rows[] = {
        {FRAME_CLOSED, "err.base.frame-gone"},   {FRAME_GONE, "err.base.frame-gone"},
        {FRAME_LATE, "err.base.frame-late"},     {FRAME_TOO_LARGE, "err.base.frame-large"},
        {FRAME_GARBAGE, "err.base.bug"},         {FRAME_MEMORY, "err.base.memory"},
        {FRAME_SYSTEM, "err.base.frame-system"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(frame_err(rows[i].result, "essai", &e), -1);
        assert_string_equal(e.id, rows[i].id);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_arrives_whole),
        cmocka_unit_test(a_large_frame_is_sent_in_parts),
        cmocka_unit_test(descriptors_travel),
        cmocka_unit_test(ends_are_told_apart),
        cmocka_unit_test(deadlines_and_ceilings_hold),
        cmocka_unit_test(results_become_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

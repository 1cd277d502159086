/* The process from which workers are forked. It hears only the program, parses nothing that is not
 * the user's own, and ends with it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/utf8.h"
#include "worker/proto.h"
#include "worker/sandbox.h"

enum { LIVE_MAX = 64, TASKS_MAX = 128 };

struct spawner {
    int fd;
    const struct task *const *tasks;
    size_t ntasks;
    bool must_isolate, warmed_common;
    bool warmed[TASKS_MAX];
    struct sandbox *sandbox;
    struct live {
        pid_t pid;
        int status_fd; /* -1: nobody wants to know any more */
    } live[LIVE_MAX];
    size_t nlive;
};

static void on_child(int number)
{
    (void)number; /* only there to interrupt ppoll */
}

/* What every task uses from libraries that open files or seed themselves at their first use. */
static void warm_common(void)
{
    unsigned char out[DIGEST_MAX];
    static const char all[] = "{\"a\":[null,true,-1,\"\\u00e9\"]}";
    struct buf text = BUF_INIT(256);
    struct jv *object = jv_parse(all, sizeof all - 1, "warm", NULL);

    jv_put_text(object, "x", "é");
    jv_put_hex(object, "h", "", 0);
    (void)jv_get_int(object, "x", 0);
    (void)jv_print(object, false, &text, NULL);
    jv_free(object);
    buf_free(&text);
    free(reallocarray(NULL, 1, 1));
    (void)digest_bytes(DIGEST_SHA256, "", 0, out, NULL);
    char *folded = utf8_fold("É", NULL), *nfc = utf8_nfc("é", NULL);
    free(folded);
    free(nfc);
}

static void tell_end(int fd, int error, int status)
{
    struct call_end end = {error, status};

    /* a dead or busy program does not hold the spawner */
    (void)frame_send(fd, PROTO_ENDED, &end, sizeof end, NULL, 0, frame_deadline(0));
    close(fd);
}

static void reap(struct spawner *s)
{
    int status = 0;
    pid_t pid;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t i = 0; i < s->nlive; i++) {
            if (s->live[i].pid != pid)
                continue;
            if (s->live[i].status_fd >= 0)
                tell_end(s->live[i].status_fd, 0, status);
            s->live[i] = s->live[--s->nlive];
            break;
        }
    }
}

static void warm_up(struct spawner *s, uint32_t row)
{
    if (!s->warmed_common)
        warm_common();
    s->warmed_common = true;
    if (!s->warmed[row] && s->tasks[row]->warm != NULL)
        s->tasks[row]->warm();
    s->warmed[row] = true;
}

/* What follows the head is the user's own. */
static void learn(struct spawner *s, const struct call_head *head, const struct buf *body)
{
    const struct task *task = s->tasks[head->task];

    warm_up(s, head->task);
    if (task->learn != NULL && body->len > sizeof *head)
        task->learn(body->data + sizeof *head, body->len - sizeof *head);
}

static void call_start(struct spawner *s, const struct call_head *head, const int *fds, size_t nfds,
                       const sigset_t *calm)
{
    int status_fd = fds[1], given[FRAME_FDS_MAX];
    size_t n = 0;

    for (size_t i = 0; i < nfds; i++) {
        if (i != 1)
            given[n++] = fds[i];
    }
    const struct task *task = s->tasks[head->task];
    warm_up(s, head->task);
    pid_t pid = s->nlive < LIVE_MAX ? fork() : (errno = EAGAIN, -1);
    if (pid == 0) {
        sigprocmask(SIG_SETMASK, calm, NULL);
        signal(SIGCHLD, SIG_DFL);
        child_main(task, head, given, n, s->sandbox, s->must_isolate);
    }
    if (pid > 0)
        s->live[s->nlive++] = (struct live){pid, status_fd};
    else
        tell_end(status_fd, errno, 0);
    for (size_t i = 0; i < n; i++)
        close(given[i]);
}

/* False at the end of the program, or when it says what it cannot say. */
static bool call_receive(struct spawner *s, const sigset_t *calm)
{
    struct buf body = BUF_INIT(sizeof(struct call_head) + PROTO_OWN_MAX);
    struct call_head head;
    bool good = true;
    int fds[FRAME_FDS_MAX];
    size_t nfds = FRAME_FDS_MAX;
    uint32_t kind = 0;

    if (frame_receive(s->fd, &kind, &body, fds, &nfds, FRAME_FOREVER) != FRAME_OK ||
        body.len < sizeof head)
        return false;
    memcpy(&head, body.data, sizeof head);
    if (head.task >= s->ntasks)
        good = false;
    else if (kind == PROTO_WARM)
        learn(s, &head, &body);
    else if (kind == PROTO_CALL && nfds >= 2 && body.len == sizeof head)
        call_start(s, &head, fds, nfds, calm);
    else
        good = false;
    buf_free(&body);
    return good;
}

/* A status socket that the program closed: it does not wait any more. */
static void kill_unwanted(struct spawner *s, const struct pollfd *polls)
{
    for (size_t i = 0; i < s->nlive; i++) {
        if (s->live[i].status_fd < 0 || (polls[i].revents & (POLLHUP | POLLERR)) == 0)
            continue;
        kill(s->live[i].pid, SIGKILL);
        close(s->live[i].status_fd);
        s->live[i].status_fd = -1;
    }
}

static void serve(struct spawner *s, const sigset_t *calm)
{
    struct pollfd polls[LIVE_MAX + 1];

    for (;;) {
        size_t n = s->nlive;
        for (size_t i = 0; i < n; i++)
            polls[i] = (struct pollfd){.fd = s->live[i].status_fd};
        polls[n] = (struct pollfd){.fd = s->fd, .events = POLLIN};
        int ready = ppoll(polls, n + 1, NULL, calm);
        if (ready > 0)
            kill_unwanted(s, polls);
        reap(s);
        if (ready > 0 && polls[n].revents != 0 && !call_receive(s, calm))
            return;
    }
}

/* No terminal, no noise, no file of the program. */
static void descriptors_close(int *fd)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int i = 0; i < 3; i++) {
#ifdef PARAPHE_SANITIZED
        if (i == STDERR_FILENO)
            continue;
#endif
        if (null >= 0)
            dup2(null, i);
    }
    if (dup2(*fd, 3) == 3)
        *fd = 3;
    close_range(4, ~0U, 0);
}

_Noreturn void spawner_main(int fd, const struct task *const *tasks, bool must_isolate)
{
    struct spawner s = {.fd = fd, .tasks = tasks, .must_isolate = must_isolate};
    struct sigaction action = {.sa_handler = on_child};
    const struct rlimit no_core = {0, 0};
    sigset_t calm, held;

    while (s.tasks[s.ntasks] != NULL && s.ntasks < TASKS_MAX)
        s.ntasks++;
    prctl(PR_SET_NAME, "paraphe-workers", 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0,
          0); /* another child may hold the program's end of our socket */
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGINT, SIG_IGN); /* Ctrl-C is for the program, whose end is ours */
    signal(SIGHUP, SIG_IGN);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_DFL); /* too much output ends a worker */
    descriptors_close(&s.fd);
    sigemptyset(&calm);
    held = calm;
    sigaddset(&held, SIGCHLD);
    sigprocmask(SIG_SETMASK, &held, NULL);
    sigaction(SIGCHLD, &action, NULL);
    s.sandbox = sandbox_prepare(NULL);
    serve(&s, &calm); /* without a filter each worker says so and refuses */
    for (size_t i = 0; i < s.nlive; i++)
        kill(s.live[i].pid, SIGKILL);
    _exit(0);
}

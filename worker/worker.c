/* The program's side: hands a call to the spawner, talks with the worker, makes sense of its end.
 */
#include "worker/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/text.h"
#include "worker/proto.h"

enum { PLACE = 3 }; /* of the socket, in a spawner that is a program */
#define MUST_ISOLATE "serve"
#define MAY_ISOLATE "serve-unconfined"

struct workers {
    pthread_mutex_t lock; /* of what is said to the spawner: calls may come from several threads */
    int fd;
    pid_t pid;
    const struct task *const *tasks;
};

/* One call under way. */
struct talk {
    const struct task_call *call;
    struct worker_limits limits;
    int socket, status; /* our ends; -1 when closed */
    char name[256];     /* of the input, for people */
};

/* The name of what is read: that of the first descriptor, which the program itself gave it when it
 * made it. */
static void input_name(const struct task_call *call, char *out, size_t size)
{
    char link[64], target[512];
    ssize_t n = -1;

    if (call->nfds > 0) {
        snprintf(link, sizeof link, "/proc/self/fd/%d", call->fds[0]);
        n = readlink(link, target, sizeof target - 1);
    }
    if (n <= 0) {
        text_copy_whole(out, size, call->name);
        return;
    }
    target[n] = '\0';
    char *end = strstr(target, " (deleted)");
    if (end != NULL)
        *end = '\0';
    const char *name = path_name(target);
    text_copy_whole(out, size, strncmp(name, "memfd:", 6) == 0 ? name + 6 : name);
}

static int say_seconds(const struct talk *t, struct err *e)
{
    char seconds[32];

    snprintf(seconds, sizeof seconds, "%lld", (long long)t->limits.cpu_seconds);
    return err_set(e, ERR_INPUT, "err.worker.time", t->name, seconds, NULL);
}

static int say_signal(const struct talk *t, int number, struct err *e)
{
    char foreign[32];
    const char *name = sigabbrev_np(number);

    snprintf(foreign, sizeof foreign, "SIG%s", name != NULL ? name : "?");
    if (number == SIGXCPU)
        return say_seconds(t, e);
    if (number == SIGXFSZ)
        return err_set_foreign(e, ERR_INPUT, foreign, "err.worker.output", t->name, NULL);
    return err_set_foreign(e, ERR_INPUT, foreign, "err.worker.killed", t->name, NULL);
}

/* The worker ended without a reply: the spawner knows why. */
static int say_end(struct talk *t, struct err *e)
{
    enum { WAIT_MS = 5000 };
    struct buf body = BUF_INIT(sizeof(struct call_end));
    struct call_end end = {0, 0};
    uint32_t kind = 0;
    enum frame_result r =
        frame_receive(t->status, &kind, &body, NULL, NULL, frame_deadline(WAIT_MS));

    if (r == FRAME_OK && kind == PROTO_ENDED && body.len == sizeof end)
        memcpy(&end, body.data, sizeof end);
    else
        end.error = ECHILD;
    buf_free(&body);
    if (end.error != 0)
        return err_set_errno(e, ERR_BUG, end.error, "err.worker.spawn", NULL);
    if (WIFSIGNALED(end.status))
        return say_signal(t, WTERMSIG(end.status), e);
    return err_set_foreign(e, ERR_INPUT, "exit", "err.worker.killed", t->name, NULL);
}

static bool kind_known(int kind)
{
    return (kind >= ERR_BUG && kind <= ERR_NOT_PASS) || kind == ERR_CANCELLED;
}

/* An error from a worker is foreign text: its shape is checked here, its characters where it is
 * printed. */
static int say_failed(const struct talk *t, const struct buf *body, struct err *e)
{
    struct err from;

    if (body->len != sizeof from)
        return err_set_foreign(e, ERR_INPUT, "frame", "err.worker.killed", t->name, NULL);
    memcpy(&from, body->data, sizeof from);
    from.id[sizeof from.id - 1] = '\0';
    from.foreign[sizeof from.foreign - 1] = '\0';
    from.sentence[sizeof from.sentence - 1] = '\0';
    if (!kind_known((int)from.kind) || from.id[0] == '\0')
        return err_set_bug(e, t->call->name);
    if (strcmp(from.id, "err.base.memory") == 0)
        return err_set(e, ERR_INPUT, "err.worker.memory", t->name, NULL);
    if (e != NULL)
        *e = from;
    return -1;
}

static int answer(struct talk *t, const struct buf *question, struct err *e)
{
    struct buf body = BUF_INIT((size_t)ceilings.frame_bytes);
    struct err failed = ERR_INIT;
    int rc = t->call->answer != NULL ? t->call->answer(t->call->answer_self, question->data,
                                                       question->len, &body, &failed)
                                     : err_set_bug(&failed, t->call->name);
    enum frame_result r = rc == 0 ? frame_send(t->socket, PROTO_ANSWER, body.data, body.len, NULL,
                                               0, frame_deadline(t->limits.wall_ms))
                                  : frame_send(t->socket, PROTO_FAILED, &failed, sizeof failed,
                                               NULL, 0, frame_deadline(t->limits.wall_ms));
    buf_free(&body);
    if (r == FRAME_GONE)
        return say_end(t, e);
    return r == FRAME_LATE ? say_seconds(t, e) : frame_err(r, t->call->name, e);
}

/* Moves the reply to the caller's buffer. */
static int reply_take(struct talk *t, struct buf *body, struct err *e)
{
    struct buf *to = t->call->reply;

    if (to == NULL)
        return 0;
    if (body->len > to->max - to->len)
        return err_set(e, ERR_INPUT, "err.worker.output", t->name, NULL);
    if (to->len > 0 || body->data == NULL) {
        buf_append(to, body->data, body->len);
        return buf_check(to, e);
    }
    free(to->data);
    to->cap = body->cap;
    to->data = buf_steal(body, &to->len);
    return 0;
}

static int converse(struct talk *t, struct err *e)
{
    struct buf body = BUF_INIT((size_t)ceilings.frame_bytes);
    int64_t left = t->limits.wall_ms;
    int rc = -1;

    for (;;) {
        uint32_t kind = 0;
        int64_t deadline = frame_deadline(left);
        enum frame_result r = frame_receive(t->socket, &kind, &body, NULL, NULL, deadline);
        left = deadline - frame_deadline(0);
        if (r == FRAME_LATE || (r == FRAME_OK && left <= 0))
            rc = say_seconds(t, e);
        else if (r == FRAME_CLOSED || r == FRAME_GONE)
            rc = say_end(t, e);
        else if (r != FRAME_OK)
            rc = frame_err(r, t->name, e);
        else if (kind == PROTO_ASK && answer(t, &body, e) == 0)
            continue;
        else if (kind == PROTO_REPLY)
            rc = reply_take(t, &body, e);
        else if (kind == PROTO_FAILED)
            rc = say_failed(t, &body, e);
        else if (kind != PROTO_ASK)
            rc = err_set_foreign(e, ERR_INPUT, "frame", "err.worker.killed", t->name, NULL);
        break;
    }
    buf_free(&body);
    return rc;
}

/* Sends the call to the spawner; the far ends of both sockets go with it. */
static int talk_open(struct workers *w, size_t row, struct talk *t, struct err *e)
{
    const struct task_call *call = t->call;
    struct call_head head = {(uint32_t)row, (uint32_t)text_lang_get(),
                             call->reply != NULL ? call->reply->max : 0};
    int talk[2] = {-1, -1}, status[2] = {-1, -1}, fds[FRAME_FDS_MAX];
    enum frame_result r = FRAME_SYSTEM;

    if (call->nfds > PROTO_TASK_FDS_MAX)
        return err_set_bug(e, "too many descriptors for a task");
    if (frame_pair(talk, e) == 0 && frame_pair(status, e) == 0) {
        t->socket = talk[0];
        t->status = status[0];
        fds[0] = talk[1];
        fds[1] = status[1];
        for (size_t i = 0; i < call->nfds; i++)
            fds[i + 2] = call->fds[i];
        pthread_mutex_lock(&w->lock);
        r = frame_send(w->fd, PROTO_CALL, &head, sizeof head, fds, call->nfds + 2,
                       frame_deadline(t->limits.wall_ms));
        pthread_mutex_unlock(&w->lock);
        if (r != FRAME_OK)
            err_set_errno(e, ERR_BUG, r == FRAME_SYSTEM ? errno : ECHILD, "err.worker.spawn", NULL);
    } else {
        t->socket = talk[0];
        t->status = status[0];
    }
    if (talk[1] >= 0)
        close(talk[1]);
    if (status[1] >= 0)
        close(status[1]);
    return r == FRAME_OK ? 0 : -1;
}

static size_t row_of(const struct workers *w, const char *name)
{
    size_t row = 0;

    while (w->tasks[row] != NULL && strcmp(w->tasks[row]->name, name) != 0)
        row++;
    return row;
}

/* Only a hint: when the spawner is gone the call itself will say so. */
static void workers_expect(void *self, const char *name, const void *own, size_t n)
{
    struct buf body = BUF_INIT(sizeof(struct call_head) + PROTO_OWN_MAX);
    struct workers *w = self;

    if (name == NULL) {
        (void)shutdown(w->fd, SHUT_WR);
        return;
    }
    struct call_head head = {(uint32_t)row_of(w, name), 0, 0};
    buf_append(&body, &head, sizeof head);
    buf_append(&body, own, n);
    if (w->tasks[head.task] != NULL && !body.failed) {
        pthread_mutex_lock(&w->lock);
        /* half a frame would spoil what is said after it */
        (void)frame_send(w->fd, PROTO_WARM, body.data, body.len, NULL, 0,
                         frame_deadline(worker_limits_of(w->tasks[head.task]).wall_ms));
        pthread_mutex_unlock(&w->lock);
    }
    buf_free(&body);
}

/* Those that it forks from now on have its priority. */
static void workers_yield(void *self)
{
    const struct workers *w = self;

    (void)setpriority(PRIO_PROCESS, (id_t)w->pid, YIELD_NICE);
}

static int workers_call(void *self, const struct task_call *call, struct err *e)
{
    struct workers *w = self;
    struct talk t = {.call = call, .socket = -1, .status = -1};
    size_t row = row_of(w, call->name);
    int rc = -1;

    if (w->tasks[row] == NULL)
        return err_set_bug(e, call->name);
    t.limits = worker_limits_of(w->tasks[row]);
    input_name(call, t.name, sizeof t.name);
    if (talk_open(w, row, &t, e) == 0) {
        enum frame_result r = frame_send(t.socket, PROTO_PARAMS, call->params, call->params_len,
                                         NULL, 0, frame_deadline(t.limits.wall_ms));
        /* a worker that refused to start has said why before it read anything */
        rc = r == FRAME_OK || r == FRAME_GONE ? converse(&t, e) : frame_err(r, t.name, e);
    }
    if (t.socket >= 0)
        close(t.socket);
    if (t.status >= 0)
        close(t.status); /* the spawner kills what still runs */
    return rc;
}

/* The socket has its place in the program, which closes the others. */
static _Noreturn void become(const char *path, int socket, bool must_isolate)
{
    char *const args[] = {(char *)(uintptr_t)path,
                          (char *)(uintptr_t)(must_isolate ? MUST_ISOLATE : MAY_ISOLATE), NULL};
    char *environment[] = {NULL};

    if (socket == PLACE ? fcntl(PLACE, F_SETFD, 0) == 0 : dup2(socket, PLACE) == PLACE)
        execve(path, args, environment);
    _exit(127);
}

int workers_serve(int argc, char **argv, const struct task *const *tasks)
{
    if (argc == 2 && strcmp(argv[1], MUST_ISOLATE) == 0)
        spawner_main(PLACE, tasks, true);
    if (argc == 2 && strcmp(argv[1], MAY_ISOLATE) == 0)
        spawner_main(PLACE, tasks, false);
    return 2;
}

int workers_start(const struct task *const *tasks, bool must_isolate, struct workers **out,
                  struct runner *runner, struct err *e)
{
    return workers_start_program(NULL, tasks, must_isolate, out, runner, e);
}

int workers_start_program(const char *path, const struct task *const *tasks, bool must_isolate,
                          struct workers **out, struct runner *runner, struct err *e)
{
    struct workers *w = calloc(1, sizeof *w);
    int pair[2];

    if (w == NULL)
        return err_set_memory(e);
    if (frame_pair(pair, e) != 0) {
        free(w);
        return -1;
    }
    pthread_mutex_init(&w->lock, NULL);
    w->tasks = tasks;
    w->fd = pair[0];
    w->pid = fork();
    if (w->pid == 0 && path != NULL)
        become(path, pair[1], must_isolate);
    if (w->pid == 0)
        spawner_main(pair[1], tasks, must_isolate);
    close(pair[1]);
    if (w->pid < 0) {
        err_set_errno(e, ERR_BUG, errno, "err.worker.spawn", NULL);
        close(pair[0]);
        free(w);
        return -1;
    }
    *out = w;
    *runner = (struct runner){w, workers_call, workers_expect, workers_yield};
    return 0;
}

void workers_stop(struct workers *w)
{
    if (w == NULL)
        return;
    close(w->fd);
    while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR) {
    }
    pthread_mutex_destroy(&w->lock);
    free(w);
}

#include "pkcs11/link.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/frame.h"
#include "base/jv.h"

enum { POLL_MS = 1000, FRAME_MS = 10000, STOP_MS = 2000, STOPPED_MS = 2000, NOISE_READS = 64 };

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void noise_take(struct link *l)
{
    char piece[1024];
    ssize_t n;

    /* not to its end: a driver that never stops printing must not stop who watches its time */
    for (int i = 0; l->noise_fd >= 0 && i < NOISE_READS; i++) {
        if ((n = read(l->noise_fd, piece, sizeof piece)) <= 0)
            break;
        size_t room = LINK_NOISE_MAX - l->noise.len;
        buf_append(&l->noise, piece, (size_t)n < room ? (size_t)n : room);
    }
}

/* Waits until the child has ended, for a bad one not longer than STOP_MS. Returns its status as
 * waitpid gives it. */
static int child_end(struct link *l)
{
    struct pollfd p = {l->end_fd, POLLIN, 0};
    int status = 0;

    if (l->end_fd < 0 || poll(&p, 1, STOP_MS) <= 0)
        kill(l->pid, SIGKILL);
    while (waitpid(l->pid, &status, 0) < 0 && errno == EINTR)
        ;
    if (l->end_fd >= 0)
        close(l->end_fd);
    l->end_fd = -1;
    l->pid = -1;
    l->dead = true;
    return status;
}

/* The call that was running. What became of a PIN that was on its way is not known. */
static void call_name(struct link *l, char call[sizeof l->page->call])
{
    memcpy(call, l->page->call, sizeof l->page->call);
    call[sizeof l->page->call - 1] = '\0';
    if (strcmp(call, "C_Login") == 0 && atomic_load(&l->page->until) != 0)
        l->refused = true;
}

/* How the child ended, as an error. */
static int ended(struct link *l, struct err *e)
{
    int status = l->pid > 0 ? child_end(l) : 0;
    char call[sizeof l->page->call], number[32];

    noise_take(l);
    bool in_call = atomic_load(&l->page->until) != 0;
    call_name(l, call);
    if (WIFSIGNALED(status)) {
        snprintf(number, sizeof number, "SIG%s",
                 sigabbrev_np(WTERMSIG(status)) != NULL ? sigabbrev_np(WTERMSIG(status)) : "?");
        return err_set_foreign(e, ERR_TOKEN, number, "err.pkcs11.crash", path_name(l->module), call,
                               NULL);
    }
    if (WIFEXITED(status) && call[0] == '\0') /* it never came to the driver */
        return err_set(e, ERR_BUG, "err.pkcs11.child", NULL);
    if (WIFEXITED(status) && WEXITSTATUS(status) > 128 && !in_call) /* on_signal of pin.c */
        return err_set(e, ERR_CANCELLED, "err.pkcs11.pin-cancelled", NULL);
    snprintf(number, sizeof number, "%d", WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    return err_set_foreign(e, ERR_TOKEN, number, "err.pkcs11.crash", path_name(l->module), call,
                           NULL);
}

void link_value_over(struct link *l)
{
    if (l->page != NULL)
        atomic_store(&l->page->valuable, 0);
}

int link_ask(struct link *l, uint32_t kind, const struct jv *body, struct err *e)
{
    struct buf text = BUF_INIT(LINK_BODY_MAX);
    int rc = -1;

    l->removed = false;
    link_value_over(l);
    if (l->dead && l->pid > 0)
        return ended(l, e);
    if (l->dead)
        err_set(e, ERR_TOKEN, "err.pkcs11.child-gone", path_name(l->module), NULL);
    else if (body == NULL || jv_print(body, false, &text, e) == 0)
        rc = 0;
    if (rc == 0 && frame_send(l->socket, kind, text.data, text.len, NULL, 0,
                              frame_deadline(FRAME_MS)) != FRAME_OK) {
        /* the reason is told by link_reply, which looks at how the child ended */
        l->dead = true;
    }
    buf_wipe(&text);
    return rc;
}

static int hang(struct link *l, struct err *e)
{
    char seconds[32], call[sizeof l->page->call];

    call_name(l, call);
    snprintf(seconds, sizeof seconds, "%lld",
             (long long)(atomic_load(&l->page->limit) + 999) / 1000);
    kill(l->pid, SIGKILL);
    (void)child_end(l);
    noise_take(l);
    return err_set(e, ERR_TOKEN, "err.pkcs11.hang", path_name(l->module), seconds, call, NULL);
}

static void noise_look(struct link *l, short revents)
{
    if (revents == 0)
        return;
    noise_take(l);
    if ((revents & POLLHUP) != 0) {
        close(l->noise_fd);
        l->noise_fd = -1;
    }
}

/* 0: the socket can be read; 1: the child has ended, although somebody that its driver started may
 * still hold the other end; -1: the driver hangs (err filled). */
static int wait_readable(struct link *l, struct err *e)
{
    int64_t stopped = 0, of = 0; /* with Ctrl-Z we all stand still, and no driver is late */

    for (;;) {
        int64_t until = atomic_load(&l->page->until), left = POLL_MS, before = now_ms();
        if (until != of) { /* another call of the driver, which began behind those stops */
            of = until;
            stopped = 0;
        }
        if (until != 0) {
            left = until + stopped - before;
            if (left <= 0)
                return hang(l, e);
            if (left > POLL_MS)
                left = POLL_MS;
        }
        struct pollfd p[3] = {
            {l->socket, POLLIN, 0}, {l->noise_fd, POLLIN, 0}, {l->end_fd, POLLIN, 0}};
        int n = poll(p, 3, (int)left);
        int64_t late = now_ms() - before - left;
        if (late > STOPPED_MS) {
            until = atomic_load(&l->page->until);
            stopped = until == of ? stopped + late : late;
            of = until;
        }
        if (n <= 0)
            continue;
        noise_look(l, p[1].revents);
        if (p[0].revents != 0)
            return 0;
        if (p[2].revents != 0) { /* it may have answered since its socket was looked at */
            n = poll(p, 1, 0);
            if (n >= 0)
                return n > 0 ? 0 : 1;
        }
    }
}

static int failure_take(struct link *l, const struct buf *body, struct err *e)
{
    struct err bad = ERR_INIT;
    struct jv *v = jv_parse((const char *)body->data, body->len, "token", &bad);
    const char *id = jv_get_text(v, "id"), *foreign = jv_get_text(v, "foreign"),
               *sentence = jv_get_text(v, "sentence");

    l->removed = jv_get_bool(v, "removed");
    l->refused = l->refused || jv_get_bool(v, "refused");
    if (id == NULL || foreign == NULL || sentence == NULL) {
        jv_free(v);
        return err_set_bug(e, "link: a failure without a sentence");
    }
    if (e != NULL) {
        memset(e, 0, sizeof *e);
        int64_t status = jv_get_int(v, "kind", ERR_TOKEN);
        bool known = (status >= ERR_BUG && status <= ERR_NOT_PASS) || status == ERR_CANCELLED;
        e->kind = known ? (enum err_kind)status : ERR_TOKEN;
        snprintf(e->id, sizeof e->id, "%s", id);
        snprintf(e->foreign, sizeof e->foreign, "%s", foreign);
        snprintf(e->sentence, sizeof e->sentence, "%s", sentence);
    }
    jv_free(v);
    return -1;
}

int link_reply(struct link *l, struct jv **reply, struct err *e)
{
    struct buf body = BUF_INIT(LINK_BODY_MAX);
    uint32_t kind = 0;
    int rc = -1;

    if (l->pid <= 0)
        return err_set_bug(e, "link_reply: nothing was asked");
    for (;;) {
        int ready = wait_readable(l, e);
        if (ready != 0) {
            rc = ready > 0 ? ended(l, e) : -1;
            break;
        }
        enum frame_result got =
            frame_receive(l->socket, &kind, &body, NULL, NULL, frame_deadline(FRAME_MS));
        if (got == FRAME_CLOSED || got == FRAME_GONE) {
            rc = ended(l, e);
            break;
        }
        if (got != FRAME_OK) { /* out of step */
            kill(l->pid, SIGKILL);
            rc = ended(l, e);
            break;
        }
        if (kind == LINK_REMARK) {
            if (l->asker != NULL && l->asker->tell != NULL)
                l->asker->tell(l->asker->self, buf_str(&body));
            continue;
        }
        if (kind == LINK_FAILED) {
            rc = failure_take(l, &body, e);
            break;
        }
        struct jv *v = jv_parse((const char *)body.data, body.len, "token", e);
        rc = v != NULL ? 0 : -1;
        if (v != NULL && reply != NULL)
            *reply = v;
        else
            jv_free(v);
        break;
    }
    noise_take(l);
    buf_free(&body);
    return rc;
}

int link_call(struct link *l, uint32_t kind, const struct jv *body, struct jv **reply,
              struct err *e)
{
    return link_ask(l, kind, body, e) != 0 ? -1 : link_reply(l, reply, e);
}

void link_dismiss(struct link *l)
{
    if (l->socket >= 0 && l->module != NULL)
        (void)shutdown(l->socket, SHUT_WR);
}

void link_stop(struct link *l)
{
    if (l->socket >= 0 && l->module != NULL)
        close(l->socket);
    if (l->pid >
        0) /* it sees the end of its input, logs out and goes; one that does not is killed */
        (void)child_end(l);
    if (l->noise_fd >= 0 && l->module != NULL)
        close(l->noise_fd);
    if (l->page != NULL)
        munmap(l->page, sizeof *l->page);
    free(l->module);
    buf_free(&l->noise);
    memset(l, 0, sizeof *l);
    l->pid = -1;
    l->socket = l->noise_fd = l->end_fd = -1;
}

const char *link_noise(struct link *l)
{
    noise_take(l);
    if (l->noise.len == 0)
        return NULL;
    char *end = memchr(l->noise.data, '\n', l->noise.len);
    if (end != NULL)
        *end = '\0';
    return buf_str(&l->noise);
}

int link_child_remark(int socket, const char *sentence)
{
    return frame_send(socket, LINK_REMARK, sentence, strlen(sentence), NULL, 0,
                      frame_deadline(FRAME_MS)) == FRAME_OK
               ? 0
               : -1;
}

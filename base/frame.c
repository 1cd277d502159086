#include "base/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

enum { MARK = 0x50415246 };
struct head {
    uint32_t mark, kind;
    uint64_t length;
    uint32_t nfds, zero;
};
union control {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int) * FRAME_FDS_MAX)];
};

int frame_pair(int out[2], struct err *e)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) == 0)
        return 0;
    return err_set_errno(e, ERR_BUG, errno, "err.base.frame-system", "socketpair", NULL);
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t frame_deadline(int64_t milliseconds)
{
    return milliseconds < 0 ? FRAME_FOREVER : now_ms() + milliseconds;
}

static enum frame_result wait_for(int fd, short events, int64_t deadline)
{
    for (;;) {
        struct pollfd p = {.fd = fd, .events = events};
        int64_t left = deadline < 0 ? -1 : deadline - now_ms();
        if (deadline >= 0 && left < 0)
            left = 0;
        int n = poll(&p, 1, left > INT32_MAX ? INT32_MAX : (int)left);
        if (n > 0)
            return FRAME_OK; /* also for POLLHUP: the transfer itself says what it means */
        if (n == 0 && left <= INT32_MAX)
            return FRAME_LATE;
        if (n < 0 && errno != EINTR)
            return FRAME_SYSTEM;
    }
}

enum frame_result frame_wait(int fd, int64_t deadline)
{
    return wait_for(fd, POLLIN, deadline);
}

static bool later(int number)
{
    return number == EAGAIN || number == EWOULDBLOCK;
}

/* One sendmsg that may send less; *done is the number of bytes. */
static enum frame_result send_some(int fd, struct msghdr *m, size_t *done, int64_t deadline)
{
    for (;;) {
        ssize_t n = sendmsg(fd, m, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n >= 0) {
            *done = (size_t)n;
            return FRAME_OK;
        }
        if (errno == EINTR)
            continue;
        if (errno == EPIPE || errno == ECONNRESET)
            return FRAME_GONE;
        if (!later(errno))
            return FRAME_SYSTEM;
        enum frame_result r = wait_for(fd, POLLOUT, deadline);
        if (r != FRAME_OK)
            return r;
    }
}

enum frame_result frame_send(int fd, uint32_t kind, const void *data, size_t n, const int *fds,
                             size_t nfds, int64_t deadline)
{
    struct head head = {MARK, kind, n, (uint32_t)nfds, 0};
    struct iovec parts[2] = {{&head, sizeof head}, {(void *)(uintptr_t)data, n}};
    union control control;
    struct msghdr m = {.msg_iov = parts, .msg_iovlen = n > 0 ? 2 : 1};
    size_t at = 0, total = sizeof head + n;

    if (nfds > FRAME_FDS_MAX)
        return FRAME_TOO_LARGE;
    if (nfds > 0) {
        memset(&control, 0, sizeof control);
        m.msg_control = control.bytes;
        m.msg_controllen = CMSG_SPACE(sizeof(int) * nfds);
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(sizeof(int) * nfds);
        memcpy(CMSG_DATA(c), fds, sizeof(int) * nfds);
    }
    while (at < total) {
        size_t done = 0;
        enum frame_result r = send_some(fd, &m, &done, deadline);
        if (r != FRAME_OK)
            return r;
        at += done;
        m.msg_control = NULL; /* the descriptors went with the first bytes */
        m.msg_controllen = 0;
        if (at < sizeof head) {
            parts[0] = (struct iovec){(char *)&head + at, sizeof head - at};
        } else {
            size_t of_data = at - sizeof head;
            parts[0] = (struct iovec){(char *)(uintptr_t)data + of_data, n - of_data};
            m.msg_iovlen = 1;
        }
    }
    return FRAME_OK;
}

/* Descriptors that arrived, kept until the frame is whole. */
struct arrivals {
    int fds[FRAME_FDS_MAX];
    size_t n;
    bool cut; /* the kernel dropped some, or more came than a frame may bring */
};

static void arrivals_close(struct arrivals *a)
{
    for (size_t i = 0; i < a->n; i++)
        close(a->fds[i]);
    a->n = 0;
}

static void arrivals_take(struct arrivals *a, struct msghdr *m)
{
    if ((m->msg_flags & MSG_CTRUNC) != 0)
        a->cut = true;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c != NULL; c = CMSG_NXTHDR(m, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int got;
            memcpy(&got, CMSG_DATA(c) + i * sizeof got, sizeof got);
            if (a->n < FRAME_FDS_MAX) {
                a->fds[a->n++] = got;
            } else {
                close(got);
                a->cut = true;
            }
        }
    }
}

/* Reads exactly n bytes; FRAME_CLOSED only when the peer closed before the first of them. */
static enum frame_result read_exactly(int fd, void *to, size_t n, struct arrivals *a,
                                      int64_t deadline)
{
    size_t at = 0;

    while (at < n) {
        struct iovec part = {(char *)to + at, n - at};
        union control control;
        struct msghdr m = {.msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = control.bytes,
                           .msg_controllen = sizeof control};
        ssize_t got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (got > 0) {
            arrivals_take(a, &m);
            at += (size_t)got;
            continue;
        }
        if (got == 0 || errno == ECONNRESET)
            return at == 0 && got == 0 ? FRAME_CLOSED : FRAME_GONE;
        if (errno == EINTR)
            continue;
        if (!later(errno))
            return FRAME_SYSTEM;
        enum frame_result r = wait_for(fd, POLLIN, deadline);
        if (r != FRAME_OK)
            return r;
    }
    return FRAME_OK;
}

static enum frame_result read_body(int fd, uint64_t length, struct buf *body, struct arrivals *a,
                                   int64_t deadline)
{
    enum { CHUNK = 1 << 16 };

    buf_clear(body);
    if (length > body->max)
        return FRAME_TOO_LARGE;
    while (length > 0) {
        size_t n = length < CHUNK ? (size_t)length : CHUNK;
        unsigned char *to = buf_room(body, n);
        if (to == NULL)
            return FRAME_MEMORY;
        enum frame_result r = read_exactly(fd, to, n, a, deadline);
        if (r != FRAME_OK)
            return r == FRAME_CLOSED ? FRAME_GONE : r;
        body->len += n;
        body->data[body->len] = '\0';
        length -= n;
    }
    return FRAME_OK;
}

enum frame_result frame_receive(int fd, uint32_t *kind, struct buf *body, int *fds, size_t *nfds,
                                int64_t deadline)
{
    struct head head = {0};
    struct arrivals a = {{0}, 0, false};
    size_t places = fds != NULL && nfds != NULL ? *nfds : 0;
    enum frame_result r = read_exactly(fd, &head, sizeof head, &a, deadline);

    if (r == FRAME_OK && (head.mark != MARK || head.zero != 0))
        r = FRAME_GARBAGE;
    if (r == FRAME_OK)
        r = read_body(fd, head.length, body, &a, deadline);
    if (r == FRAME_OK && (a.cut || head.nfds != a.n || (fds == NULL && a.n > 0)))
        r = FRAME_GARBAGE;
    if (r == FRAME_OK && a.n > places)
        r = FRAME_TOO_LARGE;
    if (r != FRAME_OK) {
        int number = errno;
        arrivals_close(&a);
        errno = number;
        return r;
    }
    for (size_t i = 0; i < a.n; i++)
        fds[i] = a.fds[i];
    if (nfds != NULL)
        *nfds = a.n;
    if (kind != NULL)
        *kind = head.kind;
    return FRAME_OK;
}

int frame_err(enum frame_result result, const char *who, struct err *e)
{
    switch (result) {
    case FRAME_OK:
        return 0;
    case FRAME_CLOSED:
    case FRAME_GONE:
        return err_set(e, ERR_BUG, "err.base.frame-gone", who, NULL);
    case FRAME_LATE:
        return err_set(e, ERR_BUG, "err.base.frame-late", who, NULL);
    case FRAME_TOO_LARGE:
        return err_set(e, ERR_INPUT, "err.base.frame-large", who, NULL);
    case FRAME_GARBAGE:
        return err_set_bug(e, who);
    case FRAME_MEMORY:
        return err_set_memory(e);
    case FRAME_SYSTEM:
        break;
    }
    return err_set_errno(e, ERR_BUG, errno, "err.base.frame-system", who, NULL);
}

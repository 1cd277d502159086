#include "cmd/second_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/helper.h"
#include "base/jv.h"
#include "pdf/qpdf/proto.h"

enum { HIGH_FD = 10, WALL_MS = 120000, ANSWER_MAX = 1 << 20 };

struct second_reader {
    pthread_mutex_t lock;
    pid_t pid;       /* -1: not running */
    int fd;          /* our end of its socket */
    bool lost;       /* it ended by itself during the last look */
    int64_t wall_ms; /* how long a look may take */
};

struct second_reader *second_reader_new(void)
{
    struct second_reader *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    pthread_mutex_init(&r->lock, NULL);
    r->pid = -1;
    r->fd = -1;
    r->wall_ms = WALL_MS;
    return r;
}

void second_reader_patience(struct second_reader *r, int64_t wall_ms)
{
    r->wall_ms = wall_ms;
}

void second_reader_dismiss(struct second_reader *r)
{
    if (r == NULL || r->pid < 0 || r->fd < 0)
        return;
    close(r->fd);
    r->fd = -1;
    kill(r->pid, SIGKILL);
}

/* Ends the process, whose child ends with it; its status is that of its own end when it was faster.
 */
static int stop(struct second_reader *r)
{
    int status = 0;

    if (r->pid < 0)
        return 0;
    second_reader_dismiss(r);
    while (waitpid(r->pid, &status, 0) < 0 && errno == EINTR) {
    }
    r->pid = -1;
    r->fd = -1;
    return status;
}

void second_reader_free(struct second_reader *r)
{
    if (r == NULL)
        return;
    stop(r);
    pthread_mutex_destroy(&r->lock);
    free(r);
}

/* In the child: descriptors to their places by way of high numbers, so that none is trodden on. */
_Noreturn static void become(const char *path, int socket)
{
    char *const args[] = {(char *)(uintptr_t) "paraphe-qpdf", (char *)(uintptr_t) "serve", NULL};
    char *environment[] = {NULL};
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int from[] = {socket, nothing, nothing};
    int high[3];

    for (int i = 0; i < 3; i++)
        high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, HIGH_FD);
    for (int i = 0; i < 3; i++) {
        if (high[i] < 0 || dup2(high[i], i) < 0)
            _exit(127);
    }
    close_range(3, ~0U, 0);
    execve(path, args, environment);
    _exit(127);
}

/* It ends when our end of the socket closes, never with the thread that started it: that is why it
 * has no PR_SET_PDEATHSIG. */
static int start(struct second_reader *r, struct err *e)
{
    char *path = helper_path("paraphe-qpdf", PARAPHE_LIBEXEC_DIR);
    int ends[2] = {-1, -1}, rc = -1;

    if (path == NULL)
        return err_set(e, ERR_USAGE, "err.second-reader.missing", NULL);
    if (frame_pair(ends, NULL) != 0) {
        err_set_errno(e, ERR_BUG, errno, "err.second-reader.failed", NULL);
        goto out;
    }
    r->pid = fork();
    if (r->pid == 0)
        become(path, ends[1]);
    if (r->pid < 0) {
        err_set_errno(e, ERR_BUG, errno, "err.second-reader.failed", NULL);
        close(ends[0]);
        goto out;
    }
    r->fd = ends[0];
    rc = 0;
out:
    if (ends[1] >= 0)
        close(ends[1]);
    free(path);
    return rc;
}

void second_reader_expect(struct second_reader *r)
{
    if (r == NULL)
        return;
    pthread_mutex_lock(&r->lock);
    if (r->pid < 0)
        (void)start(r, NULL);
    pthread_mutex_unlock(&r->lock);
}

static int pipe_make(int ends[2], struct err *e)
{
    return pipe2(ends, O_CLOEXEC) == 0
               ? 0
               : err_set_errno(e, ERR_BUG, errno, "err.second-reader.failed", NULL);
}

/* A pipe that holds the whole password already: it is shorter than any pipe, so nobody waits. */
static int password_pipe(const unsigned char *password, size_t len, struct err *e)
{
    enum { PASSWORD_MAX = 511 };
    int ends[2];

    if (pipe_make(ends, e) != 0)
        return -1;
    if (len > PASSWORD_MAX)
        len = PASSWORD_MAX;
    if (password != NULL && file_write_all(ends[1], password, len, "pipe", e) != 0) {
        close(ends[0]);
        ends[0] = -1;
    }
    close(ends[1]);
    return ends[0];
}

static int failed(int status, struct err *e)
{
    char how[64];

    snprintf(how, sizeof how, WIFSIGNALED(status) ? "signal %d" : "status %d",
             WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    return err_set_foreign(e, ERR_INPUT, how, "err.second-reader.failed", NULL);
}

/* The process itself is gone, not only the child of the look. */
static int lost(struct second_reader *r, struct err *e)
{
    r->lost = true;
    return failed(stop(r), e);
}

/* The answer up to its end. */
static int take(int fd, struct buf *answer, int64_t deadline, struct err *e)
{
    ssize_t n = 1;

    while (n != 0) {
        unsigned char *to = buf_room(answer, 4096);
        if (to == NULL)
            return err_set(e, ERR_INPUT, "err.second-reader.failed", NULL);
        if (frame_wait(fd, deadline) != FRAME_OK)
            return err_set(e, ERR_INPUT, "err.second-reader.late", NULL);
        if ((n = read(fd, to, 4096)) > 0)
            answer->len += (size_t)n;
        else if (n < 0 && errno != EINTR)
            return err_set_errno(e, ERR_BUG, errno, "err.second-reader.failed", NULL);
    }
    return 0;
}

/* The status of the look's child; the server's own when that died. */
static int finish(struct second_reader *r, int64_t deadline, struct err *e)
{
    struct buf body = BUF_INIT(sizeof(int32_t));
    uint32_t kind = 0;
    int32_t status = 0;
    int rc = 0;
    enum frame_result got = frame_receive(r->fd, &kind, &body, NULL, NULL, deadline);

    if (got == FRAME_LATE) {
        stop(r);
        rc = err_set(e, ERR_INPUT, "err.second-reader.late", NULL);
    } else if (got != FRAME_OK || kind != LOOK_ENDED || body.len != sizeof status) {
        rc = lost(r, e);
    } else {
        memcpy(&status, body.data, sizeof status);
    }
    if (rc == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        rc = failed(status, e);
    buf_free(&body);
    return rc;
}

static int look(struct second_reader *r, int fd, int password, int out, struct buf *answer,
                struct err *e)
{
    int64_t deadline = frame_deadline(r->wall_ms);
    int ends[2], rc = -1;

    if (pipe_make(ends, e) != 0)
        return -1;
    const int fds[] = {
        [LOOK_PDF] = fd, [LOOK_ANSWER] = ends[1], [LOOK_PASSWORD] = password, [LOOK_OUTPUT] = out};
    bool sent = frame_send(r->fd, out >= 0 ? LOOK_REPAIR : LOOK_CHECK, NULL, 0, fds,
                           out >= 0 ? LOOK_FDS_MAX : LOOK_OUTPUT, deadline) == FRAME_OK;

    close(ends[1]);
    if (!sent)
        rc = lost(r, e);
    else if (take(ends[0], answer, deadline, e) != 0)
        stop(r); /* the child may go on; it ends with its parent */
    else
        rc = finish(r, deadline, e);
    close(ends[0]);
    return rc;
}

/* A process that was lost since the last look is started once more; not when it may have written to
 * `out`. */
static int look_again(struct second_reader *r, int fd, const unsigned char *password, size_t len,
                      int out, struct buf *answer, struct err *e)
{
    for (;;) {
        bool fresh = r->pid < 0;
        int pipe_end, rc = -1;

        if (fresh && start(r, e) != 0)
            return -1;
        pipe_end = password_pipe(password, len, e);
        if (pipe_end < 0)
            return -1;
        r->lost = false;
        rc = look(r, fd, pipe_end, out, answer, e);
        close(pipe_end);
        if (rc == 0 || fresh || !r->lost || (out >= 0 && lseek(out, 0, SEEK_END) != 0))
            return rc;
        buf_clear(answer);
        err_clear(e);
    }
}

int second_reading_take(const char *text, size_t n, struct second_reading *said, struct err *e)
{
    struct jv *json = jv_parse(text, n, "paraphe-qpdf", NULL);
    const char *code = jv_get_text(json, "code"), *message = jv_get_text(json, "message");
    int rc = 0;

    if (code == NULL) {
        rc = err_set(e, ERR_INPUT, "err.second-reader.failed", NULL);
    } else {
        snprintf(said->code, sizeof said->code, "%s", code);
        snprintf(said->message, sizeof said->message, "%s", message != NULL ? message : "");
        said->pages = jv_get_int(json, "pages", -1);
        said->warnings = jv_count(jv_get(json, "warnings"));
    }
    jv_free(json);
    return rc;
}

static int ask(struct second_reader *r, int fd, const unsigned char *password, size_t len, int out,
               struct second_reading *said, struct err *e)
{
    struct second_reader once = {PTHREAD_MUTEX_INITIALIZER, -1, -1, false, WALL_MS};
    struct buf answer = BUF_INIT(ANSWER_MAX);
    struct second_reader *server = r != NULL ? r : &once;
    int rc;

    pthread_mutex_lock(&server->lock);
    rc = look_again(server, fd, password, len, out, &answer, e);
    pthread_mutex_unlock(&server->lock);
    stop(&once);
    if (rc == 0)
        rc = second_reading_take(buf_str(&answer), answer.len, said, e);
    buf_free(&answer);
    return rc;
}

int second_reader_check(struct second_reader *r, int fd, const unsigned char *password,
                        size_t password_len, struct second_reading *out, struct err *e)
{
    return ask(r, fd, password, password_len, -1, out, e);
}

int second_reader_agrees(struct second_reader *r, int fd, const char *name,
                         const unsigned char *password, size_t password_len, int64_t pages,
                         struct err *e)
{
    struct second_reading said = {.pages = -1};
    char number[32];

    if (ask(r, fd, password, password_len, -1, &said, e) != 0)
        return -1;
    if (strcmp(said.code, "ok") != 0)
        return err_set_foreign(e, ERR_INPUT, said.message, "err.second-reader.disagrees", name,
                               NULL);
    if (pages >= 0 && said.pages != pages) {
        snprintf(number, sizeof number, "%lld/%lld", (long long)said.pages, (long long)pages);
        return err_set_foreign(e, ERR_INPUT, number, "err.second-reader.disagrees", name, NULL);
    }
    return 0;
}

int second_reader_repair(struct second_reader *r, int fd, const char *name,
                         const unsigned char *password, size_t password_len, int out,
                         struct second_reading *said, struct err *e)
{
    *said = (struct second_reading){.pages = -1};
    if (ask(r, fd, password, password_len, out, said, e) != 0)
        return -1;
    if (strcmp(said->code, "ok") == 0)
        return 0;
    if (strcmp(said->code, "signed") == 0)
        return err_set(e, ERR_INPUT, "err.second-reader.signed", name, NULL);
    if (strcmp(said->code, "disk") == 0)
        return err_set_foreign(e, ERR_DISK, said->message, "err.base.file-write", name, NULL);
    return err_set_foreign(e, ERR_INPUT, said->message, "err.second-reader.beyond-repair", name,
                           NULL);
}

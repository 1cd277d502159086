#include "cmd/second_reader.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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

enum { OUTPUT_FD = 3, PASSWORD_FD = 4, HIGH_FD = 10, WALL_MS = 120000, ANSWER_MAX = 1 << 20 };

struct helper {
    pid_t pid;
    int answer; /* read end of its standard output */
};

/* In the child: descriptors to their places by way of high numbers, so that none is trodden on. */
_Noreturn static void become(const char *path, const char *what, int in, int answer, int out,
                             int password)
{
    char *const args[] = {(char *)(uintptr_t) "paraphe-qpdf", (char *)(uintptr_t)what, NULL};
    char *environment[] = {NULL};
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    const int from[] = {in, answer, nothing, out >= 0 ? out : nothing, password};
    int high[5];

    for (int i = 0; i < 5; i++)
        high[i] = fcntl(from[i], F_DUPFD_CLOEXEC, HIGH_FD);
    for (int i = 0; i < 5; i++) {
        if (high[i] < 0 || dup2(high[i], i) < 0)
            _exit(127);
    }
    close_range(PASSWORD_FD + 1, ~0U, 0);
    execve(path, args, environment);
    _exit(127);
}

static int start(struct helper *h, const char *what, int fd, int out, int password, struct err *e)
{
    char *path = helper_path("paraphe-qpdf", PARAPHE_LIBEXEC_DIR);
    int ends[2] = {-1, -1}, rc = -1;

    if (path == NULL)
        return err_set(e, ERR_USAGE, "err.second-reader.missing", NULL);
    if (pipe2(ends, O_CLOEXEC) != 0) {
        err_set_errno(e, ERR_BUG, errno, "err.second-reader.failed", NULL);
        goto out;
    }
    h->pid = fork();
    if (h->pid == 0)
        become(path, what, fd, ends[1], out, password);
    if (h->pid < 0) {
        err_set_errno(e, ERR_BUG, errno, "err.second-reader.failed", NULL);
        goto out;
    }
    h->answer = ends[0];
    ends[0] = -1;
    rc = 0;
out:
    if (ends[0] >= 0)
        close(ends[0]);
    if (ends[1] >= 0)
        close(ends[1]);
    free(path);
    return rc;
}

/* A pipe that holds the whole password already: it is shorter than any pipe, so nobody waits. */
static int password_pipe(const unsigned char *password, size_t len, struct err *e)
{
    enum { PASSWORD_MAX = 511 };
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return err_set_errno(e, ERR_BUG, errno, "err.second-reader.failed", NULL);
    if (len > PASSWORD_MAX)
        len = PASSWORD_MAX;
    if (password != NULL && file_write_all(ends[1], password, len, "pipe", e) != 0) {
        close(ends[0]);
        ends[0] = -1;
    }
    close(ends[1]);
    return ends[0];
}

/* The answer up to its end, then the status of the process. */
static int finish(struct helper *h, struct buf *answer, struct err *e)
{
    int64_t deadline = frame_deadline(WALL_MS);
    int status = 0, rc = 0;
    ssize_t n = 1;

    while (rc == 0 && n != 0) {
        unsigned char *to = buf_room(answer, 4096);
        if (to == NULL)
            rc = err_set(e, ERR_INPUT, "err.second-reader.failed", NULL);
        else if (frame_wait(h->answer, deadline) != FRAME_OK)
            rc = err_set(e, ERR_INPUT, "err.second-reader.late", NULL);
        else if ((n = read(h->answer, to, 4096)) > 0)
            answer->len += (size_t)n;
        else if (n < 0 && errno != EINTR)
            rc = err_set_errno(e, ERR_BUG, errno, "err.second-reader.failed", NULL);
    }
    close(h->answer);
    if (rc != 0)
        kill(h->pid, SIGKILL);
    while (waitpid(h->pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (rc == 0 && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
        char how[64];
        snprintf(how, sizeof how, WIFSIGNALED(status) ? "signal %d" : "status %d",
                 WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        rc = err_set_foreign(e, ERR_INPUT, how, "err.second-reader.failed", NULL);
    }
    return rc;
}

static int ask(const char *what, int fd, const unsigned char *password, size_t len, int out,
               struct second_reading *said, struct err *e)
{
    struct helper h = {-1, -1};
    struct buf answer = BUF_INIT(ANSWER_MAX);
    struct jv *json = NULL;
    int pipe_end = password_pipe(password, len, e), rc = -1;

    if (pipe_end < 0)
        return -1;
    if (start(&h, what, fd, out, pipe_end, e) == 0 && finish(&h, &answer, e) == 0) {
        json = jv_parse(buf_str(&answer), answer.len, "paraphe-qpdf", NULL);
        const char *code = jv_get_text(json, "code"), *message = jv_get_text(json, "message");
        if (code == NULL) {
            err_set(e, ERR_INPUT, "err.second-reader.failed", NULL);
        } else {
            snprintf(said->code, sizeof said->code, "%s", code);
            snprintf(said->message, sizeof said->message, "%s", message != NULL ? message : "");
            said->pages = jv_get_int(json, "pages", -1);
            said->warnings = jv_count(jv_get(json, "warnings"));
            rc = 0;
        }
    }
    jv_free(json);
    buf_free(&answer);
    close(pipe_end);
    return rc;
}

int second_reader_check(int fd, const unsigned char *password, size_t password_len,
                        struct second_reading *out, struct err *e)
{
    return ask("check", fd, password, password_len, -1, out, e);
}

int second_reader_agrees(int fd, const char *name, const unsigned char *password,
                         size_t password_len, int64_t pages, struct err *e)
{
    struct second_reading said = {.pages = -1};
    char number[32];

    if (ask("check", fd, password, password_len, -1, &said, e) != 0)
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

int second_reader_repair(int fd, const char *name, const unsigned char *password,
                         size_t password_len, int out, struct second_reading *said, struct err *e)
{
    *said = (struct second_reading){.pages = -1};
    if (ask("repair", fd, password, password_len, out, said, e) != 0)
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

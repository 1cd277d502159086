/* The worker's side of verify/ahead.c. Nothing is parsed here; what was digested is used only for a
 * signature whose first range covers it all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "verify/read.h"

enum { WINDOW = 1 << 18 };

/* How many bytes are there, once there are more than `at`; when `at` is all, once the file is
 * whole. */
static int64_t ask(const struct task_io *io, int64_t at, struct err *e)
{
    struct buf question = BUF_INIT(256), answer = BUF_INIT(256);
    struct jv *o = jv_object(), *said = NULL;
    int64_t to = -1;

    jv_put_text(o, "ask", "ahead");
    jv_put_int(o, "at", at);
    if (jv_print(o, false, &question, e) == 0 &&
        io->ask(io, question.data, question.len, &answer, e) == 0 &&
        (said = jv_parse(buf_str(&answer), answer.len, "answer", e)) != NULL)
        to = jv_get_int(said, "to", -1);
    jv_free(o);
    jv_free(said);
    buf_free(&question);
    buf_free(&answer);
    return to;
}

static int add_range(EVP_MD_CTX *ctx, int fd, int64_t at, int64_t end, struct err *e)
{
    unsigned char *window = malloc(WINDOW);
    int rc = window != NULL ? 0 : err_set_memory(e);

    while (rc == 0 && at < end) {
        ssize_t n = pread(fd, window, end - at < WINDOW ? (size_t)(end - at) : WINDOW, at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            rc = err_set_errno(e, ERR_DISK, n < 0 ? errno : EIO, "err.base.file-read", "-", NULL);
        else if (EVP_DigestUpdate(ctx, window, (size_t)n) != 1)
            rc = err_set_bug(e, "ahead_read");
        else
            at += n;
    }
    free(window);
    return rc;
}

int ahead_read(struct env *env, int64_t size, const char *digest, struct err *e)
{
    const struct task_io *io = env->io;
    const EVP_MD *md = digest != NULL ? EVP_get_digestbyname(digest) : NULL;
    int64_t at = 0, to;

    if (io->ask == NULL || io->nfds == 0 || md == NULL)
        return err_set_bug(e, "ahead_read: parameters");
    env->ahead = EVP_MD_CTX_new();
    if (env->ahead == NULL || EVP_DigestInit_ex(env->ahead, md, NULL) != 1)
        return err_set_memory(e);
    for (;;) {
        to = ask(io, at, e);
        if (to < 0 || (at < size && to <= at) || to > size)
            return to < 0 && e != NULL && err_is_set(e) ? -1 : err_set_bug(e, "ahead_read: answer");
        if (at == size)
            break;
        if (add_range(env->ahead, io->fds[0], at, to, e) != 0)
            return -1;
        at = to;
    }
    env->ahead_size = size;
    return 0;
}

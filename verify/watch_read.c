/* Task "verify-watch", the worker's side of verify/watch.c. It reads one file twice, or more often,
 * as that is made: each reading begins anew, with nothing but the digest of what was copied before
 * anything was parsed, and that of what the first signature covers before its hole; each is used
 * only for a signature whose first range covers it all. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "verify/read.h"
#include "verify/verify.h"
#include "verify/watch.h"
#include "x509/cert.h"

enum { WINDOW = 1 << 18 };

/* Takes the question; the answer is the caller's. */
static struct jv *ask(const struct task_io *io, struct jv *question, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes), answer = BUF_INIT(256);
    struct jv *said = NULL;

    if (jv_print(question, false, &text, e) == 0 &&
        io->ask(io, text.data, text.len, &answer, e) == 0)
        said = jv_parse(buf_str(&answer), answer.len, "answer", e);
    jv_free(question);
    buf_free(&text);
    buf_free(&answer);
    return said;
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
            rc = err_set_bug(e, "watch_read");
        else
            at += n;
    }
    free(window);
    return rc;
}

/* Until all is there: what has arrived goes into `ctx`; NULL: it is only waited for. */
static int await_arrival(const struct task_io *io, int64_t size, EVP_MD_CTX *ctx, struct err *e)
{
    for (int64_t at = 0; at < size;) {
        struct jv *question = jv_object();
        jv_put_text(question, "ask", "arrived");
        jv_put_int(question, "at", at);
        struct jv *said = ask(io, question, e);
        int64_t to = jv_get_int(said, "to", -1);
        if (said == NULL)
            return -1;
        jv_free(said);
        if (to <= at || to > size)
            return err_set_bug(e, "watch_read: answer");
        if (ctx != NULL && add_range(ctx, io->fds[0], at, to, e) != 0)
            return -1;
        at = to;
    }
    return 0;
}

static struct jv *ask_next(const struct task_io *io, struct jv *said, struct err *e)
{
    struct jv *question = jv_object();

    jv_put_text(question, "ask", "next");
    jv_put_take(question, "said", said != NULL ? said : jv_null());
    return ask(io, question, e);
}

/* What verdict_integrity wants to know. */
static struct jv *integrity_json(const struct sigs *sigs)
{
    struct jv *out = jv_object(), *list = jv_array();

    for (size_t i = 0; i < sigs->count; i++) {
        struct jv *one = jv_object();
        jv_put_bool(one, "intact", sigs->items[i]->intact);
        jv_put_bool(one, "modified", sigs->items[i]->modified);
        jv_add_take(list, one);
    }
    jv_put_take(out, "signatures", list);
    return out;
}

void beginning_lend(const struct beginning *b, struct env *env)
{
    if (b == NULL || b->digest == NULL)
        return;
    env->early = EVP_MD_CTX_new();
    if (env->early != NULL && EVP_MD_CTX_copy_ex(env->early, b->digest) == 1) {
        env->early_size = b->size;
        return;
    }
    EVP_MD_CTX_free(env->early);
    env->early = NULL;
}

void beginning_take(struct beginning *b, const struct env *env, int64_t most)
{
    if (b == NULL || b->digest != NULL || env->early == NULL || env->early_size > most)
        return;
    b->digest = EVP_MD_CTX_new();
    if (b->digest != NULL && EVP_MD_CTX_copy_ex(b->digest, env->early) == 1) {
        b->size = env->early_size;
        return;
    }
    EVP_MD_CTX_free(b->digest);
    b->digest = NULL;
}

/* The first signature that is there already, as soon as all is: what it covers before its hole is
 * most of the file, and is digested while the caller is busy with something else. Nothing else is
 * looked at, and what is wrong with it is said later. */
static void read_early(const struct task_io *io, int64_t size, struct beginning *b)
{
    struct err ignored = ERR_INIT;
    struct reading r;

    if (reading_begin(&r, io, &ignored) == 0) {
        r.env.integrity_only = true;
        int rc = reading_open(&r, io, &ignored) == 0 ? sigs_find(r.pdf, r.sigs, &ignored) : -1;
        for (size_t i = 0; rc == 0 && i < r.sigs->count && r.env.early == NULL; i++)
            rc = sig_read(r.pdf, r.sigs->items[i], &r.env, &ignored);
        beginning_take(b, &r.env, size);
    }
    reading_end(&r);
}

static struct jv *read_finished(const struct task_io *io, EVP_MD_CTX *digested, int64_t size,
                                const struct beginning *b, struct err *e)
{
    struct jv *said = NULL;
    struct reading r;
    int rc = reading_begin(&r, io, e);

    if (rc == 0) {
        beginning_lend(b, &r.env);
        r.env.integrity_only = true;
        r.env.ahead = digested != NULL ? EVP_MD_CTX_new() : NULL;
        if (r.env.ahead != NULL && EVP_MD_CTX_copy_ex(r.env.ahead, digested) == 1)
            r.env.ahead_size = size;
        rc = reading_open(&r, io, e);
    }
    if (rc == 0)
        rc = read_all(r.pdf, r.sigs, &r.env, e);
    if (rc == 0)
        said = integrity_json(r.sigs);
    reading_end(&r);
    return said;
}

/* After the verdict is out, so that it is not of one who has seen what comes now. */
static int look_also(const struct task_io *io, struct jv *verdict, verify_look *look,
                     struct jv *params, struct err *e)
{
    struct buf password = BUF_INIT(1024);
    struct jv *next = ask_next(io, verdict, e), *said = jv_object();
    int rc = next != NULL && jv_get_bytes(params, "password", &password) == 0
                 ? 0
                 : err_set_bug(e, "watch_read: look");

    if (rc == 0)
        rc = look(io->fds[0], &password, said, e);
    if (rc == 0)
        rc = jv_print(said, false, io->reply, e);
    jv_free(next);
    jv_free(said);
    buf_wipe(&password);
    return rc;
}

static int serve(const struct task_io *io, EVP_MD_CTX *digested, int64_t size, struct beginning *b,
                 verify_look *look, struct jv *params, struct err *e)
{
    struct jv *said = NULL;

    for (;;) {
        struct jv *next = ask_next(io, said, e);
        const char *what = jv_get_text(next, "do");
        int64_t before = jv_get_int(next, "before", -1);
        bool update = what != NULL && strcmp(what, "update") == 0;
        if (next == NULL)
            return -1;
        jv_free(next);
        if (!update) {
            said = read_finished(io, digested, size, b, e);
            if (said == NULL)
                return -1;
            return look != NULL ? look_also(io, said, look, params, e)
                                : reading_answer_take(io, said, e);
        }
        said = update_read(io, before, b, e);
        if (said == NULL)
            return -1;
    }
}

int verify_watch_run(const struct task_io *io, verify_look *look, struct err *e)
{
    struct jv *params = jv_parse((const char *)io->params, io->params_len, "parameters", e);
    const char *name = jv_get_text(params, "digest");
    const EVP_MD *md = name != NULL ? EVP_get_digestbyname(name) : NULL;
    int64_t size = jv_get_int(params, "arriving", 0);
    EVP_MD_CTX *digested = NULL;
    struct beginning beginning = {NULL, 0};
    int rc = -1;

    if (params == NULL)
        return -1;
    if (io->ask == NULL || io->nfds == 0 || (name != NULL && md == NULL)) {
        err_set_bug(e, "watch_read: parameters");
        goto out;
    }
    if (md != NULL && size > 0) {
        digested = EVP_MD_CTX_new();
        if (digested == NULL || EVP_DigestInit_ex(digested, md, NULL) != 1) {
            err_set_memory(e);
            goto out;
        }
    }
    if (await_arrival(io, size, digested, e) != 0)
        goto out;
    if (size > 0 && md == NULL)
        read_early(io, size, &beginning);
    rc = serve(io, digested, size, &beginning, look, params, e);
out:
    EVP_MD_CTX_free(beginning.digest);
    EVP_MD_CTX_free(digested);
    jv_free(params);
    return rc;
}

static int run(const struct task_io *io, struct err *e)
{
    return verify_watch_run(io, NULL, e);
}

const struct task verify_watch_task = {
    .name = "verify-watch",
    .run = run,
    .warm = verify_warm,
    .limits = {.seconds = 240, .memory = 0, .output = 0},
    .learn = cert_learn,
};

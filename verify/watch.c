/* The caller's side of the reader that stays with a file in the making: a thread holds the
 * conversation with the worker, which learns how much has been copied, and then what to look at. */
#include "verify/watch.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "verify/call.h"

enum wish { WISH_NONE, WISH_UPDATE, WISH_READ, WISH_LOOK, WISH_END };

struct verify_watch {
    const struct runner *runner, *judges;
    int fd;
    int64_t size; /* to digest while it arrives */
    enum digest_kind kind;
    const unsigned char *password;
    size_t password_len;
    pthread_t thread;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    int64_t done;   /* bytes that are there */
    enum wish wish; /* what the worker is to do next, or does */
    bool begun;     /* it knows the wish */
    bool ended;     /* no worker any more */
    int64_t before; /* of the update */
    struct jv *said;
    struct err err; /* why it ended */
};

/* {"ask":"arrived","at":N}: as soon as more than N bytes are there. */
static void wait_arrived(struct verify_watch *w, int64_t at, struct jv *answer)
{
    while (w->wish == WISH_NONE && w->done <= at)
        pthread_cond_wait(&w->changed, &w->lock);
    jv_put_int(answer, "to", w->wish == WISH_NONE ? w->done : w->size);
}

/* {"ask":"next","said":...}: the answer to the wish before, if any, and the next wish. */
static void wait_wish(struct verify_watch *w, struct jv *said, struct jv *answer)
{
    if (w->begun) {
        w->said = jv_keep(said);
        w->begun = false;
        w->wish = WISH_NONE;
        pthread_cond_broadcast(&w->changed);
    }
    while (w->wish == WISH_NONE)
        pthread_cond_wait(&w->changed, &w->lock);
    w->begun = true;
    jv_put_text(answer, "do",
                w->wish == WISH_UPDATE ? "update"
                : w->wish == WISH_LOOK ? "look"
                                       : "read");
    jv_put_int(answer, "before", w->before);
}

static int answer(void *self, const void *question, size_t len, struct buf *out, struct err *e)
{
    struct verify_watch *w = self;
    struct jv *q = jv_parse(question, len, "question", e), *o;
    const char *what = jv_get_text(q, "ask");
    int rc = -1;

    if (q == NULL)
        return -1;
    o = jv_object();
    pthread_mutex_lock(&w->lock);
    if (what != NULL && strcmp(what, "next") == 0)
        wait_wish(w, jv_get(q, "said"), o);
    else
        wait_arrived(w, jv_get_int(q, "at", 0), o);
    bool wanted = w->wish != WISH_END;
    pthread_mutex_unlock(&w->lock);
    rc = wanted ? jv_print(o, false, out, e)
                : err_set_bug(e, "watch: unwanted"); /* nobody reads it */
    jv_free(o);
    jv_free(q);
    return rc;
}

static int params_print(const struct verify_watch *w, struct buf *out, struct err *e)
{
    struct jv *o = jv_object();
    int rc;

    if (w->size > 0) {
        jv_put_int(o, "arriving", w->size);
        if (w->kind != DIGEST_NONE)
            jv_put_text(o, "digest", digest_name(w->kind));
    }
    if (w->password != NULL)
        jv_put_hex(o, "password", w->password, w->password_len);
    rc = jv_print(o, false, out, e);
    jv_free(o);
    return rc;
}

static void *talk(void *self)
{
    struct verify_watch *w = self;
    struct buf params = BUF_INIT((size_t)ceilings.json_bytes),
               reply = BUF_INIT((size_t)ceilings.json_bytes);
    struct task_call call = {.name = verify_watch_task.name,
                             .fds = &w->fd,
                             .nfds = 1,
                             .reply = &reply,
                             .answer = answer,
                             .answer_self = w};
    struct err e = ERR_INIT;
    struct jv *said = NULL;
    int rc = params_print(w, &params, &e);

    if (rc == 0) {
        call.params = params.data;
        call.params_len = params.len;
        rc = w->judges->call(w->judges->self, &call, &e);
    }
    if (rc == 0)
        said = jv_parse(buf_str(&reply), reply.len, call.name, &e);
    pthread_mutex_lock(&w->lock);
    w->said = said;
    w->err = e;
    w->ended = true;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    buf_wipe(&params);
    buf_free(&reply);
    return NULL;
}

int verify_watch_start(struct verify_watch **out, const struct runner *runner,
                       const struct runner *judges, int fd, int64_t size, enum digest_kind kind,
                       const unsigned char *password, size_t password_len, struct err *e)
{
    struct verify_watch *w = calloc(1, sizeof *w);

    if (w == NULL)
        return err_set_memory(e);
    *w = (struct verify_watch){.runner = runner,
                               .judges = judges != NULL ? judges : runner,
                               .fd = fd,
                               .size = size,
                               .kind = kind,
                               .password = password,
                               .password_len = password_len,
                               .err = ERR_INIT};
    pthread_mutex_init(&w->lock, NULL);
    pthread_cond_init(&w->changed, NULL);
    if (pthread_create(&w->thread, NULL, talk, w) != 0) {
        free(w);
        return err_set_memory(e);
    }
    *out = w;
    return 0;
}

void verify_watch_moved(struct verify_watch *w, int64_t done)
{
    pthread_mutex_lock(&w->lock);
    w->done = done;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
}

/* Wishes, and waits for the answer: NULL when the worker ended without one. *knew: it began with
 * it, so that its error is about the file. */
static struct jv *wish(struct verify_watch *w, enum wish what, int64_t before, bool *knew)
{
    struct jv *said;

    pthread_mutex_lock(&w->lock);
    w->wish = w->ended ? WISH_NONE : what;
    w->before = before;
    pthread_cond_broadcast(&w->changed);
    while (w->wish != WISH_NONE && !w->ended)
        pthread_cond_wait(&w->changed, &w->lock);
    *knew = w->begun || w->said != NULL;
    said = w->said;
    w->said = NULL;
    w->begun = false;
    pthread_mutex_unlock(&w->lock);
    return said;
}

int verify_watch_update(struct verify_watch *w, int64_t before, struct jv **out, struct err *e)
{
    bool knew = false;
    struct jv *said = wish(w, WISH_UPDATE, before, &knew);

    if (said == NULL && !knew)
        return verify_update(w->runner, w->fd, before, w->password, w->password_len, out, e);
    if (said == NULL)
        return update_refused(&w->err, out, e);
    *out = said;
    return 0;
}

static void watch_free(struct verify_watch *w)
{
    pthread_join(w->thread, NULL);
    jv_free(w->said);
    pthread_cond_destroy(&w->changed);
    pthread_mutex_destroy(&w->lock);
    free(w);
}

/* Only the good verdict is short; why another is not good is told by a reading of its own. */
int verify_watch_take_both(struct verify_watch *w, const char *name, struct jv **other,
                           struct err *e)
{
    bool knew = false;
    struct jv *said = wish(w, WISH_READ, 0, &knew);
    int rc = 0;

    *other = wish(w, WISH_LOOK, 0, &knew); /* who has no other reader has ended */
    if (said == NULL || verdict_integrity(said, name, NULL) != 0)
        rc = verify_integrity(w->runner, w->fd, name, w->password, w->password_len, e);
    jv_free(said);
    watch_free(w);
    return rc;
}

int verify_watch_take_integrity(struct verify_watch *w, const char *name, struct err *e)
{
    struct jv *other = NULL;
    int rc = verify_watch_take_both(w, name, &other, e);

    jv_free(other);
    return rc;
}

void verify_watch_free(struct verify_watch *w)
{
    if (w == NULL)
        return;
    pthread_mutex_lock(&w->lock);
    w->wish = WISH_END;
    pthread_cond_broadcast(&w->changed);
    pthread_mutex_unlock(&w->lock);
    watch_free(w);
}

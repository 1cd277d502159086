/* The caller's side of a verification that begins while its file is still being copied: a thread
 * holds the conversation with the worker, which learns how much has arrived and, at the end, that
 * the file is whole. */
#include "verify/call.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"

enum stage { STAGE_ARRIVING, STAGE_WHOLE, STAGE_UNWANTED };

struct verify_ahead {
    const struct runner *runner;
    int fd;
    int64_t size;
    struct verify_request request;
    enum digest_kind kind;
    pthread_t thread;
    pthread_mutex_t lock; /* of the next three */
    pthread_cond_t changed;
    int64_t done;
    enum stage stage;
    bool told; /* the worker knows that the file is whole */
    struct jv *verdict;
    struct err err;
};

/* {"ask":"ahead","at":N}: {"to":M} as soon as more than N bytes are there; at the end of the copy,
 * as soon as the file is whole. */
static int answer(void *self, const void *question, size_t len, struct buf *out, struct err *e)
{
    struct verify_ahead *a = self;
    struct jv *q = jv_parse(question, len, "question", e), *o;
    int64_t at = jv_get_int(q, "at", 0), to;
    int rc = -1;

    if (q == NULL)
        return -1;
    jv_free(q);
    pthread_mutex_lock(&a->lock);
    while (a->stage == STAGE_ARRIVING && (a->done <= at || at >= a->size))
        pthread_cond_wait(&a->changed, &a->lock);
    to = a->stage == STAGE_WHOLE ? a->size : a->done;
    bool wanted = a->stage != STAGE_UNWANTED;
    a->told = a->stage == STAGE_WHOLE;
    pthread_mutex_unlock(&a->lock);
    if (!wanted)
        return err_set_bug(e, "ahead: unwanted"); /* nobody will read it */
    o = jv_object();
    jv_put_int(o, "to", to);
    rc = jv_print(o, false, out, e);
    jv_free(o);
    return rc;
}

static void *talk(void *self)
{
    struct verify_ahead *a = self;
    struct verify_questions q = {
        .answer = answer, .self = a, .ahead = a->size, .ahead_digest = digest_name(a->kind)};

    if (verify_call(a->runner, a->fd, &a->request, "", &q, &a->verdict, &a->err) != 0)
        a->verdict = NULL;
    return NULL;
}

int verify_ahead_start(struct verify_ahead **out, const struct runner *runner, int fd, int64_t size,
                       enum digest_kind kind, const unsigned char *password, size_t password_len,
                       struct err *e)
{
    struct verify_ahead *a = calloc(1, sizeof *a);

    if (a == NULL)
        return err_set_memory(e);
    a->runner = runner;
    a->fd = fd;
    a->size = size;
    a->kind = kind;
    a->request = (struct verify_request){
        .name = "", .password = password, .password_len = password_len, .no_digest = true};
    a->err = (struct err)ERR_INIT;
    pthread_mutex_init(&a->lock, NULL);
    pthread_cond_init(&a->changed, NULL);
    if (pthread_create(&a->thread, NULL, talk, a) != 0) {
        free(a);
        return err_set_memory(e);
    }
    *out = a;
    return 0;
}

static void tell(struct verify_ahead *a, int64_t done, enum stage stage)
{
    pthread_mutex_lock(&a->lock);
    a->done = done;
    a->stage = stage;
    pthread_cond_broadcast(&a->changed);
    pthread_mutex_unlock(&a->lock);
}

void verify_ahead_moved(struct verify_ahead *a, int64_t done)
{
    tell(a, done, STAGE_ARRIVING);
}

/* The end of the conversation, and of `a`: its verdict, or NULL and err. False when the worker
 * ended before it could know the whole file, which is no verdict on that. */
static bool finish(struct verify_ahead *a, enum stage stage, struct jv **verdict, struct err *e)
{
    bool told;

    tell(a, a->size, stage);
    pthread_join(a->thread, NULL);
    told = a->told;
    *verdict = a->verdict;
    if (told && a->verdict == NULL && e != NULL)
        *e = a->err;
    pthread_cond_destroy(&a->changed);
    pthread_mutex_destroy(&a->lock);
    free(a);
    return told;
}

int verify_ahead_take_integrity(struct verify_ahead *a, const char *name, struct err *e)
{
    const struct verify_ahead was = *a; /* of it only what never changes */
    struct jv *verdict = NULL;
    int rc;

    if (!finish(a, STAGE_WHOLE, &verdict, e))
        rc = verify_integrity(was.runner, was.fd, name, was.request.password,
                              was.request.password_len, e);
    else
        rc = verdict != NULL ? verdict_integrity(verdict, name, e) : -1;
    jv_free(verdict);
    return rc;
}

void verify_ahead_free(struct verify_ahead *a)
{
    struct jv *verdict = NULL;

    if (a != NULL)
        (void)finish(a, STAGE_UNWANTED, &verdict, NULL);
    jv_free(verdict);
}

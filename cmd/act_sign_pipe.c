/* Many documents: while the token signs one (this thread), a second thread prepares those to come
 * and finishes those that are signed, so that a slow card is never waited for twice. Workers,
 * network and results belong to the second thread, the token to the first. */
#include <pthread.h>
#include <stdlib.h>

#include "cmd/act_sign_part.h"

enum { AHEAD_MAX = 16 };
enum stage { STAGE_NEW, STAGE_PREPARED, STAGE_SIGNED, STAGE_DONE };

struct pipe {
    struct act_sign *a;
    enum stage *stages;
    struct act_sign_half **halves;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

static void set(struct pipe *p, size_t i, enum stage stage)
{
    pthread_mutex_lock(&p->lock);
    p->stages[i] = stage;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

/* What the second thread does next: finish before prepare, and not too far ahead. n: nothing is
 * left. Called with the lock. */
static size_t next_of(const struct pipe *p, bool *wait)
{
    size_t n = p->a->n, fresh = n, ahead = 0;

    *wait = false;
    for (size_t i = 0; i < n; i++) {
        if (p->stages[i] == STAGE_SIGNED)
            return i;
        if (p->stages[i] == STAGE_NEW && fresh == n)
            fresh = i;
        ahead += p->stages[i] == STAGE_PREPARED;
    }
    *wait = ahead > 0 && (fresh == n || ahead >= AHEAD_MAX);
    return fresh;
}

static void *second(void *self)
{
    struct pipe *p = self;

    for (;;) {
        bool wait = false;
        pthread_mutex_lock(&p->lock);
        size_t i = next_of(p, &wait);
        while (wait) {
            pthread_cond_wait(&p->changed, &p->lock);
            i = next_of(p, &wait);
        }
        enum stage stage = i < p->a->n ? p->stages[i] : STAGE_DONE;
        pthread_mutex_unlock(&p->lock);
        if (i == p->a->n)
            return NULL;
        if (stage == STAGE_SIGNED) {
            act_sign_finish(p->a, i, p->halves[i]);
            set(p, i, STAGE_DONE);
        } else {
            set(p, i, act_sign_begin(p->a, i) == 0 ? STAGE_PREPARED : STAGE_DONE);
        }
    }
}

static void first(struct pipe *p)
{
    for (size_t i = 0; i < p->a->n; i++) {
        pthread_mutex_lock(&p->lock);
        while (p->stages[i] == STAGE_NEW)
            pthread_cond_wait(&p->changed, &p->lock);
        enum stage stage = p->stages[i];
        pthread_mutex_unlock(&p->lock);
        if (stage != STAGE_PREPARED)
            continue;
        p->halves[i] = act_sign_value(p->a, i);
        set(p, i, STAGE_SIGNED);
    }
}

/* Without a second thread, or for one document: one after the other. */
static void in_order(struct act_sign *a)
{
    for (size_t i = 0; i < a->n; i++) {
        if (a->jobs[i] != NULL || (a->later && !a->begun[i] && act_sign_begin(a, i) == 0))
            act_sign_finish(a, i, act_sign_value(a, i));
    }
}

void act_sign_all(struct act_sign *a)
{
    struct pipe p = {
        .a = a, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    pthread_t thread;

    p.stages = calloc(a->n, sizeof *p.stages);
    p.halves = calloc(a->n, sizeof(struct act_sign_half *));
    for (size_t i = 0; p.stages != NULL && i < a->n; i++)
        p.stages[i] = a->jobs[i] != NULL         ? STAGE_PREPARED
                      : a->later && !a->begun[i] ? STAGE_NEW
                                                 : STAGE_DONE;
    if (a->n > 1 && p.stages != NULL && p.halves != NULL &&
        pthread_create(&thread, NULL, second, &p) == 0) {
        first(&p);
        pthread_join(thread, NULL);
    } else {
        in_order(a);
    }
    free(p.stages);
    free(p.halves);
}

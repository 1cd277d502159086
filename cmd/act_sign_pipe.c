/* Many documents: while the token signs one (this thread), others, the lanes, prepare those to come
 * and finish those that are signed, one document each, so that neither a slow card nor a fast one
 * waits while a processor is free. The token belongs to this thread, the network to one lane at a
 * time, and so does the telling of results. The lanes and their workers have a lower priority than
 * the token: whatever it waits for delays every document that is left. */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "cmd/act_sign_part.h"
#include "cmd/wire.h"

/* LANES_SPARE: lanes that wait for the disk leave their processor to another. */
enum { AHEAD_MAX = 16, LANES_MAX = 8, LANES_SPARE = 2 };
enum stage {
    STAGE_NEW,
    STAGE_PREPARING,
    STAGE_PREPARED,
    STAGE_SIGNING,
    STAGE_SIGNED,
    STAGE_FINISHING,
    STAGE_DONE,
    STAGES
};

struct pipe {
    struct act_sign *a;
    enum stage *stages;
    struct act_sign_half **halves;
    size_t lanes;
    pthread_mutex_t lock; /* of stages and what follows */
    pthread_cond_t changed;
    size_t done;  /* all before this one are done */
    size_t fresh; /* none before this one is new */
    size_t count[STAGES];
};

/* With the lock. */
static void move(struct pipe *p, size_t i, enum stage to)
{
    p->count[p->stages[i]]--;
    p->stages[i] = to;
    p->count[to]++;
    while (p->done < p->a->n && p->stages[p->done] == STAGE_DONE)
        p->done++;
    while (p->fresh < p->a->n && p->stages[p->fresh] != STAGE_NEW)
        p->fresh++;
    pthread_cond_broadcast(&p->changed);
}

static void set(struct pipe *p, size_t i, enum stage to)
{
    pthread_mutex_lock(&p->lock);
    move(p, i, to);
    pthread_mutex_unlock(&p->lock);
}

/* The first document at that stage; n: none. */
static size_t first_at(const struct pipe *p, enum stage stage)
{
    size_t i = stage == STAGE_NEW ? p->fresh : p->done;

    while (p->count[stage] > 0 && i < p->a->n && p->stages[i] != stage)
        i++;
    return p->count[stage] > 0 ? i : p->a->n;
}

/* What a lane does next: finish before prepare, unless the token has nothing to do; and not too far
 * ahead. n: nothing now. With the lock. */
static size_t next_of(const struct pipe *p)
{
    const size_t *count = p->count;
    size_t ahead = count[STAGE_PREPARING] + count[STAGE_PREPARED] + count[STAGE_SIGNING];
    bool hungry = ahead == 0 && count[STAGE_SIGNED] < p->lanes;

    if (count[STAGE_SIGNED] > 0 && !(hungry && count[STAGE_NEW] > 0))
        return first_at(p, STAGE_SIGNED);
    return ahead < AHEAD_MAX ? first_at(p, STAGE_NEW) : p->a->n;
}

/* Takes the next document out of the row; false when all are done, not earlier: helpers end with
 * the thread that started them. */
static bool take(struct pipe *p, size_t *i, enum stage *was)
{
    bool more = true;

    pthread_mutex_lock(&p->lock);
    while ((*i = next_of(p)) == p->a->n && (more = p->count[STAGE_DONE] < p->a->n))
        pthread_cond_wait(&p->changed, &p->lock);
    if (more && *i < p->a->n) {
        *was = p->stages[*i];
        move(p, *i, *was == STAGE_SIGNED ? STAGE_FINISHING : STAGE_PREPARING);
    }
    pthread_mutex_unlock(&p->lock);
    return *i < p->a->n;
}

static void *lane(void *self)
{
    struct pipe *p = self;
    enum stage was = STAGE_NEW;
    size_t i;

    (void)setpriority(PRIO_PROCESS, 0, YIELD_NICE); /* of this thread only: setpriority(2) */
    while (take(p, &i, &was)) {
        if (was == STAGE_SIGNED) {
            act_sign_finish(p->a, i, p->halves[i]);
            set(p, i, STAGE_DONE);
        } else {
            set(p, i, act_sign_begin(p->a, i) == 0 ? STAGE_PREPARED : STAGE_DONE);
        }
    }
    return NULL;
}

static void token(struct pipe *p)
{
    for (;;) {
        size_t i;
        pthread_mutex_lock(&p->lock);
        while ((i = first_at(p, STAGE_PREPARED)) == p->a->n &&
               p->count[STAGE_NEW] + p->count[STAGE_PREPARING] > 0)
            pthread_cond_wait(&p->changed, &p->lock);
        if (i < p->a->n)
            move(p, i, STAGE_SIGNING);
        pthread_mutex_unlock(&p->lock);
        if (i == p->a->n)
            break;
        p->halves[i] = act_sign_value(p->a, i);
        set(p, i, STAGE_SIGNED);
    }
    act_sign_token_done(p->a, false);
}

/* Whether a document after this one may still want the token, or the readers. */
static bool more_after(const struct act_sign *a, size_t i)
{
    for (size_t k = i + 1; k < a->n; k++) {
        if (a->jobs[k] != NULL || (a->later && !a->begun[k]))
            return true;
    }
    return false;
}

/* Without a second thread, or for one document: one after the other. */
static void in_order(struct act_sign *a)
{
    for (size_t i = 0; i < a->n; i++) {
        if (a->jobs[i] == NULL && !(a->later && !a->begun[i] && act_sign_begin(a, i) == 0))
            continue;
        struct act_sign_half *half = act_sign_value(a, i);
        if (!more_after(a, i))
            act_sign_token_done(a, true);
        act_sign_finish(a, i, half);
    }
}

static size_t lanes_wanted(size_t documents)
{
    cpu_set_t cpus;
    size_t n = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? (size_t)CPU_COUNT(&cpus) : 1;

    n += n > 1 ? LANES_SPARE : 0;
    n = n < LANES_MAX ? n : LANES_MAX;
    return n < documents ? n : documents;
}

void act_sign_all(struct act_sign *a)
{
    struct pipe p = {.a = a,
                     .lanes = lanes_wanted(a->n),
                     .lock = PTHREAD_MUTEX_INITIALIZER,
                     .changed = PTHREAD_COND_INITIALIZER};
    pthread_t threads[LANES_MAX];
    size_t started = 0;

    p.stages = calloc(a->n, sizeof *p.stages);
    p.halves = calloc(a->n, sizeof(struct act_sign_half *));
    p.count[STAGE_NEW] = a->n;
    for (size_t i = 0; p.stages != NULL && i < a->n; i++) {
        if (a->jobs[i] != NULL)
            move(&p, i, STAGE_PREPARED);
        else if (!a->later || a->begun[i])
            move(&p, i, STAGE_DONE);
    }
    if (a->n > 1 && p.stages != NULL && p.halves != NULL) {
        runner_yield(&a->wire->runner);
        runner_yield(&a->wire->judge);
        while (started < p.lanes && pthread_create(&threads[started], NULL, lane, &p) == 0)
            started++;
    }
    if (started > 0)
        token(&p);
    else
        in_order(a);
    for (size_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    free(p.stages);
    free(p.halves);
}

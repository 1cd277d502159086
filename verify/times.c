/* The order of proofs (EN 319 102-1 5.4, 5.5, 5.6.2): document time-stamps from the newest to the
 * oldest, each proving what its revision holds; then each signature's own time-stamps; then the
 * signature at its best time. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/err.h"
#include "verify/algo.h"
#include "verify/sig.h"

enum { CLAIM_SKEW = 300 };

/* The earliest proven time of what stands in this revision; `now` when nothing proves more. C7:
 * only document time-stamps of later revisions do, never a time-stamp inside another signature. A
 * stamp made this very second ends after `now`. */
static int64_t poe_of(const struct sigs *sigs, int revision, int64_t now, bool *proven)
{
    int64_t best = now;

    *proven = false;
    for (size_t i = 0; i < sigs->count; i++) {
        const struct sig *d = sigs->items[i];
        if (!d->stamp || !d->stamp_state.trusted || d->revision <= revision)
            continue;
        *proven = true;
        if (d->document_stamp.latest < best)
            best = d->document_stamp.latest;
    }
    return best;
}

static void prove_evidence(struct env *env, const struct sig *d)
{
    for (size_t i = 0; i < env->evidence.count; i++) {
        struct evidence_item *item = env->evidence.items[i];
        if (item->revision >= 0 && item->revision <= d->revision &&
            d->document_stamp.latest < item->poe)
            item->poe = d->document_stamp.latest;
    }
}

static void check_stamp_algorithms(const struct stamp *s, int64_t at, struct findings *f)
{
    algo_check(&s->alg, s->unit, at, "time-stamp", f);
    if (algo_digest_end(s->imprint_digest) <= at) {
        char day[DATE_TEXT_MAX];
        date_iso(date_from_days(algo_digest_end(s->imprint_digest) / 86400), day);
        findings_add(f, "algo.weak", "time-stamp", s->imprint_digest, day, NULL);
    }
}

static int document_stamp_run(struct sigs *sigs, struct env *env, struct sig *d, struct err *e)
{
    int64_t at = poe_of(sigs, d->revision, env->now, &d->proven);

    d->best_time = at;
    if (d->signer == NULL || !tst_good(&d->document_stamp))
        return 0;
    if (d->document_stamp.gen_time > env->now + CLAIM_SKEW)
        findings_add(&d->f, "stamp.future", NULL);
    check_stamp_algorithms(&d->document_stamp, at, &d->f);
    bool sound = d->intact && d->f.worst < EFFECT_INDETERMINATE;
    env->own = &d->document_stamp.cms;
    if (validate_at(env, d->signer, &env->stamps, at, &d->stamp_state, &d->f, e) != 0)
        return -1;
    d->stamp_state.trusted = sound && d->stamp_state.trusted;
    d->stamp_state.awaited = sound && d->stamp_state.awaited;
    if (d->stamp_state.trusted)
        prove_evidence(env, d);
    return 0;
}

static int by_revision_newest(const void *a, const void *b)
{
    const struct sig *const *x = a, *const *y = b;

    return (*y)->revision - (*x)->revision;
}

static int document_stamps_run(struct sigs *sigs, struct env *env, struct err *e)
{
    struct sig *order[SIG_MAX];
    size_t n = 0;

    for (size_t i = 0; i < sigs->count; i++) {
        if (sigs->items[i]->stamp)
            order[n++] = sigs->items[i];
    }
    if (n > 0)
        qsort(order, n, sizeof(order[0]), by_revision_newest);
    for (size_t i = 0; i < n; i++) {
        if (document_stamp_run(sigs, env, order[i], e) != 0)
            return -1;
    }
    return 0;
}

/* One signature time-stamp: its imprint is over the octets of the signature value (B13). What is
 * wrong with it is told, and makes the time unproven, not the signature wrong. */
static int signature_stamp_run(struct env *env, struct sig *s, struct span token, int64_t at,
                               struct err *e)
{
    struct stamp *t = calloc(1, sizeof *t);
    struct validated state = {0};

    if (t == NULL)
        return err_set_memory(e);
    bool *intact = &s->stamp_intact[s->nstamps];
    bool *trusted = &s->stamp_trusted[s->nstamps];
    s->stamps[s->nstamps++] = t;
    if (tst_read(token, &env->pool, t) != 0)
        return err_set_memory(e);
    *trusted = false;
    if (t->imprint_md != NULL)
        tst_check_over(t, s->cms.signer.value);
    *intact = tst_good(t);
    if (*intact) {
        if (t->gen_time > env->now + CLAIM_SKEW)
            findings_add(&t->f, "stamp.future", NULL);
        check_stamp_algorithms(t, at, &t->f);
        env->own = &t->cms;
        if (validate_at(env, t->unit, &env->stamps, at, &state, &t->f, e) != 0)
            return -1;
        *trusted = state.trusted && t->f.worst <= EFFECT_LEVEL;
    }
    if (*trusted && (s->best_kind == 0 || t->latest < s->best_time)) {
        if (t->latest < s->best_time)
            s->best_time = t->latest;
        s->best_kind = 1;
        s->proven = true;
        s->stamp_state = state;
    }
    if (!*trusted) {
        findings_add(&s->f, "stamp.ignored", t->unit != NULL ? t->unit->name : "?", NULL);
        findings_merge(&s->f, &t->f, EFFECT_NOTE);
    }
    return 0;
}

static int signature_stamps_run(struct env *env, struct sig *s, int64_t at, struct err *e)
{
    for (size_t i = 0; i < s->cms.signer.unsigned_attrs.count; i++) {
        const struct cms_attr *a = &s->cms.signer.unsigned_attrs.items[i];
        struct tlv token;

        if (strcmp(a->oid, "1.2.840.113549.1.9.16.2.14") != 0)
            continue;
        for (struct span rest = a->values; rest.len > 0 && tlv_next(&rest, &token) == 0;) {
            if (s->nstamps == SIG_STAMPS_MAX) {
                findings_add(&s->f, "stamp.many", NULL);
                return 0;
            }
            if (signature_stamp_run(env, s, token.whole, at, e) != 0)
                return -1;
        }
    }
    return 0;
}

static int signature_run(struct sigs *sigs, struct env *env, struct sig *s, struct err *e)
{
    int64_t covered = poe_of(sigs, s->revision, env->now, &s->proven);

    s->best_time = covered;
    s->best_kind = s->proven ? 2 : 0;
    if (s->cms_ok && signature_stamps_run(env, s, covered, e) != 0)
        return -1;
    if (s->claimed && s->proven && s->claimed_time > s->best_time + CLAIM_SKEW)
        findings_add(&s->f, "time.claim-later", NULL);
    if (s->claimed && s->claimed_time > env->now + CLAIM_SKEW)
        findings_add(&s->f, "time.claim-future", NULL);
    if (env->policy.time_stamp_required && !s->proven)
        findings_add(&s->f, "time.required", NULL);
    if (s->signer == NULL)
        return 0;
    env->own = &s->cms;
    if (validate_at(env, s->signer, &env->signers, s->best_time, &s->signer_state, &s->f, e) != 0)
        return -1;
    usage_check_signer(s->signer, env->policy.non_repudiation, &s->f);
    if (s->alg_ok)
        algo_check(&s->alg, s->signer, s->best_time, "signature", &s->f);
    return 0;
}

int times_run(struct sigs *sigs, struct env *env, struct err *e)
{
    if (document_stamps_run(sigs, env, e) != 0)
        return -1;
    for (size_t i = 0; i < sigs->count; i++) {
        if (!sigs->items[i]->stamp && signature_run(sigs, env, sigs->items[i], e) != 0)
            return -1;
    }
    for (size_t i = 0; i < sigs->count; i++)
        level_set(sigs->items[i], sigs);
    return 0;
}

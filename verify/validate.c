#include "verify/validate.h"

#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/err.h"
#include "base/jv.h"
#include "verify/algo.h"

enum { ISSUER_ROUNDS = 4 };

void env_free(struct env *env)
{
    pool_free(&env->pool);
    evidence_free(&env->evidence);
    anchors_free(&env->signers);
    anchors_free(&env->stamps);
    jv_free(env->services);
    EVP_MD_CTX_free(env->ahead);
    EVP_MD_CTX_free(env->early);
}

static void revocation_tell(const struct env *env, enum revocation_answer answer,
                            const struct cert *cert, bool leaf, const struct revocation *r,
                            struct findings *f)
{
    char when[DATE_TEXT_MAX];

    date_instant_iso(answer == ANSWER_STALE ? r->this_update : r->revoked_at, when);
    switch (answer) {
    case ANSWER_GOOD:
        break;
    case ANSWER_REVOKED:
        findings_add(f, leaf ? "revocation.revoked" : "revocation.ca-revoked", cert->name, when,
                     NULL);
        break;
    case ANSWER_HOLD:
        findings_add(f, "revocation.hold", cert->name, when, NULL);
        break;
    case ANSWER_STALE:
        findings_add(
            f, env->policy.revocation_required ? "revocation.stale" : "revocation.stale-noted",
            cert->name, when, NULL);
        break;
    case ANSWER_NONE:
        findings_add(f,
                     env->policy.revocation_required
                         ? (env->online ? "revocation.missing" : "revocation.offline")
                         : "revocation.none-noted",
                     cert->name, NULL);
        break;
    }
}

/* Whether the file brought this certificate, which the chain has from another pool. */
static bool inside(const struct env *env, const struct cert *c)
{
    for (size_t i = 0; i < env->pool.count; i++) {
        const struct pool_entry *one = &env->pool.entries[i];
        if (strcmp(one->cert->sha256, c->sha256) == 0)
            return (one->sources & (POOL_CMS | POOL_DSS | POOL_STAMP)) != 0;
    }
    return false;
}

/* Revocation of the certificate at this place of the chain. */
static void check_revocation_of(struct env *env, size_t i, int64_t at, struct validated *v,
                                struct findings *f)
{
    const struct cert *c = v->chain.certs[i];
    struct revocation r;
    struct stored stored;
    enum revocation_answer a = revocation_check(env, c, v->chain.certs[i + 1], at, &r, &stored);

    if (c->no_revocation && a != ANSWER_REVOKED && a != ANSWER_HOLD)
        return; /* nothing is needed; but what says that it is revoked is not passed over */
    v->in_dss = v->in_dss && stored.held;
    if (stored.revision > v->dss_revision)
        v->dss_revision = stored.revision;
    revocation_tell(env, a, c, i == 0, &r, f);
}

static void check_revocation(struct env *env, struct anchors *anchors, int64_t at,
                             struct validated *v, struct findings *f)
{
    v->in_dss = v->certs_inside = true;
    v->needs_none = true;
    v->dss_revision = -1;
    env->path = &v->chain;
    for (size_t i = 0; i + 1 < v->chain.count; i++) {
        const struct cert *c = v->chain.certs[i];

        if (anchors_have(anchors, c))
            break;
        v->needs_none = false;
        v->certs_inside = v->certs_inside && inside(env, c);
        check_revocation_of(env, i, at, v, f);
        algo_check_cert(c, v->chain.certs[i + 1], at, f);
    }
    env->path = NULL;
}

/* An anchor out of a trusted list counts while its service was granted. */
static void check_service(const struct env *env, const struct anchors *anchors, int64_t at,
                          const struct chain *chain, struct findings *f)
{
    const struct cert *anchor = chain->certs[chain->count - 1];

    if (!anchors_given(anchors, anchor) &&
        !service_granted(env->services, anchor, anchors == &env->stamps, at)) {
        char when[DATE_TEXT_MAX];
        date_instant_iso(at, when);
        findings_add(f, "chain.service-not-granted", anchor->name, when, NULL);
    }
}

/* One way to an anchor, or as far as it goes, with all that is said of it. */
struct attempt {
    struct validated v;
    struct findings f;
};

/* What the network or time may still bring. A suspended certificate is none of them. */
static const char *const awaitable[] = {"revocation.missing", "revocation.offline",
                                        "revocation.stale", NULL};

static void chain_judge(struct env *env, struct anchors *anchors, int64_t at, struct attempt *a)
{
    struct chain *chain = &a->v.chain;

    if (!chain->anchored || !chain->in_time) {
        char when[DATE_TEXT_MAX];
        date_instant_iso(at, when);
        findings_add(&a->f, chain->problem, chain->detail, when, NULL);
    }
    if (chain->anchored) {
        check_service(env, anchors, at, chain, &a->f);
        check_revocation(env, anchors, at, &a->v, &a->f);
    }
    a->v.first_end = INT64_MAX;
    for (size_t i = 0; i < chain->count; i++) {
        if (chain->certs[i]->not_after < a->v.first_end)
            a->v.first_end = chain->certs[i]->not_after;
    }
    a->v.trusted = chain->anchored && chain->in_time && a->f.worst <= EFFECT_LEVEL;
    a->v.awaited =
        chain->anchored && chain->in_time && !a->v.trusted && findings_only(&a->f, awaitable);
}

/* What the builder finds by itself; issuers are fetched. */
static int first_attempt(struct env *env, const struct cert *leaf, struct anchors *anchors,
                         int64_t at, struct attempt *a, struct err *e)
{
    struct chain *chain = &a->v.chain;

    for (int round = 0;; round++) {
        if (chain_build(leaf, &env->pool, anchors, at, chain, e) != 0)
            return -1;
        if (chain->anchored || strcmp(chain->problem, "chain.no-anchor") != 0 ||
            round == ISSUER_ROUNDS || chain->count == 0 ||
            !fetch_issuer(env, chain->certs[chain->count - 1]))
            break;
    }
    chain_judge(env, anchors, at, a);
    return 0;
}

static int path_attempt(struct env *env, const struct cert *leaf, struct chain_path *path,
                        struct anchors *anchors, int64_t at, struct attempt *a, struct err *e)
{
    struct pool only = {.entries = path->entries, .count = path->count};

    if (chain_build(leaf, &only, anchors, at, &a->v.chain, e) != 0)
        return -1;
    chain_judge(env, anchors, at, a);
    return 0;
}

/* To an anchor that the person named, past those of lists: a service that is granted no more does
 * not stand in the way of a root that somebody relies on. */
static int named_attempt(struct env *env, const struct cert *leaf, struct anchors *anchors,
                         int64_t at, struct attempt *a, struct err *e)
{
    struct anchors named = *anchors;

    named.store = anchors->named;
    int rc = chain_build(leaf, &env->pool, &named, at, &a->v.chain, e);
    if (rc == 0)
        chain_judge(env, &named, at, a);
    anchors->certs = named.certs;
    return rc;
}

static int merit(const struct attempt *a)
{
    return (a->v.trusted ? 8 : 0) + (a->v.chain.anchored ? 4 : 0) + (a->v.chain.in_time ? 2 : 0) +
           (a->f.worst < EFFECT_INDETERMINATE);
}

static int attempt_begin(struct attempt *a, struct err *e)
{
    memset(&a->v, 0, sizeof a->v);
    return findings_init(&a->f) == 0 ? 0 : err_set_memory(e);
}

static void better(struct attempt *best, struct attempt *one)
{
    if (merit(one) > merit(best)) {
        findings_free(&best->f);
        *best = *one;
        one->f.list = NULL;
    } else if (merit(one) == merit(best)) { /* what one way says of somebody no other way hides */
        best->v.awaited = best->v.awaited && one->v.awaited;
    }
    findings_free(&one->f);
}

/* The other ways, while none is trusted; the best one is told (RFC 4158, RFC 5280 6). */
static int other_attempts(struct env *env, const struct cert *leaf, struct anchors *anchors,
                          int64_t at, struct attempt *best, struct err *e)
{
    struct chain_paths *ways = calloc(1, sizeof *ways);
    struct attempt one = {0};
    int rc = -1;

    if (ways == NULL)
        return err_set_memory(e);
    if (anchors->named != NULL) {
        if (attempt_begin(&one, e) != 0 || named_attempt(env, leaf, anchors, at, &one, e) != 0)
            goto out;
        better(best, &one);
    }
    if (!best->v.trusted)
        chain_paths_find(leaf, &env->pool, anchors, env->own, &env->climbs, ways);
    /* one way alone is the builder's, unless certificates of the same name led it astray */
    bool more = ways->count > 1 || (ways->anchored > 0 && !best->v.chain.anchored);
    for (size_t i = 0; i < ways->count && more && !best->v.trusted; i++) {
        if (attempt_begin(&one, e) != 0 ||
            path_attempt(env, leaf, &ways->paths[i], anchors, at, &one, e) != 0)
            goto out;
        better(best, &one);
    }
    rc = 0;
out:
    findings_free(&one.f);
    free(ways);
    return rc;
}

int validate_at(struct env *env, const struct cert *leaf, struct anchors *anchors, int64_t at,
                struct validated *out, struct findings *f, struct err *e)
{
    struct attempt best = {0};
    int rc = -1;

    memset(out, 0, sizeof *out);
    if (attempt_begin(&best, e) == 0 && first_attempt(env, leaf, anchors, at, &best, e) == 0 &&
        (best.v.trusted || other_attempts(env, leaf, anchors, at, &best, e) == 0)) {
        findings_merge(f, &best.f, EFFECT_FAILED);
        *out = best.v;
        rc = 0;
    }
    findings_free(&best.f);
    return rc;
}

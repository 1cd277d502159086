/* Which revocation data may be believed, for when, and what follows (RFC 5280 6.3, RFC 6960, EN 319
 * 102-1 5.2.5). */
#include <openssl/x509v3.h>
#include <string.h>

#include "verify/algo.h"
#include "verify/validate.h"

enum { SKEW = 300, DEPTH_MAX = 2 };

static enum revocation_answer answer(struct env *env, const struct cert *cert,
                                     const struct cert *issuer, int64_t at, int depth,
                                     struct revocation *out, struct stored *stored);

/* A certificate below `above` that speaks for it: its own signature and key were to be believed,
 * and it has no critical extension that we do not know (5280 4.2). */
static bool fit_to_help(const struct cert *c, const struct cert *above, int64_t at)
{
    const uint32_t odd = EXFLAG_CRITICAL | EXFLAG_INVALID;
    struct findings f;

    if (findings_init(&f) != 0)
        return false;
    algo_check_cert(c, above, at, &f);
    bool fit = (X509_get_extension_flags(c->x509) & odd) == 0 && f.worst < EFFECT_INDETERMINATE &&
               algo_key_end(c) > at;
    findings_free(&f);
    return fit;
}

/* What is said of a responder stands in a DSS, or does not. */
static void needs(struct revocation *r, const struct stored *stored)
{
    r->outside = r->outside || !stored->held;
    if (stored->revision > r->with)
        r->with = stored->revision;
}

/* The responder: valid when its answer is known to have existed, and not itself revoked, unless it
 * says nocheck (E2). */
static bool responder_fit(struct env *env, struct revocation *r, const struct cert *issuer,
                          int depth)
{
    int64_t poe = r->item->poe;
    struct revocation own;
    struct stored stored;

    if (poe < r->responder->not_before - SKEW || poe > r->responder->not_after)
        return false;
    if (r->responder == issuer)
        return true;
    if (r->item->kind == EVIDENCE_CRL) /* its speaker was looked at when the list was read */
        return true;
    if (r->produced < r->responder->not_before || r->produced > r->responder->not_after ||
        r->this_update > r->produced + SKEW || !fit_to_help(r->responder, issuer, poe))
        return false;
    if (r->responder->no_check)
        return true;
    if (depth >= DEPTH_MAX ||
        answer(env, r->responder, issuer, poe, depth + 1, &own, &stored) != ANSWER_GOOD)
        return false;
    needs(r, &stored);
    return true;
}

/* Who issued a speaker of indirect lists: an authority of the path that is being looked at, so that
 * it stands below the same anchor (5280 6.3.3 f). */
static const struct cert *speaker_issuer(const struct env *env, const struct cert *speaker)
{
    for (size_t i = 1; env->path != NULL && i < env->path->count; i++) {
        if (cert_issued_by(speaker, env->path->certs[i]))
            return env->path->certs[i];
    }
    return NULL;
}

/* A list of another authority, which the certificate names (5280 5.2.5, indirectCRL). */
static bool indirect_read(struct env *env, const struct evidence_item *item,
                          const struct cert *cert, int depth, struct revocation *r)
{
    if (depth >= DEPTH_MAX || !crl_names(cert, NULL))
        return false;
    for (size_t i = 0; i < env->pool.count; i++) {
        const struct cert *speaker = env->pool.entries[i].cert, *above;
        struct revocation own;
        struct stored stored;

        if (!crl_names(cert, speaker) || !crl_read(item, cert, speaker, r) ||
            (above = speaker_issuer(env, speaker)) == NULL)
            continue;
        if (r->status != REVOCATION_GOOD)
            return true;
        if (!fit_to_help(speaker, above, item->poe) ||
            answer(env, speaker, above, item->poe, depth + 1, &own, &stored) != ANSWER_GOOD)
            continue;
        needs(r, &stored);
        return true;
    }
    return false;
}

static bool complete_read(struct env *env, const struct evidence_item *item,
                          const struct cert *cert, const struct cert *issuer, int depth,
                          struct revocation *r)
{
    return crl_read(item, cert, issuer, r) || indirect_read(env, item, cert, depth, r);
}

/* What was read may be believed. Bad news needs less than good news: neither a digest that still
 * holds nor a responder that was itself looked at. */
static bool believable(struct env *env, const struct cert *cert, const struct cert *issuer,
                       int depth, struct revocation *r)
{
    if (r->this_update > env->now + SKEW || r->this_update > r->item->poe + SKEW ||
        r->this_update < cert->not_before - SKEW)
        return false;
    if (r->status == REVOCATION_REVOKED)
        return true;
    if (r->next_update != 0 && r->next_update < r->this_update) /* over before it began */
        return false;
    /* a digest that was broken when the answer is known to have existed proves nothing */
    if (r->digest[0] != '\0' && algo_digest_end(r->digest) <= r->item->poe)
        return false;
    /* E5: after its expiry a certificate may have left the lists; one that is still on them was
     * revoked. */
    if (r->status == REVOCATION_GOOD && r->this_update > cert->not_after &&
        (r->cutoff == 0 || r->cutoff > cert->not_after))
        return false;
    return responder_fit(env, r, issuer, depth);
}

/* A delta list and the complete list that it goes with, which may itself be believed. That the
 * issuer signed the delta is known before any list is tried with it: a store full of invented ones
 * costs no more than it did. */
static bool delta_read(struct env *env, const struct evidence_item *item, const struct cert *cert,
                       const struct cert *issuer, int depth, struct revocation *r)
{
    if (!crl_delta_read(item, cert, issuer, r))
        return false;
    for (size_t i = 0; i < env->evidence.count; i++) {
        const struct evidence_item *other = env->evidence.items[i];
        struct revocation base;
        if (crl_delta_of(item, other, cert) && crl_read(other, cert, issuer, &base) &&
            believable(env, cert, issuer, depth, &base) && crl_join(r, &base))
            return true;
    }
    return false;
}

/* The item says something about this certificate and may be believed. */
static bool usable(struct env *env, const struct evidence_item *item, const struct cert *cert,
                   const struct cert *issuer, int depth, struct revocation *r)
{
    bool read = item->kind == EVIDENCE_OCSP ? ocsp_read(item, cert, issuer, &env->pool, r)
                                            : complete_read(env, item, cert, issuer, depth, r) ||
                                                  delta_read(env, item, cert, issuer, depth, r);

    return read && believable(env, cert, issuer, depth, r);
}

/* That it be no older than its time is asked of what is about the certificate itself; who speaks
 * for its authority needs data that are current (TS 119 172-4, EN 319 102-1 5.2.5). */
static bool fresh(const struct env *env, const struct revocation *r, int64_t at, int depth)
{
    int64_t window = r->next_update != 0 ? r->next_update - r->this_update : env->policy.max_age;

    if (r->this_update >= at)
        return true;
    if (env->policy.revocation_strict && depth == 0 && at < env->now)
        return false;
    return at - r->this_update <= window;
}

/* The first revision of the DSS that is enough. */
static void stored_look(const struct revocation *r, struct stored *stored)
{
    int revision = r->item->revision > r->with ? r->item->revision : r->with;

    if (r->item->source != EVIDENCE_DSS || r->outside ||
        (r->base != NULL && r->base->source != EVIDENCE_DSS))
        return;
    if (r->base != NULL && r->base->revision > revision)
        revision = r->base->revision;
    if (!stored->held || revision < stored->revision)
        *stored = (struct stored){true, revision};
}

static enum revocation_answer look(struct env *env, const struct cert *cert,
                                   const struct cert *issuer, int64_t at, int depth,
                                   struct revocation *out, struct stored *stored)
{
    enum revocation_answer best = ANSWER_NONE;
    struct revocation r;
    int64_t newest = INT64_MIN;

    for (size_t i = 0; i < env->evidence.count; i++) {
        if (!usable(env, env->evidence.items[i], cert, issuer, depth, &r))
            continue;
        bool before = r.status != REVOCATION_GOOD && r.revoked_at <= at;
        if (r.status == REVOCATION_REVOKED && before) {
            *out = r; /* for ever, whatever another item says */
            return ANSWER_REVOKED;
        }
        enum revocation_answer one = before                      ? ANSWER_HOLD
                                     : fresh(env, &r, at, depth) ? ANSWER_GOOD
                                                                 : ANSWER_STALE;
        if (one == ANSWER_GOOD)
            stored_look(&r, stored);
        if (r.this_update <= newest)
            continue;
        newest = r.this_update;
        best = one;
        *out = r;
    }
    return best;
}

static enum revocation_answer answer(struct env *env, const struct cert *cert,
                                     const struct cert *issuer, int64_t at, int depth,
                                     struct revocation *out, struct stored *stored)
{
    enum revocation_answer best;

    *stored = (struct stored){false, -1};
    best = look(env, cert, issuer, at, depth, out, stored);
    if (cert->no_revocation) /* what is at hand is read, nothing is asked for */
        return best;
    if ((best == ANSWER_NONE || best == ANSWER_STALE) && depth == 0 &&
        fetch_ocsp(env, cert, issuer))
        best = look(env, cert, issuer, at, depth, out, stored);
    if (best == ANSWER_NONE || best == ANSWER_STALE) {
        bool added = fetch_crl(env, cert);
        added = fetch_delta(env, cert) || added;
        if (added)
            best = look(env, cert, issuer, at, depth, out, stored);
    }
    return best;
}

enum revocation_answer revocation_check(struct env *env, const struct cert *cert,
                                        const struct cert *issuer, int64_t at,
                                        struct revocation *out, struct stored *stored)
{
    memset(out, 0, sizeof *out);
    return answer(env, cert, issuer, at, 0, out, stored);
}

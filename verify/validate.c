#include "verify/validate.h"

#include <openssl/x509.h>
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

/* The algorithm by which `issuer` signed `cert`, against its end date. */
static void check_cert_algorithm(const struct cert *cert, const struct cert *issuer, int64_t at,
                                 struct findings *f)
{
    const X509_ALGOR *alg = NULL;
    unsigned char *der = NULL;
    struct findings ignored;
    struct sigalg read;

    X509_get0_signature(NULL, &alg, cert->x509);
    int n = i2d_X509_ALGOR(alg, &der);
    if (findings_init(&ignored) != 0)
        return;
    if (n <= 0 ||
        sigalg_read((struct span){der, (size_t)n}, (struct span){NULL, 0}, &read, &ignored) != 0)
        findings_add(f, "algo.certificate-unknown", cert->name, NULL);
    else
        algo_check(&read, issuer, at, cert->name, f);
    findings_free(&ignored);
    OPENSSL_free(der);
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

static void check_revocation(struct env *env, struct anchors *anchors, int64_t at,
                             struct validated *v, struct findings *f)
{
    v->in_dss = true;
    v->needs_none = true;
    v->dss_revision = -1;
    env->path = &v->chain;
    for (size_t i = 0; i + 1 < v->chain.count; i++) {
        const struct cert *c = v->chain.certs[i];
        struct revocation r;
        bool in_dss = false;

        if (anchors_have(anchors, c))
            break;
        v->needs_none = false;
        enum revocation_answer a = revocation_check(env, c, v->chain.certs[i + 1], at, &r, &in_dss);
        v->in_dss = v->in_dss && in_dss;
        const struct evidence_item *used[] = {r.item, r.base};
        for (size_t k = 0; k < 2; k++) {
            if (used[k] != NULL && used[k]->source == EVIDENCE_DSS &&
                used[k]->revision > v->dss_revision)
                v->dss_revision = used[k]->revision;
        }
        revocation_tell(env, a, c, i == 0, &r, f);
        check_cert_algorithm(c, v->chain.certs[i + 1], at, f);
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

int validate_at(struct env *env, const struct cert *leaf, struct anchors *anchors, int64_t at,
                struct validated *out, struct findings *f, struct err *e)
{
    struct findings own;

    memset(out, 0, sizeof *out);
    for (int round = 0;; round++) {
        if (chain_build(leaf, &env->pool, anchors, at, &out->chain, e) != 0)
            return -1;
        if (out->chain.anchored || strcmp(out->chain.problem, "chain.no-anchor") != 0 ||
            round == ISSUER_ROUNDS || out->chain.count == 0 ||
            !fetch_issuer(env, out->chain.certs[out->chain.count - 1]))
            break;
    }
    if (findings_init(&own) != 0)
        return err_set_memory(e);
    if (!out->chain.anchored || !out->chain.in_time) {
        char when[DATE_TEXT_MAX];
        date_instant_iso(at, when);
        findings_add(&own, out->chain.problem, out->chain.detail, when, NULL);
    }
    if (out->chain.anchored) {
        check_service(env, anchors, at, &out->chain, &own);
        check_revocation(env, anchors, at, out, &own);
    }
    out->first_end = INT64_MAX;
    for (size_t i = 0; i < out->chain.count; i++) {
        if (out->chain.certs[i]->not_after < out->first_end)
            out->first_end = out->chain.certs[i]->not_after;
    }
    out->trusted = out->chain.anchored && out->chain.in_time && own.worst <= EFFECT_LEVEL;
    findings_merge(f, &own, EFFECT_FAILED);
    findings_free(&own);
    return 0;
}

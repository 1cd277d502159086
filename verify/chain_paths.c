/* The ways from a certificate upwards. OpenSSL's path builder follows one issuer of each name and
 * goes back for anchors only; authorities that others signed too have several (RFC 4158 2.2), and
 * anybody may put certificates of the same name into a file. */
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "verify/chain.h"
#include "verify/cms.h"

enum { CLIMB_CHECKS = 512, CLIMB_LEAST = 64 };
/* How well a certificate fits as an issuer, before its signature is looked at; 0: not at all. */
enum { FIT_NAME = 1, FIT_TIME = 2, FIT_KEY = 4, FIT_OWN = 8, FIT_END = 16 };

struct climb {
    const struct pool *pool;
    const struct cms *own;
    X509_STORE_CTX *lookup; /* among the anchors; NULL: there are none */
    struct chain_paths *out;
    size_t checks; /* signatures that may still be looked at */
    struct chain_path at;
};

static bool looped(const struct chain_path *path, const struct cert *next)
{
    for (size_t i = 0; i < path->count; i++) {
        if (path->entries[i].cert == next || cert_same_holder(path->entries[i].cert, next))
            return true;
    }
    return false;
}

static bool among(const struct cms *own, const struct cert *c)
{
    for (size_t i = 0; own != NULL && i < own->ncerts; i++) {
        if (own->certs[i].len == c->der_len && memcmp(own->certs[i].data, c->der, c->der_len) == 0)
            return true;
    }
    return false;
}

static bool key_fits(const struct cert *cert, const struct cert *next)
{
    const ASN1_OCTET_STRING *asked = X509_get0_authority_key_id(cert->x509);
    const ASN1_OCTET_STRING *own = X509_get0_subject_key_id(next->x509);

    return asked != NULL && own != NULL && ASN1_OCTET_STRING_cmp(asked, own) == 0;
}

static unsigned char fit_of(const struct climb *c, const struct cert *cert, const struct cert *next)
{
    if (!next->ca ||
        X509_NAME_cmp(X509_get_issuer_name(cert->x509), X509_get_subject_name(next->x509)) != 0)
        return 0;
    bool timely = next->not_before <= cert->not_before && cert->not_before <= next->not_after;
    return (unsigned char)(FIT_NAME | (timely ? FIT_TIME : 0) |
                           (key_fits(cert, next) ? FIT_KEY : 0) |
                           (among(c->own, next) ? FIT_OWN : 0));
}

/* The anchors of this name: of thousands, those few. */
static STACK_OF(X509) * anchors_named(const struct climb *c, const X509_NAME *name)
{
    return c->lookup != NULL ? X509_STORE_CTX_get1_certs(c->lookup, name) : NULL;
}

static bool holds(const STACK_OF(X509) * anchors, const struct cert *cert)
{
    for (int i = 0; i < sk_X509_num(anchors); i++) {
        if (X509_cmp(sk_X509_value(anchors, i), cert->x509) == 0)
            return true;
    }
    return false;
}

/* Whether an anchor, or a certificate by one of `issuers`, is reached. */
static bool reaches_anchor(struct climb *c, const struct cert *cert, const STACK_OF(X509) * issuers)
{
    STACK_OF(X509) *same = anchors_named(c, X509_get_subject_name(cert->x509));
    bool found = holds(same, cert);

    for (int i = 0; i < sk_X509_num(issuers) && !found && c->checks > 0; i++) {
        EVP_PKEY *key = X509_get0_pubkey(sk_X509_value(issuers, i));
        c->checks--;
        found = key != NULL && X509_verify(cert->x509, key) == 1;
    }
    sk_X509_pop_free(same, X509_free);
    return found;
}

/* Those that lead to an anchor stand in front, and push the others out. */
static void way_add(struct climb *c, bool anchored)
{
    struct chain_paths *o = c->out;

    if (!anchored) {
        if (o->count < CHAIN_PATHS_MAX)
            o->paths[o->count++] = c->at;
        return;
    }
    if (o->count < CHAIN_PATHS_MAX)
        o->count++;
    memmove(&o->paths[o->anchored + 1], &o->paths[o->anchored],
            (o->count - o->anchored - 1) * sizeof o->paths[0]);
    o->paths[o->anchored++] = c->at;
}

static void climb(struct climb *c, const struct cert *cert);

static bool step(struct climb *c, const struct cert *cert, struct cert *next)
{
    if (c->checks == 0)
        return false;
    c->checks--;
    if (looped(&c->at, next) || !cert_issued_by(cert, next))
        return false;
    c->at.entries[c->at.count++] = (struct pool_entry){next, 0};
    climb(c, next);
    c->at.count--;
    return true;
}

static void climb(struct climb *c, const struct cert *cert)
{
    STACK_OF(X509) *issuers = anchors_named(c, X509_get_issuer_name(cert->x509));
    bool anchored = reaches_anchor(c, cert, issuers), end = true;
    unsigned char *fits = NULL;

    if (anchored && c->out->anchored < CHAIN_PATHS_MAX)
        way_add(c, true);
    if (!cert->self_signed && c->at.count < CHAIN_MAX)
        fits = malloc(c->pool->count + 1);
    for (size_t i = 0; fits != NULL && i < c->pool->count; i++) {
        const struct cert *next = c->pool->entries[i].cert;
        fits[i] = fit_of(c, cert, next);
        if (anchored && fits[i] != 0 && holds(issuers, next))
            fits[i] = 0; /* that way is there */
    }
    for (unsigned fit = FIT_END - 1; fits != NULL && fit > 0; fit--) {
        for (size_t i = 0; i < c->pool->count && c->out->anchored < CHAIN_PATHS_MAX; i++) {
            if (fits[i] == fit && step(c, cert, c->pool->entries[i].cert))
                end = false;
        }
    }
    free(fits);
    sk_X509_pop_free(issuers, X509_free);
    if (end && !anchored)
        way_add(c, false);
}

/* What one certificate's climb may cost: others' certificates do not use it up. */
static size_t share(const struct chain_climbs *all)
{
    size_t left = all->checks < CHAIN_CHECKS_MAX ? CHAIN_CHECKS_MAX - all->checks : 0;

    return left > CLIMB_CHECKS ? CLIMB_CHECKS : left > CLIMB_LEAST ? left : CLIMB_LEAST;
}

static X509_STORE_CTX *lookup_new(const struct anchors *anchors)
{
    X509_STORE_CTX *ctx = anchors != NULL && anchors->store != NULL ? X509_STORE_CTX_new() : NULL;

    if (ctx != NULL && X509_STORE_CTX_init(ctx, anchors->store, NULL, NULL) != 1) {
        X509_STORE_CTX_free(ctx);
        ctx = NULL;
    }
    return ctx;
}

void chain_paths_find(const struct cert *leaf, const struct pool *pool,
                      const struct anchors *anchors, const struct cms *own,
                      struct chain_climbs *all, struct chain_paths *out)
{
    struct chain_climb *kept = &all->kept[all->next];

    for (size_t i = 0; i < CHAIN_CLIMBS_KEPT; i++) {
        const struct chain_climb *old = &all->kept[i];
        if (old->leaf == leaf && old->anchors == anchors && old->own == own &&
            old->pool == pool->count) {
            *out = old->paths;
            return;
        }
    }
    struct climb c = {
        .pool = pool, .own = own, .lookup = lookup_new(anchors), .out = out, .checks = share(all)};
    size_t before = c.checks;
    out->count = out->anchored = 0;
    climb(&c, leaf);
    X509_STORE_CTX_free(c.lookup);
    all->checks += before - c.checks;
    *kept = (struct chain_climb){leaf, anchors, own, pool->count, *out};
    all->next = (all->next + 1) % CHAIN_CLIMBS_KEPT;
    ERR_clear_error();
}

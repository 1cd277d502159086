/* The ways from a certificate upwards. OpenSSL's path builder follows one issuer of each name and
 * goes back for anchors only; authorities that others signed too have several (RFC 4158 2.2). */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

#include "verify/chain.h"

struct climb {
    const struct pool *pool;
    struct chain_paths *out;
    size_t *checks; /* signatures looked at so far, of all climbs */
    struct chain_path at;
};

/* Twice the same name with the same key is a loop (RFC 4158 2.4.2). */
static bool looped(const struct chain_path *path, const struct cert *next)
{
    for (size_t i = 0; i < path->count; i++) {
        const struct cert *one = path->entries[i].cert;
        if (one == next ||
            (X509_NAME_cmp(X509_get_subject_name(one->x509), X509_get_subject_name(next->x509)) ==
                 0 &&
             X509_cmp(one->x509, next->x509) != 0 &&
             EVP_PKEY_eq(X509_get0_pubkey(one->x509), X509_get0_pubkey(next->x509)) == 1))
            return true;
    }
    return false;
}

static bool may_issue(struct climb *c, const struct cert *cert, const struct cert *next)
{
    if (!next->ca || *c->checks >= CHAIN_CHECKS_MAX ||
        X509_NAME_cmp(X509_get_issuer_name(cert->x509), X509_get_subject_name(next->x509)) != 0)
        return false;
    (*c->checks)++;
    return !looped(&c->at, next) && cert_issued_by(cert, next);
}

static void climb(struct climb *c, const struct cert *cert)
{
    bool end = true;

    for (size_t i = 0; i < c->pool->count && !cert->self_signed && c->at.count < CHAIN_MAX &&
                       c->out->count < CHAIN_PATHS_MAX;
         i++) {
        struct cert *next = c->pool->entries[i].cert;
        if (!may_issue(c, cert, next))
            continue;
        end = false;
        c->at.entries[c->at.count++] = (struct pool_entry){next, 0};
        climb(c, next);
        c->at.count--;
    }
    if (end && c->out->count < CHAIN_PATHS_MAX)
        c->out->paths[c->out->count++] = c->at;
}

void chain_paths_find(const struct cert *leaf, const struct pool *pool, size_t *checks,
                      struct chain_paths *out)
{
    struct climb c = {.pool = pool, .out = out, .checks = checks};

    out->count = 0;
    climb(&c, leaf);
    ERR_clear_error();
}

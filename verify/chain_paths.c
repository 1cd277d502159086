/* The ways from a certificate upwards. OpenSSL's path builder follows one issuer of each name and
 * goes back for anchors only; authorities that others signed too have several (RFC 4158 2.2). */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

#include "verify/chain.h"

enum { CLIMB_CHECKS = 512, CLIMB_LEAST = 64 };

struct climb {
    const struct pool *pool;
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

static bool may_issue(struct climb *c, const struct cert *cert, const struct cert *next)
{
    if (!next->ca || c->checks == 0 ||
        X509_NAME_cmp(X509_get_issuer_name(cert->x509), X509_get_subject_name(next->x509)) != 0)
        return false;
    c->checks--;
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

/* What one certificate's climb may cost: others' certificates do not use it up. */
static size_t share(const struct chain_climbs *all)
{
    size_t left = all->checks < CHAIN_CHECKS_MAX ? CHAIN_CHECKS_MAX - all->checks : 0;

    return left > CLIMB_CHECKS ? CLIMB_CHECKS : left > CLIMB_LEAST ? left : CLIMB_LEAST;
}

void chain_paths_find(const struct cert *leaf, const struct pool *pool, struct chain_climbs *all,
                      struct chain_paths *out)
{
    struct chain_climb *kept = &all->kept[all->next];
    struct climb c = {.pool = pool, .out = out, .checks = share(all)};

    for (size_t i = 0; i < CHAIN_CLIMBS_KEPT; i++) {
        if (all->kept[i].leaf == leaf && all->kept[i].pool == pool->count) {
            *out = all->kept[i].paths;
            return;
        }
    }
    out->count = 0;
    size_t before = c.checks;
    climb(&c, leaf);
    all->checks += before - c.checks;
    *kept = (struct chain_climb){leaf, pool->count, *out};
    all->next = (all->next + 1) % CHAIN_CLIMBS_KEPT;
    ERR_clear_error();
}

/* The certificates that a verification may use to build chains; none of them is trusted by being
 * here. */
#ifndef PARAPHE_VERIFY_POOL_H
#define PARAPHE_VERIFY_POOL_H

#include <stddef.h>

#include "x509/cert.h"

enum pool_source {
    POOL_CMS = 1 << 0,
    POOL_DSS = 1 << 1,
    POOL_STAMP = 1 << 2,
    POOL_FETCHED = 1 << 3,
    POOL_ANCHOR = 1 << 4,
    POOL_OCSP = 1 << 5
};
/* What a file's security stores bring, what its signatures bring, and what else is found (in
 * answers of responders, over the network) take no room from one another. Past POOL_MAX each
 * signature still brings POOL_OWN of its own, and each answer POOL_ANSWER, up to POOL_MOST: nobody
 * fills the pool in front of a later one. */
enum { POOL_MAX = 512, POOL_OWN = 16, POOL_ANSWER = 2, POOL_MOST = 4096 };

struct pool_entry {
    struct cert *cert;
    unsigned sources; /* enum pool_source */
};
struct pool {
    struct pool_entry *entries;
    size_t count;
    size_t stored, owned, found; /* first brought by a store, a signature or time-stamp, others */
};

void pool_free(struct pool *p);
/* Adds a certificate; the same one again only gains a source. Returns it (borrowed), or NULL when
 * it cannot be decoded or the pool is full. */
const struct cert *pool_add(struct pool *p, const void *der, size_t len, unsigned source);
/* The same for one that a SignedData or an answer carries; *own: what is left of its own room. */
const struct cert *pool_add_own(struct pool *p, const void *der, size_t len, unsigned source,
                                size_t *own);
unsigned pool_sources(const struct pool *p, const struct cert *c);

#endif

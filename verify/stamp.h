/* Time-stamp tokens (RFC 3161, RFC 5816, EN 319 421): decoded and checked as CMS; chain and time
 * are the caller's. */
#ifndef PARAPHE_VERIFY_STAMP_H
#define PARAPHE_VERIFY_STAMP_H

#include <stdbool.h>
#include <stdint.h>

#include "verify/cms.h"

struct stamp {
    struct cms cms;
    struct sigalg alg;
    const struct cert *unit; /* its certificate, in the pool; NULL when not found */
    char policy[TLV_OID_MAX];
    int64_t gen_time;
    int64_t latest; /* genTime + accuracy, rounded up: the upper bound (RFC 3161 2.4.2) */
    struct span imprint_alg, imprint;
    char imprint_digest[16];
    const EVP_MD *imprint_md;
    struct span serial;
    bool value_right;   /* its own signature was checked and is right */
    bool imprint_right; /* the imprint was compared and is right */
    struct findings f;
};

/* Reads the token, adds its certificates to the pool, checks everything that needs neither the
 * stamped data nor trust: findings in out->f. -1 only when memory is short. tst_free in any case.
 */
int tst_read(struct span token, struct pool *pool, struct stamp *out);
/* The stamped data's digest (of imprint_md) against the imprint. */
void tst_check_imprint(struct stamp *s, struct span digest);
/* The same over these bytes. */
void tst_check_over(struct stamp *s, struct span data);
/* Nothing against it so far. */
bool tst_good(const struct stamp *s);
void tst_free(struct stamp *s);

#endif

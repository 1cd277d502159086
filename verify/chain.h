/* Certificate chains to the anchors that were given (RFC 5280 6), at a control time, and what a
 * certificate may be used for. */
#ifndef PARAPHE_VERIFY_CHAIN_H
#define PARAPHE_VERIFY_CHAIN_H

#include <openssl/x509_vfy.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ports.h"
#include "verify/finding.h"
#include "verify/pool.h"

enum { CHAIN_MAX = CERT_CHAIN_MAX };
struct cms;

/* The anchors of one purpose. */
struct anchors {
    X509_STORE *store; /* NULL: there is no anchor */
    X509_STORE *named; /* of these alone that the person named, when there are others too; NULL */
    struct pool certs; /* the same, for their facts */
    char (*given)[65]; /* SHA-256 of those that the person named; the others come out of trusted
                          lists */
    size_t ngiven;
};
/* The first `given` of the list are those that the person named. */
int anchors_init(struct anchors *a, const struct der_list *ders, size_t given, struct err *e);
bool anchors_given(const struct anchors *a, const struct cert *c);
void anchors_free(struct anchors *a);
bool anchors_have(const struct anchors *a, const struct cert *c);

struct chain {
    const struct cert
        *certs[CHAIN_MAX]; /* leaf first, the anchor last; borrowed from pool and anchors */
    size_t count;
    bool
        anchored; /* ends in an anchor; signatures, constraints and critical extensions are right */
    bool in_time; /* every certificate was in its validity at the control time */
    char problem[64]; /* code of the finding when not anchored or not in time */
    char detail[160]; /* what OpenSSL calls it, or the certificate's name */
};
/* Fills `out`; nothing is added as a finding. */
int chain_build(const struct cert *leaf, const struct pool *pool, struct anchors *anchors,
                int64_t at, struct chain *out, struct err *e);

/* The ways upwards through the certificates at hand: those to an anchor, and where there is room
 * the others, as far as they go. Signatures and names are right, all else is chain_build's, with
 * the certificates of one way as its pool. Certificates of the SignedData `own` (NULL: none) come
 * first, then those whose key identifier fits. The signatures that are looked at have a ceiling for
 * each certificate, and a lower one when all of a verification together were many. chain_paths.c */
enum { CHAIN_PATHS_MAX = 16, CHAIN_CHECKS_MAX = 8192, CHAIN_CLIMBS_KEPT = 4 };
struct chain_path {
    struct pool_entry entries[CHAIN_MAX]; /* from the leaf's issuer on; borrowed */
    size_t count;
};
struct chain_paths {
    struct chain_path paths[CHAIN_PATHS_MAX];
    size_t count;
    size_t anchored; /* so many of them, in front, lead to an anchor */
};
/* The climbs of one verification; zeroes at first. */
struct chain_climbs {
    size_t checks;
    struct chain_climb {
        const struct cert *leaf;
        const struct anchors *anchors;
        const struct cms *own;
        size_t pool; /* certificates in it */
        struct chain_paths paths;
    } kept[CHAIN_CLIMBS_KEPT]; /* the last ones: asked again, nobody climbs again */
    size_t next;
};
void chain_paths_find(const struct cert *leaf, const struct pool *pool,
                      const struct anchors *anchors, const struct cms *own,
                      struct chain_climbs *all, struct chain_paths *out);

/* Key usage rules; each adds findings. A document signer needs non-repudiation, or digitalSignature
 * for a qualified seal (EN 319 412-2 4.3.2, EN 319 412-3 4.3.1), and is no CA. A time-stamp unit
 * has exactly id-kp-timeStamping, critical (RFC 3161 2.3). */
void usage_check_signer(const struct cert *c, bool non_repudiation, struct findings *f);
void usage_check_stamp(const struct cert *c, struct findings *f);

#endif

/* Revocation data: OCSP answers (RFC 6960) and CRLs (RFC 5280 5), read strictly; who may say what
 * about which certificate. */
#ifndef PARAPHE_VERIFY_EVIDENCE_H
#define PARAPHE_VERIFY_EVIDENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "verify/cms.h"

struct buf;
struct err;

enum evidence_kind { EVIDENCE_OCSP, EVIDENCE_CRL };
enum evidence_source { EVIDENCE_DSS, EVIDENCE_CMS, EVIDENCE_NET };
enum { EVIDENCE_MAX = 1024 };

struct evidence_item {
    enum evidence_kind kind;
    enum evidence_source source;
    unsigned char *der; /* owned */
    size_t len;
    int revision; /* of the PDF that brought it; -1 for the network */
    int64_t poe;  /* the earliest proven time of its existence; the validation time when nothing
                     proves more */
    char sha256[65];
};
struct evidence {
    struct evidence_item **items; /* each stays where it is: results point at them */
    size_t count;
};
void evidence_free(struct evidence *ev);
/* Copies; the same bytes again are kept once, with the earlier revision. -1 only when memory is
 * short. */
int evidence_add(struct evidence *ev, enum evidence_kind kind, enum evidence_source source,
                 const void *der, size_t len, int revision, int64_t poe);
/* Sniffs what the network gave: DER only, and only what was asked for. 0 added, -1 when it is
 * something else. */
int evidence_add_answer(struct evidence *ev, enum evidence_kind kind, const void *der, size_t len,
                        int64_t now);

enum revocation_status { REVOCATION_NONE, REVOCATION_GOOD, REVOCATION_REVOKED, REVOCATION_HOLD };
/* What one item says about one certificate. */
struct revocation {
    enum revocation_status status;
    int64_t this_update, next_update; /* next_update 0: none */
    int64_t produced;
    int64_t revoked_at;
    int reason;                   /* CRLReason; -1: none given */
    int64_t cutoff;               /* archive cutoff, or expiredCertsOnCRL; 0: none */
    char digest[16];              /* of its signature: "SHA-256" */
    const struct cert *responder; /* who signed; the issuer itself or another */
    const struct evidence_item *item;
    int with; /* what the responder's own revocation is known by stands in the DSS from here on */
    bool outside;                     /* ... or in none */
    const struct evidence_item *base; /* the complete list that `item`, a delta, was joined with */
};

/* OCSP: fills `out` when the answer is about this certificate and its signer may speak for the
 * issuer (6960 4.2.2.2). The responder's own certificates are added to the pool. false: it says
 * nothing about it, or may not. */
bool ocsp_read(const struct evidence_item *item, const struct cert *cert, const struct cert *issuer,
               struct pool *pool, struct revocation *out);
/* CRL: the same (5280 5.2). `speaker` signed it: the issuer, or for an indirect list an authority
 * that the certificate names. A delta list alone, or one of some reasons only, says only what is
 * bad. */
bool crl_read(const struct evidence_item *item, const struct cert *cert, const struct cert *speaker,
              struct revocation *out);
/* A delta list of the issuer that says nothing bad: what it says is good together with its base
 * only. */
bool crl_delta_read(const struct evidence_item *delta, const struct cert *cert,
                    const struct cert *issuer, struct revocation *out);
/* Whether the delta list goes with this base: same issuer, key and scope, and the numbers say that
 * nothing between them is missing (5280 5.2.4 a to d). Neither signature is looked at. */
bool crl_delta_of(const struct evidence_item *delta, const struct evidence_item *base,
                  const struct cert *cert);
/* What both say together, as of the delta (6.3.3 i to l). `delta`: of crl_delta_read; `base`: what
 * crl_read said of a list that crl_delta_of joins, and may be believed. false: of another speaker,
 * or revoked for ever. */
bool crl_join(struct revocation *delta, const struct revocation *base);
/* Adds where the list says that deltas to it are (5.2.6), when it is of the certificate's issuer.
 */
int crl_delta_urls(const struct evidence_item *list, const struct cert *cert,
                   struct cert_texts *out, struct err *e);
/* Whether the certificate names the speaker (NULL: anybody) as an issuer of lists about it (5280
 * 4.2.1.13, cRLIssuer). */
bool crl_names(const struct cert *cert, const struct cert *speaker);
/* A request for one certificate, without nonce (E3), to be sent to its responder. */
int ocsp_request(const struct cert *cert, const struct cert *issuer, struct buf *out,
                 struct err *e);

#endif

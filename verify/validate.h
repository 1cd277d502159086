/* X.509 validation of one certificate at one control time, with revocation (EN 319
 * 102-1 5.2.6, 5.2.5, 5.6.2.1): the loop around OpenSSL's path builder, which knows neither proof
 * of existence nor past validation. */
#ifndef PARAPHE_VERIFY_VALIDATE_H
#define PARAPHE_VERIFY_VALIDATE_H

#include "verify/chain.h"
#include "verify/evidence.h"
#include "verify/policy.h"

enum { FETCHES_MAX = 32 };

struct cms;
/* All that one verification works with. */
struct env {
    struct pool pool;
    struct evidence evidence;
    struct anchors signers, stamps;
    struct jv *services; /* of trusted lists that are in force; NULL: none */
    struct policy policy;
    struct chain_climbs climbs;
    const struct cms *own;    /* the SignedData whose signer is looked at: its certificates first */
    const struct chain *path; /* of the certificate whose revocation is looked at; NULL */
    int64_t now;              /* validation time */
    const struct task_io *io; /* for asking; NULL: offline */
    bool online;
    bool complete_only; /* deltas are not asked for: readers that know none are to be served too */
    uint64_t asked[FETCHES_MAX]; /* digests of what was asked already */
    size_t nasked;
    bool integrity_only; /* neither trust nor time is asked for */
    /* The first `ahead_size` bytes of the file, digested while they arrived or for an earlier
     * signature; NULL: none. */
    EVP_MD_CTX *ahead;
    int64_t ahead_size;
    EVP_MD_CTX *early; /* the same for the first signature, perhaps by another reading */
    int64_t early_size;
};
void env_free(struct env *env);

struct validated {
    struct chain chain;
    bool trusted; /* chain, time and revocation are all right at the control time */
    /* The same, but for revocation data that nobody served, or not late enough: who it is is known,
     * and nothing speaks against it, by whichever way. */
    bool awaited;
    bool in_dss; /* the file's DSS holds usable revocation data for each certificate that needs some
                  */
    bool certs_inside; /* the file holds the certificates of the chain, but for the anchor */
    bool needs_none;   /* a chain of anchors only */
    int dss_revision;  /* the first one that has all such data; -1 */
    int64_t first_end; /* earliest notAfter of the chain */
};
/* Adds findings; what names the thing for people ("signer", a name). -1 only for want of memory. */
int validate_at(struct env *env, const struct cert *leaf, struct anchors *anchors, int64_t at,
                struct validated *out, struct findings *f, struct err *e);

/* Whether the trusted lists name this certificate as a service of the kind, granted at the time;
 * service.c. */
bool service_granted(const struct jv *services, const struct cert *c, bool stamps, int64_t at);
/* What the signature is for the eIDAS regulation (TS 119 615, as far as the lists in force say):
 * "QESig", "QESeal", "AdESig-QC", "AdESeal-QC", "AdES", "indeterminate"; NULL when there are no
 * lists. *provider: borrowed from the services, may be NULL. */
const char *service_qualification(const struct jv *services, const struct chain *chain,
                                  int64_t best_time, const char **provider);

/* Whether the DSS by itself says that a certificate was good, responders included, and from which
 * revision on. */
struct stored {
    bool held;
    int revision; /* -1 when not held */
};
/* Revocation of one certificate; revocation.c. Fetches when online and nothing usable is there. */
enum revocation_answer { ANSWER_GOOD, ANSWER_REVOKED, ANSWER_HOLD, ANSWER_STALE, ANSWER_NONE };
enum revocation_answer revocation_check(struct env *env, const struct cert *cert,
                                        const struct cert *issuer, int64_t at,
                                        struct revocation *out, struct stored *stored);
/* fetch.c: asks the parent; true when something was added. */
bool fetch_ocsp(struct env *env, const struct cert *cert, const struct cert *issuer);
bool fetch_crl(struct env *env, const struct cert *cert);
/* From where the certificate, or a list of its issuer that is there already, says that deltas are.
 */
bool fetch_delta(struct env *env, const struct cert *cert);
bool fetch_issuer(struct env *env, const struct cert *cert);

#endif

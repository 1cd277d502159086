/* Until when algorithms and keys are fit to be believed: the dates of the EU's cryptographic suites
 * (ETSI TS 119 312, as read by the validation policy of the European Commission's DSS). What was
 * proven to exist before the end date stays good. */
#ifndef PARAPHE_VERIFY_ALGO_H
#define PARAPHE_VERIFY_ALGO_H

#include <stdint.h>

#include "verify/finding.h"

struct cert;
struct sigalg;

#define ALGO_NO_END INT64_MAX

/* The instant from which the digest counts as broken; 0 for an unknown one. */
int64_t algo_digest_end(const char *name);
/* The same for a key: "RSA", "EC" and its bits. */
int64_t algo_key_end(const struct cert *c);
/* The same for a scheme of signature: "RSA-PKCS1". */
int64_t algo_scheme_end(const char *scheme);
/* Adds "algo.weak" for a signature that is only known to exist at `when` and then was no longer to
 * be believed. `what` names it for people: a certificate's name, "signature", "time-stamp".
 * `proven` says that `when` is a proven time (F5). */
void algo_check(const struct sigalg *alg, const struct cert *key_of, int64_t when, const char *what,
                struct findings *f);
/* The same for the signature of `issuer` on a certificate; "algo.certificate-unknown" when nobody
 * knows how it is signed. */
void algo_check_cert(const struct cert *cert, const struct cert *issuer, int64_t at,
                     struct findings *f);

#endif

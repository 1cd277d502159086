/* Algorithm identifiers of signatures and digests (RFC 5754, RFC 4055, RFC 8017), between DER,
 * OpenSSL's numbers and ours. */
#ifndef PARAPHE_X509_ALG_H
#define PARAPHE_X509_ALG_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"
#include "base/ports.h"

struct buf;
struct cert;
struct err;
struct X509_algor_st; /* OpenSSL's X509_ALGOR */

int alg_digest_nid(enum digest_kind kind); /* OpenSSL's NID; NID_undef for none */
enum digest_kind alg_digest_from_nid(int nid);
/* The digest named by an AlgorithmIdentifier; parameters must be absent or NULL. DIGEST_NONE for
 * another. */
enum digest_kind alg_digest_from_x509(const struct X509_algor_st *id);

/* Sets *out: signatureAlgorithm of a SignerInfo. PSS parameters are explicit: MGF1 with the same
 * digest, salt of the digest's length (RFC 4056). RSA PKCS#1 is sha256WithRSAEncryption and its
 * like, ECDSA ecdsa-with-SHA256 and its like. */
int alg_to_x509(const struct sign_alg *alg, struct X509_algor_st *out, struct err *e);
/* DER of that AlgorithmIdentifier, appended. */
int alg_encode(const struct sign_alg *alg, struct buf *out, struct err *e);
/* Reads a signatureAlgorithm. `digest` is the SignerInfo's digestAlgorithm, for identifiers that
 * name the key only (rsaEncryption, RFC 3370 3.2). scheme SCHEME_NONE: unknown, or PSS with
 * parameters that do not hang together. */
struct sign_alg alg_from_x509(const struct X509_algor_st *id, enum digest_kind digest);
/* Whether the certificate's key can make this signature: kind of key, and for PSS enough modulus.
 */
bool alg_fits_key(const struct sign_alg *alg, const struct cert *cert);

/* DigestInfo (RFC 8017 9.2) around a digest, for CKM_RSA_PKCS. */
int alg_digest_info(enum digest_kind kind, const unsigned char *digest, struct buf *out,
                    struct err *e);
/* r || s of equal length, as PKCS#11 gives it, to the SEQUENCE that CMS wants (RFC 5754 3.3). */
int alg_ecdsa_value(const unsigned char *raw, size_t len, struct buf *out, struct err *e);
/* Checks a signature value over a message with the certificate's public key. */
bool alg_verify(const struct sign_alg *alg, const struct cert *cert, const void *message,
                size_t len, const unsigned char *value, size_t value_len);

#endif

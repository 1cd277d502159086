/* Facts of a certificate (RFC 5280, ETSI EN 319 412-5), read once; nothing here decides whether it
 * is trusted. Texts are UTF-8, malloc'ed and owned by the struct; instants are seconds since 1970
 * UTC. */
#ifndef PARAPHE_X509_CERT_H
#define PARAPHE_X509_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/digest.h"

struct der_list;
struct err;
struct jv;
struct x509_st; /* OpenSSL's X509 */

enum cert_key_kind { CERT_KEY_OTHER, CERT_KEY_RSA, CERT_KEY_EC };

/* Key usage, RFC 5280 4.2.1.3. Without the extension all bits are set and usage_given is false. */
enum cert_usage {
    CERT_USAGE_DIGITAL_SIGNATURE = 1 << 0,
    CERT_USAGE_NON_REPUDIATION = 1 << 1,
    CERT_USAGE_KEY_ENCIPHERMENT = 1 << 2,
    CERT_USAGE_DATA_ENCIPHERMENT = 1 << 3,
    CERT_USAGE_KEY_AGREEMENT = 1 << 4,
    CERT_USAGE_KEY_CERT_SIGN = 1 << 5,
    CERT_USAGE_CRL_SIGN = 1 << 6,
    CERT_USAGE_ALL = 0x1ff
};
/* Extended key usage, RFC 5280 4.2.1.12. */
enum cert_eku {
    CERT_EKU_SERVER = 1 << 0,
    CERT_EKU_CLIENT = 1 << 1,
    CERT_EKU_EMAIL = 1 << 2,
    CERT_EKU_TIME_STAMPING = 1 << 3,
    CERT_EKU_OCSP = 1 << 4,
    CERT_EKU_ANY = 1 << 5,
    CERT_EKU_OTHER = 1 << 6,
    CERT_EKU_CODE = 1 << 7
};
enum cert_qc_type { CERT_QC_ESIGN = 1 << 0, CERT_QC_ESEAL = 1 << 1, CERT_QC_WEB = 1 << 2 };

struct cert_texts {
    char **items;
    size_t count;
};

struct cert {
    _Atomic int owners; /* beyond the first */
    struct x509_st *x509;
    unsigned char *der;
    size_t der_len;
    char sha256[DIGEST_HEX_MAX]; /* of the DER, lower-case hex */
    char *subject;               /* RFC 4514: "CN=Jeanne Martin,O=Cabinet,C=FR" */
    char *issuer;
    char *name;         /* common name, else the subject: for people */
    char *organisation; /* the first one of the subject; NULL for none */
    char *issuer_name;  /* common name of the issuer, else the whole name */
    char *serial;       /* lower-case hex, without sign or leading zeros beyond a whole byte */
    int64_t not_before, not_after;
    enum cert_key_kind key_kind;
    int key_bits;      /* RSA modulus or size of the curve's field */
    bool key_void;     /* RSA with an exponent of 1 or an even one: everybody signs with it */
    char key_name[32]; /* "RSA 3072", "EC P-256"; for others the library's name */
    bool ca;
    bool self_issued; /* subject equals issuer */
    bool self_signed; /* and the signature is its own */
    bool usage_given;
    uint32_t usage; /* enum cert_usage */
    bool eku_given, eku_critical;
    uint32_t eku;       /* enum cert_eku; 0 without the extension */
    unsigned eku_count; /* number of purposes listed */
    bool no_check;      /* id-pkix-ocsp-nocheck, RFC 6960 4.2.2.2.1 */
    /* Its authority publishes no revocation of it: noRevAvail (RFC 9608), validity assured for a
     * short term (EN 319 412-1 5.2.2). Never so for an authority. */
    bool no_revocation;
    bool qc_compliance, qc_sscd;
    uint32_t qc_types;          /* enum cert_qc_type */
    struct cert_texts policies; /* object identifiers, dotted */
    /* http and https only, in their order; delta_urls: freshestCRL, RFC 5280 4.2.1.15 */
    struct cert_texts ocsp_urls, issuer_urls, crl_urls, delta_urls;
};

/* Reads one DER certificate; trailing bytes are an error (ERR_INPUT, `what` names the source).
 * cert_free. */
int cert_parse(struct cert **out, const void *der, size_t len, const char *what, struct err *e);
void cert_free(struct cert *c); /* NULL is allowed */
/* From now on cert_parse knows these very bytes, also in processes forked from this one: a key is
 * decoded once, which takes most of the time. For a certificate of the user's own, before any
 * thread. Nothing happens with what is no certificate. */
void cert_learn(const void *der, size_t len);
/* Adds the http and https addresses of a CRLDistributionPoints value (RFC 5280 4.2.1.13); one that
 * cannot be decoded has none. cert_texts_free. */
int cert_points_add(struct cert_texts *out, const unsigned char *der, size_t len, struct err *e);
void cert_texts_free(struct cert_texts *t);
/* Adds every certificate of a text: PEM (others blocks skipped), DER, or PKCS#7 in either form (RFC
 * 5280 4.2.2.1 lets an AIA address serve such a bag). None at all is ERR_INPUT. */
int certs_from_bytes(struct der_list *out, const void *data, size_t len, const char *what,
                     struct err *e);
int certs_from_file(struct der_list *out, const char *path, struct err *e);
/* Whether `issuer` signed c: names and key identifiers agree and the signature is right. */
bool cert_issued_by(const struct cert *c, const struct cert *issuer);
/* Whether both name the same holder with the same key: twice in a chain that is a loop (RFC 4158
 * 2.4.2). */
bool cert_same_holder(const struct cert *a, const struct cert *b);
enum { CERT_CHAIN_MAX = 16 }; /* ceilings.chain_length */
/* The chain of the first certificate of `pool`, leaf first, to a root in it, else as far as `pool`
 * goes; a self-signed end is left out unless with_root. Borrowed certificates are copied as DER. */
int cert_chain_build(const struct der_list *pool, bool with_root, struct der_list *out,
                     struct err *e);
/* {"subject","issuer","serial","not_before","not_after","sha256","key"} */
struct jv *cert_json(const struct cert *c);

#endif

/* SignedData (RFC 5652) of a PDF signature or of a time-stamp token, decoded strictly and checked
 * rule by rule: OpenSSL's CMS_verify accepts several signers, missing attributes and unbound
 * algorithms. All spans borrow the bytes given. */
#ifndef PARAPHE_VERIFY_CMS_H
#define PARAPHE_VERIFY_CMS_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

#include "verify/finding.h"
#include "verify/pool.h"
#include "verify/tlv.h"

struct buf;

enum { CMS_CERTS_MAX = 64, CMS_CRLS_MAX = 64, CMS_ATTRS_MAX = 48 };

struct cms_attr {
    char oid[TLV_OID_MAX];
    struct span values; /* what the SET holds */
    struct tlv first;   /* its first value; tag 0 when there is none */
    size_t count;
};
struct cms_attrs {
    struct cms_attr items[CMS_ATTRS_MAX];
    size_t count;
};
struct cms_signer {
    int version;
    bool by_key_id; /* else issuer and serial */
    struct span issuer, serial, key_id;
    struct span digest_alg, sig_alg; /* whole AlgorithmIdentifiers */
    struct span signed_raw;          /* the whole [0]; empty when there are no signed attributes */
    struct cms_attrs attrs, unsigned_attrs;
    struct span value; /* the signature's octets */
};
struct cms {
    int version;
    char content_type[TLV_OID_MAX];
    bool has_content;
    struct span content; /* octets of eContent */
    struct span certs[CMS_CERTS_MAX];
    size_t ncerts;
    bool other_certs; /* attribute certificates and the like: not looked at */
    struct span crls[CMS_CRLS_MAX];
    struct span ocsps[CMS_CRLS_MAX];
    size_t ncrls, nocsps;
    size_t nsigners;
    struct cms_signer signer; /* the first */
};

enum cms_use {
    CMS_PADES, /* ETSI.CAdES.detached */
    CMS_ADBE,  /* adbe.pkcs7.detached */
    CMS_STAMP  /* a time-stamp token */
};

/* Decodes exactly one SignedData. -1 when the bytes are not that, in DER. */
int cms_parse(struct span der, struct cms *out);
/* Splits /Contents into one value, appended to `der` as DER, and its padding: 0, or -1 when there
 * is none; *zeros says whether the rest is all zero (ISO 32000-2 12.8.3.3), *ber whether the value
 * was written in BER that is no DER. */
int cms_split(struct span contents, struct buf *der, bool *zeros, bool *ber);
const struct cms_attr *cms_attr_find(const struct cms_attrs *attrs, const char *oid);

/* ---- algorithms ---- */
struct sigalg {
    char digest[16]; /* "SHA-256"; for EdDSA that of digestAlgorithm */
    char scheme[16]; /* "RSA-PKCS1", "RSA-PSS", "ECDSA", "Ed25519", "Ed448" */
    const EVP_MD *md;
    int salt; /* RSA-PSS */
};
/* NULL when the AlgorithmIdentifier is not that of a digest that we know. `name` may be NULL. */
const EVP_MD *sigalg_digest(struct span identifier, char name[16]);
/* Reads a signature AlgorithmIdentifier with the digest's one beside it (empty for a certificate).
 * Adds what is wrong; -1 when it cannot be used (RFC 4056, RFC 8702, RFC 5754, RFC 8419). */
int sigalg_read(struct span sig_alg, struct span digest_alg, struct sigalg *out,
                struct findings *f);
/* The same algorithm: identifiers equal, an absent and a NULL parameter being the same. */
bool sigalg_same(struct span a, struct span b);
/* Whether the value over the message is right with this certificate's key. */
bool sigalg_verify(const struct sigalg *alg, const struct cert *signer, struct span head,
                   struct span message, struct span value);

/* ---- checks; each adds findings ---- */
void cms_check_shape(const struct cms *c, enum cms_use use, struct findings *f);
void cms_check_attrs(const struct cms *c, enum cms_use use, struct findings *f);
/* Its certificates go into the pool: that of the signer first, the others unless `signer_only`. */
void cms_pool(const struct cms *c, struct pool *pool, unsigned source, bool signer_only);
/* The signing certificate by its ESS attribute (EN 319 122-1 5.2.2); borrowed from `pool`; NULL
 * with a finding. */
const struct cert *cms_find_signer(const struct cms *c, enum cms_use use, const struct pool *pool,
                                   struct findings *f);
/* True when both are right. Message digest attribute against the digest computed, then the
 * signature over the DER of the signed attributes as SET OF (RFC 5652 5.4). */
bool cms_check_value(const struct cms *c, const struct sigalg *alg, const struct cert *signer,
                     struct span digest, struct findings *f);

#endif

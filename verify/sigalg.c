/* Algorithm identifiers of signatures, and the signature check itself. */
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>

#include "verify/cms.h"

static const struct {
    const char *oid, *name, *evp;
} digests[] = {
    {"1.3.14.3.2.26", "SHA-1", "SHA1"},
    {"2.16.840.1.101.3.4.2.4", "SHA-224", "SHA224"},
    {"2.16.840.1.101.3.4.2.1", "SHA-256", "SHA256"},
    {"2.16.840.1.101.3.4.2.2", "SHA-384", "SHA384"},
    {"2.16.840.1.101.3.4.2.3", "SHA-512", "SHA512"},
    {"2.16.840.1.101.3.4.2.8", "SHA3-256", "SHA3-256"},
    {"2.16.840.1.101.3.4.2.9", "SHA3-384", "SHA3-384"},
    {"2.16.840.1.101.3.4.2.10", "SHA3-512", "SHA3-512"},
    {"2.16.840.1.101.3.4.2.12", "SHAKE256", "SHAKE256"},
    {"2.16.840.1.101.3.4.2.18", "SHAKE256", "SHAKE256"},
};

enum family { RSA_ANY, RSA_PKCS1, RSA_PSS, EC_ANY, EC, ED25519, ED448 };
static const struct {
    const char *oid;
    enum family family;
    const char *digest;
} schemes[] = {
    {"1.2.840.113549.1.1.1", RSA_ANY, NULL},
    {"1.2.840.113549.1.1.5", RSA_PKCS1, "SHA-1"},
    {"1.2.840.113549.1.1.14", RSA_PKCS1, "SHA-224"},
    {"1.2.840.113549.1.1.11", RSA_PKCS1, "SHA-256"},
    {"1.2.840.113549.1.1.12", RSA_PKCS1, "SHA-384"},
    {"1.2.840.113549.1.1.13", RSA_PKCS1, "SHA-512"},
    {"2.16.840.1.101.3.4.3.14", RSA_PKCS1, "SHA3-256"},
    {"2.16.840.1.101.3.4.3.15", RSA_PKCS1, "SHA3-384"},
    {"2.16.840.1.101.3.4.3.16", RSA_PKCS1, "SHA3-512"},
    {"1.2.840.113549.1.1.10", RSA_PSS, NULL},
    {"1.2.840.10045.2.1", EC_ANY, NULL},
    {"1.2.840.10045.4.1", EC, "SHA-1"},
    {"1.2.840.10045.4.3.1", EC, "SHA-224"},
    {"1.2.840.10045.4.3.2", EC, "SHA-256"},
    {"1.2.840.10045.4.3.3", EC, "SHA-384"},
    {"1.2.840.10045.4.3.4", EC, "SHA-512"},
    {"2.16.840.1.101.3.4.3.10", EC, "SHA3-256"},
    {"2.16.840.1.101.3.4.3.11", EC, "SHA3-384"},
    {"2.16.840.1.101.3.4.3.12", EC, "SHA3-512"},
    {"1.3.101.112", ED25519, NULL},
    {"1.3.101.113", ED448, NULL},
};

/* An AlgorithmIdentifier into its identifier and its parameters (len 0: absent or NULL). */
static int split(struct span identifier, char oid[TLV_OID_MAX], struct span *params)
{
    struct tlv v, part;

    *params = (struct span){NULL, 0};
    if (tlv_take(&identifier, TLV_SEQUENCE, &v) != 0 || identifier.len != 0 ||
        tlv_take(&v.body, TLV_OID, &part) != 0 || tlv_oid(&part, oid) != 0)
        return -1;
    if (v.body.len == 0)
        return 0;
    if (tlv_next(&v.body, &part) != 0 || v.body.len != 0)
        return -1;
    if (part.tag == TLV_NULL)
        return part.body.len == 0 ? 0 : -1;
    *params = part.whole;
    return 0;
}

const EVP_MD *sigalg_digest(struct span identifier, char name[16])
{
    static const unsigned char shake_bits[] = {TLV_INTEGER, 2, 0x02, 0x00};
    char oid[TLV_OID_MAX];
    struct span params;

    if (split(identifier, oid, &params) != 0)
        return NULL;
    /* id-shake256-len gives its length in bits: 512 is the one for Ed448 (RFC 8419 2.3) */
    bool sized = strcmp(oid, "2.16.840.1.101.3.4.2.18") == 0;
    if (sized ? !span_equal(params, (struct span){shake_bits, sizeof shake_bits}) : params.len != 0)
        return NULL;
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++) {
        if (strcmp(digests[i].oid, oid) == 0) {
            if (name != NULL)
                snprintf(name, 16, "%s", digests[i].name);
            return EVP_get_digestbyname(digests[i].evp);
        }
    }
    return NULL;
}

bool sigalg_same(struct span a, struct span b)
{
    char oa[TLV_OID_MAX], ob[TLV_OID_MAX];
    struct span pa, pb;

    return split(a, oa, &pa) == 0 && split(b, ob, &pb) == 0 && strcmp(oa, ob) == 0 &&
           span_equal(pa, pb);
}

/* RSASSA-PSS-params (RFC 4055 3.1): explicit, MGF1 with the same digest, salt as long as the
 * digest, trailer 1. */
static int pss_read(struct span params, struct sigalg *out, struct findings *f)
{
    struct tlv seq, v, hash, mgf, oid, mgf_hash;
    char mgf_name[16];
    int salt = 0, trailer = 1, rc;

    if (tlv_take(&params, TLV_SEQUENCE, &seq) != 0 ||
        tlv_take(&seq.body, TLV_CONTEXT(0), &v) != 0 || /* absent: SHA-1 */
        tlv_take(&v.body, TLV_SEQUENCE, &hash) != 0 || v.body.len != 0 ||
        (out->md = sigalg_digest(hash.whole, out->digest)) == NULL ||
        tlv_take(&seq.body, TLV_CONTEXT(1), &v) != 0 ||
        tlv_take(&v.body, TLV_SEQUENCE, &mgf) != 0 || tlv_take(&mgf.body, TLV_OID, &oid) != 0 ||
        !tlv_is_oid(&oid, "1.2.840.113549.1.1.8") ||
        tlv_take(&mgf.body, TLV_SEQUENCE, &mgf_hash) != 0 ||
        sigalg_digest(mgf_hash.whole, mgf_name) == NULL || strcmp(mgf_name, out->digest) != 0 ||
        tlv_take(&seq.body, TLV_CONTEXT(2), &v) != 0 || tlv_next(&v.body, &hash) != 0 ||
        tlv_small(&hash, &salt) != 0 || salt != EVP_MD_get_size(out->md))
        goto bad;
    if ((rc = tlv_optional(&seq.body, TLV_CONTEXT(3), &v)) != 0 &&
        (rc < 0 || tlv_next(&v.body, &hash) != 0 || tlv_small(&hash, &trailer) != 0))
        goto bad;
    if (trailer != 1 || seq.body.len != 0)
        goto bad;
    out->salt = salt;
    return 0;
bad:
    findings_add(f, "cms.pss-parameters", NULL);
    return -1;
}

static int digest_by_name(const char *name, struct sigalg *out)
{
    for (size_t i = 0; i < sizeof digests / sizeof digests[0]; i++) {
        if (strcmp(digests[i].name, name) == 0) {
            snprintf(out->digest, sizeof out->digest, "%s", name);
            out->md = EVP_get_digestbyname(digests[i].evp);
            return out->md != NULL ? 0 : -1;
        }
    }
    return -1;
}

/* The digest of the content is fixed with the curve; another one, as some programs let people
 * choose, takes nothing from the value, which is over the attributes themselves. */
static int eddsa_read(enum family family, const char *beside, struct sigalg *out,
                      struct findings *f)
{
    const char *due = family == ED448 ? "SHAKE256" : "SHA-512";

    snprintf(out->scheme, sizeof out->scheme, "%s", family == ED448 ? "Ed448" : "Ed25519");
    snprintf(out->digest, sizeof out->digest, "%s", beside);
    if (*beside != '\0' && strcmp(beside, due) != 0)
        findings_add(f, "cms.eddsa-digest", beside, due, out->scheme, NULL);
    out->md = NULL;
    return 0;
}

static int scheme_read(size_t i, struct span params, const char *beside, struct sigalg *out,
                       struct findings *f)
{
    enum family family = schemes[i].family;
    bool rsa = family == RSA_ANY || family == RSA_PKCS1;

    if (family == RSA_PSS) {
        snprintf(out->scheme, sizeof out->scheme, "RSA-PSS");
        return pss_read(params, out, f);
    }
    if (params.len != 0 && family != EC_ANY) {
        findings_add(f, "cms.algorithm-parameters", NULL);
        return -1;
    }
    if (family == ED25519 || family == ED448)
        return eddsa_read(family, beside, out, f);
    snprintf(out->scheme, sizeof out->scheme, "%s", rsa ? "RSA-PKCS1" : "ECDSA");
    const char *digest = schemes[i].digest != NULL ? schemes[i].digest : beside;
    if (digest[0] == '\0' || digest_by_name(digest, out) != 0) {
        findings_add(f, "cms.algorithm-unknown", digest, NULL);
        return -1;
    }
    return 0;
}

int sigalg_read(struct span sig_alg, struct span digest_alg, struct sigalg *out, struct findings *f)
{
    char oid[TLV_OID_MAX] = "", beside[16] = "";
    struct span params;

    memset(out, 0, sizeof *out);
    if (digest_alg.len > 0 && sigalg_digest(digest_alg, beside) == NULL) {
        findings_add(f, "cms.algorithm-unknown", "digestAlgorithm", NULL);
        return -1;
    }
    if (split(sig_alg, oid, &params) != 0) {
        findings_add(f, "cms.algorithm-parameters", NULL);
        return -1;
    }
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++) {
        if (strcmp(schemes[i].oid, oid) != 0)
            continue;
        if (scheme_read(i, params, beside, out, f) != 0)
            return -1;
        /* B9: what digests the content and what the signature digests are one algorithm. EdDSA
         * names its own. */
        if (digest_alg.len > 0 && out->md != NULL && strcmp(beside, out->digest) != 0) {
            findings_add(f, "cms.digest-mismatch", beside, out->digest, NULL);
            return -1;
        }
        return 0;
    }
    findings_add(f, "cms.algorithm-unknown", oid, NULL);
    return -1;
}

/* A curve that somebody wrote down by its numbers has the private keys that he chose
 * (CVE-2020-0601): only curves with a name, whose numbers are those of the name. */
static bool curve_named(const EVP_PKEY *key)
{
    char group[64] = "";

    return EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && group[0] != '\0';
}

/* The key is of the kind that the algorithm asks for; a key restricted to PSS signs nothing else.
 */
static bool key_fits(const struct sigalg *alg, const struct cert *signer, const EVP_PKEY *key)
{
    static const struct {
        const char *scheme, *key;
    } fits[] = {{"RSA-PKCS1", "RSA"}, {"RSA-PSS", "RSA"},     {"RSA-PSS", "RSA-PSS"},
                {"ECDSA", "EC"},      {"Ed25519", "ED25519"}, {"Ed448", "ED448"}};

    for (size_t i = 0; !signer->key_void && i < sizeof fits / sizeof fits[0]; i++) {
        if (strcmp(fits[i].scheme, alg->scheme) == 0 && EVP_PKEY_is_a(key, fits[i].key))
            return strcmp(alg->scheme, "ECDSA") != 0 || curve_named(key);
    }
    return false;
}

bool sigalg_verify(const struct sigalg *alg, const struct cert *signer, struct span head,
                   struct span message, struct span value)
{
    EVP_PKEY *key = X509_get0_pubkey(signer->x509);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pctx = NULL;
    unsigned char *joined = NULL;
    bool good = false;

    if (key == NULL || ctx == NULL || !key_fits(alg, signer, key) ||
        EVP_DigestVerifyInit(ctx, &pctx, alg->md, NULL, key) != 1)
        goto out;
    if (strcmp(alg->scheme, "RSA-PSS") == 0 &&
        (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) != 1 ||
         EVP_PKEY_CTX_set_rsa_mgf1_md(pctx, alg->md) != 1 ||
         EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, alg->salt) != 1))
        goto out;
    if (head.len > 0) { /* EdDSA takes the message in one piece */
        joined = OPENSSL_malloc(head.len + message.len);
        if (joined == NULL)
            goto out;
        memcpy(joined, head.data, head.len);
        if (message.len > 0)
            memcpy(joined + head.len, message.data, message.len);
        message = (struct span){joined, head.len + message.len};
    }
    good = EVP_DigestVerify(ctx, value.data, value.len, message.data, message.len) == 1;
out:
    ERR_clear_error();
    OPENSSL_free(joined);
    EVP_MD_CTX_free(ctx);
    return good;
}

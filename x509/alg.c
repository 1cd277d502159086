#include "x509/alg.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "base/buf.h"
#include "base/err.h"
#include "x509/cert.h"

static const struct {
    enum digest_kind kind;
    int nid, rsa, ecdsa;
} digests[] = {
    {DIGEST_SHA1, NID_sha1, NID_sha1WithRSAEncryption, NID_ecdsa_with_SHA1},
    {DIGEST_SHA256, NID_sha256, NID_sha256WithRSAEncryption, NID_ecdsa_with_SHA256},
    {DIGEST_SHA384, NID_sha384, NID_sha384WithRSAEncryption, NID_ecdsa_with_SHA384},
    {DIGEST_SHA512, NID_sha512, NID_sha512WithRSAEncryption, NID_ecdsa_with_SHA512},
};
enum { DIGESTS = sizeof digests / sizeof digests[0] };

int alg_digest_nid(enum digest_kind kind)
{
    for (size_t i = 0; i < DIGESTS; i++) {
        if (digests[i].kind == kind)
            return digests[i].nid;
    }
    return NID_undef;
}

enum digest_kind alg_digest_from_nid(int nid)
{
    for (size_t i = 0; i < DIGESTS; i++) {
        if (digests[i].nid == nid)
            return digests[i].kind;
    }
    return DIGEST_NONE;
}

enum digest_kind alg_digest_from_x509(const X509_ALGOR *id)
{
    const ASN1_OBJECT *object = NULL;
    int type = V_ASN1_UNDEF;

    if (id == NULL)
        return DIGEST_NONE;
    X509_ALGOR_get0(&object, &type, NULL, id);
    if (type != V_ASN1_UNDEF && type != V_ASN1_NULL)
        return DIGEST_NONE;
    return alg_digest_from_nid(OBJ_obj2nid(object));
}

/* RSASSA-PSS-params with every field written out; SHA-256 is no default there, so none is left out
 * by DER. */
static int pss_params(enum digest_kind kind, ASN1_STRING **out, struct err *e)
{
    RSA_PSS_PARAMS *pss = RSA_PSS_PARAMS_new();
    ASN1_STRING *mgf = NULL;
    X509_ALGOR *hash = X509_ALGOR_new();
    int rc = -1;

    *out = NULL;
    if (pss == NULL || hash == NULL)
        goto out;
    pss->hashAlgorithm = X509_ALGOR_new();
    pss->maskGenAlgorithm = X509_ALGOR_new();
    pss->saltLength = ASN1_INTEGER_new();
    if (pss->hashAlgorithm == NULL || pss->maskGenAlgorithm == NULL || pss->saltLength == NULL)
        goto out;
    if (!X509_ALGOR_set0(pss->hashAlgorithm, OBJ_nid2obj(alg_digest_nid(kind)), V_ASN1_NULL,
                         NULL) ||
        !X509_ALGOR_set0(hash, OBJ_nid2obj(alg_digest_nid(kind)), V_ASN1_NULL, NULL) ||
        ASN1_item_pack(hash, ASN1_ITEM_rptr(X509_ALGOR), &mgf) == NULL ||
        !X509_ALGOR_set0(pss->maskGenAlgorithm, OBJ_nid2obj(NID_mgf1), V_ASN1_SEQUENCE, mgf))
        goto out;
    mgf = NULL;
    if (!ASN1_INTEGER_set(pss->saltLength, (long)digest_size(kind)) ||
        ASN1_item_pack(pss, ASN1_ITEM_rptr(RSA_PSS_PARAMS), out) == NULL)
        goto out;
    rc = 0;
out:
    ASN1_STRING_free(mgf);
    X509_ALGOR_free(hash);
    RSA_PSS_PARAMS_free(pss);
    return rc == 0 ? 0 : err_set_memory(e);
}

int alg_to_x509(const struct sign_alg *alg, X509_ALGOR *out, struct err *e)
{
    ASN1_STRING *params = NULL;

    for (size_t i = 0; i < DIGESTS; i++) {
        if (digests[i].kind != alg->digest)
            continue;
        int done = 0;
        switch (alg->scheme) {
        case SCHEME_RSA_PKCS1:
            done = X509_ALGOR_set0(out, OBJ_nid2obj(digests[i].rsa), V_ASN1_NULL, NULL);
            break;
        case SCHEME_ECDSA: /* RFC 5758 3.2: parameters absent */
            done = X509_ALGOR_set0(out, OBJ_nid2obj(digests[i].ecdsa), V_ASN1_UNDEF, NULL);
            break;
        case SCHEME_RSA_PSS:
            if (pss_params(alg->digest, &params, e) != 0)
                return -1;
            done = X509_ALGOR_set0(out, OBJ_nid2obj(NID_rsassaPss), V_ASN1_SEQUENCE, params);
            if (!done)
                ASN1_STRING_free(params);
            break;
        case SCHEME_NONE:
            return err_set_bug(e, "alg_to_x509: no scheme");
        }
        return done ? 0 : err_set_memory(e);
    }
    return err_set_bug(e, "alg_to_x509: unknown digest");
}

/* Appends and frees what an i2d function made; n <= 0: it made nothing. */
static int der_take(unsigned char *der, int n, struct buf *out, struct err *e)
{
    if (n > 0)
        buf_append(out, der, (size_t)n);
    OPENSSL_free(der);
    return n > 0 ? buf_check(out, e) : err_set_memory(e);
}

int alg_encode(const struct sign_alg *alg, struct buf *out, struct err *e)
{
    X509_ALGOR *id = X509_ALGOR_new();
    unsigned char *der = NULL;
    int rc = -1;

    if (id == NULL)
        return err_set_memory(e);
    if (alg_to_x509(alg, id, e) == 0) {
        int n = i2d_X509_ALGOR(id, &der);
        rc = der_take(der, n, out, e);
    }
    X509_ALGOR_free(id);
    return rc;
}

static enum digest_kind pss_digest(const X509_ALGOR *id)
{
    const ASN1_OBJECT *object = NULL;
    const void *value = NULL;
    int type = V_ASN1_UNDEF;
    enum digest_kind kind = DIGEST_NONE, mask = DIGEST_NONE;
    RSA_PSS_PARAMS *pss = NULL;
    X509_ALGOR *hash = NULL;

    X509_ALGOR_get0(NULL, &type, &value, id);
    if (type != V_ASN1_SEQUENCE)
        return DIGEST_NONE;
    pss = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
    if (pss == NULL)
        goto out;
    kind = pss->hashAlgorithm != NULL ? alg_digest_from_x509(pss->hashAlgorithm) : DIGEST_SHA1;
    mask = DIGEST_SHA1;
    if (pss->maskGenAlgorithm != NULL) {
        X509_ALGOR_get0(&object, &type, &value, pss->maskGenAlgorithm);
        if (OBJ_obj2nid(object) == NID_mgf1 && type == V_ASN1_SEQUENCE)
            hash = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
        mask = alg_digest_from_x509(hash);
    }
    int64_t salt = 20, trailer = 1;
    if ((pss->saltLength != NULL && !ASN1_INTEGER_get_int64(&salt, pss->saltLength)) ||
        (pss->trailerField != NULL && !ASN1_INTEGER_get_int64(&trailer, pss->trailerField)))
        kind = DIGEST_NONE;
    if (kind != mask || salt != (int64_t)digest_size(kind) || trailer != 1)
        kind = DIGEST_NONE;
out:
    X509_ALGOR_free(hash);
    RSA_PSS_PARAMS_free(pss);
    return kind;
}

struct sign_alg alg_from_x509(const X509_ALGOR *id, enum digest_kind digest)
{
    const struct sign_alg none = {SCHEME_NONE, DIGEST_NONE};
    const ASN1_OBJECT *object = NULL;

    if (id == NULL)
        return none;
    X509_ALGOR_get0(&object, NULL, NULL, id);
    int nid = OBJ_obj2nid(object);
    if (nid == NID_rsaEncryption && digest != DIGEST_NONE)
        return (struct sign_alg){SCHEME_RSA_PKCS1, digest};
    if (nid == NID_rsassaPss) {
        enum digest_kind kind = pss_digest(id);
        return kind != DIGEST_NONE ? (struct sign_alg){SCHEME_RSA_PSS, kind} : none;
    }
    for (size_t i = 0; i < DIGESTS; i++) {
        if (nid == digests[i].rsa)
            return (struct sign_alg){SCHEME_RSA_PKCS1, digests[i].kind};
        if (nid == digests[i].ecdsa)
            return (struct sign_alg){SCHEME_ECDSA, digests[i].kind};
    }
    return none;
}

bool alg_fits_key(const struct sign_alg *alg, const struct cert *cert)
{
    switch (alg->scheme) {
    case SCHEME_RSA_PKCS1: /* RFC 8017 9.2: DigestInfo and eleven bytes of padding */
        return cert->key_kind == CERT_KEY_RSA &&
               EVP_PKEY_get_base_id(X509_get0_pubkey(cert->x509)) == EVP_PKEY_RSA &&
               cert->key_bits / 8 >= (int)digest_size(alg->digest) + 19 + 11;
    case SCHEME_RSA_PSS: /* RFC 8017 9.1.1: digest, salt and two bytes */
        return cert->key_kind == CERT_KEY_RSA &&
               (cert->key_bits + 6) / 8 >= 2 * (int)digest_size(alg->digest) + 2;
    case SCHEME_ECDSA:
        return cert->key_kind == CERT_KEY_EC;
    case SCHEME_NONE:
        break;
    }
    return false;
}

int alg_digest_info(enum digest_kind kind, const unsigned char *digest, struct buf *out,
                    struct err *e)
{
    X509_SIG *info = X509_SIG_new();
    X509_ALGOR *id = NULL;
    ASN1_OCTET_STRING *value = NULL;
    unsigned char *der = NULL;
    int n = 0;

    if (info != NULL) {
        X509_SIG_getm(info, &id, &value);
        if (X509_ALGOR_set0(id, OBJ_nid2obj(alg_digest_nid(kind)), V_ASN1_NULL, NULL) &&
            ASN1_OCTET_STRING_set(value, digest, (int)digest_size(kind)))
            n = i2d_X509_SIG(info, &der);
    }
    X509_SIG_free(info);
    return der_take(der, n, out, e);
}

int alg_ecdsa_value(const unsigned char *raw, size_t len, struct buf *out, struct err *e)
{
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = NULL, *s = NULL;
    unsigned char *der = NULL;
    int n = 0;

    if (len == 0 || len % 2 != 0 || len > 512) {
        ECDSA_SIG_free(sig);
        return err_set(e, ERR_TOKEN, "err.x509.ecdsa-length", NULL);
    }
    r = BN_bin2bn(raw, (int)(len / 2), NULL);
    s = BN_bin2bn(raw + len / 2, (int)(len / 2), NULL);
    if (sig != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = s = NULL; /* the signature owns them */
        n = i2d_ECDSA_SIG(sig, &der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return der_take(der, n, out, e);
}

bool alg_verify(const struct sign_alg *alg, const struct cert *cert, const void *message,
                size_t len, const unsigned char *value, size_t value_len)
{
    const EVP_MD *md = EVP_get_digestbynid(alg_digest_nid(alg->digest));
    EVP_PKEY *key = X509_get0_pubkey(cert->x509);
    EVP_PKEY_CTX *pctx = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool good = false;

    ERR_set_mark();
    if (ctx != NULL && md != NULL && key != NULL && alg_fits_key(alg, cert) &&
        EVP_DigestVerifyInit(ctx, &pctx, md, NULL, key) == 1) {
        good = alg->scheme != SCHEME_RSA_PSS ||
               (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
                EVP_PKEY_CTX_set_rsa_mgf1_md(pctx, md) == 1 &&
                EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) == 1);
        good = good && EVP_DigestVerify(ctx, value, value_len, message, len) == 1;
    }
    ERR_pop_to_mark();
    EVP_MD_CTX_free(ctx);
    return good;
}

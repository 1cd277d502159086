#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>
#include <string.h>

#include "tests/fakes/fake.h"

static CK_RV give(CK_ATTRIBUTE *a, const void *data, size_t n)
{
    if (a->pValue != NULL && a->ulValueLen < n) {
        a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
        return CKR_BUFFER_TOO_SMALL;
    }
    if (a->pValue != NULL && n > 0)
        memcpy(a->pValue, data, n);
    a->ulValueLen = n;
    return CKR_OK;
}

static CK_RV lacks(CK_ATTRIBUTE *a)
{
    a->ulValueLen = CK_UNAVAILABLE_INFORMATION;
    return CKR_ATTRIBUTE_TYPE_INVALID;
}

static CK_RV modulus(const struct fake_object *o, CK_ATTRIBUTE *a)
{
    unsigned char bytes[1024];
    BIGNUM *n = NULL;

    if (o->bare || EVP_PKEY_get_bn_param(o->key, OSSL_PKEY_PARAM_RSA_N, &n) != 1)
        return lacks(a);
    int len = BN_bn2bin(n, bytes);
    BN_free(n);
    return give(a, bytes, (size_t)len);
}

static CK_RV point(const struct fake_object *o, CK_ATTRIBUTE *a)
{
    unsigned char bytes[300];
    size_t n = 0, head = 2;

    if (o->bare ||
        EVP_PKEY_get_octet_string_param(o->key, OSSL_PKEY_PARAM_PUB_KEY, bytes + 3, 256, &n) != 1)
        return lacks(a);
    if (o->raw_point)
        return give(a, bytes + 3, n);
    if (n >= 0x80) {
        bytes[0] = 4;
        bytes[1] = 0x81;
        bytes[2] = (unsigned char)n;
        head = 3;
    } else {
        bytes[1] = 4;
        bytes[2] = (unsigned char)n;
    }
    return give(a, bytes + 3 - head, n + head);
}

static CK_RV key_attribute(const struct fake_object *o, CK_ATTRIBUTE *a)
{
    CK_KEY_TYPE type = EVP_PKEY_is_a(o->key, "RSA") ? CKK_RSA : CKK_EC;
    CK_BBOOL flag;

    switch (a->type) {
    case CKA_KEY_TYPE:
        return give(a, &type, sizeof type);
    case CKA_MODULUS:
        return type == CKK_RSA ? modulus(o, a) : lacks(a);
    case CKA_EC_POINT:
        return type == CKK_EC && o->class == CKO_PUBLIC_KEY ? point(o, a) : lacks(a);
    case CKA_SIGN:
        flag = !o->no_sign;
        return give(a, &flag, 1);
    case CKA_ALWAYS_AUTHENTICATE:
        flag = o->always;
        return give(a, &flag, 1);
    case CKA_ALLOWED_MECHANISMS:
        return o->nallowed > 0 ? give(a, o->allowed, o->nallowed * sizeof o->allowed[0]) : lacks(a);
    default:
        return lacks(a);
    }
}

CK_RV fake_attribute(const struct fake_object *o, CK_ATTRIBUTE *a)
{
    CK_OBJECT_CLASS class = o->class;

    switch (a->type) {
    case CKA_CLASS:
        return give(a, &class, sizeof class);
    case CKA_ID:
        return give(a, o->id, o->id_len);
    case CKA_LABEL:
        return give(a, o->label, strlen(o->label));
    case CKA_CERTIFICATE_TYPE:
        return class == CKO_CERTIFICATE ? give(a, &o->cert_type, sizeof o->cert_type) : lacks(a);
    case CKA_VALUE:
        return class == CKO_CERTIFICATE ? give(a, o->der, o->der_len) : lacks(a);
    default:
        return o->key != NULL ? key_attribute(o, a) : lacks(a);
    }
}

static const EVP_MD *hash_of(CK_MECHANISM_TYPE type)
{
    switch (type) {
    case CKM_SHA256:
    case CKM_SHA256_RSA_PKCS:
    case CKM_SHA256_RSA_PKCS_PSS:
    case CKM_ECDSA_SHA256:
        return EVP_sha256();
    case CKM_SHA384:
    case CKM_SHA384_RSA_PKCS:
    case CKM_SHA384_RSA_PKCS_PSS:
    case CKM_ECDSA_SHA384:
        return EVP_sha384();
    case CKM_SHA512:
    case CKM_SHA512_RSA_PKCS:
    case CKM_SHA512_RSA_PKCS_PSS:
    case CKM_ECDSA_SHA512:
        return EVP_sha512();
    default:
        return NULL;
    }
}

static bool is_pss(CK_MECHANISM_TYPE type)
{
    return type == CKM_RSA_PKCS_PSS || type == CKM_SHA256_RSA_PKCS_PSS ||
           type == CKM_SHA384_RSA_PKCS_PSS || type == CKM_SHA512_RSA_PKCS_PSS;
}

/* DER SEQUENCE (r, s) to r || s. */
static bool ecdsa_flatten(const struct fake_object *key, unsigned char *value, size_t *n)
{
    const unsigned char *at = value;
    size_t half = ((size_t)EVP_PKEY_get_bits(key->key) + 7) / 8;
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &at, (long)*n);
    bool ok = sig != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(sig), value, (int)half) > 0 &&
              BN_bn2binpad(ECDSA_SIG_get0_s(sig), value + half, (int)half) > 0;

    ECDSA_SIG_free(sig);
    *n = 2 * half;
    return ok;
}

static bool pss_set(EVP_PKEY_CTX *ctx, const CK_MECHANISM *m, const EVP_MD *md)
{
    CK_RSA_PKCS_PSS_PARAMS pss;

    if (m->ulParameterLen != sizeof pss)
        return false;
    memcpy(&pss, m->pParameter, sizeof pss);
    return hash_of(pss.hash_alg) == md && pss.s_len == (CK_ULONG)EVP_MD_get_size(md) &&
           EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, (int)pss.s_len) == 1;
}

CK_RV fake_make_signature(const struct fake_object *key, const CK_MECHANISM *m,
                          const unsigned char *data, size_t len, unsigned char *out, CK_ULONG *n)
{
    const EVP_MD *hash = hash_of(m->mechanism), *md = hash;
    bool rsa = EVP_PKEY_is_a(key->key, "RSA"), pss = is_pss(m->mechanism);
    unsigned char digest[EVP_MAX_MD_SIZE], value[2048];
    unsigned digest_len = 0;
    size_t value_len = sizeof value;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key->key, NULL);
    CK_RV rv = CKR_FUNCTION_FAILED;

    if (hash != NULL && EVP_Digest(data, len, digest, &digest_len, hash, NULL) == 1) {
        data = digest;
        len = digest_len;
    }
    if (pss && hash == NULL) {
        CK_RSA_PKCS_PSS_PARAMS params = {0};
        if (m->ulParameterLen == sizeof params)
            memcpy(&params, m->pParameter, sizeof params);
        md = hash_of(params.hash_alg);
    }
    if (ctx == NULL || EVP_PKEY_sign_init(ctx) != 1)
        goto out;
    int padding = m->mechanism == CKM_RSA_X_509 ? RSA_NO_PADDING : RSA_PKCS1_PADDING;
    if (rsa && !pss && EVP_PKEY_CTX_set_rsa_padding(ctx, padding) != 1)
        goto out;
    if (md != NULL && rsa && EVP_PKEY_CTX_set_signature_md(ctx, md) != 1)
        goto out;
    if (pss && (md == NULL || !pss_set(ctx, m, md))) {
        rv = CKR_MECHANISM_PARAM_INVALID;
        goto out;
    }
    if (EVP_PKEY_sign(ctx, value, &value_len, data, len) != 1 ||
        (!rsa && !ecdsa_flatten(key, value, &value_len)))
        goto out;
    rv = *n < value_len ? CKR_BUFFER_TOO_SMALL : CKR_OK;
    if (rv == CKR_OK)
        memcpy(out, value, value_len);
    *n = value_len;
out:
    EVP_PKEY_CTX_free(ctx);
    return rv;
}

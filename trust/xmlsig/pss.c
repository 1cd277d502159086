#include "trust/xmlsig/pss.h"

#include <stdbool.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <xmlsec/crypto.h>
#include <xmlsec/keys.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/transforms.h>
#include <xmlsec/xmlsec.h>

/* Behind the transform itself. */
struct state {
    EVP_MD_CTX *digest;
};

static struct state *state_of(xmlSecTransformPtr t)
{
    return (struct state *)(void *)((xmlSecByte *)t + sizeof(xmlSecTransform));
}

static int begin(xmlSecTransformPtr t)
{
    state_of(t)->digest = EVP_MD_CTX_new();
    return state_of(t)->digest != NULL ? 0 : -1;
}

static void end(xmlSecTransformPtr t)
{
    EVP_MD_CTX_free(state_of(t)->digest);
    state_of(t)->digest = NULL;
}

static int key_wanted(xmlSecTransformPtr t, xmlSecKeyReqPtr wanted)
{
    (void)t;
    wanted->keyId = xmlSecKeyDataRsaId;
    wanted->keyType = xmlSecKeyDataTypePublic;
    wanted->keyUsage = xmlSecKeyUsageVerify;
    return 0;
}

static const EVP_MD *digest_of(xmlSecTransformPtr t)
{
    if (t->id == pss_method(0))
        return EVP_sha256();
    return t->id == pss_method(1) ? EVP_sha384() : EVP_sha512();
}

static int key_take(xmlSecTransformPtr t, xmlSecKeyPtr key)
{
    EVP_PKEY *pkey = xmlSecOpenSSLEvpKeyDataGetEvp(xmlSecKeyGetValue(key));
    const EVP_MD *md = digest_of(t);
    EVP_PKEY_CTX *ctx = NULL;

    if (t->operation != xmlSecTransformOperationVerify || pkey == NULL ||
        EVP_DigestVerifyInit(state_of(t)->digest, &ctx, md, NULL, pkey) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) != 1)
        return -1;
    return 0;
}

/* Takes what the canonical form gives, piece by piece. */
static int take(xmlSecTransformPtr t, int last, xmlSecTransformCtxPtr ctx)
{
    xmlSecSize n = xmlSecBufferGetSize(&t->inBuf);

    (void)ctx;
    if (t->status == xmlSecTransformStatusNone)
        t->status = xmlSecTransformStatusWorking;
    if (t->status != xmlSecTransformStatusWorking)
        return t->status == xmlSecTransformStatusFinished && n == 0 ? 0 : -1;
    if (n > 0 &&
        (EVP_DigestVerifyUpdate(state_of(t)->digest, xmlSecBufferGetData(&t->inBuf), n) != 1 ||
         xmlSecBufferRemoveHead(&t->inBuf, n) != 0))
        return -1;
    if (last)
        t->status = xmlSecTransformStatusFinished;
    return 0;
}

static int compare(xmlSecTransformPtr t, const xmlSecByte *value, xmlSecSize n,
                   xmlSecTransformCtxPtr ctx)
{
    (void)ctx;
    if (t->status != xmlSecTransformStatusFinished)
        return -1;
    bool right = EVP_DigestVerifyFinal(state_of(t)->digest, value, n) == 1;
    t->status = right ? xmlSecTransformStatusOk : xmlSecTransformStatusFail;
    ERR_clear_error();
    return 0;
}

#define METHOD(digest)                                                                             \
    {                                                                                              \
        .klassSize = sizeof(xmlSecTransformKlass),                                                 \
        .objSize = sizeof(xmlSecTransform) + sizeof(struct state),                                 \
        .name = (const xmlChar *)(digest "-rsa-MGF1"),                                             \
        .href = (const xmlChar *)("http://www.w3.org/2007/05/xmldsig-more#" digest "-rsa-MGF1"),   \
        .usage = xmlSecTransformUsageSignatureMethod, .initialize = begin, .finalize = end,        \
        .setKeyReq = key_wanted, .setKey = key_take, .verify = compare,                            \
        .getDataType = xmlSecTransformDefaultGetDataType,                                          \
        .pushBin = xmlSecTransformDefaultPushBin, .popBin = xmlSecTransformDefaultPopBin,          \
        .execute = take,                                                                           \
    }
static const xmlSecTransformKlass methods[PSS_METHODS] = {METHOD("sha256"), METHOD("sha384"),
                                                          METHOD("sha512")};

xmlSecTransformId pss_method(int i)
{
    return &methods[i];
}

int pss_register(void)
{
    for (int i = 0; i < PSS_METHODS; i++) {
        if (xmlSecTransformIdsRegister(pss_method(i)) < 0)
            return -1;
    }
    return 0;
}

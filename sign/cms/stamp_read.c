/* The checks of a time-stamp answer. Each refusal has a code, so that people read which check
 * failed. */
#include "sign/cms/stamp_read.h"

#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/objects.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/jv.h"
#include "x509/alg.h"
#include "x509/cert.h"
#include "x509/der.h"

/* Where the TimeStampToken stands in TimeStampResp ::= SEQUENCE { status PKIStatusInfo, token
 * OPTIONAL }. */
static bool token_span(const unsigned char *answer, size_t n, size_t *at, size_t *len)
{
    struct der_value outer, status, token;

    if (!der_peek(answer, n, &outer) || outer.tag != DER_SEQUENCE ||
        outer.header + outer.contents != n ||
        !der_peek(answer + outer.header, outer.contents, &status) || status.tag != DER_SEQUENCE)
        return false;
    *at = outer.header + status.header + status.contents;
    *len = n - *at;
    if (*len == 0)
        return true; /* a refusal has no token */
    return der_peek(answer + *at, *len, &token) && token.tag == DER_SEQUENCE &&
           token.header + token.contents == *len;
}

static const char *status_code(TS_RESP *resp, size_t token_len, struct jv *out)
{
    const TS_STATUS_INFO *info = TS_RESP_get_status_info(resp);
    const STACK_OF(ASN1_UTF8STRING) *texts = TS_STATUS_INFO_get0_text(info);
    long status = ASN1_INTEGER_get(TS_STATUS_INFO_get0_status(info));

    if (status == TS_STATUS_GRANTED || status == TS_STATUS_GRANTED_WITH_MODS)
        return token_len > 0 ? NULL : "answer";
    if (sk_ASN1_UTF8STRING_num(texts) > 0) {
        const ASN1_UTF8STRING *first = sk_ASN1_UTF8STRING_value(texts, 0);
        char *copy =
            strndup((const char *)ASN1_STRING_get0_data(first), (size_t)ASN1_STRING_length(first));
        jv_put_text(out, "detail", copy);
        free(copy);
    }
    jv_put_int(out, "status", status);
    return "refused";
}

/* An attribute that must be there once, with one value. */
static const ASN1_TYPE *attr_value(CMS_SignerInfo *si, int nid)
{
    int at = CMS_signed_get_attr_by_NID(si, nid, -1);

    if (at < 0 || CMS_signed_get_attr_by_NID(si, nid, at) >= 0)
        return NULL;
    X509_ATTRIBUTE *attr = CMS_signed_get_attr(si, at);
    return X509_ATTRIBUTE_count(attr) == 1 ? X509_ATTRIBUTE_get0_type(attr, 0) : NULL;
}

/* RFC 5816: the token names its signer's certificate by hash. */
static bool ess_names(CMS_ContentInfo *cms, CMS_SignerInfo *si, X509 *signer)
{
    const ASN1_TYPE *v1 = attr_value(si, NID_id_smime_aa_signingCertificate),
                    *v2 = attr_value(si, NID_id_smime_aa_signingCertificateV2);
    ESS_SIGNING_CERT *one = NULL;
    ESS_SIGNING_CERT_V2 *two = NULL;
    STACK_OF(X509) *chain = sk_X509_new_null(), *all = CMS_get1_certs(cms);
    bool good = false;

    if (v1 != NULL && v1->type == V_ASN1_SEQUENCE) {
        const unsigned char *p = v1->value.sequence->data;
        one = d2i_ESS_SIGNING_CERT(NULL, &p, v1->value.sequence->length);
    }
    if (v2 != NULL && v2->type == V_ASN1_SEQUENCE) {
        const unsigned char *p = v2->value.sequence->data;
        two = d2i_ESS_SIGNING_CERT_V2(NULL, &p, v2->value.sequence->length);
    }
    /* The signer's stands first; the attribute may go on with its chain. */
    if (chain != NULL && sk_X509_push(chain, signer) > 0 && (one != NULL || two != NULL)) {
        for (int i = 0; i < sk_X509_num(all); i++)
            sk_X509_push(chain, sk_X509_value(all, i));
        good = OSSL_ESS_check_signing_certs(one, two, chain, 1) == 1;
    }
    sk_X509_free(chain);
    sk_X509_pop_free(all, X509_free);
    ESS_SIGNING_CERT_free(one);
    ESS_SIGNING_CERT_V2_free(two);
    return good;
}

static const char *signature_code(CMS_ContentInfo *cms, X509 **signer)
{
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
    const ASN1_TYPE *type;
    BIO *sink = NULL;
    const char *code = NULL;

    if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed ||
        OBJ_obj2nid(CMS_get0_eContentType(cms)) != NID_id_smime_ct_TSTInfo ||
        sk_CMS_SignerInfo_num(infos) != 1)
        return "answer";
    CMS_SignerInfo *si = sk_CMS_SignerInfo_value(infos, 0);
    CMS_set1_signers_certs(cms, NULL, 0);
    CMS_SignerInfo_get0_algs(si, NULL, signer, NULL, NULL);
    if (*signer == NULL)
        return "certificate-missing";
    type = attr_value(si, NID_pkcs9_contentType);
    if (type == NULL || type->type != V_ASN1_OBJECT ||
        OBJ_obj2nid(type->value.object) != NID_id_smime_ct_TSTInfo ||
        attr_value(si, NID_pkcs9_messageDigest) == NULL)
        return "answer";
    sink = BIO_new(BIO_s_null());
    if (sink == NULL ||
        CMS_verify(cms, NULL, NULL, NULL, sink, CMS_NO_SIGNER_CERT_VERIFY | CMS_BINARY) != 1)
        code = "signature";
    else if (!ess_names(cms, si, *signer))
        code = "certificate-other";
    BIO_free(sink);
    return code;
}

static const char *imprint_code(TS_TST_INFO *info, const struct stamp_wanted *wanted)
{
    TS_MSG_IMPRINT *imprint = TS_TST_INFO_get_msg_imprint(info);
    ASN1_OCTET_STRING *bytes = TS_MSG_IMPRINT_get_msg(imprint);
    const ASN1_INTEGER *nonce = TS_TST_INFO_get_nonce(info);
    char policy[128] = "";

    if (TS_TST_INFO_get_version(info) != 1)
        return "answer";
    if (alg_digest_from_x509(TS_MSG_IMPRINT_get_algo(imprint)) != wanted->digest ||
        ASN1_STRING_length(bytes) != (int)digest_size(wanted->digest) ||
        memcmp(ASN1_STRING_get0_data(bytes), wanted->imprint, digest_size(wanted->digest)) != 0)
        return "imprint";
    if (wanted->nonce_len > 0 &&
        (nonce == NULL || ASN1_STRING_type(nonce) != V_ASN1_INTEGER ||
         ASN1_STRING_length(nonce) != (int)wanted->nonce_len ||
         memcmp(ASN1_STRING_get0_data(nonce), wanted->nonce, wanted->nonce_len) != 0))
        return "nonce";
    OBJ_obj2txt(policy, sizeof policy, TS_TST_INFO_get_policy_id(info), 1);
    if (wanted->policy != NULL && strcmp(wanted->policy, policy) != 0)
        return "policy";
    return NULL;
}

static int64_t accuracy_ms(TS_TST_INFO *info)
{
    TS_ACCURACY *a = TS_TST_INFO_get_accuracy(info);
    int64_t ms = 0;

    if (a == NULL)
        return 0;
    if (TS_ACCURACY_get_seconds(a) != NULL)
        ms += 1000 * (int64_t)ASN1_INTEGER_get(TS_ACCURACY_get_seconds(a));
    if (TS_ACCURACY_get_millis(a) != NULL)
        ms += ASN1_INTEGER_get(TS_ACCURACY_get_millis(a));
    if (TS_ACCURACY_get_micros(a) != NULL)
        ms += 1;
    return ms < 0 ? 0 : ms;
}

/* RFC 3161 2.3: the one purpose timeStamping, critical; and valid at the time that it says. */
static const char *certificate_code(X509 *x, int64_t gen_time, struct jv *out)
{
    struct cert *c = NULL;
    unsigned char *der = NULL;
    const char *code = NULL;
    int n = i2d_X509(x, &der);

    if (n <= 0 || cert_parse(&c, der, (size_t)n, "-", NULL) != 0)
        code = "answer";
    else if (c->eku != CERT_EKU_TIME_STAMPING || c->eku_count != 1 || !c->eku_critical)
        code = "purpose";
    else if (gen_time < c->not_before || gen_time > c->not_after)
        code = "tsa-validity";
    if (code == NULL) {
        jv_put_text(out, "tsa_name", c->name);
        jv_put_text(out, "tsa_subject", c->subject);
        jv_put_int(out, "tsa_not_after", c->not_after);
        jv_put_text(out, "tsa_sha256", c->sha256);
    }
    OPENSSL_free(der);
    cert_free(c);
    return code;
}

static void put_facts(TS_TST_INFO *info, struct jv *out)
{
    char policy[128] = "";
    BIGNUM *serial = ASN1_INTEGER_to_BN(TS_TST_INFO_get_serial(info), NULL);
    char *hex = serial != NULL ? BN_bn2hex(serial) : NULL;

    OBJ_obj2txt(policy, sizeof policy, TS_TST_INFO_get_policy_id(info), 1);
    jv_put_text(out, "policy", policy);
    jv_put_text(out, "serial", hex != NULL ? hex : "");
    jv_put_int(out, "accuracy_ms", accuracy_ms(info));
    OPENSSL_free(hex);
    BN_free(serial);
}

static const char *token_code(const unsigned char *token, size_t n,
                              const struct stamp_wanted *wanted, struct jv *out)
{
    const unsigned char *p = token;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)n);
    TS_TST_INFO *info = NULL;
    X509 *signer = NULL;
    struct tm tm;
    const char *code = "answer";

    if (cms == NULL || p != token + n)
        goto out;
    code = signature_code(cms, &signer);
    if (code != NULL)
        goto out;
    code = "answer";
    ASN1_OCTET_STRING **content = CMS_get0_content(cms);
    if (content == NULL || *content == NULL)
        goto out;
    p = ASN1_STRING_get0_data(*content);
    info = d2i_TS_TST_INFO(NULL, &p, ASN1_STRING_length(*content));
    if (info == NULL || ASN1_TIME_to_tm(TS_TST_INFO_get_time(info), &tm) != 1)
        goto out;
    int64_t gen_time = (int64_t)timegm(&tm);
    code = imprint_code(info, wanted);
    if (code == NULL)
        code = certificate_code(signer, gen_time, out);
    if (code == NULL) {
        jv_put_int(out, "gen_time", gen_time);
        put_facts(info, out);
    }
out:
    TS_TST_INFO_free(info);
    CMS_ContentInfo_free(cms);
    return code;
}

void stamp_read(const unsigned char *answer, size_t n, const struct stamp_wanted *wanted,
                struct jv *out)
{
    const unsigned char *p = answer;
    size_t at = 0, len = 0;
    const char *code = "answer";
    TS_RESP *resp = NULL;

    ERR_set_mark();
    if (token_span(answer, n, &at, &len) && (resp = d2i_TS_RESP(NULL, &p, (long)n)) != NULL &&
        p == answer + n) {
        code = status_code(resp, len, out);
        if (code == NULL)
            code = token_code(answer + at, len, wanted, out);
    }
    ERR_pop_to_mark();
    TS_RESP_free(resp);
    jv_put_bool(out, "ok", code == NULL);
    jv_put_text(out, "code", code);
    jv_put_int(out, "token_at", (int64_t)at);
    jv_put_int(out, "token_len", (int64_t)len);
}

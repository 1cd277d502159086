#include "sign/cms/cms.h"

#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/err.h"
#include "x509/alg.h"
#include "x509/cert.h"
#include "x509/der.h"

/* RFC 6211 2; OpenSSL 3.0 has no number for it. */
static const char oid_algorithm_protection[] = "1.2.840.113549.1.9.52";

static enum digest_kind curve_digest(const struct cert *leaf)
{
    return leaf->key_bits > 384   ? DIGEST_SHA512
           : leaf->key_bits > 256 ? DIGEST_SHA384
                                  : DIGEST_SHA256;
}

static void list_algs(const struct sign_alg *algs, size_t n, char *out, size_t size)
{
    size_t at = 0;

    out[0] = '\0';
    for (size_t i = 0; i < n && at + 40 < size; i++)
        at += (size_t)snprintf(out + at, size - at, "%s%s %s", i > 0 ? ", " : "",
                               sign_scheme_name(algs[i].scheme), digest_name(algs[i].digest));
}

static int choose(struct cms_plan *plan, const struct sign_alg *algs, size_t n,
                  const struct cms_wish *wish, struct err *e)
{
    const struct sign_alg *best = NULL;
    char known[512];

    for (size_t i = 0; i < n; i++) {
        if (!alg_fits_key(&algs[i], plan->leaf) || algs[i].digest == DIGEST_SHA1 ||
            (wish->scheme != SCHEME_NONE && wish->scheme != algs[i].scheme) ||
            (wish->digest != DIGEST_NONE && wish->digest != algs[i].digest))
            continue;
        if (best == NULL)
            best = &algs[i];
        /* A digest as strong as the curve, where the token leaves the choice (RFC 5753 8). */
        if (best->scheme == SCHEME_ECDSA && best->digest != curve_digest(plan->leaf) &&
            algs[i].digest == curve_digest(plan->leaf)) {
            best = &algs[i];
            plan->why = CMS_WHY_CURVE;
        }
    }
    list_algs(algs, n, known, sizeof known);
    if (best == NULL)
        return err_set(e, ERR_TOKEN, "err.sign-cms.no-algorithm", plan->leaf->name,
                       plan->leaf->key_name, known, NULL);
    if (wish->scheme != SCHEME_NONE || wish->digest != DIGEST_NONE)
        plan->why = CMS_WHY_ASKED;
    plan->alg = *best;
    return 0;
}

int cms_plan_make(struct cms_plan *out, const struct signer *signer, const struct cms_wish *wish,
                  struct err *e)
{
    struct cms_plan plan = CMS_PLAN_INIT;
    struct der_list pool = {NULL, 0};
    struct sign_alg algs[SIGN_ALGS_MAX];
    size_t n = SIGN_ALGS_MAX;
    int rc = -1;

    if (signer->chain(signer->self, &pool, e) != 0)
        goto out;
    if (pool.count == 0) {
        err_set_bug(e, "cms_plan_make: signer without certificate");
        goto out;
    }
    if (cert_chain_build(&pool, false, &plan.chain, e) != 0 ||
        cert_parse(&plan.leaf, pool.items[0].data, pool.items[0].len, "-", e) != 0 ||
        signer->algorithms(signer->self, algs, &n, e) != 0 || choose(&plan, algs, n, wish, e) != 0)
        goto out;
    *out = plan;
    plan = (struct cms_plan)CMS_PLAN_INIT;
    rc = 0;
out:
    der_list_free(&pool);
    cms_plan_free(&plan);
    return rc;
}

void cms_plan_free(struct cms_plan *plan)
{
    der_list_free(&plan->chain);
    cert_free(plan->leaf);
    *plan = (struct cms_plan)CMS_PLAN_INIT;
}

int cms_plan_usable(const struct cms_plan *plan, int64_t now, struct err *e)
{
    const struct cert *c = plan->leaf;
    char day[DATE_TEXT_MAX];

    if (now < c->not_before) {
        date_instant_iso(c->not_before, day);
        return err_set(e, ERR_SIGNATURE, "err.sign-cms.not-yet-valid", c->name, day, NULL);
    }
    if (now > c->not_after) {
        date_instant_iso(c->not_after, day);
        return err_set(e, ERR_SIGNATURE, "err.sign-cms.expired", c->name, day, NULL);
    }
    if (c->ca)
        return err_set(e, ERR_SIGNATURE, "err.sign-cms.authority", c->name, NULL);
    return 0;
}

/* Attribute ::= SEQUENCE { type, values SET OF }: what was appended since `start` is its one value.
 */
static void attribute_end(struct buf *out, size_t start)
{
    struct der_value type;

    if (out->failed || !der_peek(out->data + start, out->len - start, &type)) {
        out->failed = true;
        return;
    }
    der_wrap(out, start + type.header + type.contents, DER_SET);
    der_wrap(out, start, DER_SEQUENCE);
}

/* AlgorithmIdentifier of a digest, parameters absent (RFC 5754 2). */
static void put_digest_alg(struct buf *out, enum digest_kind kind)
{
    size_t start = out->len;

    der_put_nid(out, alg_digest_nid(kind));
    der_wrap(out, start, DER_SEQUENCE);
}

/* SigningCertificateV2 (RFC 5035 3) with the one ESSCertIDv2; SHA-256 is the default and so left
 * out. issuerSerial is left out too: the hash of the whole certificate says more. */
static int put_signing_certificate(struct buf *out, const struct cms_plan *plan, struct err *e)
{
    enum digest_kind kind = plan->alg.digest;
    unsigned char hash[DIGEST_MAX];
    size_t start = out->len, id;

    if (digest_bytes(kind, plan->leaf->der, plan->leaf->der_len, hash, e) != 0)
        return -1;
    der_put_nid(out, NID_id_smime_aa_signingCertificateV2);
    id = out->len;
    if (kind != DIGEST_SHA256)
        put_digest_alg(out, kind);
    der_put(out, DER_OCTETS, hash, digest_size(kind));
    der_wrap(out, id, DER_SEQUENCE); /* ESSCertIDv2 */
    der_wrap(out, id, DER_SEQUENCE); /* certs */
    der_wrap(out, id, DER_SEQUENCE); /* SigningCertificateV2 */
    attribute_end(out, start);
    return 0;
}

/* CMSAlgorithmProtection (RFC 6211 2): digestAlgorithm, [1] IMPLICIT signatureAlgorithm. */
static int put_algorithm_protection(struct buf *out, const struct cms_plan *plan, struct err *e)
{
    size_t start = out->len, value, alg;

    if (der_put_oid(out, oid_algorithm_protection) != 0)
        return err_set_bug(e, "put_algorithm_protection");
    value = out->len;
    put_digest_alg(out, plan->alg.digest);
    alg = out->len;
    if (alg_encode(&plan->alg, out, e) != 0)
        return -1;
    if (!out->failed)
        out->data[alg] = DER_CONTEXT + 1;
    der_wrap(out, value, DER_SEQUENCE);
    attribute_end(out, start);
    return 0;
}

/* UTCTime until 2049, then GeneralizedTime (RFC 5652 11.3). */
static int put_signing_time(struct buf *out, int64_t instant, struct err *e)
{
    ASN1_TIME *t = ASN1_TIME_set(NULL, (time_t)instant);
    size_t start = out->len;

    if (t == NULL)
        return err_set_memory(e);
    der_put_nid(out, NID_pkcs9_signingTime);
    der_put(out, (unsigned)ASN1_STRING_type(t), ASN1_STRING_get0_data(t),
            (size_t)ASN1_STRING_length(t));
    attribute_end(out, start);
    ASN1_TIME_free(t);
    return 0;
}

int cms_attrs(const struct cms_plan *plan, const struct cms_content *content, struct buf *attrs,
              struct err *e)
{
    size_t start;

    buf_clear(attrs);
    der_put_nid(attrs, NID_pkcs9_contentType);
    der_put_nid(attrs, NID_pkcs7_data);
    attribute_end(attrs, 0);
    start = attrs->len;
    der_put_nid(attrs, NID_pkcs9_messageDigest);
    der_put(attrs, DER_OCTETS, content->digest, digest_size(plan->alg.digest));
    attribute_end(attrs, start);
    if (content->signing_time != CMS_NO_TIME &&
        put_signing_time(attrs, content->signing_time, e) != 0)
        return -1;
    if (put_signing_certificate(attrs, plan, e) != 0 ||
        put_algorithm_protection(attrs, plan, e) != 0)
        return -1;
    der_wrap_set_of(attrs, 0, DER_SET);
    return buf_check(attrs, e);
}

int cms_value_check(const struct cms_plan *plan, const struct buf *attrs, const struct buf *value,
                    struct err *e)
{
    if (alg_verify(&plan->alg, plan->leaf, attrs->data, attrs->len, value->data, value->len))
        return 0;
    return err_set(e, ERR_TOKEN, "err.sign-cms.value-wrong", plan->leaf->name, NULL);
}

static void put_signer_id(struct buf *out, const struct cert *leaf)
{
    unsigned char *issuer = NULL, *serial = NULL;
    int n = i2d_X509_NAME(X509_get_issuer_name(leaf->x509), &issuer);
    int m = i2d_ASN1_INTEGER(X509_get0_serialNumber(leaf->x509), &serial);
    size_t start = out->len;

    if (n > 0 && m > 0) {
        buf_append(out, issuer, (size_t)n);
        buf_append(out, serial, (size_t)m);
    } else {
        out->failed = true;
    }
    der_wrap(out, start, DER_SEQUENCE);
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
}

static int put_signer_info(struct buf *out, const struct cms_plan *plan, const struct buf *attrs,
                           const struct buf *value, const struct buf *token, struct err *e)
{
    static const unsigned char one = 1;
    size_t start = out->len, part;

    der_put(out, DER_INTEGER, &one, 1); /* issuerAndSerialNumber (RFC 5652 5.3) */
    put_signer_id(out, plan->leaf);
    put_digest_alg(out, plan->alg.digest);
    part = out->len;
    buf_append(out, attrs->data, attrs->len);
    if (!out->failed)
        out->data[part] =
            DER_CONTEXT; /* signed as SET OF, carried as [0] IMPLICIT (RFC 5652 5.4) */
    if (alg_encode(&plan->alg, out, e) != 0)
        return -1;
    der_put(out, DER_OCTETS, value->data, value->len);
    if (token != NULL) {
        part = out->len;
        der_put_nid(out, NID_id_smime_aa_timeStampToken);
        buf_append(out, token->data, token->len);
        attribute_end(out, part);
        der_wrap(out, part, DER_CONTEXT + 1);
    }
    der_wrap(out, start, DER_SEQUENCE);
    der_wrap(out, start, DER_SET);
    return 0;
}

int cms_build(const struct cms_plan *plan, const struct buf *attrs, const struct buf *value,
              const struct buf *token, struct buf *out, struct err *e)
{
    static const unsigned char one = 1;
    size_t content, part;

    buf_clear(out);
    der_put_nid(out, NID_pkcs7_signed);
    content = out->len;
    der_put(out, DER_INTEGER, &one, 1);
    part = out->len;
    put_digest_alg(out, plan->alg.digest);
    der_wrap(out, part, DER_SET);
    part = out->len;
    der_put_nid(out, NID_pkcs7_data);
    der_wrap(out, part, DER_SEQUENCE);
    part = out->len;
    for (size_t i = 0; i < plan->chain.count; i++)
        buf_append(out, plan->chain.items[i].data, plan->chain.items[i].len);
    der_wrap_set_of(out, part, DER_CONTEXT);
    if (put_signer_info(out, plan, attrs, value, token, e) != 0)
        return -1;
    der_wrap(out, content, DER_SEQUENCE);
    der_wrap(out, content, DER_CONTEXT);
    der_wrap(out, 0, DER_SEQUENCE);
    return buf_check(out, e);
}

/* RSA: the modulus. ECDSA: two integers of the order's size, each with a zero before it, and their
 * headers. */
static size_t longest_value(const struct cert *leaf)
{
    size_t bytes = (size_t)(leaf->key_bits + 7) / 8;

    return leaf->key_kind == CERT_KEY_RSA ? bytes : 2 * (bytes + 3) + 4;
}

int cms_room(const struct cms_plan *plan, size_t token_size, size_t *out, struct err *e)
{
    static const unsigned char digest[DIGEST_MAX];
    const struct cms_content content = {digest, CMS_NO_TIME};
    struct buf attrs = BUF_INIT((size_t)ceilings.cms_bytes),
               value = BUF_INIT((size_t)ceilings.signature_bytes),
               token = BUF_INIT((size_t)ceilings.cms_bytes),
               whole = BUF_INIT((size_t)ceilings.cms_bytes);
    size_t n = longest_value(plan->leaf);
    unsigned char *room = buf_room(&value, n);
    int rc = -1;

    if (room == NULL) {
        err_set_memory(e);
        goto out;
    }
    memset(room, 0, n);
    value.len = n;
    if (token_size > 0) { /* a value whose header counts in the size */
        if ((room = buf_room(&token, token_size)) == NULL) {
            err_set_memory(e);
            goto out;
        }
        memset(room, 0, token_size);
        token.len = token_size;
    }
    if (cms_attrs(plan, &content, &attrs, e) != 0 ||
        cms_build(plan, &attrs, &value, token_size > 0 ? &token : NULL, &whole, e) != 0)
        goto out;
    *out = whole.len;
    rc = 0;
out:
    buf_free(&attrs);
    buf_free(&value);
    buf_free(&token);
    buf_free(&whole);
    return rc;
}

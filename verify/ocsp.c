#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "verify/evidence.h"

struct basic {
    struct span tbs, sig_alg, value;
    struct tlv responder; /* [1] Name or [2] KeyHash */
    int64_t produced;
    struct span singles;
};

/* Extensions of the whole answer: a critical one that we do not know makes it say nothing (6960
 * 4.4). */
static bool critical_among(struct span in)
{
    struct tlv list, ext, oid, critical;

    if (tlv_take(&in, TLV_SEQUENCE, &list) != 0 || in.len != 0)
        return true;
    while (list.body.len > 0) {
        if (tlv_take(&list.body, TLV_SEQUENCE, &ext) != 0 ||
            tlv_take(&ext.body, TLV_OID, &oid) != 0)
            return true;
        bool nonce = tlv_is_oid(&oid, "1.3.6.1.5.5.7.48.1.2");
        if (tlv_optional(&ext.body, TLV_BOOLEAN, &critical) > 0 && !nonce &&
            (critical.body.len != 1 || critical.body.data[0] != 0))
            return true;
    }
    return false;
}

/* OCSPResponse with status successful around a BasicOCSPResponse; its certificates go to the pool.
 */
static int basic_parse(const struct evidence_item *item, struct pool *pool, struct basic *out)
{
    struct span in = {item->der, item->len}, data;
    struct tlv v, basic;

    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0 || in.len != 0)
        return -1;
    in = v.body;
    if (tlv_take(&in, 0x0a, &v) != 0 || v.body.len != 1 || v.body.data[0] != 0 ||
        tlv_take(&in, TLV_CONTEXT(0), &v) != 0 || tlv_take(&v.body, TLV_SEQUENCE, &basic) != 0 ||
        tlv_take(&basic.body, TLV_OID, &v) != 0 || !tlv_is_oid(&v, "1.3.6.1.5.5.7.48.1.1") ||
        tlv_take(&basic.body, TLV_OCTET_STRING, &v) != 0)
        return -1;
    data = v.body;
    if (tlv_take(&data, TLV_SEQUENCE, &basic) != 0 || data.len != 0)
        return -1;
    in = basic.body;
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0)
        return -1;
    out->tbs = v.whole;
    data = v.body;
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0)
        return -1;
    out->sig_alg = v.whole;
    if (tlv_take(&in, TLV_BIT_STRING, &v) != 0 || v.body.len < 2 || v.body.data[0] != 0)
        return -1;
    out->value = (struct span){v.body.data + 1, v.body.len - 1};
    if (tlv_optional(&in, TLV_CONTEXT(0), &v) > 0 && tlv_take(&v.body, TLV_SEQUENCE, &basic) == 0) {
        struct tlv cert;
        size_t own = POOL_ANSWER;
        while (basic.body.len > 0 && tlv_take(&basic.body, TLV_SEQUENCE, &cert) == 0)
            pool_add_own(pool, cert.whole.data, cert.whole.len, POOL_OCSP, &own);
    }
    if (tlv_optional(&data, TLV_CONTEXT(0), &v) < 0 || tlv_next(&data, &out->responder) != 0 ||
        tlv_take(&data, TLV_GENERALIZED_TIME, &v) != 0 || tlv_time(&v, &out->produced, NULL) != 0 ||
        tlv_take(&data, TLV_SEQUENCE, &v) != 0)
        return -1;
    out->singles = v.body;
    return tlv_optional(&data, TLV_CONTEXT(1), &v) < 0 || data.len != 0 ||
                   (v.tag == TLV_CONTEXT(1) && critical_among(v.body))
               ? -1
               : 0;
}

static struct span key_bits(const struct cert *c)
{
    const ASN1_BIT_STRING *bits = X509_get0_pubkey_bitstr(c->x509);

    return (struct span){ASN1_STRING_get0_data(bits), (size_t)ASN1_STRING_length(bits)};
}

static bool digest_is(const EVP_MD *md, const void *data, size_t len, struct span wanted)
{
    unsigned char out[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    return EVP_Digest(data, len, out, &n, md, NULL) == 1 && n == wanted.len &&
           memcmp(out, wanted.data, n) == 0;
}

static bool named(const struct tlv *id, const struct cert *c)
{
    struct span in = id->body;
    struct tlv v;
    bool same = false;

    if (id->tag == TLV_CONTEXT(2)) {
        struct span bits = key_bits(c);
        return tlv_take(&in, TLV_OCTET_STRING, &v) == 0 &&
               digest_is(EVP_sha1(), bits.data, bits.len, v.body);
    }
    if (id->tag != TLV_CONTEXT(1))
        return false;
    const unsigned char *p = in.data;
    X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)in.len);
    if (name != NULL)
        same = X509_NAME_cmp(name, X509_get_subject_name(c->x509)) == 0;
    X509_NAME_free(name);
    ERR_clear_error();
    return same;
}

/* The same key, its curve included: a point on another curve has another private key. */
static bool same_key(const struct cert *a, const struct cert *b)
{
    EVP_PKEY *x = X509_get0_pubkey(a->x509), *y = X509_get0_pubkey(b->x509);
    bool same = x != NULL && y != NULL && EVP_PKEY_eq(x, y) == 1;

    ERR_clear_error();
    return same && span_equal(key_bits(a), key_bits(b));
}

/* E1: the issuer's own key, or a certificate issued directly by that key for this purpose. */
static bool may_speak(const struct cert *c, const struct cert *issuer)
{
    if (strcmp(c->sha256, issuer->sha256) == 0 || same_key(c, issuer))
        return true;
    return cert_issued_by(c, issuer) && c->eku_given && (c->eku & CERT_EKU_OCSP) != 0 && !c->ca;
}

static const struct cert *responder_find(const struct basic *b, const struct cert *issuer,
                                         const struct pool *pool, char digest[16])
{
    struct findings ignored;
    struct sigalg alg;
    const struct cert *found = NULL;

    if (findings_init(&ignored) != 0)
        return NULL;
    if (sigalg_read(b->sig_alg, (struct span){NULL, 0}, &alg, &ignored) != 0)
        goto out;
    memcpy(digest, alg.digest, 16);
    if (named(&b->responder, issuer) &&
        sigalg_verify(&alg, issuer, (struct span){NULL, 0}, b->tbs, b->value))
        found = issuer;
    for (size_t i = 0; i < pool->count && found == NULL; i++) {
        const struct cert *c = pool->entries[i].cert;
        if (named(&b->responder, c) && may_speak(c, issuer) &&
            sigalg_verify(&alg, c, (struct span){NULL, 0}, b->tbs, b->value))
            found = c;
    }
out:
    findings_free(&ignored);
    return found;
}

/* CertID: the issuer's name and key by their digests, and the serial number. */
static bool about(struct span in, const struct cert *cert, const struct cert *issuer)
{
    struct tlv alg, name, key, serial, own;
    unsigned char *der = NULL;
    struct span bits = key_bits(issuer);
    bool same = false;

    if (tlv_take(&in, TLV_SEQUENCE, &alg) != 0 || tlv_take(&in, TLV_OCTET_STRING, &name) != 0 ||
        tlv_take(&in, TLV_OCTET_STRING, &key) != 0 || tlv_take(&in, TLV_INTEGER, &serial) != 0)
        return false;
    const EVP_MD *md = sigalg_digest(alg.whole, NULL);
    if (md == NULL || !digest_is(md, bits.data, bits.len, key.body))
        return false;
    int n = i2d_X509_NAME(X509_get_issuer_name(cert->x509), &der);
    same = n > 0 && digest_is(md, der, (size_t)n, name.body);
    OPENSSL_free(der);
    der = NULL;
    n = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert->x509), &der);
    struct span whole = {der, n > 0 ? (size_t)n : 0};
    same = same && tlv_next(&whole, &own) == 0 && span_equal(own.body, serial.body);
    OPENSSL_free(der);
    return same;
}

static int status_read(struct span *in, struct revocation *out)
{
    struct tlv v, part;

    out->reason = -1;
    if (tlv_next(in, &v) != 0)
        return -1;
    if (v.tag == TLV_CONTEXT_PRIM(0)) {
        out->status = REVOCATION_GOOD;
        return v.body.len == 0 ? 0 : -1;
    }
    if (v.tag != TLV_CONTEXT(1)) /* unknown is not good (E4) */
        return -1;
    out->status = REVOCATION_REVOKED;
    if (tlv_take(&v.body, TLV_GENERALIZED_TIME, &part) != 0 ||
        tlv_time(&part, &out->revoked_at, NULL) != 0)
        return -1;
    if (tlv_optional(&v.body, TLV_CONTEXT(0), &part) > 0 && part.body.len == 3)
        out->reason = part.body.data[2];
    if (out->reason == 6)
        out->status = REVOCATION_HOLD;
    return 0;
}

static int single_read(struct span in, const struct cert *cert, const struct cert *issuer,
                       struct revocation *out)
{
    struct tlv v, time;
    int rc;

    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0 || !about(v.body, cert, issuer) ||
        status_read(&in, out) != 0 || tlv_take(&in, TLV_GENERALIZED_TIME, &v) != 0 ||
        tlv_time(&v, &out->this_update, NULL) != 0)
        return -1;
    out->next_update = 0;
    if ((rc = tlv_optional(&in, TLV_CONTEXT(0), &v)) < 0 ||
        (rc > 0 && (tlv_take(&v.body, TLV_GENERALIZED_TIME, &time) != 0 ||
                    tlv_time(&time, &out->next_update, NULL) != 0)))
        return -1;
    out->cutoff = 0;
    if (tlv_optional(&in, TLV_CONTEXT(1), &v) > 0 && tlv_take(&v.body, TLV_SEQUENCE, &time) == 0) {
        struct tlv ext, oid, critical, value;
        while (time.body.len > 0 && tlv_take(&time.body, TLV_SEQUENCE, &ext) == 0) {
            bool hard = false;
            if (tlv_take(&ext.body, TLV_OID, &oid) != 0)
                return -1;
            if (tlv_optional(&ext.body, TLV_BOOLEAN, &critical) > 0)
                hard = critical.body.len != 1 || critical.body.data[0] != 0;
            if (tlv_is_oid(&oid, "1.3.6.1.5.5.7.48.1.6") &&
                tlv_take(&ext.body, TLV_OCTET_STRING, &value) == 0 &&
                tlv_next(&value.body, &critical) == 0)
                (void)tlv_time(&critical, &out->cutoff, NULL);
            else if (hard)
                return -1;
        }
    }
    return 0;
}

bool ocsp_read(const struct evidence_item *item, const struct cert *cert, const struct cert *issuer,
               struct pool *pool, struct revocation *out)
{
    struct revocation one;
    struct basic b;
    struct tlv single;
    bool found = false;

    if (item->kind != EVIDENCE_OCSP || basic_parse(item, pool, &b) != 0)
        return false;
    while (b.singles.len > 0 && tlv_take(&b.singles, TLV_SEQUENCE, &single) == 0) {
        memset(&one, 0, sizeof one);
        /* said twice: the worse holds */
        if (single_read(single.body, cert, issuer, &one) == 0 &&
            (!found || one.status > out->status)) {
            *out = one;
            found = true;
        }
    }
    if (!found)
        return false;
    out->responder = responder_find(&b, issuer, pool, out->digest);
    out->produced = b.produced;
    out->item = item;
    return out->responder != NULL;
}

int ocsp_request(const struct cert *cert, const struct cert *issuer, struct buf *out, struct err *e)
{
    OCSP_REQUEST *request = OCSP_REQUEST_new();
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), cert->x509, issuer->x509);
    unsigned char *der = NULL;
    int n = -1;

    if (request != NULL && id != NULL && OCSP_request_add0_id(request, id) != NULL) {
        id = NULL;
        n = i2d_OCSP_REQUEST(request, &der);
    }
    if (n > 0)
        buf_append(out, der, (size_t)n);
    OPENSSL_free(der);
    OCSP_CERTID_free(id);
    OCSP_REQUEST_free(request);
    return n > 0 ? buf_check(out, e) : err_set_memory(e);
}

/* Who signed: the certificate that the signed ESS attribute names (RFC 5035 3 and 4, EN 319
 * 122-1 5.2.2), never the first of the bag; and whether the SignerInfo's own identifier means the
 * same one. */
#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "verify/cms.h"

#define OID_ESS_V1 "1.2.840.113549.1.9.16.2.12"
#define OID_ESS_V2 "1.2.840.113549.1.9.16.2.47"

struct ess {
    const EVP_MD *md;
    struct span hash;
    struct span issuer; /* Name; empty when there is no issuerSerial */
    struct span serial;
    bool default_given; /* SHA-256 spelt out: not DER, tolerated */
};

static int issuer_serial_read(struct span in, struct ess *out)
{
    struct tlv names, name, serial;

    if (tlv_take(&in, TLV_SEQUENCE, &names) != 0 || tlv_take(&in, TLV_INTEGER, &serial) != 0 ||
        !tlv_integer_ok(serial.body) || in.len != 0 ||
        tlv_take(&names.body, TLV_CONTEXT(4), &name) != 0 || names.body.len != 0)
        return -1;
    out->issuer = name.body;
    out->serial = serial.body;
    return 0;
}

/* The first ESSCertID of the list is the signer's. */
static int ess_read(const struct cms_attr *a, bool v2, struct ess *out, struct findings *f)
{
    struct span in = a->first.body;
    struct tlv list, one, v;
    int rc;

    memset(out, 0, sizeof *out);
    if (a->count != 1 || a->first.tag != TLV_SEQUENCE || tlv_take(&in, TLV_SEQUENCE, &list) != 0 ||
        tlv_take(&list.body, TLV_SEQUENCE, &one) != 0)
        return -1;
    if (in.len > 0)
        findings_add(f, "cms.ess-policies", NULL);
    out->md = v2 ? EVP_sha256() : EVP_sha1();
    if (v2 && (rc = tlv_optional(&one.body, TLV_SEQUENCE, &v)) != 0) {
        char name[16];
        if (rc < 0 || (out->md = sigalg_digest(v.whole, name)) == NULL)
            return -1;
        out->default_given = strcmp(name, "SHA-256") == 0;
    }
    if (tlv_take(&one.body, TLV_OCTET_STRING, &v) != 0 ||
        v.body.len != (size_t)EVP_MD_get_size(out->md))
        return -1;
    out->hash = v.body;
    if ((rc = tlv_optional(&one.body, TLV_SEQUENCE, &v)) < 0 ||
        (rc > 0 && issuer_serial_read(v.body, out) != 0))
        return -1;
    return one.body.len == 0 ? 0 : -1;
}

static bool hash_matches(const struct ess *ess, const struct cert *c)
{
    unsigned char md[EVP_MAX_MD_SIZE];
    unsigned int n = 0;

    return EVP_Digest(c->der, c->der_len, md, &n, ess->md, NULL) == 1 && n == ess->hash.len &&
           memcmp(md, ess->hash.data, n) == 0;
}

/* Whether the signer's identifier by digest (ESS version 2) fits this certificate; true without
 * one. */
static bool may_be_signer(const struct cms *c, struct span der)
{
    const struct cms_attr *v2 = cms_attr_find(&c->signer.attrs, OID_ESS_V2);
    unsigned char md[EVP_MAX_MD_SIZE];
    struct findings ignored;
    unsigned int n = 0;
    struct ess ess;
    bool may = true;

    if (findings_init(&ignored) != 0)
        return true;
    if (c->nsigners > 0 && v2 != NULL && ess_read(v2, true, &ess, &ignored) == 0 &&
        EVP_Digest(der.data, der.len, md, &n, ess.md, NULL) == 1)
        may = n == ess.hash.len && memcmp(md, ess.hash.data, n) == 0;
    findings_free(&ignored);
    return may;
}

void cms_pool(const struct cms *c, struct pool *pool, unsigned source, bool signer_only)
{
    size_t own = POOL_OWN;

    for (int pass = 0; pass < (signer_only ? 1 : 2); pass++) {
        for (size_t i = 0; i < c->ncerts; i++) {
            if (may_be_signer(c, c->certs[i]) == (pass == 0))
                pool_add_own(pool, c->certs[i].data, c->certs[i].len, source, &own);
        }
    }
}

/* The same bytes are the same name, as in nearly all files; only other bytes are parsed, for each
 * attribute anew. */
static bool name_matches(struct span name, const X509_NAME *wanted)
{
    const unsigned char *p = name.data, *der = NULL;
    size_t n = 0;

    if (X509_NAME_get0_der(wanted, &der, &n) == 1 && span_equal(name, (struct span){der, n}))
        return true;
    X509_NAME *parsed = d2i_X509_NAME(NULL, &p, (long)name.len);
    bool same = parsed != NULL && p == name.data + name.len && X509_NAME_cmp(parsed, wanted) == 0;
    X509_NAME_free(parsed);
    return same;
}

static bool issuer_matches(struct span name, struct span serial, const struct cert *c)
{
    unsigned char *der = NULL;
    bool same = false;
    int n = i2d_ASN1_INTEGER(X509_get0_serialNumber(c->x509), &der);

    if (n > 0) {
        struct span in = {der, (size_t)n};
        struct tlv v;
        same = tlv_next(&in, &v) == 0 && span_equal(v.body, serial) &&
               name_matches(name, X509_get_issuer_name(c->x509));
    }
    ERR_clear_error();
    OPENSSL_free(der);
    return same;
}

static bool sid_matches(const struct cms_signer *s, const struct cert *c)
{
    if (!s->by_key_id)
        return issuer_matches(s->issuer, s->serial, c);
    const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(c->x509);
    return id != NULL && span_equal(s->key_id, (struct span){ASN1_STRING_get0_data(id),
                                                             (size_t)ASN1_STRING_length(id)});
}

static const struct cert *find_by_sid(const struct cms *c, const struct pool *pool)
{
    for (size_t i = 0; i < pool->count; i++) {
        if (sid_matches(&c->signer, pool->entries[i].cert))
            return pool->entries[i].cert;
    }
    return NULL;
}

static const struct cert *find_by_ess(const struct cms *c, const struct ess *ess,
                                      const struct pool *pool, struct findings *f)
{
    const struct cert *found = NULL;

    for (size_t i = 0; i < pool->count && found == NULL; i++) {
        if (hash_matches(ess, pool->entries[i].cert))
            found = pool->entries[i].cert;
    }
    if (found == NULL) {
        /* The identifier may point at a substitute (same key, another certificate). */
        findings_add(f,
                     find_by_sid(c, pool) != NULL ? "cms.ess-other-certificate"
                                                  : "cms.signer-certificate-absent",
                     NULL);
        return NULL;
    }
    if (ess->issuer.len > 0 && !issuer_matches(ess->issuer, ess->serial, found)) {
        findings_add(f, "cms.ess-issuer", NULL);
        return NULL;
    }
    if (!sid_matches(&c->signer, found)) {
        findings_add(f, "cms.signer-identifier", NULL);
        return NULL;
    }
    return found;
}

const struct cert *cms_find_signer(const struct cms *c, enum cms_use use, const struct pool *pool,
                                   struct findings *f)
{
    const struct cms_attr *v2 = cms_attr_find(&c->signer.attrs, OID_ESS_V2);
    const struct cms_attr *v1 = cms_attr_find(&c->signer.attrs, OID_ESS_V1);
    const struct cert *found;
    struct ess ess;

    if (c->nsigners == 0)
        return NULL;
    if (v1 == NULL && v2 == NULL) {
        findings_add(f, use == CMS_ADBE ? "cms.ess-none" : "cms.ess-missing", NULL);
        found = find_by_sid(c, pool);
        if (found == NULL)
            findings_add(f, "cms.signer-certificate-absent", NULL);
        return found;
    }
    if (ess_read(v2 != NULL ? v2 : v1, v2 != NULL, &ess, f) != 0) {
        findings_add(f, "cms.ess-malformed", NULL);
        return NULL;
    }
    if (ess.default_given)
        findings_add(f, "cms.ess-default-given", NULL);
    found = find_by_ess(c, &ess, pool, f);
    /* TS 119 312: nobody knows how to find another certificate for a SHA-1 yet, and no new
     * signature should rest on that */
    if ((v2 == NULL || ess.md == EVP_sha1()) && use != CMS_STAMP)
        findings_add(f, "cms.ess-v1", NULL);
    if (v2 != NULL && v1 != NULL && found != NULL &&
        (ess_read(v1, false, &ess, f) != 0 || !hash_matches(&ess, found))) {
        findings_add(f, "cms.ess-other-certificate", NULL);
        return NULL;
    }
    if (found != NULL && use == CMS_PADES && !(pool_sources(pool, found) & POOL_CMS))
        findings_add(f, "cms.signer-not-inside", NULL);
    return found;
}

bool cms_check_value(const struct cms *c, const struct sigalg *alg, const struct cert *signer,
                     struct span digest, struct findings *f)
{
    static const unsigned char set_of = TLV_SET;
    const struct cms_attr *a = cms_attr_find(&c->signer.attrs, "1.2.840.113549.1.9.4");

    if (a == NULL || a->count != 1 || a->first.tag != TLV_OCTET_STRING ||
        c->signer.signed_raw.len == 0)
        return false; /* told by cms_check_attrs */
    bool same = digest.len > 0 && span_equal(a->first.body, digest);
    if (!same)
        findings_add(f, "cms.digest-differs", NULL);
    if (signer == NULL)
        return false;
    struct span rest = {c->signer.signed_raw.data + 1, c->signer.signed_raw.len - 1};
    bool right = sigalg_verify(alg, signer, (struct span){&set_of, 1}, rest, c->signer.value);
    if (!right)
        findings_add(f, "cms.signature-wrong", NULL);
    return same && right;
}

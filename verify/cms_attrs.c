/* Shape of the SignedData, and its signed and unsigned attributes (EN 319 122-1, EN 319 142-1 6.3,
 * RFC 5652 11). */
#include <stdio.h>
#include <string.h>

#include "verify/cms.h"

#define OID_DATA "1.2.840.113549.1.7.1"
#define OID_TST_INFO "1.2.840.113549.1.9.16.1.4"
#define OID_CONTENT_TYPE "1.2.840.113549.1.9.3"
#define OID_MESSAGE_DIGEST "1.2.840.113549.1.9.4"
#define OID_ESS_V1 "1.2.840.113549.1.9.16.2.12"
#define OID_ESS_V2 "1.2.840.113549.1.9.16.2.47"
#define OID_PROTECTION "1.2.840.113549.1.9.52"
#define OID_POLICY "1.2.840.113549.1.9.16.2.15"

/* Attributes that a PAdES baseline signature must not hold, signed or unsigned (EN 319 142-1 6.3).
 */
static const struct {
    const char *oid, *name;
} unwanted[] = {
    {"1.2.840.113549.1.9.5", "signing-time"},
    {"1.2.840.113549.1.9.6", "countersignature"},
    {"1.2.840.113549.1.9.16.2.10", "content-reference"},
    {"1.2.840.113549.1.9.16.2.7", "content-identifier"},
    {"1.2.840.113549.1.9.16.2.4", "content-hints"},
    {"1.2.840.113583.1.1.8", "adbe-revocationInfoArchival"},
    {"1.2.840.113549.1.9.16.2.23", "certificate-values"},
    {"1.2.840.113549.1.9.16.2.24", "revocation-values"},
    {"1.2.840.113549.1.9.16.2.21", "complete-certificate-references"},
    {"1.2.840.113549.1.9.16.2.22", "complete-revocation-references"},
    {"1.2.840.113549.1.9.16.2.27", "archive-time-stamp"},
    {"1.2.840.113549.1.9.16.2.48", "archive-time-stamp-v2"},
    {"0.4.0.1733.2.4", "archive-time-stamp-v3"},
};

void cms_check_shape(const struct cms *c, enum cms_use use, struct findings *f)
{
    const char *wanted = use == CMS_STAMP ? OID_TST_INFO : OID_DATA;

    if (c->nsigners != 1)
        findings_add(f, c->nsigners == 0 ? "cms.no-signer" : "cms.several-signers", NULL);
    if (strcmp(c->content_type, wanted) != 0)
        findings_add(f, "cms.content-type", c->content_type, NULL);
    if (use != CMS_STAMP && c->has_content)
        findings_add(f, "cms.content-present", NULL);
    if (use == CMS_STAMP && (!c->has_content || c->content.len == 0))
        findings_add(f, "cms.content-absent", NULL);
    if (c->nsigners == 0)
        return;
    /* RFC 5652 5.1, 5.3 */
    if (c->signer.version != (c->signer.by_key_id ? 3 : 1) ||
        c->version != (use == CMS_STAMP || c->signer.by_key_id ? 3 : 1))
        findings_add(f, "cms.version", NULL);
    if (use == CMS_PADES && (c->ncrls > 0 || c->nocsps > 0))
        findings_add(f, "cms.crls-present", NULL);
}

/* RFC 5652 5.4: the attributes are a DER SET OF, so in ascending order of their encodings, and each
 * kind once. */
static void check_order(const struct cms_signer *s, struct findings *f)
{
    struct span in = s->signed_raw;
    struct tlv set, one, before = {0};

    if (tlv_next(&in, &set) != 0)
        return;
    while (set.body.len > 0 && tlv_next(&set.body, &one) == 0) {
        if (before.whole.data != NULL) {
            size_t n = before.whole.len < one.whole.len ? before.whole.len : one.whole.len;
            int order = memcmp(before.whole.data, one.whole.data, n);
            if (order > 0 || (order == 0 && before.whole.len > one.whole.len)) {
                findings_add(f, "cms.attributes-unsorted", NULL);
                return;
            }
        }
        before = one;
    }
}

static void check_doubles(const struct cms_attrs *attrs, struct findings *f)
{
    for (size_t i = 0; i < attrs->count; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(attrs->items[i].oid, attrs->items[j].oid) == 0) {
                findings_add(f, "cms.attribute-twice", attrs->items[i].oid, NULL);
                return;
            }
        }
        if (attrs->items[i].count == 0)
            findings_add(f, "cms.attribute-values", attrs->items[i].oid, NULL);
    }
}

static void check_mandatory(const struct cms *c, struct findings *f)
{
    const struct cms_attr *type = cms_attr_find(&c->signer.attrs, OID_CONTENT_TYPE);
    const struct cms_attr *digest = cms_attr_find(&c->signer.attrs, OID_MESSAGE_DIGEST);

    if (type == NULL || type->count != 1)
        findings_add(f, "cms.attribute-missing", "content-type", NULL);
    else if (!tlv_is_oid(&type->first, c->content_type))
        findings_add(f, "cms.content-type-attribute", NULL);
    if (digest == NULL || digest->count != 1 || digest->first.tag != TLV_OCTET_STRING)
        findings_add(f, "cms.attribute-missing", "message-digest", NULL);
}

/* CMSAlgorithmProtection (RFC 6211, RFC 8933): digest algorithm and [1] signature algorithm as in
 * the SignerInfo. */
static void check_protection(const struct cms_signer *s, struct findings *f)
{
    const struct cms_attr *a = cms_attr_find(&s->attrs, OID_PROTECTION);
    struct tlv digest, sig;
    struct span in;

    if (a == NULL)
        return;
    in = a->first.body;
    if (a->count != 1 || a->first.tag != TLV_SEQUENCE ||
        tlv_take(&in, TLV_SEQUENCE, &digest) != 0 || tlv_take(&in, TLV_CONTEXT(1), &sig) != 0 ||
        in.len != 0 || sig.whole.len > 512) {
        findings_add(f, "cms.protection", NULL);
        return;
    }
    unsigned char copy[512];
    memcpy(copy, sig.whole.data, sig.whole.len);
    copy[0] = TLV_SEQUENCE; /* [1] IMPLICIT */
    if (!sigalg_same(digest.whole, s->digest_alg) ||
        !sigalg_same((struct span){copy, sig.whole.len}, s->sig_alg))
        findings_add(f, "cms.protection", NULL);
}

static void check_unwanted(const struct cms *c, struct findings *f)
{
    for (size_t i = 0; i < sizeof unwanted / sizeof unwanted[0]; i++) {
        if (cms_attr_find(&c->signer.attrs, unwanted[i].oid) != NULL ||
            cms_attr_find(&c->signer.unsigned_attrs, unwanted[i].oid) != NULL)
            findings_add(f, "cms.attribute-not-pades", unwanted[i].name, NULL);
    }
}

/* A policy that we do not have is no policy that was kept (EN 319 122-1 5.2.9). An implied one
 * (NULL) says nothing. */
static void check_policy(const struct cms *c, struct findings *f)
{
    const struct cms_attr *a = cms_attr_find(&c->signer.attrs, OID_POLICY);
    struct tlv oid;
    char name[TLV_OID_MAX] = "?";

    if (a == NULL || a->first.tag == TLV_NULL)
        return;
    struct span in = a->first.body;
    if (a->first.tag == TLV_SEQUENCE && tlv_take(&in, TLV_OID, &oid) == 0)
        (void)tlv_oid(&oid, name);
    findings_add(f, "cms.policy-unknown", name, NULL);
}

void cms_check_attrs(const struct cms *c, enum cms_use use, struct findings *f)
{
    const struct cms_signer *s = &c->signer;

    if (c->nsigners == 0)
        return;
    if (s->signed_raw.len == 0) {
        findings_add(f, "cms.no-signed-attributes", NULL);
        return;
    }
    check_order(s, f);
    check_doubles(&s->attrs, f);
    check_mandatory(c, f);
    check_protection(s, f);
    if (use == CMS_PADES)
        check_unwanted(c, f);
    if (use != CMS_STAMP)
        check_policy(c, f);
}

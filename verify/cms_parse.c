/* Decoding of SignedData; what is odd but readable is left to the checks. */
#include <string.h>

#include "base/buf.h"
#include "verify/cms.h"

int cms_split(struct span contents, struct buf *der, bool *zeros, bool *ber)
{
    struct span rest = contents;

    if (ber_take(&rest, der) != 0 || der->len == 0 || der->data[0] != TLV_SEQUENCE)
        return -1;
    size_t used = contents.len - rest.len;
    *ber = used != der->len || memcmp(contents.data, der->data, used) != 0;
    *zeros = true;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.data[i] != 0)
            *zeros = false;
    }
    return 0;
}

/* The body of a SET OF Attribute. */
static int attrs_parse(struct span in, struct cms_attrs *out)
{
    out->count = 0;
    while (in.len > 0) {
        struct tlv attr, oid, set, value;
        struct cms_attr *a = &out->items[out->count];

        if (out->count == CMS_ATTRS_MAX || tlv_take(&in, TLV_SEQUENCE, &attr) != 0 ||
            tlv_take(&attr.body, TLV_OID, &oid) != 0 || tlv_oid(&oid, a->oid) != 0 ||
            tlv_take(&attr.body, TLV_SET, &set) != 0 || attr.body.len != 0)
            return -1;
        a->values = set.body;
        a->count = 0;
        memset(&a->first, 0, sizeof a->first);
        for (struct span rest = set.body; rest.len > 0; a->count++) {
            if (tlv_next(&rest, &value) != 0)
                return -1;
            if (a->count == 0)
                a->first = value;
        }
        out->count++;
    }
    return 0;
}

static int sid_parse(struct span *in, struct cms_signer *s)
{
    struct tlv v, part;

    int rc = tlv_optional(in, TLV_CONTEXT_PRIM(0), &v);
    if (rc != 0) {
        s->by_key_id = true;
        s->key_id = v.body;
        return rc < 0 ? -1 : 0;
    }
    if (tlv_take(in, TLV_SEQUENCE, &v) != 0 || tlv_take(&v.body, TLV_SEQUENCE, &part) != 0)
        return -1;
    s->issuer = part.whole;
    if (tlv_take(&v.body, TLV_INTEGER, &part) != 0 || !tlv_integer_ok(part.body) || v.body.len != 0)
        return -1;
    s->serial = part.body;
    return 0;
}

static int signer_parse(struct span in, struct cms_signer *s)
{
    struct tlv v;
    int rc;

    memset(s, 0, sizeof *s);
    if (tlv_take(&in, TLV_INTEGER, &v) != 0 || tlv_small(&v, &s->version) != 0 ||
        sid_parse(&in, s) != 0 || tlv_take(&in, TLV_SEQUENCE, &v) != 0)
        return -1;
    s->digest_alg = v.whole;
    if ((rc = tlv_optional(&in, TLV_CONTEXT(0), &v)) < 0 ||
        (rc > 0 && attrs_parse(v.body, &s->attrs) != 0))
        return -1;
    if (rc > 0)
        s->signed_raw = v.whole;
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0)
        return -1;
    s->sig_alg = v.whole;
    if (tlv_take(&in, TLV_OCTET_STRING, &v) != 0)
        return -1;
    s->value = v.body;
    if ((rc = tlv_optional(&in, TLV_CONTEXT(1), &v)) < 0 ||
        (rc > 0 && attrs_parse(v.body, &s->unsigned_attrs) != 0))
        return -1;
    return in.len == 0 ? 0 : -1;
}

static int content_parse(struct span in, struct cms *c)
{
    struct tlv v, octets;

    if (tlv_take(&in, TLV_OID, &v) != 0 || tlv_oid(&v, c->content_type) != 0)
        return -1;
    int rc = tlv_optional(&in, TLV_CONTEXT(0), &v);
    if (rc < 0 || in.len != 0)
        return -1;
    if (rc > 0) {
        c->has_content = true;
        /* PKCS#7 of old allowed any value here; what is not an OCTET STRING is still content. */
        if (tlv_take(&v.body, TLV_OCTET_STRING, &octets) == 0)
            c->content = octets.body;
    }
    return 0;
}

static int certs_parse(struct span in, struct cms *c)
{
    while (in.len > 0) {
        struct tlv v;

        if (tlv_next(&in, &v) != 0)
            return -1;
        if (v.tag != TLV_SEQUENCE)
            c->other_certs = true;
        else if (c->ncerts == CMS_CERTS_MAX)
            return -1;
        else
            c->certs[c->ncerts++] = v.whole;
    }
    return 0;
}

/* RevocationInfoChoices: CRLs, and OCSP answers in the other format (RFC 5940). */
static int crls_parse(struct span in, struct cms *c)
{
    while (in.len > 0) {
        struct tlv v, oid, answer;

        if (tlv_next(&in, &v) != 0)
            return -1;
        if (v.tag == TLV_SEQUENCE) {
            if (c->ncrls == CMS_CRLS_MAX)
                return -1;
            c->crls[c->ncrls++] = v.whole;
        } else if (v.tag == TLV_CONTEXT(1)) {
            if (tlv_take(&v.body, TLV_OID, &oid) != 0 || tlv_next(&v.body, &answer) != 0 ||
                c->nocsps == CMS_CRLS_MAX)
                return -1;
            if (tlv_is_oid(&oid, "1.3.6.1.5.5.7.16.2"))
                c->ocsps[c->nocsps++] = answer.whole;
        } else {
            return -1;
        }
    }
    return 0;
}

static int signed_data_parse(struct span in, struct cms *c)
{
    struct tlv v, one;
    int rc;

    if (tlv_take(&in, TLV_INTEGER, &v) != 0 || tlv_small(&v, &c->version) != 0 ||
        tlv_take(&in, TLV_SET, &v) != 0 || tlv_take(&in, TLV_SEQUENCE, &one) != 0 ||
        content_parse(one.body, c) != 0)
        return -1;
    if ((rc = tlv_optional(&in, TLV_CONTEXT(0), &v)) < 0 || (rc > 0 && certs_parse(v.body, c) != 0))
        return -1;
    if ((rc = tlv_optional(&in, TLV_CONTEXT(1), &v)) < 0 || (rc > 0 && crls_parse(v.body, c) != 0))
        return -1;
    if (tlv_take(&in, TLV_SET, &v) != 0 || in.len != 0)
        return -1;
    for (; v.body.len > 0; c->nsigners++) {
        struct cms_signer other;

        if (tlv_take(&v.body, TLV_SEQUENCE, &one) != 0 ||
            signer_parse(one.body, c->nsigners == 0 ? &c->signer : &other) != 0)
            return -1;
    }
    return 0;
}

int cms_parse(struct span der, struct cms *out)
{
    struct tlv info, v;

    memset(out, 0, sizeof *out);
    if (tlv_take(&der, TLV_SEQUENCE, &info) != 0 || der.len != 0 ||
        tlv_take(&info.body, TLV_OID, &v) != 0 || !tlv_is_oid(&v, "1.2.840.113549.1.7.2") ||
        tlv_take(&info.body, TLV_CONTEXT(0), &v) != 0 || info.body.len != 0)
        return -1;
    struct span in = v.body;
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0 || in.len != 0)
        return -1;
    return signed_data_parse(v.body, out);
}

const struct cms_attr *cms_attr_find(const struct cms_attrs *attrs, const char *oid)
{
    for (size_t i = 0; i < attrs->count; i++) {
        if (strcmp(attrs->items[i].oid, oid) == 0)
            return &attrs->items[i];
    }
    return NULL;
}

#include <openssl/err.h>
#include <openssl/x509.h>
#include <string.h>

#include "verify/evidence.h"

struct list {
    struct span tbs, sig_alg, value;
    struct span issuer;
    int64_t this_update, next_update;
    struct span entries, extensions;
};

static int time_take(struct span *in, int64_t *out)
{
    struct tlv v;

    return tlv_next(in, &v) == 0 ? tlv_time(&v, out, NULL) : -1;
}

static int list_parse(const struct evidence_item *item, struct list *out)
{
    struct span in = {item->der, item->len}, tbs;
    struct tlv v;
    int rc;

    memset(out, 0, sizeof *out);
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0 || in.len != 0)
        return -1;
    in = v.body;
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0)
        return -1;
    out->tbs = v.whole;
    tbs = v.body;
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0)
        return -1;
    out->sig_alg = v.whole;
    if (tlv_take(&in, TLV_BIT_STRING, &v) != 0 || in.len != 0 || v.body.len < 2 ||
        v.body.data[0] != 0)
        return -1;
    out->value = (struct span){v.body.data + 1, v.body.len - 1};
    if (tlv_optional(&tbs, TLV_INTEGER, &v) < 0 || tlv_take(&tbs, TLV_SEQUENCE, &v) != 0 ||
        !sigalg_same(v.whole, out->sig_alg) || tlv_take(&tbs, TLV_SEQUENCE, &v) != 0)
        return -1;
    out->issuer = v.whole;
    if (time_take(&tbs, &out->this_update) != 0)
        return -1;
    if (tbs.len > 0 && (tbs.data[0] == TLV_UTC_TIME || tbs.data[0] == TLV_GENERALIZED_TIME) &&
        time_take(&tbs, &out->next_update) != 0)
        return -1;
    if ((rc = tlv_optional(&tbs, TLV_SEQUENCE, &v)) < 0)
        return -1;
    if (rc > 0)
        out->entries = v.body;
    if ((rc = tlv_optional(&tbs, TLV_CONTEXT(0), &v)) < 0 || tbs.len != 0)
        return -1;
    if (rc > 0) {
        if (tlv_take(&v.body, TLV_SEQUENCE, &v) != 0)
            return -1;
        out->extensions = v.body;
    }
    return 0;
}

/* Takes one Extension: identifier, whether critical, what the OCTET STRING holds. */
static int extension_take(struct span *in, struct tlv *oid, bool *critical, struct span *value)
{
    struct tlv ext, v;

    *critical = false;
    if (tlv_take(in, TLV_SEQUENCE, &ext) != 0 || tlv_take(&ext.body, TLV_OID, oid) != 0)
        return -1;
    if (tlv_optional(&ext.body, TLV_BOOLEAN, &v) > 0)
        *critical = v.body.len != 1 || v.body.data[0] != 0;
    if (tlv_take(&ext.body, TLV_OCTET_STRING, &v) != 0)
        return -1;
    *value = v.body;
    return 0;
}

static bool url_listed(struct span name, const struct cert *cert)
{
    for (size_t i = 0; i < cert->crl_urls.count; i++) {
        if (strlen(cert->crl_urls.items[i]) == name.len &&
            memcmp(cert->crl_urls.items[i], name.data, name.len) == 0)
            return true;
    }
    return false;
}

/* IssuingDistributionPoint (5280 5.2.5): the scope must hold this certificate, all reasons, no
 * other issuer. */
static bool scope_holds(struct span in, const struct cert *cert)
{
    struct tlv idp, v, names, name;

    if (tlv_take(&in, TLV_SEQUENCE, &idp) != 0 || in.len != 0)
        return false;
    while (idp.body.len > 0) {
        if (tlv_next(&idp.body, &v) != 0)
            return false;
        bool set = v.body.len == 1 && v.body.data[0] != 0;
        if (v.tag == TLV_CONTEXT(0)) {
            bool found = false;
            if (tlv_take(&v.body, TLV_CONTEXT(0), &names) != 0)
                return false;
            while (names.body.len > 0 && tlv_next(&names.body, &name) == 0)
                found = found || (name.tag == TLV_CONTEXT_PRIM(6) && url_listed(name.body, cert));
            if (!found)
                return false;
        } else if (v.tag == TLV_CONTEXT_PRIM(1)) {
            if (set && cert->ca)
                return false;
        } else if (v.tag == TLV_CONTEXT_PRIM(2)) {
            if (set && !cert->ca)
                return false;
        } else { /* only some reasons, indirect, only attribute certificates */
            if (v.tag != TLV_CONTEXT_PRIM(4) && v.tag != TLV_CONTEXT_PRIM(5))
                return false;
            if (set)
                return false;
        }
    }
    return true;
}

static bool extensions_allow(struct span in, const struct cert *cert, int64_t *cutoff)
{
    while (in.len > 0) {
        struct tlv oid, v;
        struct span value;
        bool critical;

        if (extension_take(&in, &oid, &critical, &value) != 0)
            return false;
        if (tlv_is_oid(&oid, "2.5.29.28")) {
            if (!scope_holds(value, cert))
                return false;
        } else if (tlv_is_oid(&oid, "2.5.29.60")) {
            if (tlv_next(&value, &v) == 0)
                (void)tlv_time(&v, cutoff, NULL);
        } else if (tlv_is_oid(&oid, "2.5.29.27") || critical) {
            return false; /* delta lists, and what we do not know */
        }
    }
    return true;
}

static int entry_extensions(struct span in, struct revocation *out)
{
    while (in.len > 0) {
        struct tlv oid, v;
        struct span value;
        bool critical;
        int64_t invalid_since;

        if (extension_take(&in, &oid, &critical, &value) != 0)
            return -1;
        if (tlv_is_oid(&oid, "2.5.29.21") && value.len == 3)
            out->reason = value.data[2];
        else if (tlv_is_oid(&oid, "2.5.29.24") && tlv_next(&value, &v) == 0 &&
                 tlv_time(&v, &invalid_since, NULL) == 0 && invalid_since < out->revoked_at)
            out->revoked_at = invalid_since; /* the key was lost before the list said so */
        else if (critical)
            return -1; /* certificateIssuer: an indirect list */
    }
    return 0;
}

static int entries_look(struct span in, struct span serial, struct revocation *out)
{
    struct tlv entry, v;

    out->status = REVOCATION_GOOD;
    out->reason = -1;
    while (in.len > 0) {
        if (tlv_take(&in, TLV_SEQUENCE, &entry) != 0 || tlv_take(&entry.body, TLV_INTEGER, &v) != 0)
            return -1;
        if (!span_equal(v.body, serial))
            continue;
        out->status = REVOCATION_REVOKED;
        if (time_take(&entry.body, &out->revoked_at) != 0)
            return -1;
        if (tlv_optional(&entry.body, TLV_SEQUENCE, &v) > 0 && entry_extensions(v.body, out) != 0)
            return -1;
        if (out->reason == 6)
            out->status = REVOCATION_HOLD;
        return out->reason == 8 ? -1 : 0; /* removeFromCRL stands in deltas only */
    }
    return 0;
}

/* E6: same issuer name, signed by the issuer's key, which may sign lists. */
static bool signed_by(const struct list *l, const struct cert *cert, const struct cert *issuer,
                      char digest[16])
{
    const unsigned char *p = l->issuer.data;
    X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)l->issuer.len);
    struct findings ignored = {0};
    struct sigalg alg = {0};
    bool good = false;

    if (name != NULL && findings_init(&ignored) == 0)
        good = X509_NAME_cmp(name, X509_get_issuer_name(cert->x509)) == 0 &&
               (issuer->usage & CERT_USAGE_CRL_SIGN) != 0 &&
               sigalg_read(l->sig_alg, (struct span){NULL, 0}, &alg, &ignored) == 0 &&
               sigalg_verify(&alg, issuer, (struct span){NULL, 0}, l->tbs, l->value);
    memcpy(digest, alg.digest, 16);
    X509_NAME_free(name);
    findings_free(&ignored);
    ERR_clear_error();
    return good;
}

bool crl_read(const struct evidence_item *item, const struct cert *cert, const struct cert *issuer,
              struct revocation *out)
{
    struct list l;
    struct tlv own;
    unsigned char *der = NULL;
    bool found = false;

    memset(out, 0, sizeof *out);
    if (item->kind != EVIDENCE_CRL || list_parse(item, &l) != 0)
        return false;
    int n = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert->x509), &der);
    struct span whole = {der, n > 0 ? (size_t)n : 0};
    if (tlv_next(&whole, &own) == 0 && extensions_allow(l.extensions, cert, &out->cutoff) &&
        entries_look(l.entries, own.body, out) == 0 && signed_by(&l, cert, issuer, out->digest)) {
        out->this_update = out->produced = l.this_update;
        out->next_update = l.next_update;
        out->responder = issuer;
        out->item = item;
        found = true;
    }
    OPENSSL_free(der);
    return found;
}

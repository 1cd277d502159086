#include <openssl/err.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
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

/* What the extensions of a list say about its reach (5280 5.2). A list that does not speak of all
 * reasons, or of all of the certificates, tells nothing good; bad news it tells all the same. */
struct reach {
    bool other;    /* another part of the authority's certificates */
    bool partial;  /* some reasons, or something critical that we do not know */
    bool delta;    /* what changed since the list that `since` numbers */
    bool indirect; /* entries name the authority that issued the certificate */
    int64_t cutoff;
    /* bodies of INTEGERs, and what extensions hold; NULL: none */
    struct span number, since, point, key, fresher;
};

/* The distribution point of a list is one of the certificate's. */
static bool point_listed(struct span point, const struct cert *cert)
{
    struct tlv names, name;
    bool found = false;

    if (tlv_take(&point, TLV_CONTEXT(0), &names) != 0)
        return false;
    while (names.body.len > 0 && tlv_next(&names.body, &name) == 0)
        found = found || (name.tag == TLV_CONTEXT_PRIM(6) && url_listed(name.body, cert));
    return found;
}

/* IssuingDistributionPoint (5280 5.2.5). */
static int point_read(struct span in, const struct cert *cert, struct reach *out)
{
    struct tlv idp, v;

    if (tlv_take(&in, TLV_SEQUENCE, &idp) != 0 || in.len != 0)
        return -1;
    while (idp.body.len > 0) {
        if (tlv_next(&idp.body, &v) != 0)
            return -1;
        bool set = v.body.len == 1 && v.body.data[0] != 0;
        if (v.tag == TLV_CONTEXT(0))
            out->partial = out->partial || !point_listed(v.body, cert);
        else if (v.tag == TLV_CONTEXT_PRIM(1))
            out->other = out->other || (set && cert->ca);
        else if (v.tag == TLV_CONTEXT_PRIM(2))
            out->other = out->other || (set && !cert->ca);
        else if (v.tag == TLV_CONTEXT_PRIM(3))
            out->partial = true;
        else if (v.tag == TLV_CONTEXT_PRIM(4))
            out->indirect = set;
        else if (v.tag == TLV_CONTEXT_PRIM(5))
            out->other = out->other || set;
        else
            return -1;
    }
    return 0;
}

/* The body of a number that is not negative and fits 20 octets (5280 5.2.3); none when it is odd.
 */
static struct span number_of(struct span in)
{
    enum { BYTES_MAX = 20 };
    struct tlv v;

    if (tlv_take(&in, TLV_INTEGER, &v) != 0 || in.len != 0 || !tlv_integer_ok(v.body) ||
        v.body.len > BYTES_MAX || (v.body.data[0] & 0x80) != 0)
        return (struct span){NULL, 0};
    return v.body;
}

static int extension_read(const struct tlv *oid, bool critical, struct span value,
                          const struct cert *cert, struct reach *out)
{
    struct tlv v;

    if (tlv_is_oid(oid, "2.5.29.28")) {
        out->point = value;
        return point_read(value, cert, out);
    }
    if (tlv_is_oid(oid, "2.5.29.60")) {
        if (tlv_next(&value, &v) == 0)
            (void)tlv_time(&v, &out->cutoff, NULL);
        return 0;
    }
    if (tlv_is_oid(oid, "2.5.29.27")) {
        out->delta = true;
        out->since = number_of(value);
        return 0;
    }
    out->partial = out->partial || critical;
    if (tlv_is_oid(oid, "2.5.29.20"))
        out->number = number_of(value);
    else if (tlv_is_oid(oid, "2.5.29.35"))
        out->key = value;
    else if (tlv_is_oid(oid, "2.5.29.46"))
        out->fresher = value;
    return 0;
}

static int extensions_read(struct span in, const struct cert *cert, struct reach *out)
{
    while (in.len > 0) {
        struct tlv oid;
        struct span value;
        bool critical;

        if (extension_take(&in, &oid, &critical, &value) != 0 ||
            extension_read(&oid, critical, value, cert, out) != 0)
            return -1;
    }
    return 0;
}

/* What an entry says of itself, as far as it is wanted: reason and since when in `out`, another
 * issuer in `names`. */
static int entry_extensions(struct span in, struct revocation *out, struct span *names)
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
        else if (tlv_is_oid(&oid, "2.5.29.29"))
            *names = value;
        else if (critical)
            return -1;
    }
    return 0;
}

static bool name_is(struct span der, const X509_NAME *wanted)
{
    const unsigned char *p = der.data;
    X509_NAME *name = d2i_X509_NAME(NULL, &p, (long)der.len);
    bool same = name != NULL && X509_NAME_cmp(name, wanted) == 0;

    X509_NAME_free(name);
    ERR_clear_error();
    return same;
}

/* GeneralNames of a certificateIssuer: the directory name among them. */
static bool names_hold(struct span in, const X509_NAME *wanted)
{
    struct tlv names, name;
    bool found = false;

    if (tlv_take(&in, TLV_SEQUENCE, &names) != 0)
        return false;
    while (names.body.len > 0 && tlv_next(&names.body, &name) == 0)
        found = found || (name.tag == TLV_CONTEXT(4) && name_is(name.body, wanted));
    return found;
}

enum { ON_HOLD = 6, REMOVED = 8 }; /* CRLReason, 5280 5.3.1 */

/* The entry of another certificate has something critical that we do not know: such a list tells
 * nothing good of any (5280 5.3). */
static bool entry_odd(struct span in)
{
    static const char *const known[] = {"2.5.29.21", "2.5.29.24", "2.5.29.29"};
    struct tlv oid, v;
    struct span value;
    int64_t ignored;
    bool critical;

    if (time_take(&in, &ignored) != 0)
        return true;
    if (in.len == 0)
        return false;
    if (tlv_take(&in, TLV_SEQUENCE, &v) != 0 || in.len != 0)
        return true;
    while (v.body.len > 0) {
        bool fine = false;
        if (extension_take(&v.body, &oid, &critical, &value) != 0)
            return true;
        for (size_t i = 0; critical && i < sizeof known / sizeof known[0]; i++)
            fine = fine || tlv_is_oid(&oid, known[i]);
        if (critical && !fine)
            return true;
    }
    return false;
}

/* The entry of the certificate, when there is one. In an indirect list an entry belongs to the
 * issuer named last, at first to that of the list (5280 5.3.3). */
static int entries_look(const struct list *l, struct reach *reach, const struct cert *cert,
                        struct span serial, struct revocation *out)
{
    const X509_NAME *issuer = X509_get_issuer_name(cert->x509);
    bool ours = name_is(l->issuer, issuer), indirect = reach->indirect;
    struct span in = l->entries;
    struct tlv entry, number, v;

    out->status = REVOCATION_GOOD;
    out->reason = -1;
    while (in.len > 0) {
        struct span names = {NULL, 0};
        if (tlv_take(&in, TLV_SEQUENCE, &entry) != 0 ||
            tlv_take(&entry.body, TLV_INTEGER, &number) != 0)
            return -1;
        bool same = span_equal(number.body, serial);
        if (!same && !indirect) {
            reach->partial = reach->partial || entry_odd(entry.body);
            continue;
        }
        out->reason = -1;
        if (time_take(&entry.body, &out->revoked_at) != 0)
            return -1;
        if (tlv_optional(&entry.body, TLV_SEQUENCE, &v) > 0 &&
            entry_extensions(v.body, out, &names) != 0)
            return -1;
        if (names.data != NULL && !indirect)
            return -1;
        if (names.data != NULL)
            ours = names_hold(names, issuer);
        if (!same || !ours) { /* another certificate's: nothing of it is kept */
            out->reason = -1;
            out->revoked_at = 0;
            continue;
        }
        out->status = out->reason == ON_HOLD   ? REVOCATION_HOLD
                      : out->reason == REMOVED ? REVOCATION_GOOD
                                               : REVOCATION_REVOKED;
        return out->reason == REMOVED && !reach->delta ? -1 : 0;
    }
    return 0;
}

bool crl_names(const struct cert *cert, const struct cert *speaker)
{
    CRL_DIST_POINTS *points = X509_get_ext_d2i(cert->x509, NID_crl_distribution_points, NULL, NULL);
    bool found = false;

    for (int i = 0; i < sk_DIST_POINT_num(points); i++) {
        const GENERAL_NAMES *names = sk_DIST_POINT_value(points, i)->CRLissuer;
        for (int k = 0; k < sk_GENERAL_NAME_num(names); k++) {
            const GENERAL_NAME *one = sk_GENERAL_NAME_value(names, k);
            found = found ||
                    (one->type == GEN_DIRNAME &&
                     (speaker == NULL || X509_NAME_cmp(one->d.directoryName,
                                                       X509_get_subject_name(speaker->x509)) == 0));
        }
    }
    CRL_DIST_POINTS_free(points);
    ERR_clear_error();
    return found;
}

/* E6: the name of who speaks, signed by its key, which may sign lists. */
static bool signed_by(const struct list *l, const struct cert *issuer, char digest[16])
{
    struct findings ignored = {0};
    struct sigalg alg = {0};
    bool good = false;

    if (findings_init(&ignored) == 0)
        good = name_is(l->issuer, X509_get_subject_name(issuer->x509)) &&
               (issuer->usage & CERT_USAGE_CRL_SIGN) != 0 &&
               sigalg_read(l->sig_alg, (struct span){NULL, 0}, &alg, &ignored) == 0 &&
               sigalg_verify(&alg, issuer, (struct span){NULL, 0}, l->tbs, l->value);
    memcpy(digest, alg.digest, 16);
    findings_free(&ignored);
    ERR_clear_error();
    return good;
}

/* Reads the list and the certificate's entry in it, whoever signed it and however much it covers.
 */
static bool list_look(const struct evidence_item *item, const struct cert *cert,
                      const struct cert *speaker, struct list *l, struct reach *reach,
                      struct revocation *out)
{
    struct tlv own;
    unsigned char *der = NULL;
    bool found;

    memset(out, 0, sizeof *out);
    memset(reach, 0, sizeof *reach);
    if (item->kind != EVIDENCE_CRL || list_parse(item, l) != 0 ||
        extensions_read(l->extensions, cert, reach) != 0 || reach->other)
        return false;
    /* another authority than the certificate's own speaks in an indirect list that the certificate
     * names (5280 6.3.3 b 1) */
    if (!name_is(l->issuer, X509_get_issuer_name(cert->x509)) &&
        (!reach->indirect || !crl_names(cert, speaker)))
        return false;
    int n = i2d_ASN1_INTEGER(X509_get0_serialNumber(cert->x509), &der);
    struct span whole = {der, n > 0 ? (size_t)n : 0};
    found = tlv_next(&whole, &own) == 0 && entries_look(l, reach, cert, own.body, out) == 0;
    OPENSSL_free(der);
    out->this_update = out->produced = l->this_update;
    out->next_update = l->next_update;
    out->cutoff = reach->cutoff;
    out->responder = speaker;
    out->item = item;
    return found;
}

bool crl_read(const struct evidence_item *item, const struct cert *cert, const struct cert *speaker,
              struct revocation *out)
{
    struct reach reach;
    struct list l;

    return list_look(item, cert, speaker, &l, &reach, out) &&
           (out->status != REVOCATION_GOOD || (!reach.partial && !reach.delta)) &&
           signed_by(&l, speaker, out->digest);
}

/* ---- deltas ---- */

/* Bodies of numbers that are not negative. */
static int number_compare(struct span a, struct span b)
{
    while (a.len > 1 && a.data[0] == 0)
        a = (struct span){a.data + 1, a.len - 1};
    while (b.len > 1 && b.data[0] == 0)
        b = (struct span){b.data + 1, b.len - 1};
    return a.len != b.len ? (a.len < b.len ? -1 : 1) : memcmp(a.data, b.data, a.len);
}

bool crl_delta_of(const struct evidence_item *delta, const struct evidence_item *base,
                  const struct cert *cert)
{
    struct reach d = {0}, b = {0};
    struct list dl, bl;

    return delta != base && delta->kind == EVIDENCE_CRL && base->kind == EVIDENCE_CRL &&
           list_parse(delta, &dl) == 0 && extensions_read(dl.extensions, cert, &d) == 0 &&
           d.delta && !d.partial && !d.other && d.number.data != NULL && d.since.data != NULL &&
           list_parse(base, &bl) == 0 && extensions_read(bl.extensions, cert, &b) == 0 &&
           !b.delta && !b.partial && !b.other && b.number.data != NULL &&
           span_equal(dl.issuer, bl.issuer) && span_equal(d.point, b.point) &&
           span_equal(d.key, b.key) && number_compare(b.number, d.since) >= 0 &&
           number_compare(b.number, d.number) < 0 && bl.this_update <= dl.this_update;
}

bool crl_delta_read(const struct evidence_item *delta, const struct cert *cert,
                    const struct cert *issuer, struct revocation *out)
{
    struct reach reach;
    struct list l;

    return list_look(delta, cert, issuer, &l, &reach, out) && reach.delta && !reach.partial &&
           out->status == REVOCATION_GOOD && signed_by(&l, issuer, out->digest);
}

bool crl_join(struct revocation *delta, const struct revocation *base)
{
    if (base->status == REVOCATION_REVOKED || base->responder != delta->responder)
        return false;
    delta->base = base->item;
    if (delta->reason == REMOVED) {
        delta->reason = -1;
        return true;
    }
    delta->status = base->status;
    delta->revoked_at = base->revoked_at;
    delta->reason = base->reason;
    return true;
}

int crl_delta_urls(const struct evidence_item *list, const struct cert *cert,
                   struct cert_texts *out, struct err *e)
{
    struct reach reach = {0};
    struct list l;

    if (list->kind != EVIDENCE_CRL || list_parse(list, &l) != 0 ||
        !name_is(l.issuer, X509_get_issuer_name(cert->x509)) ||
        extensions_read(l.extensions, cert, &reach) != 0 || reach.fresher.data == NULL)
        return 0;
    return cert_points_add(out, reach.fresher.data, reach.fresher.len, e);
}

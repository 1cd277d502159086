/* What may grow beside the pages: DSS (12.8.4.3), /Perms (12.8.6), dates of the information
 * dictionary and of the metadata. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "verify/diff.h"

/* Every element of the older array stands in the newer one, in the same order. */
static bool array_kept(const struct pdf_value *old, const struct pdf_value *now)
{
    size_t k = 0;

    for (size_t i = 0; i < pdf_count(old); i++, k++) {
        while (k < pdf_count(now) && !pdf_value_equal(pdf_at(old, i), pdf_at(now, k)))
            k++;
        if (k >= pdf_count(now))
            return false;
    }
    return true;
}

/* The stream holds one DER SEQUENCE and nothing else: a certificate, CRL or OCSP answer, not page
 * content in disguise. */
static bool is_der(struct diff *d, const struct pdf_value *v)
{
    enum { LOAD_WORK = 20, BYTES_WORK = 64 }; /* units of diff_work; lists may be shared */
    struct buf data;
    struct tlv one;
    bool good = false;

    buf_init(&data, (size_t)ceilings.crl_bytes);
    if (diff_spend(d, LOAD_WORK) && pdf_is(v, PDF_STREAM) && pdf_key(v, "Type") == NULL &&
        pdf_key(v, "Subtype") == NULL &&
        pdf_stream_data(d->pdf, v, d->to, PDF_DECODE_ALL, data.max, &data, NULL) == 0 &&
        diff_spend(d, (int64_t)data.len / BYTES_WORK)) {
        struct span in = {data.data, data.len};
        good = tlv_take(&in, TLV_SEQUENCE, &one) == 0 && in.len == 0;
    }
    buf_free(&data);
    return good;
}

/* Elements are DER streams: new ones, or ones that were there before and are listed again. */
static int explain_streams(struct diff *d, const struct pdf_value *array, bool *odd, struct err *e)
{
    for (size_t i = 0; i < pdf_count(array); i++) {
        struct pdf_ref ref = pdf_ref_of(pdf_at(array, i));
        struct pdf_value *v = NULL;

        if (ref.num == 0) {
            *odd = true;
            continue;
        }
        if (diff_work(d, 0, e) != 0 || pdf_load(d->pdf, ref, d->to, &v, e) != 0)
            return -1;
        if (!is_der(d, v))
            *odd = true;
        else if (diff_is_new(d, ref.num))
            diff_explain(d, ref.num);
        pdf_value_free(v);
    }
    return 0;
}

static int lists_diff(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                      const char *const *keys, bool *lost, bool *odd, struct err *e)
{
    for (; *keys != NULL; keys++) {
        const struct pdf_value *a = pdf_get(d->pdf, old, *keys, d->from, e);
        const struct pdf_value *b = pdf_get(d->pdf, now, *keys, d->to, e);

        if (err_is_set(e))
            return -1;
        if (!array_kept(a, b))
            *lost = true;
        if (b != NULL && !pdf_is(b, PDF_ARRAY))
            *odd = true;
        else if (explain_streams(d, b, odd, e) != 0)
            return -1;
        if (!*odd)
            diff_explain_pair(d, pdf_key(old, *keys), pdf_key(now, *keys));
    }
    return 0;
}

/* Keys that come, change or go are the ones of the standard, so that the dictionary serves no other
 * purpose on the side (as resources of a page, as a font). */
static bool keys_known(const struct pdf_value *old, const struct pdf_value *now,
                       const char *const *keys)
{
    const struct pdf_value *sides[2] = {old, now};

    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < pdf_entry_count(sides[side]); i++) {
            const char *key = pdf_entry_at(sides[side], i)->key;
            const struct pdf_value *was = pdf_key(old, key), *is = pdf_key(now, key);
            bool same = was != NULL && is != NULL && pdf_value_equal(was, is);
            if (!same && !diff_listed(keys, key))
                return false;
        }
    }
    return true;
}

/* The name of an entry of VRI: the SHA-1 of a signature in hexadecimal. */
static bool is_vri_name(const char *key)
{
    size_t n = strlen(key); /* some programs take SHA-256 */

    return (n == 40 || n == 64) && strspn(key, "0123456789ABCDEFabcdef") == n;
}

static int stamp_explain(struct diff *d, const struct pdf_value *entry, bool *odd, struct err *e)
{
    const struct pdf_value *ts = pdf_get(d->pdf, entry, "TS", d->to, e);
    uint32_t num = pdf_ref_of(pdf_key(entry, "TS")).num;

    if (err_is_set(e))
        return -1;
    if (ts != NULL && !is_der(d, ts))
        *odd = true;
    else if (num != 0 && diff_is_new(d, num))
        diff_explain(d, num);
    return 0;
}

static int vri_diff(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                    bool *lost, bool *odd, struct err *e)
{
    static const char *const lists[] = {"Cert", "CRL", "OCSP", NULL};
    static const char *const keys[] = {"Type", "Cert", "CRL", "OCSP", "TU", "TS", NULL};
    const struct pdf_value *a = pdf_get(d->pdf, old, "VRI", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "VRI", d->to, e);

    if (err_is_set(e))
        return -1;
    if (b != NULL && !pdf_is(b, PDF_DICT))
        *odd = true;
    for (size_t i = 0; i < pdf_entry_count(a); i++) {
        const char *key = pdf_entry_at(a, i)->key;
        if (pdf_key(b, key) != NULL)
            continue;
        *lost = true;
        if (!is_vri_name(key) && strcmp(key, "Type") != 0)
            *odd = true;
    }
    for (size_t i = 0; i < pdf_entry_count(b); i++) {
        const struct pdf_entry *entry = pdf_entry_at(b, i);
        const struct pdf_value *one = pdf_resolve(d->pdf, &entry->value, d->to, e);
        const struct pdf_value *was = pdf_get(d->pdf, a, entry->key, d->from, e);

        if (err_is_set(e) || lists_diff(d, was, one, lists, lost, odd, e) != 0)
            return -1;
        if (strcmp(entry->key, "Type") == 0 && pdf_is(one, PDF_NAME))
            continue;
        if (!is_vri_name(entry->key) || !pdf_is(one, PDF_DICT) || !keys_known(was, one, keys)) {
            *odd = true;
            continue;
        }
        diff_explain_pair(d, pdf_key(a, entry->key), &entry->value);
        if (stamp_explain(d, one, odd, e) != 0)
            return -1;
    }
    diff_explain_pair(d, pdf_key(old, "VRI"), pdf_key(now, "VRI"));
    return 0;
}

int diff_dss(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
             struct err *e)
{
    static const char *const lists[] = {"Certs", "CRLs", "OCSPs", NULL};
    static const char *const keys[] = {"Type", "Certs", "CRLs", "OCSPs", "VRI", NULL};
    const struct pdf_value *a = pdf_get(d->pdf, old, "DSS", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "DSS", d->to, e);
    uint32_t num = pdf_ref_of(pdf_key(now, "DSS")).num;
    bool lost = false, odd = false;

    if (err_is_set(e))
        return -1;
    if (b == NULL)
        return a == NULL ? 0 : diff_add(d, GRADE_NEVER, "dss-removed", NULL, NULL, e);
    if (!pdf_is(b, PDF_DICT) || (a != NULL && !pdf_is(a, PDF_DICT)) || !keys_known(a, b, keys))
        return diff_add(d, GRADE_NEVER, "dss-odd", NULL, NULL, e);
    if (lists_diff(d, a, b, lists, &lost, &odd, e) != 0 || vri_diff(d, a, b, &lost, &odd, e) != 0)
        return -1;
    bool touched = a == NULL || !pdf_value_equal(a, b) || (num != 0 && diff_changed(d, num));
    diff_explain_pair(d, pdf_key(old, "DSS"), pdf_key(now, "DSS"));
    if (odd)
        return diff_add(d, GRADE_NEVER, "dss-odd", NULL, NULL, e);
    if (lost) /* programs that make the store anew; what was there is read all the same: dss.c */
        return diff_add(d, GRADE_ALWAYS, "dss-renewed", NULL, NULL, e);
    return touched ? diff_add(d, GRADE_ALWAYS, "dss", NULL, NULL, e) : 0;
}

/* /Perms may gain /DocMDP when the certifying signature itself is of this revision; everything else
 * stays (G, 12.8.6). */
int diff_perms(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
               struct err *e)
{
    static const char *const but[] = {"DocMDP", NULL};
    const struct pdf_value *a = pdf_get(d->pdf, old, "Perms", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "Perms", d->to, e);

    if (err_is_set(e) || diff_keys(d, a, b, but, "perms", e) != 0)
        return -1;
    diff_explain_pair(d, pdf_key(old, "Perms"), pdf_key(now, "Perms"));
    const struct pdf_value *was = pdf_key(a, "DocMDP"), *is = pdf_key(b, "DocMDP");
    if (was == NULL && is == NULL)
        return 0;
    if (was != NULL)
        return diff_same(d, was, is) ? 0 : diff_add(d, GRADE_NEVER, "perms", "DocMDP", NULL, e);
    for (size_t i = 0; i < d->sigs->count; i++) {
        const struct sig *s = d->sigs->items[i];
        if (s->num == pdf_ref_of(is).num && s->revision == d->to && s->docmdp != 0)
            return 0;
    }
    return diff_add(d, GRADE_NEVER, "perms", "DocMDP", NULL, e);
}

/* ModDate and Producer of /Info follow each writing program; the rest is content. */
int diff_info(struct diff *d, struct err *e)
{
    static const char *const but[] = {"ModDate", "Producer", NULL};
    const struct pdf_value *ta = pdf_trailer(d->pdf, d->from), *tb = pdf_trailer(d->pdf, d->to);
    const struct pdf_value *a = pdf_get(d->pdf, ta, "Info", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, tb, "Info", d->to, e);

    if (err_is_set(e))
        return -1;
    if (a == b || (a != NULL && b != NULL && pdf_value_equal(a, b))) {
        diff_explain_pair(d, pdf_key(ta, "Info"), pdf_key(tb, "Info"));
        return 0;
    }
    if (b == NULL)
        return diff_add(d, GRADE_NEVER, "info", "Info", NULL, e);
    size_t before = d->step->count;
    if (diff_keys(d, a, b, but, "info", e) != 0)
        return -1;
    for (size_t i = 0; but[i] != NULL; i++) {
        const struct pdf_value *v = pdf_get(d->pdf, b, but[i], d->to, e);
        if (v != NULL && !pdf_is(v, PDF_STRING) &&
            diff_add(d, GRADE_NEVER, "info", but[i], NULL, e) != 0)
            return -1;
    }
    diff_explain_pair(d, pdf_key(ta, "Info"), pdf_key(tb, "Info"));
    return d->step->count == before ? diff_add(d, GRADE_ALWAYS, "info-dates", NULL, NULL, e) : 0;
}

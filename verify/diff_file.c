/* What a revision says of the file itself: the trailer and developer extensions. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "verify/diff.h"

/* A developer extension (7.12): names and numbers only, so that the dictionary serves no other
 * purpose on the side. */
static bool is_extension(struct diff *d, const struct pdf_value *v, int depth, struct err *e)
{
    static const char *const keys[] = {"Type", "BaseVersion", "ExtensionLevel", "ExtensionRevision",
                                       "URL",  NULL};

    v = pdf_resolve(d->pdf, v, d->to, e);
    if (pdf_is(v, PDF_ARRAY) && depth == 0) {
        for (size_t i = 0; i < pdf_count(v); i++) {
            if (!is_extension(d, pdf_at(v, i), 1, e))
                return false;
        }
        return true;
    }
    if (!pdf_is(v, PDF_DICT) || pdf_key(v, "BaseVersion") == NULL)
        return false;
    for (size_t i = 0; i < pdf_count(v); i++) {
        const struct pdf_entry *entry = pdf_entry_at(v, i);
        if (!diff_listed(keys, entry->key) ||
            (!pdf_is(&entry->value, PDF_NAME) && !pdf_is(&entry->value, PDF_INT) &&
             !pdf_is(&entry->value, PDF_STRING)))
            return false;
    }
    return true;
}

/* Developer extensions may come and say another level; none goes (7.12). The version may rise
 * (7.7.2). */
int diff_extensions(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                    struct err *e)
{
    const struct pdf_value *a = pdf_get(d->pdf, old, "Extensions", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "Extensions", d->to, e);
    bool grew = false;

    if (err_is_set(e))
        return -1;
    /* what is no dictionary of them says nothing: it may stay, or give way to one that does */
    if (b != NULL && !pdf_is(b, PDF_DICT) && !diff_same(d, a, b))
        return diff_add(d, GRADE_NEVER, "catalog", "Extensions", NULL, e);
    for (size_t i = 0; i < pdf_entry_count(a); i++) {
        if (pdf_key(b, pdf_entry_at(a, i)->key) == NULL)
            return diff_add(d, GRADE_NEVER, "catalog", "Extensions", NULL, e);
    }
    for (size_t i = 0; i < pdf_entry_count(b); i++) {
        const struct pdf_entry *entry = pdf_entry_at(b, i);
        bool same = diff_same(d, pdf_key(a, entry->key), &entry->value);
        if (!same && strcmp(entry->key, "Type") != 0 && !is_extension(d, &entry->value, 0, e))
            return diff_add(d, GRADE_NEVER, "catalog", "Extensions", NULL, e);
        grew = grew || !same;
    }
    diff_explain_pair(d, pdf_key(old, "Extensions"), pdf_key(now, "Extensions"));
    if (diff_explain_new(d, b, 0, e) != 0)
        return -1;
    const char *va = pdf_name(pdf_key(old, "Version")), *vb = pdf_name(pdf_key(now, "Version"));
    if (va != NULL && (vb == NULL || strcmp(va, vb) > 0))
        return diff_add(d, GRADE_NEVER, "catalog", "Version", NULL, e);
    return grew ? diff_add(d, GRADE_ALWAYS, "extensions", NULL, NULL, e) : 0;
}

/* /AuthCode of ISO/TS 32004: the code of an encrypted file, in the signature of this revision or by
 * itself. Readers show nothing of it. */
static bool is_auth_code(struct diff *d, const struct pdf_value *v, struct err *e)
{
    static const char *const keys[] = {"MACLocation", "SigObjRef", "ByteRange", "MAC", NULL};

    v = pdf_resolve(d->pdf, v, d->to, e);
    if (!pdf_is(v, PDF_DICT) || pdf_name(pdf_key(v, "MACLocation")) == NULL)
        return false;
    for (size_t i = 0; i < pdf_count(v); i++) {
        const struct pdf_entry *entry = pdf_entry_at(v, i);
        if (!diff_listed(keys, entry->key))
            return false;
        if (strcmp(entry->key, "SigObjRef") != 0)
            continue;
        bool ours = false;
        for (size_t k = 0; k < d->sigs->count; k++)
            ours = ours || (d->sigs->items[k]->num != 0 &&
                            d->sigs->items[k]->num == pdf_ref_of(&entry->value).num);
        if (!ours)
            return false;
    }
    return true;
}

/* What a key that the standard does not know leads to: no stream, so nothing that a reader with a
 * meaning of its own for it could show (/AdditionalStreams names the source of a document). */
static bool leads_nowhere(struct diff *d, const struct pdf_value *entry, int depth, struct err *e)
{
    enum { DEPTH_MAX = 4 };
    const struct pdf_value *v = pdf_resolve(d->pdf, entry, d->to, e);
    bool dict = pdf_is(v, PDF_DICT) && pdf_count(v) > 0;

    if (depth > DEPTH_MAX || pdf_is(v, PDF_STREAM) || (dict && v == entry) ||
        diff_work(d, 1, e) != 0)
        return false;
    for (size_t i = 0; (dict || pdf_is(v, PDF_ARRAY)) && i < pdf_count(v); i++) {
        const struct pdf_value *one = dict ? &pdf_entry_at(v, i)->value : pdf_at(v, i);
        if (!leads_nowhere(d, one, depth + 1, e))
            return false;
    }
    return true;
}

/* Numbers from /Size on do not exist for readers that keep to the letter (7.5.5): none comes or
 * goes by another /Size. The newest one counts, whatever those between said. */
static bool size_hides(const struct diff *d)
{
    const struct pdf_revision *now = pdf_revision_at(d->pdf, d->to);
    uint32_t most = 0, limit = pdf_object_limit(d->pdf, d->from);

    for (int r = 0; r <= d->from; r++) {
        if (pdf_revision_at(d->pdf, r)->size > most)
            most = pdf_revision_at(d->pdf, r)->size;
    }
    uint32_t low = most < now->size ? most : now->size, high = most < now->size ? now->size : most;
    if (now->size < most && d->to + 1 < pdf_revision_count(d->pdf))
        return false;
    for (uint32_t n = low; n < high && n < limit; n++) {
        if (pdf_place_of(d->pdf, n, d->from).kind != PDF_PLACE_FREE)
            return true;
    }
    return false;
}

static int trailer_key(struct diff *d, const char *key, const struct pdf_value *old,
                       const struct pdf_value *now, struct err *e)
{
    bool fine = false;

    if (strcmp(key, "Encrypt") == 0)
        fine = diff_same(d, old, now);
    else if (strcmp(key, "AuthCode") == 0)
        fine = now == NULL || is_auth_code(d, now, e);
    else
        fine = now == NULL || diff_same(d, old, now) || leads_nowhere(d, now, 0, e);
    if (err_is_set(e))
        return -1;
    return fine ? 0 : diff_add(d, GRADE_NEVER, "trailer", key, NULL, e);
}

int diff_trailer(struct diff *d, struct err *e)
{
    static const char *const own_rules[] = {"Size",        "Prev",   "XRefStm", "ID",    "Info",
                                            "Root",        "Type",   "W",       "Index", "Filter",
                                            "DecodeParms", "Length", "DL",      NULL};
    const struct pdf_value *old = pdf_trailer(d->pdf, d->from), *now = pdf_trailer(d->pdf, d->to);
    const struct pdf_value *sides[2] = {pdf_dict_of(old), pdf_dict_of(now)};

    if (sides[1] != NULL && sides[1]->doubled &&
        diff_add(d, GRADE_NEVER, "trailer", "<< >>", NULL, e) != 0)
        return -1;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < pdf_count(sides[side]); i++) {
            const char *key = pdf_entry_at(sides[side], i)->key;
            if (diff_listed(own_rules, key) || (side == 1 && pdf_key(sides[0], key) != NULL))
                continue;
            if (trailer_key(d, key, pdf_key(sides[0], key), pdf_key(sides[1], key), e) != 0)
                return -1;
        }
    }
    if (size_hides(d) && diff_add(d, GRADE_NEVER, "trailer", "Size", NULL, e) != 0)
        return -1;
    const struct pdf_value *a = pdf_at(pdf_key(old, "ID"), 0), *b = pdf_at(pdf_key(now, "ID"), 0);
    /* the key of an encrypted file is made with it */
    if (pdf_is_encrypted(d->pdf) && a != NULL && (b == NULL || !pdf_value_equal(a, b)) &&
        diff_add(d, GRADE_NEVER, "trailer", "ID", NULL, e) != 0)
        return -1;
    return diff_info(d, e);
}

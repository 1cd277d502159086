/* One revision against the one before: trailer, catalog, and the accounting of every object that
 * the revision lists. */
#include "verify/diff.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"

enum { DEPTH_MAX = 64, CHANGES_MAX = 100000, WORK_MAX = 100000000 };

void step_free(struct step *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->items[i].what);
    free(s->items);
    *s = (struct step){0};
}

int diff_add(struct diff *d, enum grade grade, const char *kind, const char *what,
             const struct sig *sig, struct err *e)
{
    struct step *s = d->step;
    char *copy = NULL;

    if (s->count == CHANGES_MAX)
        return err_set(e, ERR_INPUT, "err.verify.changes-many", NULL);
    if (s->count == s->cap) {
        size_t more = s->cap + s->cap / 2 + 8;
        struct change *grown = reallocarray(s->items, more, sizeof *grown);
        if (grown == NULL)
            return err_set_memory(e);
        s->items = grown;
        s->cap = more;
    }
    if (what != NULL && (copy = strdup(what)) == NULL)
        return err_set_memory(e);
    s->items[s->count++] = (struct change){grade, kind, copy, sig};
    return 0;
}

bool diff_spend(const struct diff *d, int64_t units)
{
    int64_t *work = &d->effort->work;

    if (*work <= WORK_MAX && units > 0)
        *work += units < WORK_MAX ? units : WORK_MAX;
    return *work <= WORK_MAX;
}

int diff_work(struct diff *d, int64_t units, struct err *e)
{
    return !diff_spend(d, units) ? err_set(e, ERR_INPUT, "err.verify.comparisons-many", NULL) : 0;
}

void diff_explain(struct diff *d, uint32_t num)
{
    if (num < d->limit)
        d->explained[num / 8] |= (unsigned char)(1u << (num % 8));
}

bool diff_explained(const struct diff *d, uint32_t num)
{
    return num < d->limit && (d->explained[num / 8] & (1u << (num % 8))) != 0;
}

static enum pdf_kind kind_as_of(struct diff *d, const struct pdf_value *ref, int revision)
{
    struct pdf_value *v = NULL;
    enum pdf_kind kind = PDF_STREAM; /* what cannot be read is not explained */

    if (pdf_load(d->pdf, pdf_ref_of(ref), revision, &v, NULL) == 0)
        kind = v->kind;
    pdf_value_free(v);
    return kind;
}

static bool kind_kept(struct diff *d, const struct pdf_value *old, const struct pdf_value *now)
{
    enum pdf_kind kind = kind_as_of(d, now, d->to);

    return (kind == PDF_DICT || kind == PDF_ARRAY) && kind_as_of(d, old, d->from) == kind;
}

void diff_explain_pair(struct diff *d, const struct pdf_value *old, const struct pdf_value *now)
{
    uint32_t num = pdf_ref_of(now).num;

    if (num == 0 || diff_explained(d, num))
        return;
    if (diff_is_new(d, num) ? kind_as_of(d, now, d->to) != PDF_STREAM
                            : pdf_ref_of(old).num == num && kind_kept(d, old, now))
        diff_explain(d, num);
}

bool diff_is_new(const struct diff *d, uint32_t num)
{
    return pdf_place_of(d->pdf, num, d->from).kind == PDF_PLACE_FREE &&
           pdf_place_of(d->pdf, num, d->to).kind != PDF_PLACE_FREE;
}

bool diff_changed(const struct diff *d, uint32_t num)
{
    return pdf_moved(d->pdf, num, d->from, d->to);
}

static int explain_children(struct diff *d, const struct pdf_value *v, int depth, struct err *e)
{
    const struct pdf_value *dict = pdf_dict_of(v);

    for (size_t i = 0; i < pdf_count(v) && dict != NULL; i++) {
        if (diff_explain_new(d, &pdf_entry_at(dict, i)->value, depth + 1, e) != 0)
            return -1;
    }
    for (size_t i = 0; i < pdf_count(v) && pdf_is(v, PDF_ARRAY); i++) {
        if (diff_explain_new(d, pdf_at(v, i), depth + 1, e) != 0)
            return -1;
    }
    return 0;
}

int diff_explain_new(struct diff *d, const struct pdf_value *v, int depth, struct err *e)
{
    struct pdf_ref ref = pdf_ref_of(v);
    struct pdf_value *object = NULL;

    if (v == NULL)
        return 0;
    if (depth > DEPTH_MAX)
        return err_set(e, ERR_INPUT, "err.verify.depth", NULL);
    if (ref.num == 0)
        return explain_children(d, v, depth, e);
    if (!diff_is_new(d, ref.num) || diff_explained(d, ref.num))
        return 0;
    diff_explain(d, ref.num);
    if (pdf_load(d->pdf, ref, d->to, &object, e) != 0)
        return -1;
    int rc = explain_children(d, object, depth, e);
    pdf_value_free(object);
    return rc;
}

bool diff_same(struct diff *d, const struct pdf_value *old, const struct pdf_value *now)
{
    (void)d;
    if (pdf_is_null(old) || pdf_is_null(now))
        return pdf_is_null(old) && pdf_is_null(now);
    return pdf_value_equal(old, now);
}

bool diff_listed(const char *const *names, const char *key)
{
    for (; names != NULL && *names != NULL; names++) {
        if (strcmp(*names, key) == 0)
            return true;
    }
    return false;
}

int diff_keys(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
              const char *const *but, const char *kind, struct err *e)
{
    const struct pdf_value *sides[2] = {pdf_dict_of(old), pdf_dict_of(now)};

    /* a key that stands there twice is read in two ways */
    if (sides[1] != NULL && sides[1]->doubled &&
        diff_add(d, GRADE_NEVER, kind, "<< >>", NULL, e) != 0)
        return -1;
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < pdf_count(sides[side]); i++) {
            const char *key = pdf_entry_at(sides[side], i)->key;
            if (strlen(key) != pdf_entry_at(sides[side], i)->key_len)
                return diff_add(d, GRADE_NEVER, kind, key, NULL, e);
            if (diff_listed(but, key) || (side == 1 && pdf_key(sides[0], key) != NULL))
                continue;
            if (!diff_same(d, pdf_key(sides[0], key), pdf_key(sides[1], key)) &&
                diff_add(d, GRADE_NEVER, kind, key, NULL, e) != 0)
                return -1;
        }
    }
    return 0;
}

static int diff_catalog(struct diff *d, struct err *e)
{
    static const char *const own_rules[] = {"AcroForm", "DSS",     "Extensions", "Perms",
                                            "Metadata", "Version", NULL};
    struct pdf_ref a = pdf_catalog_ref(d->pdf, d->from), b = pdf_catalog_ref(d->pdf, d->to);
    struct pdf_value *old = NULL, *now = NULL;
    int rc = -1;

    if (a.num != b.num || a.gen != b.gen)
        return diff_add(d, GRADE_NEVER, "catalog", "Root", NULL, e);
    if (pdf_load(d->pdf, a, d->from, &old, e) != 0 || pdf_load(d->pdf, b, d->to, &now, e) != 0)
        goto out;
    diff_explain(d, b.num);
    if (diff_keys(d, old, now, own_rules, "catalog", e) != 0 ||
        diff_extensions(d, old, now, e) != 0 || diff_form(d, old, now, e) != 0 ||
        diff_dss(d, old, now, e) != 0 || diff_perms(d, old, now, e) != 0 ||
        diff_metadata(d, old, now, e) != 0)
        goto out;
    rc = 0;
out:
    pdf_value_free(old);
    pdf_value_free(now);
    return rc;
}

/* A stream's dictionary and data, or any other value, are the same in both revisions: written
 * again, not changed. */
static int unchanged(struct diff *d, struct pdf_ref old_ref, struct pdf_ref ref, bool *same,
                     struct err *e)
{
    struct pdf_value *a = NULL, *b = NULL;
    struct buf da, db;
    int rc = -1;

    *same = false;
    buf_init(&da, (size_t)ceilings.pdf_stream_bytes);
    buf_init(&db, (size_t)ceilings.pdf_stream_bytes);
    if (pdf_load(d->pdf, old_ref, d->from, &a, e) != 0 || pdf_load(d->pdf, ref, d->to, &b, e) != 0)
        goto out;
    if (!pdf_is(a, PDF_STREAM) && !pdf_is(b, PDF_STREAM)) {
        *same = pdf_value_equal(a, b);
    } else if (pdf_is(a, PDF_STREAM) && pdf_is(b, PDF_STREAM) &&
               pdf_value_equal(pdf_dict_of(a), pdf_dict_of(b))) {
        if (pdf_stream_data(d->pdf, a, d->from, PDF_DECODE_RAW, da.max, &da, e) != 0 ||
            pdf_stream_data(d->pdf, b, d->to, PDF_DECODE_RAW, db.max, &db, e) != 0)
            goto out;
        *same = da.len == db.len && (da.len == 0 || memcmp(da.data, db.data, da.len) == 0);
    }
    rc = 0;
out:
    pdf_value_free(a);
    pdf_value_free(b);
    buf_free(&da);
    buf_free(&db);
    return rc;
}

/* Cross-reference streams and object streams carry objects; they are none themselves. What is in
 * them is looked at by diff_unlisted. */
static bool is_carrier(struct diff *d, struct pdf_ref ref)
{
    struct pdf_value *v = NULL;
    bool carrier = false;

    if (pdf_load(d->pdf, ref, d->to, &v, NULL) == 0 && pdf_is(v, PDF_STREAM))
        carrier =
            pdf_is_name(pdf_key(v, "Type"), "XRef") || pdf_is_name(pdf_key(v, "Type"), "ObjStm");
    pdf_value_free(v);
    return carrier;
}

/* What some writers leave behind and nothing refers to: an information dictionary, an entry of VRI,
 * data without a role of its own. */
static bool harmless_orphan(struct diff *d, struct pdf_ref ref)
{
    static const char *const texts[] = {"CreationDate", "ModDate", "Producer", "Creator", NULL};
    static const char *const vri[] = {"Type", "OCSP", "CRL", "Cert", "TU", NULL};
    struct pdf_value *v = NULL;
    bool harmless = false;

    if (pdf_load(d->pdf, ref, d->to, &v, NULL) == 0 && pdf_is(v, PDF_DICT)) {
        bool is_vri = pdf_is_name(pdf_key(v, "Type"), "VRI");
        harmless = pdf_count(v) > 0;
        for (size_t i = 0; i < pdf_count(v); i++) {
            const struct pdf_entry *entry = pdf_entry_at(v, i);
            harmless = harmless && diff_listed(is_vri ? vri : texts, entry->key) &&
                       (is_vri || pdf_is(&entry->value, PDF_STRING));
        }
    } else if (pdf_is(v, PDF_STREAM)) {
        harmless = pdf_key(v, "Type") == NULL && pdf_key(v, "Subtype") == NULL;
    } else if (pdf_is(v, PDF_NULL) || pdf_is(v, PDF_INT)) { /* the length of a stream */
        harmless = true;
    }
    pdf_value_free(v);
    return harmless;
}

/* An object that is explained by its role in the form, a page's annotations or the store, but has
 * another one: pages are drawn with it, it is a dictionary of appearances, or it is an array that
 * stands elsewhere too. */
static bool role_foreign(struct diff *d, uint32_t num, struct pdf_ref ref)
{
    bool looks = awaited_two_looks(d->awaited, num), placed = awaited_placed(d->awaited, num);
    struct pdf_value *v = NULL;

    if (!diff_explained(d, num))
        return false; /* must be the same in any case */
    if (awaited_drawn(d->awaited, num) || (!looks && !placed))
        return awaited_drawn(d->awaited, num);
    bool foreign = pdf_load(d->pdf, ref, d->to, &v, NULL) != 0 ||
                   (placed && pdf_is(v, PDF_ARRAY)) ||
                   (looks && !pdf_is_name(pdf_key(v, "Type"), "Page"));
    pdf_value_free(v);
    return foreign;
}

static int account(struct diff *d, const struct pdf_change *c, struct err *e)
{
    struct pdf_place before = pdf_place_of(d->pdf, c->num, d->from);
    struct pdf_ref ref = {c->num, c->place.gen}, old_ref = {c->num, before.gen};
    char what[32];
    bool same = false;

    snprintf(what, sizeof what, "%u %u R", c->num, c->place.gen);
    if (c->num == 0 || c->kind == PDF_CHANGE_SAME)
        return 0;
    if (before.kind == PDF_PLACE_FREE && c->place.kind != PDF_PLACE_FREE &&
        awaited_has(d->awaited, c->num))
        return diff_add(d, GRADE_NEVER, "object-awaited", what, NULL, e);
    if (before.kind != PDF_PLACE_FREE && c->place.kind != PDF_PLACE_FREE &&
        (before.gen != c->place.gen || role_foreign(d, c->num, ref)))
        return diff_add(d, GRADE_NEVER, "object-replaced", what, NULL, e);
    if (diff_explained(d, c->num))
        return 0;
    if (c->kind == PDF_CHANGE_FREED)
        return before.kind == PDF_PLACE_FREE
                   ? 0
                   : diff_add(d, GRADE_NEVER, "object-removed", what, NULL, e);
    if (before.kind == PDF_PLACE_FREE) {
        if (is_carrier(d, ref) || harmless_orphan(d, ref))
            return 0;
        return diff_add(d, GRADE_NEVER, "object-added", what, NULL, e);
    }
    if (unchanged(d, old_ref, ref, &same, e) != 0)
        return -1;
    return same ? 0 : diff_add(d, GRADE_NEVER, "object-replaced", what, NULL, e);
}

/* Object 0 comes, or stands where the older revision did not reach. */
static bool zero_comes(const struct diff *d)
{
    int64_t was = pdf_zero_offset(d->pdf, d->from), is = pdf_zero_offset(d->pdf, d->to);

    return is >= 0 && (was != is || is >= pdf_revision_at(d->pdf, d->from)->end);
}

static int beyond_judge(struct diff *d, struct err *e)
{
    char what[32];

    if (zero_comes(d) && diff_add(d, GRADE_NEVER, "object-added", "0 0 R", NULL, e) != 0)
        return -1;
    if (d->awaited == NULL || d->awaited->beyond == 0)
        return 0;
    snprintf(what, sizeof what, "%u", d->awaited->beyond);
    return diff_add(d, GRADE_NEVER, "object-awaited", what, NULL, e);
}

int diff_step(struct pdf *pdf, const struct sigs *sigs, int revision, const struct awaited *awaited,
              struct effort *effort, struct step *out, struct err *e)
{
    struct diff d = {.pdf = pdf,
                     .sigs = sigs,
                     .from = revision - 1,
                     .to = revision,
                     .limit = pdf_object_limit(pdf, revision),
                     .step = out,
                     .awaited = awaited,
                     .effort = effort};
    struct pdf_change change;
    int rc = -1;

    if (pdf_object_limit(pdf, revision - 1) > d.limit)
        d.limit = pdf_object_limit(pdf, revision - 1);
    out->revision = revision;
    if (beyond_judge(&d, e) != 0)
        return -1;
    d.explained = calloc(1, (size_t)d.limit / 8 + 1);
    d.widgets = calloc(1, (size_t)d.limit / 8 + 1);
    d.lists = calloc(1, (size_t)d.limit / 8 + 1);
    if (d.explained == NULL || d.widgets == NULL || d.lists == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (diff_trailer(&d, e) != 0 || diff_catalog(&d, e) != 0 || diff_pages(&d, e) != 0 ||
        diff_tags(&d, e) != 0 || diff_unlisted(&d, e) != 0)
        goto out;
    for (size_t i = 0; i < pdf_change_count(pdf, revision); i++) {
        if (pdf_change_at(pdf, revision, i, &change) != 0) {
            err_set_bug(e, "diff_step");
            goto out;
        }
        if (account(&d, &change, e) != 0)
            goto out;
    }
    rc = 0;
out:
    pdf_drop_cache(pdf);
    free(d.explained);
    free(d.widgets);
    free(d.lists);
    return rc;
}

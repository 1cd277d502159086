/* Pages: their list of annotations may gain widgets of signature fields and, for P = 3, comments
 * come, change and go; everything else of a page stays (attack class EAA). */
#include <string.h>

#include "base/err.h"
#include "verify/diff.h"

enum {
    SEARCHES_MAX = 1000, /* in one list, for comments that were taken off */
    COMMENT_WORK = 1000, /* reading one twice, beside looking at a reference */
    MARKS_WORK = 500
};

static bool is_widget(const struct diff *d, uint32_t num)
{
    return num != 0 && num < d->limit && (d->widgets[num / 8] & (1u << (num % 8))) != 0;
}

/* A field that was there before and is signed by this revision may come to the page now. */
static const struct sig *signed_now(const struct diff *d, uint32_t num)
{
    for (size_t i = 0; i < d->sigs->count; i++) {
        const struct sig *s = d->sigs->items[i];
        if (s->field_ref.num == num && s->first_seen == d->to && s->revision == d->to)
            return s;
    }
    return NULL;
}

/* A signature that is told already gets a place that no page showed. */
static int place_came(struct diff *d, const struct sig *s, struct err *e)
{
    for (size_t i = 0; i < d->step->count; i++) {
        struct change *c = &d->step->items[i];
        if (c->sig != s)
            continue;
        if (c->grade < GRADE_PLACE)
            c->grade = GRADE_PLACE;
        return 0;
    }
    return diff_add(d, GRADE_PLACE, "signature", s->field, s, e);
}

static int new_annotation(struct diff *d, const struct pdf_value *item, const char *page,
                          struct err *e)
{
    struct pdf_ref ref = pdf_ref_of(item);
    const struct sig *s = is_widget(d, ref.num) ? signed_now(d, ref.num) : NULL;

    if (is_widget(d, ref.num) && diff_is_new(d, ref.num))
        return 0; /* accounted for by its field */
    if (s != NULL)
        return s->visible ? place_came(d, s, e) : 0;
    if (diff_work(d, COMMENT_WORK, e) != 0 || diff_comment_new(d, item, page, e) != 0)
        return -1;
    return diff_work(d, 0, e);
}

/* Whether a list that pages share was looked through for an earlier one. */
static bool was_looked_at(struct diff *d, uint32_t list)
{
    unsigned char bit = (unsigned char)(1u << (list % 8));

    if (list == 0 || list >= d->limit)
        return false;
    bool before = (d->lists[list / 8] & bit) != 0;
    d->lists[list / 8] |= bit;
    return before;
}

/* Annotations that stay and were written anew in their place. */
static int annotations_changed(struct diff *d, const struct pdf_value *list, const char *page,
                               struct err *e)
{
    size_t n = pdf_is(list, PDF_ARRAY) ? pdf_count(list) : 0;

    if (diff_work(d, (int64_t)n, e) != 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        uint32_t num = pdf_ref_of(pdf_at(list, i)).num;
        if (num == 0 || is_widget(d, num) || diff_is_new(d, num) || !diff_changed(d, num))
            continue;
        if (diff_work(d, COMMENT_WORK, e) != 0 ||
            diff_comment_changed(d, pdf_at(list, i), page, e) != 0)
            return -1;
    }
    return diff_work(d, 0, e);
}

static bool is_in(const struct pdf_value *list, size_t from, const struct pdf_value *item)
{
    for (size_t i = from; i < pdf_count(list); i++) {
        if (pdf_value_equal(pdf_at(list, i), item))
            return true;
    }
    return false;
}

/* Steps over old ones that are not in the new list from its `at` on: comments that were taken off.
 * `left`: how often the list may still be searched. */
static int removed_pass(struct diff *d, const struct pdf_value *old, size_t *kept,
                        const struct pdf_value *now, size_t at, size_t *left, const char *page,
                        struct err *e)
{
    bool fine = true;

    for (; *left > 0 && fine && *kept < pdf_count(old); *kept += fine) {
        const struct pdf_value *item = pdf_at(old, *kept);
        (*left)--;
        if (diff_work(d, (int64_t)(pdf_count(now) - at), e) != 0)
            return -1;
        if (is_in(now, at, item))
            return 0;
        if (diff_comment_gone(d, item, page, &fine, e) != 0)
            return -1;
    }
    return 0;
}

static int annotations_diff(struct diff *d, const struct pdf_value *old,
                            const struct pdf_value *now, const char *page, struct err *e)
{
    const struct pdf_value *a = pdf_get(d->pdf, old, "Annots", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "Annots", d->to, e);
    size_t kept = 0, left = SEARCHES_MAX;

    if (err_is_set(e))
        return -1;
    if ((a != NULL && !pdf_is(a, PDF_ARRAY)) || (b != NULL && !pdf_is(b, PDF_ARRAY)))
        return diff_same(d, a, b) ? 0 : diff_add(d, GRADE_NEVER, "annotation", page, NULL, e);
    if (diff_work(d, (int64_t)pdf_count(b), e) != 0)
        return -1;
    for (size_t i = 0; i < pdf_count(b); i++) {
        bool same = kept < pdf_count(a) && pdf_value_equal(pdf_at(a, kept), pdf_at(b, i));
        if (!same && !diff_is_new(d, pdf_ref_of(pdf_at(b, i)).num)) {
            if (removed_pass(d, a, &kept, b, i, &left, page, e) != 0)
                return -1;
            same = kept < pdf_count(a) && pdf_value_equal(pdf_at(a, kept), pdf_at(b, i));
        }
        if (same)
            kept++;
        else if (new_annotation(d, pdf_at(b, i), page, e) != 0)
            return -1;
    }
    if (removed_pass(d, a, &kept, b, pdf_count(b), &left, page, e) != 0)
        return -1;
    diff_explain_pair(d, pdf_key(old, "Annots"), pdf_key(now, "Annots"));
    return kept == pdf_count(a) ? 0 : diff_add(d, GRADE_NEVER, "annotation-removed", page, NULL, e);
}

/* Tabbing in the order of the structure, which tagged pages with annotations must have; it came
 * with a signature's widget (ISO 14289-1 7.18.3). */
static bool tabs_came(const struct diff *d, const struct pdf_value *old,
                      const struct pdf_value *now)
{
    return pdf_key(old, "Tabs") == NULL && pdf_is_name(pdf_key(now, "Tabs"), "S") &&
           diff_signature(d) != NULL;
}

/* Whether the marks of a page hide what lies below: 1; 0; -1. */
static int marks_hide(struct diff *d, const struct pdf_value *page, struct err *e)
{
    const struct pdf_value *annots = pdf_get(d->pdf, page, "Annots", d->to, e);
    int64_t n = (int64_t)pdf_count(annots);

    /* each is compared with each, up to a ceiling */
    if (diff_work(d, n < MARKS_WORK ? n * n : (int64_t)MARKS_WORK * MARKS_WORK, e) != 0 ||
        diff_work(d, n, e) != 0)
        return -1;
    bool hide = diff_highlights_dark(d, annots, e) || diff_lines_dense(d, annots, e);
    return err_is_set(e) || diff_work(d, 0, e) != 0 ? -1 : hide;
}

static int page_look(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                     struct err *e)
{
    static const char *const but[] = {"Annots", NULL};
    static const char *const but_tabs[] = {"Annots", "Tabs", NULL};
    struct diff *d = self;
    struct pdf_value *old = NULL;
    struct buf number;
    uint32_t annots = pdf_ref_of(pdf_key(page, "Annots")).num;
    size_t before = d->step->count;
    int rc = -1;

    buf_init(&number, 32);
    buf_format(&number, "%lld", (long long)index + 1);
    if (!was_looked_at(d, annots) &&
        annotations_changed(d, pdf_get(d->pdf, page, "Annots", d->to, e), buf_str(&number), e) != 0)
        goto out;
    if (!diff_changed(d, ref.num) && (annots == 0 || !diff_changed(d, annots))) {
        rc = err_is_set(e) ? -1 : 0;
        goto out;
    }
    if (diff_is_new(d, ref.num)) {
        rc = diff_add(d, GRADE_NEVER, "page-added", buf_str(&number), NULL, e);
        goto out;
    }
    if (pdf_load(d->pdf, ref, d->from, &old, e) != 0)
        goto out;
    if (!pdf_is_name(pdf_key(old, "Type"), "Page")) {
        rc = diff_add(d, GRADE_NEVER, "page", buf_str(&number), NULL, e);
        goto out;
    }
    if (diff_keys(d, old, page, tabs_came(d, old, page) ? but_tabs : but, "page", e) != 0 ||
        annotations_diff(d, old, page, buf_str(&number), e) != 0)
        goto out;
    diff_explain(d, ref.num);
    rc = 0;
out:
    if (rc == 0 && d->step->count > before && (rc = marks_hide(d, page, e)) > 0)
        rc = diff_add(d, GRADE_NEVER, "annotation", buf_str(&number), NULL, e);
    pdf_value_free(old);
    buf_free(&number);
    return rc;
}

int diff_pages(struct diff *d, struct err *e)
{
    return pdf_page_walk(d->pdf, d->to, page_look, d, e);
}

/* Pages: their list of annotations may gain widgets of signature fields and, for P = 3, plain
 * comments without appearance; everything else of a page stays (attack class EAA). */
#include <string.h>

#include "base/err.h"
#include "verify/diff.h"

static bool is_widget(const struct diff *d, uint32_t num)
{
    return num != 0 && num < d->limit && (d->widgets[num / 8] & (1u << (num % 8))) != 0;
}

/* Readers lay a highlight over the text like ink: in a dark colour the text is gone. Absent: none,
 * or yellow. */
static bool colour_light(struct diff *d, const struct pdf_value *annot, struct err *e)
{
    const struct pdf_value *c = pdf_get(d->pdf, annot, "C", d->to, e);
    size_t n = pdf_count(c);
    double part[4] = {0, 0, 0, 0}, light = 1;

    if (c == NULL || (pdf_is(c, PDF_ARRAY) && n == 0))
        return true;
    if (!pdf_is(c, PDF_ARRAY) || (n != 1 && n != 3 && n != 4))
        return false;
    for (size_t i = 0; i < n; i++)
        part[i] = pdf_number(pdf_get_at(d->pdf, c, i, d->to, e), n == 4 ? 1 : 0);
    if (n == 4)
        for (size_t i = 0; i < 3; i++)
            part[i] = (1 - part[i]) * (1 - part[3]);
    light = n == 1 ? part[0] : 0.30 * part[0] + 0.59 * part[1] + 0.11 * part[2];
    return light >= 0.4;
}

/* A note that covers nothing: no appearance of its own, no action, no line of its own width, no
 * dark ink. */
static bool harmless(struct diff *d, const struct pdf_value *annot, struct err *e)
{
    static const char *const kinds[] = {"Text",      "Popup",    "Highlight",
                                        "Underline", "Squiggly", "StrikeOut"};
    const char *kind = pdf_name(pdf_key(annot, "Subtype"));

    if (kind == NULL || !pdf_is(annot, PDF_DICT) || annot->doubled ||
        pdf_key(annot, "AP") != NULL || pdf_key(annot, "A") != NULL ||
        pdf_key(annot, "AA") != NULL || pdf_key(annot, "BS") != NULL ||
        pdf_key(annot, "Border") != NULL)
        return false;
    if (strcmp(kind, "Highlight") == 0 && !colour_light(d, annot, e))
        return false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i], kind) == 0)
            return true;
    }
    return false;
}

/* A field that was there before and is signed by this revision may come to the page now. */
static bool is_signed_now(const struct diff *d, uint32_t num)
{
    for (size_t i = 0; i < d->sigs->count; i++) {
        const struct sig *s = d->sigs->items[i];
        if (s->field_ref.num == num && s->first_seen == d->to && s->revision == d->to)
            return true;
    }
    return false;
}

static int new_annotation(struct diff *d, const struct pdf_value *item, const char *page,
                          struct err *e)
{
    struct pdf_ref ref = pdf_ref_of(item);

    if (is_widget(d, ref.num) && (diff_is_new(d, ref.num) || is_signed_now(d, ref.num)))
        return 0; /* accounted for by its field */
    const struct pdf_value *annot = pdf_resolve(d->pdf, item, d->to, e);
    if (annot == NULL)
        return err_is_set(e) ? -1 : diff_add(d, GRADE_NEVER, "annotation", page, NULL, e);
    if (!harmless(d, annot, e) || !diff_is_new(d, ref.num))
        return diff_add(d, GRADE_NEVER, "annotation", page, NULL, e);
    if (diff_explain_new(d, item, 0, e) != 0)
        return -1;
    return diff_add(d, GRADE_ANNOTATE, "comment", page, NULL, e);
}

static int annotations_diff(struct diff *d, const struct pdf_value *old,
                            const struct pdf_value *now, const char *page, struct err *e)
{
    const struct pdf_value *a = pdf_get(d->pdf, old, "Annots", d->from, e);
    const struct pdf_value *b = pdf_get(d->pdf, now, "Annots", d->to, e);
    size_t kept = 0;

    if (err_is_set(e))
        return -1;
    if ((a != NULL && !pdf_is(a, PDF_ARRAY)) || (b != NULL && !pdf_is(b, PDF_ARRAY)))
        return diff_same(d, a, b) ? 0 : diff_add(d, GRADE_NEVER, "annotation", page, NULL, e);
    for (size_t i = 0; i < pdf_count(b); i++) {
        if (kept < pdf_count(a) && pdf_value_equal(pdf_at(a, kept), pdf_at(b, i)))
            kept++;
        else if (new_annotation(d, pdf_at(b, i), page, e) != 0)
            return -1;
    }
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

static int page_look(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                     struct err *e)
{
    static const char *const but[] = {"Annots", NULL};
    static const char *const but_tabs[] = {"Annots", "Tabs", NULL};
    struct diff *d = self;
    struct pdf_value *old = NULL;
    struct buf number;
    uint32_t annots = pdf_ref_of(pdf_key(page, "Annots")).num;
    int rc = -1;

    if (!diff_changed(d, ref.num) && (annots == 0 || !diff_changed(d, annots)))
        return 0;
    buf_init(&number, 32);
    buf_format(&number, "%lld", (long long)index + 1);
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
    pdf_value_free(old);
    buf_free(&number);
    return rc;
}

int diff_pages(struct diff *d, struct err *e)
{
    return pdf_page_walk(d->pdf, d->to, page_look, d, e);
}

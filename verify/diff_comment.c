/* Comments that come, change or go where the certification allows annotations (P = 3, Table 257):
 * only what cannot hide or forge what was signed (attack class EAA). */
#include <string.h>

#include "base/err.h"
#include "verify/diff.h"

/* Readers lay a highlight over the text like ink: in a dark colour the text is gone. Absent: none,
 * or yellow. */
static bool colour_light(struct diff *d, const struct pdf_value *annot, int revision, struct err *e)
{
    const struct pdf_value *c = pdf_get(d->pdf, annot, "C", revision, e);
    double part[4] = {0, 0, 0, 0};

    if (c == NULL || (pdf_is(c, PDF_ARRAY) && pdf_count(c) == 0))
        return true;
    if (!pdf_is(c, PDF_ARRAY) || pdf_count(c) > 4)
        return false;
    for (size_t i = 0; i < pdf_count(c); i++)
        part[i] = pdf_number(pdf_get_at(d->pdf, c, i, revision, e), pdf_count(c) == 4 ? 1 : 0);
    return diff_colour_light(part, pdf_count(c)) >= 0.4;
}

/* Readers draw a line under or through a text as thick as the text is high: a piece that is higher
 * than text is a bar. */
static bool lines_thin(struct diff *d, const struct pdf_value *annot, int revision, struct err *e)
{
    struct diff_piece piece;

    for (size_t i = 0; diff_piece_at(d, annot, revision, i, &piece, e); i++) {
        if (!diff_spend(d, DIFF_PIECE_WORK) || i == DIFF_PIECES_MAX ||
            piece.height > DIFF_LINE_HIGHEST)
            return false;
    }
    return true;
}

/* A note without an action, a line of its own width, dark ink, or the entries of a tree's leaf, as
 * which it may hang somewhere. */
static bool plain(struct diff *d, const struct pdf_value *annot, int revision, struct err *e)
{
    static const char *const kinds[] = {"Text",     "Popup",     "Highlight", "Underline",
                                        "Squiggly", "StrikeOut", NULL};
    static const char *const never[] = {"A", "AA", "BS", "Border", "Names", "Nums"};
    const char *kind = pdf_name(pdf_key(annot, "Subtype"));

    if (kind == NULL || !diff_listed(kinds, kind) || !pdf_is(annot, PDF_DICT) || annot->doubled)
        return false;
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        if (pdf_key(annot, never[i]) != NULL)
            return false;
    }
    bool line = strcmp(kind, "Underline") == 0 || strcmp(kind, "Squiggly") == 0 ||
                strcmp(kind, "StrikeOut") == 0;
    if (line && !lines_thin(d, annot, revision, e))
        return false;
    return strcmp(kind, "Highlight") != 0 || colour_light(d, annot, revision, e);
}

/* One look of a marker, which lets all show through. */
static bool look_light(struct diff *d, const struct pdf_value *annot, int revision, struct err *e)
{
    const struct pdf_value *looks = pdf_key(annot, "AP");

    return pdf_is_name(pdf_key(annot, "Subtype"), "Highlight") && pdf_is(looks, PDF_DICT) &&
           !looks->doubled && pdf_count(looks) == 1 &&
           diff_ink_light(d, pdf_get(d->pdf, looks, "N", revision, e), revision) > 0;
}

/* No look, or one that is new with this revision. Any other look could draw a digit beside an
 * amount. */
static bool look_fit(struct diff *d, const struct pdf_value *annot, struct err *e)
{
    const struct pdf_value *looks = pdf_key(annot, "AP");

    return looks == NULL ||
           (diff_is_new(d, pdf_ref_of(pdf_key(looks, "N")).num) && look_light(d, annot, d->to, e));
}

/* The look of a comment that was there: it stays in its place, or a fit one takes the place of what
 * hid nothing. */
static bool look_turns(struct diff *d, const struct pdf_value *old, const struct pdf_value *now,
                       struct err *e)
{
    const struct pdf_value *was = pdf_key(old, "AP");

    if (was != NULL && pdf_value_equal(was, pdf_key(now, "AP")) &&
        diff_same(d, pdf_key(old, "Rect"), pdf_key(now, "Rect")) &&
        diff_same(d, pdf_key(old, "CA"), pdf_key(now, "CA")))
        return true;
    return (was == NULL || look_light(d, old, d->from, e)) && look_fit(d, now, e);
}

/* Nothing by which the object could serve for something else, were it taken for that as well. */
static bool comment_only(const struct diff *d, const struct pdf_value *annot, uint32_t num)
{
    static const char *const keys[] = {"Type",
                                       "Subtype",
                                       "Rect",
                                       "Contents",
                                       "P",
                                       "NM",
                                       "M",
                                       "F",
                                       "C",
                                       "T",
                                       "CA",
                                       "RC",
                                       "IRT",
                                       "Subj",
                                       "RT",
                                       "IT",
                                       "CreationDate",
                                       "Popup",
                                       "Open",
                                       "Parent",
                                       "Name",
                                       "QuadPoints",
                                       "StateModel",
                                       "State",
                                       "StructParent",
                                       "AP",
                                       NULL};

    for (size_t i = 0; i < pdf_entry_count(annot); i++) {
        if (!diff_listed(keys, pdf_entry_at(annot, i)->key))
            return false;
    }
    return !awaited_drawn(d->awaited, num);
}

int diff_comment_new(struct diff *d, const struct pdf_value *item, const char *page, struct err *e)
{
    uint32_t num = pdf_ref_of(item).num;
    const struct pdf_value *annot = pdf_fetch(d->pdf, pdf_ref_of(item), d->to, e);

    if (annot == NULL && err_is_set(e))
        return -1;
    if (num == 0 || !diff_is_new(d, num) || !plain(d, annot, d->to, e) || !look_fit(d, annot, e))
        return diff_add(d, GRADE_NEVER, "annotation", page, NULL, e);
    if (diff_explain_new(d, item, 0, e) != 0)
        return -1;
    return diff_add(d, GRADE_ANNOTATE, "comment", page, NULL, e);
}

int diff_comment_changed(struct diff *d, const struct pdf_value *item, const char *page,
                         struct err *e)
{
    static const char *const may[] = {"M",          "Contents", "RC",         "Open", "C",
                                      "CA",         "Rect",     "QuadPoints", "Subj", "State",
                                      "StateModel", "Popup",    "AP",         NULL};
    struct step *step = d->step;
    struct pdf_ref ref = pdf_ref_of(item);
    struct pdf_value *old = NULL, *now = NULL;
    size_t before = step->count;
    int rc = -1;

    if (pdf_load(d->pdf, ref, d->from, &old, e) != 0 || pdf_load(d->pdf, ref, d->to, &now, e) != 0)
        goto out;
    rc = 0;
    if (pdf_value_equal(old, now) || !plain(d, old, d->from, e) || !comment_only(d, old, ref.num) ||
        !plain(d, now, d->to, e) || !look_turns(d, old, now, e))
        goto out; /* accounted for as any other object */
    rc = diff_keys(d, old, now, may, "annotation", e);
    if (rc == 0 && step->count == before) {
        diff_explain(d, ref.num);
        rc = diff_explain_new(d, now, 0, e) != 0
                 ? -1
                 : diff_add(d, GRADE_ANNOTATE, "comment-changed", page, NULL, e);
    }
out:
    pdf_value_free(old);
    pdf_value_free(now);
    return rc;
}

int diff_comment_gone(struct diff *d, const struct pdf_value *item, const char *page, bool *fine,
                      struct err *e)
{
    struct pdf_ref ref = pdf_ref_of(item);
    struct pdf_value *old = NULL, *now = NULL;
    int rc = -1;

    *fine = false;
    if (pdf_load(d->pdf, ref, d->from, &old, e) != 0)
        goto out;
    rc = 0;
    /* with a look of its own it may have hidden what shows now */
    if (ref.num == 0 || !plain(d, old, d->from, e) || pdf_key(old, "AP") != NULL ||
        !comment_only(d, old, ref.num))
        goto out;
    bool freed = pdf_place_of(d->pdf, ref.num, d->to).kind == PDF_PLACE_FREE;
    rc = freed ? 0 : pdf_load(d->pdf, ref, d->to, &now, e);
    if (rc != 0 || (!freed && !pdf_is_null(now) && !pdf_value_equal(old, now)))
        goto out;
    *fine = true;
    diff_explain(d, ref.num);
    rc = diff_add(d, GRADE_ANNOTATE, "comment-removed", page, NULL, e);
out:
    pdf_value_free(old);
    pdf_value_free(now);
    return rc;
}

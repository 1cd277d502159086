/* Comments that come, change or go where the certification allows annotations (P = 3, Table 257):
 * only what cannot hide or forge what was signed (attack class EAA). */
#include <stdlib.h>
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
    enum { HIGHEST = 48, CORNERS = 8 };
    const struct pdf_value *quads = pdf_get(d->pdf, annot, "QuadPoints", revision, e);
    const struct pdf_value *places =
        quads != NULL ? quads : pdf_get(d->pdf, annot, "Rect", revision, e);
    size_t step = quads != NULL ? CORNERS : 4;

    for (size_t i = 0; i < pdf_count(places); i += step) {
        double low = 1e9, high = -1e9;
        for (size_t k = i + 1; k < i + step && k < pdf_count(places); k += 2) {
            double y = pdf_number(pdf_get_at(d->pdf, places, k, revision, e), 1e9);
            low = y < low ? y : low;
            high = y > high ? y : high;
        }
        if (high - low > HIGHEST)
            return false;
    }
    return true;
}

/* A note without a look, an action, a line of its own width or dark ink. */
static bool plain(struct diff *d, const struct pdf_value *annot, int revision, struct err *e)
{
    static const char *const kinds[] = {"Text",     "Popup",     "Highlight", "Underline",
                                        "Squiggly", "StrikeOut", NULL};
    static const char *const never[] = {"A", "AA", "BS", "Border"};
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

/* One look, new with this revision, of a marker. Any other look could draw a digit beside an
 * amount. */
static bool look_fit(struct diff *d, const struct pdf_value *annot, struct err *e)
{
    const struct pdf_value *looks = pdf_key(annot, "AP");

    return looks == NULL || (pdf_is_name(pdf_key(annot, "Subtype"), "Highlight") &&
                             pdf_is(looks, PDF_DICT) && !looks->doubled && pdf_count(looks) == 1 &&
                             diff_is_new(d, pdf_ref_of(pdf_key(looks, "N")).num) &&
                             diff_ink_light(d, pdf_get(d->pdf, looks, "N", d->to, e)) > 0);
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

    for (size_t i = 0; i < pdf_count(annot); i++) {
        if (!diff_listed(keys, pdf_entry_at(annot, i)->key))
            return false;
    }
    return !awaited_drawn(d->awaited, num);
}

static bool fit_now(struct diff *d, const struct pdf_value *annot, uint32_t num, struct err *e)
{
    return num != 0 && plain(d, annot, d->to, e) && look_fit(d, annot, e);
}

int diff_comment_new(struct diff *d, const struct pdf_value *item, const char *page, struct err *e)
{
    uint32_t num = pdf_ref_of(item).num;
    const struct pdf_value *annot = pdf_fetch(d->pdf, pdf_ref_of(item), d->to, e);

    if (annot == NULL && err_is_set(e))
        return -1;
    if (!diff_is_new(d, num) || !fit_now(d, annot, num, e))
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
        !fit_now(d, now, ref.num, e))
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

/* ---- highlights over highlights ---- */
struct marker {
    double rgb[3]; /* what it leaves of each colour */
    double x0, y0, x1, y1;
    bool fresh; /* new, or written anew */
};

static void marker_reach(struct diff *d, const struct pdf_value *numbers, struct marker *m,
                         struct err *e)
{
    for (size_t i = 0; i + 1 < pdf_count(numbers); i += 2) {
        double x = pdf_number(pdf_get_at(d->pdf, numbers, i, d->to, e), 0);
        double y = pdf_number(pdf_get_at(d->pdf, numbers, i + 1, d->to, e), 0);
        m->x0 = x < m->x0 ? x : m->x0;
        m->x1 = x > m->x1 ? x : m->x1;
        m->y0 = y < m->y0 ? y : m->y0;
        m->y1 = y > m->y1 ? y : m->y1;
    }
}

static struct marker marker_read(struct diff *d, const struct pdf_value *annot, struct err *e)
{
    struct marker m = {{1, 1, 0}, 1e9, 1e9, -1e9, -1e9, true}; /* yellow, when it does not say */
    const struct pdf_value *c = pdf_get(d->pdf, annot, "C", d->to, e);
    const struct pdf_value *look = pdf_path(d->pdf, annot, "AP/N", d->to, e);
    size_t n = pdf_count(c);

    for (size_t i = 0; i < 3 && pdf_is(c, PDF_ARRAY) && (n == 1 || n == 3); i++)
        m.rgb[i] = diff_unit(pdf_number(pdf_get_at(d->pdf, c, n == 1 ? 0 : i, d->to, e), 0));
    double key = n == 4 ? 1 - diff_unit(pdf_number(pdf_get_at(d->pdf, c, 3, d->to, e), 1)) : 1;
    for (size_t i = 0; i < 3 && n == 4; i++)
        m.rgb[i] = (1 - diff_unit(pdf_number(pdf_get_at(d->pdf, c, i, d->to, e), 1))) * key;
    double left = look != NULL ? diff_ink_light(d, look) : 1;
    for (size_t i = 0; i < 3; i++)
        m.rgb[i] *= left;
    marker_reach(d, pdf_get(d->pdf, annot, "Rect", d->to, e), &m, e);
    marker_reach(d, pdf_get(d->pdf, annot, "QuadPoints", d->to, e), &m, e);
    return m;
}

bool diff_highlights_dark(struct diff *d, const struct pdf_value *annots, struct err *e)
{
    enum { MARKERS_MAX = 500 };
    struct marker *all = calloc(MARKERS_MAX, sizeof *all);
    size_t n = 0;
    bool dark = all == NULL;

    for (size_t i = 0; !dark && i < pdf_count(annots); i++) {
        const struct pdf_value *one = pdf_get_at(d->pdf, annots, i, d->to, e);
        if (!pdf_is_name(pdf_get(d->pdf, one, "Subtype", d->to, e), "Highlight"))
            continue;
        uint32_t num = pdf_ref_of(pdf_at(annots, i)).num;
        dark = n == MARKERS_MAX;
        if (dark)
            break;
        all[n] = marker_read(d, one, e);
        all[n++].fresh = num != 0 && (diff_is_new(d, num) || diff_changed(d, num));
    }
    for (size_t i = 0; !dark && i < n; i++) {
        double rgb[3] = {1, 1, 1};
        for (size_t k = 0; k < n; k++) {
            bool over = all[i].x0 < all[k].x1 && all[k].x0 < all[i].x1 && all[i].y0 < all[k].y1 &&
                        all[k].y0 < all[i].y1;
            for (size_t c = 0; c < 3 && (over || k == i); c++)
                rgb[c] *= all[k].rgb[c];
        }
        dark = all[i].fresh && diff_colour_light(rgb, 3) < 0.4;
    }
    free(all);
    return dark;
}

/* Marks of a page that lie over one another: highlights, which darken each other, and lines under
 * or through a text, many of which make a bar (attack class EAA). */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "verify/diff.h"

enum { MARKERS_MAX = 500, POINT_WORK = DIFF_PIECE_WORK / 4 };

static bool fresh(const struct diff *d, uint32_t num)
{
    return num != 0 && (diff_is_new(d, num) || diff_changed(d, num));
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
    for (size_t i = 0; i + 1 < pdf_count(numbers) && diff_spend(d, POINT_WORK); i += 2) {
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
    double left = look != NULL ? diff_ink_light(d, look, d->to) : 1;
    for (size_t i = 0; i < 3; i++)
        m.rgb[i] *= left;
    marker_reach(d, pdf_get(d->pdf, annot, "Rect", d->to, e), &m, e);
    marker_reach(d, pdf_get(d->pdf, annot, "QuadPoints", d->to, e), &m, e);
    return m;
}

bool diff_highlights_dark(struct diff *d, const struct pdf_value *annots, struct err *e)
{
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
        all[n++].fresh = fresh(d, num);
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

/* ---- lines over lines ---- */
static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* How far it is: exact along the axes, else up to 8 % more. */
static double way(const double *p, const double *q)
{
    double x = larger(p[0] - q[0], q[0] - p[0]), y = larger(p[1] - q[1], q[1] - p[1]);

    return x > y ? x + 0.4143 * y : y + 0.4143 * x;
}

/* How thick a line is that readers draw for these corners: the standard goes round them (Table
 * 182), all programs write upper left, upper right, lower left, lower right; some readers know no
 * turned text and take the box. */
static double corners_height(const double corners[4][2], const struct diff_piece *box)
{
    double as_written = larger(way(corners[0], corners[2]), way(corners[1], corners[3]));
    double around = larger(way(corners[0], corners[3]), way(corners[1], corners[2]));

    return larger(as_written < around ? as_written : around, box->y1 - box->y0);
}

bool diff_piece_at(struct diff *d, const struct pdf_value *annot, int revision, size_t i,
                   struct diff_piece *out, struct err *e)
{
    const struct pdf_value *quads = pdf_get(d->pdf, annot, "QuadPoints", revision, e);
    const struct pdf_value *places =
        quads != NULL ? quads : pdf_get(d->pdf, annot, "Rect", revision, e);
    size_t points = quads != NULL ? 4 : 2, from = i * points * 2;
    double corners[4][2];

    if (from >= pdf_count(places))
        return false;
    *out = (struct diff_piece){1e9, 1e9, -1e9, -1e9, 0};
    for (size_t k = 0; k < points; k++) {
        /* what is no number, or is missing, is as high as can be */
        double x = pdf_number(pdf_get_at(d->pdf, places, from + 2 * k, revision, e), 1e9);
        double y = pdf_number(pdf_get_at(d->pdf, places, from + 2 * k + 1, revision, e), -1e9);
        out->x0 = x < out->x0 ? x : out->x0;
        out->x1 = x > out->x1 ? x : out->x1;
        out->y0 = y < out->y0 ? y : out->y0;
        out->y1 = y > out->y1 ? y : out->y1;
        corners[k][0] = x;
        corners[k][1] = y;
    }
    out->height = points == 4 ? corners_height(corners, out) : out->y1 - out->y0;
    return true;
}

struct line {
    struct diff_piece piece;
    bool fresh;
};

/* The pieces of all lines of a page. False when there are more than are looked at. */
static bool lines_read(struct diff *d, const struct pdf_value *annots, struct line *all, size_t *n,
                       struct err *e)
{
    static const char *const kinds[] = {"Underline", "Squiggly", "StrikeOut", NULL};

    for (size_t i = 0; i < pdf_count(annots); i++) {
        const struct pdf_value *one = pdf_get_at(d->pdf, annots, i, d->to, e);
        const char *kind = pdf_name(pdf_get(d->pdf, one, "Subtype", d->to, e));
        if (kind == NULL || !diff_listed(kinds, kind))
            continue;
        bool now = fresh(d, pdf_ref_of(pdf_at(annots, i)).num);
        for (size_t k = 0; *n < DIFF_PIECES_MAX; k++, (*n)++) {
            if (!diff_spend(d, DIFF_PIECE_WORK) ||
                !diff_piece_at(d, one, d->to, k, &all[*n].piece, e))
                break;
            all[*n].fresh = now;
        }
        if (*n == DIFF_PIECES_MAX)
            return false;
    }
    return true;
}

/* How much of a piece lies over another, in its height. */
static double overlap(const struct diff_piece *a, const struct diff_piece *b)
{
    double low = larger(a->y0, b->y0), high = a->y1 < b->y1 ? a->y1 : b->y1;

    if (a->x0 >= b->x1 || b->x0 >= a->x1 || high <= low || a->y1 <= a->y0)
        return 0;
    return (high - low) / (a->y1 - a->y0);
}

/* A text is underlined, struck out and waved under, and the lines above and below reach into it:
 * more than that, or as much of large ones, is a bar. */
bool diff_lines_dense(struct diff *d, const struct pdf_value *annots, struct err *e)
{
    enum { LINES = 5, HEIGHT = 72 };
    struct line *all = calloc(DIFF_PIECES_MAX, sizeof *all);
    size_t n = 0;
    bool dense = all == NULL || !lines_read(d, annots, all, &n, e) ||
                 diff_work(d, (int64_t)n * (int64_t)n, e) != 0;

    for (size_t i = 0; !dense && i < n; i++) {
        double count = 0, height = 0;
        for (size_t k = 0; k < n && all[i].fresh; k++) {
            double part = overlap(&all[k].piece, &all[i].piece);
            count += part;
            height += part * all[k].piece.height;
        }
        dense = count > LINES || height > HEIGHT;
    }
    free(all);
    return dense;
}

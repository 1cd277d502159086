/* --after-text: the place of a new visible field is found by a text of the document: behind it, or
 * below it, where nothing is written and no annotation stands, inside the visible page. All is
 * measured as the page is seen, that is after /Rotate. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "pdf/text/page.h"
#include "sign/pades/prepare.h"

enum { ANNOTS_MAX = 5000, ROTATED = 360, UNDER_MAX = 12 };
static const double gap = 6, margin = 4, touch = 0.5, unit_min = 1e-3, unit_max = 1e6;

struct area {
    double x0, y0, x1, y1;
};
struct view { /* of one page */
    struct area box;
    int rotate;
    double unit;          /* of the page's own coordinates, in points: /UserUnit */
    double width, height; /* as seen, in points */
    struct text_page text;
    struct text_match match;
    struct area *annots; /* as seen */
    size_t nannots;
};

/* A point of the page as it is seen, from its lower left corner, in points; and back. */
static void to_seen(const struct view *v, double x, double y, double *sx, double *sy)
{
    const struct area *b = &v->box;

    *sx = v->rotate == 90    ? y - b->y0
          : v->rotate == 180 ? b->x1 - x
          : v->rotate == 270 ? b->y1 - y
                             : x - b->x0;
    *sy = v->rotate == 90    ? b->x1 - x
          : v->rotate == 180 ? b->y1 - y
          : v->rotate == 270 ? x - b->x0
                             : y - b->y0;
    *sx *= v->unit;
    *sy *= v->unit;
}

static void from_seen(const struct view *v, double sx, double sy, double *x, double *y)
{
    const struct area *b = &v->box;

    sx /= v->unit;
    sy /= v->unit;
    *x = v->rotate == 90    ? b->x1 - sy
         : v->rotate == 180 ? b->x1 - sx
         : v->rotate == 270 ? b->x0 + sy
                            : b->x0 + sx;
    *y = v->rotate == 90    ? b->y0 + sx
         : v->rotate == 180 ? b->y1 - sy
         : v->rotate == 270 ? b->y1 - sx
                            : b->y0 + sy;
}

static void area_add(struct area *a, double x, double y)
{
    a->x0 = fmin(a->x0, x);
    a->y0 = fmin(a->y0, y);
    a->x1 = fmax(a->x1, x);
    a->y1 = fmax(a->y1, y);
}

static const struct area nowhere = {1e9, 1e9, -1e9, -1e9};

static bool meets(const struct area *a, const struct area *b)
{
    return a->x0 < b->x1 - touch && b->x0 < a->x1 - touch && a->y0 < b->y1 - touch &&
           b->y0 < a->y1 - touch;
}

/* From below the base line to the height of capitals. */
static void mark_area(const struct view *v, const struct text_mark *m, struct area *out)
{
    static const double rises[] = {-0.2, 0.75};

    for (size_t i = 0; i < 2; i++) {
        double x, y;
        to_seen(v, m->x0 + rises[i] * m->up_x, m->y0 + rises[i] * m->up_y, &x, &y);
        area_add(out, x, y);
        to_seen(v, m->x1 + rises[i] * m->up_x, m->y1 + rises[i] * m->up_y, &x, &y);
        area_add(out, x, y);
    }
}

static bool is_free(const struct view *v, const struct area *place)
{
    if (place->x0 < margin || place->y0 < margin || place->x1 > v->width - margin ||
        place->y1 > v->height - margin)
        return false;
    for (size_t i = 0; i < v->text.count; i++) {
        struct area one = nowhere;
        if ((i >= v->match.first && i <= v->match.last) || v->text.marks[i].c == ' ' ||
            v->text.marks[i].c == 0xa0)
            continue;
        mark_area(v, &v->text.marks[i], &one);
        if (meets(place, &one))
            return false;
    }
    for (size_t i = 0; i < v->nannots; i++) {
        if (meets(place, &v->annots[i]))
            return false;
    }
    return true;
}

/* Behind the end of the text: its top at the text's, in its middle, its bottom at the text's; below
 * the line in which it ends; for text that does not run from left to right below or beside all of
 * it. */
static size_t candidates(const struct view *v, double w, double h, struct area out[4])
{
    const struct text_mark *last = &v->text.marks[v->match.last];
    struct area all = nowhere, line = nowhere;
    double x, y, ux, uy;

    to_seen(v, last->x0, last->y0, &x, &y);
    to_seen(v, last->x0 + last->up_x, last->y0 + last->up_y, &ux, &uy);
    for (size_t i = v->match.first; i <= v->match.last; i++) {
        double bx, by;
        mark_area(v, &v->text.marks[i], &all);
        to_seen(v, v->text.marks[i].x0, v->text.marks[i].y0, &bx, &by);
        if (fabs(by - y) < 0.5 * (uy - y))
            mark_area(v, &v->text.marks[i], &line);
    }
    if (uy - y <= 0 || fabs(ux - x) > 0.1 * (uy - y)) {
        out[0] = (struct area){all.x0, all.y0 - gap - h, all.x0 + w, all.y0 - gap};
        out[1] = (struct area){all.x1 + gap, all.y1 - h, all.x1 + gap + w, all.y1};
        return 2;
    }
    double left = line.x1 + gap, middle = (line.y0 + line.y1) / 2;
    out[0] = (struct area){left, line.y1 - h, left + w, line.y1};
    out[1] = (struct area){left, middle - h / 2, left + w, middle + h / 2};
    out[2] = (struct area){left, line.y0, left + w, line.y0 + h};
    out[3] = (struct area){line.x0, line.y0 - gap - h, line.x0 + w, line.y0 - gap};
    return 4;
}

/* Below the signatures that stand below the text: one under the other. */
static bool is_free_under(const struct view *v, struct area *place)
{
    double h = place->y1 - place->y0;

    for (int steps = 0; steps < UNDER_MAX; steps++) {
        double lowest = 1e9;
        if (is_free(v, place))
            return true;
        for (size_t i = 0; i < v->nannots; i++) {
            if (meets(place, &v->annots[i]))
                lowest = fmin(lowest, v->annots[i].y0);
        }
        if (lowest >= place->y1)
            return false; /* text, or the edge */
        place->y1 = lowest - gap;
        place->y0 = place->y1 - h;
    }
    return false;
}

static struct area rect_of(struct pdf *pdf, const struct pdf_value *rect)
{
    struct area a = nowhere;
    double n[4] = {0};

    for (size_t i = 0; i < 4; i++)
        n[i] = pdf_number(pdf_get_at(pdf, rect, i, PDF_LATEST, NULL), 0);
    area_add(&a, n[0], n[1]);
    area_add(&a, n[2], n[3]);
    return a;
}

double prepare_unit(struct pdf *pdf, struct pdf_ref page)
{
    const struct pdf_value *dict = pdf_fetch(pdf, page, PDF_LATEST, NULL);
    double unit = pdf_number(pdf_get(pdf, dict, "UserUnit", PDF_LATEST, NULL), 1);

    return unit >= unit_min && unit <= unit_max ? unit : 1;
}

/* The visible page: /CropBox inside /MediaBox. */
static int view_page(struct view *v, struct pdf *pdf, struct pdf_ref page, struct err *e)
{
    struct pdf_value *media = NULL, *crop = NULL, *rotate = NULL;
    int rc = -1;

    if (pdf_page_attribute(pdf, page, "MediaBox", PDF_LATEST, &media, e) != 0 ||
        pdf_page_attribute(pdf, page, "CropBox", PDF_LATEST, &crop, e) != 0 ||
        pdf_page_attribute(pdf, page, "Rotate", PDF_LATEST, &rotate, e) != 0)
        goto out;
    v->box = pdf_count(media) == 4 ? rect_of(pdf, media) : (struct area){0, 0, 612, 792};
    if (pdf_count(crop) == 4) {
        struct area c = rect_of(pdf, crop);
        c = (struct area){fmax(v->box.x0, c.x0), fmax(v->box.y0, c.y0), fmin(v->box.x1, c.x1),
                          fmin(v->box.y1, c.y1)};
        if (c.x0 < c.x1 && c.y0 < c.y1) /* else readers show the whole */
            v->box = c;
    }
    v->rotate = (int)(((pdf_int(rotate, 0) % ROTATED) + ROTATED) % ROTATED);
    bool lying = v->rotate == 90 || v->rotate == 270;
    v->unit = prepare_unit(pdf, page);
    v->width = v->unit * (lying ? v->box.y1 - v->box.y0 : v->box.x1 - v->box.x0);
    v->height = v->unit * (lying ? v->box.x1 - v->box.x0 : v->box.y1 - v->box.y0);
    rc = 0;
out:
    pdf_value_free(media);
    pdf_value_free(crop);
    pdf_value_free(rotate);
    return rc;
}

/* Annotations that are seen: signatures that are there, mostly. */
static int view_annots(struct view *v, struct pdf *pdf, const struct pdf_value *page, struct err *e)
{
    const struct pdf_value *list = pdf_get(pdf, page, "Annots", PDF_LATEST, NULL);
    size_t n = pdf_is(list, PDF_ARRAY) ? pdf_count(list) : 0;

    v->annots = calloc((n < ANNOTS_MAX ? n : ANNOTS_MAX) + 1, sizeof *v->annots);
    if (v->annots == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < n && i < ANNOTS_MAX; i++) {
        const struct pdf_value *one = pdf_get_at(pdf, list, i, PDF_LATEST, NULL);
        struct area a = rect_of(pdf, pdf_get(pdf, one, "Rect", PDF_LATEST, NULL)), *to;
        double x, y;
        if ((pdf_int(pdf_get(pdf, one, "F", PDF_LATEST, NULL), 0) & 2) != 0)
            continue;
        to = &v->annots[v->nannots++];
        *to = nowhere;
        to_seen(v, a.x0, a.y0, &x, &y);
        area_add(to, x, y);
        to_seen(v, a.x1, a.y1, &x, &y);
        area_add(to, x, y);
    }
    return 0;
}

/* What is asked for as the page is seen, as the page itself counts. */
static void rect_take(struct prepare *p, const struct view *v, const struct area *seen)
{
    struct area user = nowhere;
    double x, y;

    from_seen(v, seen->x0, seen->y0, &x, &y);
    area_add(&user, x, y);
    from_seen(v, seen->x1, seen->y1, &x, &y);
    area_add(&user, x, y);
    p->rect[0] = user.x0;
    p->rect[1] = user.y0;
    p->rect[2] = user.x1;
    p->rect[3] = user.y1;
}

int prepare_rect(struct prepare *p, struct err *e)
{
    struct area seen = {p->rect[0], p->rect[1], p->rect[2], p->rect[3]};
    struct view v = {.nannots = 0};
    struct pdf_ref page;
    char number[24], size[48];

    if (pdf_page_ref(p->pdf, p->page, PDF_LATEST, &page, e) != 0 ||
        view_page(&v, p->pdf, page, e) != 0)
        return -1;
    if (seen.x0 < -touch || seen.y0 < -touch || seen.x1 > v.width + touch ||
        seen.y1 > v.height + touch) {
        snprintf(number, sizeof number, "%lld", (long long)p->page + 1);
        snprintf(size, sizeof size, "%.0f x %.0f", v.width, v.height);
        return err_set(e, ERR_USAGE, "err.sign-pades.outside", number, size, NULL);
    }
    rect_take(p, &v, &seen);
    return 0;
}

static int place_make(struct prepare *p, const struct view *v, const char *wanted, struct err *e)
{
    double w = (double)jv_num(jv_at(jv_get(p->ask, "size"), 0), 0) / 1000;
    double h = (double)jv_num(jv_at(jv_get(p->ask, "size"), 1), 0) / 1000;
    struct area places[4];
    char page[24], size[48];
    size_t n = candidates(v, w, h, places), i = 0;

    while (i < n && !is_free(v, &places[i]))
        i++;
    if (i == n && is_free_under(v, &places[n == 4 ? 3 : 0]))
        i = n == 4 ? 3 : 0;
    if (i == n) {
        snprintf(page, sizeof page, "%lld", (long long)v->match.page + 1);
        snprintf(size, sizeof size, "%d x %d", (int)w, (int)h);
        return err_set(e, ERR_USAGE, "err.sign-pades.text-room", wanted, page, size, NULL);
    }
    rect_take(p, v, &places[i]);
    p->page = v->match.page;
    p->visible = true;
    return 0;
}

static int place_find(struct prepare *p, struct text_reader *reader, const char *wanted,
                      struct text_match *out, struct err *e)
{
    struct text_match found[2];
    char first[24], second[24];
    size_t n = 0;

    if (text_find(reader, p->page, wanted, found, &n, e) != 0)
        return -1;
    if (n == 0)
        return err_set(e, ERR_USAGE, "err.sign-pades.text-absent", wanted, NULL);
    if (n > 1) {
        snprintf(first, sizeof first, "%lld", (long long)found[0].page + 1);
        snprintf(second, sizeof second, "%lld", (long long)found[1].page + 1);
        if (found[0].page == found[1].page) /* --page would not help */
            return err_set(e, ERR_USAGE, "err.sign-pades.text-twice", wanted, first, NULL);
        return err_set(e, ERR_USAGE, "err.sign-pades.text-several", wanted, first, second, NULL);
    }
    *out = found[0];
    return 0;
}

/* The reader has the file for itself: what it keeps is dropped page by page, and what the rest of
 * the preparation has borrowed stays. */
int prepare_place(struct prepare *p, int fd, const struct pdf_options *options, struct err *e)
{
    const char *wanted = jv_get_text(p->ask, "after_text");
    struct text_reader *reader = NULL;
    struct pdf *pdf = NULL;
    struct pdf_value *page = NULL;
    struct pdf_ref ref;
    struct view v = {.nannots = 0};
    int rc = -1;

    if (wanted == NULL)
        return 0;
    if (pdf_open(&pdf, fd, options, e) != 0 || text_reader_new(&reader, pdf, PDF_LATEST, e) != 0 ||
        (p->page >= 0 && pdf_page_ref(pdf, p->page, PDF_LATEST, &ref, e) != 0) ||
        place_find(p, reader, wanted, &v.match, e) != 0 ||
        pdf_page_ref(pdf, v.match.page, PDF_LATEST, &ref, e) != 0 ||
        pdf_load(pdf, ref, PDF_LATEST, &page, e) != 0 || view_page(&v, pdf, ref, e) != 0 ||
        view_annots(&v, pdf, page, e) != 0 || text_page_read(reader, ref, page, &v.text, e) != 0)
        goto out;
    rc = place_make(p, &v, wanted, e);
out:
    text_page_free(&v.text);
    free(v.annots);
    pdf_value_free(page);
    text_reader_free(reader);
    pdf_close(pdf);
    return rc;
}

/* Whether a later signature lies over text of a page, or over what a field or another annotation
 * shows there: who made it does not matter, nobody may take the page for the earlier signer's
 * without having looked. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/search.h"
#include "pdf/file/pdf_scan.h"
#include "pdf/text/page.h"
#include "verify/diff.h"

enum { WIDGETS_MAX = 1024, DEPTH_MAX = 16, BOXES_MAX = 256 };

struct box {
    double x0, y0, x1, y1;
};

struct widgets {
    uint32_t nums[WIDGETS_MAX]; /* ascending, once all are there */
    size_t count;
    bool more; /* than are looked at */
};

struct look {
    struct pdf *pdf;
    const struct widgets *widgets;
    struct text_reader *reader;
    int before;   /* the revision before the signature */
    int64_t left; /* annotations that are still looked at, in all: pages may share their lists */
    int64_t page; /* the first with text under one of them, from 1; 0 */
};

/* The widgets of a field, at any depth. */
static void widgets_of(struct pdf *pdf, struct pdf_ref ref, int depth, struct widgets *out)
{
    const struct pdf_value *dict = pdf_fetch(pdf, ref, PDF_LATEST, NULL);
    const struct pdf_value *kids = pdf_get(pdf, dict, "Kids", PDF_LATEST, NULL);

    if (out->count == WIDGETS_MAX || depth > DEPTH_MAX) {
        out->more = true;
        return;
    }
    out->nums[out->count++] = ref.num;
    for (size_t i = 0; !out->more && i < pdf_count(kids); i++) {
        if (pdf_ref_of(pdf_at(kids, i)).num != 0)
            widgets_of(pdf, pdf_ref_of(pdf_at(kids, i)), depth + 1, out);
    }
}

static bool is_among(const struct widgets *w, uint32_t num)
{
    return num != 0 && search_has(w->nums, w->count, num);
}

/* Corners in order, a hair smaller: what touches does not cover. */
static struct box box_of(struct pdf *pdf, const struct pdf_value *rect)
{
    double at[4], hair = 0.5;

    for (size_t i = 0; i < 4; i++)
        at[i] = pdf_number(pdf_get_at(pdf, rect, i, PDF_LATEST, NULL), 0);
    struct box b = {at[0] < at[2] ? at[0] : at[2], at[1] < at[3] ? at[1] : at[3],
                    at[0] < at[2] ? at[2] : at[0], at[1] < at[3] ? at[3] : at[1]};
    return (struct box){b.x0 + hair, b.y0 + hair, b.x1 - hair, b.y1 - hair};
}

enum { LISTED_MAX = 50000, LOOKED_MAX = 2000000, SHOWN_COST = 10 };
enum { HIDDEN = 1 << 1, NO_ZOOM = 1 << 3, NO_ROTATE = 1 << 4 }; /* Table 167 */

static int64_t flags_of(struct pdf *pdf, const struct pdf_value *annot)
{
    return pdf_int(pdf_get(pdf, annot, "F", PDF_LATEST, NULL), 0);
}

/* What stands upright on a turned page hangs from its upper left corner, to whichever side. */
static struct box turned(struct box b)
{
    double side = b.x1 - b.x0 > b.y1 - b.y0 ? b.x1 - b.x0 : b.y1 - b.y0;

    return (struct box){b.x0 - side, b.y1 - side, b.x0 + side, b.y1 + side};
}

static bool page_turned(struct pdf *pdf, struct pdf_ref ref)
{
    struct pdf_value *rotate = NULL;
    bool is = pdf_page_attribute(pdf, ref, "Rotate", PDF_LATEST, &rotate, NULL) != 0 ||
              (rotate != NULL && pdf_int(rotate, 1) % 360 != 0);

    pdf_value_free(rotate);
    return is;
}

static size_t boxes_find(struct look *l, struct pdf_ref ref, const struct pdf_value *page,
                         struct box *out)
{
    const struct pdf_value *annots = pdf_get(l->pdf, page, "Annots", PDF_LATEST, NULL);
    size_t n = 0;

    l->left -= (int64_t)pdf_count(annots);
    if (pdf_count(annots) > LISTED_MAX || l->left < 0)
        return BOXES_MAX; /* more than anybody looks at: as if text lay under it */
    for (size_t i = 0; i < pdf_count(annots) && n < BOXES_MAX; i++) {
        if (!is_among(l->widgets, pdf_ref_of(pdf_at(annots, i)).num))
            continue;
        const struct pdf_value *one = pdf_get_at(l->pdf, annots, i, PDF_LATEST, NULL);
        int64_t flags = flags_of(l->pdf, one);
        if ((flags & NO_ZOOM) != 0) /* who makes the page smaller finds it over anything */
            return BOXES_MAX;
        out[n] = box_of(l->pdf, pdf_get(l->pdf, one, "Rect", PDF_LATEST, NULL));
        if ((flags & NO_ROTATE) != 0 && page_turned(l->pdf, ref))
            out[n] = turned(out[n]);
        n++;
    }
    return n;
}

/* Some point of the character lies in the box. */
static bool holds(const struct box *b, const struct text_mark *m)
{
    static const double along[] = {0.1, 0.5, 0.9}, up[] = {0.1, 0.35, 0.6};

    for (size_t i = 0; i < 3; i++) {
        for (size_t k = 0; k < 3; k++) {
            double x = m->x0 + along[i] * ((double)m->x1 - m->x0) + up[k] * m->up_x;
            double y = m->y0 + along[i] * ((double)m->y1 - m->y0) + up[k] * m->up_y;
            if (x > b->x0 && x < b->x1 && y > b->y0 && y < b->y1)
                return true;
        }
    }
    return false;
}

/* A good part of what another annotation shows lies in the box. */
static bool hides(const struct box *b, const struct box *other)
{
    enum { PART = 8 };
    double x = (b->x1 < other->x1 ? b->x1 : other->x1) - (b->x0 > other->x0 ? b->x0 : other->x0);
    double y = (b->y1 < other->y1 ? b->y1 : other->y1) - (b->y0 > other->y0 ? b->y0 : other->y0);
    double whole = (other->x1 - other->x0) * (other->y1 - other->y0);

    return x > 0 && y > 0 && whole > 0 && x * y * PART > whole;
}

/* It has an appearance, or readers make one: of a comment, of a field with a value. */
static bool shows(struct pdf *pdf, const struct pdf_value *annot)
{
    static const char *const silent[] = {"Link", "Popup", NULL};
    const char *kind = pdf_name(pdf_get(pdf, annot, "Subtype", PDF_LATEST, NULL));
    const char *type = NULL;
    bool value = false;

    if (pdf_get(pdf, annot, "AP", PDF_LATEST, NULL) != NULL)
        return true;
    if (kind == NULL || strcmp(kind, "Widget") != 0)
        return kind != NULL && !diff_listed(silent, kind);
    for (int depth = 0; annot != NULL && depth < DEPTH_MAX; depth++) {
        value = value || pdf_key(annot, "V") != NULL;
        type = type != NULL ? type : pdf_name(pdf_get(pdf, annot, "FT", PDF_LATEST, NULL));
        annot = pdf_get(pdf, annot, "Parent", PDF_LATEST, NULL);
    }
    return value && (type == NULL || strcmp(type, "Sig") != 0);
}

/* Fields, comments and signatures that show something, which stood there before this one. */
static bool hides_any(struct look *l, const struct pdf_value *page, const struct box *boxes,
                      size_t n)
{
    enum { ANNOTS_MAX = 5000 };
    const struct pdf_value *annots = pdf_get(l->pdf, page, "Annots", PDF_LATEST, NULL);

    for (size_t i = 0; i < pdf_count(annots); i++) {
        uint32_t num = pdf_ref_of(pdf_at(annots, i)).num;
        const struct pdf_value *one = pdf_get_at(l->pdf, annots, i, PDF_LATEST, NULL);
        l->left -= SHOWN_COST;
        if (i == ANNOTS_MAX || l->left < 0)
            return true; /* more than anybody looks at */
        if (is_among(l->widgets, num) || !shows(l->pdf, one) ||
            (flags_of(l->pdf, one) & HIDDEN) != 0 ||
            (num != 0 && pdf_place_of(l->pdf, num, l->before).kind == PDF_PLACE_FREE))
            continue;
        struct box other = box_of(l->pdf, pdf_get(l->pdf, one, "Rect", PDF_LATEST, NULL));
        for (size_t k = 0; k < n; k++) {
            if (hides(&boxes[k], &other))
                return true;
        }
    }
    return false;
}

static int look_at(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                   struct err *e)
{
    struct look *l = self;
    struct box boxes[BOXES_MAX];
    struct text_page text = {NULL, 0};
    struct err own = ERR_INIT;
    size_t n = boxes_find(l, ref, page, boxes);
    bool under = n == BOXES_MAX;

    if (n == 0)
        return 0;
    under = under || hides_any(l, page, boxes, n);
    if (text_page_read(l->reader, ref, page, &text, &own) != 0 && own.kind != ERR_INPUT) {
        text_page_free(&text);
        *e = own;
        return -1;
    }
    under = under || err_is_set(&own); /* more than anybody looks into */
    for (size_t i = 0; i < text.count && !under; i++) {
        uint32_t c = text.marks[i].c;
        for (size_t k = 0; k < n && !under && c != ' ' && c != 0xa0; k++)
            under = holds(&boxes[k], &text.marks[i]);
    }
    text_page_free(&text);
    if (under)
        l->page = index + 1;
    return under ? 1 : 0;
}

/* The first page, from 1, where text lies under the field's widgets; 0: none. */
static int page_find(struct pdf *pdf, const struct widgets *widgets, int before, int64_t *page,
                     struct err *e)
{
    struct look l = {pdf, widgets, NULL, before, LOOKED_MAX, 0};

    /* where fonts are damaged the places are estimated */
    if (pdf_scan_under(pdf, widgets->nums, widgets->count, page, e) != 0)
        return -1;
    if (*page != 0)
        return 0;
    if (text_reader_new(&l.reader, pdf, PDF_LATEST, e) != 0)
        return -1;
    int rc = pdf_page_walk(pdf, PDF_LATEST, look_at, &l, e);
    text_reader_free(l.reader);
    pdf_drop_cache(pdf);
    *page = l.page;
    return rc < 0 ? -1 : 0;
}

int covers_page(struct pdf *pdf, const struct sigs *sigs, const struct sig *maker, int64_t *page,
                struct err *e)
{
    struct widgets widgets = {.count = 0};
    size_t earlier = 0;

    *page = 0;
    for (size_t i = 0; i < sigs->count; i++) {
        const struct sig *s = sigs->items[i];
        earlier += !s->stamp && s->revision >= 0 && s->revision < maker->first_seen ? 1 : 0;
    }
    if (!maker->visible || earlier == 0)
        return 0;
    widgets_of(pdf, maker->field_ref, 0, &widgets);
    if (widgets.more) {
        *page = 1;
        return 0;
    }
    qsort(widgets.nums, widgets.count, sizeof widgets.nums[0], search_order);
    return page_find(pdf, &widgets, maker->first_seen - 1, page, e);
}

int covers_judge(struct pdf *pdf, struct sigs *sigs, const struct sig *maker, struct err *e)
{
    int64_t page = 0;
    char number[24];

    if (covers_page(pdf, sigs, maker, &page, e) != 0)
        return -1;
    snprintf(number, sizeof number, "%lld", (long long)page);
    for (size_t i = 0; i < sigs->count && page > 0; i++) {
        struct sig *s = sigs->items[i];
        if (!s->stamp && s->revision >= 0 && s->revision < maker->first_seen)
            findings_add(&s->f, "change.covers-text", maker->field, number, NULL);
    }
    return 0;
}

#include <math.h>
#include <string.h>

#include "pdf/file/scan_page.h"

static const double tiny_squared = 1.5 * 1.5; /* points */

struct matrix scan_times(struct matrix m, struct matrix n)
{
    return (struct matrix){m.a * n.a + m.b * n.c,       m.a * n.b + m.b * n.d,
                           m.c * n.a + m.d * n.c,       m.c * n.b + m.d * n.d,
                           m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f};
}

static void apply(const struct matrix *m, double x, double y, double *ox, double *oy)
{
    *ox = m->a * x + m->c * y + m->e;
    *oy = m->b * x + m->d * y + m->f;
}

void scan_path_add(struct canvas *c, double x, double y)
{
    double px, py;

    apply(&c->now.ctm, x, y, &px, &py);
    if (!c->path_any) {
        c->path = (struct box){px, py, px, py};
    } else {
        c->path.x0 = px < c->path.x0 ? px : c->path.x0;
        c->path.y0 = py < c->path.y0 ? py : c->path.y0;
        c->path.x1 = px > c->path.x1 ? px : c->path.x1;
        c->path.y1 = py > c->path.y1 ? py : c->path.y1;
    }
    c->path_any = true;
    c->path_rect = false;
}

void scan_rect(struct canvas *c, double x, double y, double w, double h)
{
    bool first = !c->path_any;
    const struct matrix *m = &c->now.ctm;

    scan_path_add(c, x, y);
    scan_path_add(c, x + w, y);
    scan_path_add(c, x, y + h);
    scan_path_add(c, x + w, y + h);
    c->path_rect = first && ((m->b == 0 && m->c == 0) || (m->a == 0 && m->d == 0));
}

static struct box box_cut(const struct box *a, const struct box *b)
{
    return (struct box){a->x0 > b->x0 ? a->x0 : b->x0, a->y0 > b->y0 ? a->y0 : b->y0,
                        a->x1 < b->x1 ? a->x1 : b->x1, a->y1 < b->y1 ? a->y1 : b->y1};
}

/* Something was painted over `box`: text below it is covered when nothing shines through, and white
 * text may stand on it. */
static void paint(struct canvas *c, const struct box *all, bool opaque, bool white)
{
    struct box cut = box_cut(all, &c->now.clip), *box = &cut;

    /* Within a clip of another form nobody knows what is covered. */
    if (opaque && !c->now.clip_odd && !c->now.clear && !c->now.blended) {
        for (size_t i = 0; i < c->ntexts; i++) {
            if (scan_holds(box, c->texts[i].x, c->texts[i].y)) {
                scan_found(c->scan, "covered-text", c->number);
                break;
            }
        }
    }
    if (!white && !c->now.clear && c->npaints < SCAN_PAINTS)
        c->paints[c->npaints++] = *box;
}

void scan_path_end(struct canvas *c, bool fill)
{
    if (fill && c->path_any)
        paint(c, &c->path, c->path_rect, c->now.white);
    if (c->clipping && c->path_any) {
        c->now.clip = box_cut(&c->now.clip, &c->path);
        c->now.clip_odd = c->now.clip_odd || !c->path_rect;
    }
    c->clipping = false;
    c->path_any = c->path_rect = false;
}

void scan_picture(struct canvas *c, bool opaque)
{
    struct box path = c->path;
    bool any = c->path_any, rect = c->path_rect;

    c->path_any = false;
    scan_rect(c, 0, 0, 1, 1);
    paint(c, &c->path, opaque && c->path_rect, false);
    c->path = path;
    c->path_any = any;
    c->path_rect = rect;
}

void scan_all(struct canvas *c)
{
    struct box all = {-1e9, -1e9, 1e9, 1e9};

    paint(c, &all, false, false);
}

static bool is_blank(const struct pdf_value *string)
{
    for (size_t i = 0; i < string->u.string.len; i++) {
        if (string->u.string.data[i] != ' ' && string->u.string.data[i] != '\0')
            return false;
    }
    return true;
}

static bool painted(const struct canvas *c, double x, double y)
{
    if (c->npaints == SCAN_PAINTS) /* more than are remembered */
        return true;
    for (size_t i = 0; i < c->npaints; i++) {
        if (scan_holds(&c->paints[i], x, y))
            return true;
    }
    return false;
}

static void judge_text(struct canvas *c, double x, double y, double size_squared)
{
    const struct box *v = c->visible;

    /* Mode 3 draws nothing, 7 only clips. */
    if (c->now.render == 3 || c->now.render == 7 || c->now.clear) {
        scan_found(c->scan, "invisible-text", c->number);
        return;
    }
    if (c->sure && (x < v->x0 - 1 || x > v->x1 + 1 || y < v->y0 - 1 || y > v->y1 + 1)) {
        scan_found(c->scan, "outside-text", c->number);
        return;
    }
    if (size_squared < tiny_squared && !c->now.type3)
        scan_found(c->scan, "tiny-text", c->number);
    if (c->now.white && (c->now.render == 0 || c->now.render == 4)) {
        if (!painted(c, x, y))
            scan_found(c->scan, "white-text", c->number);
        return;
    }
    if (!c->sure)
        return;
    for (size_t i = 0; i < c->nfields; i++) {
        if (scan_holds(&c->fields[i], x, y))
            scan_found(c->scan, "field-over-text", c->number);
    }
    if (c->ntexts < SCAN_TEXTS)
        c->texts[c->ntexts++] = (struct text){x, y};
}

static void advance(struct canvas *c, double width, bool known)
{
    struct matrix move = {1, 0, 0, 1, width * c->now.scale, 0};

    c->text = scan_times(move, c->text);
    c->sure = c->sure && known;
}

/* How far a piece reaches by the widths of its font (9.4.4); false when one of them is not known.
 */
static bool measured(const struct canvas *c, const struct pdf_value *string, double *out)
{
    double sum = 0;

    for (size_t i = 0; i < string->u.string.len; i++) {
        int64_t at = string->u.string.data[i] - c->now.first;
        const struct pdf_value *w = at >= 0 ? pdf_at(c->now.widths, (size_t)at) : NULL;
        if (!pdf_is(w, PDF_INT) && !pdf_is(w, PDF_REAL))
            return false;
        sum += pdf_number(w, 0) / 1000 * c->now.size + c->now.spacing +
               (string->u.string.data[i] == ' ' ? c->now.word_spacing : 0);
    }
    *out = sum;
    return true;
}

/* The middle of the first character stands for the whole piece; where widths are not known half an
 * em is taken for each, and what follows on that line is not judged by its place. */
void scan_text(struct canvas *c, const struct pdf_value *string)
{
    if (!pdf_is(string, PDF_STRING) || string->u.string.len == 0)
        return;
    struct matrix place = scan_times(c->text, c->now.ctm);
    double size_squared = c->now.size * c->now.size * fabs(place.a * place.d - place.b * place.c);
    double x, y;

    apply(&place, 0.25 * c->now.size, c->now.rise + 0.3 * c->now.size, &x, &y);
    if (!is_blank(string) && isfinite(x) && isfinite(y))
        judge_text(c, x, y, size_squared);
    double characters = (double)string->u.string.len / (c->now.wide ? 2 : 1);
    double width = 0.5 * c->now.size * characters;
    bool known = c->now.widths != NULL && measured(c, string, &width);
    advance(c, width, known);
}

void scan_text_back(struct canvas *c, double thousandths)
{
    advance(c, -thousandths / 1000 * c->now.size, true);
}

/* Operators of the content streams: text, shapes, images. Each call writes one whole group of
 * operators, so that what the stream has set (font, colours, line) is known and not set twice. */
#include <math.h>
#include <stdlib.h>

#include "base/utf8.h"
#include "pdf/draw/draw_int.h"

bool draw_covers(struct draw *d, enum draw_face face, uint32_t c)
{
    return font_glyph(&d->fonts[face], c) != 0;
}

double draw_width(struct draw *d, enum draw_face face, double size, const char *s, size_t n)
{
    return (double)font_width(&d->fonts[face], s, n) * size / 1000;
}

double draw_char_width(struct draw *d, enum draw_face face, double size, uint32_t c)
{
    return font_advance(&d->fonts[face], c) * size / 1000;
}

/* A new line of operators on the current page; NULL when there is nothing to draw on. */
static struct buf *line_start(struct draw *d)
{
    if (draw_stopped(d))
        return NULL;
    if (d->page == NULL || !d->open) {
        draw_fail_bug(d, "a drawing call stands outside of begin and end");
        return NULL;
    }
    struct page *p = d->page;
    if (p->alpha != d->alpha) {
        int percent = (int)lround(d->alpha * 100);
        d->alphas[percent] = true;
        buf_format(&p->drawn, "/A%d gs ", percent);
        p->alpha = d->alpha;
    }
    return &p->drawn;
}

static void line_end(struct draw *d)
{
    buf_char(&d->page->drawn, '\n');
    if (d->page->drawn.failed)
        draw_fail_memory(d);
}

static void put_reals(struct buf *b, const double *v, size_t n, const char *op)
{
    for (size_t i = 0; i < n; i++) {
        put_real(b, v[i]);
        buf_char(b, ' ');
    }
    buf_text(b, op);
}

static bool colour_equal(struct draw_colour a, struct draw_colour b)
{
    return a.r == b.r && a.g == b.g && a.b == b.b;
}

/* Colours with three decimals: 1/255 is 0.0039. */
static void put_colour(struct buf *b, struct draw_colour c, const char *op)
{
    double v[3] = {c.r, c.g, c.b};

    for (size_t i = 0; i < 3; i++) {
        int n = (int)lround(fmin(fmax(v[i], 0), 1) * 1000);
        if (n == 1000)
            buf_text(b, "1 ");
        else
            buf_format(b, n == 0 ? "0 " : ".%03d ", n);
    }
    buf_text(b, op);
}

static void fill_set(struct draw *d, struct buf *b, struct draw_colour colour)
{
    if (!colour_equal(d->page->fill, colour))
        put_colour(b, colour, "rg ");
    d->page->fill = colour;
}

static void stroke_set(struct draw *d, struct buf *b, struct draw_colour colour, double line)
{
    if (!colour_equal(d->page->stroke, colour))
        put_colour(b, colour, "RG ");
    d->page->stroke = colour;
    if (d->page->line != line) {
        put_real(b, line);
        buf_text(b, " w ");
    }
    d->page->line = line;
}

void draw_text_turned(struct draw *d, enum draw_face face, double size, struct draw_colour colour,
                      double x, double y, double degrees, const char *s, size_t n)
{
    struct buf *b = n == 0 ? NULL : line_start(d);
    struct err e = ERR_INIT;

    if (b == NULL)
        return;
    bool space = d->apart && d->read;
    if (space)
        x -= draw_width(d, face, size, " ", 1);
    buf_text(b, "BT ");
    fill_set(d, b, colour);
    if (d->page->face != (int)face || d->page->size != size) {
        buf_format(b, "/F%d ", (int)face);
        put_reals(b, &size, 1, "Tf ");
        d->page->face = (int)face;
        d->page->size = size;
    }
    if (degrees == 0) {
        put_reals(b, (double[]){x, y}, 2, "Td ");
    } else {
        double angle = degrees * 3.14159265358979323846 / 180;
        put_reals(b, (double[]){cos(angle), sin(angle), -sin(angle), cos(angle), x, y}, 6, "Tm ");
    }
    if ((space && font_show(&d->fonts[face], " ", 1, b) != 0) ||
        font_show(&d->fonts[face], s, n, b) != 0) {
        err_set_bug(&e, "draw_text: a character that the font lacks was not replaced");
        draw_fail(d, &e);
        return;
    }
    buf_text(b, " ET");
    line_end(d);
    d->read = d->reads;
    d->apart = false;
}

void draw_apart(struct draw *d)
{
    d->apart = true;
}

void draw_text(struct draw *d, enum draw_face face, double size, struct draw_colour colour,
               double x, double y, const char *s, size_t n)
{
    draw_text_turned(d, face, size, colour, x, y, 0, s, n);
}

void draw_alpha(struct draw *d, double alpha)
{
    d->alpha = fmin(fmax(lround(alpha * 100) / 100.0, 0), 1);
}

void draw_fill(struct draw *d, struct draw_colour colour, double x, double y, double w, double h)
{
    struct buf *b = line_start(d);

    if (b == NULL)
        return;
    fill_set(d, b, colour);
    put_reals(b, (double[]){x, y, w, h}, 4, "re f");
    line_end(d);
}

void draw_frame(struct draw *d, struct draw_colour colour, double line, double x, double y,
                double w, double h)
{
    struct buf *b = line_start(d);

    if (b == NULL)
        return;
    stroke_set(d, b, colour, line);
    put_reals(b, (double[]){x, y, w, h}, 4, "re S");
    line_end(d);
}

void draw_line(struct draw *d, struct draw_colour colour, double line, double x1, double y1,
               double x2, double y2)
{
    struct buf *b = line_start(d);

    if (b == NULL)
        return;
    stroke_set(d, b, colour, line);
    put_reals(b, (double[]){x1, y1}, 2, "m ");
    put_reals(b, (double[]){x2, y2}, 2, "l S");
    line_end(d);
}

void draw_polygon(struct draw *d, struct draw_colour colour, const double *xy, size_t points)
{
    struct buf *b = points < 3 ? NULL : line_start(d);

    if (b == NULL)
        return;
    fill_set(d, b, colour);
    for (size_t i = 0; i < points; i++)
        put_reals(b, xy + 2 * i, 2, i == 0 ? "m " : "l ");
    buf_text(b, "h f");
    line_end(d);
}

/* A quarter of a circle is drawn by one Bezier curve with this distance of its control points. */
static const double round_k = 0.5522847498;

void draw_rounded(struct draw *d, struct draw_colour colour, double x, double y, double w, double h,
                  double radius)
{
    struct buf *b = line_start(d);
    double r = fmin(radius, fmin(w, h) / 2), k = r * (1 - round_k);

    if (b == NULL)
        return;
    fill_set(d, b, colour);
    put_reals(b, (double[]){x + r, y}, 2, "m ");
    put_reals(b, (double[]){x + w - r, y}, 2, "l ");
    put_reals(b, (double[]){x + w - k, y, x + w, y + k, x + w, y + r}, 6, "c ");
    put_reals(b, (double[]){x + w, y + h - r}, 2, "l ");
    put_reals(b, (double[]){x + w, y + h - k, x + w - k, y + h, x + w - r, y + h}, 6, "c ");
    put_reals(b, (double[]){x + r, y + h}, 2, "l ");
    put_reals(b, (double[]){x + k, y + h, x, y + h - k, x, y + h - r}, 6, "c ");
    put_reals(b, (double[]){x, y + r}, 2, "l ");
    put_reals(b, (double[]){x, y + k, x + k, y, x + r, y}, 6, "c h f");
    line_end(d);
}

void draw_image(struct draw *d, size_t image, double x, double y, double w, double h)
{
    struct buf *b = image < d->nimages ? line_start(d) : NULL;

    if (b == NULL)
        return;
    buf_text(b, "q ");
    put_reals(b, (double[]){w, 0, 0, h, x, y}, 6, "cm ");
    buf_format(b, "/I%zu Do Q", image);
    line_end(d);
}

/* ---- marks ---- */

static void mark(struct draw *d, bool reads)
{
    if (d->page->drawn.failed)
        draw_fail_memory(d);
    d->open = true;
    d->reads = reads;
    d->read = d->apart = false;
}

static bool mark_allowed(struct draw *d)
{
    if (draw_stopped(d))
        return false;
    if (d->page == NULL || d->page->closed || d->open) {
        draw_fail_bug(d, "draw_begin: no page, a closed one, or inside of another mark");
        return false;
    }
    return true;
}

void draw_begin(struct draw *d, struct draw_elem *elem)
{
    struct page *p = d->page;

    if (!mark_allowed(d) || elem == NULL)
        return;
    if (p->nparents == p->room) {
        size_t room = p->room == 0 ? 64 : 2 * p->room;
        struct draw_elem **parents = realloc(p->parents, room * sizeof(struct draw_elem *));
        if (parents == NULL) {
            draw_fail_memory(d);
            return;
        }
        p->parents = parents;
        p->room = room;
    }
    elem_kid(elem, KID_MCID, (uint32_t)p->nparents, p->number);
    buf_format(&d->page->drawn, "/%s<</MCID %zu>>BDC\n", elem->tag, p->nparents);
    p->parents[p->nparents++] = elem;
    mark(d, true);
}

void draw_artifact(struct draw *d, const char *type)
{
    if (!mark_allowed(d))
        return;
    buf_format(&d->page->drawn, "/Artifact<</Type/%s>>BDC\n", type);
    mark(d, false);
}

void draw_end(struct draw *d)
{
    if (draw_stopped(d))
        return;
    if (!d->open)
        draw_fail_bug(d, "draw_end without draw_begin");
    else
        buf_text(&d->page->drawn, "EMC\n");
    d->open = false;
}

/* What a visible signature shows: a framed box with text and, when wished, an image and a QR code.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "pdf/draw/appearance.h"
#include "pdf/draw/draw_int.h"

/* QUIET: white modules around a code; its box and the page add to them. A module below 0.25 mm is
 * not read from paper (LEAST, in hundredths of a point). */
enum { QUIET = 2, LEAST = 72 };
static const double pad = 4;
const unsigned char look_ground[3] = {250, 250, 252};

/* Characters that the font lacks become "?"; control characters a blank. malloc'ed. */
static char *line_clean(struct font *f, const char *s)
{
    size_t n = strlen(s), at = 0;
    char *out = malloc(n * 3 + 1);

    for (size_t i = 0; out != NULL && i < n;) {
        uint32_t c = 0;
        size_t len = utf8_decode(s + i, n - i, &c);

        if (len == 0) {
            len = 1;
            c = '?';
        }
        i += len;
        if (c < 0x20 || c == 0x7f)
            c = ' ';
        if (font_glyph(f, c) == 0)
            c = '?';
        at += utf8_encode(c, out + at);
    }
    if (out != NULL)
        out[at] = '\0';
    return out;
}

/* The text size at which all lines fit in height, and each in width; 4 to 11 points. A line too
 * wide at 4 points is cut, which is seen. */
static double size_fit(struct look *look, char *const *lines)
{
    double size = look->text.h / (1.2 * (double)look->spec->nlines);

    if (size > 11)
        size = 11;
    for (size_t i = 0; i < look->spec->nlines; i++) {
        struct font *f = i == 0 ? &look->bold : &look->regular;
        double width = (double)font_width(f, lines[i], strlen(lines[i])) / 1000;
        if (width > 0 && size * width > look->text.w)
            size = look->text.w / width;
    }
    return size < 4 ? 4 : size;
}

static bool fits(double width, double size, double room)
{
    return width * size / 1000 <= room + 0.01; /* which size_fit has divided by */
}

/* How much of the line is shown; what is cut off is told by *end. */
static size_t line_cut(struct font *f, const char *line, double size, double room, const char **end)
{
    size_t n = strlen(line);

    *end = "";
    if (fits((double)font_width(f, line, n), size, room))
        return n;
    *end = "…";
    while (n > 0 &&
           !fits((double)(font_width(f, line, n) + font_width(f, *end, strlen(*end))), size, room))
        n = utf8_whole_length(line, n - 1);
    return n;
}

static int text_draw(struct look *look, char *const *lines)
{
    struct buf *b = &look->content;
    double size = size_fit(look, lines), y = look->text.y + look->text.h - size;

    for (size_t i = 0; i < look->spec->nlines && y > 0; i++, y -= 1.2 * size) {
        struct font *f = i == 0 ? &look->bold : &look->regular;
        const char *end;
        size_t n = line_cut(f, lines[i], size, look->text.w, &end);
        if (n == 0)
            continue;
        buf_format(b, "BT /F%d ", i == 0 ? 1 : 0);
        put_real(b, size);
        buf_text(b, " Tf ");
        put_real(b, look->text.x);
        buf_char(b, ' ');
        put_real(b, y);
        buf_text(b, " Td ");
        if (font_show(f, lines[i], n, b) != 0 ||
            (*end != '\0' && font_show(f, end, strlen(end), b) != 0))
            return -1;
        buf_text(b, " ET\n");
    }
    return 0;
}

/* Content with a replacement text for who does not see it (14.9.3). */
static void alt_begin(struct buf *b, const char *alt)
{
    buf_text(b, "/Span<</Alt ");
    put_string(b, alt != NULL ? alt : "");
    buf_text(b, ">>BDC ");
}

static void put_four(struct buf *b, double v1, double v2, double v3, double v4)
{
    const double v[] = {v1, v2, v3, v4};

    for (size_t i = 0; i < 4; i++) {
        put_real(b, v[i]);
        buf_char(b, ' ');
    }
}

/* The unit square onto the area, turned as the picture is meant to be seen (TIFF 6.0,
 * Orientation). */
static void image_draw(struct look *look)
{
    static const signed char turns[8][6] = {
        {1, 0, 0, 1, 0, 0},   {-1, 0, 0, 1, 1, 0}, {-1, 0, 0, -1, 1, 1}, {1, 0, 0, -1, 0, 1},
        {0, -1, -1, 0, 1, 1}, {0, -1, 1, 0, 0, 1}, {0, 1, 1, 0, 0, 0},   {0, 1, -1, 0, 1, 0}};
    const struct area *a = &look->image;
    struct buf *b = &look->content;

    if (look->picture.columns == 0)
        return;
    const signed char *t = turns[look->picture.turn - 1];
    alt_begin(b, look->spec->image_alt);
    buf_text(b, "q ");
    put_four(b, t[0] * a->w, t[1] * a->h, t[2] * a->w, t[3] * a->h);
    put_real(b, a->x + t[4] * a->w);
    buf_char(b, ' ');
    put_real(b, a->y + t[5] * a->h);
    buf_text(b, " cm /I Do Q EMC\n");
}

/* Dark modules side by side are one rectangle; the file of a whole code is some KB. */
static void code_draw(struct look *look)
{
    struct buf *b = &look->content;
    int n = look->code != NULL ? look->code->width : 0;

    if (n == 0)
        return;
    double module = floor(look->symbol.w * 100 / (n + 2 * QUIET)) / 100, side = module * n;
    alt_begin(b, look->spec->code_alt);
    buf_text(b, "q 1 1 1 sc ");
    put_four(b, look->symbol.x, look->symbol.y, look->symbol.w, look->symbol.h);
    buf_text(b, "re f 0 0 0 sc ");
    put_four(b, module, 0, 0, module);
    put_real(b, look->symbol.x + (look->symbol.w - side) / 2);
    buf_char(b, ' ');
    put_real(b, look->symbol.y + (look->symbol.h - side) / 2);
    buf_text(b, " cm\n");
    for (int y = 0; y < n; y++) {
        const unsigned char *row = look->code->data + (ptrdiff_t)y * n;
        for (int x = 0, end; x < n; x = end) {
            for (end = x + 1; end < n && (row[end] & 1) == (row[x] & 1);)
                end++;
            if ((row[x] & 1) != 0)
                buf_format(b, "%d %d %d 1 re\n", x, n - 1 - y, end - x);
        }
    }
    buf_text(b, "f Q EMC\n");
}

static void box_draw(struct look *look)
{
    struct buf *b = &look->content;

    buf_text(b, "/C cs /C CS 0.98 0.98 0.99 sc ");
    put_four(b, 0, 0, look->spec->width, look->spec->height);
    buf_text(b, "re f 0.6 0.66 0.72 SC 0.6 w ");
    put_four(b, 0.3, 0.3, look->spec->width - 0.6, look->spec->height - 0.6);
    buf_text(b, "re S\n");
}

int look_place(struct look *look, struct err *e)
{
    const struct draw_appearance *spec = look->spec;
    bool wide = spec->width >= 1.5 * spec->height;
    double x = pad, y = pad, w = spec->width - 2 * pad, h = spec->height - 2 * pad;

    if (look->code != NULL) {
        double side = wide ? fmin(h, 0.5 * w) : fmin(w, 0.5 * h);
        int modules = look->code->width + 2 * QUIET;
        char least[24];
        if (side * 100 < LEAST * modules) {
            snprintf(least, sizeof least, "%d", LEAST * modules / 100 + 1 + 2 * (int)pad);
            return err_set(e, ERR_USAGE, "err.draw.code-small", least, NULL);
        }
        look->symbol = wide ? (struct area){x + w - side, y + (h - side) / 2, side, side}
                            : (struct area){x + (w - side) / 2, y, side, side};
        w -= wide ? side + pad : 0;
        h -= wide ? 0 : side + pad;
        y += wide ? 0 : side + pad;
    }
    if (look->picture.columns != 0) {
        unsigned width = 0, height = 0;
        picture_seen(&look->picture, &width, &height);
        double ratio = (double)width / height;
        double iw = wide ? fmin(0.4 * w, h * ratio) : fmin(w, 0.45 * h * ratio), ih = iw / ratio;
        look->image = wide ? (struct area){x, y + (h - ih) / 2, iw, ih}
                           : (struct area){x + (w - iw) / 2, y + h - ih, iw, ih};
        x += wide ? iw + pad : 0;
        w -= wide ? iw + pad : 0;
        h -= wide ? 0 : ih + pad;
    }
    look->text = (struct area){x, y, w, h};
    return w >= 2 && h >= 0 ? 0 : err_set(e, ERR_USAGE, "err.draw.appearance", NULL);
}

int look_draw(struct look *look, struct err *e)
{
    size_t n = look->spec->nlines;
    char **lines = calloc(n + 1, sizeof *lines);
    int rc = lines != NULL ? 0 : -1;

    for (size_t i = 0; rc == 0 && i < n; i++) {
        lines[i] = line_clean(i == 0 ? &look->bold : &look->regular, look->spec->lines[i]);
        rc = lines[i] != NULL ? 0 : -1;
    }
    if (rc == 0) {
        buf_text(&look->content, "q ");
        box_draw(look);
        image_draw(look);
        buf_text(&look->content, "0.1 0.14 0.2 sc\n");
        rc = text_draw(look, lines);
        code_draw(look);
        buf_text(&look->content, "Q");
    }
    for (size_t i = 0; lines != NULL && i < n; i++)
        free(lines[i]);
    free(lines);
    return rc == 0 ? buf_check(&look->content, e) : err_set_memory(e);
}

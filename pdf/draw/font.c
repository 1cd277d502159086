#include "pdf/draw/font.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"

enum { BMP = 0x10000 };

int font_open(struct font *f, const char *name, struct err *e)
{
    memset(f, 0, sizeof *f);
    if (face_load(&f->face, name, e) != 0)
        return -1;
    f->codes = calloc(BMP, sizeof *f->codes);
    f->metrics = calloc(BMP, sizeof *f->metrics);
    if (f->codes == NULL || f->metrics == NULL) {
        font_close(f);
        return err_set_memory(e);
    }
    return 0;
}

void font_close(struct font *f)
{
    free(f->used);
    free(f->codes);
    free(f->metrics);
    memset(f, 0, sizeof *f);
}

static const struct font_metric *font_metric(struct font *f, uint32_t c)
{
    static const struct font_metric none = {0, 0, true};

    if (c >= BMP)
        return &none;
    struct font_metric *m = &f->metrics[c];
    if (!m->known) {
        m->glyph = (uint16_t)face_glyph(&f->face, c);
        m->advance = m->glyph != 0 ? (int16_t)face_advance(&f->face, m->glyph) : 0;
        m->known = true;
    }
    return m;
}

unsigned font_glyph(struct font *f, uint32_t c)
{
    return font_metric(f, c)->glyph;
}

int font_advance(struct font *f, uint32_t c)
{
    return font_metric(f, c)->advance;
}

unsigned font_code(struct font *f, uint32_t c)
{
    unsigned glyph = font_glyph(f, c);

    if (glyph == 0)
        return 0;
    if (f->codes[c] != 0)
        return f->codes[c];
    if (f->nused == f->room) {
        size_t room = f->room == 0 ? 128 : 2 * f->room;
        struct font_char *used = realloc(f->used, room * sizeof *used);

        if (used == NULL)
            return 0;
        f->used = used;
        f->room = room;
    }
    f->used[f->nused] = (struct font_char){(uint16_t)c, (uint16_t)glyph};
    f->codes[c] = (uint16_t)++f->nused;
    return f->codes[c];
}

static int font_kerning(struct font *f, unsigned left, unsigned right)
{
    if (left == 0)
        return 0;
    struct font_pair *p = &f->pairs[(left * 31 + right) % FONT_PAIRS];
    if (p->left != left || p->right != right)
        *p = (struct font_pair){(uint16_t)left, (uint16_t)right,
                                (int16_t)face_kerning(&f->face, left, right)};
    return p->kerning;
}

long font_width(struct font *f, const char *s, size_t n)
{
    long width = 0;
    unsigned before = 0;

    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t len = utf8_decode(s + i, n - i, &c);

        if (len == 0)
            break;
        const struct font_metric *m = font_metric(f, c);
        if (m->glyph != 0)
            width += m->advance + font_kerning(f, before, m->glyph);
        before = m->glyph;
        i += len;
    }
    return width;
}

/* The two bytes of a code in a literal string (ISO 32000-1, 7.3.4.2): parentheses, backslash and
 * return are escaped. Returns the place after them, at most four bytes on. */
static unsigned char *put_code(unsigned char *to, unsigned code)
{
    for (int shift = 8; shift >= 0; shift -= 8) {
        unsigned char c = (unsigned char)(code >> shift & 255);
        if (c == '(' || c == ')' || c == '\\' || c == '\r')
            *to++ = '\\';
        *to++ = c == '\r' ? 'r' : c;
    }
    return to;
}

int font_show(struct font *f, const char *s, size_t n, struct buf *out)
{
    unsigned char *to;
    unsigned before = 0;

    buf_text(out, "[(");
    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t len = utf8_decode(s + i, n - i, &c);
        unsigned code = len != 0 ? font_code(f, c) : 0;

        if (code == 0)
            return -1;
        unsigned glyph = font_glyph(f, c);
        int kern = font_kerning(f, before, glyph);
        if (kern != 0)
            buf_format(out, ")%d(", -kern);
        to = buf_room(out, 4);
        if (to == NULL)
            return -1;
        out->len += (size_t)(put_code(to, code) - to);
        before = glyph;
        i += len;
    }
    buf_text(out, ")]TJ");
    return 0;
}

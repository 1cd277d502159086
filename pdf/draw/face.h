/* A TrueType font of the package, read in place: characters to glyphs, widths, kerning, and a
 * subset of it. Source: the OpenType specification, tables cmap (format 4), head, hhea, hmtx, maxp,
 * loca, glyf, kern (format 0), OS/2, post. */
#ifndef PARAPHE_PDF_DRAW_FACE_H
#define PARAPHE_PDF_DRAW_FACE_H

#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

struct face_table {
    const unsigned char *data;
    size_t n;
};

struct face {
    const char *name; /* PostScript name, "LiberationSans-Bold" */
    struct face_table cmap, head, hhea, hmtx, maxp, loca, glyf, kern;
    unsigned units;    /* per em */
    unsigned glyphs;   /* their number */
    unsigned hmetrics; /* entries of hmtx that have an advance */
    int long_loca;
    unsigned segments; /* of the cmap subtable */
    unsigned pairs;    /* of the kern subtable */
    /* in thousandths of an em */
    int ascent, descent, cap_height, x_height, italic_angle, weight;
    int box[4];
};

/* Loads "fonts/NAME.ttf" of the compiled-in data. The bytes stay where they are; nothing is to be
 * freed. */
int face_load(struct face *f, const char *name, struct err *e);
unsigned face_glyph(const struct face *f, uint32_t c); /* 0 when the font has none */
/* Thousandths of an em, as integers: the same numbers stand in the PDF's /W. */
int face_advance(const struct face *f, unsigned glyph);
int face_kerning(const struct face *f, unsigned left, unsigned right);

/* Appends a font file that holds glyph 0, the n given ones and their parts, without instructions;
 * glyphs[i] has the number numbers[i] in it. */
int face_subset(const struct face *f, const uint16_t *glyphs, size_t n, uint16_t *numbers,
                struct buf *out, struct err *e);

/* Big-endian reading; the caller has checked the bounds. */
static inline unsigned face_u16(const unsigned char *p)
{
    return (unsigned)p[0] << 8 | p[1];
}
static inline int face_s16(const unsigned char *p)
{
    return (int16_t)face_u16(p);
}
static inline uint32_t face_u32(const unsigned char *p)
{
    return (uint32_t)face_u16(p) << 16 | face_u16(p + 2);
}
/* Where the outline of a glyph stands; n 0 for a blank one. */
struct face_table face_outline(const struct face *f, unsigned glyph);

#endif

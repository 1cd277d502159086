/* A font file with the used glyphs only. Instructions are left out: readers smooth by themselves,
 * and the file is a third. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "pdf/draw/face.h"

enum {
    COMPOSITE_WORDS = 0x0001,
    COMPOSITE_SCALE = 0x0008,
    COMPOSITE_MORE = 0x0020,
    COMPOSITE_XY_SCALE = 0x0040,
    COMPOSITE_TWO_BY_TWO = 0x0080,
    COMPOSITE_INSTRUCTIONS = 0x0100,
    TABLES = 7
};

struct subset {
    const struct face *face;
    uint16_t *old; /* old[new number] */
    uint16_t *map; /* map[old number], 0 when not taken */
    size_t count;
};

static void put16(struct buf *b, unsigned v)
{
    unsigned char bytes[2] = {(unsigned char)(v >> 8), (unsigned char)v};

    buf_append(b, bytes, 2);
}

static void put32(struct buf *b, uint32_t v)
{
    put16(b, v >> 16);
    put16(b, v & 0xffff);
}

static void set32(unsigned char *p, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        p[i] = (unsigned char)(v >> (24 - 8 * i));
}

static unsigned subset_take(struct subset *s, unsigned glyph)
{
    if (glyph == 0 || glyph >= s->face->glyphs)
        return 0;
    if (s->map[glyph] == 0) {
        s->map[glyph] = (uint16_t)s->count;
        s->old[s->count++] = (uint16_t)glyph;
    }
    return s->map[glyph];
}

/* Length of one component record of a composite glyph; 0 when it does not fit. */
static size_t component_length(const unsigned char *p, size_t room)
{
    if (room < 4)
        return 0;
    unsigned flags = face_u16(p);
    size_t n = 4 + (flags & COMPOSITE_WORDS ? 4 : 2);

    if (flags & COMPOSITE_SCALE)
        n += 2;
    else if (flags & COMPOSITE_XY_SCALE)
        n += 4;
    else if (flags & COMPOSITE_TWO_BY_TWO)
        n += 8;
    return n <= room ? n : 0;
}

static void glyph_composite(struct subset *s, struct face_table glyph, struct buf *out)
{
    size_t at = 10;
    unsigned flags = COMPOSITE_MORE;

    buf_append(out, glyph.data, 10);
    while (flags & COMPOSITE_MORE) {
        size_t n = component_length(glyph.data + at, glyph.n - at);

        if (n == 0)
            return;
        flags = face_u16(glyph.data + at);
        put16(out, flags & ~(unsigned)COMPOSITE_INSTRUCTIONS);
        put16(out, subset_take(s, face_u16(glyph.data + at + 2)));
        buf_append(out, glyph.data + at + 4, n - 4);
        at += n;
    }
}

static void glyph_write(struct subset *s, unsigned glyph, struct buf *out)
{
    struct face_table from = face_outline(s->face, glyph);

    if (from.n == 0)
        return;
    int contours = face_s16(from.data);
    if (contours < 0) {
        glyph_composite(s, from, out);
    } else {
        size_t head = 10 + 2 * (size_t)contours;
        if (head + 2 > from.n)
            return;
        size_t rest = head + 2 + face_u16(from.data + head);
        if (rest > from.n)
            return;
        buf_append(out, from.data, head);
        put16(out, 0);
        buf_append(out, from.data + rest, from.n - rest);
    }
    while (out->len % 4 != 0 && !out->failed)
        buf_char(out, '\0');
}

static uint32_t checksum(const unsigned char *p, size_t n)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 4 <= n; i += 4)
        sum += face_u32(p + i);
    return sum;
}

/* The tables in the order of their tags; each is padded to four bytes. */
static int file_write(const char *const tags[TABLES], struct buf tables[TABLES], struct buf *out,
                      struct err *e)
{
    size_t start = out->len, offset = 12 + 16 * (size_t)TABLES, head = 0;

    put32(out, 0x00010000);
    put16(out, TABLES);
    put16(out, 64); /* 16 x the largest power of two <= 7 */
    put16(out, 2);
    put16(out, TABLES * 16 - 64);
    for (size_t i = 0; i < TABLES; i++) {
        size_t length = tables[i].len;

        while (tables[i].len % 4 != 0 && !tables[i].failed)
            buf_char(&tables[i], '\0');
        if (buf_check(&tables[i], e) != 0)
            return -1;
        buf_append(out, tags[i], 4);
        put32(out, checksum(tables[i].data, tables[i].len));
        put32(out, (uint32_t)offset);
        put32(out, (uint32_t)length);
        if (strcmp(tags[i], "head") == 0)
            head = offset;
        offset += tables[i].len;
    }
    for (size_t i = 0; i < TABLES; i++)
        buf_append(out, tables[i].data, tables[i].len);
    if (buf_check(out, e) != 0)
        return -1;
    set32(out->data + start + head + 8,
          0xB1B0AFBAu - checksum(out->data + start, out->len - start));
    return 0;
}

static void tables_fill(struct subset *s, struct buf t[TABLES])
{
    enum { GLYF, HEAD, HHEA, HMTX, LOCA, MAXP, POST };
    const struct face *f = s->face;

    for (size_t i = 0; i < s->count; i++) { /* grows while composites take their parts */
        put32(&t[LOCA], (uint32_t)t[GLYF].len);
        glyph_write(s, s->old[i], &t[GLYF]);
    }
    put32(&t[LOCA], (uint32_t)t[GLYF].len);
    for (size_t i = 0; i < s->count; i++) {
        unsigned g = s->old[i] < f->hmetrics ? s->old[i] : f->hmetrics - 1;
        struct face_table outline = face_outline(f, s->old[i]);

        put16(&t[HMTX], face_u16(f->hmtx.data + 4 * (size_t)g));
        put16(&t[HMTX], outline.n != 0 ? face_u16(outline.data + 2) : 0);
    }
    buf_append(&t[HEAD], f->head.data, 8);
    put32(&t[HEAD], 0);
    buf_append(&t[HEAD], f->head.data + 12, 38);
    put16(&t[HEAD], 1); /* long loca */
    put16(&t[HEAD], 0);
    buf_append(&t[HHEA], f->hhea.data, 34);
    put16(&t[HHEA], (unsigned)s->count);
    buf_append(&t[MAXP], f->maxp.data, 4);
    put16(&t[MAXP], (unsigned)s->count);
    buf_append(&t[MAXP], f->maxp.data + 6, 26);
    put32(&t[POST], 0x00030000); /* without glyph names */
    for (size_t i = 0; i < 7; i++)
        put32(&t[POST], 0);
}

int face_subset(const struct face *f, const uint16_t *glyphs, size_t n, uint16_t *numbers,
                struct buf *out, struct err *e)
{
    static const char *const tags[TABLES] = {"glyf", "head", "hhea", "hmtx",
                                             "loca", "maxp", "post"};
    struct buf tables[TABLES];
    struct subset s = {f, NULL, NULL, 1};
    int rc = -1;

    for (size_t i = 0; i < TABLES; i++)
        buf_init(&tables[i], (size_t)ceilings.report_bytes);
    s.old = calloc((size_t)f->glyphs + 1, sizeof *s.old);
    s.map = calloc((size_t)f->glyphs + 1, sizeof *s.map);
    if (s.old == NULL || s.map == NULL) {
        err_set_memory(e);
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        numbers[i] = (uint16_t)subset_take(&s, glyphs[i]);
    tables_fill(&s, tables);
    rc = file_write(tags, tables, out, e);
out:
    for (size_t i = 0; i < TABLES; i++)
        buf_free(&tables[i]);
    free(s.old);
    free(s.map);
    return rc;
}

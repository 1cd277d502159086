#include "pdf/draw/face.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "data/data.h"

static struct face_table table_find(const unsigned char *font, size_t n, const char *tag)
{
    struct face_table none = {NULL, 0};
    unsigned count = n >= 12 ? face_u16(font + 4) : 0;

    for (unsigned i = 0; i < count && 12 + 16 * ((size_t)i + 1) <= n; i++) {
        const unsigned char *entry = font + 12 + 16 * (size_t)i;
        uint32_t offset = face_u32(entry + 8), length = face_u32(entry + 12);

        if (memcmp(entry, tag, 4) == 0 && offset <= n && length <= n - offset)
            return (struct face_table){font + offset, length};
    }
    return none;
}

/* The Windows Unicode subtable in format 4. */
static int cmap_find(struct face *f, struct face_table all)
{
    unsigned count = all.n >= 4 ? face_u16(all.data + 2) : 0;

    for (unsigned i = 0; i < count && 4 + 8 * ((size_t)i + 1) <= all.n; i++) {
        const unsigned char *entry = all.data + 4 + 8 * (size_t)i;
        uint32_t offset = face_u32(entry + 4);

        if (face_u16(entry) != 3 || face_u16(entry + 2) != 1 || offset > all.n - 14)
            continue;
        const unsigned char *sub = all.data + offset;
        size_t room = all.n - offset;
        if (face_u16(sub) != 4)
            continue;
        f->segments = face_u16(sub + 6) / 2;
        if (16 + 8 * (size_t)f->segments > room)
            return -1;
        f->cmap = (struct face_table){sub, room};
        return 0;
    }
    return -1;
}

static void kern_find(struct face *f, struct face_table all)
{
    if (all.n < 18 || face_u16(all.data + 2) == 0 || face_u16(all.data + 8) >> 8 != 0)
        return;
    unsigned pairs = face_u16(all.data + 10);
    if (18 + 6 * (size_t)pairs > all.n)
        return;
    f->kern = (struct face_table){all.data + 18, 6 * (size_t)pairs};
    f->pairs = pairs;
}

static int per_mille(const struct face *f, int v)
{
    int twice = v * 2000 / (int)f->units;

    return (twice + (twice < 0 ? -1 : 1)) / 2;
}

static int metrics_read(struct face *f, struct face_table os2, struct face_table post)
{
    f->units = face_u16(f->head.data + 18);
    f->long_loca = face_s16(f->head.data + 50);
    f->glyphs = face_u16(f->maxp.data + 4);
    f->hmetrics = face_u16(f->hhea.data + 34);
    if (f->units == 0 || f->glyphs == 0 || f->hmetrics == 0 ||
        4 * (size_t)f->hmetrics > f->hmtx.n ||
        ((size_t)f->glyphs + 1) * (f->long_loca ? 4 : 2) > f->loca.n)
        return -1;
    for (size_t i = 0; i < 4; i++)
        f->box[i] = per_mille(f, face_s16(f->head.data + 36 + 2 * i));
    f->ascent = per_mille(f, face_s16(f->hhea.data + 4));
    f->descent = per_mille(f, face_s16(f->hhea.data + 6));
    f->weight = (int)face_u16(os2.data + 4);
    f->x_height = per_mille(f, face_s16(os2.data + 86));
    f->cap_height = per_mille(f, face_s16(os2.data + 88));
    f->italic_angle = face_s16(post.data + 4);
    return 0;
}

/* False when a table is missing or too short. */
static bool tables_read(struct face *f, const unsigned char *font, size_t n)
{
    f->head = table_find(font, n, "head");
    f->hhea = table_find(font, n, "hhea");
    f->hmtx = table_find(font, n, "hmtx");
    f->maxp = table_find(font, n, "maxp");
    f->loca = table_find(font, n, "loca");
    f->glyf = table_find(font, n, "glyf");
    struct face_table os2 = table_find(font, n, "OS/2"), post = table_find(font, n, "post");
    if (f->head.n < 54 || f->hhea.n < 36 || f->maxp.n < 32 || f->glyf.n == 0 || os2.n < 90 ||
        post.n < 32 || metrics_read(f, os2, post) != 0 ||
        cmap_find(f, table_find(font, n, "cmap")) != 0)
        return false;
    kern_find(f, table_find(font, n, "kern"));
    return true;
}

int face_load(struct face *f, const char *name, struct err *e)
{
    char path[96];
    const unsigned char *font = NULL;
    size_t n = 0;

    memset(f, 0, sizeof *f);
    f->name = name;
    snprintf(path, sizeof path, "fonts/%s.ttf", name);
    if (data_find(path, &font, &n) != 0 || !tables_read(f, font, n))
        return err_set(e, ERR_BUG, "err.draw.font", name, NULL);
    return 0;
}

/* Format 4: arrays endCode, (pad), startCode, idDelta, idRangeOffset, each of `segments` entries.
 */
unsigned face_glyph(const struct face *f, uint32_t c)
{
    const unsigned char *ends = f->cmap.data + 14, *starts = ends + 2 * (size_t)f->segments + 2;
    const unsigned char *deltas = starts + 2 * (size_t)f->segments;
    const unsigned char *ranges = deltas + 2 * (size_t)f->segments;
    unsigned low = 0, high = f->segments, glyph = 0;

    if (c > 0xffff)
        return 0;
    while (low < high) {
        unsigned middle = (low + high) / 2;
        if (face_u16(ends + 2 * (size_t)middle) < c)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == f->segments || face_u16(starts + 2 * (size_t)low) > c)
        return 0;
    unsigned range = face_u16(ranges + 2 * (size_t)low), delta = face_u16(deltas + 2 * (size_t)low);
    if (range == 0) {
        glyph = (c + delta) & 0xffff;
    } else {
        size_t at = (size_t)(ranges - f->cmap.data) + 2 * (size_t)low + range +
                    2 * (size_t)(c - face_u16(starts + 2 * (size_t)low));
        if (at + 2 > f->cmap.n)
            return 0;
        glyph = face_u16(f->cmap.data + at);
        if (glyph != 0)
            glyph = (glyph + delta) & 0xffff;
    }
    return glyph < f->glyphs ? glyph : 0;
}

int face_advance(const struct face *f, unsigned glyph)
{
    unsigned i = glyph < f->hmetrics ? glyph : f->hmetrics - 1;

    return per_mille(f, (int)face_u16(f->hmtx.data + 4 * (size_t)i));
}

int face_kerning(const struct face *f, unsigned left, unsigned right)
{
    uint32_t wanted = (uint32_t)left << 16 | right;
    unsigned low = 0, high = f->pairs;

    while (low < high) {
        unsigned middle = (low + high) / 2;
        uint32_t pair = face_u32(f->kern.data + 6 * (size_t)middle);

        if (pair == wanted)
            return per_mille(f, face_s16(f->kern.data + 6 * (size_t)middle + 4));
        if (pair < wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

struct face_table face_outline(const struct face *f, unsigned glyph)
{
    struct face_table none = {NULL, 0};
    size_t from, to;

    if (glyph >= f->glyphs)
        return none;
    if (f->long_loca) {
        from = face_u32(f->loca.data + 4 * (size_t)glyph);
        to = face_u32(f->loca.data + 4 * (size_t)glyph + 4);
    } else {
        from = 2 * (size_t)face_u16(f->loca.data + 2 * (size_t)glyph);
        to = 2 * (size_t)face_u16(f->loca.data + 2 * (size_t)glyph + 2);
    }
    if (from >= to || to > f->glyf.n || to - from < 10)
        return none;
    return (struct face_table){f->glyf.data + from, to - from};
}

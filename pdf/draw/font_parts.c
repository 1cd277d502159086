/* The objects of an embedded font: Type0 font, CIDFontType2, descriptor, font file, ToUnicode and
 * CIDToGIDMap (ISO 32000-1, 9.7 and 9.10.3). Written whole by us: what libharu makes of them is
 * neither valid nor small. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "pdf/draw/font.h"

void part_free(struct part *p)
{
    buf_free(&p->dict);
    buf_free(&p->stream);
}

/* Six capitals that differ when the subset differs (ISO 32000-1, 9.6.4). */
static int tag_make(const struct font *f, char tag[7], struct err *e)
{
    unsigned char sum[DIGEST_MAX];

    if (digest_bytes(DIGEST_SHA256, f->used, f->nused * sizeof *f->used, sum, e) != 0)
        return -1;
    for (int i = 0; i < 6; i++)
        tag[i] = (char)('A' + sum[i] % 26);
    tag[6] = '\0';
    return 0;
}

static void put_unicode_map(const struct font *f, struct buf *out)
{
    buf_text(out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
                  "/CIDSystemInfo <</Registry(Adobe)/Ordering(UCS)/Supplement 0>> def\n"
                  "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
                  "1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n");
    for (size_t i = 0; i < f->nused; i++) {
        if (i % 100 == 0) /* at most 100 entries a block */
            buf_format(out, "%zu beginbfchar\n", f->nused - i < 100 ? f->nused - i : (size_t)100);
        buf_format(out, "<%04zX><%04X>\n", i + 1, f->used[i].c);
        if (i % 100 == 99 || i + 1 == f->nused)
            buf_text(out, "endbfchar\n");
    }
    buf_text(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

static void put_dicts(const struct font *f, const uint32_t n[FONT_PARTS], const char *tag,
                      struct part parts[FONT_PARTS])
{
    const struct face *face = &f->face;
    struct buf *b = &parts[FONT_TYPE0].dict;

    buf_format(b,
               "/Type/Font/Subtype/Type0/BaseFont/%s+%s/Encoding/Identity-H"
               "/DescendantFonts[%u 0 R]/ToUnicode %u 0 R",
               tag, face->name, n[FONT_CID], n[FONT_TO_UNICODE]);
    b = &parts[FONT_CID].dict;
    buf_format(b,
               "/Type/Font/Subtype/CIDFontType2/BaseFont/%s+%s/FontDescriptor %u 0 R"
               "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
               "/CIDToGIDMap %u 0 R/DW 0/W[1[",
               tag, face->name, n[FONT_DESCRIPTOR], n[FONT_GLYPH_MAP]);
    for (size_t i = 0; i < f->nused; i++)
        buf_format(b, "%s%d", i == 0 ? "" : " ", face_advance(face, f->used[i].glyph));
    buf_text(b, "]]");
    b = &parts[FONT_DESCRIPTOR].dict;
    buf_format(b,
               "/Type/FontDescriptor/FontName/%s+%s/Flags %d/FontBBox[%d %d %d %d]/ItalicAngle %d"
               "/Ascent %d/Descent %d/CapHeight %d/XHeight %d/StemV %d/FontFile2 %u 0 R",
               tag, face->name, 4 + (face->italic_angle != 0 ? 64 : 0), face->box[0], face->box[1],
               face->box[2], face->box[3], face->italic_angle, face->ascent, face->descent,
               face->cap_height, face->x_height, 50 + face->weight * face->weight / 4225,
               n[FONT_FILE]);
}

int font_parts(const struct font *f, const uint32_t numbers[FONT_PARTS],
               struct part parts[FONT_PARTS], struct err *e)
{
    char tag[7];
    uint16_t *glyphs = calloc(2 * f->nused + 1, sizeof *glyphs), *renumbered = NULL;
    int rc = -1;

    for (size_t i = 0; i < FONT_PARTS; i++) {
        buf_init(&parts[i].dict, (size_t)ceilings.report_bytes);
        buf_init(&parts[i].stream, (size_t)ceilings.report_bytes);
        parts[i].streamed = parts[i].packed = i >= FONT_FILE;
    }
    if (glyphs == NULL)
        return err_set_memory(e);
    renumbered = glyphs + f->nused;
    for (size_t i = 0; i < f->nused; i++)
        glyphs[i] = f->used[i].glyph;
    if (tag_make(f, tag, e) != 0 ||
        face_subset(&f->face, glyphs, f->nused, renumbered, &parts[FONT_FILE].stream, e) != 0)
        goto out;
    put_dicts(f, numbers, tag, parts);
    buf_format(&parts[FONT_FILE].dict, "/Length1 %zu", parts[FONT_FILE].stream.len);
    put_unicode_map(f, &parts[FONT_TO_UNICODE].stream);
    buf_append(&parts[FONT_GLYPH_MAP].stream, "\0\0", 2);
    for (size_t i = 0; i < f->nused; i++) {
        unsigned char pair[2] = {(unsigned char)(renumbered[i] >> 8), (unsigned char)renumbered[i]};
        buf_append(&parts[FONT_GLYPH_MAP].stream, pair, 2);
    }
    rc = 0;
    for (size_t i = 0; i < FONT_PARTS && rc == 0; i++) {
        if (buf_check(&parts[i].dict, e) != 0 || buf_check(&parts[i].stream, e) != 0)
            rc = -1;
    }
out:
    free(glyphs);
    return rc;
}

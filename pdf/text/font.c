#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"
#include "pdf/text/text.h"

enum { NONSYMBOLIC = 1 << 5 }; /* of a font descriptor, Table 121: Latin letters */

void text_font_free(struct text_font *f)
{
    free(f->ranges);
    f->ranges = NULL;
    buf_free(&f->more);
}

/* /Encoding of a simple font: a name, or a dictionary with /BaseEncoding and /Differences. */
static void encoding_read(struct pdf *pdf, const struct pdf_value *font, int revision,
                          struct text_font *out, struct err *e)
{
    const struct pdf_value *encoding = pdf_get(pdf, font, "Encoding", revision, e);
    const char *base = pdf_name(encoding);

    int64_t flags = pdf_int(pdf_path(pdf, font, "FontDescriptor/Flags", revision, e), 0);

    out->encoded = encoding != NULL || (flags & NONSYMBOLIC) != 0;
    if (base == NULL)
        base = pdf_name(pdf_get(pdf, encoding, "BaseEncoding", revision, e));
    bool mac = base != NULL && strcmp(base, "MacRomanEncoding") == 0;
    for (int i = 32; i < 256; i++)
        out->simple[i] = mac ? text_macroman((unsigned char)i) : text_winansi((unsigned char)i);
    const struct pdf_value *list = pdf_get(pdf, encoding, "Differences", revision, e);
    int64_t code = 0;
    for (size_t i = 0; i < pdf_count(list); i++) {
        const struct pdf_value *one = pdf_at(list, i);
        const char *name = pdf_name(one);
        if (name == NULL) {
            code = pdf_int(one, 0);
        } else {
            if (code >= 0 && code < 256)
                out->simple[code] = (uint16_t)text_glyph(name);
            code++;
        }
    }
}

int text_font_read(struct pdf *pdf, const struct pdf_value *font, int revision,
                   struct text_font *out, struct err *e)
{
    const struct pdf_value *map = pdf_get(pdf, font, "ToUnicode", revision, e);
    struct buf data;
    int rc = 0;

    memset(out, 0, sizeof *out);
    buf_init(&out->more, TEXT_MORE_MAX);
    out->wide = pdf_is_name(pdf_get(pdf, font, "Subtype", revision, e), "Type0");
    buf_init(&data, (size_t)ceilings.pdf_object_bytes);
    if (pdf_is(map, PDF_STREAM) &&
        pdf_stream_data(pdf, map, revision, PDF_DECODE_ALL, data.max, &data, e) == 0)
        rc = text_cmap_read(out, data.data, data.len, e);
    err_clear(e); /* a font that cannot be read shows as characters without meaning */
    if (!out->wide)
        encoding_read(pdf, font, revision, out, e);
    err_clear(e);
    buf_free(&data);
    return rc;
}

static uint32_t look(const struct text_font *f, uint32_t code)
{
    for (size_t i = 0; i < f->count; i++) {
        if (code >= f->ranges[i].from && code <= f->ranges[i].to && f->ranges[i].first != 0)
            return f->ranges[i].first + (code - f->ranges[i].from);
    }
    if (f->wide || (f->has_unicode && !f->encoded))
        return 0;
    return code < 256 ? f->simple[code] : 0;
}

/* A code that stands for several characters; NULL for all others. */
static const char *letters(const struct text_font *f, uint32_t c)
{
    static const char *const ligatures[] = {"ff", "fi", "fl", "ffi", "ffl", "st", "st"};

    if (c >= 0xfb00 && c - 0xfb00 < sizeof ligatures / sizeof ligatures[0])
        return ligatures[c - 0xfb00];
    if ((c & TEXT_LONG) == 0)
        return NULL;
    const char *text = (const char *)f->more.data + (c & ~TEXT_LONG);
    return *text != '\0' ? text : NULL;
}

void text_font_show(const struct text_font *f, const unsigned char *s, size_t n, struct buf *out,
                    size_t *mapped, size_t *unmapped)
{
    for (size_t i = 0; i < n;) {
        uint32_t code = s[i++];
        char utf8[4];

        if (f->wide && i < n)
            code = code << 8 | s[i++];
        uint32_t c = look(f, code);
        const char *several = letters(f, c);
        if (several != NULL) {
            buf_text(out, several);
            (*mapped)++;
            continue;
        }
        size_t len = c >= 32 || c == '\t' ? utf8_encode(c, utf8) : 0;
        if (len == 0) {
            (*unmapped)++;
            continue;
        }
        (*mapped)++;
        buf_append(out, utf8, len);
    }
}

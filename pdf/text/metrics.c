/* How far each code moves the pen (ISO 32000-2 9.2.4, 9.7.4.3). */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "pdf/text/text.h"

enum { CIDS = 65536, DEFAULT_WIDE = 1000 };

/* Widths of ASCII in fonts that files may leave out; the bold and slanted ones differ by little. */
static const uint16_t sans[95] = {
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333,  278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667,  611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278,  556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500,  500, 334, 260, 334, 584};
static const uint16_t serif[95] = {
    250, 333, 408, 500, 500, 833, 778, 180, 333, 333, 500, 564, 250, 333, 250, 278, 500, 500, 500,
    500, 500, 500, 500, 500, 500, 500, 278, 278, 564, 564, 564, 444, 921, 722, 667, 667, 722, 611,
    556, 722, 722, 333, 389, 722, 611, 889, 722, 722, 556, 722, 667, 556, 611, 722, 722, 944, 722,
    722, 611, 333, 278, 333, 469, 500, 333, 444, 500, 444, 500, 444, 333, 500, 500, 278, 278, 500,
    278, 778, 500, 500, 500, 500, 333, 389, 278, 500, 500, 722, 500, 500, 444, 480, 200, 480, 541};

static void standard(const char *name, float widths[256])
{
    bool fixed = name != NULL && strstr(name, "Courier") != NULL;
    bool feet = name != NULL && strstr(name, "Times") != NULL;
    const uint16_t *table = feet ? serif : sans;

    for (int c = 0; c < 256; c++)
        widths[c] = fixed ? 600 : c >= 32 && c < 127 ? table[c - 32] : feet ? 500 : 556;
}

static void simple_read(struct pdf *pdf, const struct pdf_value *font, int revision,
                        struct text_metrics *out, struct err *e)
{
    const struct pdf_value *widths = pdf_get(pdf, font, "Widths", revision, e);
    int64_t first = pdf_int(pdf_get(pdf, font, "FirstChar", revision, e), 0);
    double missing = pdf_number(pdf_path(pdf, font, "FontDescriptor/MissingWidth", revision, e), 0);
    const struct pdf_value *matrix = pdf_get(pdf, font, "FontMatrix", revision, e);

    if (!pdf_is(widths, PDF_ARRAY)) {
        standard(pdf_name(pdf_get(pdf, font, "BaseFont", revision, e)), out->simple);
        return;
    }
    for (int64_t c = 0; c < 256; c++)
        out->simple[c] =
            (float)(c >= first && c - first < (int64_t)pdf_count(widths)
                        ? pdf_number(pdf_get_at(pdf, widths, (size_t)(c - first), revision, e),
                                     missing)
                        : missing);
    if (pdf_is_name(pdf_get(pdf, font, "Subtype", revision, e), "Type3") && pdf_count(matrix) == 6)
        for (int c = 0; c < 256; c++)
            out->simple[c] *= (float)(pdf_number(pdf_at(matrix, 0), 0.001) * 1000);
}

static void wide_set(struct text_metrics *out, int64_t from, int64_t to, double width)
{
    for (int64_t cid = from < 0 ? 0 : from; cid <= to && cid < CIDS; cid++)
        out->wide[cid] = (float)width;
}

/* /W: "c [w1 w2...]" or "first last w". */
static int wide_read(struct pdf *pdf, const struct pdf_value *font, int revision,
                     struct text_metrics *out, struct err *e)
{
    const struct pdf_value *below = pdf_get(pdf, font, "DescendantFonts", revision, e);
    const struct pdf_value *cid = pdf_get_at(pdf, below, 0, revision, e);
    const struct pdf_value *list = pdf_get(pdf, cid, "W", revision, e);
    double usual = pdf_number(pdf_get(pdf, cid, "DW", revision, e), DEFAULT_WIDE);

    out->wide = malloc(CIDS * sizeof *out->wide);
    if (out->wide == NULL)
        return err_set_memory(e);
    wide_set(out, 0, CIDS - 1, usual);
    for (size_t i = 0; i + 1 < pdf_count(list);) {
        int64_t from = pdf_int(pdf_get_at(pdf, list, i, revision, e), 0);
        const struct pdf_value *second = pdf_get_at(pdf, list, i + 1, revision, e);
        if (pdf_is(second, PDF_ARRAY)) {
            for (size_t k = 0; k < pdf_count(second); k++)
                wide_set(out, from + (int64_t)k, from + (int64_t)k,
                         pdf_number(pdf_get_at(pdf, second, k, revision, e), usual));
            i += 2;
        } else {
            wide_set(out, from, pdf_int(second, -1),
                     pdf_number(pdf_get_at(pdf, list, i + 2, revision, e), usual));
            i += 3;
        }
    }
    return 0;
}

int text_metrics_read(struct pdf *pdf, const struct pdf_value *font, int revision,
                      struct text_metrics *out, struct err *e)
{
    struct err local = ERR_INIT; /* what cannot be read has no width */

    memset(out, 0, sizeof *out);
    if (pdf_is_name(pdf_get(pdf, font, "Subtype", revision, &local), "Type0")) {
        if (wide_read(pdf, font, revision, out, &local) != 0)
            return err_set_memory(e);
    } else {
        simple_read(pdf, font, revision, out, &local);
    }
    return 0;
}

void text_metrics_free(struct text_metrics *m)
{
    free(m->wide);
    m->wide = NULL;
}

double text_metrics_width(const struct text_metrics *m, uint32_t code)
{
    return m->wide != NULL ? m->wide[code & 0xffff] : m->simple[code & 0xff];
}

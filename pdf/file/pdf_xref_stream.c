#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

enum { FIELD_MAX = 8 }; /* bytes of one field of a row */

struct rows {
    struct pdf_stream *in;
    int width[3];
    int row; /* bytes of one */
    unsigned char bytes[8192];
    size_t pos, len;
};

static int64_t field(const unsigned char *p, int width, int64_t otherwise)
{
    uint64_t value = 0;

    if (width == 0)
        return otherwise;
    for (int i = 0; i < width; i++)
        value = value << 8 | p[i];
    return value > INT64_MAX ? -1 : (int64_t)value;
}

/* The next row, or NULL with e: the data is shorter than /Index says. */
static const unsigned char *next_row(struct rows *r, int64_t at, struct err *e)
{
    if (r->len - r->pos < (size_t)r->row) {
        memmove(r->bytes, r->bytes + r->pos, r->len - r->pos);
        r->len -= r->pos;
        r->pos = 0;
        while (r->len < (size_t)r->row) {
            int64_t n = pdf_stream_read(r->in, r->bytes + r->len, sizeof r->bytes - r->len, e);
            if (n < 0)
                return NULL;
            if (n == 0) {
                fail_xref(e, at);
                return NULL;
            }
            r->len += (size_t)n;
        }
    }
    r->pos += (size_t)r->row;
    return r->bytes + r->pos - r->row;
}

static int make_entry(const struct rows *r, const unsigned char *row, struct pdf_xent *x,
                      int64_t at, struct err *e)
{
    const unsigned char *second = row + r->width[0], *third = second + r->width[1];
    int64_t type = field(row, r->width[0], 1);
    int64_t a = field(second, r->width[1], 0), b = field(third, r->width[2], 0);

    if (a < 0 || b < 0)
        return fail_xref(e, at);
    switch (type) {
    case 0:
        x->kind = PDF_PLACE_FREE;
        x->gen = b > 65535 ? 65535 : (uint32_t)b;
        x->where = 0;
        return 0;
    case 1:
        x->kind = a == 0 ? PDF_PLACE_FREE : PDF_PLACE_FILE;
        x->where = a;
        x->gen = (uint32_t)b;
        return b > 65535 ? fail_xref(e, at) : 0;
    case 2:
        if (a == 0 || a > UINT32_MAX || b > UINT32_MAX)
            return fail_xref(e, at);
        x->kind = PDF_PLACE_PACKED;
        x->where = a;
        x->gen = (uint32_t)b;
        return 0;
    default: /* 7.5.8.3: a type not known is a reference to null */
        x->kind = PDF_PLACE_FREE;
        return 0;
    }
}

static int read_rows(struct pdf *pdf, struct pdf_section *s, struct rows *r, int64_t first,
                     int64_t count, struct err *e)
{
    if (first < 0 || count < 0 || first >= pdf->max_objects || count > pdf->max_objects - first)
        return fail_limit(e, "pdf-file.limit-objects", pdf->max_objects);
    for (int64_t i = 0; i < count; i++) {
        struct pdf_xent x = {.num = (uint32_t)(first + i), .flags = XENT_STREAM};
        const unsigned char *row = next_row(r, s->offset, e);
        if (row == NULL || make_entry(r, row, &x, s->offset, e) != 0)
            return -1;
        s->loose = s->loose || field(row, r->width[0], 1) > 2;
        if (x.num == 0 && x.kind != PDF_PLACE_FREE) {
            x.kind = PDF_PLACE_FREE;
            x.flags |= XENT_ZERO;
        }
        if (xlist_add(pdf, &s->entries, &x, e) != 0)
            return -1;
    }
    return 0;
}

static int read_all_rows(struct pdf *pdf, struct pdf_section *s, struct rows *r, struct err *e)
{
    const struct pdf_value *widths = pdf_key(s->trailer, "W"),
                           *index = pdf_key(s->trailer, "Index");
    int64_t size = pdf_int(pdf_key(s->trailer, "Size"), -1);

    if (pdf_count(widths) < 3 || size < 0)
        return fail_xref(e, s->offset);
    for (size_t i = 0; i < 3; i++) {
        int64_t w = pdf_int(pdf_at(widths, i), -1);
        if (w < 0 || w > FIELD_MAX)
            return fail_xref(e, s->offset);
        r->width[i] = (int)w;
        r->row += (int)w;
    }
    /* Rows of no bytes would give any number of entries for nothing. */
    if (r->row == 0 || r->width[1] == 0)
        return fail_xref(e, s->offset);
    if (index == NULL)
        return read_rows(pdf, s, r, 0, size, e);
    if (index->kind != PDF_ARRAY || pdf_count(index) % 2 != 0)
        return fail_xref(e, s->offset);
    for (size_t i = 0; i < pdf_count(index); i += 2) {
        if (read_rows(pdf, s, r, pdf_int(pdf_at(index, i), -1), pdf_int(pdf_at(index, i + 1), -1),
                      e) != 0)
            return -1;
    }
    return 0;
}

int section_read_stream(struct pdf *pdf, struct pdf_section *s, struct err *e)
{
    struct pdf_value *v = calloc(1, sizeof *v);
    struct rows *r = calloc(1, sizeof *r);
    struct pdf_ref ref;
    int rc = -1;

    s->kind = PDF_XREF_STREAM;
    if (v == NULL || r == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (s->offset < 0 || s->offset >= pdf->size) {
        fail_xref(e, s->offset);
        goto out;
    }
    if (object_read(pdf, s->offset, 0, OBJECT_NO_XREF, v, &ref, &s->end, e) != 0) {
        if (e == NULL || e->kind == ERR_INPUT)
            fail_xref(e, s->offset);
        goto out;
    }
    s->num = ref.num;
    if (v->kind != PDF_STREAM || !pdf_is_name(pdf_key(v, "Type"), "XRef")) {
        fail_xref(e, s->offset);
        goto out;
    }
    if (pdf_stream_open(&r->in, pdf, v, OBJECT_NO_XREF, PDF_DECODE_ALL, e) != 0)
        goto out;
    s->trailer = v->u.stream.dict;
    v->u.stream.dict = NULL;
    if (read_all_rows(pdf, s, r, e) != 0 || xlist_sort(&s->entries, s->offset, e) != 0)
        goto out;
    rc = 0;
out:
    if (r != NULL)
        pdf_stream_close(r->in);
    free(r);
    if (v != NULL)
        pdf_value_free(v);
    return rc;
}

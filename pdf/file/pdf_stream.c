#include "pdf/file/pdf_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILTERS_MAX = 8 };

struct raw {
    struct filter f;
    struct pdf *pdf;
    int64_t offset, left;
};

struct pdf_stream {
    struct filter *last; /* the one to read from; linked by up */
};

static int64_t raw_read(struct filter *f, unsigned char *to, size_t n, struct err *e)
{
    struct raw *self = (struct raw *)f;

    if ((int64_t)n > self->left)
        n = (size_t)self->left;
    if (n > 0 && pdf_pread(self->pdf, to, n, self->offset, e) != 0)
        return -1;
    self->offset += (int64_t)n;
    self->left -= (int64_t)n;
    return (int64_t)n;
}

static void raw_close(struct filter *f)
{
    free(f);
}

struct filter *filter_raw(struct pdf *pdf, int64_t offset, int64_t length)
{
    struct raw *self = calloc(1, sizeof *self);

    if (self == NULL)
        return NULL;
    self->f.read = raw_read;
    self->f.close = raw_close;
    self->pdf = pdf;
    self->offset = offset;
    self->left = length;
    return &self->f;
}

static int push(struct pdf_stream *s, struct filter *f, uint32_t num, struct err *e)
{
    if (f == NULL)
        return err_is_set(e) ? -1 : err_set_memory(e);
    f->up = s->last;
    f->num = num;
    s->last = f;
    return 0;
}

static int64_t parm(struct pdf *pdf, const struct pdf_value *parms, const char *key, int revision,
                    int64_t otherwise)
{
    return pdf_int(pdf_get(pdf, parms, key, revision, NULL), otherwise);
}

static int push_predictor(struct pdf_stream *s, struct pdf *pdf, const struct pdf_value *parms,
                          int revision, uint32_t num, struct err *e)
{
    int64_t predictor = parm(pdf, parms, "Predictor", revision, 1);

    if (predictor == 1)
        return 0;
    return push(s,
                filter_predictor(predictor, parm(pdf, parms, "Colors", revision, 1),
                                 parm(pdf, parms, "BitsPerComponent", revision, 8),
                                 parm(pdf, parms, "Columns", revision, 1), num, e),
                num, e);
}

static int push_named(struct pdf_stream *s, struct pdf *pdf, const char *name,
                      const struct pdf_value *parms, int revision, uint32_t num, struct err *e)
{
    char number[16];

    if (strcmp(name, "FlateDecode") == 0 || strcmp(name, "Fl") == 0) {
        if (push(s, filter_flate(), num, e) != 0)
            return -1;
        return push_predictor(s, pdf, parms, revision, num, e);
    }
    if (strcmp(name, "LZWDecode") == 0 || strcmp(name, "LZW") == 0) {
        if (push(s, filter_lzw(parm(pdf, parms, "EarlyChange", revision, 1) != 0), num, e) != 0)
            return -1;
        return push_predictor(s, pdf, parms, revision, num, e);
    }
    if (strcmp(name, "ASCIIHexDecode") == 0 || strcmp(name, "AHx") == 0)
        return push(s, filter_hex(), num, e);
    if (strcmp(name, "ASCII85Decode") == 0 || strcmp(name, "A85") == 0)
        return push(s, filter_85(), num, e);
    if (strcmp(name, "RunLengthDecode") == 0 || strcmp(name, "RL") == 0)
        return push(s, filter_runs(), num, e);
    if (strcmp(name, "Crypt") == 0)
        return 0; /* done below the filters */
    snprintf(number, sizeof number, "%u", (unsigned)num);
    return err_set(e, ERR_INPUT, "err.pdf-file.filter", number, name, NULL);
}

static const struct pdf_value *nth(struct pdf *pdf, const struct pdf_value *v, size_t i,
                                   int revision, struct err *e)
{
    if (pdf_is(v, PDF_ARRAY))
        return pdf_get_at(pdf, v, i, revision, e);
    return i == 0 ? v : NULL;
}

/* The crypt filter that a stream names itself (7.4.10), or NULL for that of the document. */
static const char *crypt_name(struct pdf *pdf, const struct pdf_value *filters,
                              const struct pdf_value *parms, int revision)
{
    const struct pdf_value *first = nth(pdf, filters, 0, revision, NULL);

    if (!pdf_is_name(first, "Crypt"))
        return NULL;
    const char *name =
        pdf_name(pdf_get(pdf, nth(pdf, parms, 0, revision, NULL), "Name", revision, NULL));
    return name != NULL ? name : "Identity";
}

static int push_all(struct pdf_stream *s, struct pdf *pdf, const struct pdf_value *stream,
                    int revision, enum pdf_decode decode, struct err *e)
{
    uint32_t num = stream->u.stream.owner.num;
    struct filter *crypt = NULL;

    if (push(s, filter_raw(pdf, stream->u.stream.offset, stream->u.stream.length), num, e) != 0)
        return -1;
    if (decode == PDF_DECODE_RAW)
        return 0;
    const struct pdf_value *filters = pdf_get(pdf, stream, "Filter", revision, e);
    const struct pdf_value *parms = pdf_get(pdf, stream, "DecodeParms", revision, e);
    if (err_is_set(e))
        return -1;
    if (crypt_filter(pdf, stream, crypt_name(pdf, filters, parms, revision), &crypt, e) != 0)
        return -1;
    if (crypt != NULL && push(s, crypt, num, e) != 0)
        return -1;
    if (decode == PDF_DECODE_CRYPT)
        return 0;
    size_t count = pdf_is(filters, PDF_ARRAY) ? pdf_count(filters) : filters != NULL;
    if (count > FILTERS_MAX)
        return fail_limit(e, "pdf-file.limit-filters", FILTERS_MAX);
    for (size_t i = 0; i < count; i++) {
        const char *name = pdf_name(nth(pdf, filters, i, revision, e));
        const struct pdf_value *of = nth(pdf, parms, i, revision, e);
        if (name == NULL)
            return err_is_set(e) ? -1 : fail_stream(e, num);
        if (push_named(s, pdf, name, pdf_is(of, PDF_DICT) ? of : NULL, revision, num, e) != 0)
            return -1;
    }
    return 0;
}

int pdf_stream_open(struct pdf_stream **out, struct pdf *pdf, const struct pdf_value *stream,
                    int revision, enum pdf_decode decode, struct err *e)
{
    struct err local = ERR_INIT;
    struct pdf_stream *s = calloc(1, sizeof *s);

    if (s == NULL)
        return err_set_memory(e);
    if (!pdf_is(stream, PDF_STREAM) || stream->u.stream.offset < 0) {
        pdf_stream_close(s);
        return err_set_bug(e, "pdf_stream_open: no stream of this file");
    }
    if (push_all(s, pdf, stream, revision, decode, &local) != 0) {
        pdf_stream_close(s);
        if (e != NULL)
            *e = local;
        return -1;
    }
    *out = s;
    return 0;
}

int64_t pdf_stream_read(struct pdf_stream *s, void *to, size_t n, struct err *e)
{
    return s->last->read(s->last, to, n, e);
}

void pdf_stream_close(struct pdf_stream *s)
{
    if (s == NULL)
        return;
    for (struct filter *f = s->last, *up; f != NULL; f = up) {
        up = f->up;
        f->close(f);
    }
    free(s);
}

int pdf_stream_data(struct pdf *pdf, const struct pdf_value *stream, int revision,
                    enum pdf_decode decode, size_t max, struct buf *out, struct err *e)
{
    unsigned char piece[4096];
    struct pdf_stream *s = NULL;
    size_t done = 0;
    int64_t n;

    if (pdf_stream_open(&s, pdf, stream, revision, decode, e) != 0)
        return -1;
    while ((n = pdf_stream_read(s, piece, sizeof piece, e)) > 0) {
        done += (size_t)n;
        buf_append(out, piece, (size_t)n);
        if (done <= max && !out->failed)
            continue;
        if (done > max || (size_t)n > out->max - out->len)
            fail_limit(e, "pdf-file.limit-stream", (int64_t)(max < out->max ? max : out->max));
        else
            err_set_memory(e);
        n = -1;
        break;
    }
    pdf_stream_close(s);
    return n == 0 ? 0 : -1;
}

#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

enum { ROW_MAX = 1 << 24 };

struct predictor {
    struct filter f;
    struct filter_in in;
    bool png; /* else TIFF */
    int colors, bits;
    size_t row, pixel; /* bytes */
    unsigned char *now, *before;
    size_t pos, len; /* of now, already undone */
    bool ended;
};

static int paeth(int a, int b, int c)
{
    int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

static int undo_png(struct predictor *self, int type, size_t len)
{
    unsigned char *now = self->now;
    const unsigned char *before = self->before;

    if (type > 4)
        return -1;
    for (size_t i = 0; i < len; i++) {
        int a = i >= self->pixel ? now[i - self->pixel] : 0, b = before[i];
        int c = i >= self->pixel ? before[i - self->pixel] : 0;
        int add = type == 1   ? a
                  : type == 2 ? b
                  : type == 3 ? (a + b) / 2
                  : type == 4 ? paeth(a, b, c)
                              : 0;
        now[i] = (unsigned char)(now[i] + add);
    }
    return 0;
}

static unsigned sample(const unsigned char *row, size_t i, int bits)
{
    size_t bit = i * (size_t)bits;

    if (bits == 16)
        return (unsigned)(row[2 * i] << 8 | row[2 * i + 1]);
    return (unsigned)(row[bit / 8] >> (8 - bits - (int)(bit % 8))) & ((1u << bits) - 1);
}

static void put_sample(unsigned char *row, size_t i, int bits, unsigned value)
{
    size_t bit = i * (size_t)bits;

    if (bits == 16) {
        row[2 * i] = (unsigned char)(value >> 8);
        row[2 * i + 1] = (unsigned char)value;
        return;
    }
    int shift = 8 - bits - (int)(bit % 8);
    unsigned mask = (1u << bits) - 1;
    row[bit / 8] = (unsigned char)((row[bit / 8] & ~(mask << shift)) | (value & mask) << shift);
}

static void undo_tiff(struct predictor *self, size_t len)
{
    size_t samples = len * 8 / (size_t)self->bits;

    for (size_t i = (size_t)self->colors; i < samples; i++)
        put_sample(self->now, i, self->bits,
                   sample(self->now, i, self->bits) +
                       sample(self->now, i - (size_t)self->colors, self->bits));
}

/* The next row into now; a last one cut short is taken as far as it goes. */
static int next_row(struct predictor *self, struct err *e)
{
    unsigned char *swap = self->before;
    int type = 0, c = 0;

    self->before = self->now;
    self->now = swap;
    self->pos = self->len = 0;
    if (self->png) {
        type = filter_byte(&self->f, &self->in, e);
        if (type == -2)
            return -1;
        self->ended = type < 0;
        if (self->ended)
            return 0;
    }
    while (self->len < self->row && (c = filter_byte(&self->f, &self->in, e)) >= 0)
        self->now[self->len++] = (unsigned char)c;
    if (c == -2)
        return -1;
    self->ended = self->len < self->row;
    memset(self->now + self->len, 0, self->row - self->len);
    if (!self->png)
        undo_tiff(self, self->len);
    else if (undo_png(self, type, self->len) != 0)
        return fail_stream(e, self->f.num);
    return 0;
}

static int64_t predictor_read(struct filter *f, unsigned char *to, size_t n, struct err *e)
{
    struct predictor *self = (struct predictor *)f;
    size_t done = 0;

    while (done < n) {
        if (self->pos == self->len) {
            if (self->ended)
                break;
            if (next_row(self, e) != 0)
                return -1;
            continue;
        }
        size_t part = self->len - self->pos < n - done ? self->len - self->pos : n - done;
        memcpy(to + done, self->now + self->pos, part);
        self->pos += part;
        done += part;
    }
    return (int64_t)done;
}

static void predictor_close(struct filter *f)
{
    free(((struct predictor *)f)->now);
    free(((struct predictor *)f)->before);
    free(f);
}

struct filter *filter_predictor(int64_t predictor, int64_t colors, int64_t bits, int64_t columns,
                                uint32_t num, struct err *e)
{
    struct predictor *self;

    if ((predictor != 2 && (predictor < 10 || predictor > 15)) || colors < 1 || colors > 64 ||
        (bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16) || columns < 1 ||
        columns > ROW_MAX || colors * bits * columns / 8 > ROW_MAX) {
        fail_stream(e, num);
        return NULL;
    }
    self = calloc(1, sizeof *self);
    if (self != NULL) {
        self->f.read = predictor_read;
        self->f.close = predictor_close;
        self->png = predictor >= 10;
        self->colors = (int)colors;
        self->bits = (int)bits;
        self->row = (size_t)((colors * bits * columns + 7) / 8);
        self->pixel = (size_t)((colors * bits + 7) / 8);
        self->now = calloc(1, self->row + 1);
        self->before = calloc(1, self->row + 1);
        if (self->now != NULL && self->before != NULL)
            return &self->f;
        predictor_close(&self->f);
    }
    err_set_memory(e);
    return NULL;
}

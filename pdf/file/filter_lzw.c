#include "pdf/file/pdf_internal.h"

#include <stdlib.h>

/* LZWDecode (7.4.4): codes of 9 to 12 bits, most significant bit first, 256 clears the table, 257
 * ends. */
enum { CLEAR = 256, FINISH = 257, FIRST = 258, CODES = 4096 };

struct lzw {
    struct filter f;
    struct filter_in in;
    bool early; /* the width grows one code early */
    uint32_t bits;
    int nbits, width;
    int count, last; /* codes in the table; the code before, -1 */
    bool ended;
    uint16_t prefix[CODES];
    unsigned char suffix[CODES];
    unsigned char stack[CODES]; /* bytes of the code, last first */
    int depth;
    unsigned char first; /* first byte of the code before */
};

static int next_code(struct lzw *self, struct err *e)
{
    while (self->nbits < self->width) {
        int c = filter_byte(&self->f, &self->in, e);
        if (c == -2)
            return -2;
        if (c == -1)
            return FINISH;
        self->bits = self->bits << 8 | (uint32_t)c;
        self->nbits += 8;
    }
    self->nbits -= self->width;
    return (int)(self->bits >> self->nbits & ((1u << self->width) - 1));
}

static void spell(struct lzw *self, int code)
{
    while (code >= FIRST && self->depth < CODES - 1) {
        self->stack[self->depth++] = self->suffix[code];
        code = self->prefix[code];
    }
    self->first = (unsigned char)code;
    self->stack[self->depth++] = (unsigned char)code;
}

static int step(struct lzw *self, struct err *e)
{
    int code = next_code(self, e);

    if (code == -2)
        return -1;
    if (code == FINISH) {
        self->ended = true;
        return 0;
    }
    if (code == CLEAR) {
        self->count = FIRST;
        self->width = 9;
        self->last = -1;
        return 0;
    }
    if (self->last < 0) {
        if (code > 255)
            return fail_stream(e, self->f.num);
        spell(self, code);
    } else {
        if (code > self->count || (code == self->count && self->count == CODES))
            return fail_stream(e, self->f.num);
        if (code == self->count) { /* the code being made: the one before and its own first byte */
            self->stack[self->depth++] = self->first;
            spell(self, self->last);
        } else {
            spell(self, code);
        }
        if (self->count < CODES) {
            self->prefix[self->count] = (uint16_t)self->last;
            self->suffix[self->count] = self->first;
            self->count++;
        }
    }
    self->last = code;
    int limit = self->count + (self->early ? 1 : 0);
    self->width = limit >= 2048 ? 12 : limit >= 1024 ? 11 : limit >= 512 ? 10 : 9;
    return 0;
}

static int64_t lzw_read(struct filter *f, unsigned char *to, size_t n, struct err *e)
{
    struct lzw *self = (struct lzw *)f;
    size_t done = 0;

    while (done < n) {
        if (self->depth > 0) {
            to[done++] = self->stack[--self->depth];
            continue;
        }
        if (self->ended)
            break;
        if (step(self, e) != 0)
            return -1;
    }
    return (int64_t)done;
}

static void lzw_close(struct filter *f)
{
    free(f);
}

struct filter *filter_lzw(bool early)
{
    struct lzw *self = calloc(1, sizeof *self);

    if (self == NULL)
        return NULL;
    self->f.read = lzw_read;
    self->f.close = lzw_close;
    self->early = early;
    self->width = 9;
    self->count = FIRST;
    self->last = -1;
    return &self->f;
}

#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

/* ASCIIHexDecode, ASCII85Decode and RunLengthDecode: small states, one group at a time. */
struct small {
    struct filter f;
    struct filter_in in;
    unsigned char group[128];
    size_t pos, len;
    bool ended;
    int (*next)(struct small *self, struct err *e); /* fills group, or ended */
};

static int64_t small_read(struct filter *f, unsigned char *to, size_t n, struct err *e)
{
    struct small *self = (struct small *)f;
    size_t done = 0;

    while (done < n) {
        if (self->pos == self->len) {
            if (self->ended)
                break;
            self->pos = self->len = 0;
            if (self->next(self, e) != 0)
                return -1;
            continue;
        }
        to[done++] = self->group[self->pos++];
    }
    return (int64_t)done;
}

static void small_close(struct filter *f)
{
    free(f);
}

static struct filter *small_new(int (*next)(struct small *self, struct err *e))
{
    struct small *self = calloc(1, sizeof *self);

    if (self == NULL)
        return NULL;
    self->f.read = small_read;
    self->f.close = small_close;
    self->next = next;
    return &self->f;
}

static int hex_next(struct small *self, struct err *e)
{
    int digits[2] = {0, 0};

    for (int i = 0; i < 2;) {
        int c = filter_byte(&self->f, &self->in, e);
        if (c == -2)
            return -1;
        if (c == -1 || c == '>') {
            self->ended = true;
            if (i == 0)
                return 0;
            break;
        }
        if (lex_is_space(c))
            continue;
        digits[i] = lex_hex(c);
        if (digits[i] < 0)
            return fail_stream(e, self->f.num);
        i++;
    }
    self->group[self->len++] = (unsigned char)(digits[0] << 4 | digits[1]);
    return 0;
}

static int a85_next(struct small *self, struct err *e)
{
    uint32_t value = 0;
    int n = 0;

    while (n < 5) {
        int c = filter_byte(&self->f, &self->in, e);
        if (c == -2)
            return -1;
        if (c == -1 || c == '~') {
            self->ended = true;
            break;
        }
        if (lex_is_space(c))
            continue;
        if (c == 'z' && n == 0) {
            memset(self->group, 0, 4);
            self->len = 4;
            return 0;
        }
        if (c < '!' || c > 'u')
            return fail_stream(e, self->f.num);
        value = value * 85 + (uint32_t)(c - '!');
        n++;
    }
    if (n == 0)
        return 0;
    if (n == 1)
        return fail_stream(e, self->f.num);
    for (int i = n; i < 5; i++)
        value = value * 85 + 84;
    for (int i = 0; i < n - 1; i++)
        self->group[self->len++] = (unsigned char)(value >> (24 - 8 * i));
    return 0;
}

static int runs_next(struct small *self, struct err *e)
{
    int length = filter_byte(&self->f, &self->in, e);

    if (length == -2)
        return -1;
    if (length == -1 || length == 128) {
        self->ended = true;
        return 0;
    }
    int copies = length > 128 ? 257 - length : 1, bytes = length > 128 ? 1 : length + 1;
    for (int i = 0; i < bytes; i++) {
        int c = filter_byte(&self->f, &self->in, e);
        if (c == -2)
            return -1;
        if (c == -1) {
            self->ended = true;
            break;
        }
        for (int k = 0; k < copies && self->len < sizeof self->group; k++)
            self->group[self->len++] = (unsigned char)c;
    }
    return 0;
}

struct filter *filter_hex(void)
{
    return small_new(hex_next);
}

struct filter *filter_85(void)
{
    return small_new(a85_next);
}

struct filter *filter_runs(void)
{
    return small_new(runs_next);
}

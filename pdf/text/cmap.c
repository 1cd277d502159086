/* ToUnicode (9.10.3): bfchar and bfrange. A target of several characters, a ligature mostly, is
 * kept as text. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"
#include "pdf/text/text.h"

enum { LONG_RANGE_MAX = 256 }; /* a range changes the last byte only */

static uint32_t code_of(const struct buf *b)
{
    uint32_t code = 0;

    for (size_t i = 0; i < b->len && i < 4; i++)
        code = code << 8 | b->data[i];
    return code;
}

/* The UTF-16 character at `*i`, which moves on; halves of pairs that miss the other are no
 * character.
 */
static uint32_t next_of(const unsigned char *d, size_t n, size_t *i)
{
    uint32_t high = (uint32_t)d[*i] << 8 | d[*i + 1], low;

    *i += 2;
    if (high < 0xd800 || high > 0xdfff)
        return high;
    if (high > 0xdbff || *i + 2 > n)
        return 0;
    low = (uint32_t)d[*i] << 8 | d[*i + 1];
    if (low < 0xdc00 || low > 0xdfff)
        return 0;
    *i += 2;
    return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* What the target means: a character, or several as text behind TEXT_LONG. `step` is added to the
 * last one, as a range of codes wants it. */
static uint32_t meaning_of(struct text_font *f, const struct buf *b, uint32_t step)
{
    const unsigned char *d = (const unsigned char *)b->data;
    size_t i = 0, start = f->more.len;
    char utf8[4];

    if (b->len < 2)
        return (b->len == 1 ? d[0] : 0) + step;
    uint32_t only = next_of(d, b->len, &i);
    if (i + 2 > b->len)
        return only + step;
    for (i = 0; i + 2 <= b->len;) {
        uint32_t c = next_of(d, b->len, &i);
        size_t n = utf8_encode(i + 2 > b->len ? c + step : c, utf8);
        if (c >= 32 && n > 0)
            buf_append(&f->more, utf8, n);
    }
    buf_char(&f->more, '\0');
    return buf_check(&f->more, NULL) != 0 ? 0 : TEXT_LONG | (uint32_t)start;
}

/* Whether a target is one character: then those of a range follow each other by themselves. */
static bool is_single(const struct buf *b)
{
    size_t i = 0;

    if (b->len >= 2)
        (void)next_of((const unsigned char *)b->data, b->len, &i);
    return i + 2 > b->len;
}

static int add(struct text_font *f, uint32_t from, uint32_t to, uint32_t first, struct err *e)
{
    if (f->count == TEXT_RANGES_MAX || to < from || to - from > 0xffff)
        return 0;
    struct text_range *grown = realloc(f->ranges, (f->count + 1) * sizeof *grown);
    if (grown == NULL)
        return err_set_memory(e);
    f->ranges = grown;
    f->ranges[f->count++] = (struct text_range){from, to, first};
    return 0;
}

static int chars_read(struct text_font *f, struct text_lexer *l, struct text_token *t,
                      struct err *e)
{
    for (text_next(l, t); t->kind == TEXT_STRING; text_next(l, t)) {
        uint32_t code = code_of(&t->bytes);
        text_next(l, t);
        if (t->kind != TEXT_STRING)
            return 0;
        if (add(f, code, code, meaning_of(f, &t->bytes, 0), e) != 0)
            return -1;
    }
    return 0;
}

static int range_add(struct text_font *f, uint32_t from, uint32_t to, const struct buf *target,
                     struct err *e)
{
    if (is_single(target))
        return add(f, from, to, meaning_of(f, target, 0), e);
    for (uint32_t code = from; code <= to && code - from < LONG_RANGE_MAX; code++) {
        if (add(f, code, code, meaning_of(f, target, code - from), e) != 0)
            return -1;
    }
    return 0;
}

static int ranges_read(struct text_font *f, struct text_lexer *l, struct text_token *t,
                       struct err *e)
{
    for (text_next(l, t); t->kind == TEXT_STRING; text_next(l, t)) {
        uint32_t from = code_of(&t->bytes), to;
        text_next(l, t);
        to = code_of(&t->bytes);
        text_next(l, t);
        if (t->kind == TEXT_STRING) {
            if (range_add(f, from, to, &t->bytes, e) != 0)
                return -1;
        } else if (t->kind == TEXT_OPEN) {
            for (text_next(l, t); t->kind == TEXT_STRING; text_next(l, t), from++) {
                if (add(f, from, from, meaning_of(f, &t->bytes, 0), e) != 0)
                    return -1;
            }
        } else {
            return 0;
        }
    }
    return 0;
}

int text_cmap_read(struct text_font *f, const unsigned char *data, size_t n, struct err *e)
{
    struct text_lexer l;
    struct text_token t = {.kind = TEXT_END};
    int rc = 0;

    if (n == 0)
        return 0;
    l = (struct text_lexer){data, data + n};
    buf_init(&t.bytes, 4096);
    for (text_next(&l, &t); rc == 0 && t.kind != TEXT_END; text_next(&l, &t)) {
        if (t.kind != TEXT_OPERATOR)
            continue;
        if (strcmp(buf_str(&t.bytes), "beginbfchar") == 0)
            rc = chars_read(f, &l, &t, e);
        else if (strcmp(buf_str(&t.bytes), "beginbfrange") == 0)
            rc = ranges_read(f, &l, &t, e);
    }
    buf_free(&t.bytes);
    f->has_unicode = false; /* a map of zeros, as some programs write it, says nothing */
    for (size_t i = 0; i < f->count; i++)
        f->has_unicode = f->has_unicode || f->ranges[i].first != 0;
    return rc;
}

/* ToUnicode (9.10.3): bfchar and bfrange; only the first UTF-16 character of a longer target is
 * kept, but for ligatures. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "verify/text.h"

static uint32_t code_of(const struct buf *b)
{
    uint32_t code = 0;

    for (size_t i = 0; i < b->len && i < 4; i++)
        code = code << 8 | b->data[i];
    return code;
}

static uint32_t unicode_of(const struct buf *b)
{
    uint32_t high, low;

    if (b->len < 2)
        return b->len == 1 ? b->data[0] : 0;
    high = (uint32_t)b->data[0] << 8 | b->data[1];
    if (high >= 0xd800 && high < 0xdc00 && b->len >= 4) {
        low = (uint32_t)b->data[2] << 8 | b->data[3];
        return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    }
    /* a ligature written as two letters has a character of its own */
    if (b->len == 4 && memcmp(b->data, "\0f\0i", 4) == 0)
        return 0xfb01;
    if (b->len == 4 && memcmp(b->data, "\0f\0l", 4) == 0)
        return 0xfb02;
    return high;
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
        if (add(f, code, code, unicode_of(&t->bytes), e) != 0)
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
            if (add(f, from, to, unicode_of(&t->bytes), e) != 0)
                return -1;
        } else if (t->kind == TEXT_OPEN) {
            for (text_next(l, t); t->kind == TEXT_STRING; text_next(l, t), from++) {
                if (add(f, from, from, unicode_of(&t->bytes), e) != 0)
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
    f->has_unicode = f->count > 0;
    return rc;
}

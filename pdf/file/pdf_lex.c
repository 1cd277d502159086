#include "pdf/file/pdf_internal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"

bool lex_is_space(int c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\0';
}

bool lex_is_delimiter(int c)
{
    return c == '(' || c == ')' || c == '<' || c == '>' || c == '[' || c == ']' || c == '{' ||
           c == '}' || c == '/' || c == '%';
}

static bool is_regular(int c)
{
    return c >= 0 && !lex_is_space(c) && !lex_is_delimiter(c);
}

int lex_hex(int c)
{
    return c >= 0 && c <= UCHAR_MAX ? hex_values[c] : -1;
}

void lex_skip(struct pdf_src *s)
{
    for (int c; (c = src_peek(s)) != SRC_END;) {
        if (c == '%') {
            while ((c = src_peek(s)) != SRC_END && c != '\n' && c != '\r')
                s->pos++;
        } else if (!lex_is_space(c)) {
            return;
        } else {
            s->pos++;
        }
    }
}

void token_init(struct pdf_token *t)
{
    memset(t, 0, sizeof *t);
    buf_init(&t->bytes, (size_t)ceilings.pdf_object_bytes);
}

void token_free(struct pdf_token *t)
{
    buf_free(&t->bytes);
}

bool token_is(const struct pdf_token *t, const char *word)
{
    return t->kind == TOKEN_WORD && strcmp(t->word, word) == 0;
}

/* An octal escape of one to three digits, or the end of a line, or one character. */
static void lex_escape(struct pdf_src *s, struct buf *out)
{
    int c = src_next(s);
    int value = 0;

    switch (c) {
    case SRC_END:
        return;
    case 'n':
        buf_char(out, '\n');
        return;
    case 'r':
        buf_char(out, '\r');
        return;
    case 't':
        buf_char(out, '\t');
        return;
    case 'b':
        buf_char(out, '\b');
        return;
    case 'f':
        buf_char(out, '\f');
        return;
    case '\r':
        if (src_peek(s) == '\n')
            s->pos++;
        return;
    case '\n':
        return;
    default:
        break;
    }
    if (c < '0' || c > '7') {
        buf_char(out, (char)c);
        return;
    }
    value = c - '0';
    for (int i = 0; i < 2 && (c = src_peek(s)) >= '0' && c <= '7'; i++) {
        value = value * 8 + (c - '0');
        s->pos++;
    }
    buf_char(out, (char)(value & 0xff));
}

static enum pdf_token_kind lex_literal(struct pdf_src *s, struct buf *out)
{
    int depth = 1;

    for (int c; (c = src_next(s)) != SRC_END && !out->failed;) {
        if (c == '\\') {
            lex_escape(s, out);
            continue;
        }
        if (c == '\r') { /* every end of line reads as LF */
            if (src_peek(s) == '\n')
                s->pos++;
            c = '\n';
        }
        if (c == '(')
            depth++;
        if (c == ')' && --depth == 0)
            return TOKEN_STRING;
        buf_char(out, (char)c);
    }
    return TOKEN_BAD;
}

/* Whole pairs of digits that lie together: signatures are long. */
static void lex_hex_pairs(struct pdf_src *s, struct buf *out)
{
    unsigned char some[1024];
    size_t n = 0, done = 0;
    const unsigned char *p = src_piece(s, &n);

    while (p != NULL && done < sizeof some && 2 * done + 1 < n) {
        int high = hex_values[p[2 * done]], low = hex_values[p[2 * done + 1]];
        if ((high | low) < 0)
            break;
        some[done++] = (unsigned char)(high << 4 | low);
    }
    if (done > 0)
        buf_append(out, some, done);
    s->pos += (int64_t)(2 * done);
}

static enum pdf_token_kind lex_hex_string(struct pdf_src *s, struct buf *out)
{
    int high = -1, c;

    for (;;) {
        if (high < 0)
            lex_hex_pairs(s, out);
        if ((c = src_next(s)) == SRC_END || out->failed)
            break;
        if (c == '>') {
            if (high >= 0) /* an odd digit counts as followed by 0 */
                buf_char(out, (char)(high << 4));
            return TOKEN_STRING;
        }
        if (lex_is_space(c))
            continue;
        int digit = lex_hex(c);
        if (digit < 0)
            return TOKEN_BAD;
        if (high < 0) {
            high = digit;
        } else {
            buf_char(out, (char)(high << 4 | digit));
            high = -1;
        }
    }
    return TOKEN_BAD;
}

static enum pdf_token_kind lex_name(struct pdf_src *s, struct buf *out)
{
    for (int c; is_regular(c = src_peek(s)) && !out->failed;) {
        s->pos++;
        if (c == '#') {
            int64_t back = s->pos;
            int high = lex_hex(src_next(s));
            int low = high >= 0 ? lex_hex(src_next(s)) : -1;
            if (low >= 0) {
                c = high << 4 | low;
            } else { /* PDF 1.1 knows no escapes: the sign stands for itself */
                s->pos = back;
            }
        }
        buf_char(out, (char)c);
    }
    return TOKEN_NAME;
}

/* A number as the standard writes it: sign, digits, at most one dot; no exponent. Strings of more
 * digits than an int64_t holds are read as reals. */
static enum pdf_token_kind lex_number(const char *word, struct pdf_token *t)
{
    const char *p = word;
    bool minus = *p == '-', dot = false, large = false;
    int digits = 0;
    int64_t integer = 0;

    if (*p == '+' || *p == '-')
        p++;
    for (; *p != '\0'; p++) {
        if (*p == '.' && !dot) {
            dot = true;
            continue;
        }
        if (*p < '0' || *p > '9')
            return TOKEN_WORD;
        digits++;
        if (!dot && !large) {
            if (integer > (INT64_MAX - 9) / 10)
                large = true;
            else
                integer = integer * 10 + (*p - '0');
        }
    }
    if (digits == 0)
        return TOKEN_WORD;
    t->integer = minus ? -integer : integer;
    /* Rounded correctly, so that what is printed reads back as the same number. No locale is ever
     * set here. */
    t->real = dot || large ? strtod(word, NULL) : (double)t->integer;
    return dot || large ? TOKEN_REAL : TOKEN_INT;
}

/* A word longer than the field is none that PDF knows, except a number with many digits. */
static enum pdf_token_kind lex_word(struct pdf_src *s, struct pdf_token *t)
{
    char text[128];
    size_t n = 0;

    for (int c; is_regular(c = src_peek(s));) {
        if (n + 1 >= sizeof text)
            return TOKEN_BAD;
        text[n++] = (char)c;
        s->pos++;
    }
    text[n] = '\0';
    if (n == 0) /* a stray delimiter */
        return TOKEN_BAD;
    enum pdf_token_kind kind = lex_number(text, t);
    if (kind == TOKEN_WORD) {
        if (n >= sizeof t->word)
            return TOKEN_BAD;
        memcpy(t->word, text, n + 1);
    }
    return kind;
}

static enum pdf_token_kind lex_delimited(struct pdf_src *s, struct pdf_token *t)
{
    int c = src_peek(s);

    if (c == SRC_END)
        return TOKEN_END;
    if (!lex_is_delimiter(c))
        return lex_word(s, t);
    s->pos++;
    switch (c) {
    case '(':
        return lex_literal(s, &t->bytes);
    case '/':
        return lex_name(s, &t->bytes);
    case '[':
        return TOKEN_ARRAY;
    case ']':
        return TOKEN_ARRAY_END;
    case '<':
        if (src_peek(s) == '<') {
            s->pos++;
            return TOKEN_DICT;
        }
        t->hex = true;
        return lex_hex_string(s, &t->bytes);
    case '>':
        if (src_peek(s) != '>')
            return TOKEN_BAD;
        s->pos++;
        return TOKEN_DICT_END;
    default:
        return TOKEN_BAD;
    }
}

void lex_next(struct pdf_src *s, struct pdf_token *t)
{
    lex_skip(s);
    buf_clear(&t->bytes);
    t->hex = false;
    t->word[0] = '\0';
    t->start = s->pos;
    t->kind = lex_delimited(s, t);
    t->end = s->pos;
    if (t->bytes.failed)
        t->kind = t->bytes.len >= t->bytes.max ? TOKEN_LARGE : TOKEN_MEMORY;
}

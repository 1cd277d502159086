#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/text/text.h"

static bool space(int c)
{
    return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static bool delimiter(int c)
{
    return c != 0 && strchr("()<>[]{}/%", c) != NULL;
}

static int hex(int c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c = tolower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void skip(struct text_lexer *l)
{
    while (l->p < l->end) {
        if (*l->p == '%') {
            while (l->p < l->end && *l->p != '\n' && *l->p != '\r')
                l->p++;
        } else if (space(*l->p)) {
            l->p++;
        } else {
            return;
        }
    }
}

static void escape(struct text_lexer *l, struct buf *out)
{
    static const char from[] = "nrtbf", to[] = "\n\r\t\b\f";
    int c = *l->p++;
    const char *at = c != 0 ? strchr(from, c) : NULL;

    if (at != NULL) {
        buf_char(out, to[at - from]);
    } else if (c >= '0' && c <= '7') {
        int value = c - '0';
        for (int i = 0; i < 2 && l->p < l->end && *l->p >= '0' && *l->p <= '7'; i++)
            value = value * 8 + (*l->p++ - '0');
        buf_char(out, (char)value);
    } else if (c == '\r') {
        if (l->p < l->end && *l->p == '\n')
            l->p++;
    } else if (c != '\n') {
        buf_char(out, (char)c);
    }
}

static void literal(struct text_lexer *l, struct buf *out)
{
    int depth = 1;

    while (l->p < l->end) {
        int c = *l->p++;
        if (c == '\\' && l->p < l->end) {
            escape(l, out);
            continue;
        }
        if (c == '(')
            depth++;
        if (c == ')' && --depth == 0)
            return;
        buf_char(out, (char)c);
    }
}

static void hexadecimal(struct text_lexer *l, struct buf *out)
{
    int high = -1;

    while (l->p < l->end && *l->p != '>') {
        int d = hex(*l->p++);
        if (d < 0)
            continue;
        if (high < 0) {
            high = d;
        } else {
            buf_char(out, (char)(high << 4 | d));
            high = -1;
        }
    }
    if (high >= 0)
        buf_char(out, (char)(high << 4));
    if (l->p < l->end)
        l->p++;
}

static void word(struct text_lexer *l, struct buf *out)
{
    while (l->p < l->end && !space(*l->p) && !delimiter(*l->p))
        buf_char(out, (char)*l->p++);
}

void text_next(struct text_lexer *l, struct text_token *t)
{
    buf_clear(&t->bytes);
    skip(l);
    if (l->p >= l->end) {
        t->kind = TEXT_END;
        return;
    }
    int c = *l->p, second = l->p + 1 < l->end ? l->p[1] : 0;
    if (c == '(') {
        l->p++;
        t->kind = TEXT_STRING;
        literal(l, &t->bytes);
    } else if (c == '<' && second != '<') {
        l->p++;
        t->kind = TEXT_STRING;
        hexadecimal(l, &t->bytes);
    } else if (c == '/') {
        l->p++;
        t->kind = TEXT_NAME;
        word(l, &t->bytes);
    } else if (delimiter(c)) {
        bool two = (c == '<' || c == '>') && second == c;
        t->kind = c == '[' || c == '<' || c == '{' ? TEXT_OPEN : TEXT_CLOSE;
        l->p += two ? 2 : 1;
    } else {
        word(l, &t->bytes);
        const char *text = buf_str(&t->bytes);
        bool number =
            strspn(text, "+-.0123456789") == t->bytes.len && strpbrk(text, "0123456789") != NULL;
        t->kind = number ? TEXT_NUMBER : TEXT_OPERATOR;
        t->number = number ? strtod(text, NULL) : 0;
    }
}

void text_skip_image(struct text_lexer *l)
{
    for (; l->p + 2 < l->end; l->p++) {
        if (space(l->p[0]) && l->p[1] == 'E' && l->p[2] == 'I' &&
            (l->p + 3 == l->end || space(l->p[3]))) {
            l->p += 3;
            return;
        }
    }
    l->p = l->end;
}

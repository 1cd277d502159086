#include "pdf/file/pdf_internal.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void print_name(struct buf *out, const char *name, size_t len)
{
    buf_char(out, '/');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)name[i];
        if (c <= ' ' || c > '~' || c == '#' || lex_is_delimiter(c))
            buf_format(out, "#%02X", c);
        else
            buf_char(out, (char)c);
    }
}

/* Never an exponent, which PDF does not know; as few decimals as read back as the same number,
 * because what is replaced in a signed file must not change by a rounding. */
static void print_real(struct buf *out, double d)
{
    enum { DECIMALS = 20 };
    char s[64];
    int n = 0;

    if (!isfinite(d) || fabs(d) > 1e15)
        d = 0;
    for (int decimals = 0; decimals <= DECIMALS; decimals++) {
        n = snprintf(s, sizeof s, "%.*f", decimals, d);
        if (strtod(s, NULL) == d)
            break;
    }
    if (strtod(s, NULL) == 0) /* also a number too small to be written */
        n = snprintf(s, sizeof s, "0");
    buf_append(out, s, (size_t)n);
}

static void print_hex(struct buf *out, const unsigned char *data, size_t len)
{
    static const char digits[] = "0123456789abcdef";

    buf_char(out, '<');
    for (size_t i = 0; i < len; i++) {
        buf_char(out, digits[data[i] >> 4]);
        buf_char(out, digits[data[i] & 15]);
    }
    buf_char(out, '>');
}

static void print_literal(struct buf *out, const unsigned char *data, size_t len)
{
    buf_char(out, '(');
    for (size_t i = 0; i < len; i++) {
        unsigned char c = data[i];
        if (c == '(' || c == ')' || c == '\\') {
            buf_char(out, '\\');
            buf_char(out, (char)c);
        } else if (c < ' ' || c > '~') {
            buf_format(out, "\\%03o", c);
        } else {
            buf_char(out, (char)c);
        }
    }
    buf_char(out, ')');
}

static void print_string(struct print *p, const struct pdf_value *v)
{
    struct buf secret = BUF_INIT(p->out->max);

    if (p->pdf != NULL && pdf_is_encrypted(p->pdf)) {
        if (crypt_encrypt(p->pdf, p->owner, false, v->u.string.data, v->u.string.len, &secret,
                          p->e) != 0)
            p->failed = true;
        else
            print_hex(p->out, secret.data, secret.len);
    } else if (v->hex) {
        print_hex(p->out, v->u.string.data, v->u.string.len);
    } else {
        print_literal(p->out, v->u.string.data, v->u.string.len);
    }
    buf_wipe(&secret);
}

static void print_hole(struct print *p, size_t bytes)
{
    if (p->hole_start >= 0)
        p->twice = true;
    p->hole_start = p->base + (int64_t)p->out->len;
    buf_char(p->out, '<');
    unsigned char *to = buf_room(p->out, 2 * bytes);
    if (to != NULL) {
        memset(to, '0', 2 * bytes);
        p->out->len += 2 * bytes;
    }
    buf_char(p->out, '>');
    p->hole_end = p->base + (int64_t)p->out->len;
}

/* Of fixed width: filled when the offsets are known, without moving a byte. */
static void print_ranges(struct print *p)
{
    if (p->ranges_start >= 0)
        p->twice = true;
    p->ranges_start = p->base + (int64_t)p->out->len;
    buf_format(p->out, "[0 %*s %*s %*s]", RANGES_DIGITS, "0", RANGES_DIGITS, "0", RANGES_DIGITS,
               "0");
    p->ranges_end = p->base + (int64_t)p->out->len;
}

static void print_dict(struct print *p, const struct pdf_value *v)
{
    buf_text(p->out, "<<");
    for (size_t i = 0; i < v->u.dict.count; i++) {
        const struct pdf_entry *entry = &v->u.dict.entries[i];
        print_name(p->out, entry->key, entry->key_len);
        buf_char(p->out, ' ');
        /* /Contents of a signature is never encrypted (A6), also when a signature is copied. */
        struct pdf *pdf = p->pdf;
        if (strcmp(entry->key, "Contents") == 0 && crypt_is_signature(v))
            p->pdf = NULL;
        print_value(p, &entry->value);
        p->pdf = pdf;
        if (i + 1 < v->u.dict.count)
            buf_char(p->out, '\n');
    }
    buf_text(p->out, ">>");
}

void print_value(struct print *p, const struct pdf_value *v)
{
    switch (v->kind) {
    case PDF_NULL:
        buf_text(p->out, "null");
        break;
    case PDF_BOOL:
        buf_text(p->out, v->u.boolean ? "true" : "false");
        break;
    case PDF_INT:
        buf_format(p->out, "%" PRId64, v->u.integer);
        break;
    case PDF_REAL:
        print_real(p->out, v->u.real);
        break;
    case PDF_STRING:
        print_string(p, v);
        break;
    case PDF_NAME:
        print_name(p->out, (const char *)v->u.string.data, v->u.string.len);
        break;
    case PDF_ARRAY:
        buf_char(p->out, '[');
        for (size_t i = 0; i < v->u.array.count; i++) {
            if (i > 0)
                buf_char(p->out, i % 8 == 0 ? '\n' : ' ');
            print_value(p, &v->u.array.items[i]);
        }
        buf_char(p->out, ']');
        break;
    case PDF_DICT:
        print_dict(p, v);
        break;
    case PDF_REF:
        buf_format(p->out, "%" PRIu32 " %" PRIu32 " R", v->u.ref.num, v->u.ref.gen);
        break;
    case PDF_STREAM:
        print_value(p, v->u.stream.dict);
        break;
    case PDF_HOLE:
        print_hole(p, v->u.hole);
        break;
    case PDF_RANGES:
        print_ranges(p);
        break;
    }
}

void pdf_print(const struct pdf_value *v, struct buf *out)
{
    struct print p = {
        .out = out, .hole_start = -1, .hole_end = -1, .ranges_start = -1, .ranges_end = -1};

    if (v != NULL)
        print_value(&p, v);
    else
        buf_text(out, "null");
}

/* Printing of JSON, byte for byte as jansson's json_dumps does it, which looks at each character of
 * a text apart: journal, frames and tasks print long ones, mostly hexadecimal digits. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"

enum { STEP = 2 };

struct print {
    struct buf *out;
    bool indented;
};

static int append_piece(const char *piece, size_t n, void *out)
{
    buf_append(out, piece, n);
    return ((struct buf *)out)->failed ? -1 : 0;
}

static void put_escaped(struct buf *out, unsigned char c)
{
    static const char plain[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    const char *at = strchr(plain, c);
    char code[8];

    if (c != 0 && at != NULL) {
        buf_char(out, '\\');
        buf_char(out, letters[at - plain]);
        return;
    }
    snprintf(code, sizeof code, "\\u%04X", (unsigned)c);
    buf_text(out, code);
}

static void put_text(struct buf *out, const char *s, size_t n)
{
    size_t from = 0;

    buf_char(out, '"');
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)s[i];
        if (c >= ' ' && c != '"' && c != '\\')
            continue;
        buf_append(out, s + from, i - from);
        put_escaped(out, c);
        from = i + 1;
    }
    buf_append(out, s + from, n - from);
    buf_char(out, '"');
}

static void put_break(const struct print *p, int depth)
{
    if (!p->indented)
        return;
    buf_char(p->out, '\n');
    for (int i = 0; i < STEP * depth; i++)
        buf_char(p->out, ' ');
}

static int put_value(const struct print *p, json_t *v, int depth);

static int put_object(const struct print *p, json_t *v, int depth)
{
    bool first = true;

    buf_char(p->out, '{');
    for (void *it = json_object_iter(v); it != NULL; it = json_object_iter_next(v, it)) {
        const char *key = json_object_iter_key(it);
        if (!first)
            buf_char(p->out, ',');
        first = false;
        put_break(p, depth + 1);
        put_text(p->out, key, strlen(key));
        buf_text(p->out, p->indented ? ": " : ":");
        if (put_value(p, json_object_iter_value(it), depth + 1) != 0)
            return -1;
    }
    if (!first)
        put_break(p, depth);
    buf_char(p->out, '}');
    return 0;
}

static int put_array(const struct print *p, json_t *v, int depth)
{
    size_t n = json_array_size(v);

    buf_char(p->out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buf_char(p->out, ',');
        put_break(p, depth + 1);
        if (put_value(p, json_array_get(v, i), depth + 1) != 0)
            return -1;
    }
    if (n > 0)
        put_break(p, depth);
    buf_char(p->out, ']');
    return 0;
}

static int put_value(const struct print *p, json_t *v, int depth)
{
    int rc = 0;

    switch (json_typeof(v)) {
    case JSON_OBJECT:
        rc = put_object(p, v, depth);
        break;
    case JSON_ARRAY:
        rc = put_array(p, v, depth);
        break;
    case JSON_STRING:
        put_text(p->out, json_string_value(v), json_string_length(v));
        break;
    case JSON_INTEGER:
    case JSON_REAL:
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL:
        rc = json_dump_callback(v, append_piece, p->out, JSON_ENCODE_ANY);
        break;
    }
    return p->out->failed ? -1 : rc;
}

int jv_print(const struct jv *v, bool indented, struct buf *out, struct err *e)
{
    const struct print p = {out, indented};
    size_t start = out->len;

    if (v == NULL)
        return err_set_memory(e);
    if (put_value(&p, (json_t *)(uintptr_t)v, 0) != 0)
        return out->failed ? buf_check(out, e) : err_set_memory(e);
    if (memmem(out->data + start, out->len - start, "\\u0001lost", 10) != NULL)
        return err_set_memory(e);
    return 0;
}

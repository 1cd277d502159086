#include "x509/der.h"

#include <openssl/objects.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

static size_t header_of(unsigned char head[6], unsigned tag, size_t n)
{
    size_t at = 0;
    int bytes = n > 0xffffff ? 4 : n > 0xffff ? 3 : n > 0xff ? 2 : 1;

    head[at++] = (unsigned char)tag;
    if (n >= 0x80)
        head[at++] = (unsigned char)(0x80 | bytes);
    for (int i = bytes - 1; i >= 0; i--)
        head[at++] = (unsigned char)(n >> (8 * i));
    return at;
}

void der_put(struct buf *out, unsigned tag, const void *contents, size_t n)
{
    unsigned char head[6];

    buf_append(out, head, header_of(head, tag, n));
    buf_append(out, contents, n);
}

void der_wrap(struct buf *out, size_t start, unsigned tag)
{
    unsigned char head[6];

    if (out->failed)
        return;
    size_t n = out->len - start, h = header_of(head, tag, n);
    unsigned char *room = buf_room(out, h);
    if (room == NULL)
        return;
    memmove(out->data + start + h, out->data + start, n);
    memcpy(out->data + start, head, h);
    out->len += h;
}

bool der_peek(const unsigned char *data, size_t n, struct der_value *out)
{
    size_t length, at = 2;

    if (n < 2 || (data[0] & 0x1f) == 0x1f)
        return false;
    length = data[1];
    if (length >= 0x80) {
        size_t bytes = length & 0x7f;
        if (bytes == 0 || bytes > 4 || n < 2 + bytes)
            return false;
        length = 0;
        for (size_t i = 0; i < bytes; i++)
            length = length << 8 | data[at++];
    }
    if (length > n - at)
        return false;
    *out = (struct der_value){data[0], at, length};
    return true;
}

struct part {
    const unsigned char *data;
    size_t len;
};

static int part_compare(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    size_t least = x->len < y->len ? x->len : y->len;
    int order = memcmp(x->data, y->data, least);

    return order != 0 ? order : (x->len > y->len) - (x->len < y->len);
}

void der_wrap_set_of(struct buf *out, size_t start, unsigned tag)
{
    struct part *parts = NULL;
    unsigned char *copy = NULL;
    struct der_value v;
    size_t count = 0, at = 0, n;

    if (out->failed)
        return;
    n = out->len - start;
    copy = malloc(n + 1);
    parts = calloc(n / 2 + 1, sizeof *parts); /* a value has two bytes at least */
    if (copy == NULL || parts == NULL) {
        out->failed = true;
        goto out;
    }
    memcpy(copy, out->data + start, n);
    while (at < n && der_peek(copy + at, n - at, &v)) {
        parts[count++] = (struct part){copy + at, v.header + v.contents};
        at += v.header + v.contents;
    }
    if (at != n) {
        out->failed = true;
        goto out;
    }
    qsort(parts, count, sizeof *parts, part_compare);
    out->len = start;
    for (size_t i = 0; i < count; i++)
        buf_append(out, parts[i].data, parts[i].len);
    der_wrap(out, start, tag);
out:
    free(parts);
    free(copy);
}

static void put_object(struct buf *out, const ASN1_OBJECT *object)
{
    der_put(out, DER_OID, OBJ_get0_data(object), OBJ_length(object));
}

void der_put_nid(struct buf *out, int nid)
{
    const ASN1_OBJECT *object = OBJ_nid2obj(nid);

    if (object == NULL || OBJ_length(object) == 0)
        out->failed = true;
    else
        put_object(out, object);
}

int der_put_oid(struct buf *out, const char *dotted)
{
    ASN1_OBJECT *object = OBJ_txt2obj(dotted, 1);

    if (object == NULL)
        return -1;
    put_object(out, object);
    ASN1_OBJECT_free(object);
    return 0;
}

static bool definite(const unsigned char *data, size_t n, int depth)
{
    enum { CONSTRUCTED = 0x20, DEPTH_MAX = 32 };
    struct der_value v;

    for (size_t at = 0; at < n; at += v.header + v.contents) {
        if (!der_peek(data + at, n - at, &v))
            return false;
        if ((v.tag & CONSTRUCTED) != 0 &&
            (depth == DEPTH_MAX || !definite(data + at + v.header, v.contents, depth + 1)))
            return false;
    }
    return true;
}

bool der_definite(const unsigned char *data, size_t n)
{
    return definite(data, n, 0);
}

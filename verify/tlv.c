#include "verify/tlv.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"

int tlv_next(struct span *in, struct tlv *out)
{
    const unsigned char *p = in->data;
    size_t left = in->len, header = 2, len;

    if (left < 2 || (p[0] & 0x1f) == 0x1f)
        return -1;
    len = p[1];
    if (len == 0x80)
        return -1; /* indefinite: BER, not DER */
    if (len > 0x80) {
        size_t n = len & 0x7f;
        if (n > 4 || left < 2 + n || p[2] == 0)
            return -1;
        len = 0;
        for (size_t i = 0; i < n; i++)
            len = len << 8 | p[2 + i];
        if (len < 0x80)
            return -1;
        header = 2 + n;
    }
    if (len > left - header)
        return -1;
    /* `in` may be out->body: it moves on before `out` is written */
    in->data += header + len;
    in->len -= header + len;
    out->tag = p[0];
    out->whole = (struct span){p, header + len};
    out->body = (struct span){p + header, len};
    return 0;
}

int tlv_take(struct span *in, unsigned char tag, struct tlv *out)
{
    if (in->len == 0 || in->data[0] != tag)
        return -1;
    return tlv_next(in, out);
}

int tlv_optional(struct span *in, unsigned char tag, struct tlv *out)
{
    if (in->len == 0 || in->data[0] != tag)
        return 0;
    return tlv_next(in, out) == 0 ? 1 : -1;
}

bool tlv_integer_ok(struct span body)
{
    if (body.len == 0)
        return false;
    if (body.len == 1)
        return true;
    return !((body.data[0] == 0 && body.data[1] < 0x80) ||
             (body.data[0] == 0xff && body.data[1] >= 0x80));
}

int tlv_small(const struct tlv *v, int *out)
{
    int n = 0;

    if (v->tag != TLV_INTEGER || !tlv_integer_ok(v->body) || v->body.len > 4 ||
        v->body.data[0] >= 0x80)
        return -1;
    for (size_t i = 0; i < v->body.len; i++)
        n = n << 8 | v->body.data[i];
    *out = n;
    return 0;
}

int tlv_oid(const struct tlv *v, char out[TLV_OID_MAX])
{
    size_t used = 0, i = 0;
    bool first = true;

    if (v->tag != TLV_OID || v->body.len == 0)
        return -1;
    while (i < v->body.len) {
        uint64_t arc = 0;
        if (v->body.data[i] == 0x80)
            return -1;
        do {
            if (i >= v->body.len || arc >> 56 != 0)
                return -1;
            arc = arc << 7 | (v->body.data[i] & 0x7f);
        } while (v->body.data[i++] & 0x80);
        int n;
        if (first) {
            unsigned top = arc >= 80 ? 2 : (unsigned)(arc / 40);
            n = snprintf(out, TLV_OID_MAX, "%u.%llu", top, (unsigned long long)(arc - 40u * top));
            first = false;
        } else {
            n = snprintf(out + used, TLV_OID_MAX - used, ".%llu", (unsigned long long)arc);
        }
        if (n < 0 || (used += (size_t)n) >= TLV_OID_MAX)
            return -1;
    }
    return 0;
}

bool tlv_is_oid(const struct tlv *v, const char *dotted)
{
    char oid[TLV_OID_MAX];

    return tlv_oid(v, oid) == 0 && strcmp(oid, dotted) == 0;
}

static int digits(const unsigned char *p, size_t n, int *out)
{
    *out = 0;
    for (size_t i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        *out = *out * 10 + (p[i] - '0');
    }
    return 0;
}

/* ".5" of a GeneralizedTime: no trailing zero, at least one digit (X.690 11.7.3). */
static int fraction_read(const unsigned char *p, size_t n, int *fraction)
{
    int scale = 100000;

    if (fraction == NULL || n < 2 || n > 7 || p[0] != '.' || p[n - 1] == '0')
        return -1;
    *fraction = 0;
    for (size_t i = 1; i < n; i++, scale /= 10) {
        if (p[i] < '0' || p[i] > '9')
            return -1;
        *fraction += (p[i] - '0') * scale;
    }
    return 0;
}

int tlv_time(const struct tlv *v, int64_t *out, int *fraction)
{
    const unsigned char *p = v->body.data;
    size_t n = v->body.len, year_digits = v->tag == TLV_UTC_TIME ? 2 : 4;
    struct date d;
    int h, m, s;

    if (fraction != NULL)
        *fraction = 0;
    if ((v->tag != TLV_UTC_TIME && v->tag != TLV_GENERALIZED_TIME) || n < year_digits + 11 ||
        p[n - 1] != 'Z' || digits(p, year_digits, &d.year) != 0)
        return -1;
    if (v->tag == TLV_UTC_TIME)
        d.year += d.year < 50 ? 2000 : 1900;
    p += year_digits;
    n -= year_digits + 1;
    if (digits(p, 2, &d.month) != 0 || digits(p + 2, 2, &d.day) != 0 || digits(p + 4, 2, &h) != 0 ||
        digits(p + 6, 2, &m) != 0 || digits(p + 8, 2, &s) != 0)
        return -1;
    if (!date_valid(d) || h > 23 || m > 59 || s > 59)
        return -1;
    if (n > 10 && (v->tag == TLV_UTC_TIME || fraction_read(p + 10, n - 10, fraction) != 0))
        return -1;
    *out = date_to_days(d) * 86400 + h * 3600 + m * 60 + s;
    return 0;
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

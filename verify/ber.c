/* BER into DER, for signatures by programs that write lengths as they go: lengths become definite
 * and short, pieces of an OCTET STRING one (X.690 8.1.3, 8.7.3, 10.1, 10.2). Everything else stays
 * byte for byte. */
#include <string.h>

#include "base/buf.h"
#include "verify/tlv.h"

enum { DEPTH_MAX = 48, OCTETS_CONSTRUCTED = 0x24 };

struct head {
    unsigned char tag;
    bool open; /* indefinite length: up to two zero bytes */
    size_t header, len;
};

static int head_read(struct span in, struct head *out)
{
    size_t n;

    if (in.len < 2 || (in.data[0] & 0x1f) == 0x1f)
        return -1;
    *out = (struct head){.tag = in.data[0], .header = 2, .len = in.data[1]};
    if (out->len == 0x80) {
        out->open = true;
        out->len = in.len - 2;
        return (out->tag & 0x20) != 0 ? 0 : -1;
    }
    if (out->len > 0x80) {
        n = out->len & 0x7f;
        if (n > 8 || in.len < 2 + n)
            return -1;
        out->len = 0;
        for (size_t i = 0; i < n; i++) {
            if (out->len >> 48 != 0)
                return -1;
            out->len = out->len << 8 | in.data[2 + i];
        }
        out->header = 2 + n;
    }
    return out->len <= in.len - out->header ? 0 : -1;
}

/* Puts the header in front of what stands in `out` from `at` on. */
static int head_write(unsigned char tag, size_t at, struct buf *out)
{
    unsigned char header[2 + sizeof(size_t)];
    size_t len = out->len - at, n = 2;

    header[0] = tag;
    header[1] = (unsigned char)len;
    if (len >= 0x80) {
        size_t bytes = 1;
        while (bytes < sizeof len && len >> (8 * bytes) != 0)
            bytes++;
        header[1] = (unsigned char)(0x80 | bytes);
        for (size_t i = 0; i < bytes; i++)
            header[n++] = (unsigned char)(len >> (8 * (bytes - 1 - i)));
    }
    buf_append(out, header, n);
    if (out->failed)
        return -1;
    memmove(out->data + at + n, out->data + at, len);
    memcpy(out->data + at, header, n);
    return 0;
}

static int value_write(struct span *in, struct buf *out, bool pieces, int depth);

/* What a constructed value holds. The pieces of an OCTET STRING are written without their headers.
 */
static int body_write(struct span *in, const struct head *h, struct buf *out, bool pieces,
                      int depth)
{
    struct span body = {in->data + h->header, h->len};

    for (;;) {
        if (h->open && body.len >= 2 && body.data[0] == 0 && body.data[1] == 0)
            break;
        if (body.len == 0) {
            if (h->open)
                return -1;
            break;
        }
        if (value_write(&body, out, pieces, depth + 1) != 0)
            return -1;
    }
    size_t used = (size_t)(body.data - in->data) + (h->open ? 2 : 0);
    in->data += used;
    in->len -= used;
    return 0;
}

static int value_write(struct span *in, struct buf *out, bool pieces, int depth)
{
    struct head h;
    size_t at = out->len;

    if (depth > DEPTH_MAX || head_read(*in, &h) != 0 || (h.tag == 0 && h.len == 0) ||
        (pieces && h.tag != TLV_OCTET_STRING && h.tag != OCTETS_CONSTRUCTED))
        return -1;
    if ((h.tag & 0x20) == 0) {
        buf_append(out, in->data + h.header, h.len);
        in->data += h.header + h.len;
        in->len -= h.header + h.len;
    } else if (body_write(in, &h, out, pieces || h.tag == OCTETS_CONSTRUCTED, depth) != 0) {
        return -1;
    }
    if (out->failed)
        return -1;
    if (pieces)
        return 0;
    return head_write(h.tag == OCTETS_CONSTRUCTED ? TLV_OCTET_STRING : h.tag, at, out);
}

int ber_take(struct span *in, struct buf *out)
{
    return value_write(in, out, false, 0);
}

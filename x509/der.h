/* Writing DER (X.690): contents are appended first, then wrapped into their tag, so that lengths
 * are always definite. */
#ifndef PARAPHE_X509_DER_H
#define PARAPHE_X509_DER_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

enum der_tag {
    DER_INTEGER = 0x02,
    DER_OCTETS = 0x04,
    DER_OID = 0x06,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT = 0xa0 /* constructed; + number */
};

/* One value: tag, length, contents. A failure is remembered by the buffer (buf_check). */
void der_put(struct buf *out, unsigned tag, const void *contents, size_t n);
/* All that was appended since `start` (a former out->len) becomes the contents of `tag`. */
void der_wrap(struct buf *out, size_t start, unsigned tag);
/* The same for SET OF: the values are first put into the order of X.690 11.6. */
void der_wrap_set_of(struct buf *out, size_t start, unsigned tag);
/* An object identifier by OpenSSL's number, or by its dotted text. */
void der_put_nid(struct buf *out, int nid);
int der_put_oid(struct buf *out, const char *dotted); /* -1 when the text is no identifier */

/* Reads the header of one value: definite lengths of at most 4 bytes, low tags. False when it does
 * not lie wholly in data. header + contents is the whole value. */
struct der_value {
    unsigned tag;
    size_t header, contents;
};
bool der_peek(const unsigned char *data, size_t n, struct der_value *out);
/* Whether data are such values throughout, down to the primitive ones: no indefinite length (X.690
 * 10.1), nothing that runs over its end. */
bool der_definite(const unsigned char *data, size_t n);

#endif

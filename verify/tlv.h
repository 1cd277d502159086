/* Strict DER over bytes that somebody else wrote: definite lengths in their shortest form, one-byte
 * tags, nothing else (X.690 10.1). Spans borrow the bytes; nothing is allocated. */
#ifndef PARAPHE_VERIFY_TLV_H
#define PARAPHE_VERIFY_TLV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct span {
    const unsigned char *data;
    size_t len;
};
struct tlv {
    unsigned char tag;
    struct span whole; /* header and body */
    struct span body;
};

enum {
    TLV_BOOLEAN = 0x01,
    TLV_INTEGER = 0x02,
    TLV_BIT_STRING = 0x03,
    TLV_OCTET_STRING = 0x04,
    TLV_NULL = 0x05,
    TLV_OID = 0x06,
    TLV_UTF8 = 0x0c,
    TLV_UTC_TIME = 0x17,
    TLV_GENERALIZED_TIME = 0x18,
    TLV_SEQUENCE = 0x30,
    TLV_SET = 0x31
};
#define TLV_CONTEXT(n) ((unsigned char)(0xa0 | (n)))      /* constructed [n] */
#define TLV_CONTEXT_PRIM(n) ((unsigned char)(0x80 | (n))) /* primitive [n] */
enum { TLV_OID_MAX = 96 };

/* Takes the next value off the front of `in`. -1 when the bytes are not DER or the value runs past
 * the end. */
int tlv_next(struct span *in, struct tlv *out);
/* The same, and the tag must be this one. */
int tlv_take(struct span *in, unsigned char tag, struct tlv *out);
/* Takes it only when the tag is this one: 1 taken, 0 another tag or the end, -1 not DER. */
int tlv_optional(struct span *in, unsigned char tag, struct tlv *out);
/* An INTEGER that is not negative and fits 31 bits; -1 otherwise. */
int tlv_small(const struct tlv *v, int *out);
/* An INTEGER in its shortest form (X.690 8.3.2). */
bool tlv_integer_ok(struct span body);
/* "1.2.840.113549.1.7.1"; -1 when malformed or too long. */
int tlv_oid(const struct tlv *v, char out[TLV_OID_MAX]);
bool tlv_is_oid(const struct tlv *v, const char *dotted);
/* GeneralizedTime or UTCTime in the DER profile (Z, seconds given; a fraction is allowed when
 * `fraction` is not NULL and is given in microseconds): seconds since 1970 UTC. -1 when malformed.
 */
int tlv_time(const struct tlv *v, int64_t *out, int *fraction);
bool span_equal(struct span a, struct span b);

struct buf;
/* Takes one BER value off the front of `in` and appends it to `out` as DER, as far as lengths and
 * pieces of OCTET STRINGs go; a value that is DER is copied. -1 when it is no BER. ber.c */
int ber_take(struct span *in, struct buf *out);

#endif

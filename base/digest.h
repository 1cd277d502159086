/* Message digests, and hexadecimal text (base64: base/escape.h). */
#ifndef PARAPHE_BASE_DIGEST_H
#define PARAPHE_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct digest;

enum digest_kind { DIGEST_NONE, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };
enum { DIGEST_MAX = 64, DIGEST_HEX_MAX = 129 };

size_t digest_size(enum digest_kind kind);
const char *digest_name(enum digest_kind kind); /* "SHA-256" */
enum digest_kind
digest_from_name(const char *name); /* "SHA-256", "sha256"; DIGEST_NONE when unknown */

struct digest *digest_new(enum digest_kind kind, struct err *e); /* NULL on failure; digest_free */
void digest_free(struct digest *d);
/* A second digest that goes on from where the first stands; digest_free. */
int digest_copy(const struct digest *d, struct digest **out, struct err *e);
int digest_add(struct digest *d, const void *data, size_t n, struct err *e);
/* Adds `length` bytes of fd from `offset` on (pread; the file position is not moved). A shorter
 * file is an error. */
int digest_add_range(struct digest *d, int fd, int64_t offset, int64_t length, struct err *e);
int digest_end(struct digest *d, unsigned char out[DIGEST_MAX], struct err *e);
int digest_bytes(enum digest_kind kind, const void *data, size_t n, unsigned char out[DIGEST_MAX],
                 struct err *e);
/* SHA-256 of a whole file as lower-case hex. */
int digest_file_hex(int fd, char out[DIGEST_HEX_MAX], struct err *e);
int digest_bytes_hex(const void *data, size_t n, char out[DIGEST_HEX_MAX], struct err *e);

/* What each byte is worth as a hexadecimal digit of either case; -1: it is none. */
extern const signed char hex_values[256];
void hex_lower(const unsigned char *data, size_t n, char *out); /* out: 2 n + 1 bytes */
void hex_upper(const unsigned char *data, size_t n, char *out);
int hex_decode(const char *hex, size_t n,
               unsigned char *out); /* n even; -1 on a bad digit; out: n / 2 */

#endif

/* A PIN or password: locked in memory, wiped, never printed. There is no function that formats it. */
#ifndef PARAPHE_BASE_SECRET_H
#define PARAPHE_BASE_SECRET_H

#include <stddef.h>

struct err;
struct secret;

enum { SECRET_MAX = 255 }; /* bytes; longer than any PIN or password of a token (PKCS#11 gives CK_ULONG, cards stop at 64) */

/* An empty secret in locked memory left out of core files; NULL and err on failure. Free with secret_free. */
struct secret *secret_new(struct err *e);
void secret_free(struct secret *s); /* wipes; NULL is allowed */
/* Appends one byte; -1 when SECRET_MAX is reached. */
int secret_push(struct secret *s, unsigned char c);
void secret_pop(struct secret *s); /* removes the last UTF-8 character, for the erase key */
void secret_clear(struct secret *s);
const unsigned char *secret_bytes(const struct secret *s);
size_t secret_length(const struct secret *s);

#endif

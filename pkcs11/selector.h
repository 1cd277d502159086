/* Which certificate: terms joined by ';', all of which must hold.
 *   subject:TEXT  issuer:TEXT   the text stands in the name (case and accents do not count)
 *   serial:HEX    the serial number, with or without 0x, colons, leading zeros
 *   sha256:HEX    the digest of the certificate begins so (8 digits or more)
 *   id:HEX        CKA_ID of the certificate on the token
 *   file:PATH     this certificate (PEM or DER), for tokens that carry only the key; a word with
 * '/' or ending in .pem, .crt, .cer, .der means the same TEXT          as subject:TEXT */
#ifndef PARAPHE_PKCS11_SELECTOR_H
#define PARAPHE_PKCS11_SELECTOR_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum { SELECTOR_TERMS_MAX = 8 };
enum selector_kind { SELECT_SUBJECT, SELECT_ISSUER, SELECT_SERIAL, SELECT_SHA256, SELECT_ID };
struct selector_term {
    enum selector_kind kind;
    char *value; /* folded text, or lower-case hex without colons and leading zeros */
};
struct selector {
    struct selector_term terms[SELECTOR_TERMS_MAX];
    size_t count;
    char *file; /* path of a certificate; NULL when there is none */
};

/* text NULL: a selector that everything fits. ERR_USAGE names the faulty term. selector_free also
 * after failure. */
int selector_parse(const char *text, struct selector *out, struct err *e);
void selector_free(struct selector *s);

struct selector_facts {
    const char *subject, *issuer; /* RFC 4514 */
    const char *serial, *sha256;  /* lower-case hex */
    const char *id;               /* hex of CKA_ID, or NULL */
};
bool selector_fits(const struct selector *s, const struct selector_facts *facts);

#endif

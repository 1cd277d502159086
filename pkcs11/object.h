/* Certificates and keys read from a token, and which key belongs to which certificate. Token child
 * only. */
#ifndef PARAPHE_PKCS11_OBJECT_H
#define PARAPHE_PKCS11_OBJECT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "pkcs11/ck.h"
#include "pkcs11/mech.h"
#include "x509/cert.h"

enum { OBJECT_ID_MAX = 4096, OBJECT_VALUE_MAX = 65536, OBJECT_LABEL_MAX = 256 };

struct object {
    CK_OBJECT_HANDLE handle;
    struct buf id;
    char label[OBJECT_LABEL_MAX]; /* valid UTF-8 */
    /* certificate */
    struct cert *cert; /* NULL when it could not be read */
    bool from_file;    /* given by the person, not on the token */
    /* keys */
    CK_KEY_TYPE key_type;
    struct buf value; /* RSA: modulus without leading zeros; EC: the uncompressed point; empty when
                         not visible */
    bool no_sign;     /* CKA_SIGN is there and false */
    bool always_authenticate;
    struct mech_key limits; /* allowed mechanisms */
};
struct objects {
    struct object *items;
    size_t count;
};

/* All objects of one class of the session's token, at most the ceiling token_objects. */
CK_RV objects_read(struct ck *ck, CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
                   struct objects *out, struct err *e);
int objects_add_cert(struct objects *out, const void *der, size_t len, const char *what,
                     struct err *e);
void objects_free(struct objects *o);

/* The private key of a certificate: one with the same public value, else one with the same CKA_ID
 * whose value is not visible and which a public key of another value does not contradict, else the
 * only such key of its kind, when `certs` has no other person's certificate for it. NULL when there
 * is none. */
const struct object *object_private_of(const struct object *cert, const struct objects *certs,
                                       const struct objects *privates,
                                       const struct objects *publics);
/* A public key of the token has the certificate's value. */
bool object_public_seen(const struct object *cert, const struct objects *publics);

#endif

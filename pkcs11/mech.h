/* Which mechanism makes which signature: chosen from lists, sizes and attributes before anything is
 * signed, never by trying. A hash-and-sign mechanism comes first where the token lists it (some
 * cards hash the last block themselves). */
#ifndef PARAPHE_PKCS11_MECH_H
#define PARAPHE_PKCS11_MECH_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/ports.h"
#include "x509/cert.h"

struct buf;
struct jv;

struct mech_row {
    CK_MECHANISM_TYPE type;
    const char *name;
    enum sign_scheme scheme;
    enum digest_kind digest; /* DIGEST_NONE: takes our digest */
};
enum { MECH_ROWS = 15, MECH_ALLOWED_MAX = 64 };
extern const struct mech_row mech_table[MECH_ROWS];

/* What a token offers of the table. */
struct mech_set {
    bool has[MECH_ROWS];
    CK_MECHANISM_INFO info[MECH_ROWS];
};
struct mech_key {
    enum cert_key_kind kind;
    int bits;
    CK_MECHANISM_TYPE allowed[MECH_ALLOWED_MAX]; /* CKA_ALLOWED_MECHANISMS; count 0: all */
    size_t allowed_count;
};

/* NULL when the token and key cannot make it. */
const struct mech_row *mech_choose(const struct mech_set *set, const struct mech_key *key,
                                   const struct sign_alg *alg);
/* All that can be made, best first: for RSA PKCS#1 v1.5 before PSS because every reader knows it,
 * SHA-256 first; for a curve the digest of its size first. Returns the number. */
size_t mech_algorithms(const struct mech_set *set, const struct mech_key *key,
                       struct sign_alg out[SIGN_ALGS_MAX]);
/* The mechanism with its parameters; `pss` must live as long as `out`. */
void mech_fill(const struct mech_row *row, const struct sign_alg *alg, CK_MECHANISM *out,
               CK_RSA_PKCS_PSS_PARAMS *pss);
/* What C_Sign is given for the message. */
int mech_data(const struct mech_row *row, const struct sign_alg *alg, int key_bits,
              const void *message, size_t len, struct buf *out, struct err *e);
/* [{"name","min","max","sign"}] */
struct jv *mech_json(const struct mech_set *set);

#endif

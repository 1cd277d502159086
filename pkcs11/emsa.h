/* Blocks for tokens that offer only the bare RSA operation (CKM_RSA_X_509): RFC 8017, 9.1.1
 * and 9.2. */
#ifndef PARAPHE_PKCS11_EMSA_H
#define PARAPHE_PKCS11_EMSA_H

#include <stddef.h>

#include "base/digest.h"
#include "base/err.h"

struct buf;

/* EMSA-PKCS1-v1_5 of a DigestInfo for a modulus of `bits`, as many bytes as the modulus has.
 * ERR_TOKEN when it does not fit. */
int emsa_pkcs1(int bits, const unsigned char *digest_info, size_t len, struct buf *out,
               struct err *e);
/* EMSA-PSS with MGF1 of the same digest and a fresh salt of the digest's length. */
int emsa_pss(int bits, enum digest_kind kind, const unsigned char *digest, struct buf *out,
             struct err *e);

#endif

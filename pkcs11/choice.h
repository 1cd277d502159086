/* Whether a certificate of a token would sign, and every reason why not. Pure: no call of a driver.
 */
#ifndef PARAPHE_PKCS11_CHOICE_H
#define PARAPHE_PKCS11_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pkcs11/mech.h"
#include "pkcs11/object.h"
#include "x509/cert.h"

struct jv;

enum choice_signs { SIGNS_NO, SIGNS_PROBABLY, SIGNS_YES };
enum { CHOICE_REASONS_MAX = 12, RSA_BITS_MIN = 2048 };

struct choice {
    enum choice_signs signs;
    const char *reasons[CHOICE_REASONS_MAX]; /* codes: the text is "pkcs11.reason.CODE" */
    size_t count;
    bool by_hand_only;      /* it signs only because it was chosen by hand */
    bool about_certificate; /* one of the reasons is the certificate's own (expired, ca...), not the
                               token's */
};
struct choice_facts {
    const struct cert *cert;  /* NULL: it could not be read */
    const struct object *key; /* private key, NULL: none seen */
    const struct mech_set *mechanisms;
    int64_t now;
    bool key_may_hide; /* private keys may show only after the PIN */
    bool by_hand; /* a selector chose it, or the person wants a seal: digitalSignature is enough */
};

void choice_make(const struct choice_facts *facts, struct choice *out);
const char *choice_signs_name(enum choice_signs signs); /* "no", "probably", "yes" */
/* [{"code","message"}], in the language of the messages */
struct jv *choice_reasons_json(const struct choice *c);
/* "digital-signature", "non-repudiation"...: the key usage as words */
struct jv *choice_usage_json(const struct cert *c);
/* The limits of a certificate's key for mech.h, narrowed by the private key when it is there. */
struct mech_key choice_mech_key(const struct cert *c, const struct object *key);

#endif

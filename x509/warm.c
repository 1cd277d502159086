#include "x509/warm.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>

#include "base/digest.h"

static void warm_digests(void)
{
    static const enum digest_kind kinds[] = {DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384,
                                             DIGEST_SHA512};
    unsigned char out[DIGEST_MAX];

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        digest_bytes(kinds[i], "", 0, out, NULL);
        EVP_get_digestbyname(digest_name(kinds[i]));
    }
}

void x509_warm(void)
{
    static const char *const keys[] = {"RSA", "RSA-PSS", "EC", "ED25519", "ED448"};
    static const char *const signatures[] = {"RSA", "ECDSA", "ED25519", "ED448"};

    OPENSSL_init_crypto(OPENSSL_INIT_LOAD_CONFIG | OPENSSL_INIT_LOAD_CRYPTO_STRINGS |
                            OPENSSL_INIT_ADD_ALL_CIPHERS | OPENSSL_INIT_ADD_ALL_DIGESTS,
                        NULL);
    /* A method once fetched stays in OpenSSL's store. */
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        EVP_KEYMGMT_free(EVP_KEYMGMT_fetch(NULL, keys[i], NULL));
    for (size_t i = 0; i < sizeof signatures / sizeof signatures[0]; i++)
        EVP_SIGNATURE_free(EVP_SIGNATURE_fetch(NULL, signatures[i], NULL));
    warm_digests();
    EVP_PKEY_free(EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256")); /* seeds the generator */
    X509V3_EXT_get_nid(0);
    ERR_clear_error();
}

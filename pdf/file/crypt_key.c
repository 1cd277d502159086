#include <openssl/evp.h>
#include <string.h>

#include "base/digest.h"
#include "pdf/file/crypt_internal.h"

static const unsigned char padding[32] = {
    0x28, 0xbf, 0x4e, 0x5e, 0x4e, 0x75, 0x8a, 0x41, 0x64, 0x00, 0x4e, 0x56, 0xff, 0xfa, 0x01, 0x08,
    0x2e, 0x2e, 0x00, 0xb6, 0xd0, 0x68, 0x3e, 0x80, 0x2f, 0x0c, 0xa9, 0xfe, 0x64, 0x53, 0x69, 0x7a};

/* RC4 here and not from OpenSSL: there it lives in the legacy provider, which many installations
 * leave out; it protects nothing any more, but files encrypted with it must still be read. */
void rc4_start(struct rc4 *r, const unsigned char *key, size_t len)
{
    unsigned char j = 0;

    r->i = r->j = 0;
    for (int i = 0; i < 256; i++)
        r->s[i] = (unsigned char)i;
    for (int i = 0; i < 256; i++) {
        unsigned char swap = r->s[i];
        j = (unsigned char)(j + swap + key[(size_t)i % len]);
        r->s[i] = r->s[j];
        r->s[j] = swap;
    }
}

void rc4_run(struct rc4 *r, unsigned char *data, size_t len)
{
    for (size_t n = 0; n < len; n++) {
        r->i++;
        unsigned char a = r->s[r->i];
        r->j = (unsigned char)(r->j + a);
        unsigned char b = r->s[r->j];
        r->s[r->i] = b;
        r->s[r->j] = a;
        data[n] ^= r->s[(unsigned char)(a + b)];
    }
}

static int fail_openssl(struct err *e)
{
    return err_set_bug(e, "pdf/file/crypt: OpenSSL refused a digest or a cipher");
}

int crypt_md5(const void *const *parts, const size_t *lens, size_t n, unsigned char out[16],
              struct err *e)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    unsigned size = 16;
    int ok = ctx != NULL && EVP_DigestInit_ex(ctx, EVP_md5(), NULL) == 1;

    for (size_t i = 0; ok && i < n; i++)
        ok = EVP_DigestUpdate(ctx, parts[i], lens[i]) == 1;
    ok = ok && EVP_DigestFinal_ex(ctx, out, &size) == 1;
    EVP_MD_CTX_free(ctx);
    return ok ? 0 : fail_openssl(e);
}

static int md5_again(unsigned char digest[16], size_t len, int times, struct err *e)
{
    for (int i = 0; i < times; i++) {
        const void *part = digest;
        if (crypt_md5(&part, &len, 1, digest, e) != 0)
            return -1;
    }
    return 0;
}

static void pad(const unsigned char *password, size_t len, unsigned char out[32])
{
    if (len > 32)
        len = 32;
    if (len > 0)
        memcpy(out, password, len);
    memcpy(out + len, padding, 32 - len);
}

/* Algorithm 2: the key from the user password, already padded. */
static int key_from_user(struct pdf_crypt *c, const struct crypt_entries *in,
                         const unsigned char padded[32], struct err *e)
{
    static const unsigned char ones[4] = {0xff, 0xff, 0xff, 0xff};
    uint32_t p = (uint32_t)c->permissions;
    const unsigned char perms[4] = {(unsigned char)p, (unsigned char)(p >> 8),
                                    (unsigned char)(p >> 16), (unsigned char)(p >> 24)};
    const void *parts[] = {padded, in->o, perms, in->id, ones};
    const size_t lens[] = {32, 32, 4, in->id_len, 4};
    unsigned char digest[16];

    if (crypt_md5(parts, lens, c->revision >= 4 && !c->metadata ? 5 : 4, digest, e) != 0)
        return -1;
    if (c->revision >= 3 && md5_again(digest, c->key_len, 50, e) != 0)
        return -1;
    memcpy(c->key, digest, c->key_len);
    return 0;
}

static void rc4_rounds(const unsigned char *key, size_t len, int from, int to, unsigned char *data,
                       size_t n)
{
    unsigned char round[16];
    struct rc4 r;

    for (int i = from; from < to ? i <= to : i >= to; i += from < to ? 1 : -1) {
        for (size_t k = 0; k < len; k++)
            round[k] = key[k] ^ (unsigned char)i;
        rc4_start(&r, round, len);
        rc4_run(&r, data, n);
    }
}

/* Algorithms 4 to 6: whether the key gives /U. */
static int key_matches(const struct pdf_crypt *c, const struct crypt_entries *in, struct err *e)
{
    unsigned char data[32];
    struct rc4 r;

    if (c->revision == 2) {
        memcpy(data, padding, 32);
        rc4_start(&r, c->key, c->key_len);
        rc4_run(&r, data, 32);
        return memcmp(data, in->u, 32) == 0 ? 0 : 1;
    }
    const void *parts[] = {padding, in->id};
    const size_t lens[] = {32, in->id_len};
    if (crypt_md5(parts, lens, 2, data, e) != 0)
        return -1;
    rc4_rounds(c->key, c->key_len, 0, 19, data, 16);
    return memcmp(data, in->u, 16) == 0 ? 0 : 1;
}

static int unlock_old(struct pdf_crypt *c, const struct crypt_entries *in,
                      const unsigned char *password, size_t len, struct err *e)
{
    unsigned char padded[32], digest[16], user[32];
    const void *part = padded;
    size_t part_len = 32;
    struct rc4 r;

    pad(password, len, padded);
    if (key_from_user(c, in, padded, e) != 0)
        return -1;
    int rc = key_matches(c, in, e);
    if (rc <= 0)
        return rc;
    /* Algorithm 7: as the owner password, it decrypts the user password out of /O. */
    if (crypt_md5(&part, &part_len, 1, digest, e) != 0)
        return -1;
    if (c->revision >= 3 && md5_again(digest, 16, 50, e) != 0)
        return -1;
    memcpy(user, in->o, 32);
    if (c->revision == 2) {
        rc4_start(&r, digest, c->key_len);
        rc4_run(&r, user, 32);
    } else {
        rc4_rounds(digest, c->key_len, 19, 0, user, 32);
    }
    if (key_from_user(c, in, user, e) != 0)
        return -1;
    rc = key_matches(c, in, e);
    c->owner = rc == 0;
    return rc;
}

static int aes_once(const EVP_CIPHER *cipher, bool encrypt, const unsigned char *key,
                    const unsigned char *iv, const unsigned char *in, size_t n, unsigned char *out,
                    struct err *e)
{
    EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
    int done = 0;
    int ok = ctx != NULL && EVP_CipherInit_ex(ctx, cipher, NULL, key, iv, encrypt) == 1 &&
             EVP_CIPHER_CTX_set_padding(ctx, 0) == 1 &&
             EVP_CipherUpdate(ctx, out, &done, in, (int)n) == 1 && done == (int)n;

    EVP_CIPHER_CTX_free(ctx);
    return ok ? 0 : fail_openssl(e);
}

static int sha(enum digest_kind kind, const void *a, size_t a_len, const void *b, size_t b_len,
               const void *c, size_t c_len, unsigned char *out, struct err *e)
{
    struct digest *d = digest_new(kind, e);
    int rc = d != NULL && digest_add(d, a, a_len, e) == 0 && digest_add(d, b, b_len, e) == 0 &&
                     digest_add(d, c, c_len, e) == 0 && digest_end(d, out, e) == 0
                 ? 0
                 : -1;

    digest_free(d);
    return rc;
}

enum { PASSWORD_MAX = 127, USER_KEY = 48 };

/* Algorithm 2.B, of revision 6; revision 5 stops after the first digest. */
static int hash(int revision, const unsigned char *password, size_t len, const unsigned char *salt,
                const unsigned char *user, size_t user_len, unsigned char out[32], struct err *e)
{
    unsigned char k[DIGEST_MAX], block[PASSWORD_MAX + DIGEST_MAX + USER_KEY];
    static const enum digest_kind kinds[3] = {DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512};
    unsigned char k1[64 * sizeof block], coded[64 * sizeof block];
    size_t k_len = 32;

    if (sha(DIGEST_SHA256, password, len, salt, 8, user, user_len, k, e) != 0)
        return -1;
    for (int round = 0; revision >= 6; round++) {
        size_t n = len + k_len + user_len;
        memcpy(block, password, len);
        memcpy(block + len, k, k_len);
        if (user_len > 0)
            memcpy(block + len + k_len, user, user_len);
        for (int i = 0; i < 64; i++)
            memcpy(k1 + (size_t)i * n, block, n);
        if (aes_once(EVP_aes_128_cbc(), true, k, k + 16, k1, 64 * n, coded, e) != 0)
            return -1;
        int sum = 0; /* the first 16 bytes as a number modulo 3: 256 is 1 modulo 3 */
        for (int i = 0; i < 16; i++)
            sum += coded[i];
        enum digest_kind kind = kinds[sum % 3];
        if (digest_bytes(kind, coded, 64 * n, k, e) != 0)
            return -1;
        k_len = digest_size(kind);
        if (round >= 63 && coded[64 * n - 1] <= round - 31)
            break;
    }
    memcpy(out, k, 32);
    return 0;
}

/* The copy of /P under the key of the file (algorithm 13): what was changed from outside does not
 * bind less. */
static int check_permissions(struct pdf_crypt *c, const struct crypt_entries *in, struct err *e)
{
    unsigned char plain[16];

    if (in->perms_len < 16)
        return 0;
    if (aes_once(EVP_aes_256_ecb(), false, c->key, NULL, in->perms, 16, plain, e) != 0)
        return -1;
    if (memcmp(plain + 9, "adb", 3) == 0) {
        uint32_t p = (uint32_t)plain[0] | (uint32_t)plain[1] << 8 | (uint32_t)plain[2] << 16 |
                     (uint32_t)plain[3] << 24;
        c->permissions = (int32_t)p;
        c->metadata = plain[8] != 'F';
    }
    return 0;
}

static int unlock_new(struct pdf_crypt *c, const struct crypt_entries *in,
                      const unsigned char *password, size_t len, struct err *e)
{
    static const unsigned char zero[16];
    unsigned char digest[32];
    const unsigned char *coded = in->ue, *salts = in->u + 32, *user = NULL;
    size_t user_len = 0;

    if (len > PASSWORD_MAX)
        len = PASSWORD_MAX;
    if (hash(c->revision, password, len, salts, NULL, 0, digest, e) != 0)
        return -1;
    if (memcmp(digest, in->u, 32) != 0) {
        coded = in->oe;
        salts = in->o + 32;
        user = in->u;
        user_len = USER_KEY;
        if (hash(c->revision, password, len, salts, user, user_len, digest, e) != 0)
            return -1;
        if (memcmp(digest, in->o, 32) != 0)
            return 1;
        c->owner = true;
    }
    if (hash(c->revision, password, len, salts + 8, user, user_len, digest, e) != 0 ||
        aes_once(EVP_aes_256_cbc(), false, digest, zero, coded, 32, c->key, e) != 0)
        return -1;
    return check_permissions(c, in, e);
}

int crypt_unlock(struct pdf_crypt *c, const struct crypt_entries *in, const unsigned char *password,
                 size_t len, struct err *e)
{
    static const unsigned char none[1];

    if (password == NULL) {
        password = none;
        len = 0;
    }
    return c->revision >= 5 ? unlock_new(c, in, password, len, e)
                            : unlock_old(c, in, password, len, e);
}

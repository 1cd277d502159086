#include "pkcs11/emsa.h"

#include <openssl/rand.h>
#include <string.h>

#include "base/buf.h"

enum { MODULUS_MAX = 2048, TRAILER = 0xbc };

static int too_small(struct err *e)
{
    return err_set(e, ERR_TOKEN, "err.pkcs11.key-small", NULL);
}

int emsa_pkcs1(int bits, const unsigned char *digest_info, size_t len, struct buf *out,
               struct err *e)
{
    size_t k = ((size_t)bits + 7) / 8;

    if (k < len + 11)
        return too_small(e);
    unsigned char *block = buf_room(out, k);
    if (block == NULL)
        return buf_check(out, e);
    block[0] = 0;
    block[1] = 1;
    memset(block + 2, 0xff, k - len - 3);
    block[k - len - 1] = 0;
    memcpy(block + k - len, digest_info, len);
    out->len += k;
    return 0;
}

/* mask ^= MGF1(seed), RFC 8017 B.2.1 */
static int mask_apply(enum digest_kind kind, const unsigned char *seed, unsigned char *mask,
                      size_t n, struct err *e)
{
    unsigned char input[DIGEST_MAX + 4], piece[DIGEST_MAX];
    size_t h = digest_size(kind);

    memcpy(input, seed, h);
    for (size_t done = 0, counter = 0; done < n; done += h, counter++) {
        input[h] = (unsigned char)(counter >> 24);
        input[h + 1] = (unsigned char)(counter >> 16);
        input[h + 2] = (unsigned char)(counter >> 8);
        input[h + 3] = (unsigned char)counter;
        if (digest_bytes(kind, input, h + 4, piece, e) != 0)
            return -1;
        for (size_t i = 0; i < h && done + i < n; i++)
            mask[done + i] ^= piece[i];
    }
    return 0;
}

int emsa_pss(int bits, enum digest_kind kind, const unsigned char *digest, struct buf *out,
             struct err *e)
{
    unsigned char padded[8 + 2 * DIGEST_MAX] = {0};
    size_t h = digest_size(kind), k = ((size_t)bits + 7) / 8, n = ((size_t)bits + 6) / 8;

    if (n < 2 * h + 2 || k > MODULUS_MAX)
        return too_small(e);
    unsigned char *block = buf_room(out, k);
    if (block == NULL)
        return buf_check(out, e);
    memset(block, 0, k);
    unsigned char *em = block + (k - n), *salt = em + n - 2 * h - 1, *hash = em + n - h - 1;
    memcpy(padded + 8, digest, h);
    if (RAND_bytes(salt, (int)h) != 1)
        return err_set_bug(e, "emsa_pss: no random bytes");
    memcpy(padded + 8 + h, salt, h);
    if (digest_bytes(kind, padded, 8 + 2 * h, hash, e) != 0)
        return -1;
    salt[-1] = 1;
    if (mask_apply(kind, hash, em, n - h - 1, e) != 0)
        return -1;
    em[0] &= (unsigned char)(0xff >> (8 * n - ((size_t)bits - 1)));
    em[n - 1] = TRAILER;
    out->len += k;
    return 0;
}

#include "pkcs11/mech.h"

#include <string.h>

#include "base/buf.h"
#include "base/jv.h"
#include "pkcs11/emsa.h"
#include "x509/alg.h"

const struct mech_row mech_table[MECH_ROWS] = {
#define ROW(type, scheme, digest)                                                                  \
    {                                                                                              \
        type, #type, scheme, digest                                                                \
    }
    ROW(CKM_SHA256_RSA_PKCS, SCHEME_RSA_PKCS1, DIGEST_SHA256),
    ROW(CKM_SHA384_RSA_PKCS, SCHEME_RSA_PKCS1, DIGEST_SHA384),
    ROW(CKM_SHA512_RSA_PKCS, SCHEME_RSA_PKCS1, DIGEST_SHA512),
    ROW(CKM_RSA_PKCS, SCHEME_RSA_PKCS1, DIGEST_NONE),
    ROW(CKM_SHA256_RSA_PKCS_PSS, SCHEME_RSA_PSS, DIGEST_SHA256),
    ROW(CKM_SHA384_RSA_PKCS_PSS, SCHEME_RSA_PSS, DIGEST_SHA384),
    ROW(CKM_SHA512_RSA_PKCS_PSS, SCHEME_RSA_PSS, DIGEST_SHA512),
    ROW(CKM_RSA_PKCS_PSS, SCHEME_RSA_PSS, DIGEST_NONE),
    ROW(CKM_ECDSA_SHA256, SCHEME_ECDSA, DIGEST_SHA256),
    ROW(CKM_ECDSA_SHA384, SCHEME_ECDSA, DIGEST_SHA384),
    ROW(CKM_ECDSA_SHA512, SCHEME_ECDSA, DIGEST_SHA512),
    ROW(CKM_ECDSA, SCHEME_ECDSA, DIGEST_NONE),
    /* the bare operation, on a block of ours: only where the token has nothing better for the
       scheme */
    ROW(CKM_RSA_X_509, SCHEME_RSA_PKCS1, DIGEST_NONE),
    ROW(CKM_RSA_X_509, SCHEME_RSA_PSS, DIGEST_NONE),
    /* not made by us, but worth a line in a card record */
    ROW(CKM_EDDSA, SCHEME_NONE, DIGEST_NONE),
#undef ROW
};

/* Sizes should be bits, yet some drivers give bytes; a driver that says 0 or nothing says nothing.
 */
static bool size_fits(const CK_MECHANISM_INFO *info, const struct mech_key *key)
{
    CK_ULONG bits = (CK_ULONG)key->bits, max = info->ulMaxKeySize, min = info->ulMinKeySize;
    CK_ULONG bytes_below = key->kind == CERT_KEY_RSA ? 1024 : 128;

    if (max == 0 || max == CK_UNAVAILABLE_INFORMATION || max < min)
        return true;
    if (max < bytes_below)
        bits = (bits + 7) / 8;
    return bits >= min && bits <= max;
}

static bool allowed(const struct mech_key *key, CK_MECHANISM_TYPE type)
{
    for (size_t i = 0; i < key->allowed_count; i++) {
        if (key->allowed[i] == type)
            return true;
    }
    return key->allowed_count == 0;
}

static bool usable(const struct mech_set *set, const struct mech_key *key, size_t row)
{
    return set->has[row] && (set->info[row].flags == 0 || (set->info[row].flags & CKF_SIGN) != 0) &&
           size_fits(&set->info[row], key) && allowed(key, mech_table[row].type);
}

static bool key_makes(const struct mech_key *key, const struct sign_alg *alg)
{
    if (key->kind == CERT_KEY_EC)
        return alg->scheme == SCHEME_ECDSA;
    if (key->kind != CERT_KEY_RSA || alg->scheme == SCHEME_ECDSA)
        return false;
    /* EMSA-PSS needs digest and salt of its length, and two more bytes (RFC 8017 9.1.1) */
    return alg->scheme != SCHEME_RSA_PSS ||
           (size_t)key->bits / 8 >= 2 * digest_size(alg->digest) + 2;
}

const struct mech_row *mech_choose(const struct mech_set *set, const struct mech_key *key,
                                   const struct sign_alg *alg)
{
    const struct mech_row *raw = NULL;

    if (!key_makes(key, alg))
        return NULL;
    for (size_t i = 0; i < MECH_ROWS; i++) {
        const struct mech_row *row = &mech_table[i];
        if (row->scheme != alg->scheme || !usable(set, key, i))
            continue;
        if (row->digest == alg->digest)
            return row;
        if (row->digest == DIGEST_NONE && raw == NULL)
            raw = row;
    }
    return raw;
}

size_t mech_algorithms(const struct mech_set *set, const struct mech_key *key,
                       struct sign_alg out[SIGN_ALGS_MAX])
{
    static const enum digest_kind by_strength[] = {DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512};
    static const enum sign_scheme schemes[] = {SCHEME_RSA_PKCS1, SCHEME_RSA_PSS, SCHEME_ECDSA};
    size_t n = 0, first = 0;

    if (key->kind == CERT_KEY_EC)
        first = key->bits <= 256 ? 0 : key->bits <= 384 ? 1 : 2;
    for (size_t s = 0; s < 3; s++) {
        for (size_t d = 0; d < 3; d++) {
            struct sign_alg alg = {schemes[s], by_strength[(first + d) % 3]};
            if (mech_choose(set, key, &alg) != NULL)
                out[n++] = alg;
        }
    }
    return n;
}

static void pss_fill(enum digest_kind digest, CK_RSA_PKCS_PSS_PARAMS *pss)
{
    static const struct {
        enum digest_kind digest;
        CK_MECHANISM_TYPE hash;
        CK_RSA_PKCS_MGF_TYPE mgf;
    } rows[] = {
        {DIGEST_SHA256, CKM_SHA256, CKG_MGF1_SHA256},
        {DIGEST_SHA384, CKM_SHA384, CKG_MGF1_SHA384},
        {DIGEST_SHA512, CKM_SHA512, CKG_MGF1_SHA512},
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].digest == digest) {
            pss->hash_alg = rows[i].hash;
            pss->mgf = rows[i].mgf;
        }
    }
    pss->s_len = digest_size(digest);
}

void mech_fill(const struct mech_row *row, const struct sign_alg *alg, CK_MECHANISM *out,
               CK_RSA_PKCS_PSS_PARAMS *pss)
{
    memset(out, 0, sizeof *out);
    memset(pss, 0, sizeof *pss);
    out->mechanism = row->type;
    if (row->scheme == SCHEME_RSA_PSS && row->type != CKM_RSA_X_509) {
        pss_fill(alg->digest, pss);
        out->pParameter = pss;
        out->ulParameterLen = sizeof *pss;
    }
}

static int digest_info_data(const struct mech_row *row, const struct sign_alg *alg, int key_bits,
                            const unsigned char *digest, struct buf *out, struct err *e)
{
    struct buf info = BUF_INIT(256);
    int rc = -1;

    if (row->type != CKM_RSA_X_509)
        return alg_digest_info(alg->digest, digest, out, e);
    if (alg_digest_info(alg->digest, digest, &info, e) == 0)
        rc = emsa_pkcs1(key_bits, info.data, info.len, out, e);
    buf_free(&info);
    return rc;
}

int mech_data(const struct mech_row *row, const struct sign_alg *alg, int key_bits,
              const void *message, size_t len, struct buf *out, struct err *e)
{
    unsigned char digest[DIGEST_MAX];

    if (row->digest != DIGEST_NONE) {
        buf_append(out, message, len);
        return buf_check(out, e);
    }
    if (digest_bytes(alg->digest, message, len, digest, e) != 0)
        return -1;
    if (alg->scheme == SCHEME_RSA_PKCS1)
        return digest_info_data(row, alg, key_bits, digest, out, e);
    if (row->type == CKM_RSA_X_509)
        return emsa_pss(key_bits, alg->digest, digest, out, e);
    buf_append(out, digest, digest_size(alg->digest));
    return buf_check(out, e);
}

struct jv *mech_json(const struct mech_set *set)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < MECH_ROWS; i++) {
        if (!set->has[i] || (i > 0 && mech_table[i].type == mech_table[i - 1].type))
            continue; /* one mechanism for two schemes is listed once */
        struct jv *o = jv_object();
        jv_put_text(o, "name", mech_table[i].name);
        jv_put_int(o, "min", (int64_t)set->info[i].ulMinKeySize);
        jv_put_int(o, "max", (int64_t)set->info[i].ulMaxKeySize);
        jv_put_bool(o, "sign", set->info[i].flags == 0 || (set->info[i].flags & CKF_SIGN) != 0);
        jv_put_bool(o, "hardware", (set->info[i].flags & CKF_HW) != 0);
        jv_add_take(list, o);
    }
    return list;
}

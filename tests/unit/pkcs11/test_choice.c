/* Which mechanism, which certificate, and why not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/text.h"
#include "pkcs11/choice.h"
#include "pkcs11/emsa.h"
#include "pkcs11/inventory.h"
#include "pkcs11/rv.h"

static struct mech_set offers(const CK_MECHANISM_TYPE *types, size_t n, CK_FLAGS flags,
                              CK_ULONG min, CK_ULONG max)
{
    struct mech_set set = {0};

    for (size_t i = 0; i < n; i++) {
        for (size_t row = 0; row < MECH_ROWS; row++) {
            if (mech_table[row].type != types[i])
                continue;
            set.has[row] = true;
            set.info[row].flags = flags;
            set.info[row].ulMinKeySize = min;
            set.info[row].ulMaxKeySize = max;
        }
    }
    return set;
}

static const char *chosen(const struct mech_set *set, const struct mech_key *key,
                          enum sign_scheme scheme, enum digest_kind digest)
{
    struct sign_alg alg = {scheme, digest};
    const struct mech_row *row = mech_choose(set, key, &alg);

    return row != NULL ? row->name : "none";
}

static void mechanisms(void **state)
{
    static const CK_MECHANISM_TYPE cps3[] = {CKM_RSA_PKCS, CKM_SHA1_RSA_PKCS, CKM_SHA256_RSA_PKCS};
    static const CK_MECHANISM_TYPE pss[] = {CKM_RSA_PKCS_PSS, CKM_SHA256_RSA_PKCS_PSS};
    static const CK_MECHANISM_TYPE ec[] = {CKM_ECDSA, CKM_ECDSA_SHA384};
    struct mech_key rsa = {.kind = CERT_KEY_RSA, .bits = 2048},
                    p256 = {.kind = CERT_KEY_EC, .bits = 256},
                    small = {.kind = CERT_KEY_RSA, .bits = 1024}, other = {.kind = CERT_KEY_OTHER};
    struct mech_set set = offers(cps3, 3, CKF_SIGN, 1024, 4096);
    struct sign_alg algs[SIGN_ALGS_MAX];

    (void)state;
    assert_string_equal(chosen(&set, &rsa, SCHEME_RSA_PKCS1, DIGEST_SHA256), "CKM_SHA256_RSA_PKCS");
    assert_string_equal(chosen(&set, &rsa, SCHEME_RSA_PKCS1, DIGEST_SHA512), "CKM_RSA_PKCS");
    assert_string_equal(chosen(&set, &rsa, SCHEME_RSA_PSS, DIGEST_SHA256), "none");
    assert_string_equal(chosen(&set, &rsa, SCHEME_ECDSA, DIGEST_SHA256), "none");
    assert_string_equal(chosen(&set, &p256, SCHEME_RSA_PKCS1, DIGEST_SHA256), "none");
    assert_string_equal(chosen(&set, &other, SCHEME_RSA_PKCS1, DIGEST_SHA256), "none");
    assert_int_equal(mech_algorithms(&set, &rsa, algs), 3);
    assert_int_equal(algs[0].digest, DIGEST_SHA256);
    rsa.allowed[0] = CKM_SHA256_RSA_PKCS;
    rsa.allowed_count = 1;
    assert_int_equal(mech_algorithms(&set, &rsa, algs), 1);
    rsa.allowed_count = 0;
    set = offers(cps3, 3, CKF_DECRYPT, 1024, 4096);
    assert_int_equal(mech_algorithms(&set, &rsa, algs), 0);
    set = offers(cps3, 3, 0, 0, 0); /* a driver that says nothing is believed */
    assert_int_equal(mech_algorithms(&set, &rsa, algs), 3);
    set = offers(cps3, 3, CKF_SIGN, 1024, 1024);
    assert_int_equal(mech_algorithms(&set, &rsa, algs), 0);
    set = offers(cps3, 3, CKF_SIGN, 64, 512); /* bytes */
    assert_int_equal(mech_algorithms(&set, &rsa, algs), 3);
    set = offers(pss, 2, CKF_SIGN, 512, 4096);
    assert_int_equal(mech_algorithms(&set, &rsa, algs), 3);
    assert_int_equal(mech_algorithms(&set, &small, algs),
                     2); /* SHA-512 with its salt does not fit 1024 bits */
    set = offers(ec, 2, CKF_SIGN, 256, 521);
    assert_string_equal(chosen(&set, &p256, SCHEME_ECDSA, DIGEST_SHA384), "CKM_ECDSA_SHA384");
    assert_string_equal(chosen(&set, &p256, SCHEME_ECDSA, DIGEST_SHA256), "CKM_ECDSA");
    p256.bits = 384;
    assert_int_equal(mech_algorithms(&set, &p256, algs), 3);
    assert_int_equal(algs[0].digest, DIGEST_SHA384);
}

static void bare_rsa(void **state)
{
    static const CK_MECHANISM_TYPE bare[] = {CKM_RSA_X_509};
    static const CK_MECHANISM_TYPE both[] = {CKM_RSA_X_509, CKM_RSA_PKCS};
    struct mech_key rsa = {.kind = CERT_KEY_RSA, .bits = 2048};
    struct mech_set set = offers(bare, 1, CKF_SIGN, 1024, 4096);
    struct sign_alg algs[SIGN_ALGS_MAX];
    struct buf b = BUF_INIT(4096);
    struct err e = ERR_INIT;
    unsigned char digest[DIGEST_MAX] = {1};

    (void)state;
    assert_int_equal(mech_algorithms(&set, &rsa, algs), 6);
    assert_string_equal(chosen(&set, &rsa, SCHEME_RSA_PSS, DIGEST_SHA512), "CKM_RSA_X_509");
    set = offers(both, 2, CKF_SIGN, 1024, 4096);
    assert_string_equal(chosen(&set, &rsa, SCHEME_RSA_PKCS1, DIGEST_SHA512), "CKM_RSA_PKCS");
    assert_string_equal(chosen(&set, &rsa, SCHEME_RSA_PSS, DIGEST_SHA512), "CKM_RSA_X_509");
    assert_int_equal(emsa_pkcs1(1024, digest, 51, &b, &e), 0);
    assert_int_equal(b.len, 128);
    assert_memory_equal(b.data, "\0\1\xff\xff", 4);
    assert_int_equal(b.data[128 - 52], 0);
    buf_clear(&b);
    assert_int_equal(emsa_pkcs1(480, digest, 51, &b, &e), -1);
    assert_int_equal(emsa_pss(1025, DIGEST_SHA256, digest, &b, &e),
                     0); /* one bit over a byte: a byte more, and it is 0 */
    assert_int_equal(b.len, 129);
    assert_int_equal(b.data[0], 0);
    assert_int_equal(b.data[128], 0xbc);
    buf_clear(&b);
    assert_int_equal(emsa_pss(1024, DIGEST_SHA512, digest, &b, &e), -1);
    assert_string_equal(e.id, "err.pkcs11.key-small");
    buf_free(&b);
}

static void data_for_the_card(void **state)
{
    const struct mech_row *pkcs = NULL, *hashing = NULL, *ecdsa = NULL;
    struct buf b = BUF_INIT(4096);
    struct sign_alg alg = {SCHEME_RSA_PKCS1, DIGEST_SHA256};
    CK_RSA_PKCS_PSS_PARAMS pss;
    CK_MECHANISM m;
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < MECH_ROWS; i++) {
        if (mech_table[i].type == CKM_RSA_PKCS)
            pkcs = &mech_table[i];
        if (mech_table[i].type == CKM_SHA256_RSA_PKCS)
            hashing = &mech_table[i];
        if (mech_table[i].type == CKM_ECDSA)
            ecdsa = &mech_table[i];
    }
    assert_int_equal(mech_data(pkcs, &alg, 2048, "abc", 3, &b, &e), 0);
    assert_int_equal(b.len, 19 + 32); /* DigestInfo of SHA-256 */
    assert_memory_equal(b.data + 19, "\xba\x78\x16\xbf", 4);
    buf_clear(&b);
    assert_int_equal(mech_data(hashing, &alg, 2048, "abc", 3, &b, &e), 0);
    assert_int_equal(b.len, 3);
    buf_clear(&b);
    alg = (struct sign_alg){SCHEME_ECDSA, DIGEST_SHA384};
    assert_int_equal(mech_data(ecdsa, &alg, 384, "abc", 3, &b, &e), 0);
    assert_int_equal(b.len, 48);
    buf_free(&b);
    for (size_t i = 0; i < MECH_ROWS; i++) {
        if (mech_table[i].type != CKM_RSA_PKCS_PSS)
            continue;
        alg = (struct sign_alg){SCHEME_RSA_PSS, DIGEST_SHA512};
        mech_fill(&mech_table[i], &alg, &m, &pss);
        assert_int_equal(m.ulParameterLen, sizeof pss);
        assert_int_equal(pss.s_len, 64);
        assert_int_equal(pss.hash_alg, CKM_SHA512);
        assert_int_equal(pss.mgf, CKG_MGF1_SHA512);
    }
    mech_fill(pkcs, &alg, &m, &pss);
    assert_null(m.pParameter);
}

static struct cert good(void)
{
    struct cert c = {.not_before = 100,
                     .not_after = 200,
                     .key_kind = CERT_KEY_RSA,
                     .key_bits = 2048,
                     .key_name = "RSA 2048",
                     .usage_given = true,
                     .usage = CERT_USAGE_NON_REPUDIATION};

    return c;
}

static const CK_MECHANISM_TYPE all[] = {CKM_RSA_PKCS, CKM_ECDSA};

static struct choice judge(const struct cert *c, const struct object *key, int64_t now, bool hides,
                           bool by_hand)
{
    struct mech_set set = offers(all, 2, CKF_SIGN, 256, 4096);
    struct choice_facts facts = {c, key, &set, now, hides, by_hand};
    struct choice choice;

    choice_make(&facts, &choice);
    for (size_t i = 0; i < choice.count; i++) { /* each reason has its sentence */
        char id[64] = "pkcs11.reason.";
        strcat(id, choice.reasons[i]);
        assert_true(text_exists(id));
    }
    return choice;
}

static void only(const struct choice *c, const char *code)
{
    assert_int_equal(c->signs, SIGNS_NO);
    assert_int_equal(c->count, 1);
    assert_string_equal(c->reasons[0], code);
}

static void reasons(void **state)
{
    struct object key = {.key_type = CKK_RSA};
    struct cert c = good();
    struct choice choice = judge(&c, &key, 150, false, false);

    (void)state;
    assert_int_equal(choice.signs, SIGNS_YES);
    choice = judge(&c, NULL, 150, true, false);
    assert_int_equal(choice.signs, SIGNS_PROBABLY);
    choice = judge(&c, NULL, 150, false, false);
    only(&choice, "no-private-key");
    assert_false(choice.about_certificate);
    choice = judge(&c, &key, 200, false, false);
    assert_int_equal(choice.signs, SIGNS_YES); /* its last second */
    choice = judge(&c, &key, 201, false, false);
    only(&choice, "expired");
    assert_true(choice.about_certificate);
    choice = judge(&c, &key, 99, false, false);
    only(&choice, "not-yet-valid");
    key.no_sign = true;
    choice = judge(&c, &key, 150, false, false);
    only(&choice, "key-no-sign");
    key.no_sign = false;
    choice = judge(NULL, &key, 150, false, false);
    only(&choice, "unreadable");
    c.key_bits = 1024;
    choice = judge(&c, &key, 150, false, false);
    only(&choice, "key-weak");
    c.key_kind = CERT_KEY_EC;
    c.key_bits = 256;
    strcpy(c.key_name, "EC brainpoolP256r1");
    choice = judge(&c, &key, 150, false, false);
    only(&choice, "key-unsupported");
    strcpy(c.key_name, "EC P-256");
    choice = judge(&c, &key, 150, false, false);
    assert_int_equal(choice.signs, SIGNS_YES);
    c.key_kind = CERT_KEY_OTHER;
    choice = judge(&c, &key, 150, false, false);
    only(&choice, "key-unsupported");
    c = good();
    c.ca = true;
    choice = judge(&c, NULL, 300, false, false);
    assert_int_equal(choice.count, 3); /* every reason is listed */
}

static void usage(void **state)
{
    struct object key = {.key_type = CKK_RSA};
    struct cert c = good();

    (void)state;
    c.usage = CERT_USAGE_DIGITAL_SIGNATURE;
    struct choice choice = judge(&c, &key, 150, false, false);
    only(&choice, "no-nonrepudiation");
    choice = judge(&c, &key, 150, false, true); /* chosen by hand */
    assert_int_equal(choice.signs, SIGNS_YES);
    c.qc_types = CERT_QC_ESEAL;
    choice = judge(&c, &key, 150, false, false);
    assert_int_equal(choice.signs, SIGNS_YES);
    c.qc_types = CERT_QC_ESIGN;
    choice = judge(&c, &key, 150, false, false);
    only(&choice, "no-nonrepudiation");
    c.usage = CERT_USAGE_KEY_ENCIPHERMENT;
    choice = judge(&c, &key, 150, false, true);
    only(&choice, "no-signature-use");
    c.usage = CERT_USAGE_ALL;
    c.usage_given = false;
    choice = judge(&c, &key, 150, false, false);
    assert_int_equal(choice.signs, SIGNS_YES);
    c.eku_given = true;
    c.eku = CERT_EKU_SERVER;
    choice = judge(&c, &key, 150, false, false);
    only(&choice, "other-purpose");
    c.eku = CERT_EKU_SERVER | CERT_EKU_EMAIL;
    choice = judge(&c, &key, 150, false, false);
    assert_int_equal(choice.signs, SIGNS_YES);
}

static void results_of_drivers(void **state)
{
    char text_room[RV_TEXT_MAX];

    (void)state;
    for (const struct rv_row *row = rv_table; row->name != NULL; row++) {
        struct err e = ERR_INIT;
        if (row->rv == CKR_OK)
            continue;
        assert_int_equal(rv_err(row->rv, "C_Sign", "/x/driver.so", &e), -1);
        assert_int_equal(e.kind, row->kind);
        assert_true(text_exists(e.id));
        assert_non_null(strstr(e.foreign, row->name));
        assert_null(strstr(e.sentence, "{"));
        assert_null(strstr(e.sentence, "/x/"));
        for (const struct rv_row *other = row + 1; other->name != NULL; other++)
            assert_true(other->rv != row->rv);
    }
    assert_string_equal(rv_text(0x80000007, text_room), "CKR_VENDOR_DEFINED (0x80000007)");
    assert_string_equal(rv_text(0x7777, text_room), "CKR_? (0x7777)");
    assert_true(rv_is_removal(CKR_DEVICE_REMOVED));
    assert_false(rv_is_removal(CKR_PIN_INCORRECT));
}

static void padded_fields(void **state)
{
    char out[40];

    (void)state;
    inventory_text((const unsigned char *)"Carte   ", 8, out, sizeof out);
    assert_string_equal(out, "Carte");
    inventory_text((const unsigned char *)"\xff\xfe  ", 4, out, sizeof out);
    assert_string_equal(out, "??");
    inventory_text((const unsigned char *)"        ", 8, out, sizeof out);
    assert_string_equal(out, "");
    inventory_text((const unsigned char *)"ab\0cdefg", 8, out, sizeof out);
    assert_string_equal(out, "ab");
    inventory_text((const unsigned char *)"\xc3\xa9t\xc3", 4, out, sizeof out);
    assert_string_equal(out, "ét?");
    /* a serial number and a label that fill their fields */
    inventory_text((const unsigned char *)"0123456789ABCDEF", 16, out, 17);
    assert_string_equal(out, "0123456789ABCDEF");
    inventory_text((const unsigned char *)"0123456789ABCDE\xc3\xa9", 17, out, 17);
    assert_string_equal(out, "0123456789ABCDE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mechanisms),    cmocka_unit_test(data_for_the_card),
        cmocka_unit_test(bare_rsa),      cmocka_unit_test(reasons),
        cmocka_unit_test(usage),         cmocka_unit_test(results_of_drivers),
        cmocka_unit_test(padded_fields),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

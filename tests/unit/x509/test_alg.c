#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "tests/unit/make_cert.h"
#include "x509/alg.h"

enum { NOW = 1795000000 };
static const struct sign_alg algs[] = {
    {SCHEME_RSA_PKCS1, DIGEST_SHA256}, {SCHEME_RSA_PKCS1, DIGEST_SHA384},
    {SCHEME_RSA_PKCS1, DIGEST_SHA512}, {SCHEME_RSA_PSS, DIGEST_SHA256},
    {SCHEME_RSA_PSS, DIGEST_SHA384},   {SCHEME_RSA_PSS, DIGEST_SHA512},
    {SCHEME_ECDSA, DIGEST_SHA256},     {SCHEME_ECDSA, DIGEST_SHA384},
    {SCHEME_ECDSA, DIGEST_SHA512}};
enum { ALGS = sizeof algs / sizeof algs[0] };

static void identifiers_go_there_and_back(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALGS; i++) {
        struct buf der = BUF_INIT(4096);
        struct err e = ERR_INIT;
        assert_int_equal(alg_encode(&algs[i], &der, &e), 0);
        const unsigned char *p = der.data;
        X509_ALGOR *id = d2i_X509_ALGOR(NULL, &p, (long)der.len);
        assert_non_null(id);
        struct sign_alg back = alg_from_x509(id, DIGEST_NONE);
        assert_true(back.scheme == algs[i].scheme && back.digest == algs[i].digest);
        X509_ALGOR_free(id);
        buf_free(&der);
    }
}

static void pss_parameters_are_written_out(void **state)
{
    /* RFC 4055 3.1 with SHA-256 everywhere and salt 32 */
    static const unsigned char wanted[] = {
        0x30, 0x41, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a, 0x30,
        0x34, 0xa0, 0x0f, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
        0x02, 0x01, 0x05, 0x00, 0xa1, 0x1c, 0x30, 0x1a, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
        0xf7, 0x0d, 0x01, 0x01, 0x08, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
        0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0xa2, 0x03, 0x02, 0x01, 0x20};
    struct buf der = BUF_INIT(4096);

    (void)state;
    assert_int_equal(alg_encode(&algs[3], &der, NULL), 0);
    assert_int_equal(der.len, sizeof wanted);
    assert_memory_equal(der.data, wanted, sizeof wanted);
    /* salt 31, then the digest of the mask changed: no longer accepted */
    for (int turn = 0; turn < 2; turn++) {
        unsigned char bad[sizeof wanted];
        memcpy(bad, wanted, sizeof wanted);
        bad[turn == 0 ? sizeof wanted - 1 : 59] = turn == 0 ? 0x1f : 0x02;
        const unsigned char *p = bad;
        X509_ALGOR *id = d2i_X509_ALGOR(NULL, &p, sizeof bad);
        assert_non_null(id);
        assert_int_equal(alg_from_x509(id, DIGEST_SHA256).scheme, SCHEME_NONE);
        X509_ALGOR_free(id);
    }
    buf_free(&der);
}

static void other_identifiers(void **state)
{
    X509_ALGOR *id = X509_ALGOR_new();
    struct buf der = BUF_INIT(64);
    const struct sign_alg none = {SCHEME_NONE, DIGEST_SHA256},
                          no_digest = {SCHEME_ECDSA, DIGEST_NONE};
    struct err e = ERR_INIT;

    (void)state;
    X509_ALGOR_set0(id, OBJ_nid2obj(NID_rsaEncryption), V_ASN1_NULL, NULL);
    assert_int_equal(alg_from_x509(id, DIGEST_SHA384).digest, DIGEST_SHA384);
    assert_int_equal(alg_from_x509(id, DIGEST_NONE).scheme, SCHEME_NONE);
    X509_ALGOR_set0(id, OBJ_nid2obj(NID_ED25519), V_ASN1_UNDEF, NULL);
    assert_int_equal(alg_from_x509(id, DIGEST_SHA512).scheme, SCHEME_NONE);
    X509_ALGOR_set0(id, OBJ_nid2obj(NID_rsassaPss), V_ASN1_UNDEF, NULL);
    assert_int_equal(alg_from_x509(id, DIGEST_SHA256).scheme, SCHEME_NONE);
    X509_ALGOR_set0(id, OBJ_nid2obj(NID_sha256), V_ASN1_UNDEF, NULL);
    assert_int_equal(alg_digest_from_x509(id), DIGEST_SHA256);
    X509_ALGOR_set0(id, OBJ_nid2obj(NID_sha256), V_ASN1_INTEGER, ASN1_INTEGER_new());
    assert_int_equal(alg_digest_from_x509(id), DIGEST_NONE);
    assert_int_equal(alg_digest_from_x509(NULL), DIGEST_NONE);
    assert_int_equal(alg_from_x509(NULL, DIGEST_SHA256).scheme, SCHEME_NONE);
    assert_int_equal(alg_encode(&none, &der, &e), -1);
    assert_int_equal(alg_encode(&no_digest, &der, &e), -1);
    X509_ALGOR_free(id);
    buf_free(&der);
}

static void values_verify_and_only_their_own(void **state)
{
    struct made rsa = {0}, small = {0}, ec = {0};

    (void)state;
    made_cert(&rsa, "rsa:2048", "R", NULL, NULL, NOW);
    made_cert(&small, "rsa:1024", "S", NULL, NULL, NOW);
    made_cert(&ec, "ec:P-256", "E", NULL, NULL, NOW);
    struct cert *rsa_cert = made_facts(&rsa), *ec_cert = made_facts(&ec),
                *small_cert = made_facts(&small);
    for (size_t i = 0; i < ALGS; i++) {
        const struct made *m = algs[i].scheme == SCHEME_ECDSA ? &ec : &rsa;
        const struct cert *c = algs[i].scheme == SCHEME_ECDSA ? ec_cert : rsa_cert;
        unsigned char value[1024];
        size_t n = made_sign(m, &algs[i], "message", 7, value);
        assert_true(alg_fits_key(&algs[i], c));
        assert_false(alg_fits_key(&algs[i], c == ec_cert ? rsa_cert : ec_cert));
        assert_true(alg_verify(&algs[i], c, "message", 7, value, n));
        assert_false(alg_verify(&algs[i], c, "massage", 7, value, n));
        assert_false(
            alg_verify(&algs[i], c == ec_cert ? rsa_cert : ec_cert, "message", 7, value, n));
        for (size_t k = 0; k < ALGS; k++)
            assert_true(k == i || !alg_verify(&algs[k], c, "message", 7, value, n));
    }
    assert_false(
        alg_fits_key(&algs[5], small_cert)); /* 1024 bits: no room for SHA-512 and its salt */
    assert_true(alg_fits_key(&algs[3], small_cert));
    assert_false(alg_fits_key(&(struct sign_alg){SCHEME_NONE, DIGEST_SHA256}, rsa_cert));
    cert_free(rsa_cert);
    cert_free(ec_cert);
    cert_free(small_cert);
    made_free(&rsa);
    made_free(&small);
    made_free(&ec);
}

static void raw_ecdsa_becomes_a_sequence(void **state)
{
    /* r with its high bit set gets a zero, s loses its leading zeros */
    static const unsigned char raw[] = {0x80, 1, 0, 5},
                               wanted[] = {0x30, 8, 2, 3, 0, 0x80, 1, 2, 1, 5};
    struct buf out = BUF_INIT(64), tight = BUF_INIT(4);
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(alg_ecdsa_value(raw, sizeof raw, &out, &e), 0);
    assert_int_equal(out.len, sizeof wanted);
    assert_memory_equal(out.data, wanted, sizeof wanted);
    assert_int_equal(alg_ecdsa_value(raw, 3, &out, &e), -1);
    assert_int_equal(e.kind, ERR_TOKEN);
    assert_int_equal(alg_ecdsa_value(raw, 0, &out, &e), -1);
    assert_int_equal(alg_ecdsa_value(raw, 4, &tight, &e), -1);
    buf_free(&out);
    buf_free(&tight);
}

static void digest_info_has_its_prefix(void **state)
{
    static const unsigned char prefix[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60,
                                           0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02,
                                           0x01, 0x05, 0x00, 0x04, 0x20};
    unsigned char digest[DIGEST_MAX] = {7};
    struct buf out = BUF_INIT(128);

    (void)state;
    assert_int_equal(alg_digest_info(DIGEST_SHA256, digest, &out, NULL), 0);
    assert_int_equal(out.len, sizeof prefix + 32);
    assert_memory_equal(out.data, prefix, sizeof prefix);
    assert_memory_equal(out.data + sizeof prefix, digest, 32);
    assert_int_equal(alg_digest_from_nid(alg_digest_nid(DIGEST_SHA384)), DIGEST_SHA384);
    assert_int_equal(alg_digest_from_nid(NID_md5), DIGEST_NONE);
    assert_int_equal(alg_digest_nid(DIGEST_NONE), NID_undef);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identifiers_go_there_and_back),
        cmocka_unit_test(pss_parameters_are_written_out),
        cmocka_unit_test(other_identifiers),
        cmocka_unit_test(values_verify_and_only_their_own),
        cmocka_unit_test(raw_ecdsa_becomes_a_sequence),
        cmocka_unit_test(digest_info_has_its_prefix),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/cms.h>

#include "base/err.h"
#include "sign/cms/cms.h"
#include "tests/unit/make_signer.h"
#include "x509/der.h"

enum { NOW = 1795000000 };
static const char document[] = "the bytes of a document";
static const struct made_ext ca_exts[] = {{NID_basic_constraints, "critical,CA:TRUE"},
                                          {NID_key_usage, "critical,keyCertSign"},
                                          {NID_subject_key_identifier, "hash"},
                                          {0, NULL}};
static const struct made_ext leaf_exts[] = {
    {NID_key_usage, "critical,nonRepudiation"}, {NID_authority_key_identifier, "keyid"}, {0, NULL}};
static struct made root, ca, rsa, p256, p384, p521;

static int make_keys(void **state)
{
    (void)state;
    made_cert(&root, "ec:P-256", "Root", NULL, ca_exts, NOW);
    made_cert(&ca, "ec:P-256", "CA", &root, ca_exts, NOW);
    made_cert(&rsa, "rsa:2048", "Signer RSA", &ca, leaf_exts, NOW);
    made_cert(&p256, "ec:P-256", "Signer 256", &ca, leaf_exts, NOW);
    made_cert(&p384, "ec:P-384", "Signer 384", &ca, leaf_exts, NOW);
    made_cert(&p521, "ec:P-521", "Signer 521", &ca, leaf_exts, NOW);
    return 0;
}

static int drop_keys(void **state)
{
    struct made *all[] = {&root, &ca, &rsa, &p256, &p384, &p521};

    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        made_free(all[i]);
    return 0;
}

/* Plan, attributes, value, ContentInfo; token may be NULL. */
static void sign(struct made_signer *s, const struct cms_wish *wish, struct cms_plan *plan,
                 struct buf *attrs, struct buf *value, const struct buf *token, struct buf *cms)
{
    struct signer port = made_signer_port(s);
    unsigned char digest[DIGEST_MAX];
    struct err e = ERR_INIT;

    assert_int_equal(cms_plan_make(plan, &port, wish, &e), 0);
    assert_int_equal(digest_bytes(plan->alg.digest, document, sizeof document, digest, &e), 0);
    struct cms_content content = {digest, CMS_NO_TIME};
    assert_int_equal(cms_attrs(plan, &content, attrs, &e), 0);
    assert_int_equal(port.sign(port.self, &plan->alg, attrs->data, attrs->len, value, &e), 0);
    assert_int_equal(cms_value_check(plan, attrs, value, &e), 0);
    assert_int_equal(cms_build(plan, attrs, value, token, cms, &e), 0);
}

/* OpenSSL as judge: signature, digest, chain to the root, ESS attribute. */
static bool openssl_accepts(const struct buf *der, const void *data, size_t n)
{
    const unsigned char *p = der->data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)der->len);
    BIO *content = BIO_new_mem_buf(data, (int)n);
    X509_STORE *store = X509_STORE_new();

    assert_non_null(cms);
    assert_ptr_equal(p, der->data + der->len);
    X509_STORE_add_cert(store, root.x509);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), NOW);
    X509_VERIFY_PARAM_set_purpose(X509_STORE_get0_param(store), X509_PURPOSE_ANY);
    bool good =
        CMS_verify(cms, NULL, store, content, NULL, CMS_BINARY | CMS_DETACHED | CMS_CADES) == 1;
    X509_STORE_free(store);
    BIO_free(content);
    CMS_ContentInfo_free(cms);
    return good;
}

static CMS_SignerInfo *only_signer(CMS_ContentInfo *cms)
{
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);

    assert_int_equal(sk_CMS_SignerInfo_num(infos), 1);
    return sk_CMS_SignerInfo_value(infos, 0);
}

static void every_algorithm_is_accepted_by_openssl(void **state)
{
    const struct {
        const struct made *leaf;
        struct sign_alg alg;
    } cases[] = {
        {&rsa, {SCHEME_RSA_PKCS1, DIGEST_SHA256}}, {&rsa, {SCHEME_RSA_PKCS1, DIGEST_SHA384}},
        {&rsa, {SCHEME_RSA_PKCS1, DIGEST_SHA512}}, {&rsa, {SCHEME_RSA_PSS, DIGEST_SHA256}},
        {&rsa, {SCHEME_RSA_PSS, DIGEST_SHA384}},   {&rsa, {SCHEME_RSA_PSS, DIGEST_SHA512}},
        {&p256, {SCHEME_ECDSA, DIGEST_SHA256}},    {&p384, {SCHEME_ECDSA, DIGEST_SHA384}},
        {&p521, {SCHEME_ECDSA, DIGEST_SHA512}},    {&p384, {SCHEME_ECDSA, DIGEST_SHA256}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct made_signer s = {
            .leaf = cases[i].leaf, .ca = &ca, .algs = {cases[i].alg}, .nalgs = 1};
        struct cms_plan plan = CMS_PLAN_INIT;
        struct cms_wish wish = {SCHEME_NONE, DIGEST_NONE};
        struct buf attrs = BUF_INIT(65536), value = BUF_INIT(4096), out = BUF_INIT(65536);
        size_t room = 0;
        struct err e = ERR_INIT;

        sign(&s, &wish, &plan, &attrs, &value, NULL, &out);
        assert_true(openssl_accepts(&out, document, sizeof document));
        assert_false(openssl_accepts(&out, document, sizeof document - 1));
        assert_int_equal(cms_room(&plan, 0, &room, &e), 0);
        assert_in_range(out.len, room - 12, room); /* rehearsed size: tight, and never less */
        assert_int_equal(plan.chain.count, 2);
        buf_free(&attrs);
        buf_free(&value);
        buf_free(&out);
        cms_plan_free(&plan);
    }
}

/* pades.md B1-B8, B10, B11: what stands in the ContentInfo. */
static void the_shape_is_the_baseline_one(void **state)
{
    struct made_signer s = {
        .leaf = &rsa, .ca = &ca, .algs = {{SCHEME_RSA_PSS, DIGEST_SHA256}}, .nalgs = 1};
    struct cms_plan plan = CMS_PLAN_INIT;
    struct cms_wish wish = {SCHEME_NONE, DIGEST_NONE};
    struct buf attrs = BUF_INIT(65536), value = BUF_INIT(4096), out = BUF_INIT(65536);
    unsigned char hash[DIGEST_MAX];

    (void)state;
    sign(&s, &wish, &plan, &attrs, &value, NULL, &out);
    const unsigned char *p = out.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)out.len);
    CMS_SignerInfo *si = only_signer(cms);
    assert_int_equal(OBJ_obj2nid(CMS_get0_eContentType(cms)), NID_pkcs7_data);
    assert_true(CMS_is_detached(cms));
    assert_int_equal(CMS_signed_get_attr_count(si), 4);
    assert_int_equal(CMS_unsigned_get_attr_count(si), -1);
    assert_int_equal(CMS_signed_get_attr_by_NID(si, NID_pkcs9_signingTime, -1), -1);
    assert_int_equal(CMS_signed_get_attr_by_NID(si, NID_SMIMECapabilities, -1), -1);
    assert_true(CMS_signed_get_attr_by_NID(si, NID_pkcs9_contentType, -1) >= 0);
    assert_true(CMS_signed_get_attr_by_NID(si, NID_pkcs9_messageDigest, -1) >= 0);
    ASN1_OBJECT *protection = OBJ_txt2obj("1.2.840.113549.1.9.52", 1);
    assert_true(CMS_signed_get_attr_by_OBJ(si, protection, -1) >= 0);
    ASN1_OBJECT_free(protection);
    int at = CMS_signed_get_attr_by_NID(si, NID_id_smime_aa_signingCertificateV2, -1);
    assert_true(at >= 0);
    /* SEQUENCE(SEQUENCE(SEQUENCE(OCTET STRING hash))): SHA-256 is left out, no issuerSerial, no
     * policies */
    const ASN1_TYPE *v = X509_ATTRIBUTE_get0_type(CMS_signed_get_attr(si, at), 0);
    const unsigned char head[] = {0x30, 0x26, 0x30, 0x24, 0x30, 0x22, 0x04, 0x20};
    assert_int_equal(v->type, V_ASN1_SEQUENCE);
    assert_int_equal(v->value.sequence->length, sizeof head + 32);
    assert_memory_equal(v->value.sequence->data, head, sizeof head);
    assert_int_equal(digest_bytes(DIGEST_SHA256, plan.leaf->der, plan.leaf->der_len, hash, NULL),
                     0);
    assert_memory_equal(v->value.sequence->data + sizeof head, hash, 32);
    STACK_OF(X509) *certs = CMS_get1_certs(cms);
    assert_int_equal(sk_X509_num(certs), 2);
    sk_X509_pop_free(certs, X509_free);
    /* DER throughout: what OpenSSL would write is what we wrote */
    unsigned char *again = NULL;
    int n = i2d_CMS_ContentInfo(cms, &again);
    assert_int_equal(n, out.len);
    assert_memory_equal(again, out.data, out.len);
    OPENSSL_free(again);
    CMS_ContentInfo_free(cms);
    buf_free(&attrs);
    buf_free(&value);
    buf_free(&out);
    cms_plan_free(&plan);
}

/* pades.md B14: the signed octets are the same before and after a time-stamp joins. */
static void a_timestamp_joins_without_touching_what_is_signed(void **state)
{
    static const unsigned char fake[] = {0x30, 3, 2, 1, 42};
    struct made_signer s = {
        .leaf = &p256, .ca = &ca, .algs = {{SCHEME_ECDSA, DIGEST_SHA256}}, .nalgs = 1};
    struct cms_plan plan = CMS_PLAN_INIT;
    struct cms_wish wish = {SCHEME_NONE, DIGEST_NONE};
    struct buf attrs = BUF_INIT(65536), value = BUF_INIT(4096), out = BUF_INIT(65536),
               token = BUF_INIT(64);
    size_t room = 0;

    (void)state;
    buf_append(&token, fake, sizeof fake);
    sign(&s, &wish, &plan, &attrs, &value, &token, &out);
    assert_true(openssl_accepts(&out, document, sizeof document));
    attrs.data[0] = 0xa0;
    assert_non_null(memmem(out.data, out.len, attrs.data, attrs.len));
    const unsigned char *p = out.data;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)out.len);
    CMS_SignerInfo *si = only_signer(cms);
    assert_int_equal(CMS_unsigned_get_attr_count(si), 1);
    assert_true(CMS_unsigned_get_attr_by_NID(si, NID_id_smime_aa_timeStampToken, -1) >= 0);
    CMS_ContentInfo_free(cms);
    assert_int_equal(cms_room(&plan, sizeof fake, &room, NULL), 0);
    assert_in_range(out.len, room - 12, room);
    buf_free(&attrs);
    buf_free(&value);
    buf_free(&out);
    buf_free(&token);
    cms_plan_free(&plan);
}

static void the_choice_follows_wish_token_and_curve(void **state)
{
    const struct sign_alg ec[] = {{SCHEME_ECDSA, DIGEST_SHA256}, {SCHEME_ECDSA, DIGEST_SHA384}},
                          rs[] = {{SCHEME_RSA_PSS, DIGEST_SHA256},
                                  {SCHEME_RSA_PKCS1, DIGEST_SHA256},
                                  {SCHEME_RSA_PKCS1, DIGEST_SHA512}};
    struct made_signer s = {.leaf = &p384, .ca = &ca, .nalgs = 2};
    struct signer port = made_signer_port(&s);
    struct cms_plan plan = CMS_PLAN_INIT;
    struct cms_wish wish = {SCHEME_NONE, DIGEST_NONE};
    struct err e = ERR_INIT;

    (void)state;
    memcpy(s.algs, ec, sizeof ec);
    assert_int_equal(cms_plan_make(&plan, &port, &wish, &e), 0);
    assert_true(plan.alg.digest == DIGEST_SHA384 && plan.why == CMS_WHY_CURVE);
    cms_plan_free(&plan);
    wish.digest = DIGEST_SHA256;
    assert_int_equal(cms_plan_make(&plan, &port, &wish, &e), 0);
    assert_true(plan.alg.digest == DIGEST_SHA256 && plan.why == CMS_WHY_ASKED);
    cms_plan_free(&plan);
    wish = (struct cms_wish){SCHEME_RSA_PSS, DIGEST_NONE};
    assert_int_equal(cms_plan_make(&plan, &port, &wish, &e), -1);
    assert_int_equal(e.kind, ERR_TOKEN);
    assert_non_null(strstr(e.sentence, "ECDSA SHA-384"));

    s.leaf = &rsa;
    s.nalgs = 3;
    memcpy(s.algs, rs, sizeof rs);
    wish = (struct cms_wish){SCHEME_NONE, DIGEST_NONE};
    assert_int_equal(cms_plan_make(&plan, &port, &wish, &e), 0);
    assert_true(plan.alg.scheme == SCHEME_RSA_PSS && plan.why == CMS_WHY_TOKEN);
    cms_plan_free(&plan);
    wish = (struct cms_wish){SCHEME_RSA_PKCS1, DIGEST_SHA512};
    assert_int_equal(cms_plan_make(&plan, &port, &wish, &e), 0);
    assert_true(plan.alg.digest == DIGEST_SHA512);
    cms_plan_free(&plan);
}

static void certificates_that_must_not_sign(void **state)
{
    struct made_signer s = {.leaf = &p256, .algs = {{SCHEME_ECDSA, DIGEST_SHA256}}, .nalgs = 1};
    struct signer port = made_signer_port(&s);
    struct cms_plan plan = CMS_PLAN_INIT;
    struct cms_wish wish = {SCHEME_NONE, DIGEST_NONE};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(cms_plan_make(&plan, &port, &wish, &e), 0);
    assert_int_equal(cms_plan_usable(&plan, NOW, &e), 0);
    assert_int_equal(cms_plan_usable(&plan, NOW - 100000, &e), -1);
    assert_string_equal(e.id, "err.sign-cms.not-yet-valid");
    assert_int_equal(cms_plan_usable(&plan, NOW + 400LL * 86400, &e), -1);
    assert_string_equal(e.id, "err.sign-cms.expired");
    assert_int_equal(e.kind, ERR_SIGNATURE);
    cms_plan_free(&plan);
    s.leaf = &ca;
    assert_int_equal(cms_plan_make(&plan, &port, &wish, &e), 0);
    assert_int_equal(cms_plan_usable(&plan, NOW, &e), -1);
    assert_string_equal(e.id, "err.sign-cms.authority");
    cms_plan_free(&plan);
}

static void a_lying_token_is_found_out(void **state)
{
    struct made_signer s = {
        .leaf = &p256, .lies_with = &ca, .algs = {{SCHEME_ECDSA, DIGEST_SHA256}}, .nalgs = 1};
    struct signer port = made_signer_port(&s);
    struct cms_plan plan = CMS_PLAN_INIT;
    struct cms_wish wish = {SCHEME_NONE, DIGEST_NONE};
    unsigned char digest[DIGEST_MAX] = {1};
    struct cms_content content = {digest, NOW};
    struct buf attrs = BUF_INIT(65536), value = BUF_INIT(4096), tight = BUF_INIT(100);
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(cms_plan_make(&plan, &port, &wish, &e), 0);
    assert_int_equal(cms_attrs(&plan, &content, &attrs, &e), 0);
    assert_int_equal(port.sign(port.self, &plan.alg, attrs.data, attrs.len, &value, &e), 0);
    assert_int_equal(cms_value_check(&plan, &attrs, &value, &e), -1);
    assert_int_equal(e.kind, ERR_TOKEN);
    buf_clear(&value);
    assert_int_equal(cms_value_check(&plan, &attrs, &value, &e), -1); /* nothing at all */
    assert_int_equal(cms_attrs(&plan, &content, &tight, &e), -1);
    assert_int_equal(cms_build(&plan, &attrs, &value, NULL, &tight, &e), -1);
    buf_free(&attrs);
    buf_free(&value);
    buf_free(&tight);
    cms_plan_free(&plan);
}

static void der_helpers(void **state)
{
    static const unsigned char set[] = {0x31, 8, 2, 1, 5, 4, 3, 'a', 'b', 'c'};
    struct buf out = BUF_INIT(1 << 18);
    struct der_value v;
    unsigned char *big = calloc(1, 70000);

    (void)state;
    der_put(&out, DER_OCTETS, "abc", 3);
    der_put(&out, DER_INTEGER, "\x05", 1);
    der_wrap_set_of(&out, 0, DER_SET);
    assert_memory_equal(out.data, set, sizeof set);
    buf_clear(&out);
    der_put(&out, DER_OCTETS, big, 70000);
    der_wrap(&out, 0, DER_SEQUENCE);
    assert_true(der_peek(out.data, out.len, &v) && v.header == 5 && v.contents == 70005);
    assert_false(der_peek(out.data, out.len - 1, &v));
    assert_false(der_peek((const unsigned char *)"\x30\x80", 2, &v)); /* indefinite */
    assert_false(der_peek((const unsigned char *)"\x1f\x81", 2, &v));
    assert_false(der_peek((const unsigned char *)"\x30", 1, &v));
    assert_int_equal(der_put_oid(&out, "not an oid"), -1);
    buf_clear(&out);
    buf_text(&out, "junk");
    der_wrap_set_of(&out, 0, DER_SET);
    assert_true(out.failed);
    der_put_nid(&out, 0);
    der_wrap(&out, 0, DER_SET);
    assert_true(out.failed);
    free(big);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_algorithm_is_accepted_by_openssl),
        cmocka_unit_test(the_shape_is_the_baseline_one),
        cmocka_unit_test(a_timestamp_joins_without_touching_what_is_signed),
        cmocka_unit_test(the_choice_follows_wish_token_and_curve),
        cmocka_unit_test(certificates_that_must_not_sign),
        cmocka_unit_test(a_lying_token_is_found_out),
        cmocka_unit_test(der_helpers),
    };
    return cmocka_run_group_tests(tests, make_keys, drop_keys);
}

/* A time-stamp server in the test: answers well, or wrong in one way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/cms.h>
#include <openssl/ts.h>

#include "base/err.h"
#include "sign/cms/stamp.h"
#include "tests/unit/make_signer.h"
#include "tests/unit/task_refuses.h"
#include "x509/der.h"

enum { NOW = 1795000000 };
static const struct made_ext tsa_exts[] = {{NID_key_usage, "critical,digitalSignature"},
                                           {NID_ext_key_usage, "critical,timeStamping"},
                                           {0, NULL}};
static const struct made_ext lax_exts[] = {{NID_ext_key_usage, "timeStamping"}, {0, NULL}};
static struct made tsa, lax, old;

enum fault {
    GOOD,
    REFUSES,
    HTML,
    HTTP_500,
    CUT,
    TRAILING,
    OTHER_DATA,
    OTHER_NONCE,
    NO_CERT,
    FLIPPED,
    LAX,
    EXPIRED,
    SILENT
};
static const struct {
    enum fault fault;
    const char *id;
} faults[] = {
    {REFUSES, "err.sign-cms.tsa-refused"},   {HTML, "err.sign-cms.tsa-answer"},
    {HTTP_500, "err.sign-cms.tsa-http"},     {CUT, "err.sign-cms.tsa-answer"},
    {TRAILING, "err.sign-cms.tsa-answer"},   {OTHER_DATA, "err.sign-cms.tsa-imprint"},
    {OTHER_NONCE, "err.sign-cms.tsa-nonce"}, {NO_CERT, "err.sign-cms.tsa-certificate-missing"},
    {FLIPPED, "err.sign-cms.tsa-signature"}, {LAX, "err.sign-cms.tsa-purpose"},
    {EXPIRED, "err.sign-cms.tsa-validity"},  {SILENT, "err.base.memory"}};

static ASN1_INTEGER *serial_next(struct TS_resp_ctx *ctx, void *data)
{
    ASN1_INTEGER *n = ASN1_INTEGER_new();

    (void)ctx;
    (void)data;
    ASN1_INTEGER_set(n, 77);
    return n;
}

static int time_now(struct TS_resp_ctx *ctx, void *data, long *sec, long *usec)
{
    (void)ctx;
    (void)data;
    *sec = NOW;
    *usec = 0;
    return 1;
}

static void answer_with(const struct made *unit, enum fault fault, const unsigned char *request,
                        size_t n, struct buf *out)
{
    TS_RESP_CTX *ctx = TS_RESP_CTX_new();
    const unsigned char *p = request;
    TS_REQ *req = d2i_TS_REQ(NULL, &p, (long)n);
    unsigned char *der = NULL;

    assert_non_null(req);
    assert_true(TS_REQ_get_cert_req(req));
    assert_true(ASN1_STRING_length(TS_REQ_get_nonce(req)) >= 8);
    if (fault == NO_CERT)
        TS_REQ_set_cert_req(req, 0);
    if (fault == OTHER_NONCE) {
        ASN1_INTEGER *other = ASN1_INTEGER_new();
        ASN1_INTEGER_set(other, 12);
        TS_REQ_set_nonce(req, other);
        ASN1_INTEGER_free(other);
    }
    if (fault == OTHER_DATA) /* of the right length */
        ASN1_OCTET_STRING_set(TS_MSG_IMPRINT_get_msg(TS_REQ_get_msg_imprint(req)),
                              (const unsigned char *)"01234567890123456789012345678901", 32);
    TS_RESP_CTX_set_signer_cert(ctx, unit->x509);
    TS_RESP_CTX_set_signer_key(ctx, unit->key);
    TS_RESP_CTX_set_signer_digest(ctx, EVP_sha256());
    TS_RESP_CTX_set_ess_cert_id_digest(ctx, EVP_sha256());
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1);
    TS_RESP_CTX_set_def_policy(ctx, policy);
    ASN1_OBJECT_free(policy);
    TS_RESP_CTX_set_accuracy(ctx, 1, 500, 0);
    if (fault != REFUSES)
        TS_RESP_CTX_add_md(ctx, EVP_sha256());
    TS_RESP_CTX_add_md(ctx, EVP_sha512());
    TS_RESP_CTX_set_serial_cb(ctx, serial_next, NULL);
    TS_RESP_CTX_set_time_cb(ctx, time_now, NULL);
    int len = i2d_TS_REQ(req, &der);
    BIO *in = BIO_new_mem_buf(der, len);
    TS_RESP *resp = TS_RESP_create_response(ctx, in);
    assert_non_null(resp);
    OPENSSL_free(der);
    der = NULL;
    len = i2d_TS_RESP(resp, &der);
    buf_append(out, der, (size_t)len);
    OPENSSL_free(der);
    BIO_free(in);
    TS_RESP_free(resp);
    TS_REQ_free(req);
    TS_RESP_CTX_free(ctx);
}

/* The TSTInfo of a good answer signed again by a certificate that OpenSSL's time-stamping refuses
 * to use. */
static void sign_again(const struct made *unit, struct buf *out)
{
    const unsigned char *p = out->data;
    TS_RESP *resp = d2i_TS_RESP(NULL, &p, (long)out->len);
    unsigned char *info = NULL, *der = NULL;
    unsigned flags = CMS_BINARY | CMS_PARTIAL | CMS_CADES | CMS_NOSMIMECAP;
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags);
    int n = i2d_TS_TST_INFO(TS_RESP_get_tst_info(resp), &info);
    BIO *content = BIO_new_mem_buf(info, n);

    CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_smime_ct_TSTInfo));
    CMS_set_detached(cms, 0);
    assert_non_null(CMS_add1_signer(cms, unit->x509, unit->key, EVP_sha256(), flags));
    assert_int_equal(CMS_final(cms, content, NULL, flags), 1);
    n = i2d_CMS_ContentInfo(cms, &der);
    buf_clear(out);
    der_put(out, DER_INTEGER, "", 1);
    der_wrap(out, 0, DER_SEQUENCE);
    buf_append(out, der, (size_t)n);
    der_wrap(out, 0, DER_SEQUENCE);
    OPENSSL_free(info);
    OPENSSL_free(der);
    BIO_free(content);
    CMS_ContentInfo_free(cms);
    TS_RESP_free(resp);
}

static int fetch(void *self, const struct fetch_request *request, struct fetch_reply *reply,
                 struct err *e)
{
    enum fault fault = *(enum fault *)self;
    const struct made *unit = fault == EXPIRED ? &old : &tsa;

    assert_int_equal(request->kind, FETCH_TSA);
    assert_string_equal(request->content_type, "application/timestamp-query");
    reply->status = fault == HTTP_500 ? 500 : 200;
    if (fault == SILENT)
        return err_set(e, ERR_NETWORK, "err.base.memory", NULL);
    if (fault == HTML) {
        buf_text(reply->body, "<html>login</html>");
        return 0;
    }
    answer_with(unit, fault, request->body, request->body_len, reply->body);
    if (fault == LAX)
        sign_again(&lax, reply->body);
    if (fault == CUT)
        reply->body->len -= 10;
    if (fault == TRAILING)
        buf_text(reply->body, "x");
    if (fault == FLIPPED)
        reply->body->data[reply->body->len - 1] ^= 1;
    return 0;
}

static const struct task *table(void)
{
    static struct task tasks[2];

    tasks[0] = sign_stamp_task;
    return tasks;
}

static void a_good_stamp_is_read(void **state)
{
    enum fault fault = GOOD;
    struct fetcher fetcher = {&fault, fetch};
    struct runner runner = runner_here(table());
    struct stamp_server server = {.url = "http://tsa.test/", .policy = "1.2.3.4"};
    struct stamp stamp;
    struct err e = ERR_INIT;

    (void)state;
    stamp_init(&stamp);
    assert_int_equal(stamp_get(&runner, &fetcher, &server, "value", 5, &stamp, &e), 0);
    assert_true(stamp.gen_time == NOW && stamp.accuracy_ms == 1500);
    assert_string_equal(stamp.policy, "1.2.3.4");
    assert_string_equal(stamp.serial, "4D");
    assert_string_equal(stamp.tsa_name, "Unit");
    struct cert *c = made_facts(&tsa);
    assert_int_equal(stamp_fits(&stamp, c, &e), 0);
    stamp.gen_time = c->not_after + 1;
    assert_int_equal(stamp_fits(&stamp, c, &e), -1);
    assert_string_equal(e.id, "err.sign-cms.stamp-outside");
    cert_free(c);
    stamp_free(&stamp);
    server.digest = DIGEST_SHA512;
    assert_int_equal(stamp_get(&runner, &fetcher, &server, "value", 5, &stamp, &e), 0);
    stamp_free(&stamp);
}

static void each_fault_is_named(void **state)
{
    struct runner runner = runner_here(table());
    struct stamp_server server = {.url = "http://tsa.test/"};

    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        enum fault fault = faults[i].fault;
        struct fetcher fetcher = {&fault, fetch};
        struct stamp stamp;
        struct err e = ERR_INIT;
        stamp_init(&stamp);
        assert_int_equal(stamp_get(&runner, &fetcher, &server, "value", 5, &stamp, &e), -1);
        assert_string_equal(e.id, faults[i].id);
        assert_int_equal(e.kind, ERR_NETWORK);
        stamp_free(&stamp);
    }
}

static void a_policy_must_be_one_and_be_kept(void **state)
{
    enum fault fault = GOOD;
    struct fetcher fetcher = {&fault, fetch};
    struct runner runner = runner_here(table());
    struct stamp_server server = {.url = "http://tsa.test/", .policy = "not one"};
    struct stamp stamp;
    struct err e = ERR_INIT;

    (void)state;
    stamp_init(&stamp);
    assert_int_equal(stamp_get(&runner, &fetcher, &server, "value", 5, &stamp, &e), -1);
    assert_int_equal(e.kind, ERR_USAGE);
    server.policy = "1.2.3.5"; /* unknown to this server: it refuses by itself */
    assert_int_equal(stamp_get(&runner, &fetcher, &server, "value", 5, &stamp, &e), -1);
    assert_string_equal(e.id, "err.sign-cms.tsa-refused");
    stamp_free(&stamp);
}

static void the_task_refuses_bad_parameters(void **state)
{
    static const char *const bad[] = {
        "", "{}\n", "not json\n", "{\"digest\":\"SHA-256\",\"imprint\":\"00\",\"nonce\":\"\"}\n",
        "{\"digest\":\"MD5\",\"imprint\":\"00\",\"nonce\":\"\"}\n"};

    (void)state;
    assert_null(task_accepts(&sign_stamp_task, bad, sizeof bad / sizeof bad[0]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_stamp_is_read),
        cmocka_unit_test(each_fault_is_named),
        cmocka_unit_test(a_policy_must_be_one_and_be_kept),
        cmocka_unit_test(the_task_refuses_bad_parameters),
    };

    made_cert(&tsa, "rsa:2048", "Unit", NULL, tsa_exts, NOW);
    made_cert(&lax, "ec:P-256", "Lax", NULL, lax_exts, NOW);
    made_cert(&old, "ec:P-256", "Old", NULL, tsa_exts, NOW - 1000 * 86400);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    made_free(&tsa);
    made_free(&lax);
    made_free(&old);
    return rc;
}

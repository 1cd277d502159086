/* A chain completed from the network: what is served, what is believed, what is left out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <openssl/pem.h>

#include "base/err.h"
#include "sign/cms/cms.h"
#include "sign/cms/complete.h"
#include "tests/unit/make_signer.h"
#include "tests/unit/task_refuses.h"

enum { NOW = 1795000000 };
static const struct made_ext root_exts[] = {{NID_basic_constraints, "critical,CA:TRUE"}, {0, NULL}};
static const struct made_ext ca_exts[] = {{NID_basic_constraints, "critical,CA:TRUE"},
                                          {NID_info_access, "caIssuers;URI:http://aia.test/root"},
                                          {0, NULL}};
static const struct made_ext leaf_exts[] = {
    {NID_info_access, "caIssuers;URI:http://aia.test/html,caIssuers;URI:http://aia.test/ca"},
    {0, NULL}};
static const struct made_ext bare_exts[] = {{NID_key_usage, "nonRepudiation"}, {0, NULL}};
static struct made root, ca, leaf, bare, stranger;
static int fetched;
static bool down;

static void append(struct buf *out, const struct made *m, bool pem)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;

    if (pem)
        PEM_write_bio_X509(bio, m->x509);
    else
        i2d_X509_bio(bio, m->x509);
    long n = BIO_get_mem_data(bio, &data);
    buf_append(out, data, (size_t)n);
    BIO_free(bio);
}

static int fetch(void *self, const struct fetch_request *r, struct fetch_reply *reply,
                 struct err *e)
{
    (void)self;
    fetched++;
    assert_int_equal(r->kind, FETCH_AIA);
    if (down)
        return err_set(e, ERR_NETWORK, "err.base.memory", NULL);
    reply->status = 200;
    if (strstr(r->url, "html") != NULL) {
        buf_text(reply->body, "<html>");
    } else if (strstr(r->url, "/ca") !=
               NULL) { /* a bag with a stranger of the same name before the right one */
        append(reply->body, &stranger, true);
        append(reply->body, &ca, true);
    } else {
        append(reply->body, &root, false);
    }
    return 0;
}

static void plan_for(const struct made *m, struct cms_plan *plan)
{
    struct made_signer s = {.leaf = m, .algs = {{SCHEME_ECDSA, DIGEST_SHA256}}, .nalgs = 1};
    struct signer port = made_signer_port(&s);
    struct cms_wish wish = {SCHEME_NONE, DIGEST_NONE};

    assert_int_equal(cms_plan_make(plan, &port, &wish, NULL), 0);
}

static const struct task *tasks(void)
{
    static struct task table[2];

    table[0] = sign_issuer_task;
    return table;
}

static void the_chain_goes_up_to_the_root_and_leaves_it_out(void **state)
{
    struct runner runner = runner_here(tasks());
    struct fetcher fetcher = {NULL, fetch};
    struct cms_plan plan = CMS_PLAN_INIT;
    struct der_list wanted = {NULL, 0};
    struct err e = ERR_INIT;

    (void)state;
    plan_for(&leaf, &plan);
    assert_int_equal(plan.chain.count, 1);
    assert_true(cms_plan_open_ended(&plan));
    assert_int_equal(cms_plan_complete(&plan, &runner, &fetcher, &e), 0);
    assert_int_equal(plan.chain.count, 2);
    made_add(&wanted, &ca);
    assert_int_equal(plan.chain.items[1].len, wanted.items[0].len);
    assert_memory_equal(plan.chain.items[1].data, wanted.items[0].data, wanted.items[0].len);
    assert_int_equal(fetched, 3); /* the page, the bag, the root */
    assert_false(cms_plan_open_ended(&plan));
    der_list_free(&wanted);
    cms_plan_free(&plan);
}

static void nothing_is_fetched_without_an_address(void **state)
{
    struct cms_plan plan = CMS_PLAN_INIT;

    (void)state;
    plan_for(&bare, &plan);
    assert_false(cms_plan_open_ended(&plan));
    cms_plan_free(&plan);
    plan_for(&root, &plan);
    assert_false(cms_plan_open_ended(&plan));
    cms_plan_free(&plan);
}

static void without_the_network_the_plan_stays(void **state)
{
    struct runner runner = runner_here(tasks());
    struct fetcher fetcher = {NULL, fetch};
    struct cms_plan plan = CMS_PLAN_INIT;
    struct err e = ERR_INIT;

    (void)state;
    down = true;
    plan_for(&leaf, &plan);
    assert_int_equal(cms_plan_complete(&plan, &runner, &fetcher, &e), -1);
    assert_string_equal(e.id, "err.sign-cms.issuer");
    assert_int_equal(plan.chain.count, 1);
    cms_plan_free(&plan);
    down = false;
}

static void the_task_refuses_bad_parameters(void **state)
{
    static const char *const bad[] = {"", "\n", "zz\nx", "3000\nx", "30\n"};

    (void)state;
    assert_null(task_accepts(&sign_issuer_task, bad, sizeof bad / sizeof bad[0]));
}

int main(void)
{
    struct made *all[] = {&root, &ca, &leaf, &bare, &stranger};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_chain_goes_up_to_the_root_and_leaves_it_out),
        cmocka_unit_test(nothing_is_fetched_without_an_address),
        cmocka_unit_test(without_the_network_the_plan_stays),
        cmocka_unit_test(the_task_refuses_bad_parameters),
    };

    made_cert(&root, "ec:P-256", "Root", NULL, root_exts, NOW);
    made_cert(&ca, "ec:P-256", "CA", &root, ca_exts, NOW);
    made_cert(&stranger, "ec:P-256", "CA", NULL, root_exts, NOW);
    made_cert(&leaf, "ec:P-256", "Leaf", &ca, leaf_exts, NOW);
    made_cert(&bare, "ec:P-256", "Bare", &ca, bare_exts, NOW);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        made_free(all[i]);
    return rc;
}

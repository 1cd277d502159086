/* The ways from a certificate upwards, through authorities that all signed one another. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/unit/make_cert.h"
#include "verify/chain.h"
#include "verify/cms.h"

enum { PARTIES = 12, NOW = 1790000000 };
static const struct made_ext authority[] = {{NID_basic_constraints, "critical,CA:TRUE"}, {0, NULL}};

static const struct cert *pooled(struct pool *pool, const struct made *m)
{
    unsigned char *der = NULL;
    int n = i2d_X509(m->x509, &der);
    const struct cert *c = pool_add(pool, der, (size_t)n, POOL_CMS);

    assert_non_null(c);
    OPENSSL_free(der);
    return c;
}

/* Each party's certificate by each other one. */
static void thicket(struct pool *pool, struct made *parties)
{
    for (int i = 0; i < PARTIES; i++)
        made_cert(&parties[i], "ec:P-256", "Thicket", NULL, authority, NOW);
    for (int i = 0; i < PARTIES; i++) {
        for (int k = 0; k < PARTIES; k++) {
            struct made cross;
            if (i == k)
                continue;
            made_cert(&cross, "ec:P-256", "Thicket", &parties[k], authority, NOW);
            made_must(X509_set_pubkey(cross.x509, parties[i].key) &&
                      X509_sign(cross.x509, parties[k].key, EVP_sha256()) > 0);
            pooled(pool, &cross);
            made_free(&cross);
        }
    }
}

static void others_certificates_take_no_way_away(void **state)
{
    struct pool pool = {.entries = NULL};
    struct made parties[PARTIES], lost, root, middle, leaf;
    struct chain_climbs climbs = {0};
    struct chain_paths ways;

    (void)state;
    thicket(&pool, parties);
    for (int i = 0; i < 40; i++) {
        made_cert(&lost, "ec:P-256", "Lost", &parties[i % PARTIES], NULL, NOW);
        chain_paths_find(pooled(&pool, &lost), &pool, NULL, NULL, &climbs, &ways);
        made_free(&lost);
    }
    assert_true(climbs.checks >= CHAIN_CHECKS_MAX);
    made_cert(&root, "ec:P-256", "Root", NULL, authority, NOW);
    made_cert(&middle, "ec:P-256", "Middle", &root, authority, NOW);
    made_cert(&leaf, "ec:P-256", "Leaf", &middle, NULL, NOW);
    pooled(&pool, &root);
    pooled(&pool, &middle);
    const struct cert *c = pooled(&pool, &leaf);
    chain_paths_find(c, &pool, NULL, NULL, &climbs, &ways);
    assert_int_equal(ways.count, 1);
    assert_int_equal(ways.paths[0].count, 2);
    assert_string_equal(ways.paths[0].entries[1].cert->name, "Root");
    /* asked again, nobody climbs again, while the pool is the same */
    size_t before = climbs.checks;
    chain_paths_find(c, &pool, NULL, NULL, &climbs, &ways);
    assert_int_equal(climbs.checks, before);
    assert_int_equal(ways.count, 1);
    made_cert(&lost, "ec:P-256", "Middle", &root, authority, NOW);
    pooled(&pool, &lost);
    chain_paths_find(c, &pool, NULL, NULL, &climbs, &ways);
    assert_true(climbs.checks > before);
    made_free(&lost);
    made_free(&leaf);
    made_free(&middle);
    made_free(&root);
    for (int i = 0; i < PARTIES; i++)
        made_free(&parties[i]);
    pool_free(&pool);
}

/* The holder of `of` again, by another issuer: it fits whatever that key signed. */
static const struct cert *crossed(struct pool *pool, const struct made *of, const char *name,
                                  const struct made *issuer)
{
    struct made cross;

    made_cert(&cross, "ec:P-256", name, issuer, authority, NOW);
    made_must(X509_set_pubkey(cross.x509, of->key) &&
              X509_sign(cross.x509, issuer->key, EVP_sha256()) > 0);
    const struct cert *c = pooled(pool, &cross);
    made_free(&cross);
    return c;
}

static void anchors_of(struct anchors *a, const struct made *root)
{
    unsigned char *der = NULL;
    struct der_item item = {NULL, 0};
    struct der_list list = {&item, 1};
    int n = i2d_X509(root->x509, &der);

    item.data = der;
    item.len = (size_t)n;
    assert_int_equal(anchors_init(a, &list, 1, NULL), 0);
    OPENSSL_free(der);
}

/* Forty ways to strangers stand in front of the one to the anchor. */
static void strangers_ways_hide_none(void **state)
{
    struct pool pool = {.entries = NULL};
    struct made root, middle, leaf, strangers[40];
    struct chain_climbs climbs = {0};
    struct chain_paths ways;
    struct anchors anchors;

    (void)state;
    made_cert(&root, "ec:P-256", "Root", NULL, authority, NOW);
    made_cert(&middle, "ec:P-256", "Middle", &root, authority, NOW);
    made_cert(&leaf, "ec:P-256", "Leaf", &middle, NULL, NOW);
    for (int i = 0; i < 40; i++) {
        made_cert(&strangers[i], "ec:P-256", "Stranger", NULL, authority, NOW);
        crossed(&pool, &middle, "Middle", &strangers[i]);
    }
    const struct cert *own = pooled(&pool, &middle), *c = pooled(&pool, &leaf);
    anchors_of(&anchors, &root);
    chain_paths_find(c, &pool, &anchors, NULL, &climbs, &ways);
    assert_int_equal(ways.count, CHAIN_PATHS_MAX);
    assert_int_equal(ways.anchored, 1);
    assert_ptr_equal(ways.paths[0].entries[0].cert, own);
    /* asked for other anchors, another answer */
    chain_paths_find(c, &pool, NULL, NULL, &climbs, &ways);
    assert_int_equal(ways.anchored, 0);
    /* the ways of the own SignedData first, whatever the order in the pool and whoever asked before
     * with another one: a later time-stamp of the same unit does not speak for an earlier one */
    struct cms cms = {.ncerts = 1};
    cms.certs[0] = (struct span){own->der, own->der_len};
    chain_paths_find(c, &pool, NULL, &cms, &climbs, &ways);
    assert_ptr_equal(ways.paths[0].entries[0].cert, own);
    anchors_free(&anchors);
    for (int i = 0; i < 40; i++)
        made_free(&strangers[i]);
    made_free(&leaf);
    made_free(&middle);
    made_free(&root);
    pool_free(&pool);
}

/* Stores, signatures and what is found besides fill rooms of their own. */
static void no_room_is_taken_from_others(void **state)
{
    struct pool pool = {.entries = NULL};
    struct made one;
    size_t own = 2;

    (void)state;
    made_cert(&one, "ec:P-256", "One", NULL, authority, NOW);
    unsigned char *der = NULL;
    int n = i2d_X509(one.x509, &der);
    pool.stored = pool.found = POOL_MAX;
    assert_null(pool_add(&pool, der, (size_t)n, POOL_DSS));
    assert_null(pool_add(&pool, der, (size_t)n, POOL_FETCHED));
    pool.owned = POOL_MAX;
    assert_null(pool_add(&pool, der, (size_t)n, POOL_CMS));
    assert_non_null(pool_add_own(&pool, der, (size_t)n, POOL_CMS, &own));
    assert_int_equal(own, 1);
    assert_non_null(pool_add_own(&pool, der, (size_t)n, POOL_STAMP, &own)); /* is there */
    assert_int_equal(own, 1);
    assert_int_equal(pool.owned, POOL_MAX + 1);
    OPENSSL_free(der);
    made_free(&one);
    /* an answer brings its responder's */
    made_cert(&one, "ec:P-256", "Responder", NULL, authority, NOW);
    der = NULL;
    n = i2d_X509(one.x509, &der);
    pool.found = POOL_MOST;
    assert_null(pool_add_own(&pool, der, (size_t)n, POOL_OCSP, &own));
    pool.found = POOL_MAX;
    assert_non_null(pool_add_own(&pool, der, (size_t)n, POOL_OCSP, &own));
    assert_int_equal(own, 0);
    assert_int_equal(pool.found, POOL_MAX + 1);
    OPENSSL_free(der);
    made_free(&one);
    pool_free(&pool);
}

static void holders(void **state)
{
    struct made a, b, again;

    (void)state;
    made_cert(&a, "ec:P-256", "A", NULL, authority, NOW);
    made_cert(&b, "ec:P-256", "A", NULL, authority, NOW);
    made_cert(&again, "ec:P-256", "A", &b, authority, NOW);
    made_must(X509_set_pubkey(again.x509, a.key) && X509_sign(again.x509, b.key, EVP_sha256()) > 0);
    struct cert *fa = made_facts(&a), *fb = made_facts(&b), *fagain = made_facts(&again);
    assert_true(cert_same_holder(fa, fagain));
    assert_false(cert_same_holder(fa, fb));
    cert_free(fa);
    cert_free(fb);
    cert_free(fagain);
    made_free(&a);
    made_free(&b);
    made_free(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(others_certificates_take_no_way_away),
        cmocka_unit_test(strangers_ways_hide_none),
        cmocka_unit_test(no_room_is_taken_from_others),
        cmocka_unit_test(holders),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

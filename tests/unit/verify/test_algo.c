/* The days until when verify believes algorithms are those of data/algorithms/eu.json, by which
 * sign warns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/date.h"
#include "base/jv.h"
#include "data/data.h"
#include "verify/algo.h"
#include "x509/cert.h"

static int64_t key_end(const char *kind, int bits)
{
    struct cert c = {.key_kind = strcmp(kind, "RSA") == 0 ? CERT_KEY_RSA : CERT_KEY_EC,
                     .key_bits = bits};

    return algo_key_end(&c);
}

static void the_same_days(void **state)
{
    const unsigned char *bytes = NULL;
    size_t n = 0, keys = 0, digests = 0, schemes = 0;

    (void)state;
    assert_int_equal(data_find("algorithms/eu.json", &bytes, &n), 0);
    struct jv *list = jv_parse((const char *)bytes, n, "eu.json", NULL);
    const struct jv *ends = jv_get(list, "ends");
    assert_true(jv_count(ends) > 0 && strlen(jv_get_text(list, "source")) > 0);
    for (size_t i = 0; i < jv_count(ends); i++) {
        const struct jv *one = jv_at(ends, i);
        const char *key = jv_get_text(one, "key"), *digest = jv_get_text(one, "digest");
        const char *scheme = jv_get_text(one, "scheme");
        struct date d;
        assert_int_equal(date_parse_iso(jv_get_text(one, "end"), &d), 0);
        int64_t end = date_to_days(d) * 86400;
        if (key != NULL) {
            int bits = (int)jv_get_int(one, "below_bits", 0);
            keys++;
            assert_int_equal(key_end(key, bits - 1), end);
            assert_true(key_end(key, bits) > end);
        } else if (digest != NULL) {
            digests++;
            assert_int_equal(algo_digest_end(digest), end);
        } else {
            schemes++;
            assert_int_equal(algo_scheme_end(scheme), end);
        }
    }
    assert_int_equal(keys, 5);
    assert_int_equal(digests, 2);
    assert_int_equal(schemes, 1);
    jv_free(list);
}

static void recommended_ones_have_no_end(void **state)
{
    (void)state;
    assert_true(algo_digest_end("SHA-256") == ALGO_NO_END);
    assert_true(algo_digest_end("SHA3-512") == ALGO_NO_END);
    assert_true(algo_scheme_end("RSA-PSS") == ALGO_NO_END);
    assert_true(algo_scheme_end("ECDSA") == ALGO_NO_END);
    assert_true(key_end("RSA", 3000) == ALGO_NO_END);
    assert_true(key_end("EC", 256) == ALGO_NO_END);
    assert_int_equal(algo_digest_end("MD5"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_days),
        cmocka_unit_test(recommended_ones_have_no_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

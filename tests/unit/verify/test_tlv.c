#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "verify/finding.h"
#include "verify/tlv.h"

static int read(const char *bytes, size_t n, struct tlv *v)
{
    struct span in = {(const unsigned char *)bytes, n};

    return tlv_next(&in, v);
}

static void test_lengths(void **state)
{
    struct tlv v;

    (void)state;
    assert_int_equal(read("\x04\x00", 2, &v), 0);
    assert_int_equal(v.body.len, 0);
    assert_int_equal(read("\x04\x02"
                          "ab",
                          4, &v),
                     0);
    assert_int_equal(v.whole.len, 4);
    assert_int_equal(read("\x04\x03"
                          "ab",
                          4, &v),
                     -1);                                  /* runs past the end */
    assert_int_equal(read("\x30\x80\x00\x00", 4, &v), -1); /* indefinite */
    assert_int_equal(read("\x04\x81\x02"
                          "ab",
                          5, &v),
                     -1); /* not the shortest length */
    assert_int_equal(read("\x04\x82\x00\x02"
                          "ab",
                          6, &v),
                     -1);
    assert_int_equal(read("\x1f\x81\x01\x00", 4, &v), -1); /* long tag */
    assert_int_equal(read("\x04\x85\x01\x00\x00\x00\x00", 7, &v), -1);
    assert_int_equal(read("\x04", 1, &v), -1);
}

/* Reading out of the value itself must not harm it. */
static void test_same_place(void **state)
{
    struct span in = {(const unsigned char *)"\xa0\x04\x30\x02\x05\x00", 6};
    struct tlv v;

    (void)state;
    assert_int_equal(tlv_take(&in, TLV_CONTEXT(0), &v), 0);
    assert_int_equal(tlv_take(&v.body, TLV_SEQUENCE, &v), 0);
    assert_int_equal(v.body.len, 2);
    assert_int_equal(v.body.data[0], 5);
}

static void test_values(void **state)
{
    struct tlv v;
    char oid[TLV_OID_MAX];
    int64_t when;
    int n, fraction;

    (void)state;
    assert_int_equal(read("\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02", 11, &v), 0);
    assert_true(tlv_is_oid(&v, "1.2.840.113549.1.7.2"));
    assert_int_equal(read("\x06\x03\x55\x1d\x80", 5, &v), 0);
    assert_int_equal(tlv_oid(&v, oid), -1); /* ends in the middle of an arc */
    assert_int_equal(read("\x02\x02\x00\x7f", 4, &v), 0);
    assert_int_equal(tlv_small(&v, &n), -1); /* leading zero */
    assert_int_equal(read("\x02\x02\x00\x80", 4, &v), 0);
    assert_int_equal(tlv_small(&v, &n), 0);
    assert_int_equal(n, 128);
    assert_int_equal(read("\x18\x0f"
                          "20261125101112Z",
                          17, &v),
                     0);
    assert_int_equal(tlv_time(&v, &when, NULL), 0);
    assert_int_equal(when, 1795601472);
    assert_int_equal(read("\x18\x11"
                          "20261125101112.5Z",
                          19, &v),
                     0);
    assert_int_equal(tlv_time(&v, &when, NULL), -1);
    assert_int_equal(tlv_time(&v, &when, &fraction), 0);
    assert_int_equal(fraction, 500000);
    assert_int_equal(read("\x17\x0d"
                          "491125101112Z",
                          15, &v),
                     0);
    assert_int_equal(tlv_time(&v, &when, NULL), 0);
    assert_int_equal(read("\x17\x0d"
                          "261325101112Z",
                          15, &v),
                     0);
    assert_int_equal(tlv_time(&v, &when, NULL), -1); /* month 13 */
    assert_int_equal(read("\x17\x11"
                          "261125101112+0100",
                          19, &v),
                     0);
    assert_int_equal(tlv_time(&v, &when, NULL), -1);
}

/* Each finding can be told in both languages. */
static void test_sentences(void **state)
{
    char id[96];

    (void)state;
    for (const struct finding_kind *k = finding_table; k->code != NULL; k++) {
        snprintf(id, sizeof id, "verify.find.%s", k->code);
        if (!text_exists(id))
            fail_msg("no text %s", id);
        assert_true(k->effect == EFFECT_NOTE || k->sub != NULL);
        assert_ptr_equal(finding_kind_of(k->code), k); /* no code twice */
    }
}

static void test_worst(void **state)
{
    struct findings f, other;

    (void)state;
    assert_int_equal(findings_init(&f), 0);
    assert_int_equal(findings_init(&other), 0);
    assert_string_equal(findings_indication(&f), "TOTAL-PASSED");
    findings_add(&f, "cms.ess-v1", NULL);
    assert_string_equal(findings_indication(&f), "TOTAL-PASSED");
    assert_string_equal(f.level_code, "cms.ess-v1");
    findings_add(&f, "chain.no-anchor", "x", NULL);
    findings_add(&f, "usage.ca", NULL);
    assert_string_equal(findings_indication(&f), "INDETERMINATE");
    assert_string_equal(f.sub, "NO_CERTIFICATE_CHAIN_FOUND");
    findings_add(&other, "cms.digest-differs", NULL);
    findings_merge(&f, &other, EFFECT_NOTE);
    assert_string_equal(findings_indication(&f), "INDETERMINATE");
    findings_merge(&f, &other, EFFECT_FAILED);
    assert_string_equal(findings_indication(&f), "TOTAL-FAILED");
    assert_string_equal(f.sub, "HASH_FAILURE");
    findings_free(&f);
    assert_int_equal(findings_init(&f), 0);
    findings_add(&f, "no.such-code", NULL); /* fails closed */
    assert_string_equal(findings_indication(&f), "TOTAL-FAILED");
    findings_free(&f);
    findings_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths), cmocka_unit_test(test_same_place),
        cmocka_unit_test(test_values),  cmocka_unit_test(test_sentences),
        cmocka_unit_test(test_worst),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

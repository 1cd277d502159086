#include "fixture.h"

static void prints(struct pdf_value *v, const char *expected)
{
    struct buf out = BUF_INIT(1 << 20);

    assert_non_null(v);
    pdf_print(v, &out);
    assert_string_equal(buf_str(&out), expected);
    buf_free(&out);
    pdf_value_free(v);
}

static void test_print(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    prints(pdf_make_null(), "null");
    prints(pdf_make_bool(true), "true");
    prints(pdf_make_int(-12), "-12");
    prints(pdf_make_real(0.5), "0.5");
    prints(pdf_make_real(-0.000001), "0");
    prints(pdf_make_real(100), "100");
    prints(pdf_make_real(1e300), "0");
    prints(pdf_make_name("A B#/é"), "/A#20B#23#2F#C3#A9");
    prints(pdf_make_string("a(b)\\\n\x80", 7, false), "(a\\(b\\)\\\\\\012\\200)");
    prints(pdf_make_string("\x01\xff", 2, true), "<01ff>");
    prints(pdf_make_ref((struct pdf_ref){12, 3}), "12 3 R");
    prints(pdf_make_rect(0, 0, 10.5, 20), "[0 0 10.5 20]");
    prints(pdf_make_hole(3), "<000000>");
    struct pdf_value *d = pdf_make_dict();
    assert_int_equal(pdf_set_take(d, "Type", pdf_make_name("Sig"), &e), 0);
    assert_int_equal(pdf_set_take(d, "N", pdf_make_int(1), &e), 0);
    assert_int_equal(pdf_set_take(d, "N", pdf_make_int(2), &e), 0);
    assert_int_equal(pdf_count(d), 2);
    pdf_remove(d, "Type");
    pdf_remove(d, "None");
    prints(d, "<</N 2>>");
}

static void test_build_failures(void **state)
{
    struct err e = ERR_INIT;
    struct pdf_value *n = pdf_make_int(1);

    (void)state;
    assert_int_equal(pdf_set_take(NULL, "A", pdf_make_int(1), &e), -1);
    assert_int_equal(e.kind, ERR_BUG);
    assert_int_equal(pdf_set_take(n, "A", pdf_make_int(1), &e), -1);
    assert_int_equal(pdf_add_take(n, pdf_make_int(1), &e), -1);
    assert_int_equal(pdf_add_take(NULL, pdf_make_int(1), &e), -1);
    pdf_value_free(n);
}

static void test_copy_equal(void **state)
{
    struct err e = ERR_INIT;
    struct pdf_value *a = pdf_make_dict(), *list = pdf_make_array();

    (void)state;
    assert_int_equal(pdf_add_take(list, pdf_make_int(1), &e), 0);
    assert_int_equal(pdf_add_take(list, pdf_make_string("x", 1, true), &e), 0);
    assert_int_equal(pdf_add_take(list, pdf_make_ref((struct pdf_ref){4, 0}), &e), 0);
    assert_int_equal(pdf_set_take(a, "L", list, &e), 0);
    assert_int_equal(pdf_set_take(a, "B", pdf_make_bool(false), &e), 0);
    struct pdf_value *b = pdf_value_copy(a, &e);
    assert_true(pdf_value_equal(a, b));
    pdf_at_mutable(pdf_key_mutable(b, "L"), 0)->u.integer = 2;
    assert_false(pdf_value_equal(a, b));
    pdf_value_free(b);
    b = pdf_make_real(1);
    assert_true(pdf_value_equal(pdf_at(pdf_key(a, "L"), 0), b));
    /* The order of keys does not count. */
    struct pdf_value *c = pdf_make_dict(), *d = pdf_make_dict();
    static const char *const there[] = {"A", "BB", "B", "C"}, *const back[] = {"C", "A", "B", "BB"};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pdf_set_take(c, there[i], pdf_make_name(there[i]), &e), 0);
        assert_int_equal(pdf_set_take(d, back[i], pdf_make_name(back[i]), &e), 0);
    }
    assert_true(pdf_value_equal(c, d));
    pdf_remove(d, "A");
    assert_int_equal(pdf_set_take(d, "D", pdf_make_int(1), &e), 0);
    assert_false(pdf_value_equal(c, d));
    pdf_value_free(c);
    pdf_value_free(d);
    assert_true(pdf_value_equal(NULL, NULL));
    assert_false(pdf_value_equal(a, NULL));
    pdf_value_free(a);
    pdf_value_free(b);
}

static void text_is(const char *bytes, size_t n, const char *utf8)
{
    struct err e = ERR_INIT;
    struct pdf_value *v = pdf_make_string(bytes, n, false);
    char *s = pdf_text_dup(v, &e);

    assert_non_null(s);
    assert_string_equal(s, utf8);
    free(s);
    pdf_value_free(v);
}

static void test_text(void **state)
{
    (void)state;
    text_is("abc", 3, "abc");
    text_is("\xe9\x80\x8a\xa0", 4, "é•−€");
    text_is("\xfe\xff\0A\x20\xac\xd8\x3d\xde\x00", 10, "A€😀");
    text_is("\xff\xfe"
            "A\0",
            4, "A");
    text_is("\xfe\xff\0\x1b\0f\0r\0\x1b\0A", 12, "A");
    text_is("\xef\xbb\xbf\xc3\xa9", 5, "é");
    text_is("\xef\xbb\xbf\xff", 4, "\xef\xbf\xbd");
    text_is("\xfe\xff\xd8\x00", 4, "\xef\xbf\xbd");
    text_is("\x7f", 1, "\xef\xbf\xbd");
    struct pdf_value *v = pdf_make_text("Émile 😀");
    char *s = pdf_text_dup(v, NULL);
    assert_string_equal(s, "Émile 😀");
    free(s);
    pdf_value_free(v);
    prints(pdf_make_text("plain"), "(plain)");
}

static void date_is(const char *s, int64_t instant, int offset, bool zoned)
{
    struct pdf_value *v = pdf_make_string(s, strlen(s), false);
    struct pdf_date d;

    assert_int_equal(pdf_date_parse(v, &d), 0);
    assert_int_equal(d.instant, instant);
    assert_int_equal(d.offset, offset);
    assert_int_equal(d.zoned, zoned);
    pdf_value_free(v);
}

static void test_dates(void **state)
{
    static const char *const bad[] = {
        "",           "D:",          "D:2026130101",           "D:20260230",
        "D:2026112x", "D:20261123X", "D:20261123101112+25'00'"};
    struct pdf_date d;

    (void)state;
    date_is("D:20261123101112+01'00'", 1795425072, 3600, true);
    date_is("D:20261123091112Z", 1795425072, 0, true);
    date_is("D:20261123101112+01'00", 1795425072, 3600, true);
    date_is("20261123091112", 1795425072, 0, false);
    date_is("D:2026", 1767225600, 0, false);
    date_is("D:20260101000000-05'30'", 1767225600 + 19800, -19800, true);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct pdf_value *v = pdf_make_string(bad[i], strlen(bad[i]), false);
        assert_int_equal(pdf_date_parse(v, &d), -1);
        pdf_value_free(v);
    }
    assert_int_equal(pdf_date_parse(NULL, &d), -1);
    prints(pdf_make_date(1795425072, 3600), "(D:20261123101112+01'00')");
    prints(pdf_make_date(1795425072, -19800), "(D:20261123034112-05'30')");
}

static void test_readers_take_null(void **state)
{
    size_t n = 1;

    (void)state;
    assert_null(pdf_key(NULL, "A"));
    assert_null(pdf_at(NULL, 0));
    assert_null(pdf_entry_at(NULL, 0));
    assert_null(pdf_name(NULL));
    assert_null(pdf_bytes(NULL, &n));
    assert_int_equal(n, 0);
    assert_int_equal(pdf_int(NULL, 7), 7);
    assert_true(pdf_number(NULL, 1.5) == 1.5);
    assert_true(pdf_bool(NULL, true));
    assert_int_equal(pdf_ref_of(NULL).num, 0);
    assert_int_equal(pdf_count(NULL), 0);
    assert_true(pdf_is_null(NULL));
    pdf_value_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_print),      cmocka_unit_test(test_build_failures),
        cmocka_unit_test(test_copy_equal), cmocka_unit_test(test_text),
        cmocka_unit_test(test_dates),      cmocka_unit_test(test_readers_take_null),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

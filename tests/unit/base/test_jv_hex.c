/* base/jv_hex.h: bytes and certificates in JSON. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/ports.h"

static void bytes_go_and_come_back(void **state)
{
    struct jv *o = jv_object();
    struct buf out = BUF_INIT(16);

    (void)state;
    jv_put_hex(o, "a", "\x00\xff\x1a", 3);
    jv_put_hex(o, "none", "", 0);
    jv_put_null(o, "null");
    assert_string_equal(jv_get_text(o, "a"), "00ff1a");
    assert_int_equal(jv_get_bytes(o, "absent", &out), 0);
    assert_int_equal(jv_get_bytes(o, "null", &out), 0);
    assert_null(out.data);
    assert_int_equal(jv_get_bytes(o, "none", &out), 0);
    assert_non_null(out.data);
    assert_int_equal(jv_get_bytes(o, "a", &out), 0);
    assert_int_equal(jv_get_bytes(o, "a", &out), 0);
    assert_int_equal(out.len, 6);
    assert_memory_equal(out.data, "\x00\xff\x1a\x00\xff\x1a", 7); /* with its end */
    buf_free(&out);
    jv_free(o);
}

static void what_is_no_hexadecimal_text(void **state)
{
    static const char *const bad[] = {"0", "0g", "000", "00 0", "0x00"};
    struct buf out = BUF_INIT(3);

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct jv *v = jv_text(bad[i]);
        assert_int_equal(jv_bytes(v, &out), -1);
        jv_free(v);
    }
    struct jv *number = jv_int(12), *large = jv_text("00112233");
    assert_int_equal(jv_bytes(number, &out), -1);
    assert_int_equal(jv_bytes(NULL, &out), -1);
    assert_int_equal(out.len, 0);
    assert_int_equal(jv_bytes(large, &out), -1);
    jv_free(number);
    jv_free(large);
    buf_free(&out);
}

/* The ceiling of the buffer is that of the bytes. */
static void as_many_bytes_as_the_ceiling(void **state)
{
    struct buf out = BUF_INIT(3), none = BUF_INIT(0);
    struct jv *v = jv_text("0a0b0c"), *empty = jv_text("");

    (void)state;
    assert_int_equal(jv_bytes(v, &out), 0);
    assert_int_equal(out.len, 3);
    assert_memory_equal(out.data, "\x0a\x0b\x0c", 3);
    assert_int_equal(jv_bytes(empty, &out), 0);
    assert_int_equal(jv_bytes(empty, &none), 0);
    assert_int_equal(out.len, 3);
    jv_free(v);
    jv_free(empty);
    buf_free(&out);
    buf_free(&none);
}

static void lists_of_certificates(void **state)
{
    struct der_list in = {NULL, 0}, out = {NULL, 0};
    struct err e = ERR_INIT;
    struct jv *none = der_list_json(NULL), *empty = jv_text("");

    (void)state;
    assert_int_equal(der_list_add(&in, "\x30\x00", 2, &e), 0);
    assert_int_equal(der_list_add(&in, "\x30\x01\x05", 3, &e), 0);
    struct jv *array = der_list_json(&in);
    assert_int_equal(der_list_read(&out, array, &e), 0);
    assert_int_equal(out.count, 2);
    assert_int_equal(out.items[1].len, 3);
    assert_memory_equal(out.items[1].data, "\x30\x01\x05", 3);
    assert_int_equal(jv_count(none), 0);
    jv_add_take(array, empty);
    assert_int_equal(der_list_read(&out, array, &e), -1);
    assert_int_equal(e.kind, ERR_BUG);
    jv_free(array);
    jv_free(none);
    der_list_free(&in);
    der_list_free(&out);
}

/* What could not be put for want of memory is not printed as if it were not there. */
static void a_lost_element_is_told(void **state)
{
    struct jv *a = jv_array();
    struct buf out = BUF_INIT(64);
    struct err e = ERR_INIT;

    (void)state;
    jv_add_take(a, NULL);
    assert_int_equal(jv_print(a, false, &out, &e), -1);
    assert_int_equal(e.kind, ERR_BUG);
    buf_free(&out);
    jv_free(a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_and_come_back),
        cmocka_unit_test(what_is_no_hexadecimal_text),
        cmocka_unit_test(as_many_bytes_as_the_ceiling),
        cmocka_unit_test(lists_of_certificates),
        cmocka_unit_test(a_lost_element_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buf.h"
#include "verify/tlv.h"

/* 0 and the same bytes in `out`, or -1. */
static int turned(const char *in, size_t n, const char *wanted, size_t m, size_t left)
{
    struct span rest = {(const unsigned char *)in, n};
    struct buf out;
    int rc;

    buf_init(&out, 1 << 20);
    rc = ber_take(&rest, &out);
    if (rc == 0) {
        assert_int_equal(out.len, m);
        assert_memory_equal(out.data, wanted, m);
        assert_int_equal(rest.len, left);
    }
    buf_free(&out);
    return rc;
}

static void test_lengths(void **state)
{
    char longer[4 + 200], wanted[3 + 200];

    (void)state;
    assert_int_equal(turned("\x04\x02zz!", 5, "\x04\x02zz", 4, 1), 0);
    assert_int_equal(turned("\x04\x81\x02zz", 5, "\x04\x02zz", 4, 0), 0);
    assert_int_equal(turned("\x30\x80\x04\x01z\0\0\0", 8, "\x30\x03\x04\x01z", 5, 1), 0);
    assert_int_equal(turned("\x30\x80\x30\x80\0\0\0\0", 8, "\x30\x02\x30\0", 4, 0), 0);
    memset(longer, 'z', sizeof longer);
    memcpy(longer, "\x04\x82\x00\xc8", 4);
    memset(wanted, 'z', sizeof wanted);
    memcpy(wanted, "\x04\x81\xc8", 3);
    assert_int_equal(turned(longer, sizeof longer, wanted, sizeof wanted, 0), 0);
}

static void test_pieces(void **state)
{
    (void)state;
    assert_int_equal(turned("\x24\x80\x04\x01"
                            "a\x04\x01"
                            "b\0\0",
                            10,
                            "\x04\x02"
                            "ab",
                            4, 0),
                     0);
    assert_int_equal(turned("\x24\x06\x04\x01"
                            "a\x04\x01"
                            "b",
                            8,
                            "\x04\x02"
                            "ab",
                            4, 0),
                     0);
    assert_int_equal(turned("\x24\x05\x24\x03\x04\x01"
                            "a",
                            7,
                            "\x04\x01"
                            "a",
                            3, 0),
                     0);
    assert_int_equal(turned("\x24\x03\x02\x01\x05", 5, "", 0, 0), -1);
}

static void test_refused(void **state)
{
    char deep[400];

    (void)state;
    assert_int_equal(turned("\x30\x80\x04\x01z", 5, "", 0, 0), -1); /* no end */
    assert_int_equal(turned("\x04\x80zz\0\0", 6, "", 0, 0), -1);    /* open, but no container */
    assert_int_equal(turned("\x04\x05zz", 4, "", 0, 0), -1);
    assert_int_equal(turned("\x1f\x81\x01\x00", 4, "", 0, 0), -1);
    assert_int_equal(turned("\x04\x89\1\1\1\1\1\1\1\1\1", 11, "", 0, 0), -1);
    assert_int_equal(turned("\x04\x88\xff\xff\xff\xff\xff\xff\xff\xff", 10, "", 0, 0), -1);
    assert_int_equal(turned("", 0, "", 0, 0), -1);
    for (size_t i = 0; i < sizeof deep; i++)
        deep[i] = i % 2 == 0 ? '\x30' : '\x80';
    assert_int_equal(turned(deep, sizeof deep, "", 0, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_pieces),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

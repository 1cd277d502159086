/* The files compiled into the program are the files of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "data/data.h"

static void every_file_is_whole(void **state)
{
    const char *name;
    size_t count = 0;

    (void)state;
    for (; (name = data_name(count)) != NULL; count++) {
        const unsigned char *bytes = NULL;
        size_t n = 0;
        char path[512];
        struct buf whole = BUF_INIT(64u << 20);
        struct err e = ERR_INIT;
        assert_int_equal(data_find(name, &bytes, &n), 0);
        snprintf(path, sizeof path, SOURCE_DIR "/data/%s", name);
        assert_int_equal(file_read(path, 64u << 20, &whole, &e), 0);
        assert_int_equal(whole.len, n);
        assert_memory_equal(whole.data, bytes, n);
        assert_int_equal(bytes[n], 0);
        buf_free(&whole);
    }
    assert_true(count >= 4);
}

static void names_are_sorted_and_exact(void **state)
{
    (void)state;
    for (size_t i = 1; data_name(i) != NULL; i++)
        assert_true(strcmp(data_name(i - 1), data_name(i)) < 0);
    assert_int_equal(data_find("fonts/LiberationSans-Regular.ttf", NULL, NULL), 0);
    assert_int_equal(data_find("icc/sRGB.icc", NULL, NULL), 0);
    assert_int_equal(data_find("fonts/none.ttf", NULL, NULL), -1);
    assert_int_equal(data_find("", NULL, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_file_is_whole),
        cmocka_unit_test(names_are_sorted_and_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What jv_print writes is what jansson itself would write. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"

static void same(const struct jv *v)
{
    for (int indented = 0; indented < 2; indented++) {
        struct buf out = BUF_INIT(1 << 20);
        struct err e = ERR_INIT;
        char *wanted = json_dumps((const json_t *)v,
                                  JSON_ENCODE_ANY | (indented ? JSON_INDENT(2) : JSON_COMPACT));
        assert_non_null(wanted);
        buf_text(&out, "before");
        assert_int_equal(jv_print(v, indented == 1, &out, &e), 0);
        assert_string_equal(buf_str(&out) + 6, wanted);
        assert_int_equal(out.len, 6 + strlen(wanted));
        free(wanted);
        buf_free(&out);
    }
}

static void as_jansson(void **state)
{
    static const char *const texts[] = {
        "{}",
        "[]",
        "[[],{}]",
        "null",
        "true",
        "-9223372036854775808",
        "1.5",
        "1e300",
        "\"\"",
        "{\"a\":{\"b\":[1,2,{\"c\":null}],\"\":false},\"é\":\"\\u00e9\"}",
        "[\"/\\/\",\"\\\"\\\\\\b\\f\\n\\r\\t\",\"\\u0001\\u001f\\u007f\\u2028\",\"😀\"]"};
    char all[256];

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct jv *v = jv_parse(texts[i], strlen(texts[i]), "test", NULL);
        assert_non_null(v);
        same(v);
        jv_free(v);
    }
    for (int i = 1; i < 128; i++)
        all[i - 1] = (char)i;
    all[127] = '\0';
    struct jv *v = jv_text(all);
    same(v);
    jv_free(v);
    v = jv_ascii(all, 127);
    same(v);
    jv_free(v);
}

static void past_the_ceiling(void **state)
{
    static const char *const texts[] = {"{\"key\":[1,2]}", "[[[\"long text\"]]]", "123456"};
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct jv *v = jv_parse(texts[i], strlen(texts[i]), "test", NULL);
        for (size_t most = 0; most < strlen(texts[i]); most++) {
            struct buf out = BUF_INIT(most);
            err_clear(&e);
            assert_int_equal(jv_print(v, false, &out, &e), -1);
            assert_true(err_is_set(&e));
            buf_free(&out);
        }
        jv_free(v);
    }
    struct buf out = BUF_INIT(10);
    assert_int_equal(jv_print(NULL, false, &out, NULL), -1);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_jansson),
        cmocka_unit_test(past_the_ceiling),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/escape.h"

static struct buf out = BUF_INIT(4096);

static void html(const char *in, const char *wanted)
{
    buf_clear(&out);
    escape_html(&out, in);
    assert_string_equal(buf_str(&out), wanted);
}

static void csv(const char *in, const char *wanted)
{
    buf_clear(&out);
    escape_csv(&out, in);
    assert_string_equal(buf_str(&out), wanted);
}

static void html_holds_no_markup(void **state)
{
    (void)state;
    html("<script>alert('a & \"b\"')</script>",
         "&lt;script&gt;alert(&#39;a &amp; &quot;b&quot;&#39;)&lt;/script&gt;");
    html("é€\n\tx", "é€\n\tx");
    html("a\x1b[31m\x01\xff\xe2\x80\xae"
         "b",
         "a\xef\xbf\xbd[31m\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
         "b");
    html(NULL, "");
}

static void french_spaces_do_not_break(void **state)
{
    (void)state;
    buf_clear(&out);
    escape_html_french(&out, "Guichet « Éditeur » : à l’<b>, 2 ; https://a:1 ? ; ");
    assert_string_equal(buf_str(&out),
                        "Guichet «\u202fÉditeur\u202f»\u202f: à l’&lt;b&gt;, 2\u202f; "
                        "https://a:1\u202f?\u202f; ");
    buf_clear(&out);
    escape_html_french(&out, NULL);
    assert_string_equal(buf_str(&out), "");
}

static void csv_holds_no_formula(void **state)
{
    (void)state;
    csv("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\"");
    csv("+1", "\"'+1\"");
    csv("-1", "\"'-1\"");
    csv("@SUM(A1)", "\"'@SUM(A1)\"");
    csv("\t=1", "\"'\t=1\"");
    csv("  =1", "\"'  =1\"");
    csv("a,b\nc", "\"a,b\nc\"");
    csv("a\r\nb\rc", "\"a\r\nb\xef\xbf\xbd"
                     "c\"");
    csv("\x1b[31m\xe2\x80\xae=\xff", "\"\xef\xbf\xbd[31m\xef\xbf\xbd=\xef\xbf\xbd\"");
    csv("é", "\"é\"");
    csv("", "\"\"");
    csv(NULL, "\"\"");
}

static void url_paths(void **state)
{
    (void)state;
    buf_clear(&out);
    escape_url_path(&out, "01 - é/a%b?c#d&e");
    assert_string_equal(buf_str(&out), "01%20-%20%C3%A9/a%25b%3Fc%23d%26e");
}

static void base64(void **state)
{
    static const char *const cases[][2] = {{"", ""},
                                           {"f", "Zg=="},
                                           {"fo", "Zm8="},
                                           {"foo", "Zm9v"},
                                           {"foob", "Zm9vYg=="},
                                           {"fooba", "Zm9vYmE="},
                                           {"foobar", "Zm9vYmFy"}}; /* RFC 4648, 10 */

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = 0;
        while (cases[i][0][n] != '\0')
            n++;
        buf_clear(&out);
        base64_encode(&out, (const unsigned char *)cases[i][0], n);
        assert_string_equal(buf_str(&out), cases[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(html_holds_no_markup),
        cmocka_unit_test(french_spaces_do_not_break),
        cmocka_unit_test(csv_holds_no_formula),
        cmocka_unit_test(url_paths),
        cmocka_unit_test(base64),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    buf_free(&out);
    return failed;
}

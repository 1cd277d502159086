#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "verify/diff.h"

static bool passed_over(const char *name, size_t n)
{
    return n == strlen("xmp:ModifyDate") && strncmp(name, "xmp:ModifyDate", n) == 0;
}

#define HEAD "<?xpacket begin=\"\xef\xbb\xbf\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF>"
#define TAIL "</rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>"

static const char elements[] = HEAD
    "<rdf:Description rdf:about=\"\"><xmp:ModifyDate>1</xmp:ModifyDate><dc:format>a</dc:format>"
    "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">T</rdf:li></rdf:Alt></dc:title>"
    "</rdf:Description>" TAIL;

static bool same(const char *other)
{
    return xmp_same_properties(elements, other, passed_over);
}

static void test_same(void **state)
{
    (void)state;
    assert_true(same(elements));
    assert_true(same(HEAD "<rdf:Description dc:format='a' xmp:ModifyDate=\"2\" pdf:Keywords=\"\">\n"
                          "<dc:title><rdf:Alt>\n<rdf:li xml:lang=\"x-default\">T</rdf:li>"
                          "</rdf:Alt></dc:title></rdf:Description>" TAIL));
}

static void test_other(void **state)
{
    static const char *const other[] = {
        HEAD "<rdf:Description dc:format=\"b\"/>" TAIL,
        HEAD "<rdf:Description dc:format=\"a\"/>" TAIL,
        HEAD
        "<rdf:Description><dc:format>a</dc:format><dc:format>a</dc:format><dc:title><rdf:Alt>"
        "<rdf:li xml:lang=\"x-default\">T</rdf:li></rdf:Alt></dc:title></rdf:Description>" TAIL,
        HEAD "<!-- x --><rdf:Description/>" TAIL,
        HEAD "<rdf:Description>" TAIL,
        HEAD "<rdf:Description dc:format=a/>" TAIL,
        HEAD "<rdf:Description dc:format=\"a/>" TAIL,
        HEAD "<rdf:Description></rdf:li>" TAIL,
        HEAD "words<rdf:Description/>" TAIL,
        "<?xpacket",
        "<a",
        "<",
        "</a>",
        "",
    };

    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
        assert_false(same(other[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

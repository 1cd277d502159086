/* base/lazy.h: a library that is there, one that is not, one that lacks a function. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/lazy.h"
#include "base/libxml.h"

static void opens(void **state)
{
    (void)state;
    static const unsigned char text[] = "<a>é</a>";
    struct err e = ERR_INIT;

    assert_int_equal(libxml_open(&e), 0);
    assert_int_equal(libxml_open(&e), 0);
    xmlDocPtr doc = libxml()->xmlReadMemory((const char *)text, (int)sizeof text - 1, "x", NULL, 0);
    assert_non_null(doc);
    xmlChar *said = libxml()->xmlNodeGetContent(libxml()->xmlDocGetRootElement(doc));
    assert_string_equal((const char *)said, "é");
    (*libxml()->free_text)(said);
    libxml()->xmlFreeDoc(doc);
}

static void refused(const char *soname, const char *name)
{
    const char *names[] = {name};
    void *slots[1] = {NULL};
    struct lazy library = {.soname = soname, .names = names, .n = 1, .slots = slots};
    struct err e = ERR_INIT;

    assert_int_equal(lazy_open(&library, &e), -1);
    assert_string_equal(e.id, "err.base.library");
    assert_int_equal(e.kind, ERR_USAGE);
    assert_non_null(strstr(e.sentence, soname));
    assert_false(library.open);
    assert_null(slots[0]);
}

static void not_there(void **state)
{
    (void)state;
    refused("libparaphe-not-there.so.9", "f");
}

static void lacks_a_function(void **state)
{
    (void)state;
    refused(PARAPHE_XML_SONAME, "paraphe_not_there");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(opens), cmocka_unit_test(not_there),
                                       cmocka_unit_test(lacks_a_function)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

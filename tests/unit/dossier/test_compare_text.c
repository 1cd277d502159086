/* dossier/compare.h: a document without data, by what its text shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/jv.h"
#include "base/text.h"
#include "dossier/compare.h"

#define FORM                                                                                       \
    "{\"format\":\"paraphe-grid\",\"sheets\":[{\"name\":\"S\",\"points\":["                        \
    "{\"id\":\"P-01\",\"answer\":\"Oui\",\"cells\":{}},"                                           \
    "{\"id\":\"P-02\",\"answer\":\"Non\",\"comment\":\"Jeton accepté\",\"cells\":{}},"            \
    "{\"id\":\"P-03\",\"answer\":null,\"cells\":{}}]}]}"

static void judge(const char *pages, const char *result)
{
    struct err e = ERR_INIT;
    char text[1024];
    struct jv *form = jv_parse(FORM, strlen(FORM), "form", &e), *out = NULL;

    snprintf(text, sizeof text, "{\"pages\":%s,\"mapped\":200,\"unmapped\":0}", pages);
    struct jv *shown = jv_parse(text, strlen(text), "text", &e);
    assert_non_null(form);
    assert_non_null(shown);
    assert_int_equal(compare_text(shown, form, &out, &e), 0);
    assert_string_equal(jv_get_text(out, "result"), result);
    jv_free(out);
    jv_free(shown);
    jv_free(form);
}

static void same(void **state)
{
    (void)state;
    judge("[[\"P-01\",\"Oui\",\"P-02\",\"Haute Non\",\"Jeton\",\"accepté\",\"P-03\",\"Rien\"]]",
          "same");
}

/* The list of answers at the end of a printed form is nobody's answer. */
static void legend(void **state)
{
    (void)state;
    judge("[[\"P-01\",\"Oui\",\"P-02\",\"Non\",\"Jeton "
          "accepté\",\"P-03\"],[\"Oui\",\"Non\",\"N/A\"]]",
          "same");
    judge("[[\"P-01\",\"Oui\",\"P-02\",\"Non\",\"Jeton accepté\",\"P-03\"],[\"Oui\",\"Non\"]]",
          "different");
}

static void other(void **state)
{
    (void)state;
    judge("[[\"P-01\",\"Non\",\"P-02\",\"Non\",\"Jeton accepté\",\"P-03\"]]", "different");
    judge("[[\"P-01\",\"Oui\",\"P-02\",\"Non\",\"Jeton refusé\",\"P-03\"]]", "incomplete");
    judge("[[\"P-01\",\"Oui\",\"P-02\",\"Non\",\"Jeton accepté\"]]", "incomplete");
}

static void nothing_said(void **state)
{
    (void)state;
    judge("[[\"P-01\"]]", "impossible");
    judge("[]", "impossible");
}

/* Data that say what the form says, beside pages that say otherwise, or nothing. */
static void pages_beside_data(void **state)
{
    (void)state;
    static const struct {
        const char *result, *says;
    } cases[] = {{"different", "but its pages do not. Why."},
                 {"impossible", "could not be read: compare them"}};

    assert_int_equal(text_lang_set("en"), 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct jv *data = jv_object(), *pages = jv_object();
        jv_put_text(data, "result", "same");
        jv_put_text(pages, "result", cases[i].result);
        jv_put_text(pages, "sentence", "Why.");
        struct jv *out = compare_pages(data, pages);
        assert_string_equal(jv_get_text(out, "result"), cases[i].result);
        assert_string_equal(jv_get_text(out, "pages"), cases[i].result);
        assert_non_null(strstr(jv_get_text(out, "sentence"), cases[i].says));
        assert_non_null(strstr(jv_get_text(out, "sentence"), "Why."));
        jv_free(out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(same), cmocka_unit_test(legend),
                                       cmocka_unit_test(other), cmocka_unit_test(nothing_said),
                                       cmocka_unit_test(pages_beside_data)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

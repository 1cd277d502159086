/* Two tables of one sheet without titles, numbered alike: each is compared with its own. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/jv.h"
#include "dossier/compare.h"

#define TABLE(answer)                                                                              \
    "{\"name\":\"Exigences\",\"points\":[{\"id\":\"1\",\"answer\":\"" answer                       \
    "\",\"wording\":\"La mesure est en place.\",\"cells\":{\"id\":\"A2\",\"answer\":\"D2\"}}]}"
#define GRID(first, second)                                                                        \
    "{\"form\":{\"sha256\":\"aa\"},\"sheets\":[" TABLE(first) "," TABLE(second) "],\"fields\":[]}"

static void compares_as(const char *carried, const char *form, const char *result, int64_t found)
{
    struct err e = ERR_INIT;
    struct jv *a = jv_parse(carried, strlen(carried), "carried", &e), *out = NULL;
    struct jv *b = jv_parse(form, strlen(form), "form", &e);

    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(compare_data(a, b, &out, &e), 0);
    assert_string_equal(jv_get_text(out, "result"), result);
    assert_int_equal(jv_get_int(jv_get(out, "points"), "found", -1), found);
    jv_free(out);
    jv_free(a);
    jv_free(b);
}

static void tables_of_one_sheet(void **state)
{
    (void)state;
    compares_as(GRID("Oui", "Non"), GRID("Oui", "Non"), "same", 2);
    compares_as(GRID("Oui", "Non"), GRID("Oui", "Oui"), "different", 1);
    compares_as(GRID("Oui", "Non"), GRID("Non", "Oui"), "different", 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(tables_of_one_sheet)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

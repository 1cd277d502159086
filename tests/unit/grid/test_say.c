/* Values in sentences: dates of findings about dates as people write them, all else as it stands.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/jv.h"
#include "grid/say.h"

static void finding_says(const char *rule, const char *value, const char *part)
{
    struct jv *o = jv_object();
    char message[SAY_MAX], remedy[SAY_MAX];

    jv_put_text(o, "rule", rule);
    jv_put_text(o, "sheet", "Base");
    jv_put_text(o, "cell", "D4");
    jv_put_text(o, "value", value);
    say_finding(TEXT_FR, o, message, remedy);
    assert_non_null(strstr(message, part));
    jv_free(o);
}

static void note_says(const char *code, const char *value, const char *part)
{
    struct jv *o = jv_object();
    char message[SAY_MAX], remedy[SAY_MAX];

    jv_put_text(o, "code", code);
    jv_put_text(o, "sheet", "Base");
    jv_put_text(o, "cell", "D4");
    jv_put_text(o, "value", value);
    say_note(TEXT_FR, o, message, remedy);
    assert_true(strstr(message, part) != NULL || strstr(remedy, part) != NULL);
    jv_free(o);
}

static void dates_of_dates_only(void **state)
{
    (void)state;
    finding_says("date-future", "2026-12-01", "01/12/2026");
    finding_says("answer-invalid", "2026-12-01", "2026-12-01");
    finding_says("severity-altered", "2026-12-01", "2026-12-01");
    note_says("column-ambiguous", "2026-12-01", "\"2026-12-01\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dates_of_dates_only)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

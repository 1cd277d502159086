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

/* `part` stands in what is said of a finding (key "rule") or a note (key "code"). */
static void says(const char *key, const char *name, const char *value, const char *part)
{
    struct jv *o = jv_object();
    char message[SAY_MAX], remedy[SAY_MAX];

    jv_put_text(o, key, name);
    jv_put_text(o, "sheet", "Base");
    jv_put_text(o, "cell", "D4");
    jv_put_text(o, "value", value);
    (strcmp(key, "rule") == 0 ? say_finding : say_note)(TEXT_FR, o, message, remedy);
    assert_true(strstr(message, part) != NULL || strstr(remedy, part) != NULL);
    jv_free(o);
}

static void dates_of_dates_only(void **state)
{
    (void)state;
    says("rule", "date-future", "2026-12-01", "01/12/2026");
    says("rule", "answer-invalid", "2026-12-01", "2026-12-01");
    says("rule", "severity-altered", "2026-12-01", "2026-12-01");
    says("code", "column-ambiguous", "2026-12-01", "\"2026-12-01\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(dates_of_dates_only)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What a lock of fields holds (ISO 32000-2 12.7.5.5): by whole parts of full names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verify/sig.h"

static char group[] = "Groupe", deep[] = "Autre.Nom";

static void a_lock_names_whole_parts_of_names(void **state)
{
    static const struct {
        const char *name;
        bool named;
    } rows[] = {
        {"Groupe", true}, {"Groupe.Nom", true},  {"Groupes", false},    {"Autre.Nom", true},
        {"Autre", false}, {"Autre.Noms", false}, {"Autre.Nom.x", true}, {"", false},
    };
    struct lock lock = {.count = 2};

    (void)state;
    lock.names[0] = group;
    lock.names[1] = deep;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        lock.action = LOCK_NONE;
        assert_false(lock_holds(&lock, rows[i].name));
        lock.action = LOCK_INCLUDE;
        assert_int_equal(lock_holds(&lock, rows[i].name), rows[i].named);
        lock.action = LOCK_EXCLUDE;
        assert_int_equal(lock_holds(&lock, rows[i].name), !rows[i].named);
        lock.action = LOCK_ALL;
        assert_true(lock_holds(&lock, rows[i].name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_names_whole_parts_of_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "base/tree.h"

static char top[64];

static char *in_top(const char *name)
{
    return path_join(top, name);
}

static bool is_there(const char *name)
{
    struct stat st;
    char *path = in_top(name);
    bool there = lstat(path, &st) == 0;

    free(path);
    return there;
}

static void put_in(const struct tree_out *out, const char *name)
{
    char *path = path_join(out->temp, name);

    assert_int_equal(file_put(path, "x", 1, false, NULL), 0);
    free(path);
}

/* How many hidden folders lie in the top. */
static int halves(void)
{
    char command[160];

    snprintf(command, sizeof command, "test $(ls -A %s | grep -c '\\.part$') = 0", top);
    return system(command);
}

static void whole_or_not_at_all(void **state)
{
    struct tree_out out = TREE_OUT_INIT;
    struct err e = ERR_INIT;
    char *path = in_top("made/"), *inner = NULL;

    (void)state;
    assert_int_equal(tree_begin(&out, path, &e), 0);
    assert_false(is_there("made"));
    inner = path_join(out.temp, "a");
    assert_int_equal(mkdir(inner, 0700), 0);
    free(inner);
    put_in(&out, "a/b");
    assert_int_equal(tree_commit(&out, &e), 0);
    tree_abort(&out);
    assert_true(is_there("made/a/b"));
    assert_int_equal(tree_begin(&out, path, &e), -1);
    assert_string_equal(e.id, "err.base.file-exists");
    free(path);

    path = in_top("given-up");
    assert_int_equal(tree_begin(&out, path, &e), 0);
    put_in(&out, "c");
    tree_abort(&out);
    assert_false(is_there("given-up"));
    assert_int_equal(halves(), 0);
    free(path);
}

static void what_appears_meanwhile_stays(void **state)
{
    struct tree_out out = TREE_OUT_INIT;
    struct err e = ERR_INIT;
    char *path = in_top("race"), *theirs = in_top("race/theirs");

    (void)state;
    assert_int_equal(tree_begin(&out, path, &e), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(file_put(theirs, "y", 1, false, &e), 0);
    assert_int_equal(tree_commit(&out, &e), -1);
    assert_string_equal(e.id, "err.base.file-exists");
    tree_abort(&out);
    assert_true(is_there("race/theirs"));
    assert_int_equal(halves(), 0);
    free(path);
    free(theirs);
}

static void leftovers_go(void **state)
{
    struct tree_out out = TREE_OUT_INIT;
    struct err e = ERR_INIT;
    char command[256], *path = in_top("again");

    (void)state;
    snprintf(command, sizeof command,
             "cd %s && mkdir -p .again.0123abcd.part/x .again.0123abcd.parts .other.0123abcd.part "
             "&& touch .again.0123abcd.part/x/y",
             top);
    assert_int_equal(system(command), 0);
    assert_int_equal(tree_begin(&out, path, &e), 0);
    assert_false(is_there(".again.0123abcd.part"));
    assert_true(is_there(".again.0123abcd.parts"));
    assert_true(is_there(".other.0123abcd.part"));
    tree_abort_from_signal();
    assert_false(access(out.temp, F_OK) == 0);
    tree_abort(&out);
    snprintf(command, sizeof command, "cd %s && rmdir .again.0123abcd.parts .other.0123abcd.part",
             top);
    assert_int_equal(system(command), 0);
    free(path);
}

static void links_are_not_followed(void **state)
{
    char command[256], *path = in_top("gone");

    (void)state;
    snprintf(command, sizeof command,
             "cd %s && mkdir -p kept gone/deep/er && touch kept/k gone/f && ln -s ../kept gone/l "
             "&& ln -s ../kept/k gone/m",
             top);
    assert_int_equal(system(command), 0);
    for (int i = 0; i < 300; i++) {
        snprintf(command, sizeof command, "%s/gone/%d-%s", top, i,
                 "a name long enough to fill more than one buffer of entries");
        assert_int_equal(file_put(command, "", 0, false, NULL), 0);
    }
    assert_int_equal(tree_remove(path), 0);
    assert_false(is_there("gone"));
    assert_true(is_there("kept/k"));
    assert_int_equal(tree_remove(path), -1);
    free(path);
}

static void no_folder_above(void **state)
{
    struct tree_out out = TREE_OUT_INIT;
    struct err e = ERR_INIT;
    char *path = in_top("no/where");

    (void)state;
    assert_int_equal(tree_begin(&out, path, &e), -1);
    assert_int_equal(e.kind, ERR_DISK);
    free(path);
    path = in_top("lost");
    assert_int_equal(tree_begin(&out, path, &e), 0);
    assert_int_equal(tree_remove(out.temp), 0); /* by somebody else */
    assert_int_equal(tree_commit(&out, &e), -1);
    assert_string_equal(e.id, "err.base.file-write");
    tree_abort(&out);
    free(path);
}

static int start(void **state)
{
    (void)state;
    strcpy(top, "/tmp/paraphe-unit.XXXXXX");
    return mkdtemp(top) != NULL ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    return tree_remove(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_or_not_at_all), cmocka_unit_test(what_appears_meanwhile_stays),
        cmocka_unit_test(leftovers_go),        cmocka_unit_test(links_are_not_followed),
        cmocka_unit_test(no_folder_above),
    };

    return cmocka_run_group_tests(tests, start, end);
}

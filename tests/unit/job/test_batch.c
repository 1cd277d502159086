#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/batch.h"
#include "tests/unit/job/batch_folder.h"

static void an_empty_journal_goes(void **state)
{
    struct err e = ERR_INIT;
    struct batch *b = opened("w", &e);
    struct stat st;

    (void)state;
    assert_non_null(b);
    assert_int_equal(stat(journal, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    batch_close(b, false);
    assert_int_not_equal(access(journal, F_OK), 0);
    value_written("w");
    assert_int_equal(access(journal, F_OK), 0);
    b = opened("w", &e);
    assert_int_equal(batch_known(b), 1);
    batch_close(b, false);
    assert_int_equal(access(journal, F_OK), 0);
    batch_close(NULL, true);
}

static void a_value_is_found_until_the_output_is_done(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    value_written("w");
    assert_int_equal(state_now("w"), BATCH_VALUE);
    /* killed between the name and its line: the output holds this very signature */
    assert_int_equal(file_put(output, "the input-signature", 19, true, NULL), 0);
    assert_int_equal(state_now("w"), BATCH_VALUE);
    /* not if anything else is in it, or comes after it: a further signature */
    static const char *const others[] = {"somebody else's",
                                         "",
                                         "the input",
                                         "the input-signatur",
                                         "the input-signaturE",
                                         "the input-Signature",
                                         "the input-signature-and-another"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(file_put(output, others[i], strlen(others[i]), true, NULL), 0);
        assert_int_equal(state_now("w"), BATCH_NEW);
    }
    assert_int_equal(file_put(output, "the input-signature", 19, true, NULL), 0);
    struct batch *b = opened("w", &e);
    struct jv *result = result_made("the input-signature");
    batch_done(b, output, result);
    jv_free(result);
    batch_close(b, false);
    assert_int_equal(state_now("w"), BATCH_DONE);
    assert_int_equal(file_put(output, "the input-signature+", 20, true, NULL), 0);
    assert_int_equal(state_now("w"), BATCH_NEW); /* changed since: left alone */
    unlink(output);
    assert_int_equal(state_now("w"), BATCH_VALUE); /* made again, without the token */
    assert_int_equal(file_put(input, "another", 7, true, NULL), 0);
    assert_int_equal(state_now("w"), BATCH_NEW);
    unlink(input);
    assert_int_equal(state_now("w"), BATCH_NEW);
}

/* Names of old archives are Latin-1, in bytes that no JSON can say: each is known by its own. */
static void names_that_are_no_utf8(void **state)
{
    struct err e = ERR_INIT;
    char names[2][160];

    (void)state;
    snprintf(names[0], sizeof names[0], "%s/s\351curit\351.pdf", top);
    snprintf(names[1], sizeof names[1], "%s/s\350curit\350.pdf", top);
    struct batch *b = opened("w", &e);
    struct jv *kept = kept_made(), *result = result_made("x"), *what = NULL;
    assert_int_equal(batch_keep(b, names[0], kept, &e), 0);
    batch_close(b, false);
    b = opened("w", &e);
    assert_int_equal(batch_known(b), 1);
    assert_int_equal(batch_find(b, input, names[1], &what), BATCH_NEW);
    assert_int_equal(batch_find(b, input, names[0], &what), BATCH_VALUE);
    jv_free(what);
    batch_done(b, names[0], result);
    assert_int_equal(file_put(names[0], "x", 1, true, NULL), 0);
    batch_named(b, names[0], result);
    batch_close(b, true); /* it is there: the shortened journal knows it */
    b = opened("w", &e);
    assert_int_equal(batch_find(b, input, names[0], &what), BATCH_DONE);
    jv_free(what);
    batch_close(b, true);
    unlink(names[0]);
    jv_free(kept);
    jv_free(result);
}

static void other_wishes_wait_for_unfinished_values(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    value_written("w");
    assert_null(opened("another", &e));
    assert_string_equal(e.id, "err.job.batch-other");
    assert_int_equal(e.kind, ERR_USAGE);
    struct batch *b = opened("w", &e);
    struct jv *result = result_made("x");
    batch_done(b, output, result);
    jv_free(result);
    batch_close(b, false);
    assert_null(opened("another", &e)); /* killed before it had its name */
    assert_string_equal(e.id, "err.job.batch-other");
    assert_int_equal(file_put(output, "x", 1, true, NULL), 0);
    b = opened("another", &e); /* nothing would be lost */
    assert_non_null(b);
    assert_int_equal(batch_known(b), 0);
    batch_close(b, false);
    assert_int_equal(access(journal, F_OK), 0); /* nor is what was known, while nothing is signed */
    b = opened("w", &e);
    assert_int_equal(batch_known(b), 1);
    batch_close(b, false);
    b = opened("another", &e);
    struct jv *kept = kept_made();
    assert_int_equal(batch_keep(b, output, kept, &e), 0);
    jv_free(kept);
    batch_close(b, false);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-other");
}

static void a_value_of_an_input_that_has_changed_holds_nobody_up(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    value_written("w");
    assert_int_equal(file_put(input, "another", 7, true, NULL), 0);
    struct batch *b = opened("another", &e);
    assert_non_null(b);
    assert_int_equal(batch_known(b), 0);
    batch_close(b, false);
}

static void one_output_has_a_journal_of_its_own(void **state)
{
    struct err e = ERR_INIT;
    struct batch *b = opened_alone("w", &e), *folder = opened("w", &e);
    struct jv *kept = kept_made(), *what = NULL;
    char path[160];

    (void)state;
    snprintf(path, sizeof path, "%s/.out.pdf" BATCH_TAIL, top);
    assert_non_null(b);
    assert_non_null(folder); /* neither is in the way of the other */
    assert_string_equal(batch_path(b), path);
    assert_null(opened_alone("w", &e));
    assert_string_equal(e.id, "err.job.batch-locked-one");
    assert_int_equal(batch_keep(b, output, kept, &e), 0);
    assert_int_equal(batch_settle(b, &e), 0);
    assert_true(batch_close(b, false));
    assert_false(batch_close(folder, false));
    assert_null(opened_alone("another", &e));
    assert_string_equal(e.id, "err.job.batch-other-one");
    b = opened_alone("w", &e);
    assert_int_equal(batch_find(b, input, output, &what), BATCH_VALUE);
    jv_free(what);
    jv_free(kept);
    assert_false(batch_close(b, true));
    assert_int_not_equal(access(path, F_OK), 0);
}

static void a_signal_removes_what_holds_nothing(void **state)
{
    struct err e = ERR_INIT;
    struct batch *b = opened_alone("w", &e);
    struct jv *kept = kept_made();
    char path[160];

    (void)state;
    snprintf(path, sizeof path, "%s/.out.pdf" BATCH_TAIL, top);
    assert_int_equal(access(path, F_OK), 0);
    file_abort_all_from_signal();
    assert_int_not_equal(access(path, F_OK), 0);
    batch_close(b, false);
    b = opened_alone("w", &e);
    assert_int_equal(batch_keep(b, output, kept, &e), 0);
    file_abort_all_from_signal();
    assert_int_equal(access(path, F_OK), 0);
    batch_close(b, true);
    jv_free(kept);
}

static void one_run_at_a_time_in_a_journal_of_ones_own(void **state)
{
    struct err e = ERR_INIT;
    struct batch *b = opened("w", &e);

    (void)state;
    assert_non_null(b);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-locked");
    batch_close(b, false);
    value_written("w");
    assert_int_equal(chmod(journal, 0620), 0);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-not-yours");
    unlink(journal);
    assert_int_equal(symlink(input, journal), 0);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-no-file");
    unlink(journal);
    assert_int_equal(mkdir(journal, 0700), 0);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-no-file");
    rmdir(journal);
    assert_int_equal(mkfifo(journal, 0600), 0);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-no-file");
    unlink(journal);
}

/* Two who sign into one folder: neither reads or changes what the other has noted. */
static void a_journal_of_another_user_is_left_alone(void **state)
{
    struct err e = ERR_INIT;
    struct stat st;
    char own[160];

    (void)state;
    if (geteuid() != 0)
        skip();
    value_written("w");
    assert_int_equal(chown(journal, 65534, 65534), 0);
    struct batch *b = opened("another", &e);
    assert_non_null(b);
    assert_int_equal(batch_known(b), 0);
    assert_false(batch_alone(b));
    snprintf(own, sizeof own, "%s.0", journal);
    assert_string_equal(batch_path(b), own);
    assert_null(opened("another", &e)); /* one run of each */
    assert_string_equal(e.id, "err.job.batch-locked");
    batch_close(b, false);
    assert_int_not_equal(access(own, F_OK), 0);
    assert_int_equal(stat(journal, &st), 0);
    assert_int_equal(st.st_uid, 65534);
    assert_true(st.st_size > 0);
    value_written("w"); /* aside; then the other one's goes */
    assert_int_equal(unlink(journal), 0);
    assert_int_equal(state_now("w"), BATCH_VALUE);
    assert_int_not_equal(access(journal, F_OK), 0);
}

/* The other one makes his between our two looks: at the first there was none. */
static bool other_comes_first;

int open(const char *path, int flags, ...)
{
    va_list ap;

    va_start(ap, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(ap, mode_t) : 0;
    va_end(ap);
    if (other_comes_first && strcmp(path, journal) == 0 && (flags & O_CREAT) != 0) {
        other_comes_first = false;
        int fd = openat(AT_FDCWD, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0 || fchown(fd, 65534, 65534) != 0)
            abort();
        close(fd);
    }
    return openat(AT_FDCWD, path, flags, mode);
}

static void two_who_make_a_journal_at_once(void **state)
{
    struct err e = ERR_INIT;
    char own[160];

    (void)state;
    if (geteuid() != 0)
        skip();
    other_comes_first = true;
    struct batch *b = opened("w", &e);
    assert_false(other_comes_first);
    assert_non_null(b);
    assert_false(batch_alone(b));
    snprintf(own, sizeof own, "%s.0", journal);
    assert_string_equal(batch_path(b), own);
    batch_close(b, false);
}

static void half_made_outputs_of_a_killed_run_go(void **state)
{
    char mine[160], other[160];

    (void)state;
    snprintf(mine, sizeof mine, "%s/.out.pdf.0123abcd.part", top);
    snprintf(other, sizeof other, "%s/.other.pdf.0123abcd.part", top);
    assert_int_equal(file_put(mine, "x", 1, true, NULL), 0);
    assert_int_equal(file_put(other, "x", 1, true, NULL), 0);
    assert_int_equal(state_now("w"), BATCH_NEW); /* no journal was there */
    assert_int_equal(access(mine, F_OK), 0);
    assert_int_equal(file_put(journal, "", 0, true, NULL), 0); /* killed before its first line */
    assert_int_equal(state_now("w"), BATCH_NEW);
    assert_int_not_equal(access(mine, F_OK), 0);
    assert_int_equal(file_put(mine, "x", 1, true, NULL), 0);
    value_written("w");
    assert_int_equal(state_now("w"), BATCH_VALUE);
    assert_int_not_equal(access(mine, F_OK), 0);
    assert_int_equal(access(other, F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_empty_journal_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(a_value_is_found_until_the_output_is_done, setup, teardown),
        cmocka_unit_test_setup_teardown(names_that_are_no_utf8, setup, teardown),
        cmocka_unit_test_setup_teardown(other_wishes_wait_for_unfinished_values, setup, teardown),
        cmocka_unit_test_setup_teardown(a_value_of_an_input_that_has_changed_holds_nobody_up, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_output_has_a_journal_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_signal_removes_what_holds_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(one_run_at_a_time_in_a_journal_of_ones_own, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_journal_of_another_user_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(two_who_make_a_journal_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(half_made_outputs_of_a_killed_run_go, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

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
#include "tests/unit/remove_tree.h"

static char top[64], input[96], output[96], journal[128];
static const char *const inputs[] = {input}, *const outputs[] = {output};

static int setup(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/paraphe-batch.XXXXXX");
    assert_non_null(mkdtemp(top));
    snprintf(input, sizeof input, "%s/in.pdf", top);
    snprintf(output, sizeof output, "%s/out.pdf", top);
    snprintf(journal, sizeof journal, "%s/%s", top, BATCH_FILE);
    return file_put(input, "the input", 9, true, NULL);
}

static int teardown(void **state)
{
    (void)state;
    return remove_tree(top);
}

static struct batch *opened(const char *wish, struct err *e)
{
    struct batch *b = NULL;

    err_clear(e);
    batch_open(&b, &(struct batch_request){top, wish, inputs, outputs, 1}, e);
    return b;
}

static struct batch *opened_alone(const char *wish, struct err *e)
{
    struct batch *b = NULL;

    err_clear(e);
    batch_open(&b, &(struct batch_request){NULL, wish, inputs, outputs, 1}, e);
    return b;
}

static void sha256_of(const char *text, char out[DIGEST_HEX_MAX])
{
    assert_int_equal(digest_bytes_hex(text, strlen(text), out, NULL), 0);
}

/* As sign/pades keeps it, as far as the journal looks at it. */
static struct jv *kept_made(void)
{
    struct jv *kept = jv_object();
    char sha256[DIGEST_HEX_MAX];

    sha256_of("the input", sha256);
    jv_put_text(kept, "input_sha256", sha256);
    jv_put_int(kept, "base", 9);
    jv_put_text(kept, "update_head", "2d736967"); /* "-sig" */
    return kept;
}

static struct jv *result_made(const char *signed_text)
{
    struct jv *result = jv_object();
    char sha256[DIGEST_HEX_MAX];

    sha256_of("the input", sha256);
    jv_put_text(result, "input_sha256", sha256);
    sha256_of(signed_text, sha256);
    jv_put_text(result, "sha256", sha256);
    return result;
}

static void value_written(const char *wish)
{
    struct err e = ERR_INIT;
    struct batch *b = opened(wish, &e);
    struct jv *kept = kept_made();

    assert_non_null(b);
    assert_int_equal(batch_keep(b, output, kept, &e), 0);
    assert_int_equal(batch_settle(b, &e), 0);
    jv_free(kept);
    batch_close(b, false);
}

static enum batch_state state_now(const char *wish)
{
    struct err e = ERR_INIT;
    struct batch *b = opened(wish, &e);
    struct jv *what = NULL;

    assert_non_null(b);
    enum batch_state found = batch_find(b, input, output, &what);
    assert_true((what == NULL) == (found == BATCH_NEW));
    jv_free(what);
    batch_close(b, false);
    return found;
}

static void an_empty_journal_goes_and_a_finished_one_too(void **state)
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
    batch_close(b, true);
    assert_int_not_equal(access(journal, F_OK), 0);
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
    assert_int_equal(file_put(output, "somebody else's", 15, true, NULL), 0);
    assert_int_equal(state_now("w"), BATCH_NEW);
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
    b = opened("another", &e); /* nothing would be lost */
    assert_non_null(b);
    assert_int_equal(batch_known(b), 0);
    batch_close(b, false);
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

static void a_torn_line_counts_for_nothing_and_hides_nothing(void **state)
{
    struct err e = ERR_INIT;
    struct stat st;

    (void)state;
    value_written("w");
    assert_int_equal(stat(journal, &st), 0);
    assert_int_equal(truncate(journal, st.st_size - 3), 0);
    assert_int_equal(state_now("w"), BATCH_NEW);
    value_written("w"); /* behind the torn one */
    assert_int_equal(state_now("w"), BATCH_VALUE);
    int fd = open(journal, O_RDWR);
    assert_int_equal(pwrite(fd, "x", 1, 0), 1); /* the head of the file: no wish is known */
    close(fd);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-other");
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
    assert_int_equal(e.kind, ERR_DISK);
    unlink(journal);
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
        cmocka_unit_test_setup_teardown(an_empty_journal_goes_and_a_finished_one_too, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_value_is_found_until_the_output_is_done, setup, teardown),
        cmocka_unit_test_setup_teardown(other_wishes_wait_for_unfinished_values, setup, teardown),
        cmocka_unit_test_setup_teardown(a_torn_line_counts_for_nothing_and_hides_nothing, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_value_of_an_input_that_has_changed_holds_nobody_up, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(one_output_has_a_journal_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(a_signal_removes_what_holds_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(one_run_at_a_time_in_a_journal_of_ones_own, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(half_made_outputs_of_a_killed_run_go, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

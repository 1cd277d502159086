/* The lines of the journal: torn, cut short, left for a later run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/batch.h"
#include "tests/refuse.h"
#include "tests/unit/job/batch_folder.h"

static size_t journal_bytes(void)
{
    struct stat st;

    return stat(journal, &st) == 0 ? (size_t)st.st_size : 0;
}

/* The same command again finds its results, without the values, which are large. */
static void a_finished_folder_knows_what_is_done(void **state)
{
    static const char *const other_inputs[] = {"nowhere.pdf"}, *const other_outputs[] = {"o.pdf"};
    struct err e = ERR_INIT;
    struct jv *kept = kept_made(), *result = result_made("the input-signature");

    (void)state;
    struct batch *b = opened("w", &e);
    assert_int_equal(batch_keep(b, output, kept, &e), 0);
    assert_int_equal(batch_keep(b, "o.pdf", kept, &e), 0); /* of another command: not finished */
    assert_int_equal(batch_keep(b, "gone.pdf", kept, &e), 0);
    batch_done(b, "gone.pdf", result);
    batch_named(b, "gone.pdf", result); /* and taken away since */
    batch_done(b, output, result);
    assert_int_equal(file_put(output, "the input-signature", 19, true, NULL), 0);
    size_t before = journal_bytes();
    assert_false(batch_close(b, true));
    assert_in_range(journal_bytes(), 1, before - 300);
    assert_int_equal(state_now("w"), BATCH_DONE);
    b = opened("w", &e);
    assert_int_equal(batch_known(b), 2); /* not the one that is gone */
    assert_false(batch_close(b, true));  /* nothing new */
    assert_null(opened("another", &e));  /* o.pdf has its value still */
    assert_int_equal(
        batch_open(&b, &(struct batch_request){top, "w", other_inputs, other_outputs, 1}, &e), 0);
    batch_done(b, "o.pdf", result);
    char path[160];
    snprintf(path, sizeof path, "%s/o.pdf", top);
    assert_int_equal(file_put(path, "the input-signature", 19, true, NULL), 0);
    assert_false(batch_close(b, true));
    b = opened("another", &e); /* nothing is lost */
    assert_non_null(b);
    assert_int_equal(batch_known(b), 0);
    batch_close(b, false);
    jv_free(kept);
    jv_free(result);
}

/* Killed between the result and the name: its value is worth keeping, whatever is finished next;
 * taken away after it had its name: nothing is left to be done. */
static void what_got_no_name_is_not_finished(void **state)
{
    static const char *const other_inputs[] = {"nowhere.pdf"}, *const other_outputs[] = {"o.pdf"};
    const struct batch_request other = {top, "w", other_inputs, other_outputs, 1};
    struct err e = ERR_INIT;
    struct jv *kept = kept_made(), *result = result_made("the input-signature");

    (void)state;
    struct batch *b = opened("w", &e);
    assert_int_equal(batch_keep(b, output, kept, &e), 0);
    batch_done(b, output, result);
    batch_close(b, false);
    assert_int_equal(batch_open(&b, &other, &e), 0);
    batch_done(b, "o.pdf", result);
    batch_close(b, true);
    assert_int_equal(state_now("w"), BATCH_VALUE);
    assert_null(opened("another", &e));
    assert_string_equal(e.id, "err.job.batch-other");
    b = opened("w", &e);
    batch_done(b, output, result);
    batch_named(b, output, result);
    batch_close(b, false);
    assert_int_equal(state_now("w"), BATCH_VALUE); /* it is made again, without the token */
    b = opened("another", &e);
    assert_non_null(b);
    batch_close(b, false);
    jv_free(kept);
    jv_free(result);
}

/* A disk that is full takes half a line: it is cut off, or the next one begins after it. */
static int half_a_line(void *self)
{
    struct err e = ERR_INIT;
    struct batch *b = opened("w", &e);
    struct jv *kept = kept_made(), *large = kept_made();
    struct rlimit was, limit;
    bool cut = self != NULL;

    jv_put_text(large, "value", "0000000000000000000000000000000000000000000000000000000000000000");
    signal(SIGXFSZ, SIG_IGN);
    if (b == NULL || batch_keep(b, "first.pdf", kept, &e) != 0 ||
        getrlimit(RLIMIT_FSIZE, &was) != 0)
        return 1;
    size_t before = journal_bytes();
    limit = was;
    limit.rlim_cur = before + 110;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || batch_keep(b, output, large, &e) != -1)
        return 2;
    setrlimit(RLIMIT_FSIZE, &was);
    if (journal_bytes() != (cut ? before : before + 110))
        return 3;
    if (batch_keep(b, output, kept, &e) != 0)
        return 4;
    batch_close(b, false);
    jv_free(kept);
    jv_free(large);
    return state_now("w") == BATCH_VALUE ? 0 : 5;
}

static void half_a_line_does_not_spoil_the_next(void **state)
{
    static const struct refuse list[] = {{SYS_ftruncate, -1, 0, EIO}};

    (void)state;
    assert_int_equal(half_a_line(top), 0);
    unlink(journal);
    assert_true(refused_run(list, 0, half_a_line, top));
    unlink(journal);
    assert_true(refused_run(list, 1, half_a_line, NULL));
}

static int without_locks(void *self)
{
    struct err e = ERR_INIT;
    struct batch *b = opened("w", &e);
    char half[160];

    (void)self;
    snprintf(half, sizeof half, "%s/.out.pdf.0123abcd.part", top);
    if (b == NULL || access(half, F_OK) != 0)
        return 1; /* another run may be making it */
    struct jv *what = NULL;
    if (batch_find(b, input, output, &what) != BATCH_DONE)
        return 2;
    jv_free(what);
    size_t before = journal_bytes();
    struct jv *kept = kept_made();
    if (batch_keep(b, "other.pdf", kept, &e) != 0)
        return 3;
    jv_free(kept);
    batch_close(b, true);
    if (journal_bytes() <= before)
        return 4;
    if (opened("another", &e) != NULL || e.kind != ERR_USAGE ||
        strcmp(e.id, "err.job.batch-other") != 0)
        return 5;
    b = opened("w", &e);
    struct jv *result = result_made("the input-signature");
    batch_done(b, "other.pdf", result);
    jv_free(result);
    snprintf(half, sizeof half, "%s/other.pdf", top);
    file_put(half, "the input-signature", 19, true, NULL);
    batch_close(b, true);
    return opened("another", &e) == NULL && strcmp(e.id, "err.job.batch-no-lock") == 0 ? 0 : 6;
}

/* Then there may be another run: nothing of it is swept, cut off or thrown away. */
static void without_locks_nothing_is_thrown_away(void **state)
{
    static const int why[] = {ENOLCK, ENOSYS, EOPNOTSUPP};
    char half[160];

    (void)state;
    snprintf(half, sizeof half, "%s/.out.pdf.0123abcd.part", top);
    for (size_t i = 0; i < sizeof why / sizeof why[0]; i++) {
        const struct refuse list[] = {{SYS_flock, -1, 0, why[i]}};
        struct err e = ERR_INIT;
        unlink(journal);
        value_written("w");
        struct batch *b = opened("w", &e);
        struct jv *result = result_made("the input-signature");
        batch_done(b, output, result);
        jv_free(result);
        assert_int_equal(file_put(output, "the input-signature", 19, true, NULL), 0);
        batch_close(b, false);
        assert_int_equal(file_put(half, "x", 1, true, NULL), 0);
        assert_true(refused_run(list, 1, without_locks, NULL));
    }
}

static void cut(size_t bytes)
{
    assert_int_equal(truncate(journal, (off_t)(journal_bytes() - bytes)), 0);
}

static char *aside(int number)
{
    static char name[160];

    snprintf(name, sizeof name, number == 1 ? "%s.damaged" : "%s.damaged-%d", journal, number);
    return name;
}

static void a_torn_line_is_no_signature_and_hides_none(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    value_written("w");
    cut(3);
    assert_null(opened("w", &e)); /* it was one: said, before there is another */
    assert_string_equal(e.id, "err.job.batch-damaged-of");
    assert_int_equal(e.kind, ERR_DISK);
    assert_non_null(strstr(e.sentence, "out.pdf"));
    assert_int_equal(access(aside(1), F_OK), 0);
    assert_int_equal(state_now("w"), BATCH_NEW);
    value_written("w"); /* behind the torn one */
    assert_int_equal(state_now("w"), BATCH_VALUE);
    int fd = open(journal, O_RDWR);
    assert_int_equal(pwrite(fd, "x", 1, 0), 1); /* the head of the file: no wish is known */
    close(fd);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-other");
}

/* Of the bytes of a line so few are left that nobody knows whose it was; others stay. */
static void what_is_left_of_a_journal_counts(void **state)
{
    struct err e = ERR_INIT;
    struct jv *kept = kept_made();

    (void)state;
    value_written("w");
    size_t before = journal_bytes();
    struct batch *b = opened("w", &e);
    assert_int_equal(batch_keep(b, "other.pdf", kept, &e), 0);
    batch_close(b, false);
    cut(journal_bytes() - before - 40);
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-damaged");
    assert_int_equal(state_now("w"), BATCH_VALUE);
    assert_int_equal(journal_bytes(), before);
    /* without its first line it holds nothing that can be used, and goes as it is */
    unlink(journal);
    value_written("w");
    int fd = open(journal, O_RDWR);
    assert_int_equal(pwrite(fd, "\n", 1, 90), 1); /* cuts the first line in two */
    close(fd);
    cut(3);
    before = journal_bytes();
    assert_null(opened("w", &e));
    assert_string_equal(e.id, "err.job.batch-damaged");
    assert_int_equal(access(journal, F_OK), -1);
    struct stat st;
    assert_int_equal(stat(aside(2), &st), 0);
    assert_int_equal(st.st_size, before);
    assert_int_equal(state_now("w"), BATCH_NEW);
    jv_free(kept);
}

static int doubt_without_locks(void *self)
{
    struct err e = ERR_INIT;
    size_t before = journal_bytes();

    (void)self;
    return opened("w", &e) == NULL && strcmp(e.id, "err.job.batch-damaged-unlocked") == 0 &&
                   access(aside(1), F_OK) != 0 && journal_bytes() == before
               ? 0
               : 1;
}

static int doubt_without_links(void *self)
{
    struct err e = ERR_INIT;

    (void)self;
    return opened("w", &e) == NULL && strcmp(e.id, "err.job.batch-damaged-of") == 0 &&
                   access(aside(1), F_OK) == 0 && access(journal, F_OK) == 0
               ? 0
               : 1;
}

/* The folder is not taken by the disk: nothing is shortened, and the doubt is told all the same. */
static int doubt_without_sync(void *self)
{
    struct err e = ERR_INIT;
    size_t before = journal_bytes();

    (void)self;
    return opened("w", &e) == NULL && strcmp(e.id, "err.job.batch-damaged-of") == 0 &&
                   access(aside(1), F_OK) == 0 && journal_bytes() == before
               ? 0
               : 1;
}

/* ... nor are there links: the journal has its name again, and the next run finds the doubt. */
static int doubt_without_both(void *self)
{
    struct err e = ERR_INIT;
    size_t before = journal_bytes();

    (void)self;
    return opened("w", &e) == NULL && strcmp(e.id, "err.base.file-write") == 0 &&
                   access(aside(1), F_OK) != 0 && journal_bytes() == before
               ? 0
               : 1;
}

/* A line of a result, or one whose document a later line finishes, is no loss. */
static void what_was_lost_may_be_no_signature(void **state)
{
    static const struct refuse locks[] = {{SYS_flock, -1, 0, ENOLCK}};
    static const struct refuse links[] = {{SYS_link, -1, 0, EPERM}, {SYS_linkat, -1, 0, EPERM}};
    static const struct refuse sync[] = {{SYS_fsync, -1, 0, EIO}};
    static const struct refuse both[] = {
        {SYS_link, -1, 0, EPERM}, {SYS_linkat, -1, 0, EPERM}, {SYS_fsync, -1, 0, EIO}};
    struct err e = ERR_INIT;
    struct jv *result = result_made("the input-signature");

    (void)state;
    value_written("w");
    struct batch *b = opened("w", &e);
    batch_done(b, output, result);
    batch_close(b, false);
    cut(5);
    assert_int_equal(state_now("w"), BATCH_VALUE);
    unlink(journal);
    value_written("w");
    cut(3);
    assert_true(refused_run(locks, 1, doubt_without_locks, NULL));
    assert_true(refused_run(sync, 1, doubt_without_sync, NULL));
    unlink(aside(1));
    assert_true(refused_run(both, 3, doubt_without_both, NULL));
    /* a file system without links: then what can be read is written anew */
    assert_true(refused_run(links, 2, doubt_without_links, NULL));
    jv_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_finished_folder_knows_what_is_done, setup, teardown),
        cmocka_unit_test_setup_teardown(what_got_no_name_is_not_finished, setup, teardown),
        cmocka_unit_test_setup_teardown(half_a_line_does_not_spoil_the_next, setup, teardown),
        cmocka_unit_test_setup_teardown(without_locks_nothing_is_thrown_away, setup, teardown),
        cmocka_unit_test_setup_teardown(a_torn_line_is_no_signature_and_hides_none, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(what_is_left_of_a_journal_counts, setup, teardown),
        cmocka_unit_test_setup_teardown(what_was_lost_may_be_no_signature, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

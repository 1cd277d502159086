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

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/journal.h"

static char folder[64], path[128];

static int setup(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/paraphe-journal.XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/journal.jsonl", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static int append(struct journal *j, const char *stage)
{
    struct jv *line = jv_object();

    jv_put_text(line, "stage", stage);
    return journal_append_take(j, "done", line, 1790000000, NULL);
}

/* The disk takes the file up to so many bytes: the line is refused. */
static void append_to_a_full_disk(struct journal *j, size_t room)
{
    struct rlimit old, small;

    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old);
    small = old;
    small.rlim_cur = room;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(append(j, "bundle"), -1);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
}

/* Three lines; returns their bytes. */
static void three(struct buf *bytes)
{
    struct journal *j = NULL;
    bool cut = true;

    unlink(path);
    assert_int_equal(journal_open(path, JOURNAL_ALONE, &j, &cut, NULL), 0);
    assert_false(cut);
    assert_int_equal(append(j, "check"), 0);
    assert_int_equal(append(j, "é\",\"sum\":\"x"), 0);
    assert_int_equal(append(j, "sign"), 0);
    journal_close(j);
    assert_int_equal(file_read(path, 1 << 20, bytes, NULL), 0);
}

static void put(const void *data, size_t n)
{
    assert_int_equal(file_put(path, data, n, true, NULL), 0);
}

/* Lines readable, -1 with the id expected. */
static int lines(bool writable, bool *cut, const char *id)
{
    struct journal *j = NULL;
    struct err e = ERR_INIT;

    if (journal_open(path, writable ? JOURNAL_ALONE : JOURNAL_READ, &j, cut, &e) != 0) {
        assert_string_equal(e.id, id);
        assert_int_equal(e.kind, ERR_DISK);
        return -1;
    }
    int n = (int)journal_count(j);
    journal_close(j);
    return n;
}

static void lines_are_chained(void **state)
{
    struct buf bytes = BUF_INIT(1 << 20);
    struct journal *j = NULL;
    bool cut;
    char hex[DIGEST_HEX_MAX];
    struct stat st;

    (void)state;
    three(&bytes);
    assert_int_equal(journal_open(path, JOURNAL_READ, &j, &cut, NULL), 0);
    assert_int_equal(journal_count(j), 3);
    const char *first = buf_str(&bytes);
    size_t n = strcspn(first, "\n");
    assert_int_equal(digest_bytes_hex(first, n, hex, NULL), 0);
    assert_string_equal(jv_get_text(journal_line(j, 1), "prev"), hex);
    assert_string_equal(jv_get_text(journal_line(j, 1), "stage"), "é\",\"sum\":\"x");
    assert_int_equal(jv_get_int(journal_line(j, 2), "n", 0), 3);
    assert_string_equal(jv_get_text(journal_line(j, 0), "time"), "2026-09-21T14:13:20Z");
    journal_close(j);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    buf_free(&bytes);
}

/* Cut at every byte: what is whole is read, the rest goes, and the journal goes on. */
static void a_torn_tail_is_cut(void **state)
{
    struct buf bytes = BUF_INIT(1 << 20);
    bool cut;
    size_t ends[4] = {0}, line = 0;

    (void)state;
    three(&bytes);
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.data[i] == '\n')
            ends[++line] = i + 1;
    }
    for (size_t n = 0; n <= bytes.len; n++) {
        size_t whole = 0;
        while (whole < 3 && ends[whole + 1] <= n)
            whole++;
        put(bytes.data, n);
        assert_int_equal(lines(false, &cut, ""), whole);
        assert_int_equal(cut, n != ends[whole]);
        assert_int_equal(lines(true, &cut, ""), whole);
        assert_int_equal(lines(true, &cut, ""), whole);
        assert_false(cut);
        struct journal *j = NULL;
        assert_int_equal(journal_open(path, JOURNAL_ALONE, &j, &cut, NULL), 0);
        assert_int_equal(append(j, "encore"), 0);
        journal_close(j);
        assert_int_equal(lines(false, &cut, ""), whole + 1);
    }
    /* zeros where the last line was, as a file system may leave after a crash */
    memset(bytes.data + ends[2], 0, bytes.len - ends[2]);
    put(bytes.data, bytes.len);
    assert_int_equal(lines(true, &cut, ""), 2);
    assert_true(cut);
    buf_free(&bytes);
}

/* One changed byte anywhere: in the last line it is cut off, elsewhere nothing is guessed. */
static void other_damage_is_refused(void **state)
{
    struct buf bytes = BUF_INIT(1 << 20);
    bool cut;
    size_t last = 0;

    (void)state;
    three(&bytes);
    for (size_t i = 0; i + 1 < bytes.len; i++) {
        if (bytes.data[i] == '\n')
            last = i + 1;
    }
    for (size_t i = 0; i < bytes.len; i++) {
        bytes.data[i] ^= 1;
        put(bytes.data, bytes.len);
        bytes.data[i] ^= 1;
        int got = lines(true, &cut, "err.job.journal");
        assert_int_equal(got, i < last ? -1 : 2);
        if (got == 2)
            assert_true(cut);
    }
    /* a line taken out, and two lines exchanged */
    size_t first = strcspn(buf_str(&bytes), "\n") + 1;
    put(bytes.data + first, bytes.len - first);
    assert_int_equal(lines(true, &cut, "err.job.journal"), -1);
    buf_free(&bytes);
}

/* Without a lock half a line may be another run's, in the making. */
static void without_a_lock_nothing_is_cut(void **state)
{
    struct buf before = BUF_INIT(1 << 20), after = BUF_INIT(1 << 20);
    struct journal *j = NULL;
    struct err e = ERR_INIT;
    bool cut;

    (void)state;
    three(&before);
    put(before.data, before.len - 5);
    assert_int_equal(journal_open(path, JOURNAL_SHARED, &j, &cut, &e), -1);
    assert_string_equal(e.id, "err.job.journal-no-lock");
    assert_int_equal(file_read(path, 1 << 20, &after, NULL), 0);
    assert_int_equal(after.len, before.len - 5);
    put(before.data, before.len);
    assert_int_equal(journal_open(path, JOURNAL_SHARED, &j, &cut, NULL), 0);
    append_to_a_full_disk(j, before.len + 40);
    buf_clear(&after);
    assert_int_equal(file_read(path, 1 << 20, &after, NULL), 0);
    assert_int_equal(after.len, before.len + 40);
    /* and nothing is glued to it */
    err_clear(&e);
    assert_int_equal(journal_append_take(j, "done", jv_object(), 1790000000, &e), -1);
    assert_string_equal(e.id, "err.job.journal-no-lock");
    journal_close(j);
    assert_int_equal(lines(true, &cut, ""), 3);
    assert_true(cut);
    buf_free(&before);
    buf_free(&after);
}

static void a_full_disk_leaves_it_as_it_was(void **state)
{
    struct buf before = BUF_INIT(1 << 20), after = BUF_INIT(1 << 20);
    struct journal *j = NULL;
    bool cut;

    (void)state;
    three(&before);
    assert_int_equal(journal_open(path, JOURNAL_ALONE, &j, &cut, NULL), 0);
    append_to_a_full_disk(j, before.len + 40);
    assert_int_equal(file_read(path, 1 << 20, &after, NULL), 0);
    assert_int_equal(before.len, after.len);
    assert_int_equal(append(j, "bundle"), 0);
    journal_close(j);
    assert_int_equal(lines(false, &cut, ""), 4);
    buf_free(&before);
    buf_free(&after);
}

int main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        EACH(lines_are_chained),
        EACH(a_torn_tail_is_cut),
        EACH(other_damage_is_refused),
        EACH(without_a_lock_nothing_is_cut),
        EACH(a_full_disk_leaves_it_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

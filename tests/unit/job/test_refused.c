/* A disk that refuses to sync, cut or remove: the journal and what was signed say so. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/batch.h"
#include "job/job_int.h"
#include "job/journal.h"
#include "tests/refuse.h"
#include "tests/unit/own_folder.h"

static int append_refused(void *self)
{
    struct journal *j = NULL;
    struct err e = ERR_INIT;
    bool cut = false;

    (void)self;
    if (journal_open("journal", JOURNAL_ALONE, &j, &cut, NULL) != 0)
        return 1;
    int rc = journal_append_take(j, "done", jv_object(), 1795000000, &e);
    bool said = rc == -1 && strcmp(e.id, "err.base.file-write") == 0;
    err_clear(&e);
    rc = journal_append_take(j, "done", jv_object(), 1795000000, &e);
    said = said && rc == -1 && strcmp(e.id, "err.base.file-write") == 0;
    size_t count = journal_count(j);
    journal_close(j);
    return !said || count != 0;
}

static int cut_refused(void *self)
{
    struct journal *j = NULL;
    struct err e = ERR_INIT;
    bool cut = false;

    (void)self;
    return journal_open("torn", JOURNAL_ALONE, &j, &cut, &e) != -1 ||
           strcmp(e.id, "err.base.file-write") != 0;
}

static void the_journal(void **state)
{
    static const struct refuse sync[] = {{SYS_fdatasync, -1, 0, EIO}};
    static const struct refuse cut[] = {{SYS_ftruncate, -1, 0, EIO}};
    static const struct refuse both[] = {{SYS_fdatasync, -1, 0, EIO}, {SYS_ftruncate, -1, 0, EIO}};
    int fd = open("torn", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    (void)state;
    assert_int_equal(write(fd, "{\"n\":1", 6), 6);
    close(fd);
    assert_true(refused_run(sync, 1, append_refused, NULL));
    assert_true(refused_run(cut, 1, cut_refused, NULL));
    assert_true(refused_run(both, 2, append_refused, NULL));
}

static int64_t instant = 1795000000;

static struct job *job_new_here(const char *name)
{
    struct jv *settings = jv_object();
    struct job *job = NULL;
    const char *form = "form.xlsx";
    int fd = open(form, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

    if (fd >= 0)
        close(fd);
    if (job_create(name, &form, 1, NULL, settings, clock_fixed(&instant), &job, NULL) != 0)
        job = NULL;
    jv_free(settings);
    return job;
}

static int keep_ready_refused(void *self)
{
    struct err e = ERR_INIT;
    int fd = -1, rc = job_keep_ready(self, 0, &fd, &e);

    return rc != -1 || strcmp(e.id, "err.base.file-write") != 0;
}

static int keep_refused(void *self)
{
    struct err e = ERR_INIT;
    int rc = job_keep(*(int *)self, "x", 1, &e);

    return rc != -1 || strcmp(e.id, "err.base.file-write") != 0;
}

/* Half a value whose new name, or the line that tells it, the disk does not take: the next run
 * finds it where it was. */
static int aside_refused(void *self)
{
    struct buf out = BUF_INIT(100);
    struct err e = ERR_INIT;
    char *aside = NULL;
    int rc = job_keep_aside(self, 0, &aside, &e);

    return rc != -1 || aside != NULL || strcmp(e.id, "err.base.file-write") != 0 ||
           job_kept(self, 0, &out, NULL) != JOB_KEPT_DAMAGED;
}

static int remove_refused(void *self)
{
    struct err e = ERR_INIT;

    return job_remove(self, &e) != -1 || e.kind != ERR_DISK || strcmp(e.id, "err.job.remove") != 0;
}

static void what_was_signed(void **state)
{
    static const struct refuse sync[] = {{SYS_fsync, -1, 0, EIO}};
    static const struct refuse full[] = {{SYS_pwrite64, -1, 0, ENOSPC}};
    static const struct refuse line[] = {{SYS_fdatasync, -1, 0, EIO}};
    static const struct refuse removal[] = {{SYS_unlink, -1, 0, EIO}, {SYS_unlinkat, -1, 0, EIO}};
    struct job *job = job_new_here("job");
    struct buf out = BUF_INIT(100);
    int fd = -1;

    (void)state;
    assert_non_null(job);
    assert_true(refused_run(sync, 1, keep_ready_refused, job));
    assert_int_equal(job_keep_ready(job, 0, &fd, NULL), 0);
    assert_true(refused_run(full, 1, keep_refused, &fd)); /* of the value not one byte */
    assert_int_equal(job_kept(job, 0, &out, NULL), JOB_KEPT_DAMAGED);
    assert_true(refused_run(sync, 1, keep_refused, &fd));
    assert_int_equal(ftruncate(fd, 5), 0);
    close(fd);
    assert_true(refused_run(sync, 1, aside_refused, job));
    assert_true(refused_run(line, 1, aside_refused, job));
    job_close(job);
    /* something else stands where the value is kept */
    assert_int_equal(unlink("job/1/" JOB_FILE_KEPT), 0);
    assert_int_equal(mkdir("job/1/" JOB_FILE_KEPT, 0700), 0);
    job = job_new_here("job");
    assert_null(job); /* it is one already */
    assert_int_equal(job_open("job", true, clock_fixed(&instant), &job, NULL), 0);
    assert_int_equal(keep_ready_refused(job), 0);
    job_close(job);
    char file[] = "form.xlsx";
    assert_true(refused_run(removal, 2, remove_refused, file));
}

static int batch_refused(void *self)
{
    static const char *const names[] = {"a.pdf"};
    struct batch_request request = {"batch", "wish", names, names, 1};
    struct batch *b = NULL;
    struct err e = ERR_INIT;
    struct jv *kept = jv_object();
    int rc = batch_open(&b, &request, &e);

    (void)self;
    jv_put_text(kept, "input_sha256", "00");
    if (rc == 0) /* in place of what is there */
        rc = batch_keep(b, "a.pdf", kept, &e);
    if (rc == 0)
        rc = batch_settle(b, &e);
    jv_free(kept);
    batch_close(b, true);
    return rc != -1 || strcmp(e.id, "err.base.file-write") != 0;
}

/* A journal that cannot be read is not taken for an empty one, and stays as it is. */
static int batch_unread(void *self)
{
    static const char *const names[] = {"a.pdf"};
    struct batch_request request = {"batch", "wish", names, names, 1};
    struct batch *b = NULL;
    struct err e = ERR_INIT;
    int rc = batch_open(&b, &request, &e);

    (void)self;
    batch_close(b, false);
    return rc != -1 || e.kind != ERR_DISK || strcmp(e.id, "err.base.file-read") != 0;
}

static void the_journal_of_a_batch(void **state)
{
    static const struct refuse cut[] = {{SYS_ftruncate, -1, 0, EIO}};
    static const struct refuse sync[] = {{SYS_fdatasync, -1, 0, EIO}};
    static const struct refuse reading[] = {{SYS_read, -1, 0, EIO}};

    (void)state;
    assert_int_equal(mkdir("batch", 0700), 0);
    static const char json[] = "{\"format\":\"paraphe-batch\",\"version\":1,\"wish\":\"other\"}";
    char line[DIGEST_HEX_MAX + sizeof json + 2];
    assert_int_equal(digest_bytes_hex(json, sizeof json - 1, line, NULL), 0);
    strcat(line, " ");
    strcat(strcat(line, json), "\n");
    assert_int_equal(file_put("batch/" BATCH_FILE, line, strlen(line), true, NULL), 0);
    assert_true(refused_run(cut, 1, batch_refused, NULL));
    assert_true(refused_run(sync, 1, batch_refused, NULL));
    assert_true(refused_run(reading, 1, batch_unread, NULL));
}

static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ssize_t n = write(fd, text, strlen(text));

    close(fd);
    return n == (ssize_t)strlen(text) ? 0 : -1;
}

static int countersigned_refused(void *self)
{
    struct err e = ERR_INIT;

    return job_countersigned(self, 0, NULL, &e) != -1 || strcmp(e.id, "err.base.file-write") != 0;
}

/* A further signature that is none of this report, and one that cannot take its place. */
static void a_further_signature(void **state)
{
    static const struct refuse move[] = {{SYS_rename, -1, 0, EIO}, {SYS_renameat2, -1, 0, EIO}};
    struct job *job = job_new_here("second");
    struct err e = ERR_INIT;

    (void)state;
    assert_non_null(job);
    assert_int_equal(put("signed.pdf", "signed"), 0);
    assert_int_equal(job_take(job, "sign", 0, "signed.pdf", 1000, jv_object(), &e), 0);
    char *made = job_path(job, 0, JOB_FILE_COUNTERSIGNED);
    assert_int_equal(put(made, "another file"), 0);
    assert_int_equal(job_countersigned(job, 0, NULL, &e), -1);
    assert_string_equal(e.id, "err.job.countersigned");
    assert_int_equal(put(made, "signed, and more"), 0);
    assert_true(refused_run(move, 2, countersigned_refused, job));
    free(made);
    job_close(job);
}

static int open_without_locks(void *self)
{
    struct job *job = NULL;
    int rc = job_open(self, true, clock_fixed(&instant), &job, NULL);

    job_close(job);
    return rc != 0 || access("unlocked/1/.x.00000000.part", F_OK) != 0;
}

/* There may be another run, which is making it. */
static void without_locks_nothing_is_swept(void **state)
{
    static const struct refuse list[] = {{SYS_flock, -1, 0, ENOLCK}};
    struct job *job = job_new_here("unlocked");

    (void)state;
    assert_non_null(job);
    job_close(job);
    assert_int_equal(put("unlocked/1/.x.00000000.part", "x"), 0);
    char name[] = "unlocked";
    assert_true(refused_run(list, 1, open_without_locks, name));
    assert_int_equal(job_open(name, true, clock_fixed(&instant), &job, NULL), 0);
    assert_int_not_equal(access("unlocked/1/.x.00000000.part", F_OK), 0);
    job_close(job);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_journal),
        cmocka_unit_test(what_was_signed),
        cmocka_unit_test(a_further_signature),
        cmocka_unit_test(the_journal_of_a_batch),
        cmocka_unit_test(without_locks_nothing_is_swept),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

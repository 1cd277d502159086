#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/job_int.h"
#include "job/journal.h"
#include "tests/unit/remove_tree.h"

static char top[64], folder[96], form1[96], form2[96];
static const int64_t instant = 1790000000;

static int setup(void **state)
{
    (void)state;
    snprintf(top, sizeof top, "/tmp/paraphe-job.XXXXXX");
    assert_non_null(mkdtemp(top));
    snprintf(folder, sizeof folder, "%s/travail", top);
    snprintf(form1, sizeof form1, "%s/un.xlsx", top);
    snprintf(form2, sizeof form2, "%s/deux.xlsx", top);
    assert_int_equal(file_put(form1, "premier", 7, false, NULL), 0);
    return file_put(form2, "second", 6, false, NULL);
}

static int teardown(void **state)
{
    (void)state;
    return remove_tree(top);
}

static struct job *job_made(size_t nforms, struct err *e)
{
    const char *forms[] = {form1, form2};
    struct jv *settings = jv_object();
    struct job *job = NULL;

    jv_put_text(settings, "role", "editeur");
    jv_put_text(settings, "deposit-date", "2026-11-23");
    jv_put_null(settings, "tsa");
    if (job_exists(folder))
        job_open(folder, true, clock_fixed(&instant), &job, e);
    else
        job_create(folder, forms, nforms, NULL, settings, clock_fixed(&instant), &job, e);
    jv_free(settings);
    return job;
}

/* Actions that count, write what the stage names, and do as they are told. */
struct fake {
    char log[2000];
    const char *stop_at, *fail_at, *again_at;
    int status;
};

static int fake_run(void *self, const struct job_step *s, struct jv *result, struct err *e)
{
    struct fake *f = self;
    char text[200];

    size_t at = strlen(f->log);
    snprintf(f->log + at, sizeof f->log - at, "%s%zu ", s->stage->name,
             s->form == JOB_WHOLE ? 0 : s->form + 1);
    if (f->fail_at != NULL && strcmp(f->fail_at, s->stage->name) == 0)
        return err_set(e, ERR_NETWORK, "err.base.file-open", "x", NULL);
    for (size_t i = 0; s->stage->outputs[i] != NULL; i++) {
        char *path = job_path(s->job, s->form, s->stage->outputs[i]);
        if (strchr(s->stage->outputs[i], '.') == NULL) {
            mkdir(path, 0700);
            char *inside = path_join(path, "piece");
            free(path);
            path = inside;
        }
        snprintf(text, sizeof text, "%s of %zu", s->stage->name, s->form);
        assert_int_equal(file_put(path, text, strlen(text), true, NULL), 0);
        free(path);
    }
    if (f->stop_at != NULL && strcmp(f->stop_at, s->stage->name) == 0 && s->form == 0) {
        jv_put_bool(result, "stop", true);
        jv_put_int(result, "status", f->status);
    }
    if (f->again_at != NULL && strcmp(f->again_at, s->stage->name) == 0)
        jv_put_bool(result, "again", true);
    return 0;
}

static int walk(struct job *job, struct fake *f, const char *until, struct err *e)
{
    struct job_actions actions = {f, fake_run, NULL};

    f->log[0] = '\0';
    return job_walk(job, until, &actions, e);
}

static const char whole_walk[] =
    "check1 check2 report1 report2 sign1 sign2 verify1 verify2 bundle0 ";

static void all_stages_then_none(void **state)
{
    struct fake f = {.log = ""};
    struct stat st;

    (void)state;
    struct job *job = job_made(2, NULL);
    assert_non_null(job);
    assert_int_equal(walk(job, &f, "bundle", NULL), 0);
    assert_string_equal(f.log, whole_walk);
    assert_int_equal(walk(job, &f, "bundle", NULL), 0);
    assert_string_equal(f.log, "");
    job_close(job);
    job = job_made(2, NULL);
    assert_int_equal(walk(job, &f, "bundle", NULL), 0);
    assert_string_equal(f.log, "");
    assert_int_equal(job_clock(job), instant);
    assert_string_equal(job_form_name(job, 1), "deux.xlsx");
    assert_int_equal(stat(folder, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    job_close(job);
}

static void what_changed_is_done_again(void **state)
{
    struct fake f = {.log = ""};
    struct job *job = job_made(2, NULL);

    (void)state;
    walk(job, &f, "bundle", NULL);
    char *path = job_path(job, 1, JOB_FILE_REPORT);
    unlink(path);
    assert_int_equal(walk(job, &f, "bundle", NULL), 0);
    assert_string_equal(f.log, "report2 "); /* the same bytes come back, so nothing after it */
    assert_int_equal(file_put(path, "autre", 5, true, NULL), 0);
    assert_int_equal(walk(job, &f, "bundle", NULL), 0);
    assert_string_equal(f.log, "report2 ");
    free(path);
    path = job_path(job, JOB_WHOLE, "depot/piece");
    unlink(path);
    walk(job, &f, "bundle", NULL);
    assert_string_equal(f.log, "bundle0 ");
    free(path);
    job_close(job);
}

static void stops_and_failures(void **state)
{
    struct fake f = {.stop_at = "check", .status = ERR_FORM};
    struct err e = ERR_INIT;
    struct job *job = job_made(2, NULL);

    (void)state;
    assert_int_equal(walk(job, &f, "bundle", NULL), ERR_FORM);
    assert_string_equal(f.log, "check1 check2 report2 sign2 verify2 ");
    /* the status of a skipped step counts again */
    assert_int_equal(walk(job, &f, "bundle", NULL), ERR_FORM);
    assert_string_equal(f.log, "");
    job_close(job);
    teardown(NULL);
    setup(NULL);

    job = job_made(1, NULL);
    f = (struct fake){.fail_at = "sign"};
    assert_int_equal(walk(job, &f, "bundle", &e), -1);
    assert_int_equal(e.kind, ERR_NETWORK);
    assert_string_equal(f.log, "check1 report1 sign1 ");
    f.fail_at = NULL;
    f.again_at = "verify";
    assert_int_equal(walk(job, &f, "verify", NULL), 0);
    assert_string_equal(f.log, "sign1 verify1 ");
    f.again_at = NULL;
    walk(job, &f, "report", NULL);
    assert_string_equal(f.log, "");
    walk(job, &f, "verify", NULL);
    assert_string_equal(f.log, "verify1 ");
    job_close(job);
}

static void settings_are_frozen(void **state)
{
    struct fake f = {.log = ""};
    struct err e = ERR_INIT;
    struct job *job = job_made(1, NULL);

    (void)state;
    assert_string_equal(job_setting_text(job, "deposit-date"), "2026-11-23");
    assert_int_equal(job_setting_add_take(job, "deposit-date", jv_text("2026-11-24"), &e), -1);
    assert_string_equal(e.id, "err.job.frozen");
    assert_int_equal(job_setting_add_take(job, "deposit-date", jv_text("2026-11-23"), &e), 0);
    assert_null(job_setting(job, "tsa"));
    assert_int_equal(job_setting_add_take(job, "tsa", jv_text("http://127.0.0.1/"), &e), 0);
    job_close(job);
    job = job_made(1, NULL);
    assert_string_equal(job_setting_text(job, "tsa"), "http://127.0.0.1/");
    walk(job, &f, "check", NULL);
    assert_int_equal(job_setting_add_take(job, "ruleset", jv_text("x"), &e), -1);
    assert_string_equal(e.id, "err.job.frozen");
    job_close(job);
}

static void one_run_at_a_time(void **state)
{
    struct err e = ERR_INIT;
    struct job *job = job_made(1, NULL);

    (void)state;
    assert_null(job_made(1, &e));
    assert_string_equal(e.id, "err.job.locked");
    struct job *reader = NULL;
    assert_int_equal(job_open(folder, false, clock_fixed(&instant), &reader, &e), 0);
    job_close(reader);
    job_close(job);
}

static void folders_that_are_refused(void **state)
{
    struct err e = ERR_INIT;
    struct job *job = NULL;
    char path[200];

    (void)state;
    assert_int_equal(job_open(top, true, clock_fixed(&instant), &job, &e), -1);
    assert_string_equal(e.id, "err.job.no-job");
    mkdir(folder, 0700);
    snprintf(path, sizeof path, "%s/photo.jpg", folder);
    file_put(path, "x", 1, false, NULL);
    assert_null(job_made(1, &e));
    assert_string_equal(e.id, "err.job.not-empty");
    unlink(path);
    chmod(folder, 0770);
    assert_null(job_made(1, &e));
    assert_string_equal(e.id, "err.job.not-yours");
    chmod(folder, 0700);
    assert_int_equal(file_put(form2, "premier", 7, true, NULL), 0);
    assert_null(job_made(2, &e));
    assert_string_equal(e.id, "err.job.twice");
    job = job_made(1, &e);
    assert_non_null(job);
    job_close(job);
    /* job.json changed by hand: the journal binds it */
    snprintf(path, sizeof path, "sed -i 's/2026-11-23/2026-12-23/' '%s/job.json'", folder);
    assert_int_equal(system(path), 0);
    assert_null(job_made(1, &e));
    assert_string_equal(e.id, "err.job.damaged");
    assert_int_equal(e.kind, ERR_DISK);
}

/* A folder that was meddled with: said, never guessed at. */
static void damage_is_told(void **state)
{
#define JOB_1 "{\"format\":\"paraphe-job\",\"version\":1,\"settings\":{},"
    static const char traversal[] = JOB_1 "\"initial\":null,\"forms\":[{\"name\":\"../x\"}]}";
    static const char no_form[] = JOB_1 "\"initial\":{},\"forms\":[]}";
    static const char version[] = "{\"format\":\"paraphe-job\",\"version\":2}";
    static const char *const bad[] = {"{", "[]", version, traversal, no_form};
    struct err e = ERR_INIT;
    struct job *job = NULL;
    char path[200], other[200];
    const char *many[JOB_FORMS_MAX + 1];

    (void)state;
    mkdir(folder, 0700);
    snprintf(path, sizeof path, "%s/job.json", folder);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(file_put(path, bad[i], strlen(bad[i]), true, NULL), 0);
        assert_int_equal(job_open(folder, true, clock_fixed(&instant), &job, &e), -1);
        assert_true(e.kind == ERR_DISK || e.kind == ERR_INPUT);
    }
    unlink(path);
    /* the lock is a link to somewhere else */
    snprintf(other, sizeof other, "%s/lock", folder);
    unlink(other);
    assert_int_equal(symlink("/etc/passwd", other), 0);
    assert_null(job_made(1, &e));
    assert_string_equal(e.id, "err.job.folder");
    unlink(other);
    /* the journal is a folder */
    job = job_made(1, &e);
    assert_non_null(job);
    job_close(job);
    snprintf(other, sizeof other, "%s/journal.jsonl", folder);
    unlink(other);
    mkdir(other, 0700);
    assert_null(job_made(1, &e));
    assert_int_equal(e.kind, ERR_DISK);
    rmdir(other);
    /* a file where the job should be; too many forms */
    for (size_t i = 0; i <= JOB_FORMS_MAX; i++)
        many[i] = form1;
    assert_int_equal(job_create(form1, many, 1, NULL, NULL, clock_fixed(&instant), &job, &e), -1);
    assert_string_equal(e.id, "err.job.folder");
    snprintf(other, sizeof other, "%s/autre", top);
    assert_int_equal(
        job_create(other, many, JOB_FORMS_MAX + 1, NULL, NULL, clock_fixed(&instant), &job, &e),
        -1);
    assert_string_equal(e.id, "err.job.forms");
}

static void a_folder_without_end_is_refused(void **state)
{
    struct err e = ERR_INIT;
    char path[2000];
    struct job *job = job_made(1, NULL);

    (void)state;
    job_close(job);
    snprintf(path, sizeof path, "mkdir -p '%s/1/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a/a'", folder);
    assert_int_equal(system(path), 0);
    assert_null(job_made(1, &e));
    assert_string_equal(e.id, "err.base.file-read");
}

static void half_made_files_are_swept(void **state)
{
    struct fake f = {.log = ""};
    struct job *job = job_made(1, NULL);
    char path[300];

    (void)state;
    walk(job, &f, "check", NULL);
    job_close(job);
    snprintf(path, sizeof path, "%s/1/.rapport.pdf.01234567.part", folder);
    assert_int_equal(file_put(path, "x", 1, false, NULL), 0);
    job = job_made(1, NULL);
    assert_int_equal(access(path, F_OK), -1);
    job_close(job);
}

static void a_signature_is_kept(void **state)
{
    struct buf out = BUF_INIT(100);
    struct job *job = job_made(1, NULL);
    int fd = -1;

    (void)state;
    assert_int_equal(job_kept(job, 0, &out, NULL), 0);
    assert_int_equal(job_keep_ready(job, 0, &fd, NULL), 0);
    assert_int_equal(job_kept(job, 0, &out, NULL), 0);
    assert_int_equal(job_keep(fd, "valeur", 6, NULL), 0);
    assert_int_equal(job_kept(job, 0, &out, NULL), 1);
    assert_string_equal(buf_str(&out), "valeur");
    /* torn: it may have been a signature, and is put aside under a name that is free */
    static const char *const names[] = {"signature.kept.damaged", "signature.kept.damaged-2"};
    for (int i = 0; i < 2; i++) {
        char *aside = NULL;
        assert_int_equal(ftruncate(fd, i == 0 ? 35 : 1), 0);
        assert_int_equal(job_kept(job, 0, &out, NULL), JOB_KEPT_DAMAGED);
        assert_true(job_binds(job));
        assert_int_equal(job_keep_aside(job, 0, &aside, NULL), 0);
        assert_string_equal(path_name(aside), names[i]);
        assert_int_equal(access(aside, F_OK), 0);
        const struct jv *line = journal_line(job->journal, journal_count(job->journal) - 1);
        assert_string_equal(jv_get_text(line, "event"), "aside");
        assert_string_equal(jv_get_text(line, "file"), names[i]);
        free(aside);
        close(fd);
        assert_int_equal(job_kept(job, 0, &out, NULL), 0);
        assert_int_equal(job_keep_ready(job, 0, &fd, NULL), 0);
        assert_int_equal(job_keep(fd, "valeur", 6, NULL), 0);
    }
    close(fd);
    job_keep_forget(job, 0);
    buf_free(&out);
    job_close(job);
}

static void an_intent_without_answer_is_a_doubt(void **state)
{
    bool doubt = true;
    struct job *job = job_made(1, NULL);

    (void)state;
    assert_int_equal(job_intent(job, "submit", "k1", "1/x.pdf", &doubt, NULL), 0);
    assert_false(doubt);
    assert_true(job_in_doubt(job, "submit"));
    job_close(job);
    job = job_made(1, NULL);
    assert_int_equal(job_intent(job, "submit", "k1", "1/x.pdf", &doubt, NULL), 0);
    assert_true(doubt);
    assert_int_equal(job_intent(job, "submit", "k2", "1/y.pdf", &doubt, NULL), 0);
    assert_false(doubt);
    assert_int_equal(job_acknowledge_take(job, "submit", "k1", jv_object(), NULL), 0);
    assert_true(job_in_doubt(job, "submit"));
    assert_int_equal(job_acknowledge_take(job, "submit", "k2", NULL, NULL), 0);
    assert_false(job_in_doubt(job, "submit"));
    job_close(job);
}

static void a_file_made_elsewhere_is_taken(void **state)
{
    struct fake f = {.log = ""};
    struct err e = ERR_INIT;
    struct job *job = job_made(1, NULL);

    (void)state;
    walk(job, &f, "report", NULL);
    assert_int_equal(job_take(job, "sign", 0, form1, 3, jv_object(), &e), -1);
    assert_string_equal(e.id, "err.job.take-large");
    assert_int_equal(job_take(job, "sign", 0, form1, 100, jv_object(), &e), 0);
    assert_int_equal(job_take(job, "sign", 0, form1, 100, jv_object(), &e), 0);
    assert_int_equal(job_take(job, "sign", 0, form2, 100, jv_object(), &e), -1);
    assert_string_equal(e.id, "err.job.taken");
    assert_int_equal(job_take(job, "sign", 0, "/nonexistent", 100, jv_object(), &e), -1);
    assert_int_equal(e.kind, ERR_INPUT);
    walk(job, &f, "verify", NULL);
    assert_string_equal(f.log, "verify1 ");
    struct jv *status = job_status(job);
    const struct jv *form = jv_at(jv_get(status, "forms"), 0);
    assert_string_equal(jv_get_text(jv_get(jv_get(form, "stages"), "sign"), "state"), "taken");
    assert_string_equal(jv_get_text(jv_get(status, "next"), "code"), "run");
    jv_free(status);
    job_close(job);
}

static void a_purge_leaves_receipts_and_digests(void **state)
{
    struct fake f = {.log = ""};
    struct err e = ERR_INIT;
    struct job *job = job_made(1, NULL);
    int n = 0;

    (void)state;
    walk(job, &f, "submit", NULL);
    assert_int_equal(job_purge(job, &e), 0);
    DIR *d = opendir(folder);
    while (readdir(d) != NULL)
        n++;
    closedir(d);
    assert_int_equal(n, 2 + 4); /* job.json journal.jsonl lock recus */
    assert_int_equal(walk(job, &f, "check", &e), -1);
    assert_string_equal(e.id, "err.job.purged");
    struct jv *status = job_status(job);
    assert_string_equal(jv_get_text(jv_get(status, "next"), "code"), "purged");
    jv_free(status);
    assert_int_equal(job_purge(job, &e), 0);
    job_close(job);
}

int main(void)
{
#define EACH(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        EACH(all_stages_then_none),
        EACH(what_changed_is_done_again),
        EACH(stops_and_failures),
        EACH(settings_are_frozen),
        EACH(one_run_at_a_time),
        EACH(folders_that_are_refused),
        EACH(damage_is_told),
        EACH(a_folder_without_end_is_refused),
        EACH(half_made_files_are_swept),
        EACH(a_signature_is_kept),
        EACH(an_intent_without_answer_is_a_doubt),
        EACH(a_file_made_elsewhere_is_taken),
        EACH(a_purge_leaves_receipts_and_digests),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

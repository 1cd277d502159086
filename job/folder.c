/* The making, opening and closing of a job's folder. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/job_int.h"

static const char job_file[] = "job.json", journal_file[] = "journal.jsonl", lock_file[] = "lock";

bool job_exists(const char *folder)
{
    char *path = path_join(folder, job_file);
    bool there = path != NULL && access(path, F_OK) == 0;

    free(path);
    return there;
}

void job_close(struct job *job)
{
    if (job == NULL)
        return;
    journal_close(job->journal);
    jv_free(job->file);
    jv_free(job->settings);
    if (job->lock >= 0)
        close(job->lock);
    free(job->folder);
    free(job);
}

static struct job *job_new(const char *folder, struct clock clock, struct err *e)
{
    struct job *job = calloc(1, sizeof *job);

    if (job != NULL) {
        job->lock = -1;
        job->clock = clock;
        job->folder = strdup(folder);
    }
    if (job == NULL || job->folder == NULL) {
        job_close(job);
        err_set_memory(e);
        return NULL;
    }
    return job;
}

/* The folder is the user's own and nobody else may write in it: what it says is believed
 * (addresses, anchors). */
static int owner_check(const struct job *job, struct err *e)
{
    struct stat st;

    if (stat(job->folder, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
        (st.st_mode & 022) != 0)
        return err_set(e, ERR_USAGE, "err.job.not-yours", job->folder, NULL);
    return 0;
}

static int lock_take(struct job *job, struct err *e)
{
    char *path = path_join(job->folder, lock_file);

    if (path == NULL)
        return err_set_memory(e);
    job->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int number = errno;
    free(path);
    if (job->lock < 0)
        return err_set_errno(e, ERR_DISK, number, "err.job.folder", job->folder, NULL);
    /* a file system without locks is no other run, but there might be one */
    job->locked = flock(job->lock, LOCK_EX | LOCK_NB) == 0;
    if (job->locked || errno != EWOULDBLOCK)
        return 0;
    return err_set(e, ERR_USAGE, "err.job.locked", job->folder, NULL);
}

/* What a killed run left half made; without a lock another one may be making it. */
static int sweep(const struct job *job, struct err *e)
{
    return job->locked ? job_sweep(job->folder, e) : 0;
}

/* Nothing but what a cut-short creation or restart leaves: the lock, folders 1, 2, ..., half-made
 * files, a journal without job.json. */
static int empty_check(const struct job *job, struct err *e)
{
    DIR *d = opendir(job->folder);
    bool foreign = false;

    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;) {
        const char *n = entry->d_name;
        size_t digits = strspn(n, "0123456789"), len = strlen(n);
        if (strcmp(n, ".") != 0 && strcmp(n, "..") != 0 && strcmp(n, lock_file) != 0 &&
            strcmp(n, journal_file) != 0 && strcmp(n, "initial") != 0 &&
            strcmp(n, JOB_FOLDER_DEPOSIT) != 0 && (digits == 0 || digits != len || len > 2))
            foreign = true;
    }
    if (d != NULL)
        closedir(d);
    return foreign || d == NULL ? err_set(e, ERR_USAGE, "err.job.not-empty", job->folder, NULL) : 0;
}

static bool form_is_whole(const struct jv *form)
{
    const char *name = jv_get_text(form, "name"), *sha256 = jv_get_text(form, "sha256");

    return name != NULL && path_stays_inside(name) && strchr(name, '/') == NULL && sha256 != NULL &&
           strlen(sha256) == 64;
}

/* Copies an input into JOB/SUB/; gives {"name","file","sha256"}. */
static struct jv *input_copy(struct job *job, const char *path, const char *sub, struct err *e)
{
    struct buf bytes = BUF_INIT((size_t)ceilings.form_file_bytes + 1);
    struct jv *about = NULL;
    char hex[DIGEST_HEX_MAX];
    char *folder = path_join(job->folder, sub), *to = NULL, *file = NULL;
    char *name = path_plain_name(path);

    if (folder != NULL && name != NULL)
        to = path_join(folder, name);
    if (name != NULL)
        file = path_join(sub, name);
    if (to == NULL || file == NULL) {
        err_set_memory(e);
    } else if (file_read(path, (size_t)ceilings.form_file_bytes, &bytes, e) == 0 &&
               job_mkdir(folder, e) == 0 && file_put(to, bytes.data, bytes.len, true, e) == 0 &&
               digest_bytes_hex(bytes.data, bytes.len, hex, e) == 0) {
        about = jv_object();
        jv_put_text(about, "name", name);
        jv_put_text(about, "file", file);
        jv_put_text(about, "sha256", hex);
        if (!form_is_whole(about)) {
            jv_free(about);
            about = NULL;
            err_set_memory(e);
        }
    }
    buf_free(&bytes);
    free(folder);
    free(name);
    free(to);
    free(file);
    return about;
}

static bool form_is_there(const struct jv *forms, const struct jv *form)
{
    for (size_t i = 0; i < jv_count(forms); i++) {
        if (strcmp(jv_get_text(jv_at(forms, i), "sha256"), jv_get_text(form, "sha256")) == 0)
            return true;
    }
    return false;
}

static int forms_copy(struct job *job, const char *const *paths, size_t n, struct jv *forms,
                      struct err *e)
{
    for (size_t i = 0; i < n; i++) {
        char sub[32];
        snprintf(sub, sizeof sub, "%zu", i + 1);
        struct jv *form = input_copy(job, paths[i], sub, e);
        if (form == NULL)
            return -1;
        if (form_is_there(forms, form)) {
            jv_free(form);
            return err_set(e, ERR_USAGE, "err.job.twice", paths[i], NULL);
        }
        jv_add_take(forms, form);
    }
    return 0;
}

static int file_write(struct job *job, struct err *e)
{
    char *path = path_join(job->folder, job_file);
    int rc = path != NULL ? jv_save(job->file, path, false, e) : err_set_memory(e);

    free(path);
    return rc;
}

/* What the program itself writes; a folder that was made by hand may hold anything. */
static bool file_is_whole(const struct jv *file)
{
    const char *format = jv_get_text(file, "format");
    const struct jv *forms = jv_get(file, "forms"), *initial = jv_get(file, "initial");

    if (format == NULL || strcmp(format, "paraphe-job") != 0 || jv_get_int(file, "version", 0) != 1)
        return false;
    if (!jv_is_object(jv_get(file, "settings")) || jv_count(forms) == 0 ||
        jv_count(forms) > JOB_FORMS_MAX || (!jv_is_null(initial) && !form_is_whole(initial)))
        return false;
    for (size_t i = 0; i < jv_count(forms); i++) {
        if (!form_is_whole(jv_at(forms, i)))
            return false;
    }
    return true;
}

static int file_read_back(struct job *job, char sha256[DIGEST_HEX_MAX], struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes + 1);
    char *path = path_join(job->folder, job_file);
    int rc =
        path != NULL ? file_read(path, (size_t)ceilings.json_bytes, &text, e) : err_set_memory(e);

    if (rc == 0)
        rc = digest_bytes_hex(text.data, text.len, sha256, e);
    if (rc == 0) {
        struct jv *file = jv_parse(buf_str(&text), text.len, path, e);
        jv_free(job->file);
        job->file = file;
        if (file == NULL || !file_is_whole(file))
            rc = err_set(e, ERR_DISK, "err.job.damaged", path, NULL);
    }
    buf_free(&text);
    free(path);
    return rc;
}

/* What stands in a folder without job.json belongs to no job. */
static int leftovers_remove(const struct job *job, struct err *e)
{
    DIR *d = opendir(job->folder);
    int rc = 0;

    for (struct dirent *entry; rc == 0 && d != NULL && (entry = readdir(d)) != NULL;) {
        const char *n = entry->d_name;
        if (strcmp(n, ".") == 0 || strcmp(n, "..") == 0 || strcmp(n, lock_file) == 0)
            continue;
        char *path = path_join(job->folder, n);
        rc = path != NULL ? job_remove(path, e) : err_set_memory(e);
        free(path);
    }
    if (d != NULL)
        closedir(d);
    return rc;
}

bool job_binds(const struct job *job)
{
    for (size_t f = 0; f < job_forms(job); f++) {
        struct buf kept = BUF_INIT((size_t)ceilings.pdf_update_bytes);
        int there = job_kept(job, f, &kept, NULL);
        buf_free(&kept);
        if (there != 0 || job_last(job, "done", "sign", f) != NULL)
            return true;
    }
    return job_last(job, "intent", NULL, JOB_WHOLE) != NULL;
}

int job_forget_take(struct job *job, struct err *e)
{
    char *path = path_join(job->folder, job_file);
    int rc = path != NULL ? job_remove(path, e) : err_set_memory(e);

    if (rc == 0)
        rc = file_sync_folder_of(path, e);
    free(path);
    job_close(job);
    return rc;
}

/* The settings of job.json and those that were added; the first line of the journal binds job.json.
 */
static int lines_apply(struct job *job, const char *sha256, struct err *e)
{
    job->settings = jv_copy(jv_get(job->file, "settings"));
    for (size_t i = 0; i < journal_count(job->journal); i++) {
        const struct jv *line = journal_line(job->journal, i);
        const char *event = jv_get_text(line, "event"), *bound = jv_get_text(line, "job");
        if (i == 0 &&
            (strcmp(event, "created") != 0 || bound == NULL || strcmp(bound, sha256) != 0))
            return err_set(e, ERR_DISK, "err.job.damaged", job->folder, NULL);
        if (strcmp(event, "set") == 0)
            jv_put_take(job->settings, jv_get_text(line, "setting"),
                        jv_copy(jv_get(line, "value")));
    }
    return job->settings != NULL ? 0 : err_set_memory(e);
}

static int journal_attach(struct job *job, bool writable, struct err *e)
{
    char sha256[DIGEST_HEX_MAX];
    char *path = path_join(job->folder, journal_file);
    int rc = path != NULL ? file_read_back(job, sha256, e) : err_set_memory(e);

    if (rc == 0)
        rc = journal_open(path,
                          !writable     ? JOURNAL_READ
                          : job->locked ? JOURNAL_ALONE
                                        : JOURNAL_SHARED,
                          &job->journal, &job->tail_was_cut, e);
    if (rc == 0 && writable && journal_count(job->journal) == 0) {
        struct jv *line = jv_object();
        jv_put_text(line, "job", sha256);
        rc = job_append_take(job, "created", line, e);
        if (rc == 0) /* the name of the journal, before anything relies on its lines */
            rc = file_sync_folder_of(path, e);
    }
    if (rc == 0)
        rc = lines_apply(job, sha256, e);
    free(path);
    return rc;
}

static struct jv *file_make(const struct jv *forms, const struct jv *initial,
                            const struct jv *settings, int64_t now)
{
    char time[DATE_TEXT_MAX];
    struct jv *file = jv_object();

    date_instant_iso(now, time);
    jv_put_text(file, "format", "paraphe-job");
    jv_put_int(file, "version", 1);
    jv_put_text(file, "created", time);
    jv_put_int(file, "clock", now);
    jv_put_take(file, "forms", jv_copy(forms));
    jv_put_take(file, "initial", initial != NULL ? jv_copy(initial) : jv_null());
    jv_put_take(file, "settings", jv_copy(settings));
    return file;
}

int job_create(const char *folder, const char *const *forms, size_t nforms, const char *initial,
               const struct jv *settings, struct clock clock, struct job **out, struct err *e)
{
    struct job *job = job_new(folder, clock, e);
    struct jv *copies = jv_array(), *first = NULL;
    bool was_there = access(folder, F_OK) == 0, mine = false;
    int rc = -1;

    if (job == NULL)
        goto out;
    if (nforms == 0 || nforms > JOB_FORMS_MAX) {
        err_set(e, ERR_USAGE, "err.job.forms", NULL);
        goto out;
    }
    mine = job_mkdir(folder, e) == 0 && owner_check(job, e) == 0 && lock_take(job, e) == 0;
    if (!mine || sweep(job, e) != 0 || empty_check(job, e) != 0 || leftovers_remove(job, e) != 0 ||
        forms_copy(job, forms, nforms, copies, e) != 0)
        goto out;
    if (initial != NULL && (first = input_copy(job, initial, "initial", e)) == NULL)
        goto out;
    job->file = file_make(copies, first, settings, clock.now(clock.self));
    /* job.json is what makes it a job: it comes last */
    if (file_write(job, e) != 0 || file_sync_folder_of(folder, e) != 0)
        goto out;
    rc = journal_attach(job, true, e);
out:
    jv_free(copies);
    jv_free(first);
    /* a form that cannot be read leaves no empty job; what another run is making is left alone */
    if (rc != 0 && mine && !was_there && !job_exists(folder))
        (void)job_remove(folder, NULL);
    if (rc == 0)
        *out = job;
    else
        job_close(job);
    return rc;
}

int job_open(const char *folder, bool writable, struct clock clock, struct job **out, struct err *e)
{
    struct job *job = job_new(folder, clock, e);
    int rc = -1;

    if (job == NULL)
        return -1;
    if (!job_exists(folder))
        err_set(e, ERR_USAGE, "err.job.no-job", folder, NULL);
    else if (!writable ||
             (owner_check(job, e) == 0 && lock_take(job, e) == 0 && sweep(job, e) == 0))
        rc = journal_attach(job, writable, e);
    for (size_t f = 0; rc == 0 && writable && f < job_forms(job); f++)
        rc = job_countersigned(job, f, NULL, e);
    if (rc == 0)
        *out = job;
    else
        job_close(job);
    return rc;
}

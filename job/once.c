/* What may happen once only: a signature by a token, and effects outside the machine. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/job_int.h"

enum { SUM = 32, ASIDE_MAX = 1000 };

int job_keep_ready(struct job *job, size_t form, int *fd, struct err *e)
{
    char *path = job_path(job, form, JOB_FILE_KEPT);
    int rc = -1;

    if (path == NULL)
        return err_set_memory(e);
    *fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0)
        err_set_errno(e, ERR_DISK, errno, "err.base.file-write", path, NULL);
    else if (fsync(*fd) != 0)
        err_set_errno(e, ERR_DISK, errno, "err.base.file-write", path, NULL);
    else
        rc = file_sync_folder_of(path, e);
    if (rc != 0 && *fd >= 0) {
        close(*fd);
        *fd = -1;
    }
    free(path);
    return rc;
}

/* Where no byte found room an empty file would say that nothing was signed: one byte of a hole
 * takes none. */
static void lost_mark(int fd)
{
    struct stat st;

    if (fstat(fd, &st) == 0 && st.st_size == 0 && ftruncate(fd, 1) == 0)
        (void)fsync(fd);
}

/* Digest and bytes by one write: a process killed right after it, even before the sync, has lost
 * nothing. */
int job_keep(int fd, const void *data, size_t n, struct err *e)
{
    struct buf all = BUF_INIT((size_t)ceilings.pdf_update_bytes + SUM);
    unsigned char sum[DIGEST_MAX];
    int rc = digest_bytes(DIGEST_SHA256, data, n, sum, e);

    if (rc == 0) {
        buf_append(&all, sum, SUM);
        buf_append(&all, data, n);
        rc = buf_check(&all, e);
    }
    if (rc == 0)
        rc = file_pwrite_all(fd, all.data, all.len, 0, JOB_FILE_KEPT, e);
    if (rc == 0 && fsync(fd) != 0)
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-write", JOB_FILE_KEPT, NULL);
    if (rc != 0)
        lost_mark(fd);
    buf_free(&all);
    return rc;
}

int job_kept(const struct job *job, size_t form, struct buf *out, struct err *e)
{
    struct buf all = BUF_INIT((size_t)ceilings.pdf_update_bytes + SUM + 1);
    unsigned char sum[DIGEST_MAX];
    char *path = job_path(job, form, JOB_FILE_KEPT);
    int rc = -1;

    if (path == NULL)
        return err_set_memory(e);
    if (access(path, F_OK) != 0)
        rc = 0;
    else if (file_read(path, (size_t)ceilings.pdf_update_bytes + SUM, &all, e) == 0)
        rc = 1;
    if (rc == 1 && all.len == 0) /* made ready, and nothing was signed */
        rc = 0;
    else if (rc == 1 && all.len <= SUM)
        rc = JOB_KEPT_DAMAGED;
    if (rc == 1 && digest_bytes(DIGEST_SHA256, all.data + SUM, all.len - SUM, sum, e) != 0)
        rc = -1;
    if (rc == 1 && memcmp(sum, all.data, SUM) != 0)
        rc = JOB_KEPT_DAMAGED;
    if (rc == 1) {
        buf_append(out, all.data + SUM, all.len - SUM);
        if (buf_check(out, e) != 0)
            rc = -1;
    }
    buf_free(&all);
    free(path);
    return rc;
}

void job_keep_forget(struct job *job, size_t form)
{
    char *path = job_path(job, form, JOB_FILE_KEPT);

    if (path != NULL)
        unlink(path);
    free(path);
}

/* signature.kept.damaged, or with a number behind it where that is taken; malloc'ed. */
static char *aside_name(const char *path)
{
    char *name = NULL;

    for (int i = 1; i < ASIDE_MAX; i++) {
        free(name);
        if ((i == 1 ? asprintf(&name, "%s.damaged", path)
                    : asprintf(&name, "%s.damaged-%d", path, i)) < 0)
            return NULL;
        if (access(name, F_OK) != 0)
            break;
    }
    return name;
}

int job_keep_aside(struct job *job, size_t form, char **aside, struct err *e)
{
    char *path = job_path(job, form, JOB_FILE_KEPT);
    char *name = path != NULL ? aside_name(path) : NULL;
    struct jv *line = NULL;
    bool moved = name != NULL && rename(path, name) == 0;
    int rc = -1;

    if (name == NULL) {
        err_set_memory(e);
    } else if (!moved) {
        err_set_errno(e, ERR_DISK, errno, "err.base.file-write", name, NULL);
    } else if (file_sync_folder_of(name, e) == 0) {
        line = jv_object();
        jv_put_text(line, "stage", "sign");
        jv_put_int(line, "form", job_form_number(form));
        jv_put_text(line, "file", path_name(name));
        rc = job_append_take(job, "aside", line, e);
    }
    /* what the journal does not tell keeps its name, for the next run to say it */
    if (rc != 0 && moved && rename(name, path) == 0)
        (void)file_sync_folder_of(path, NULL);
    if (rc == 0) {
        *aside = name;
        name = NULL;
    }
    free(name);
    free(path);
    return rc;
}

/* The event of the last line with this key: "intent", "ack", or NULL. */
static const char *last_of_key(const struct job *job, const char *stage, const char *key)
{
    for (size_t i = journal_count(job->journal); i-- > 0;) {
        const struct jv *line = journal_line(job->journal, i);
        const char *of = jv_get_text(line, "stage"), *its = jv_get_text(line, "key");
        if (of != NULL && its != NULL && strcmp(of, stage) == 0 && strcmp(its, key) == 0)
            return jv_get_text(line, "event");
    }
    return NULL;
}

int job_intent(struct job *job, const char *stage, const char *key, const char *about, bool *doubt,
               struct err *e)
{
    const char *last = last_of_key(job, stage, key);

    *doubt = last != NULL && strcmp(last, "intent") == 0;
    if (*doubt)
        return 0;
    struct jv *line = jv_object();
    jv_put_text(line, "stage", stage);
    jv_put_int(line, "form", 0);
    jv_put_text(line, "key", key);
    jv_put_text(line, "about", about);
    return job_append_take(job, "intent", line, e);
}

int job_acknowledge_take(struct job *job, const char *stage, const char *key, struct jv *receipt,
                         struct err *e)
{
    struct jv *line = jv_object();

    jv_put_text(line, "stage", stage);
    jv_put_int(line, "form", 0);
    jv_put_text(line, "key", key);
    jv_put_take(line, "receipt", receipt != NULL ? receipt : jv_null());
    return job_append_take(job, "ack", line, e);
}

/* The key of the first intent of the stage without acknowledgement; NULL. Borrowed from the
 * journal. */
static const char *open_key(const struct job *job, const char *stage)
{
    for (size_t i = 0; i < journal_count(job->journal); i++) {
        const struct jv *line = journal_line(job->journal, i);
        const char *of = jv_get_text(line, "stage"), *key = jv_get_text(line, "key");
        if (of == NULL || key == NULL || strcmp(of, stage) != 0)
            continue;
        const char *last = last_of_key(job, stage, key);
        if (last != NULL && strcmp(last, "intent") == 0)
            return key;
    }
    return NULL;
}

int job_acknowledge_rest(struct job *job, const char *stage, struct err *e)
{
    for (const char *key; (key = open_key(job, stage)) != NULL;) {
        if (job_acknowledge_take(job, stage, key, NULL, e) != 0)
            return -1;
    }
    return 0;
}

bool job_in_doubt(const struct job *job, const char *stage)
{
    return open_key(job, stage) != NULL;
}

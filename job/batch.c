#include "job/batch_part.h"

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
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/utf8.h"
#include "job/job.h"

static void batch_free(struct batch *b)
{
    if (b == NULL)
        return;
    if (b->fd >= 0)
        close(b->fd);
    batch_entries_free(b);
    batch_doubts_free(b);
    pthread_mutex_destroy(&b->lock);
    if (b->hushed)
        file_temp_remove(b->path);
    free(b->folder);
    free(b->only);
    free(b->path);
    free(b->wish);
    free(b);
}

/* Whether the value could still be used: its input is not known to have changed. */
static bool usable(const struct batch_entry *one, const struct batch_request *r)
{
    char sha256[65];

    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(path_name(r->outputs[i]), one->output) == 0)
            return job_digest(r->inputs[i], sha256, NULL) != 0 ||
                   strcmp(sha256, one->input_sha256) == 0;
    }
    return true;
}

static bool unfinished(const struct batch *b, const struct batch_request *r)
{
    for (size_t i = 0; i < b->count; i++) {
        const struct batch_entry *one = &b->entries[i];
        if (one->value.at != 0 && !batch_is_named(b, one) && usable(one, r))
            return true;
    }
    return false;
}

int batch_settle(struct batch *b, struct err *e)
{
    if (fdatasync(b->fd) != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", b->path, NULL);
    if (b->named)
        return 0;
    if (file_sync_folder_of(b->path, e) != 0)
        return -1;
    b->named = true;
    return 0;
}

static int64_t bytes_of(const struct batch *b)
{
    struct stat st;

    return fstat(b->fd, &st) == 0 ? (int64_t)st.st_size : -1;
}

/* The wish is written with the first value, which comes while others are waited for; until then
 * what is done of other wishes stays known. */
static int begin_anew(struct batch *b, const char *wish, struct err *e)
{
    batch_entries_free(b);
    if (!b->locked && bytes_of(b) > 0)
        return err_set(e, ERR_USAGE, "err.job.batch-no-lock", b->folder, b->path, NULL);
    b->wish = strdup(wish);
    return b->wish != NULL ? 0 : err_set_memory(e);
}

/* ---- opening ---- */
/* In a folder that several people write to the journal of one of them stays. */
static bool of_another(const struct batch *b)
{
    struct stat st;

    if (b->only != NULL || b->aside)
        return false;
    return b->fd < 0 ? errno == EACCES
                     : fstat(b->fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid != geteuid();
}

/* It is neither read nor changed: this user's has a name of its own beside. known: only when it is
 * there, for what it holds counts also when the other one is gone. */
static int take_aside(struct batch *b, bool known, struct err *e)
{
    struct stat st;
    char *own = NULL;

    if (asprintf(&own, "%s.%lu", b->path, (unsigned long)geteuid()) < 0)
        return err_set_memory(e);
    if (known && (lstat(own, &st) != 0 || st.st_uid != geteuid())) {
        free(own);
        return 0;
    }
    if (b->fd >= 0)
        close(b->fd);
    b->fd = -1;
    free(b->path);
    b->path = own;
    b->aside = true;
    return 0;
}

/* Another run may have removed it, or put it aside and written one anew, before it let it go. */
static bool still_named(const struct batch *b)
{
    struct stat held, named;

    return fstat(b->fd, &held) == 0 && lstat(b->path, &named) == 0 && held.st_dev == named.st_dev &&
           held.st_ino == named.st_ino;
}

/* What it holds is believed, so it must be the user's own. A journal that lost its name between
 * opening and locking is none. */
static int lock_take(struct batch *b, bool *there, struct err *e)
{
    static const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    struct stat st;

    if (b->only == NULL && take_aside(b, true, e) != 0)
        return -1;
    for (;;) {
        b->fd = open(b->path, flags);
        if (of_another(b)) {
            if (take_aside(b, false, e) != 0)
                return -1;
            continue;
        }
        *there = b->fd >= 0;
        if (b->fd < 0 && errno == ENOENT) {
            b->fd = open(b->path, flags | O_CREAT | O_EXCL, 0600);
            if (b->fd < 0 && errno == EEXIST) /* by another, who may be somebody else */
                continue;
        }
        if (b->fd < 0 && (errno == ELOOP || errno == EISDIR))
            return err_set(e, ERR_USAGE, "err.job.batch-no-file", b->path, NULL);
        if (b->fd < 0)
            return err_set_errno(e, ERR_DISK, errno, "err.base.file-write",
                                 b->only != NULL ? b->only : b->path, NULL);
        if (fstat(b->fd, &st) != 0 || st.st_uid != geteuid() || (st.st_mode & 022) != 0)
            return err_set(e, ERR_USAGE, "err.job.batch-not-yours", b->path, NULL);
        if (!S_ISREG(st.st_mode))
            return err_set(e, ERR_USAGE, "err.job.batch-no-file", b->path, NULL);
        /* a file system without locks is no other run, but there might be one */
        b->locked = flock(b->fd, LOCK_EX | LOCK_NB) == 0;
        if (!b->locked && errno == EWOULDBLOCK)
            return b->only != NULL
                       ? err_set(e, ERR_USAGE, "err.job.batch-locked-one", b->only, NULL)
                       : err_set(e, ERR_USAGE, "err.job.batch-locked", b->folder, NULL);
        if (still_named(b))
            return 0;
        close(b->fd);
    }
}

static int names_make(struct batch *b, const struct batch_request *r, struct err *e)
{
    char *name = NULL;

    if (r->folder != NULL) {
        b->folder = strdup(r->folder);
        b->path = path_join(r->folder, BATCH_FILE);
    } else {
        b->only = strdup(r->outputs[0]);
        b->folder = path_folder(r->outputs[0]);
        if (asprintf(&name, ".%s" BATCH_TAIL, path_name(r->outputs[0])) < 0)
            name = NULL;
        if (name != NULL && b->folder != NULL)
            b->path = path_join(b->folder, name);
        free(name);
    }
    return b->folder != NULL && b->path != NULL && (r->folder != NULL || b->only != NULL)
               ? 0
               : err_set_memory(e);
}

static int other_wishes(const struct batch *b, struct err *e)
{
    return b->only != NULL
               ? err_set(e, ERR_USAGE, "err.job.batch-other-one", b->only, b->path, NULL)
               : err_set(e, ERR_USAGE, "err.job.batch-other", b->folder, b->path, NULL);
}

int batch_open(struct batch **out, const struct batch_request *r, struct err *e)
{
    struct batch *b = calloc(1, sizeof *b);
    char *was = NULL;
    bool there = false;
    int rc = -1;

    if (b == NULL)
        return err_set_memory(e);
    b->fd = -1;
    pthread_mutex_init(&b->lock, NULL);
    if (names_make(b, r, e) != 0 || lock_take(b, &there, e) != 0 ||
        batch_lines_read(b, &was, e) != 0 || batch_doubts_check(b, e) != 0)
        goto out;
    if (there && batch_alone(b)) /* a run was killed, perhaps before its first line */
        batch_sweep(b->folder, r->outputs, r->n);
    b->made = !there;
    bool same = was != NULL && strcmp(was, r->wish) == 0;
    if (!same && unfinished(b, r)) {
        other_wishes(b, e);
        goto out;
    }
    rc = same ? 0 : begin_anew(b, r->wish, e);
    if (rc == 0 && bytes_of(b) == 0) {
        b->hushed = true;
        file_temp_add(b->path);
    }
out:
    free(was);
    if (rc == 0)
        *out = b;
    else
        batch_free(b);
    return rc;
}

const char *batch_path(const struct batch *b)
{
    return b->path;
}

bool batch_alone(const struct batch *b)
{
    return b->locked && !b->aside;
}

size_t batch_known(const struct batch *b)
{
    return b->count;
}

/* ---- use ---- */
enum batch_state batch_find(const struct batch *b, const char *input, const char *output,
                            struct jv **what)
{
    const char *name = path_name(output);
    char sha256[65] = "", now[65] = "";

    for (size_t i = 0; i < b->count; i++) {
        const struct batch_entry *one = &b->entries[i];
        if (strcmp(one->output, name) != 0)
            continue;
        if (sha256[0] == '\0' &&
            (job_digest(input, sha256, NULL) != 0 || job_digest(output, now, NULL) != 0))
            return BATCH_NEW;
        if (strcmp(one->input_sha256, sha256) != 0)
            continue;
        const char *made = jv_get_text(one->result, "sha256");
        if (made != NULL && strcmp(made, now) == 0) {
            *what = jv_keep(one->result);
            return BATCH_DONE;
        }
        struct jv *kept = one->value.at != 0 ? batch_kept_read(b, one) : NULL;
        if (kept != NULL && (now[0] == '\0' || batch_holds(output, kept))) {
            *what = kept;
            return BATCH_VALUE;
        }
        jv_free(kept);
        return BATCH_NEW;
    }
    return BATCH_NEW;
}

static struct jv *line_new(const char *event, const char *output)
{
    struct jv *line = jv_object();

    const char *name = path_name(output);

    jv_put_text(line, "event", event);
    jv_put_text(line, "output", name);
    if (!utf8_valid(name, strlen(name))) /* JSON cannot say it otherwise: batch_lines.c */
        jv_put_hex(line, "output_bytes", name, strlen(name));
    return line;
}

/* From now on the journal is worth keeping. */
static void written(struct batch *b)
{
    pthread_mutex_lock(&b->lock);
    if (b->hushed)
        file_temp_remove(b->path);
    b->hushed = false;
    pthread_mutex_unlock(&b->lock);
    b->written = true;
}

int batch_keep(struct batch *b, const char *output, const struct jv *kept, struct err *e)
{
    struct jv *line = line_new("value", output);

    jv_put_take(line, "kept", jv_copy(kept));
    written(b);
    int rc = batch_line_write(b, line, e);
    jv_free(line);
    return rc;
}

/* Not synced: a line that is lost with the machine's power costs work, not a signature. */
void batch_done(struct batch *b, const char *output, const struct jv *result)
{
    struct jv *line = line_new("done", output);

    jv_put_take(line, "result", jv_copy(result));
    written(b);
    (void)batch_line_write(b, line, NULL);
    jv_free(line);
}

void batch_named(struct batch *b, const char *output, const struct jv *result)
{
    struct jv *line = line_new("named", output);

    jv_put_text(line, "input_sha256", jv_get_text(result, "input_sha256"));
    (void)batch_line_write(b, line, NULL);
    jv_free(line);
}

/* A run before this one could not shorten it. */
static bool has_values(const struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        if (b->entries[i].value.at != 0)
            return true;
    }
    return false;
}

bool batch_close(struct batch *b, bool finished)
{
    if (b == NULL)
        return false;
    bool empty = b->count == 0 && !b->written, folder = b->only == NULL;
    bool stays = !finished && !empty;

    if (finished && !empty && folder) {
        if (b->locked && (b->written || has_values(b)))
            (void)batch_lines_shorten(b, NULL);
    } else if (!stays && !(empty && folder && bytes_of(b) > 0) &&
               (b->locked || finished || b->made)) {
        (void)unlink(b->path);
    }
    batch_free(b);
    return stays;
}

#include "job/batch.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/job.h"

enum { SUM = 64 };

struct entry {
    char *output, input_sha256[DIGEST_HEX_MAX];
    int64_t at; /* of the JSON of its value; 0: none */
    size_t len;
    struct jv *result; /* NULL: not done */
};
struct batch {
    char *folder, *path;
    char *only; /* the one output; NULL: those of a folder */
    int fd;
    struct entry *entries;
    size_t count;
    _Atomic bool written; /* a value or a result, by this run */
    _Atomic bool named;   /* its name is on the disk */
    bool hushed;          /* a signal removes it */
    char *wish;           /* to be written before the first line; NULL: it is there */
    pthread_mutex_t lock;
};

static void entries_free(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        free(b->entries[i].output);
        jv_free(b->entries[i].result);
    }
    free(b->entries);
    b->entries = NULL;
    b->count = 0;
}

static void batch_free(struct batch *b)
{
    if (b == NULL)
        return;
    if (b->fd >= 0)
        close(b->fd);
    entries_free(b);
    pthread_mutex_destroy(&b->lock);
    if (b->hushed)
        file_temp_remove(b->path);
    free(b->folder);
    free(b->only);
    free(b->path);
    free(b->wish);
    free(b);
}

/* ---- reading ---- */
static struct entry *entry_of(struct batch *b, const char *output, const char *input_sha256)
{
    for (size_t i = 0; i < b->count; i++) {
        if (strcmp(b->entries[i].output, output) == 0 &&
            strcmp(b->entries[i].input_sha256, input_sha256) == 0)
            return &b->entries[i];
    }
    struct entry *more = realloc(b->entries, (b->count + 1) * sizeof *more);
    if (more == NULL)
        return NULL;
    b->entries = more;
    struct entry *new = &more[b->count];
    *new = (struct entry){.output = strdup(output)};
    snprintf(new->input_sha256, sizeof new->input_sha256, "%s", input_sha256);
    if (new->output == NULL)
        return NULL;
    b->count++;
    return new;
}

/* One good line; `at` is where its JSON begins in the file. */
static int line_take(struct batch *b, const struct jv *line, int64_t at, size_t len, char **wish,
                     struct err *e)
{
    const char *event = jv_get_text(line, "event"), *output = jv_get_text(line, "output");
    const struct jv *kept = jv_get(line, "kept"), *result = jv_get(line, "result");
    const char *input = jv_get_text(kept != NULL ? kept : result, "input_sha256"),
               *source = jv_get_text(kept, "source_sha256");

    if (source != NULL) /* what was signed is a repaired copy of it */
        input = source;
    if (event == NULL && *wish == NULL && jv_get_text(line, "wish") != NULL) {
        *wish = strdup(jv_get_text(line, "wish"));
        return *wish != NULL ? 0 : err_set_memory(e);
    }
    if (output == NULL || input == NULL)
        return 0; /* of a version to come */
    struct entry *one = entry_of(b, output, input);
    if (one == NULL)
        return err_set_memory(e);
    if (kept != NULL) {
        one->at = at;
        one->len = len;
    } else {
        jv_free(one->result);
        one->result = jv_copy(result);
    }
    return 0;
}

static struct jv *line_parse(const struct batch *b, const char *text, size_t n)
{
    char sum[DIGEST_HEX_MAX];

    if (n <= SUM + 1 || text[SUM] != ' ' ||
        digest_bytes_hex(text + SUM + 1, n - SUM - 1, sum, NULL) != 0 ||
        memcmp(sum, text, SUM) != 0)
        return NULL;
    return jv_parse(text + SUM + 1, n - SUM - 1, b->path, NULL);
}

/* *wish: what the journal says of the wishes, malloc'ed; NULL when it is new. */
static int lines_read(struct batch *b, char **wish, struct err *e)
{
    int copy = fcntl(b->fd, F_DUPFD_CLOEXEC, 0), rc = 0;
    FILE *in = copy >= 0 ? fdopen(copy, "r") : NULL;
    char *text = NULL;
    size_t room = 0;
    int64_t at = 0;
    ssize_t n;

    if (in == NULL) {
        if (copy >= 0)
            close(copy);
        return err_set_memory(e);
    }
    while (rc == 0 && (n = getline(&text, &room, in)) > 0) {
        size_t len = (size_t)n - (text[n - 1] == '\n');
        struct jv *line = line_parse(b, text, len);
        if (line != NULL)
            rc = line_take(b, line, at + SUM + 1, len - SUM - 1, wish, e);
        jv_free(line);
        at += n;
        /* what comes after a torn line begins a line of its own */
        if (text[n - 1] != '\n' && rc == 0)
            rc = file_write_all(b->fd, "\n", 1, b->path, e);
    }
    /* values that could not be read are not taken for none */
    if (rc == 0 && !feof(in))
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-read", b->path, NULL);
    free(text);
    fclose(in);
    return rc;
}

/* Whether the value could still be used: its input is not known to have changed. */
static bool usable(const struct entry *one, const struct batch_request *r)
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
        const struct entry *one = &b->entries[i];
        if (one->at != 0 && one->result == NULL && usable(one, r))
            return true;
    }
    return false;
}

/* ---- writing ---- */
/* With the lock. */
static int line_put(struct batch *b, const struct jv *line, struct err *e)
{
    struct buf json = BUF_INIT((size_t)ceilings.json_bytes), text = BUF_INIT(json.max + SUM + 2);
    char sum[DIGEST_HEX_MAX];
    int rc = jv_print(line, false, &json, e);

    if (rc == 0)
        rc = digest_bytes_hex(json.data, json.len, sum, e);
    if (rc == 0) {
        buf_text(&text, sum);
        buf_char(&text, ' ');
        buf_append(&text, json.data, json.len);
        buf_char(&text, '\n');
        rc = buf_check(&text, e);
    }
    /* half a line, on a disk that is full, would spoil the next one */
    if (rc == 0) {
        struct stat st;
        bool known = fstat(b->fd, &st) == 0;
        rc = file_write_all(b->fd, text.data, text.len, b->path, e);
        if (rc != 0 && known)
            (void)!ftruncate(b->fd, st.st_size);
    }
    buf_free(&json);
    buf_free(&text);
    return rc;
}

static int wish_put(struct batch *b, struct err *e)
{
    struct jv *line = jv_object();

    jv_put_text(line, "format", "paraphe-batch");
    jv_put_int(line, "version", 1);
    jv_put_text(line, "wish", b->wish);
    int rc = line_put(b, line, e);
    jv_free(line);
    if (rc == 0) {
        free(b->wish);
        b->wish = NULL;
    }
    return rc;
}

static int line_write(struct batch *b, const struct jv *line, struct err *e)
{
    int rc = 0;

    pthread_mutex_lock(&b->lock);
    if (b->wish != NULL)
        rc = wish_put(b, e);
    if (rc == 0)
        rc = line_put(b, line, e);
    pthread_mutex_unlock(&b->lock);
    return rc;
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

/* The wish is written with the first value, which comes while others are waited for. */
static int begin_anew(struct batch *b, const char *wish, struct err *e)
{
    entries_free(b);
    if (ftruncate(b->fd, 0) != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", b->path, NULL);
    b->wish = strdup(wish);
    return b->wish != NULL ? 0 : err_set_memory(e);
}

/* ---- opening ---- */
/* What it holds is believed, so it must be the user's own. A journal that was removed between
 * opening and locking is none. */
static int lock_take(struct batch *b, bool *there, struct err *e)
{
    static const int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    struct stat st;

    for (;;) {
        b->fd = open(b->path, flags);
        *there = b->fd >= 0;
        if (b->fd < 0 && errno == ENOENT)
            b->fd = open(b->path, flags | O_CREAT, 0600);
        if (b->fd < 0)
            return err_set_errno(e, ERR_DISK, errno, "err.base.file-write",
                                 b->only != NULL && errno != ELOOP ? b->only : b->path, NULL);
        if (fstat(b->fd, &st) != 0 || !S_ISREG(st.st_mode) || st.st_uid != geteuid() ||
            (st.st_mode & 022) != 0)
            return err_set(e, ERR_USAGE, "err.job.batch-not-yours", b->path, NULL);
        /* a file system without locks is no other run */
        if (flock(b->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
            return b->only != NULL
                       ? err_set(e, ERR_USAGE, "err.job.batch-locked-one", b->only, NULL)
                       : err_set(e, ERR_USAGE, "err.job.batch-locked", b->folder, NULL);
        if (fstat(b->fd, &st) == 0 && st.st_nlink > 0)
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
    if (names_make(b, r, e) != 0 || lock_take(b, &there, e) != 0 || lines_read(b, &was, e) != 0)
        goto out;
    if (there) /* a run was killed, perhaps before its first line */
        batch_sweep(b->folder, r->outputs, r->n);
    bool same = was != NULL && strcmp(was, r->wish) == 0;
    if (!same && unfinished(b, r)) {
        other_wishes(b, e);
        goto out;
    }
    rc = same ? 0 : begin_anew(b, r->wish, e);
    if (rc == 0 && b->count == 0) {
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

size_t batch_known(const struct batch *b)
{
    return b->count;
}

/* ---- use ---- */
static struct jv *kept_read(const struct batch *b, const struct entry *one)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes + 1);
    unsigned char *room = buf_room(&text, one->len);
    struct jv *line = NULL, *kept = NULL;

    if (room != NULL && file_pread_all(b->fd, room, one->len, one->at, b->path, NULL) == 0)
        line = jv_parse((const char *)room, one->len, b->path, NULL);
    kept = jv_keep(jv_get(line, "kept"));
    jv_free(line);
    buf_free(&text);
    return kept;
}

/* Whether the file, which has the name of an output, holds this very signature: a run was killed
 * between its name and its line. */
static bool holds(const char *path, const struct jv *kept)
{
    const char *hex = jv_get_text(kept, "update_head");
    size_t n = hex != NULL ? strlen(hex) / 2 : 0;
    unsigned char *wanted = malloc(n + 1), *found = malloc(n + 1);
    int fd = wanted != NULL && found != NULL && n > 0 ? file_open(path, NULL, NULL) : -1;
    bool same = fd >= 0 && hex_decode(hex, 2 * n, wanted) == 0 &&
                file_pread_all(fd, found, n, jv_get_int(kept, "base", 0), path, NULL) == 0 &&
                memcmp(wanted, found, n) == 0;

    if (fd >= 0)
        close(fd);
    free(wanted);
    free(found);
    return same;
}

enum batch_state batch_find(const struct batch *b, const char *input, const char *output,
                            struct jv **what)
{
    const char *name = path_name(output);
    char sha256[65] = "", now[65] = "";

    for (size_t i = 0; i < b->count; i++) {
        const struct entry *one = &b->entries[i];
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
        struct jv *kept = one->at != 0 ? kept_read(b, one) : NULL;
        if (kept != NULL && (now[0] == '\0' || (one->result == NULL && holds(output, kept)))) {
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

    jv_put_text(line, "event", event);
    jv_put_text(line, "output", path_name(output));
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
    int rc = line_write(b, line, e);
    jv_free(line);
    return rc;
}

/* Not synced: a line that is lost costs work, not a signature. */
void batch_done(struct batch *b, const char *output, const struct jv *result)
{
    struct jv *line = line_new("done", output);

    jv_put_take(line, "result", jv_copy(result));
    written(b);
    (void)line_write(b, line, NULL);
    jv_free(line);
}

bool batch_close(struct batch *b, bool finished)
{
    bool stays = b != NULL && !finished && (b->count > 0 || b->written);

    if (b != NULL && !stays)
        (void)unlink(b->path);
    batch_free(b);
    return stays;
}

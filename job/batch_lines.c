/* The lines of the journal of a batch: read, written, shortened. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "job/batch_part.h"

enum { SUM = 64 };

void batch_entries_free(struct batch *b)
{
    for (size_t i = 0; i < b->count; i++) {
        free(b->entries[i].output);
        jv_free(b->entries[i].result);
    }
    free(b->entries);
    b->entries = NULL;
    b->count = 0;
}

/* ---- reading ---- */
static struct batch_entry *entry_of(struct batch *b, const char *output, const char *input_sha256)
{
    for (size_t i = 0; i < b->count; i++) {
        if (strcmp(b->entries[i].output, output) == 0 &&
            strcmp(b->entries[i].input_sha256, input_sha256) == 0)
            return &b->entries[i];
    }
    struct batch_entry *more = realloc(b->entries, (b->count + 1) * sizeof *more);
    if (more == NULL)
        return NULL;
    b->entries = more;
    struct batch_entry *new = &more[b->count];
    *new = (struct batch_entry){.output = strdup(output)};
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
    bool named = event != NULL && strcmp(event, "named") == 0;
    const char *input = jv_get_text(kept != NULL ? kept
                                    : named      ? line
                                                 : result,
                                    "input_sha256"),
               *source = jv_get_text(kept, "source_sha256");

    if (source != NULL) /* what was signed is a repaired copy of it */
        input = source;
    if (event == NULL && *wish == NULL && jv_get_text(line, "wish") != NULL) {
        *wish = strdup(jv_get_text(line, "wish"));
        return *wish != NULL ? 0 : err_set_memory(e);
    }
    if (output == NULL || input == NULL)
        return 0; /* of a version to come */
    struct batch_entry *one = entry_of(b, output, input);
    if (one == NULL)
        return err_set_memory(e);
    if (kept != NULL) {
        one->at = at;
        one->len = len;
        one->named = false;
    } else if (named) {
        one->named = true;
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
int batch_lines_read(struct batch *b, char **wish, struct err *e)
{
    int copy = fcntl(b->fd, F_DUPFD_CLOEXEC, 0), rc = 0;
    FILE *in = copy >= 0 && lseek(copy, 0, SEEK_SET) == 0 ? fdopen(copy, "r") : NULL;
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
        b->torn = text[n - 1] != '\n';
    }
    /* values that could not be read are not taken for none */
    if (rc == 0 && !feof(in))
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-read", b->path, NULL);
    free(text);
    fclose(in);
    return rc;
}

/* ---- writing ---- */
/* Its digest, a blank, the object, a line's end; appended. */
static int line_text(const struct jv *line, struct buf *out, struct err *e)
{
    struct buf json = BUF_INIT((size_t)ceilings.json_bytes);
    char sum[DIGEST_HEX_MAX];
    int rc = jv_print(line, false, &json, e);

    if (rc == 0)
        rc = digest_bytes_hex(json.data, json.len, sum, e);
    if (rc == 0) {
        buf_text(out, sum);
        buf_char(out, ' ');
        buf_append(out, json.data, json.len);
        buf_char(out, '\n');
        rc = buf_check(out, e);
    }
    buf_free(&json);
    return rc;
}

/* With the lock. */
static int line_put(struct batch *b, const struct jv *line, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes + SUM + 3);

    /* what comes after a torn line begins a line of its own */
    if (b->torn)
        buf_char(&text, '\n');
    int rc = line_text(line, &text, e);
    /* half a line, on a disk that is full, would spoil the next one; without a lock what is cut off
     * might be another run's */
    if (rc == 0) {
        struct stat st;
        bool cut = b->locked && fstat(b->fd, &st) == 0;
        rc = file_write_all(b->fd, text.data, text.len, b->path, e);
        if (rc == 0)
            b->torn = false;
        else if (!cut || ftruncate(b->fd, st.st_size) != 0)
            b->torn = true;
    }
    buf_free(&text);
    return rc;
}

/* In place of what was wished before, of which nothing is unfinished. */
static int wish_put(struct batch *b, struct err *e)
{
    struct stat st;

    if (fstat(b->fd, &st) != 0 || (b->locked && st.st_size > 0 && ftruncate(b->fd, 0) != 0))
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", b->path, NULL);
    b->torn = b->torn && !b->locked;
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

int batch_line_write(struct batch *b, const struct jv *line, struct err *e)
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

bool batch_is_named(const struct batch *b, const struct batch_entry *one)
{
    char *path = one->result != NULL ? path_join(b->folder, one->output) : NULL;
    bool named = path != NULL && (one->named || access(path, F_OK) == 0);

    free(path);
    return named;
}

struct jv *batch_kept_read(const struct batch *b, const struct batch_entry *one)
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

/* The bytes at `at` are those of the hexadecimal text. */
static bool bytes_at(int fd, int64_t at, const struct jv *kept, const char *key, const char *path)
{
    struct buf wanted = BUF_INIT((size_t)ceilings.json_bytes), found = BUF_INIT(wanted.max);
    unsigned char *room;
    bool same = jv_get_bytes(kept, key, &wanted) == 0 && wanted.len > 0 &&
                (room = buf_room(&found, wanted.len)) != NULL &&
                file_pread_all(fd, room, wanted.len, at, path, NULL) == 0 &&
                memcmp(wanted.data, room, wanted.len) == 0;

    buf_free(&wanted);
    buf_free(&found);
    return same;
}

/* A run was killed, or the machine lost its power, between its name and its line: then it is all
 * that this run had made, up to its last byte. What is longer was signed by somebody else since, or
 * got a later level. */
bool batch_holds(const char *path, const struct jv *kept)
{
    int64_t size = 0;
    int fd = file_open(path, &size, NULL);
    bool same = fd >= 0 && size == jv_get_int(kept, "size", -1) &&
                bytes_at(fd, jv_get_int(kept, "base", 0), kept, "update_head", path) &&
                bytes_at(fd, jv_get_int(kept, "hole_end", 0), kept, "update_tail", path);

    if (fd >= 0)
        close(fd);
    return same;
}

/* ---- shortening ---- */
static int write_line(int to, const struct jv *line, const char *path)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes + SUM + 3);
    int rc = line_text(line, &text, NULL);

    if (rc == 0)
        rc = file_write_all(to, text.data, text.len, path, NULL);
    buf_free(&text);
    return rc;
}

static int write_entry(const struct batch *b, const struct batch_entry *one, int to)
{
    char *path = path_join(b->folder, one->output);
    bool made = path != NULL && one->result != NULL && access(path, F_OK) == 0;
    struct jv *kept = !batch_is_named(b, one) ? batch_kept_read(b, one) : NULL;
    struct jv *line = jv_object();
    int rc = path != NULL ? 0 : -1;

    jv_put_text(line, "event", made ? "done" : "value");
    jv_put_text(line, "output", one->output);
    if (made)
        jv_put_take(line, "result", jv_copy(one->result));
    else if (kept != NULL)
        jv_put_take(line, "kept", jv_keep(kept));
    if (rc == 0 && (made || kept != NULL))
        rc = write_line(to, line, b->path);
    jv_free(kept);
    jv_free(line);
    free(path);
    return rc;
}

void batch_lines_shorten(struct batch *b)
{
    struct file_out out = FILE_OUT_INIT;
    struct jv *head = jv_object();
    char *wish = NULL;
    int rc = -1;

    batch_entries_free(b);
    if (batch_lines_read(b, &wish, NULL) == 0 && wish != NULL)
        rc = file_begin(&out, b->path, true, NULL);
    jv_put_text(head, "format", "paraphe-batch");
    jv_put_int(head, "version", 1);
    jv_put_text(head, "wish", wish);
    if (rc == 0)
        rc = write_line(out.fd, head, b->path);
    for (size_t i = 0; rc == 0 && i < b->count; i++)
        rc = write_entry(b, &b->entries[i], out.fd);
    if (rc == 0)
        rc = file_commit(&out, NULL);
    file_abort(&out);
    jv_free(head);
    free(wish);
}

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

enum { SUM = 64, FLUSH = 1 << 16 };

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
    for (size_t i = b->count; i-- > 0;) { /* it is mostly one of the last */
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

/* The name of the output, whose bytes may be no UTF-8; in `room`, or NULL. */
static const char *output_of(const struct jv *line, struct buf *room)
{
    const struct jv *bytes = jv_get(line, "output_bytes");

    if (jv_is_null(bytes))
        return jv_get_text(line, "output");
    bool good = jv_bytes(bytes, room) == 0 && memchr(room->data, '/', room->len) == NULL &&
                strlen(buf_str(room)) == room->len;
    return good && room->len > 0 ? buf_str(room) : NULL;
}

/* One good line, whose JSON is at that place. */
static int line_note(struct batch *b, const struct jv *line, struct batch_place place,
                     struct batch_entry **out, struct err *e)
{
    struct buf room = BUF_INIT((size_t)ceilings.json_bytes);
    const char *event = jv_get_text(line, "event"), *output = output_of(line, &room);
    const struct jv *kept = jv_get(line, "kept"), *result = jv_get(line, "result");
    bool named = event != NULL && strcmp(event, "named") == 0;
    const char *input = jv_get_text(kept != NULL ? kept
                                    : named      ? line
                                                 : result,
                                    "input_sha256"),
               *source = jv_get_text(kept, "source_sha256");

    *out = NULL;
    if (source != NULL) /* what was signed is a repaired copy of it */
        input = source;
    bool known = output != NULL && input != NULL; /* else it is of a version to come */
    struct batch_entry *one = known ? entry_of(b, output, input) : NULL;
    buf_free(&room);
    if (one == NULL)
        return known ? err_set_memory(e) : 0;
    *out = one;
    if (kept != NULL) {
        one->value = place;
        one->named = false;
    } else if (named) {
        one->named = true;
    } else {
        one->done = place;
    }
    return 0;
}

static int line_take(struct batch *b, const struct jv *line, struct batch_place place, char **wish,
                     struct err *e)
{
    struct batch_entry *one = NULL;

    if (jv_get(line, "event") == NULL && *wish == NULL && jv_get_text(line, "wish") != NULL) {
        b->head = place;
        *wish = strdup(jv_get_text(line, "wish"));
        return *wish != NULL ? 0 : err_set_memory(e);
    }
    if (line_note(b, line, place, &one, e) != 0)
        return -1;
    if (one != NULL && one->done.at == place.at) {
        jv_free(one->result);
        one->result = jv_copy(jv_get(line, "result"));
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
    size_t number = 0;
    ssize_t n;

    if (in == NULL) {
        if (copy >= 0)
            close(copy);
        return err_set_memory(e);
    }
    while (rc == 0 && (n = getline(&text, &room, in)) > 0) {
        size_t len = (size_t)n - (text[n - 1] == '\n');
        struct jv *line = line_parse(b, text, len);
        number++;
        rc = line != NULL
                 ? line_take(b, line, (struct batch_place){at + SUM + 1, len - SUM - 1}, wish, e)
                 : batch_doubt_note(b, text, len, number, at, e);
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

/* With the lock. *place: where its JSON is; at 0 when that is not known, as without a lock. */
static int line_put(struct batch *b, const struct jv *line, struct batch_place *place,
                    struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes + SUM + 3);
    struct stat st;

    *place = (struct batch_place){0, 0};
    /* what comes after a torn line begins a line of its own */
    if (b->torn)
        buf_char(&text, '\n');
    size_t before = text.len + SUM + 1;
    int rc = line_text(line, &text, e);
    /* half a line, on a disk that is full, would spoil the next one; without a lock what is cut off
     * might be another run's */
    if (rc == 0) {
        bool alone = b->locked && fstat(b->fd, &st) == 0;
        rc = file_write_all(b->fd, text.data, text.len, b->path, e);
        if (rc == 0)
            b->torn = false;
        else if (!alone || ftruncate(b->fd, st.st_size) != 0)
            b->torn = true;
        if (rc == 0 && alone)
            *place = (struct batch_place){st.st_size + (int64_t)before, text.len - before - 1};
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
    int rc = line_put(b, line, &b->head, e);
    jv_free(line);
    if (rc == 0) {
        free(b->wish);
        b->wish = NULL;
    }
    return rc;
}

int batch_line_write(struct batch *b, const struct jv *line, struct err *e)
{
    struct batch_place place;
    struct batch_entry *one = NULL;
    int rc = 0;

    pthread_mutex_lock(&b->lock);
    if (b->wish != NULL)
        rc = wish_put(b, e);
    if (rc == 0)
        rc = line_put(b, line, &place, e);
    if (rc == 0 && (place.at == 0 || line_note(b, line, place, &one, NULL) != 0))
        b->head.at = 0; /* a line that nobody knows of would be lost: it is not shortened */
    pthread_mutex_unlock(&b->lock);
    return rc;
}

bool batch_is_named(const struct batch *b, const struct batch_entry *one)
{
    char *path = one->done.at > 0 ? path_join(b->folder, one->output) : NULL;
    bool named = path != NULL && (one->named || access(path, F_OK) == 0);

    free(path);
    return named;
}

struct jv *batch_kept_read(const struct batch *b, const struct batch_entry *one)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes + 1);
    unsigned char *room = buf_room(&text, one->value.len);
    struct jv *line = NULL, *kept = NULL;

    if (room != NULL &&
        file_pread_all(b->fd, room, one->value.len, one->value.at, b->path, NULL) == 0)
        line = jv_parse((const char *)room, one->value.len, b->path, NULL);
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
/* A line as it stands, with its digest. */
static int copy_line(const struct batch *b, struct batch_place place, struct buf *out,
                     struct err *e)
{
    size_t n = place.len + SUM + 1;
    unsigned char *room = buf_room(out, n);

    if (room == NULL)
        return buf_check(out, e);
    if (file_pread_all(b->fd, room, n, place.at - SUM - 1, b->path, e) != 0)
        return -1;
    out->len += n;
    buf_char(out, '\n');
    return buf_check(out, e);
}

static int copy_entry(const struct batch *b, const struct batch_entry *one, struct buf *out,
                      struct err *e)
{
    char *path = path_join(b->folder, one->output);
    bool made = path != NULL && one->done.at > 0 && access(path, F_OK) == 0;
    int rc = path != NULL ? 0 : err_set_memory(e);

    if (made)
        rc = copy_line(b, one->done, out, e);
    else if (rc == 0 && one->value.at > 0 && !batch_is_named(b, one))
        rc = copy_line(b, one->value, out, e);
    free(path);
    return rc;
}

int batch_lines_shorten(struct batch *b, struct err *e)
{
    struct file_out out = FILE_OUT_INIT;
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes + FLUSH);
    int rc = b->head.at > 0 ? file_begin(&out, b->path, true, e) : -1;

    if (rc == 0)
        rc = copy_line(b, b->head, &text, e);
    for (size_t i = 0; rc == 0 && i <= b->count; i++) {
        if (i < b->count)
            rc = copy_entry(b, &b->entries[i], &text, e);
        if (rc == 0 && (text.len > FLUSH || i == b->count)) {
            rc = file_write_all(out.fd, text.data, text.len, b->path, e);
            buf_clear(&text);
        }
    }
    if (rc == 0)
        rc = file_commit(&out, e);
    file_abort(&out);
    buf_free(&text);
    return rc;
}

#include "job/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"

enum { SHA_HEX = 64 };
static const char sum_head[] = ",\"sum\":\"", line_head[] = "{\"n\":";

struct journal {
    int fd;
    char *path;
    enum journal_use use;
    bool torn; /* it ends in half a line that must not be cut */
    struct jv **lines;
    size_t count;
    int64_t size; /* of the good lines */
    char prev[SHA_HEX + 1];
};

/* Where the sum begins in a line that ends in ,"sum":"<64 hex>"} ; 0 when it does not. */
static size_t sum_offset(const char *line, size_t n)
{
    const size_t tail = sizeof sum_head - 1 + SHA_HEX + 2;

    if (n < tail || memcmp(line + n - tail, sum_head, sizeof sum_head - 1) != 0 ||
        memcmp(line + n - 2, "\"}", 2) != 0)
        return 0;
    return n - tail + sizeof sum_head - 1;
}

/* The sum of a line, its own place left out. */
static int line_sum(const char *line, size_t n, size_t at, char out[DIGEST_HEX_MAX], struct err *e)
{
    unsigned char value[DIGEST_MAX];
    struct digest *d = digest_new(DIGEST_SHA256, e);
    int rc = d != NULL ? digest_add(d, line, at, e) : -1;

    if (rc == 0)
        rc = digest_add(d, line + at + SHA_HEX, n - at - SHA_HEX, e);
    if (rc == 0)
        rc = digest_end(d, value, e);
    if (rc == 0)
        hex_lower(value, digest_size(DIGEST_SHA256), out);
    digest_free(d);
    return rc;
}

static int keep(struct journal *j, struct jv *line, const char *text, size_t n, struct err *e)
{
    char hex[DIGEST_HEX_MAX];
    struct jv **lines = realloc(j->lines, (j->count + 1) * sizeof *lines);

    if (lines == NULL)
        return err_set_memory(e);
    j->lines = lines;
    if (digest_bytes_hex(text, n, hex, e) != 0)
        return -1;
    memcpy(j->prev, hex, sizeof j->prev);
    j->lines[j->count++] = jv_keep(line);
    j->size += (int64_t)n + 1;
    return 0;
}

/* 1: the line is good and kept; 0: it is damaged; -1: no memory. */
static int line_take(struct journal *j, const char *text, size_t n, struct err *e)
{
    char hex[DIGEST_HEX_MAX];
    size_t at = sum_offset(text, n);
    int rc = 0;

    if (at == 0)
        return 0;
    if (line_sum(text, n, at, hex, e) != 0)
        return -1;
    if (memcmp(hex, text + at, SHA_HEX) != 0)
        return 0;
    struct jv *line = jv_parse(text, n, j->path, NULL);
    const char *prev = jv_get_text(line, "prev");
    if (jv_is_object(line) && prev != NULL && strcmp(prev, j->prev) == 0 &&
        jv_get_int(line, "n", -1) == (int64_t)j->count + 1 && jv_get_text(line, "event") != NULL)
        rc = keep(j, line, text, n, e) == 0 ? 1 : -1;
    jv_free(line);
    return rc;
}

static int damaged(const struct journal *j, struct err *e)
{
    char number[32];

    snprintf(number, sizeof number, "%zu", j->count + 1);
    return err_set(e, ERR_DISK, "err.job.journal", j->path, number, NULL);
}

/* Half a line that is not cut: another run may be writing it. */
static int unlocked(const struct journal *j, struct err *e)
{
    return err_set(e, ERR_DISK, "err.job.journal-no-lock", j->path, NULL);
}

static int lines_read(struct journal *j, const struct buf *all, bool *cut, struct err *e)
{
    const char *text = buf_str(all);
    size_t at = 0;

    while (at < all->len) {
        const char *end = memchr(text + at, '\n', all->len - at);
        size_t n = end != NULL ? (size_t)(end - text) - at : all->len - at;
        int good = end != NULL ? line_take(j, text + at, n, e) : 0;
        if (good < 0)
            return -1;
        if (good == 0) {
            /* only the very last line may be damaged: a crash can have torn nothing else; two lines
             * whose border was lost show by the beginning of the second (in texts, quotes are
             * escaped) */
            if ((end != NULL && at + n + 1 < all->len) ||
                (n > 1 && memmem(text + at + 1, n - 1, line_head, sizeof line_head - 1) != NULL))
                return damaged(j, e);
            *cut = true;
            return 0;
        }
        at += n + 1;
    }
    return 0;
}

int journal_open(const char *path, enum journal_use use, struct journal **out, bool *cut,
                 struct err *e)
{
    struct journal *j = calloc(1, sizeof *j);
    bool writable = use != JOURNAL_READ;
    struct buf all = BUF_INIT((size_t)ceilings.journal_bytes + 1);
    int rc = -1;

    *cut = false;
    if (j == NULL)
        return err_set_memory(e);
    j->use = use;
    memset(j->prev, '0', SHA_HEX);
    j->path = strdup(path);
    j->fd = open(path, (writable ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW,
                 0600);
    if (j->path == NULL)
        err_set_memory(e);
    else if (j->fd < 0)
        err_set_errno(e, ERR_DISK, errno, "err.base.file-open", path, NULL);
    else if (file_read_fd(j->fd, path, (size_t)ceilings.journal_bytes, &all, e) == 0)
        rc = lines_read(j, &all, cut, e);
    if (rc == 0 && *cut && use == JOURNAL_SHARED)
        rc = unlocked(j, e);
    if (rc == 0 && *cut && writable && (ftruncate(j->fd, j->size) != 0 || fdatasync(j->fd) != 0))
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-write", path, NULL);
    buf_free(&all);
    if (rc == 0)
        *out = j;
    else
        journal_close(j);
    return rc;
}

void journal_close(struct journal *j)
{
    if (j == NULL)
        return;
    for (size_t i = 0; i < j->count; i++)
        jv_free(j->lines[i]);
    free(j->lines);
    free(j->path);
    if (j->fd >= 0)
        close(j->fd);
    free(j);
}

size_t journal_count(const struct journal *j)
{
    return j->count;
}

const struct jv *journal_line(const struct journal *j, size_t i)
{
    return j->lines[i];
}

/* What is appended behind half a line would be lost with it. */
static int torn_cut(struct journal *j, struct err *e)
{
    if (!j->torn)
        return 0;
    if (j->use != JOURNAL_ALONE)
        return unlocked(j, e);
    if (ftruncate(j->fd, j->size) != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", j->path, NULL);
    j->torn = false;
    return 0;
}

/* The whole text of the new line, with its sum, without its end. */
static int line_print(const struct journal *j, const char *event, const struct jv *members,
                      int64_t now, struct buf *out, struct err *e)
{
    char time[DATE_TEXT_MAX], hex[DIGEST_HEX_MAX], none[SHA_HEX + 1] = "";
    struct jv *line = jv_object();

    date_instant_iso(now, time);
    memset(none, '0', SHA_HEX);
    jv_put_int(line, "n", (int64_t)j->count + 1);
    jv_put_text(line, "time", time);
    jv_put_text(line, "event", event);
    for (void *it = jv_iter(members); it != NULL; it = jv_next(members, it))
        jv_put_take(line, jv_key(it), jv_keep(jv_value(it)));
    jv_put_text(line, "prev", j->prev);
    jv_put_text(line, "sum", none);
    int rc = jv_print(line, false, out, e);
    jv_free(line);
    size_t at = rc == 0 ? sum_offset(buf_str(out), out->len) : 0;
    if (rc == 0 && at == 0)
        rc = err_set_bug(e, "journal line");
    if (rc == 0)
        rc = line_sum(buf_str(out), out->len, at, hex, e);
    if (rc == 0)
        memcpy(out->data + at, hex, SHA_HEX);
    return rc;
}

int journal_append_take(struct journal *j, const char *event, struct jv *members, int64_t now,
                        struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    struct jv *line = NULL;
    struct stat st;
    int rc = torn_cut(j, e);

    if (rc == 0)
        rc = line_print(j, event, members, now, &text, e);
    jv_free(members);
    if (rc == 0)
        line = jv_parse(buf_str(&text), text.len, j->path, e);
    if (rc == 0 && line == NULL)
        rc = -1;
    if (rc == 0) {
        buf_char(&text, '\n');
        rc = buf_check(&text, e);
    }
    if (rc == 0)
        rc = file_write_all(j->fd, text.data, text.len, j->path, e);
    if (rc == 0 && fdatasync(j->fd) != 0)
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-write", j->path, NULL);
    if (rc != 0) {
        j->torn = fstat(j->fd, &st) != 0 || st.st_size != j->size;
        (void)torn_cut(j, NULL); /* else before the next line, or at the next opening */
    }
    if (rc == 0)
        rc = keep(j, line, buf_str(&text), text.len - 1, e);
    jv_free(line);
    buf_free(&text);
    return rc;
}

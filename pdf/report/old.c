/* The task "report-old": what a report says of itself in its metadata, so that a later one can say
 * what it replaces. The packet stands uncompressed in the file; it is looked for as text, and the
 * PDF is not parsed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "pdf/report/report.h"

/* The text of <paraphe:NAME>, XML escapes undone, at most 200 bytes; NULL when there is none.
 * malloc'ed. */
static char *property_find(const struct buf *b, const char *name)
{
    char open[48], *out;
    int n = snprintf(open, sizeof open, "<paraphe:%s>", name);
    const unsigned char *at = memmem(b->data, b->len, open, (size_t)n);

    if (at == NULL)
        return NULL;
    at += n;
    const unsigned char *end = memchr(at, '<', b->len - (size_t)(at - b->data));
    if (end == NULL || end - at > 200 || !utf8_valid((const char *)at, (size_t)(end - at)))
        return NULL;
    out = strndup((const char *)at, (size_t)(end - at));
    static const char *const escapes[][2] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}};
    for (size_t i = 0; out != NULL && i < 3; i++) {
        for (char *p; (p = strstr(out, escapes[i][0])) != NULL;) {
            *p = escapes[i][1][0];
            memmove(p + 1, p + strlen(escapes[i][0]), strlen(p + strlen(escapes[i][0])) + 1);
            if (i == 2)
                break; /* "&amp;lt;" is "&lt;" */
        }
    }
    return out;
}

static int report_old_run(const struct task_io *io, struct err *e)
{
    struct buf b = BUF_INIT((size_t)ceilings.report_bytes);
    struct jv *out = jv_object();
    struct stat st;
    char hex[DIGEST_HEX_MAX], *reference = NULL, *revision = NULL;
    int rc = -1;

    if (io->nfds < 1 || fstat(io->fds[0], &st) != 0) {
        err_set_bug(e, "report-old: no input");
        goto out;
    }
    unsigned char *to =
        st.st_size <= ceilings.report_bytes ? buf_room(&b, (size_t)st.st_size) : NULL;
    if (to == NULL || file_pread_all(io->fds[0], to, (size_t)st.st_size, 0, "PDF", e) != 0) {
        err_set(e, ERR_INPUT, "err.report.old", "PDF", NULL);
        goto out;
    }
    b.len = (size_t)st.st_size;
    if (b.len < 8 || memcmp(b.data, "%PDF-", 5) != 0) {
        err_set(e, ERR_INPUT, "err.report.old", "PDF", NULL);
        goto out;
    }
    if (digest_bytes_hex(b.data, b.len, hex, e) != 0)
        goto out;
    reference = property_find(&b, "reference");
    revision = property_find(&b, "revision");
    long version = revision != NULL ? strtol(revision, NULL, 10) : 1;
    jv_put_text(out, "reference", reference);
    jv_put_int(out, "version", version >= 1 && version < 10000 ? version : 1);
    jv_put_text(out, "sha256", hex);
    rc = jv_print(out, false, io->reply, e);
out:
    free(reference);
    free(revision);
    jv_free(out);
    buf_free(&b);
    return rc;
}

static void report_old_warm(void)
{
    char hex[DIGEST_HEX_MAX];

    digest_bytes_hex("", 0, hex, NULL);
}

const struct task report_old_task = {
    .name = "report-old",
    .run = report_old_run,
    .warm = report_old_warm,
    .limits = {.seconds = 20, .memory = 0, .output = 0},
};

int report_old(const struct runner *runner, int fd, const char *name, struct jv **out,
               struct err *e)
{
    struct buf reply = BUF_INIT(1 << 16);
    struct task_call call = {.name = "report-old", .fds = &fd, .nfds = 1, .reply = &reply};
    int rc = runner->call(runner->self, &call, e);

    if (rc != 0 && e != NULL && strcmp(e->id, "err.report.old") == 0)
        err_set(e, ERR_INPUT, "err.report.old", name, NULL);
    if (rc == 0) {
        *out = jv_parse(buf_str(&reply), reply.len, "report-old", e);
        rc = *out != NULL ? 0 : -1;
    }
    buf_free(&reply);
    return rc;
}

/* Which form a report was made from: grid.json among its embedded files (ISO 32000-2, 7.11.4), in a
 * worker. */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "dossier/dossier_part.h"
#include "pdf/file/pdf.h"

struct search {
    struct pdf *pdf;
    char sha256[65];
};

static bool is_hex(const char *s)
{
    return s != NULL && strlen(s) == 64 && s[strspn(s, "0123456789abcdef")] == '\0';
}

/* A name tree's value is a file specification; the data hang from /EF. */
static int on_file(void *self, const struct pdf_value *key, const struct pdf_value *value,
                   struct err *e)
{
    struct search *s = self;
    struct buf name = BUF_INIT(512), text = BUF_INIT((size_t)ceilings.json_bytes);
    const struct pdf_value *stream = NULL;
    struct jv *grid = NULL;

    pdf_text_utf8(key, &name);
    bool wanted = strcmp(buf_str(&name), "grid.json") == 0;
    buf_free(&name);
    if (!wanted)
        return 0;
    stream = pdf_path(s->pdf, value, "EF/F", PDF_LATEST, e);
    if (!pdf_is(stream, PDF_STREAM))
        return err_is_set(e) ? -1 : 0;
    int rc = pdf_stream_data(s->pdf, stream, PDF_LATEST, PDF_DECODE_ALL, text.max, &text, e);
    if (rc == 0) {
        grid = jv_parse(buf_str(&text), text.len, "grid.json", NULL);
        const char *sum = jv_get_text(jv_get(grid, "form"), "sha256");
        if (is_hex(sum))
            snprintf(s->sha256, sizeof s->sha256, "%s", sum);
    }
    jv_free(grid);
    buf_free(&text);
    return rc;
}

static int find(struct search *s, struct err *e)
{
    const struct pdf_value *catalog = pdf_catalog(s->pdf, PDF_LATEST, e);
    const struct pdf_value *files = pdf_path(s->pdf, catalog, "Names/EmbeddedFiles", PDF_LATEST, e);

    if (err_is_set(e))
        return -1;
    return files != NULL ? pdf_tree_walk(s->pdf, files, PDF_LATEST, on_file, s, e) : 0;
}

/* A file that is no readable PDF carries nothing: the verdict says what it is. */
static int report_run(const struct task_io *io, struct err *e)
{
    struct search s = {NULL, ""};
    struct err ignored = ERR_INIT;
    struct jv *answer = jv_object();

    if (io->nfds == 1 && pdf_open(&s.pdf, io->fds[0], NULL, &ignored) == 0 &&
        find(&s, &ignored) != 0)
        s.sha256[0] = '\0';
    pdf_close(s.pdf);
    jv_put_text(answer, "form_sha256", s.sha256);
    int rc = jv_print(answer, false, io->reply, e);
    jv_free(answer);
    return rc;
}

static void report_warm(void)
{
    struct jv *v = jv_parse("{}", 2, "warm", NULL); /* jansson seeds its hash at the first object */

    jv_free(v);
    pdf_warm();
}

const struct task dossier_report_task = {
    .name = "dossier-report", .run = report_run, .warm = report_warm, .limits = {.seconds = 30}};

int dossier_report_form(const struct runner *runner, int pdf, char sha256[65], struct err *e)
{
    struct buf reply = BUF_INIT(4096);
    struct task_call call = {.name = dossier_report_task.name,
                             .fds = &pdf,
                             .nfds = 1,
                             .params = "{}",
                             .params_len = 2,
                             .reply = &reply};
    struct jv *answer = NULL;
    int rc = runner->call(runner->self, &call, e);

    sha256[0] = '\0';
    if (rc == 0) {
        answer = jv_parse(buf_str(&reply), reply.len, "dossier-report", e);
        const char *sum = jv_get_text(answer, "form_sha256");
        rc = answer != NULL ? 0 : -1;
        if (is_hex(sum)) /* the worker read hostile bytes: what it says is checked again */
            snprintf(sha256, 65, "%s", sum);
    }
    jv_free(answer);
    buf_free(&reply);
    return rc;
}

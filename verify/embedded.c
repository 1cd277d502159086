/* Task "verify-embedded": the data that our report carries as an associated file (ISO
 * 32000-2 7.11.4, 14.13). */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "verify/read.h"
#include "verify/verify.h"

struct look {
    struct pdf *pdf;
    int revision;
    struct buf *out;
    bool found;
};

static bool named(const struct pdf_value *spec)
{
    static const char *const keys[] = {"UF", "F"};
    size_t n = 0;

    for (size_t i = 0; i < 2; i++) {
        const unsigned char *name = pdf_bytes(pdf_key(spec, keys[i]), &n);
        if (name != NULL && n == 9 && memcmp(name, "grid.json", 9) == 0)
            return true;
    }
    return false;
}

static int spec_look(void *self, const struct pdf_value *key, const struct pdf_value *value,
                     struct err *e)
{
    struct look *l = self;
    const struct pdf_value *spec = pdf_resolve(l->pdf, value, l->revision, e);

    (void)key;
    if (spec == NULL || l->found || !named(spec))
        return err_is_set(e) ? -1 : 0;
    const struct pdf_value *file = pdf_path(l->pdf, spec, "EF/F", l->revision, e);
    if (file == NULL)
        return err_is_set(e) ? -1 : 0;
    l->found = true;
    return pdf_stream_data(l->pdf, file, l->revision, PDF_DECODE_ALL, l->out->max, l->out, e);
}

int reading_revision(const struct reading *r)
{
    int64_t n = jv_get_int(r->params, "revision", 0);

    return n >= 1 && n <= pdf_revision_count(r->pdf) ? (int)n - 1 : pdf_revision_count(r->pdf) - 1;
}

static int run(const struct task_io *io, struct err *e)
{
    struct reading r;
    int rc = -1;

    if (reading_begin(&r, io, e) != 0 || reading_open(&r, io, e) != 0)
        goto out;
    struct look l = {r.pdf, reading_revision(&r), io->reply, false};
    const struct pdf_value *catalog = pdf_catalog(r.pdf, l.revision, e);
    const struct pdf_value *names =
        catalog != NULL ? pdf_path(r.pdf, catalog, "Names/EmbeddedFiles", l.revision, e) : NULL;
    if (err_is_set(e) || pdf_tree_walk(r.pdf, names, l.revision, spec_look, &l, e) != 0)
        goto out;
    rc = buf_check(io->reply, e);
out:
    reading_end(&r);
    return rc;
}

const struct task verify_embedded_task = {
    .name = "verify-embedded",
    .run = run,
    .warm = verify_warm,
    .limits = {.seconds = 60, .memory = 0, .output = 0},
};

int read_call(const struct runner *runner, const char *task, int fd, int revision,
              const unsigned char *password, size_t password_len, struct buf *reply, struct err *e)
{
    struct jv *params = jv_object();
    struct buf text;
    char *hex = NULL;
    int rc = -1;

    buf_init(&text, (size_t)ceilings.json_bytes);
    jv_put_int(params, "revision", revision);
    if (password != NULL && (hex = malloc(password_len * 2 + 1)) != NULL) {
        hex_lower(password, password_len, hex);
        jv_put_text(params, "password", hex);
    }
    if (jv_print(params, false, &text, e) != 0)
        goto out;
    struct task_call call = {.name = task,
                             .fds = &fd,
                             .nfds = 1,
                             .params = text.data,
                             .params_len = text.len,
                             .reply = reply};
    rc = runner->call(runner->self, &call, e);
out:
    free(hex);
    jv_free(params);
    buf_wipe(&text);
    return rc;
}

int verify_embedded(const struct runner *runner, int fd, int revision,
                    const unsigned char *password, size_t password_len, struct buf *grid,
                    struct err *e)
{
    return read_call(runner, "verify-embedded", fd, revision, password, password_len, grid, e);
}

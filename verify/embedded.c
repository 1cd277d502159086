/* Task "verify-embedded": the data that our report carries as an associated file (ISO
 * 32000-2 7.11.4, 14.13). */
#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "verify/read.h"
#include "verify/verify.h"

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
    if (pdf_embedded_file(r.pdf, reading_revision(&r), "grid.json", io->reply, e) >= 0)
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
    int rc = -1;

    buf_init(&text, (size_t)ceilings.json_bytes);
    jv_put_int(params, "revision", revision);
    if (password != NULL)
        jv_put_hex(params, "password", password, password_len);
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

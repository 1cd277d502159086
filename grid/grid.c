#include "grid/grid.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"

static int print(const struct jv *v, struct buf *out, struct err *e)
{
    return jv_print(v, false, out, e);
}

/* Rule sets and layout go to the worker as one sealed file. */
static int support_fd(const struct grid_request *r, struct err *e)
{
    struct jv *o = jv_object();
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    int fd = -1;

    jv_put_take(o, "rulesets", r->rulesets != NULL ? jv_copy(r->rulesets) : jv_array());
    jv_put_take(o, "layout", r->layout != NULL ? jv_copy(r->layout) : jv_null());
    if (print(o, &text, e) == 0)
        fd = file_seal_bytes("support", text.data, text.len, e);
    jv_free(o);
    buf_free(&text);
    return fd;
}

int grid_check(const struct runner *runner, const struct grid_request *r, struct jv **out,
               struct err *e)
{
    struct buf params = BUF_INIT((size_t)ceilings.json_bytes);
    struct buf reply = BUF_INIT((size_t)ceilings.json_bytes);
    struct jv *p = jv_object(), *grid = NULL;
    char day[DATE_TEXT_MAX];
    int fds[3] = {r->form_fd, support_fd(r, e), r->initial_fd};

    date_iso(r->deposit, day);
    jv_put_text(p, "name", r->form_name);
    jv_put_text(p, "deposit", day);
    jv_put_text(p, "ruleset", r->ruleset);
    jv_put_text(p, "initial_name", r->initial_name);
    if (fds[1] >= 0 && print(p, &params, e) == 0) {
        struct task_call call = {.name = "grid-check",
                                 .fds = fds,
                                 .nfds = r->initial_fd >= 0 ? 3 : 2,
                                 .params = params.data,
                                 .params_len = params.len,
                                 .reply = &reply};
        if (runner->call(runner->self, &call, e) == 0)
            grid = jv_parse(buf_str(&reply), reply.len, "grid-check", e);
    }
    jv_free(p);
    buf_free(&params);
    buf_free(&reply);
    if (fds[1] >= 0)
        close(fds[1]);
    if (grid == NULL)
        return -1;
    *out = grid;
    return 0;
}

int grid_status(const struct jv *grid)
{
    const char *verdict = jv_get_text(grid, "verdict");

    if (verdict != NULL && strcmp(verdict, "validé") == 0)
        return 0;
    return verdict != NULL && strcmp(verdict, "non validé") == 0 ? (int)ERR_NOT_PASS
                                                                 : (int)ERR_FORM;
}

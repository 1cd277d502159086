#include "grid/grid.h"

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "grid/check.h"

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

/* Calls a task with the form, the support file and `params`, taken; the answer is JSON. */
static int call_take(const struct runner *runner, const char *task, const struct grid_request *r,
                     struct jv *p, struct jv **out, struct err *e)
{
    struct buf params = BUF_INIT((size_t)ceilings.json_bytes);
    struct buf reply = BUF_INIT((size_t)ceilings.json_bytes);
    struct jv *answer = NULL;
    int fds[3] = {r->form_fd, support_fd(r, e), r->initial_fd};
    char day[DATE_TEXT_MAX];

    date_iso(r->deposit, day);
    jv_put_text(p, "name", r->form_name);
    jv_put_text(p, "deposit", day);
    jv_put_text(p, "ruleset", r->ruleset);
    jv_put_text(p, "initial_name", r->initial_name);
    if (fds[1] >= 0 && print(p, &params, e) == 0) {
        struct task_call call = {.name = task,
                                 .fds = fds,
                                 .nfds = r->initial_fd >= 0 ? 3 : 2,
                                 .params = params.data,
                                 .params_len = params.len,
                                 .reply = &reply};
        if (runner->call(runner->self, &call, e) == 0)
            answer = jv_parse(buf_str(&reply), reply.len, task, e);
    }
    jv_free(p);
    buf_free(&params);
    buf_free(&reply);
    if (fds[1] >= 0)
        close(fds[1]);
    if (answer == NULL)
        return -1;
    *out = answer;
    return 0;
}

int grid_check(const struct runner *runner, const struct grid_request *r, struct jv **out,
               struct err *e)
{
    struct jv *p = jv_object();

    jv_put_bool(p, "brief", r->brief);
    jv_put_text(p, "last_day", r->last_day);
    return call_take(runner, "grid-check", r, p, out, e);
}

int grid_explain(const struct runner *runner, const struct grid_request *r, struct jv **out,
                 struct err *e)
{
    return call_take(runner, "grid-explain", r, jv_object(), out, e);
}

int grid_learn(const struct runner *runner, const struct grid_request *r,
               const struct grid_learn *learn, struct jv **out, struct err *e)
{
    struct jv *p = jv_object();
    char day[DATE_TEXT_MAX];

    date_iso(r->deposit, day);
    jv_put_text(p, "id", learn->id);
    jv_put_text(p, "title", learn->title);
    jv_put_text(p, "source", learn->source);
    jv_put_text(p, "date", day);
    return call_take(runner, "grid-learn", r, p, out, e);
}

int grid_cells(const struct runner *runner, int form_fd, const char *form_name, bool csv,
               int out_fd, struct err *e)
{
    struct buf params = BUF_INIT((size_t)ceilings.json_bytes), reply = BUF_INIT(1 << 16);
    struct jv *p = jv_object();
    int fds[2] = {form_fd, out_fd}, rc = -1;

    jv_put_text(p, "name", form_name);
    jv_put_bool(p, "csv", csv);
    if (print(p, &params, e) == 0) {
        struct task_call call = {.name = "grid-cells",
                                 .fds = fds,
                                 .nfds = 2,
                                 .params = params.data,
                                 .params_len = params.len,
                                 .reply = &reply};
        rc = runner->call(runner->self, &call, e);
    }
    jv_free(p);
    buf_free(&params);
    buf_free(&reply);
    return rc;
}

int grid_status(const struct jv *grid)
{
    const char *verdict = jv_get_text(grid, "verdict");

    if (verdict != NULL && strcmp(verdict, "validé") == 0)
        return 0;
    return verdict != NULL && strcmp(verdict, "non validé") == 0 ? (int)ERR_NOT_PASS
                                                                 : (int)ERR_FORM;
}

bool grid_is_answer(const char *text)
{
    const struct form_value v = {.text = text, .type = CELL_TEXT};

    return answer_of(&v) <= ANSWER_NA;
}

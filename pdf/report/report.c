/* Hands the request to the task. */
#include "pdf/report/report.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"

static void put_copy(struct jv *object, const char *key, const struct jv *v)
{
    if (v == NULL)
        jv_put_null(object, key);
    else
        jv_put_take(object, key, jv_copy(v));
}

/* Without the grid document. */
static struct jv *params_make(const struct report_request *q)
{
    struct jv *p = jv_object(), *attached = jv_array();
    const char *name = jv_get_text(jv_get(q->grid, "form"), "name");

    jv_put_text(p, "lang", q->lang);
    jv_put_text(p, "producer", q->producer);
    jv_put_int(p, "created", q->created);
    jv_put_bool(p, "draft", q->draft);
    jv_put_bool(p, "has_form", q->form_fd >= 0);
    jv_put_bool(p, "has_logo", q->logo_fd >= 0);
    put_copy(p, "look", q->look);
    put_copy(p, "replaces", q->replaces);
    if (q->attach_data)
        jv_add_text(attached, "grid.json");
    if (q->form_fd >= 0)
        jv_add_text(attached, name != NULL ? name : "form.xlsx");
    jv_put_take(p, "attached", attached);
    return p;
}

/* The canonical printing of the grid document, as a file: it goes into the report as it is. */
static int grid_file(const struct jv *grid, int *fd, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    int rc = -1;

    *fd = file_memory("grid", e);
    if (*fd >= 0 && jv_print(grid, false, &text, e) == 0)
        rc = file_pwrite_all(*fd, text.data, text.len, 0, "grid", e);
    buf_free(&text);
    return rc;
}

static int task_run(const struct runner *runner, const struct report_request *q, const char *task,
                    int out_fd, struct buf *reply, struct err *e)
{
    struct jv *params = params_make(q);
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    int fds[4] = {out_fd}, rc = -1;
    size_t nfds = 2;

    if (grid_file(q->grid, &fds[1], e) != 0)
        goto out;
    if (q->form_fd >= 0)
        fds[nfds++] = q->form_fd;
    if (q->logo_fd >= 0)
        fds[nfds++] = q->logo_fd;
    if (jv_print(params, false, &text, e) == 0) {
        struct task_call call = {.name = task,
                                 .fds = fds,
                                 .nfds = nfds,
                                 .params = text.data,
                                 .params_len = text.len,
                                 .reply = reply};
        rc = runner->call(runner->self, &call, e);
    }
out:
    if (fds[1] >= 0)
        close(fds[1]);
    jv_free(params);
    buf_free(&text);
    return rc;
}

static int task_made(const struct runner *runner, const struct report_request *request,
                     const char *task, int out_fd, struct jv **out, struct err *e)
{
    struct buf reply = BUF_INIT((size_t)ceilings.json_bytes);
    int rc = task_run(runner, request, task, out_fd, &reply, e);

    if (rc == 0) {
        *out = jv_parse(buf_str(&reply), reply.len, task, e);
        rc = *out != NULL ? 0 : -1;
    }
    buf_free(&reply);
    return rc;
}

int report_make(const struct runner *runner, const struct report_request *request, int out_fd,
                struct jv **out, struct err *e)
{
    return task_made(runner, request, "report-draw", out_fd, out, e);
}

int report_cover(const struct runner *runner, const struct report_request *request, int out_fd,
                 struct jv **out, struct err *e)
{
    return task_made(runner, request, "report-cover", out_fd, out, e);
}

int report_html(const struct runner *runner, const struct report_request *request, int out_fd,
                struct err *e)
{
    struct jv *out = NULL;
    int rc = task_made(runner, request, "report-html", out_fd, &out, e);

    jv_free(out);
    return rc;
}

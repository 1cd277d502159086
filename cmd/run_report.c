/* The stage "report" of a job: grid.json and the copied form to rapport.pdf. */
#include <stdlib.h>

#include "base/jv.h"
#include "cmd/act_report.h"
#include "cmd/act_run.h"
#include "cmd/run_int.h"

int run_report(struct run *r, const struct job_step *s, struct jv *result, struct err *e)
{
    char *form = job_path(r->job, s->form, job_form_name(r->job, s->form));
    char *out = job_path(r->job, s->form, JOB_FILE_REPORT);
    struct jv *grid = run_get_json(r, s->form, JOB_FILE_GRID, e), *made = NULL;
    int rc = -1;

    if (grid == NULL)
        goto out;
    if (form == NULL || out == NULL) {
        err_set_memory(e);
        goto out;
    }
    struct act_report_request request = {
        .grid = grid,
        .form = form,
        .output = out,
        .lang = config_get(r->cmd->config, "report.lang"),
        .look = config_get(r->cmd->config, "report.look"),
        .attach = config_get(r->cmd->config, "report.attach"),
        .producer = "paraphe " PARAPHE_VERSION,
        .created = job_clock(r->job),
    };
    if (act_report(&r->cmd->runner, &request, &made, e) != 0)
        goto out;
    jv_put_int(result, "pages", jv_get_int(made, "pages", 0));
    jv_put_take(result, "fields", jv_copy(jv_get(made, "fields")));
    rc = 0;
out:
    jv_free(grid);
    jv_free(made);
    free(form);
    free(out);
    return rc;
}

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jv.h"
#include "cmd/act_report.h"
#include "pdf/report/report.h"

static int forms_check(const struct act_report_request *q, const char *const *forms, struct err *e)
{
    for (size_t i = 0; i < jv_count(q->grid); i++) {
        if (act_report_form_check(jv_at(q->grid, i), forms[i], q->draft, e) != 0 ||
            act_report_output_check(q->output, forms[i], true, e) != 0)
            return -1;
    }
    return 0;
}

int act_cover(const struct runner *runner, const struct act_report_request *q,
              const char *const *forms, struct jv **out, struct err *e)
{
    struct jv *look = NULL, *made = NULL;
    int logo_fd = -1, pdf = -1, rc = -1;

    if (q->attach != NULL && strcmp(q->attach, "form,data") != 0 &&
        strcmp(q->attach, "data") != 0 && strcmp(q->attach, "none") != 0)
        return err_set(e, ERR_USAGE, "err.cmd.report-attach", q->attach, NULL);
    if (forms_check(q, forms, e) != 0 || act_report_look(q->look, &look, &logo_fd, e) != 0)
        goto out;
    struct report_request request = {
        .grid = q->grid,
        .lang = q->lang,
        .producer = q->producer,
        .created = q->created,
        .draft = q->draft,
        .attach_data = q->attach == NULL || strcmp(q->attach, "none") != 0,
        .form_fd = -1,
        .look = look,
        .logo_fd = logo_fd,
    };
    pdf = file_memory("report", e);
    if (pdf < 0 || report_cover(runner, &request, pdf, &made, e) != 0 ||
        act_report_put(pdf, q->output, e) != 0)
        goto out;
    jv_put_text(made, "output", q->output);
    *out = made;
    made = NULL;
    rc = 0;
out:
    if (logo_fd >= 0)
        close(logo_fd);
    if (pdf >= 0)
        close(pdf);
    jv_free(look);
    jv_free(made);
    return rc;
}

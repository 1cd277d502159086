#include "cmd/task_table.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "dossier/dossier.h"
#include "worker/worker.h"

#include "grid/grid.h"
#include "pdf/report/report.h"
#include "sign/cms/complete.h"
#include "sign/cms/stamp.h"
#include "sign/pades/pades.h"
#include "trust/list.h"
#include "verify/verify.h"

/* One row a task: &ROOM_task, from the room's public header. */
/* clang-format off */
const struct task *const task_list[] = {
    &grid_check_task,
    &grid_explain_task,
    &grid_learn_task,
    &grid_cells_task,
    &report_draw_task,
    &report_cover_task,
    &report_html_task,
    &report_old_task,
    &verify_read_task,
    &verify_gather_task,
    &verify_update_task,
    &verify_watch_task,
    &verify_embedded_task,
    &verify_text_task,
    &trust_list_task,
    &pades_prepare_task,
    &pades_draw_task,
    &pades_revisions_task,
    &sign_stamp_task,
    &sign_issuer_task,
    &dossier_report_task,
    NULL,
};
/* clang-format on */

int tasks_start(struct workers **out, struct runner *runner, bool must_isolate, struct err *e)
{
#ifdef PARAPHE_SANITIZED
    /* A report of AddressSanitizer needs files that a worker cannot open; a leak is told at an
     * ordinary end only. */
    static struct task here[sizeof task_list / sizeof task_list[0]];

    if (getenv("PARAPHE_TEST_TASKS_HERE") != NULL) {
        for (size_t i = 0; task_list[i] != NULL; i++)
            here[i] = *task_list[i];
        *out = NULL;
        *runner = runner_here(here);
        return 0;
    }
#endif
    return workers_start(task_list, must_isolate, out, runner, e);
}

void tasks_stop(struct workers *w)
{
    workers_stop(w);
}

bool tasks_needed(const char *verb)
{
    static const char *const without[] = {"token", "status", "purge", "config"};

    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) {
        if (strcmp(verb, without[i]) == 0)
            return false;
    }
    return true;
}

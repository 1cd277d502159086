#include "cmd/judges.h"

#include <stdlib.h>
#include <string.h>

#include "base/helper.h"
#include "cmd/config.h"
#include "cmd/wire.h"
#include "verify/verify.h"
#include "worker/worker.h"

static const struct task *const judge_tasks[] = {&verify_watch_task, NULL};

void judges_start(struct wire *w)
{
    char *path = w->judges == NULL ? helper_path("paraphe-judge", PARAPHE_LIBEXEC_DIR) : NULL;
    bool must = strcmp(config_get(w->config, "worker.sandbox"), "off") != 0;

    if (path != NULL &&
        workers_start_program(path, judge_tasks, must, &w->judges, &w->judge, NULL) != 0)
        w->judges = NULL;
    free(path);
    if (w->judges != NULL)
        runner_expect(&w->judge, verify_watch_task.name);
}

void judges_stop(struct wire *w)
{
    workers_stop(w->judges);
    w->judges = NULL;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd_table.h"
#include "cmd/out.h"
#include "cmd/run_int.h"
#include "job/job.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload.h"

const struct opt cmd_purge_options[] = {
    {"yes", OPT_FLAG, NULL},
    {NULL, OPT_FLAG, NULL},
};

/* What is removed does not come back: a person says yes, or a script says it beforehand. */
static int consent(const struct cmd *cmd, const char *folder, struct err *e)
{
    char line[16] = "";

    if (opt_given(cmd->options, "yes"))
        return 0;
    if (!isatty(STDIN_FILENO))
        return err_set(e, ERR_USAGE, "err.cmd.purge-yes", folder, NULL);
    out_say("cmd.purge.question", folder, NULL);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL || strchr("yYoO", line[0]) == NULL ||
        line[0] == '\0')
        return err_set(e, ERR_CANCELLED, "err.cmd.purge-no", folder, NULL);
    return 0;
}

/* What was deposited so far, by a service or by hand, is copied to the receipts that stay; what may
 * have been is said. Nothing to do for a purge that was cut short, whose folder is no longer whole.
 */
static int receipts_keep(const struct cmd *cmd, const struct job *job, struct err *e)
{
    char *deposit = job_path(job, JOB_WHOLE, JOB_FOLDER_DEPOSIT);
    char *to = job_path(job, JOB_WHOLE, JOB_FOLDER_RECEIPTS);
    struct jv *found = NULL;
    int rc = deposit != NULL && to != NULL ? 0 : err_set_memory(e);

    if (rc == 0 && !job_purged(job) && run_receipts_there(deposit)) {
        if (receipts_check(deposit, &found, NULL) == 0 && jv_count(jv_get(found, "pending")) > 0)
            out_note(cmd, "cmd.purge.doubt", to, NULL);
        rc = run_receipts_keep(deposit, to, e);
    }
    jv_free(found);
    free(deposit);
    free(to);
    return rc;
}

int cmd_purge_run(struct cmd *cmd, struct err *e)
{
    struct job *job = NULL;
    int rc = -1;

    if (job_open(cmd->args[0], true, cmd->clock, &job, e) != 0)
        return -1;
    if (consent(cmd, cmd->args[0], e) == 0 && receipts_keep(cmd, job, e) == 0)
        rc = job_purge(job, e);
    if (rc == 0 && cmd->json) {
        struct jv *o = jv_object();
        jv_put_text(o, "format", "paraphe-purge");
        jv_put_int(o, "version", 1);
        jv_put_text(o, "folder", job_folder(job));
        rc = out_json(o, true, e);
        jv_free(o);
    } else if (rc == 0) {
        out_done(cmd, "cmd.purge.done", job_folder(job), NULL);
    }
    job_close(job);
    return rc;
}

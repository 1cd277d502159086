#include "cmd/run_say.h"

#include <stdlib.h>

#include "base/err.h"
#include "base/jv.h"
#include "cmd/cmd.h"
#include "cmd/deposit_note.h"
#include "cmd/out.h"
#include "cmd/pending_form.h"
#include "job/job.h"

int run_say(const struct cmd *cmd, const struct job *job, int status, bool alone, struct err *e)
{
    struct jv *state = job_status(job), *next = jv_get(state, "next");
    char *sentence = NULL;
    int rc = 0;

    deposit_note(job, state);
    pending_note(job, state);
    if (jv_get_text(next, "code") == NULL || (sentence = pending_next_sentence(state)) == NULL) {
        jv_free(state);
        return err_set_memory(e);
    }
    if (cmd->json) {
        jv_put_text(state, "format", "paraphe-run");
        jv_put_int(state, "status", status);
        jv_put_text(next, "sentence", sentence);
        rc = out_json(state, alone, e);
    } else if (status != 0 || !cmd->quiet) { /* what is left to be done is the answer */
        out_say("cmd.run.folder", job_folder(job), NULL);
        out_lines(sentence);
    }
    free(sentence);
    jv_free(state);
    return rc == 0 ? status : -1;
}

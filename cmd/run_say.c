#include "cmd/run_say.h"

#include <stdio.h>

#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "job/job.h"

int run_say(const struct cmd *cmd, const struct job *job, int status, bool alone, struct err *e)
{
    struct jv *state = job_status(job), *next = jv_get(state, "next");
    const char *code = jv_get_text(next, "code"), *form = jv_get_text(next, "form");
    char id[80], sentence[ERR_SENTENCE_MAX];
    int rc = 0;

    if (code == NULL) {
        jv_free(state);
        return err_set_memory(e);
    }
    snprintf(id, sizeof id, "cmd.status.next.%s", code);
    text_say(text_lang_get(), sentence, sizeof sentence, id, job_folder(job),
             form != NULL ? form : "", NULL);
    if (cmd->json) {
        jv_put_text(state, "format", "paraphe-run");
        jv_put_int(state, "status", status);
        jv_put_text(next, "sentence", sentence);
        rc = out_json(state, alone, e);
    } else if (status != 0 || !cmd->quiet) { /* what is left to be done is the answer */
        out_say("cmd.run.folder", job_folder(job), NULL);
        out_line(sentence);
    }
    jv_free(state);
    return rc == 0 ? status : -1;
}

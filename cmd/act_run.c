#include "cmd/act_run.h"

#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "base/text.h"
#include "cmd/out.h"
#include "cmd/run_int.h"

static int (*const makers[])(struct run *, const struct job_step *, struct jv *, struct err *) = {
    run_check, run_report, run_sign, run_verify, run_bundle, run_submit,
};

static int make(void *self, const struct job_step *s, struct jv *result, struct err *e)
{
    struct run *r = self;
    int rank = job_stage_rank(s->stage->name);

    if (makers[rank](r, s, result, e) == 0)
        return 0;
    /* the file's own name says which of several forms it is about */
    if (s->form != JOB_WHOLE && job_forms(r->job) > 1)
        return err_about(e, job_form_name(r->job, s->form));
    return -1;
}

static const char *stage_word(const char *stage)
{
    char id[80];

    snprintf(id, sizeof id, "cmd.status.stage.%s", stage);
    return text(id);
}

/* French: what is said of a signature or a verification agrees with it. */
static void say_step(const struct run *r, const char *id, const char *form, const char *stage)
{
    char own[80];

    snprintf(own, sizeof own, "%s.%s", id, stage);
    out_note(r->cmd, text_exists(own) ? own : id, form, stage_word(stage), NULL);
}

static void tell(void *self, const struct job_step *s, enum job_event event,
                 const struct jv *result)
{
    struct run *r = self;
    const char *form = s->form != JOB_WHOLE ? job_form_name(r->job, s->form) : job_folder(r->job);
    const char *id = "cmd.run.done";

    if (event == JOB_STEP_STARTS) {
        if (r->cmd->verbose)
            out_note(r->cmd, "cmd.run.starts", form, stage_word(s->stage->name), NULL);
        return;
    }
    if (event == JOB_STEP_SKIPPED) {
        if (r->walked != NULL && job_stage_rank(s->stage->name) <= job_stage_rank(r->walked))
            return; /* said by the walk before this one */
        id = "cmd.run.skipped";
    }
    if (jv_get_bool(result, "stop") || jv_get_bool(result, "again"))
        id = "cmd.run.stopped";
    else if (event == JOB_STEP_DONE && strcmp(s->stage->name, "sign") == 0)
        run_sign_done(r, s->form);
    say_step(r, id, form, s->stage->name);
    if (jv_get_bool(result, "stop") && strcmp(s->stage->name, "check") == 0)
        run_check_say_stop(r, s->form);
}

int act_run(struct run *r, struct err *e)
{
    struct job_actions actions = {r, make, tell};

    return job_walk(r->job, r->until, &actions, e);
}

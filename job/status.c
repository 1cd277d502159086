/* What a job says of itself, and what is left of it after a purge. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/jv.h"
#include "job/job_int.h"
#include "job/step.h"

static const char *const state_names[] = {"open", "done", "changed", "changed"};

static struct jv *step_json(const struct job_step *s)
{
    const struct jv *line = NULL;
    enum step_state state = step_state_of(s, &line, NULL);
    struct jv *o = jv_object();
    const struct jv *tried = job_last(s->job, "tried", s->stage->name, s->form);

    jv_put_text(o, "state",
                state == STEP_DONE && jv_get_bool(line, "taken") ? "taken" : state_names[state]);
    if (job_purged(s->job) && line != NULL)
        jv_put_text(o, "state", "done");
    if (line == NULL && tried != NULL)
        line = tried;
    if (line != NULL) {
        jv_put_text(o, "time", jv_get_text(line, "time"));
        jv_put_take(o, "result", jv_copy(jv_get(line, "result")));
    }
    return o;
}

static bool step_finished(const struct jv *step)
{
    const char *state = jv_get_text(step, "state");

    return state != NULL && (strcmp(state, "done") == 0 || strcmp(state, "taken") == 0);
}

/* The first step that is not finished, or that ended the chain. */
struct next {
    const struct job_stage *stage;
    size_t form;
    bool stopped;
};

static struct jv *stages_json(const struct job *job, size_t form, struct next *next)
{
    struct jv *stages = jv_object();

    for (const struct job_stage *stage = job_stages; stage->name != NULL; stage++) {
        /* a step only reads the job here */
        struct job_step s = {(struct job *)(uintptr_t)job, stage, form};
        if (stage->whole != (form == JOB_WHOLE))
            continue;
        struct jv *step = step_json(&s);
        bool stop = jv_get_bool(jv_get(step, "result"), "stop");
        int rank = next->stage != NULL ? job_stage_rank(next->stage->name) : 100;
        if ((!step_finished(step) || stop) && !next->stopped &&
            (stop || job_stage_rank(stage->name) < rank))
            *next = (struct next){stage, form, stop};
        jv_put_take(stages, stage->name, step);
    }
    return stages;
}

static const char *next_code(const struct job *job, const struct next *n)
{
    const char *role = job_setting_text(job, "role");
    bool auditor = role != NULL && strcmp(role, "auditeur") == 0;

    if (job_purged(job))
        return "purged";
    if (n->stage == NULL)
        return "nothing";
    if (n->stopped && strcmp(n->stage->name, "check") == 0)
        return "correct-form";
    if (n->stopped && strcmp(n->stage->name, "verify") == 0)
        return "see-verdict";
    if (n->stopped && strcmp(n->stage->name, "bundle") == 0)
        return "complete-dossier";
    if (n->stopped)
        return "see-result";
    if (auditor && job_setting(job, "encrypt-to") != NULL && strcmp(n->stage->name, "submit") == 0)
        return "hand-over-sealed";
    if (n->stage->whole && auditor && job_setting(job, "encrypt-to") == NULL)
        return "hand-over";
    if (strcmp(n->stage->name, "submit") == 0) {
        if (job_in_doubt(job, "submit"))
            return "ask-service";
        if (job_setting_text(job, "to") == NULL)
            return "deposit-by-hand";
    }
    return strcmp(n->stage->name, "sign") == 0 ? "sign" : "run";
}

struct jv *job_status(const struct job *job)
{
    struct jv *o = jv_object(), *forms = jv_array(), *next = jv_object();
    struct next n = {NULL, JOB_WHOLE, false};

    jv_put_text(o, "format", "paraphe-status");
    jv_put_int(o, "version", 1);
    jv_put_text(o, "folder", job->folder);
    jv_put_text(o, "created", jv_get_text(job->file, "created"));
    jv_put_text(o, "role", job_setting_text(job, "role"));
    jv_put_bool(o, "purged", job_purged(job));
    for (size_t f = 0; f < job_forms(job); f++) {
        struct jv *form = jv_object();
        jv_put_text(form, "name", job_form_name(job, f));
        jv_put_text(form, "sha256", job_form_sha256(job, f));
        jv_put_take(form, "stages", stages_json(job, f, &n));
        jv_add_take(forms, form);
    }
    jv_put_take(o, "forms", forms);
    jv_put_take(o, "stages", stages_json(job, JOB_WHOLE, &n));
    jv_put_text(next, "code", next_code(job, &n));
    jv_put_text(next, "stage", n.stage != NULL ? n.stage->name : NULL);
    if (n.form != JOB_WHOLE)
        jv_put_text(next, "form", job_form_name(job, n.form));
    else
        jv_put_null(next, "form");
    jv_put_take(o, "next", next);
    return o;
}

static bool kept_by_purge(const char *name)
{
    static const char *const names[] = {
        ".", "..", "job.json", "journal.jsonl", "lock", JOB_FOLDER_RECEIPTS};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(name, names[i]) == 0)
            return true;
    }
    return false;
}

int job_purge(struct job *job, struct err *e)
{
    struct dirent **names = NULL;
    int rc = 0;

    /* the line first: a purge that was cut short is known as one and can be finished */
    if (!job_purged(job) && job_append_take(job, "purged", jv_object(), e) != 0)
        return -1;
    int n = scandir(job->folder, &names, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char *path = rc == 0 && !kept_by_purge(names[i]->d_name)
                         ? path_join(job->folder, names[i]->d_name)
                         : NULL;
        if (path != NULL)
            rc = job_remove(path, e);
        free(path);
        free(names[i]);
    }
    free(names);
    return rc == 0 && n < 0 ? err_set_bug(e, "scandir") : rc;
}

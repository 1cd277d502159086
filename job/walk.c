/* The walk through the stages. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/job_int.h"
#include "job/step.h"

struct walk {
    struct job *job;
    const struct job_actions *actions;
    bool stopped[JOB_FORMS_MAX]; /* the chain ended for this form */
    int status;
};

static void tell(const struct walk *w, const struct job_step *s, enum job_event event,
                 const struct jv *result)
{
    if (w->actions->tell != NULL)
        w->actions->tell(w->actions->self, s, event, result);
}

/* What the result of a step means for what comes after it. */
static void heed(struct walk *w, const struct job_step *s, const struct jv *result)
{
    w->status = err_status_worst(w->status, (int)jv_get_int(result, "status", 0));
    if (!jv_get_bool(result, "stop"))
        return;
    for (size_t f = 0; f < job_forms(w->job); f++) {
        if (s->form == JOB_WHOLE || s->form == f)
            w->stopped[f] = true;
    }
}

static int step_run(struct walk *w, const struct job_step *s, struct err *e)
{
    struct jv *result = jv_object();
    int rc = -1;

    tell(w, s, JOB_STEP_STARTS, NULL);
    if (w->actions->run(w->actions->self, s, result, e) == 0) {
        if (jv_get_bool(result, "again")) {
            struct jv *line = jv_object();
            jv_put_text(line, "stage", s->stage->name);
            jv_put_int(line, "form", job_form_number(s->form));
            jv_put_take(line, "result", jv_keep(result));
            rc = job_append_take(w->job, "tried", line, e);
        } else {
            rc = step_done_take(s, jv_keep(result), false, e);
        }
    }
    if (rc == 0) {
        tell(w, s, JOB_STEP_DONE, result);
        heed(w, s, result);
    }
    jv_free(result);
    return rc;
}

static int step_walk(struct walk *w, const struct job_step *s, struct err *e)
{
    const struct jv *line = NULL;
    enum step_state state = step_state_of(s, &line, e);

    if (state == STEP_FAILED)
        return -1;
    if (state != STEP_DONE)
        return step_run(w, s, e);
    const struct jv *result = jv_get(line, "result");
    tell(w, s, JOB_STEP_SKIPPED, result);
    heed(w, s, result);
    return 0;
}

static bool any_stopped(const struct walk *w)
{
    for (size_t f = 0; f < job_forms(w->job); f++) {
        if (w->stopped[f])
            return true;
    }
    return false;
}

int job_walk(struct job *job, const char *until, const struct job_actions *actions, struct err *e)
{
    struct walk w = {.job = job, .actions = actions};
    int last = job_stage_rank(until);

    if (job_purged(job))
        return err_set(e, ERR_USAGE, "err.job.purged", job->folder, NULL);
    for (int i = 0; i <= last; i++) {
        const struct job_stage *stage = &job_stages[i];
        if (stage->whole && any_stopped(&w))
            break;
        for (size_t f = 0; f < (stage->whole ? 1 : job_forms(job)); f++) {
            struct job_step s = {job, stage, stage->whole ? JOB_WHOLE : f};
            if ((stage->whole || !w.stopped[f]) && step_walk(&w, &s, e) != 0)
                return -1;
        }
    }
    return w.status;
}

const struct jv *job_step_result(const struct job_step *step)
{
    const struct jv *line = NULL;

    return step_state_of(step, &line, NULL) == STEP_DONE ? jv_get(line, "result") : NULL;
}

/* True when the file has the digest that the line gives for the only output of its stage. */
static bool same_output(const struct jv *line, const char *hex)
{
    const struct jv *outputs = jv_get(line, "outputs");
    void *it = jv_iter(outputs);

    return it != NULL && strcmp(jv_str(jv_value(it)), hex) == 0;
}

static int file_take(const char *from, const char *to, size_t max, struct err *e)
{
    struct file_out out = FILE_OUT_INIT;
    int64_t size = 0;
    int fd = file_open(from, &size, e), rc = -1;

    if (fd < 0)
        return -1;
    if (size > (int64_t)max)
        err_set(e, ERR_INPUT, "err.job.take-large", from, NULL);
    else if (file_begin(&out, to, true, e) == 0 && file_copy_range(fd, out.fd, size, to, e) == 0)
        rc = file_commit(&out, e);
    file_abort(&out);
    close(fd);
    return rc;
}

/* A signed report that another person has signed once more, elsewhere. */
static int more_take(struct job *job, const char *stage, size_t form, const char *path, size_t max,
                     struct err *e)
{
    char *now = job_path(job, form, JOB_FILE_SIGNED);
    char *to = job_path(job, form, JOB_FILE_COUNTERSIGNED);
    int more = 0, rc = -1;

    if (now == NULL || to == NULL)
        more = err_set_memory(e);
    else if (strcmp(stage, "sign") == 0)
        more = job_continues(path, now, e);
    if (more == 0)
        err_set(e, ERR_USAGE, "err.job.taken", path, job->folder, NULL);
    if (more == 1 && file_take(path, to, max, e) == 0)
        rc = job_countersigned(job, form, NULL, e);
    free(now);
    free(to);
    return rc;
}

int job_take(struct job *job, const char *stage, size_t form, const char *path, size_t max,
             struct jv *result_taken, struct err *e)
{
    struct job_step s = {job, job_stage_find(stage), form};
    const struct jv *line = NULL;
    char hex[65];
    enum step_state state = step_state_of(&s, &line, e);
    char *to = job_path(job, form, s.stage->outputs[0]);
    int rc = -1;

    if (to == NULL) {
        err_set_memory(e);
    } else if (state == STEP_FAILED || job_digest(path, hex, e) != 0) {
        rc = -1;
    } else if (hex[0] == '\0') {
        rc = file_open(path, NULL, e); /* says what is missing */
    } else if (state == STEP_DONE && same_output(line, hex)) {
        rc = 0;
    } else if (state == STEP_DONE) {
        rc = more_take(job, stage, form, path, max, e);
    } else if (file_take(path, to, max, e) == 0) {
        rc = step_done_take(&s, jv_keep(result_taken), true, e);
    }
    free(to);
    jv_free(result_taken);
    return rc;
}

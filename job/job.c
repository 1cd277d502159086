/* What stands in a job: forms, settings, lines of the journal. */
#include "job/job.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/jv.h"
#include "job/job_int.h"

struct jv *job_forms_json(const struct job *job)
{
    return jv_get(job->file, "forms");
}

const char *job_folder(const struct job *job)
{
    return job->folder;
}

size_t job_forms(const struct job *job)
{
    return jv_count(job_forms_json(job));
}

const char *job_form_name(const struct job *job, size_t form)
{
    return jv_get_text(jv_at(job_forms_json(job), form), "name");
}

const char *job_form_sha256(const struct job *job, size_t form)
{
    return jv_get_text(jv_at(job_forms_json(job), form), "sha256");
}

const char *job_initial_name(const struct job *job)
{
    return jv_get_text(jv_get(job->file, "initial"), "name");
}

int64_t job_clock(const struct job *job)
{
    return jv_get_int(job->file, "clock", 0);
}

bool job_tail_was_cut(const struct job *job)
{
    return job->tail_was_cut;
}

bool job_purged(const struct job *job)
{
    return job_last(job, "purged", NULL, JOB_WHOLE) != NULL;
}

int64_t job_form_number(size_t form)
{
    return form == JOB_WHOLE ? 0 : (int64_t)form + 1;
}

char *job_path(const struct job *job, size_t form, const char *name)
{
    char *path = NULL;
    int n = form == JOB_WHOLE ? asprintf(&path, "%s/%s", job->folder, name)
                              : asprintf(&path, "%s/%zu/%s", job->folder, form + 1, name);

    return n >= 0 ? path : NULL;
}

const struct jv *job_last(const struct job *job, const char *event, const char *stage, size_t form)
{
    for (size_t i = journal_count(job->journal); i-- > 0;) {
        const struct jv *line = journal_line(job->journal, i);
        const char *of = jv_get_text(line, "stage");
        if (strcmp(jv_get_text(line, "event"), event) == 0 &&
            (stage == NULL || (of != NULL && strcmp(of, stage) == 0 &&
                               jv_get_int(line, "form", 0) == job_form_number(form))))
            return line;
    }
    return NULL;
}

int job_append_take(struct job *job, const char *event, struct jv *line, struct err *e)
{
    return journal_append_take(job->journal, event, line, job->clock.now(job->clock.self), e);
}

const struct jv *job_setting(const struct job *job, const char *name)
{
    const struct jv *v = jv_get(job->settings, name);

    return jv_is_null(v) ? NULL : v;
}

const char *job_setting_text(const struct job *job, const char *name)
{
    return jv_str(job_setting(job, name));
}

/* True when a stage that uses the setting is finished for some form. */
static bool setting_used(const struct job *job, const char *name)
{
    for (const struct job_stage *s = job_stages; s->name != NULL; s++) {
        bool uses = false;
        for (size_t i = 0; s->settings[i] != NULL; i++)
            uses = uses || strcmp(s->settings[i], name) == 0;
        for (size_t f = 0; uses && f < job_forms(job); f++) {
            if (job_last(job, "done", s->name, s->whole ? JOB_WHOLE : f) != NULL)
                return true;
        }
    }
    return false;
}

int job_setting_add_take(struct job *job, const char *name, struct jv *value, struct err *e)
{
    const struct jv *was = job_setting(job, name);
    int rc = -1;

    if (was != NULL && jv_equal(was, value)) {
        rc = 0;
    } else if (was != NULL || setting_used(job, name)) {
        err_set(e, ERR_USAGE, "err.job.frozen", name, job->folder, NULL);
    } else {
        struct jv *line = jv_object();
        jv_put_text(line, "setting", name);
        jv_put_take(line, "value", jv_copy(value));
        rc = job_append_take(job, "set", line, e);
        if (rc == 0)
            jv_put_take(job->settings, name, jv_keep(value));
    }
    jv_free(value);
    return rc;
}

/* The stages, and what a finished step is known by. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "job/job_int.h"
#include "job/step.h"

/* In place of an input: the copied form. */
static const char the_form[] = "<form>";

const struct job_stage job_stages[] = {
    {"check", false, {the_form}, {JOB_FILE_GRID}, {"deposit-date", "ruleset", "layout", "rules"}},
    {"report",
     false,
     {the_form, JOB_FILE_GRID},
     {JOB_FILE_REPORT},
     {"report-lang", "look", "attach", "deposit-date", "draft"}},
    {"sign",
     false,
     {JOB_FILE_REPORT},
     {JOB_FILE_SIGNED},
     {"level", "min-level", "tsa", "hash", "scheme", "reason", "location"}},
    {"verify",
     false,
     {JOB_FILE_SIGNED, JOB_FILE_GRID},
     {JOB_FILE_VERDICT},
     {"trust", "trust-tsa", "policy"}},
    {"bundle",
     true,
     {the_form, JOB_FILE_GRID, JOB_FILE_SIGNED, JOB_FILE_VERDICT},
     {JOB_FOLDER_DEPOSIT},
     {"deposit-date", "allow-rejected", "encrypt-to", "proxy-of", "reference", "no-proxy"}},
    {"submit", true, {JOB_FILE_SIGNED}, {JOB_FOLDER_RECEIPTS}, {"to", "ca"}},
    {NULL, false, {NULL}, {NULL}, {NULL}},
};

const struct job_stage *job_stage_find(const char *name)
{
    int rank = job_stage_rank(name);

    return rank >= 0 ? &job_stages[rank] : NULL;
}

int job_stage_rank(const char *name)
{
    for (int i = 0; job_stages[i].name != NULL; i++) {
        if (name != NULL && strcmp(job_stages[i].name, name) == 0)
            return i;
    }
    return -1;
}

static int digest_put(struct jv *to, const struct job *job, size_t form, const char *name,
                      struct err *e)
{
    char hex[65], key[128];
    bool is_form = name == the_form;
    char *path = job_path(job, form, is_form ? job_form_name(job, form) : name);
    int rc = path != NULL ? job_digest(path, hex, e) : err_set_memory(e);

    if (form == JOB_WHOLE)
        snprintf(key, sizeof key, "%s", name);
    else
        snprintf(key, sizeof key, "%zu/%s", form + 1, is_form ? "form" : name);
    if (rc == 0)
        jv_put_text(to, key, hex);
    free(path);
    return rc;
}

struct jv *step_inputs(const struct job_step *s, struct err *e)
{
    struct jv *digests = jv_object();
    int rc = 0;

    for (size_t f = 0; rc == 0 && f < job_forms(s->job); f++) {
        for (size_t i = 0; rc == 0 && s->stage->inputs[i] != NULL; i++) {
            if (s->stage->whole || f == s->form)
                rc = digest_put(digests, s->job, f, s->stage->inputs[i], e);
        }
    }
    if (rc == 0)
        return digests;
    jv_free(digests);
    return NULL;
}

struct jv *step_outputs(const struct job_step *s, struct err *e)
{
    struct jv *digests = jv_object();
    int rc = 0;

    for (size_t i = 0; rc == 0 && s->stage->outputs[i] != NULL; i++)
        rc = digest_put(digests, s->job, s->form, s->stage->outputs[i], e);
    if (rc == 0)
        return digests;
    jv_free(digests);
    return NULL;
}

int step_settings(const struct job_step *s, char hex[DIGEST_HEX_MAX], struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    struct jv *used = jv_object();

    for (size_t i = 0; s->stage->settings[i] != NULL; i++) {
        const struct jv *v = job_setting(s->job, s->stage->settings[i]);
        jv_put_take(used, s->stage->settings[i], v != NULL ? jv_copy(v) : jv_null());
    }
    int rc = jv_print(used, false, &text, e);
    if (rc == 0)
        rc = digest_bytes_hex(text.data, text.len, hex, e);
    jv_free(used);
    buf_free(&text);
    return rc;
}

static bool all_there(const struct jv *digests)
{
    for (void *it = jv_iter(digests); it != NULL; it = jv_next(digests, it)) {
        const char *hex = jv_str(jv_value(it));
        if (hex == NULL || *hex == '\0')
            return false;
    }
    return true;
}

enum step_state step_state_of(const struct job_step *s, const struct jv **line, struct err *e)
{
    char hex[DIGEST_HEX_MAX];
    const struct jv *last = job_last(s->job, "done", s->stage->name, s->form);
    struct jv *inputs = NULL, *outputs = NULL;
    enum step_state state = STEP_FAILED;

    *line = last;
    if (last == NULL)
        return STEP_OPEN;
    inputs = step_inputs(s, e);
    outputs = inputs != NULL ? step_outputs(s, e) : NULL;
    if (outputs != NULL && step_settings(s, hex, e) == 0) {
        const char *settings = jv_get_text(last, "settings");
        state = STEP_CHANGED;
        if (settings != NULL && strcmp(settings, hex) == 0 && all_there(outputs) &&
            jv_equal(inputs, jv_get(last, "inputs")) && jv_equal(outputs, jv_get(last, "outputs")))
            state = STEP_DONE;
    }
    jv_free(inputs);
    jv_free(outputs);
    return state;
}

int step_done_take(const struct job_step *s, struct jv *result, bool taken, struct err *e)
{
    char hex[DIGEST_HEX_MAX];
    struct jv *line = jv_object(), *inputs = step_inputs(s, e), *outputs = NULL;
    int rc = -1;

    if (inputs != NULL)
        outputs = step_outputs(s, e);
    if (outputs != NULL && !all_there(outputs))
        err_set_bug(e, s->stage->name);
    else if (outputs != NULL)
        rc = step_settings(s, hex, e);
    if (rc == 0) {
        jv_put_text(line, "stage", s->stage->name);
        jv_put_int(line, "form", job_form_number(s->form));
        jv_put_take(line, "inputs", jv_keep(inputs));
        jv_put_text(line, "settings", hex);
        jv_put_take(line, "outputs", jv_keep(outputs));
        if (taken)
            jv_put_bool(line, "taken", true);
        jv_put_take(line, "result", jv_keep(result));
        rc = job_append_take(s->job, "done", jv_keep(line), e);
    }
    jv_free(line);
    jv_free(inputs);
    jv_free(outputs);
    jv_free(result);
    return rc;
}

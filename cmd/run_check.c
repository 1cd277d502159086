/* The stage "check" of a job: the copied form to grid.json. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_check.h"
#include "cmd/act_run.h"
#include "cmd/out.h"
#include "cmd/owed.h"
#include "cmd/run_int.h"
#include "grid/grid.h"
#include "grid/group.h"
#include "grid/say.h"

struct jv *run_get_json(const struct run *r, size_t form, const char *name, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes + 1);
    char *path = job_path(r->job, form, name);
    struct jv *v = NULL;

    if (path == NULL)
        err_set_memory(e);
    else if (file_read(path, (size_t)ceilings.json_bytes, &text, e) == 0)
        v = jv_parse(buf_str(&text), text.len, path, e);
    buf_free(&text);
    free(path);
    return v;
}

/* The sentences that `check` would say, as remarks: the answer on the thresholds and the last day
 * of deposit. */
static void say_grid(const struct run *r, const struct jv *grid)
{
    char sentence[SAY_MAX];

    say_outcome(text_lang_get(), grid, sentence);
    out_note(r->cmd, "cmd.run.outcome", jv_get_text(jv_get(grid, "form"), "name"), sentence, NULL);
    say_deposit(text_lang_get(), grid, sentence);
    if (*sentence != '\0')
        out_note(r->cmd, "cmd.run.outcome", jv_get_text(jv_get(grid, "form"), "name"), sentence,
                 NULL);
}

enum { FINDINGS_SAID = 12 }; /* `check` lists the rest */

static bool is_error(const struct jv *finding)
{
    const char *level = jv_get_text(finding, "level");

    return level != NULL && strcmp(level, "erreur") == 0;
}

static void say_errors(const struct run *r, const struct jv *findings)
{
    size_t errors = owed_findings(r->cmd, findings, is_error, FINDINGS_SAID);
    char left[24];

    snprintf(left, sizeof left, "%zu", errors > FINDINGS_SAID ? errors - FINDINGS_SAID : 0);
    if (errors > FINDINGS_SAID)
        out_note(r->cmd, "cmd.run.errors-more", left, NULL);
}

void run_check_say_stop(const struct run *r, size_t form)
{
    struct jv *grid = run_get_json(r, form, JOB_FILE_GRID, NULL);
    char sentence[SAY_MAX];

    if (grid == NULL)
        return;
    say_errors(r, jv_get(grid, "findings"));
    /* the rules may not be those that `check` would take now: they were frozen with the job */
    say_ruleset(text_lang_get(), grid, sentence);
    if (*sentence != '\0' && job_setting_text(r->job, "ruleset") != NULL)
        out_note(r->cmd, "cmd.run.frozen-rules", sentence, job_folder(r->job), NULL);
    jv_free(grid);
}

/* Another form of the job that this one takes up again, with the last day of group_initial: *first,
 * its path, and *grids, which holds the day. Nothing for a form that is no re-evaluation. */
static int find_first(struct run *r, size_t form, const struct jv *grid,
                      struct act_check_request request, char **first, const char **last_day,
                      struct jv **grids, struct err *e)
{
    size_t n = job_forms(r->job);
    struct err ignored = ERR_INIT; /* what another form lacks is told where it is checked itself */

    *grids = jv_array();
    if (n < 2 || !group_is_again(grid))
        return 0;
    for (size_t i = 0; i < n; i++) {
        struct jv *other = NULL;
        char *path = i != form ? job_path(r->job, i, job_form_name(r->job, i)) : NULL;
        request.form = path;
        request.brief = true;
        if (i == form)
            other = jv_copy(grid);
        else if (path == NULL || act_check(&r->cmd->runner, &request, &other, &ignored) != 0)
            other = jv_null();
        err_clear(&ignored);
        free(path);
        jv_add_take(*grids, other);
    }
    size_t k = group_initial(*grids, form, last_day);
    if (k == n)
        return 0;
    *first = job_path(r->job, k, job_form_name(r->job, k));
    return *first != NULL ? 0 : err_set_memory(e);
}

int run_check(struct run *r, const struct job_step *s, struct jv *result, struct err *e)
{
    const char *initial = job_initial_name(r->job);
    char *form = job_path(r->job, s->form, job_form_name(r->job, s->form)), *first = NULL;
    char *out = job_path(r->job, s->form, JOB_FILE_GRID), *name = NULL;
    struct jv *grid = NULL, *grids = NULL;
    int rc = -1;

    if (initial != NULL && (name = path_join("initial", initial)) != NULL)
        first = job_path(r->job, JOB_WHOLE, name);
    if (form == NULL || out == NULL || (initial != NULL && first == NULL)) {
        err_set_memory(e);
        goto out;
    }
    struct act_check_request request = {
        .form = form,
        .initial = first,
        .ruleset = job_setting_text(r->job, "ruleset"),
        .layout = job_setting_text(r->job, "layout"),
        .frozen = job_setting(r->job, "rules"),
    };
    if (date_parse_iso(job_setting_text(r->job, "deposit-date"), &request.deposit) != 0) {
        err_set_bug(e, "deposit-date");
        goto out;
    }
    if (act_check(&r->cmd->runner, &request, &grid, e) != 0)
        goto out;
    if (first == NULL &&
        find_first(r, s->form, grid, request, &first, &request.last_day, &grids, e) != 0)
        goto out;
    if (grids != NULL && first != NULL) {
        request.initial = first;
        jv_free(grid);
        grid = NULL;
        if (act_check(&r->cmd->runner, &request, &grid, e) != 0)
            goto out;
    }
    rc = jv_save(grid, out, true, e);
    if (rc != 0)
        goto out;
    int status = grid_status(grid);
    jv_put_text(result, "verdict", jv_get_text(grid, "verdict"));
    jv_put_text(result, "completeness", jv_get_text(grid, "completeness"));
    jv_put_text(result, "outcome", jv_get_text(grid, "outcome"));
    jv_put_text(result, "deposit_until", jv_get_text(grid, "deposit_until"));
    jv_put_int(result, "status", status);
    /* a form that is only too old is reported and signed; bundle and submit stop on it */
    const char *completeness = jv_get_text(grid, "completeness");
    if (completeness == NULL || strcmp(completeness, "complete") != 0)
        jv_put_bool(result, "stop", true);
    say_grid(r, grid);
out:
    jv_free(grid);
    jv_free(grids);
    free(form);
    free(first);
    free(out);
    free(name);
    return rc;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_run.h"
#include "cmd/cancel.h"
#include "cmd/cmd_table.h"
#include "cmd/opt_groups.h"
#include "cmd/out.h"
#include "cmd/run_int.h"
#include "cmd/run_say.h"
#include "cmd/wire.h"

const struct opt cmd_run_options[] = {
    {"job", OPT_VALUE, NULL},
    {"until", OPT_VALUE, "check|report|sign|bundle|submit"},
    {"report", OPT_LIST, NULL},
    {"signed", OPT_LIST, NULL},
    {"role", OPT_VALUE, "auditeur|editeur|cabinet"},
    {"yes", OPT_FLAG, NULL},
    {"deposit-date", OPT_VALUE, NULL},
    {"initial", OPT_VALUE, NULL},
    OPTIONS_RULES,
    {"report-lang", OPT_VALUE, "fr|en"},
    {"look", OPT_VALUE, NULL},
    {"attach", OPT_VALUE, "form,data|data|none"},
    OPTIONS_TOKEN,
    OPTIONS_SIGNATURE,
    OPTIONS_TRUST,
    {"policy", OPT_VALUE, NULL},
    {"allow-rejected", OPT_FLAG, NULL},
    {"encrypt-to", OPT_VALUE, NULL},
    OPTIONS_PROXY,
    {"to", OPT_VALUE, NULL},
    {"client-cert", OPT_VALUE, NULL},
    {"client-key", OPT_VALUE, NULL},
    {"ca", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

/* Beside the first form, by its name without the ending: form.xlsx -> form.paraphe */
static char *default_folder(const char *form)
{
    char *folder = path_folder(form), *name = strdup(path_name(form)), *made = NULL;

    if (name != NULL) {
        char *dot = strrchr(name, '.');
        if (dot != NULL && dot != name)
            *dot = '\0';
    }
    bool here = strchr(form, '/') == NULL;
    if (folder == NULL || name == NULL ||
        asprintf(&made, "%s%s%s.paraphe", here ? "" : folder, here ? "" : "/", name) < 0)
        made = NULL;
    free(folder);
    free(name);
    return made;
}

/* A form given to an existing job must be one that it holds. */
static int forms_match(const struct cmd *cmd, const struct job *job, struct err *e)
{
    char hex[65];

    for (size_t i = 0; i < cmd->nargs; i++) {
        bool there = false;
        if (job_digest(cmd->args[i], hex, e) != 0)
            return -1;
        if (hex[0] == '\0')
            return file_open(cmd->args[i], NULL, e); /* says what is missing */
        for (size_t f = 0; f < job_forms(job); f++)
            there = there || strcmp(job_form_sha256(job, f), hex) == 0;
        if (!there)
            return err_set(e, ERR_USAGE, "err.cmd.run-other-form", cmd->args[i], job_folder(job),
                           NULL);
    }
    return 0;
}

static int job_start(const struct cmd *cmd, const char *folder, struct job **job, struct err *e)
{
    if (cmd->nargs == 0)
        return err_set(e, ERR_USAGE, "err.cmd.run-no-form", folder, NULL);
    struct jv *settings = run_settings_check(cmd, true, e) == 0 ? run_settings(cmd, e) : NULL;
    if (settings == NULL)
        return -1;
    int rc = job_create(folder, (const char *const *)cmd->args, cmd->nargs,
                        opt_get(cmd->options, "initial"), settings, cmd->clock, job, e);
    jv_free(settings);
    return rc;
}

static int job_go_on(const struct cmd *cmd, const char *folder, struct job **job, struct err *e)
{
    const char *initial = opt_get(cmd->options, "initial");

    if (job_tail_was_cut(*job))
        out_note(cmd, "cmd.status.tail", NULL);
    if (forms_match(cmd, *job, e) != 0) {
        /* A form that was corrected, under its own name: a job in which nothing was signed or sent
         * starts again. */
        if (strcmp(e->id, "err.cmd.run-other-form") != 0 || opt_given(cmd->options, "job") ||
            job_purged(*job) || job_binds(*job))
            return -1;
        struct job *old = *job;
        *job = NULL;
        err_clear(e);
        out_note(cmd, "cmd.run.again", folder, NULL);
        return job_forget_take(old, e) == 0 ? job_start(cmd, folder, job, e) : -1;
    }
    char *name = initial != NULL ? path_plain_name(initial) : NULL;
    bool other = name != NULL &&
                 (job_initial_name(*job) == NULL || strcmp(job_initial_name(*job), name) != 0);
    free(name);
    if (other)
        return err_set(e, ERR_USAGE, "err.job.frozen", "initial", folder, NULL);
    return run_settings_check(cmd, false, e) == 0 ? run_settings_join(cmd, *job, e) : -1;
}

static int job_get(const struct cmd *cmd, const char *folder, struct job **job, struct err *e)
{
    if (!job_exists(folder))
        return job_start(cmd, folder, job, e);
    return job_open(folder, true, cmd->clock, job, e) == 0 ? job_go_on(cmd, folder, job, e) : -1;
}

/* The form that a file made elsewhere is about: that of the same rank, else the first other one
 * that has none yet and agrees with it. */
static int form_find(struct run *r, size_t rank, const bool *has, const char *path, bool is_signed,
                     size_t *form, struct err *e)
{
    struct err other = ERR_INIT;

    *form = rank;
    if (!has[rank] && run_taken_check(r, rank, path, is_signed, e) == 0)
        return 0;
    if (err_is_set(e) && e->kind != ERR_SIGNATURE)
        return -1;
    for (size_t f = 0; f < job_forms(r->job); f++) {
        if (has[f] || (f == rank && err_is_set(e)))
            continue;
        err_clear(&other);
        if (run_taken_check(r, f, path, is_signed, &other) == 0) {
            err_clear(e);
            *form = f;
            return 0;
        }
        if (!err_is_set(e))
            *e = other;
    }
    return -1;
}

/* Files made elsewhere, in any order. */
static int files_take(struct run *r, const char *option, const char *stage, struct err *e)
{
    const struct cmd *cmd = r->cmd;
    struct job *job = r->job;
    size_t n = opt_count(cmd->options, option), form;

    if (n > job_forms(job))
        return err_set(e, ERR_USAGE, "err.cmd.run-too-many", option, NULL);
    bool *has = calloc(job_forms(job), sizeof *has);
    int rc = has != NULL ? 0 : err_set_memory(e);
    for (size_t i = 0; rc == 0 && i < n; i++) {
        const char *path = opt_at(cmd->options, option, i);
        rc = form_find(r, i, has, path, strcmp(stage, "sign") == 0, &form, e);
        if (rc == 0)
            rc = job_take(job, stage, form, path, (size_t)ceilings.report_bytes, jv_object(), e);
        if (rc == 0)
            has[form] = true;
    }
    free(has);
    return rc;
}

/* A signed report, or an official one, is taken back for a form that has been checked and, to be
 * compared, reported. */
static int walk(struct run *r, struct err *e)
{
    const struct cmd *cmd = r->cmd;
    bool report = opt_given(cmd->options, "report"), is_signed = opt_given(cmd->options, "signed");
    const char *until = r->until;
    int status = 0;

    if (report) {
        r->until = "check";
        status = act_run(r, e);
        r->walked = "report"; /* what is taken is said by the taking */
        if (status >= 0 && files_take(r, "report", "report", e) != 0)
            status = -1;
    }
    if (status >= 0 && is_signed) {
        r->until = "report";
        status = act_run(r, e);
        r->walked = "sign";
        if (status >= 0 && files_take(r, "signed", "sign", e) != 0)
            status = -1;
    }
    r->until = until;
    return status < 0 || status == ERR_FORM ? status : act_run(r, e);
}

/* What a person says to have deposited by hand (`paraphe receipts`) stands there. */
static bool declared(const struct job *job)
{
    char *path = job_path(job, JOB_WHOLE, JOB_FOLDER_DEPOSIT "/receipts");
    bool there = path != NULL && access(path, F_OK) == 0;

    free(path);
    return there;
}

/* An auditor's chain ends with the signed and verified report, or with what is encrypted for the
 * editor; the others' with the deposit folder,
 * or with the deposit when the place is known or a person made it. */
static const char *until_of(const struct cmd *cmd, const struct job *job)
{
    const char *given = opt_get(cmd->options, "until"), *role = job_setting_text(job, "role");

    if (given != NULL)
        return strcmp(given, "sign") == 0 ? "verify" : given;
    if (role != NULL && strcmp(role, "auditeur") == 0)
        return job_setting(job, "encrypt-to") != NULL ? "bundle" : "verify";
    return job_setting(job, "to") != NULL || declared(job) ? "submit" : "bundle";
}

int cmd_run_run(struct cmd *cmd, struct err *e)
{
    const char *given = opt_get(cmd->options, "job");
    struct run r = {.cmd = cmd, .yes = opt_given(cmd->options, "yes")};
    struct wire wire;
    char *folder = NULL;
    int status = -1;

    if (given == NULL && cmd->nargs == 0)
        return err_set(e, ERR_USAGE, "err.cmd.args-few", "run", NULL);
    if (given == NULL && cmd->nargs == 1 && job_exists(cmd->args[0])) {
        given = cmd->args[0]; /* as status and purge take it */
        cmd->nargs = 0;
    }
    folder = given != NULL ? strdup(given) : default_folder(cmd->args[0]);
    if (folder == NULL)
        return err_set_memory(e);
    cancel_sentence_set("cmd.run.cancelled", folder);
    if (job_get(cmd, folder, &r.job, e) == 0 && run_settings_apply(cmd, r.job, e) == 0) {
        r.until = until_of(cmd, r.job);
        r.said = jv_array();
        wire_open(&wire, cmd);
        r.wire = &wire;
        status = walk(&r, e);
        wire_close(&wire);
    }
    if (status >= 0)
        status = run_say(cmd, r.job, status, true, e);
    jv_free(r.said);
    job_close(r.job);
    free(folder);
    return status;
}

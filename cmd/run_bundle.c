/* The stage "bundle" of a job: its forms, signed reports and verdicts to the deposit folder. What
 * is lacking is told and ends the chain; the next run looks again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/tree.h"
#include "cmd/act_bundle.h"
#include "cmd/act_dossier.h"
#include "cmd/act_run.h"
#include "cmd/out.h"
#include "cmd/run_int.h"
#include "dossier/dossier.h"
#include "submit/bundle/bundle.h"

struct parts {
    struct act_dossier_part *list;
    char **names;          /* of forms and reports, two a part */
    struct jv **documents; /* grid and verdict, two a part */
    size_t count;
};

static void parts_free(struct parts *p)
{
    for (size_t i = 0; i < 2 * p->count; i++) {
        if (p->names != NULL)
            free(p->names[i]);
        if (p->documents != NULL)
            jv_free(p->documents[i]);
    }
    free(p->names);
    free(p->documents);
    free(p->list);
}

static int parts_read(struct run *r, struct parts *p, struct err *e)
{
    p->count = job_forms(r->job);
    p->list = calloc(p->count + 1, sizeof *p->list);
    p->names = calloc(2 * p->count + 1, sizeof *p->names);
    p->documents = calloc(2 * p->count + 1, sizeof *p->documents);
    if (p->list == NULL || p->names == NULL || p->documents == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < p->count; i++) {
        char **names = &p->names[2 * i];
        struct jv **documents = &p->documents[2 * i];
        if (asprintf(&names[0], "%zu/%s", i + 1, job_form_name(r->job, i)) < 0)
            names[0] = NULL;
        if (asprintf(&names[1], "%zu/%s", i + 1, JOB_FILE_SIGNED) < 0)
            names[1] = NULL;
        if (names[0] == NULL || names[1] == NULL)
            return err_set_memory(e);
        documents[0] = run_get_json(r, i, JOB_FILE_GRID, e);
        documents[1] = documents[0] != NULL ? run_get_json(r, i, JOB_FILE_VERDICT, e) : NULL;
        if (documents[1] == NULL)
            return -1;
        p->list[i] = (struct act_dossier_part){names[0], names[1], documents[0], documents[1]};
    }
    return 0;
}

static void tell_problems(const struct run *r, const struct jv *problems)
{
    char sentence[2048], remedy[2048];

    for (size_t i = 0; i < jv_count(problems); i++) {
        const struct jv *p = jv_at(problems, i);
        bool remark = strcmp(jv_get_text(p, "level"), "remark") == 0;
        dossier_say_problem(p, sentence, sizeof sentence, remedy, sizeof remedy);
        out_note(r->cmd, remark ? "cmd.dossier.remark" : "cmd.dossier.problem", sentence, NULL);
        if (remedy[0] != '\0')
            out_note(r->cmd, "cmd.dossier.remedy", remedy, NULL);
    }
}

static void tell_status(const struct run *r, const struct jv *status)
{
    const struct jv *components = jv_get(status, "components");

    for (size_t i = 0; i < jv_count(components); i++)
        tell_problems(r, jv_get(jv_at(components, i), "problems"));
    tell_problems(r, jv_get(status, "problems"));
}

/* For the journal: codes, never a sentence. */
static void codes_add(struct jv *codes, const struct jv *problems)
{
    for (size_t i = 0; i < jv_count(problems); i++) {
        const char *level = jv_get_text(jv_at(problems, i), "level");
        if (level == NULL || strcmp(level, "remark") != 0)
            jv_add_text(codes, jv_get_text(jv_at(problems, i), "code"));
    }
}

static struct jv *codes_of(const struct jv *status)
{
    const struct jv *components = jv_get(status, "components");
    struct jv *codes = jv_array();

    for (size_t i = 0; i < jv_count(components); i++)
        codes_add(codes, jv_get(jv_at(components, i), "problems"));
    codes_add(codes, jv_get(status, "problems"));
    return codes;
}

/* The place is the job's own: what stands there is an earlier deposit, or what a removal that was
 * cut short left of one. */
static bool earlier_stands(const struct err *e, const char *out)
{
    return (strncmp(e->id, "err.submit-bundle.", 18) == 0 ||
            strcmp(e->id, "err.base.file-exists") == 0) &&
           access(out, F_OK) == 0 && !run_receipts_there(out);
}

/* A deposit folder of an earlier state of the job gives way, but not one of which something was
 * sent. */
static int make(const struct act_bundle_request *request, struct jv **manifest, struct err *e)
{
    bool already = false;

    if (act_bundle(request, manifest, &already, e) == 0)
        return 0;
    if (!earlier_stands(e, request->out))
        return -1;
    err_clear(e);
    if (tree_remove(request->out) != 0)
        return err_set(e, ERR_DISK, "err.job.remove", request->out, NULL);
    return act_bundle(request, manifest, &already, e);
}

int run_bundle(struct run *r, const struct job_step *s, struct jv *result, struct err *e)
{
    char *out = job_path(r->job, s->form, JOB_FOLDER_DEPOSIT);
    struct parts parts = {0};
    struct dossier *dossier = NULL;
    struct jv *status = NULL, *manifest = NULL;
    const char *role = job_setting_text(r->job, "role");
    struct act_dossier_job job = {
        .folder = job_folder(r->job),
        .runner = &r->cmd->runner,
        .allow_rejected = jv_is_true(job_setting(r->job, "allow-rejected")),
        .part = role != NULL && strcmp(role, "auditeur") == 0,
        .proxy_of = job_setting_text(r->job, "proxy-of"),
        .reference = job_setting_text(r->job, "reference"),
        .no_proxy = job_setting_text(r->job, "no-proxy"),
    };
    int rc = -1;

    if (out == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (date_parse_iso(job_setting_text(r->job, "deposit-date"), &job.deposit) != 0) {
        err_set_bug(e, "deposit-date");
        goto out;
    }
    if (parts_read(r, &parts, e) != 0)
        goto out;
    job.parts = parts.list;
    job.count = parts.count;
    if (act_dossier_of_job(&job, &dossier, &status, e) != 0)
        goto out;
    tell_status(r, status);
    if (jv_get_int(status, "status", 1) != 0) {
        jv_put_int(result, "status", jv_get_int(status, "status", 1));
        jv_put_take(result, "problems", codes_of(status));
        jv_put_bool(result, "stop", true);
        jv_put_bool(result, "again", true);
        rc = 0;
        goto out;
    }
    struct act_bundle_request request = {.dossier = dossier,
                                         .status = status,
                                         .out = out,
                                         .deposit = job.deposit,
                                         .instant = job_clock(r->job),
                                         .encrypt_to = job_setting_text(r->job, "encrypt-to"),
                                         .encrypt_at = r->cmd->clock.now(r->cmd->clock.self)};
    rc = make(&request, &manifest, e);
    if (rc == 0)
        jv_put_text(result, "deposit", jv_get_text(manifest, "id"));
out:
    jv_free(status);
    jv_free(manifest);
    dossier_free(dossier);
    parts_free(&parts);
    free(out);
    return rc;
}

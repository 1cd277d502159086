/* Files made elsewhere, taken into a job: the official report in place of ours, or a report that
 * was signed on another machine or platform. Before they are taken they are compared with the form:
 * another form's report must not be signed or deposited. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jv.h"
#include "cmd/act_compare.h"
#include "cmd/act_verify.h"
#include "cmd/out.h"
#include "cmd/run_int.h"

/* Whether the file begins with the very bytes of the job's report: a signature is added behind, it
 * changes nothing before. 1 yes, 0 no, -1. */
static int begins_with_report(const struct job *job, size_t form, const char *path, struct err *e)
{
    enum { CHUNK = 1 << 16 };
    char *report = job_path(job, form, JOB_FILE_REPORT);
    unsigned char *a = malloc(CHUNK), *b = malloc(CHUNK);
    int64_t size = 0, their_size = 0;
    int ours = -1, theirs = -1, rc = -1;

    if (report == NULL || a == NULL || b == NULL) {
        err_set_memory(e);
        goto out;
    }
    ours = file_open(report, &size, e);
    theirs = ours >= 0 ? file_open(path, &their_size, e) : -1;
    if (theirs < 0)
        goto out;
    rc = their_size >= size;
    for (int64_t at = 0; rc == 1 && at < size; at += CHUNK) {
        size_t n = size - at < CHUNK ? (size_t)(size - at) : CHUNK;
        if (file_pread_all(ours, a, n, at, report, e) != 0 ||
            file_pread_all(theirs, b, n, at, path, e) != 0)
            rc = -1;
        else
            rc = memcmp(a, b, n) == 0;
    }
out:
    if (ours >= 0)
        close(ours);
    if (theirs >= 0)
        close(theirs);
    free(report);
    free(a);
    free(b);
    return rc;
}

/* What the file's own bytes prove: without anchors, without the network. */
static int read_signatures(const struct run *r, const char *path, struct jv **verdict,
                           struct err *e)
{
    struct der_list none = {NULL, 0};
    struct act_verify_request verify = {
        .path = path, .trust = &none, .at = r->cmd->clock.now(r->cmd->clock.self)};

    return act_verify(&r->cmd->runner, NULL, &verify, verdict, e);
}

/* Once taken, a file stays in the job: one that no anchor could make acceptable is left outside. */
static int signed_check(const struct jv *verdict, const char *path, struct err *e)
{
    const char *v = jv_get_text(verdict, "verdict"), *reason = jv_get_text(verdict, "reason");

    if (v == NULL || (strcmp(v, "unsigned") != 0 && strcmp(v, "invalid") != 0))
        return 0;
    return err_set(e, ERR_SIGNATURE, "err.cmd.run-not-accepted", path, reason != NULL ? reason : "",
                   NULL);
}

/* The comparison with the form; the signatures only say which state of the file was signed. */
static int compare(struct run *r, size_t form, const char *path, const struct jv *verdict,
                   struct jv **out, struct err *e)
{
    struct jv *grid = run_get_json(r, form, JOB_FILE_GRID, e);
    struct act_compare_request request = {.path = path, .verdict = verdict, .grid = grid};
    int rc = grid != NULL ? act_compare(&r->cmd->runner, &request, out, e) : -1;

    jv_free(grid);
    return rc;
}

/* "A1 (document: Oui, form: Non)..." would quote; the place of the first difference is enough to
 * find it. */
static const char *first_place(const struct jv *comparison, char *out, size_t size)
{
    const struct jv *d = jv_at(jv_get(comparison, "differences"), 0);
    const char *sheet = jv_get_text(d, "sheet"), *point = jv_get_text(d, "point");
    const char *cell = jv_get_text(d, "cell");

    snprintf(out, size, "%s%s%s %s", sheet != NULL ? sheet : "", cell != NULL ? "!" : "",
             cell != NULL ? cell : "", point != NULL ? point : "");
    return out;
}

static bool result_is(const struct jv *comparison, const char *result)
{
    const char *found = jv_get_text(comparison, "result");

    return found != NULL && strcmp(found, result) == 0;
}

static int judge(struct run *r, size_t form, const char *path, bool is_signed,
                 const struct jv *comparison, struct err *e)
{
    const char *name = job_form_name(r->job, form);
    char count[24], place[200];

    if (result_is(comparison, "same")) {
        out_note(r->cmd, "cmd.run.taken-same", path, name, NULL);
        return 0;
    }
    if (result_is(comparison, "different"))
        return err_set(e, ERR_SIGNATURE, "err.cmd.run-different", path, name,
                       first_place(comparison, place, sizeof place), NULL);
    snprintf(count, sizeof count, "%lld",
             (long long)jv_get_int(jv_get(comparison, "points"), "not_found", 0));
    if (is_signed) { /* nothing else binds it to the form */
        if (result_is(comparison, "incomplete"))
            return err_set(e, ERR_SIGNATURE, "err.cmd.run-incomplete", path, name, count, NULL);
        return err_set(e, ERR_SIGNATURE, "err.cmd.run-impossible", path, name, NULL);
    }
    if (result_is(comparison, "incomplete"))
        out_note(r->cmd, "cmd.run.taken-incomplete", path, name, count, NULL);
    else
        out_note(r->cmd, "cmd.run.taken-impossible", path, name, NULL);
    return 0;
}

int run_taken_check(struct run *r, size_t form, const char *path, bool is_signed, struct err *e)
{
    struct jv *verdict = NULL, *comparison = NULL;
    int rc = read_signatures(r, path, &verdict, e);

    if (rc == 0 && is_signed)
        rc = signed_check(verdict, path, e);
    int same = rc == 0 && is_signed ? begins_with_report(r->job, form, path, e) : 0;
    if (same < 0)
        rc = -1;
    if (rc == 0 && same == 0)
        rc = compare(r, form, path, verdict, &comparison, e);
    if (rc == 0 && same == 0)
        rc = judge(r, form, path, is_signed, comparison, e);
    /* beside the form, which is a file too */
    if (rc != 0 && e != NULL && strstr(e->sentence, path) == NULL)
        err_about(e, path);
    jv_free(verdict);
    jv_free(comparison);
    return rc;
}

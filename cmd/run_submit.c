/* The stage "submit" of a job: the deposit folder to the service that was named, once. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/jv.h"
#include "cmd/act_run.h"
#include "cmd/act_submit.h"
#include "cmd/net_config.h"
#include "cmd/out.h"
#include "cmd/run_int.h"
#include "submit/bundle/bundle.h"

static int on_intent(void *self, const char *key, const char *path, struct err *e)
{
    struct run *r = self;
    bool doubt = false;

    /* the room itself asks the service first after a doubt */
    return job_intent(r->job, "submit", key, path, &doubt, e);
}

static int on_done(void *self, const char *key, const struct jv *receipt, struct err *e)
{
    struct run *r = self;

    return job_acknowledge_take(r->job, "submit", key, receipt != NULL ? jv_copy(receipt) : NULL,
                                e);
}

static void on_progress(void *self, const char *path, size_t number, size_t count)
{
    struct run *r = self;
    char at[24], of[24];

    snprintf(at, sizeof at, "%zu", number);
    snprintf(of, sizeof of, "%zu", count);
    out_note(r->cmd, "cmd.submit.progress", at, of, path, NULL);
}

/* What a person has deposited by hand, or asked the service about: nothing is sent, whatever the
 * day is. `key`: complete, or declared; `result`: what `submit` would say of it. */
static bool is_over(const char *deposit, const char *key, struct jv *result)
{
    struct jv *receipts = NULL;
    bool yes = receipts_check(deposit, &receipts, NULL) == 0 && jv_get_bool(receipts, key);

    if (yes) {
        jv_put_text(result, "deposit", jv_get_text(receipts, "deposit"));
        jv_put_int(result, "files", (int64_t)jv_count(jv_get(receipts, "receipts")));
    }
    jv_free(receipts);
    return yes;
}

int run_submit(struct run *r, const struct job_step *s, struct jv *result, struct err *e)
{
    char *deposit = job_path(r->job, s->form, JOB_FOLDER_DEPOSIT);
    char *receipts = job_path(r->job, s->form, JOB_FOLDER_RECEIPTS);
    struct net_auth auth;
    struct net *net = NULL;
    struct fetcher fetcher;
    struct jv *sent = NULL;
    int rc = -1;
    struct act_submit_request request = {
        .folder = deposit,
        .to = config_get(r->cmd->config, "submit.to"),
        .allow_rejected = jv_is_true(job_setting(r->job, "allow-rejected")),
        .clock = r->cmd->clock,
        .watch = {.self = r, .intent = on_intent, .done = on_done, .progress = on_progress},
    };

    if (deposit == NULL || receipts == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (act_submit_check(request.to, e) != 0)
        goto out;
    bool by_hand = act_submit_by_hand(request.to);
    if (!is_over(deposit, by_hand ? "complete" : "declared", result)) {
        if (!by_hand) {
            if (net_from_config(r->cmd->config, &auth, &net, e) != 0)
                goto out;
            fetcher = net_fetcher(net);
        }
        if (act_submit(by_hand ? NULL : &fetcher, &request, &sent, e) != 0)
            goto out;
        if (by_hand) { /* the person deposits, and says so with `receipts --deposited` */
            jv_put_bool(result, "stop", true);
            jv_put_bool(result, "again", true);
            rc = 0;
            goto out;
        }
        jv_put_text(result, "deposit", jv_get_text(sent, "deposit"));
        jv_put_int(result, "files", (int64_t)jv_count(jv_get(sent, "files")));
    }
    if (job_acknowledge_rest(r->job, "submit", e) != 0)
        goto out;
    rc = run_receipts_keep(deposit, receipts, e);
out:
    jv_free(sent);
    net_close(net);
    free(deposit);
    free(receipts);
    return rc;
}

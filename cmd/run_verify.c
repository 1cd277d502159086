/* The stage "verify" of a job: rapport-signe.pdf to verdict.json. A broken or forbidden signature
 * ends the chain; what this machine cannot know (no anchor for the issuer, no answer on revocation)
 * is a remark, because it is no fault of the report. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/jv.h"
#include "cmd/act_run.h"
#include "cmd/act_verify.h"
#include "cmd/anchors.h"
#include "cmd/net_config.h"
#include "cmd/out.h"
#include "cmd/run_int.h"
#include "verify/policy.h"
#include "verify/verify.h"

struct judging {
    struct anchor_set anchors;
    struct jv *policy;
    struct net *net;
    struct net_auth auth;
    struct fetcher fetcher;
};

static bool is_valid(const struct jv *verdict)
{
    const char *v = jv_get_text(verdict, "verdict");

    return v != NULL && strcmp(v, "valid") == 0;
}

/* Without the network first: most often all that is needed stands in the file. */
static int judge(struct run *r, const char *path, struct judging *j, struct jv **verdict,
                 struct err *e)
{
    const struct config *c = r->cmd->config;
    const char *policy = config_get(c, "verify.policy");

    if (policy_load(policy != NULL ? policy : "eidas", &j->policy, e) != 0 ||
        anchors_open(&j->anchors, c, r->cmd->clock.now(r->cmd->clock.self), e) != 0)
        return -1;
    struct act_verify_request request = {
        .path = path,
        .trust = &j->anchors.signers,
        .trust_tsa = j->anchors.stamps.count > 0 ? &j->anchors.stamps : NULL,
        .services = j->anchors.services,
        .policy = j->policy,
        .at = r->cmd->clock.now(r->cmd->clock.self)};
    if (act_verify(&r->cmd->runner, NULL, &request, verdict, e) != 0)
        return -1;
    const char *v = jv_get_text(*verdict, "verdict");
    if (v == NULL || strcmp(v, "undetermined") != 0 ||
        (j->anchors.signers.count == 0 && j->anchors.services == NULL))
        return 0;
    if (net_from_config(c, &j->auth, &j->net, e) != 0)
        return -1;
    j->fetcher = net_fetcher(j->net);
    jv_free(*verdict);
    *verdict = NULL;
    return act_verify(&r->cmd->runner, &j->fetcher, &request, verdict, e);
}

static void judging_free(struct judging *j)
{
    anchors_close(&j->anchors);
    jv_free(j->policy);
    net_close(j->net);
}

int run_verify(struct run *r, const struct job_step *s, struct jv *result, struct err *e)
{
    char *path = job_path(r->job, s->form, JOB_FILE_SIGNED);
    char *out = job_path(r->job, s->form, JOB_FILE_VERDICT);
    struct judging j = {0};
    struct jv *verdict = NULL;
    int rc = -1;

    if (path == NULL || out == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (judge(r, path, &j, &verdict, e) != 0 || jv_save(verdict, out, true, e) != 0)
        goto out;
    const char *v = jv_get_text(verdict, "verdict"), *reason = jv_get_text(verdict, "reason");
    const struct jv *first = jv_at(jv_get(verdict, "signatures"), 0);
    jv_put_text(result, "signature", v);
    jv_put_text(result, "code", jv_get_text(verdict, "code"));
    jv_put_text(result, "level", jv_get_text(first, "level"));
    jv_put_text(result, "level_code", jv_get_text(first, "level_code"));
    rc = 0;
    if (is_valid(verdict))
        goto out;
    const char *name = job_form_name(r->job, s->form);
    out_note(r->cmd, "cmd.run.outcome", name, reason != NULL ? reason : "", NULL);
    if (v != NULL && strcmp(v, "undetermined") == 0)
        goto out;
    jv_put_int(result, "status", verify_status(verdict));
    jv_put_bool(result, "stop", true);
    jv_put_bool(result, "again", true);
out:
    judging_free(&j);
    jv_free(verdict);
    free(path);
    free(out);
    return rc;
}

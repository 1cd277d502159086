#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/secret.h"
#include "cmd/act_compare.h"
#include "cmd/act_verify.h"
#include "cmd/anchors.h"
#include "cmd/cmd_table.h"
#include "cmd/net_config.h"
#include "cmd/opt_groups.h"
#include "cmd/out.h"
#include "cmd/password.h"
#include "verify/policy.h"
#include "verify/report.h"
#include "verify/verify.h"

const struct opt cmd_verify_options[] = {
    OPTIONS_TRUST,
    {"policy", OPT_VALUE, NULL},
    {"at", OPT_VALUE, NULL},
    {"offline", OPT_FLAG, NULL},
    {"form", OPT_VALUE, NULL},
    {"initial", OPT_VALUE, NULL},
    {"ruleset", OPT_VALUE, NULL},
    {"report", OPT_VALUE, "html|xml|text"},
    {"output", OPT_VALUE, NULL},
    {"password-source", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

struct setup {
    struct anchor_set anchors;
    struct jv *policy;
    struct net *net;
    struct net_auth auth;
    struct fetcher fetcher;
    struct secret *password; /* NULL: the empty one */
    struct jv *verdicts;     /* for the report; NULL when none is wanted */
    int64_t at;
    bool online;
};

static void setup_free(struct setup *s)
{
    anchors_close(&s->anchors);
    jv_free(s->policy);
    net_close(s->net);
    secret_free(s->password);
    jv_free(s->verdicts);
}

/* "2026-11-23T10:11:12Z", or a day: its last second in Paris is meant by nobody, so its first
 * instant in UTC. */
static int time_read(const struct cmd *cmd, int64_t *out, struct err *e)
{
    const char *given = opt_get(cmd->options, "at");
    struct date day;

    if (given == NULL) {
        *out = cmd->clock.now(cmd->clock.self);
        return 0;
    }
    if (date_instant_parse(given, out) == 0)
        return 0;
    if (date_parse_iso(given, &day) != 0)
        return err_set(e, ERR_USAGE, "err.cmd.instant", given, NULL);
    *out = date_to_days(day) * 86400;
    return 0;
}

static int setup_read(struct setup *s, const struct cmd *cmd, struct err *e)
{
    const char *policy = config_get(cmd->config, "verify.policy");

    s->online = !opt_given(cmd->options, "offline");
    if (time_read(cmd, &s->at, e) != 0 ||
        policy_load(policy != NULL ? policy : "eidas", &s->policy, e) != 0 ||
        anchors_open(&s->anchors, cmd->config, cmd->clock.now(cmd->clock.self), e) != 0)
        return -1;
    const char *source = opt_get(cmd->options, "password-source");
    if (source != NULL && password_read(source, &s->password, e) != 0)
        return -1;
    if (opt_given(cmd->options, "report") != opt_given(cmd->options, "output"))
        return err_set(e, ERR_USAGE, "err.cmd.verify-report", NULL);
    if (opt_given(cmd->options, "report"))
        s->verdicts = jv_array();
    if (s->online) {
        if (net_from_config(cmd->config, &s->auth, &s->net, e) != 0)
            return -1;
        s->fetcher = net_fetcher(s->net);
    }
    return 0;
}

static void print_list(const struct jv *list, const char *id)
{
    for (size_t i = 0; i < jv_count(list); i++) {
        const char *sentence = jv_get_text(jv_at(list, i), "sentence");
        if (sentence != NULL && !verdict_said_before(list, i))
            out_say(id, sentence, NULL);
    }
}

static void print_signature(const struct cmd *cmd, const struct jv *s)
{
    const char *field = jv_get_text(s, "field"), *level = jv_get_text(s, "level");
    const char *signer = jv_get_text(jv_get(s, "signer"), "name");
    const char *why = jv_get_text(s, "level_reason"), *when = jv_get_text(s, "best_signature_time");
    const char *sub = jv_get_text(s, "sub_indication"), *main = jv_get_text(s, "indication");
    char indication[96];

    snprintf(indication, sizeof indication, "%s%s%s", main != NULL ? main : "?",
             sub != NULL ? "/" : "", sub != NULL ? sub : "");
    out_say(level != NULL ? "cmd.verify.signature" : "cmd.verify.stamp", field,
            signer != NULL ? signer : "?", indication, NULL);
    if (level != NULL && why != NULL)
        out_say("cmd.verify.level-why", level, why, NULL);
    else if (level != NULL)
        out_say("cmd.verify.level", level, NULL);
    if (when != NULL && level != NULL) {
        const char *source = jv_get_text(s, "best_signature_time_source");
        bool proven = source != NULL && strcmp(source, "validation-time") != 0;
        out_say(proven ? "cmd.verify.proven" : "cmd.verify.unproven", when, NULL);
    }
    print_list(jv_get(s, "findings"), "cmd.verify.finding");
    for (size_t i = 0; i < jv_count(jv_get(s, "changes")); i++) {
        const struct jv *c = jv_at(jv_get(s, "changes"), i);
        char revision[24];
        bool fine = jv_get_bool(c, "allowed");
        snprintf(revision, sizeof revision, "%lld", (long long)jv_get_int(c, "revision", 0));
        if (!fine || !cmd->quiet)
            out_say(fine ? "cmd.verify.change" : "cmd.verify.change-bad", revision,
                    jv_get_text(c, "sentence"), NULL);
    }
}

static void print_text(const struct cmd *cmd, const struct jv *verdict)
{
    char id[64];
    const char *reason = jv_get_text(verdict, "reason"), *v = jv_get_text(verdict, "verdict");
    enum out_tone tone = strcmp(v, "valid") == 0                                     ? OUT_GOOD
                         : strcmp(v, "invalid") == 0 || strcmp(v, "unreadable") == 0 ? OUT_BAD
                                                                                     : OUT_MIXED;

    snprintf(id, sizeof id, "cmd.verify.%s", v);
    out_verdict(cmd, tone, id, jv_get_text(verdict, "file"), reason != NULL ? reason : "", NULL);
    for (size_t i = 0; !cmd->quiet && i < jv_count(jv_get(verdict, "signatures")); i++)
        print_signature(cmd, jv_at(jv_get(verdict, "signatures"), i));
    const struct jv *comparison = jv_get(verdict, "comparison");
    if (!jv_is_object(comparison))
        return;
    out_say("cmd.verify.comparison", jv_get_text(comparison, "sentence"), NULL);
    print_list(jv_get(comparison, "differences"), "cmd.verify.finding");
    print_list(jv_get(comparison, "notes"), "cmd.verify.finding");
}

/* Adds "comparison" to the verdict. What is not the same as the form is not acceptable, whatever
 * the signature. */
static int compare(struct cmd *cmd, const struct setup *s, const char *path, struct jv *verdict,
                   int *status, struct err *e)
{
    struct act_compare_request request = {
        .path = path,
        .verdict = verdict,
        .check = {.form = opt_get(cmd->options, "form"),
                  .initial = opt_get(cmd->options, "initial"),
                  .deposit = date_in_paris(s->at),
                  .ruleset = opt_get(cmd->options, "ruleset")},
        .password = s->password != NULL ? secret_bytes(s->password) : NULL,
        .password_len = s->password != NULL ? secret_length(s->password) : 0};
    struct jv *comparison = NULL;

    if (request.check.form == NULL || *status == ERR_INPUT)
        return 0;
    if (act_compare(&cmd->runner, &request, &comparison, e) != 0)
        return -1;
    const char *result = jv_get_text(comparison, "result");
    if (*status == 0 && (result == NULL || strcmp(result, "same") != 0))
        *status = ERR_SIGNATURE;
    jv_put_take(verdict, "comparison", comparison);
    return 0;
}

static int verify_one(struct cmd *cmd, struct setup *s, const char *path, struct err *e)
{
    struct act_verify_request request = {
        .path = path,
        .trust = &s->anchors.signers,
        .trust_tsa = s->anchors.stamps.count > 0 ? &s->anchors.stamps : NULL,
        .services = s->anchors.services,
        .policy = s->policy,
        .at = s->at};
    struct jv *verdict = NULL;
    int status = -1, own = -1;

    if (s->password != NULL) {
        request.password = secret_bytes(s->password);
        request.password_len = secret_length(s->password);
    }

    if (act_verify(&cmd->runner, s->online ? &s->fetcher : NULL, &request, &verdict, e) != 0)
        return -1;
    own = verify_status(verdict);
    if (compare(cmd, s, path, verdict, &own, e) != 0)
        goto out;
    if (s->verdicts != NULL)
        jv_add_take(s->verdicts, jv_keep(verdict));
    if (!cmd->json)
        print_text(cmd, verdict);
    else if (out_json(verdict, cmd->nargs == 1, e) != 0)
        goto out;
    status = own;
out:
    jv_free(verdict);
    return status;
}

static int report_write(const struct cmd *cmd, const struct setup *s, struct err *e)
{
    const char *path = opt_get(cmd->options, "output");
    struct buf out;
    int rc = -1;

    if (s->verdicts == NULL)
        return 0;
    buf_init(&out, (size_t)ceilings.json_bytes);
    if (verdict_report(s->verdicts, opt_get(cmd->options, "report"), "paraphe " PARAPHE_VERSION,
                       &out, e) == 0)
        rc = strcmp(path, "-") == 0 ? file_write_all(STDOUT_FILENO, out.data, out.len, path, e)
                                    : file_put(path, out.data, out.len, true, e);
    buf_free(&out);
    return rc;
}

int cmd_verify_run(struct cmd *cmd, struct err *e)
{
    struct setup s = {0};
    int status = -1, worst = 0;

    if (setup_read(&s, cmd, e) != 0)
        goto out;
    for (size_t i = 0; i < jv_count(s.anchors.expired); i++)
        out_note(cmd, "cmd.verify.list-expired",
                 jv_get_text(jv_at(s.anchors.expired, i), "territory"),
                 jv_get_text(jv_at(s.anchors.expired, i), "next_update"), NULL);
    for (size_t i = 0; i < cmd->nargs; i++) {
        struct err own = ERR_INIT;
        int one = verify_one(cmd, &s, cmd->args[i], &own);
        if (one < 0 && cmd->nargs == 1) {
            *e = own;
            goto out;
        }
        if (one < 0) {
            out_error_of(cmd->args[i], NULL, &own, cmd->json);
            one = own.kind;
        }
        worst = i == 0 ? one : err_status_worst(worst, one);
    }
    if (report_write(cmd, &s, e) == 0)
        status = worst;
out:
    setup_free(&s);
    return status;
}

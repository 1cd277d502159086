#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "cmd/act_submit.h"
#include "cmd/cancel.h"
#include "cmd/cmd_table.h"
#include "cmd/net_config.h"
#include "cmd/out.h"

const struct opt cmd_submit_options[] = {
    {"to", OPT_VALUE, NULL}, {"client-cert", OPT_VALUE, NULL}, {"client-key", OPT_VALUE, NULL},
    {"ca", OPT_VALUE, NULL}, {"dry-run", OPT_FLAG, NULL},      {"allow-rejected", OPT_FLAG, NULL},
    {NULL, OPT_FLAG, NULL},
};

static void progress(void *self, const char *path, size_t number, size_t count)
{
    char at[24], of[24];

    snprintf(at, sizeof at, "%zu", number);
    snprintf(of, sizeof of, "%zu", count);
    out_note(self, "cmd.submit.progress", at, of, path, NULL);
}

static void print_by_hand(const struct jv *result, const char *folder)
{
    const struct jv *places = jv_get(result, "places"), *portal = jv_get(result, "portal");
    const char *url = jv_get_text(portal, "url");
    char number[24];

    out_say("cmd.submit.by-hand", jv_get_text(portal, "name"), url != NULL ? url : "", NULL);
    for (size_t i = 0; i < jv_count(places); i++) {
        const struct jv *p = jv_at(places, i);
        snprintf(number, sizeof number, "%02d", (int)jv_get_int(p, "number", 0));
        out_say("cmd.submit.place", number, jv_get_text(p, "title"), jv_get_text(p, "where"),
                jv_get_text(jv_get(p, "file"), "path"), NULL);
    }
    out_say("cmd.submit.checklist", jv_get_text(result, "checklist"), NULL);
    out_say("cmd.submit.then", folder, NULL);
}

static void print_files(const struct jv *result, bool complete)
{
    const struct jv *files = jv_get(result, "files");
    char id[64];

    for (size_t i = 0; i < jv_count(files); i++) {
        const struct jv *f = jv_at(files, i);
        snprintf(id, sizeof id, "cmd.submit.%.40s", jv_get_text(f, "state"));
        out_say(id, jv_get_text(f, "path"), jv_get_text(f, "url"), NULL);
    }
    if (complete)
        out_say("cmd.submit.complete", jv_get_text(result, "to"), NULL);
}

static int print(const struct cmd *cmd, const struct jv *result, struct err *e)
{
    if (cmd->json)
        return out_json(result, true, e);
    if (jv_get_bool(result, "by_hand"))
        print_by_hand(result, cmd->args[0]);
    else if (!cmd->quiet || !jv_get_bool(result, "complete"))
        print_files(result, jv_get_bool(result, "complete"));
    return 0;
}

int cmd_submit_run(struct cmd *cmd, struct err *e)
{
    struct act_submit_request request = {
        .folder = cmd->args[0],
        .to = config_get(cmd->config, "submit.to"),
        .dry_run = opt_given(cmd->options, "dry-run"),
        .allow_rejected = opt_given(cmd->options, "allow-rejected"),
        .clock = cmd->clock,
        .watch = {.self = cmd, .progress = cmd->json ? NULL : progress},
    };
    struct net_auth auth;
    struct net *net = NULL;
    struct jv *result = NULL;
    struct err late = ERR_INIT;

    cancel_sentence_set("cmd.submit.interrupted", request.folder);
    if (net_from_config(cmd->config, &auth, &net, e) != 0)
        return -1;
    struct fetcher fetcher = net_fetcher(net);
    int rc = act_submit(&fetcher, &request, &result, e);
    /* With --json the error is the one object; what was deposited before it stands in the receipts.
     */
    if (result != NULL && (rc == 0 || !cmd->json) && print(cmd, result, rc == 0 ? e : &late) != 0)
        rc = -1;
    jv_free(result);
    net_close(net);
    return rc;
}

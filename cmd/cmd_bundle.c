#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "cmd/act_bundle.h"
#include "cmd/act_dossier.h"
#include "cmd/cancel.h"
#include "cmd/cmd_table.h"
#include "cmd/dossier_print.h"
#include "cmd/judge.h"
#include "cmd/opt_groups.h"
#include "cmd/out.h"
#include "cmd/tsa.h"
#include "cmd/wire.h"
#include "dossier/dossier.h"
#include "sign/cms/stamp.h"
#include "submit/bundle/bundle.h"

const struct opt cmd_bundle_options[] = {
    {"output", OPT_VALUE, NULL},    {"encrypt-to", OPT_VALUE, NULL}, OPTIONS_JUDGE,
    {"with-forms", OPT_FLAG, NULL}, {"asice", OPT_FLAG, NULL},       {"tsa", OPT_LIST, NULL},
    {NULL, OPT_FLAG, NULL},
};

struct stamping {
    const struct cmd *cmd;
    const struct judge *judge;
    struct tsa_list tsa;
    struct jv *warnings; /* why each server but the last did not help */
    const void *data;
    size_t n;
};

/* {"format":"paraphe-bundle","version":1,"folder","already","manifest","dossier","warnings"?} */
static int print_json(const struct jv *status, const char *folder, const struct jv *manifest,
                      bool already, const struct jv *warnings, struct err *e)
{
    struct jv *top = jv_object();

    jv_put_text(top, "format", "paraphe-bundle");
    jv_put_int(top, "version", 1);
    jv_put_text(top, "folder", manifest != NULL ? folder : NULL);
    jv_put_bool(top, "already", already);
    jv_put_take(top, "manifest", manifest != NULL ? jv_copy(manifest) : jv_null());
    jv_put_take(top, "dossier", act_dossier_sentences(status));
    if (jv_count(warnings) > 0)
        jv_put_take(top, "warnings", jv_copy(warnings));
    int rc = out_json(top, true, e);
    jv_free(top);
    return rc;
}

static void print_text(const char *folder, const struct jv *manifest, bool already, bool sealed,
                       bool stamped)
{
    const struct jv *places = jv_get(manifest, "places"), *notes = jv_get(manifest, "notes");
    const struct jv *files = jv_get(manifest, "files");
    char number[24];

    out_say(already ? "cmd.bundle.already" : "cmd.bundle.made", folder, NULL);
    for (size_t i = 0; i < jv_count(places); i++) {
        const struct jv *p = jv_at(places, i);
        snprintf(number, sizeof number, "%02d", (int)jv_get_int(p, "number", 0));
        out_say("cmd.bundle.place", number, jv_get_text(p, "title"),
                jv_get_text(jv_get(p, "file"), "path"), NULL);
    }
    for (size_t i = 0; i < jv_count(notes); i++)
        out_say("cmd.bundle.note", jv_str(jv_at(notes, i)), NULL);
    for (size_t i = 0; i < jv_count(files); i++) {
        const char *path = jv_get_text(jv_at(files, i), "path");
        if (strcmp(jv_get_text(jv_at(files, i), "role"), "checklist") == 0 &&
            strstr(path, ".html") != NULL)
            out_say("cmd.bundle.checklist", folder, path, NULL);
    }
    if (sealed)
        out_say("cmd.bundle.sealed", folder, DEPOSIT_SEALED, NULL);
    if (stamped)
        out_say("cmd.bundle.stamped", folder, DEPOSIT_CONTAINER, NULL);
    out_say("cmd.bundle.next", folder, NULL);
}

static int refuse(const struct cmd *cmd, const struct jv *status, struct err *e)
{
    if (cmd->json && print_json(status, NULL, NULL, false, NULL, e) != 0)
        return -1;
    if (!cmd->json) {
        dossier_print(status);
        out_say("cmd.bundle.refused", NULL);
    }
    return (int)jv_get_int(status, "status", 1);
}

static int ask_stamp(void *self, const struct stamp_server *server, struct stamp *stamp,
                     struct err *e)
{
    const struct stamping *s = self;

    return stamp_get(s->judge->runner, &s->judge->fetcher, server, s->data, s->n, stamp, e);
}

/* The time-stamp of the container, by the servers of sign.tsa in their order, as for a signature.
 */
static int stamp_one(void *self, const void *data, size_t n, struct buf *token, struct err *e)
{
    struct stamping *s = self;
    const struct stamp_server *used = NULL;
    struct stamp got;
    struct wire w;

    if (s->warnings == NULL)
        s->warnings = jv_array();
    s->data = data;
    s->n = n;
    stamp_init(&got);
    wire_open(&w, s->cmd);
    int rc = tsa_ask(&w, s->tsa.servers, s->tsa.count, ask_stamp, s, &got, &used, s->warnings, e);
    for (size_t i = 0; (rc != 0 || !s->cmd->json) && i < jv_count(s->warnings); i++)
        out_note(s->cmd, "cmd.sign.warning", jv_get_text(jv_at(s->warnings, i), "message"), NULL);
    if (rc == 0) {
        buf_append(token, got.token.data, got.token.len);
        rc = buf_check(token, e);
    }
    wire_close(&w);
    stamp_free(&got);
    return rc;
}

static int make(struct cmd *cmd, const struct dossier *d, const struct jv *status,
                const struct act_dossier_request *r, struct stamping *stamping, struct err *e)
{
    struct bundle_stamp stamp = {stamping, stamp_one};
    struct act_bundle_request bundle = {.dossier = d,
                                        .status = status,
                                        .out = opt_get(cmd->options, "output"),
                                        .deposit = r->deposit,
                                        .instant = cmd->clock.now(cmd->clock.self),
                                        .encrypt_to = opt_get(cmd->options, "encrypt-to"),
                                        .encrypt_at = cmd->clock.now(cmd->clock.self),
                                        .stamp = opt_given(cmd->options, "asice") ? &stamp : NULL,
                                        .with_forms = opt_given(cmd->options, "with-forms")};
    struct jv *manifest = NULL;
    bool already = false;
    int rc = act_bundle(&bundle, &manifest, &already, e);

    if (rc == 0 && cmd->json)
        rc = print_json(status, bundle.out, manifest, already, stamping->warnings, e);
    else if (rc == 0 && !cmd->quiet)
        print_text(bundle.out, manifest, already, bundle.encrypt_to != NULL, bundle.stamp != NULL);
    jv_free(manifest);
    return rc;
}

int cmd_bundle_run(struct cmd *cmd, struct err *e)
{
    struct dossier *d = NULL;
    struct judge judge = {0};
    struct stamping stamping = {.cmd = cmd, .judge = &judge};
    struct jv *status = NULL;
    struct act_dossier_request r = {.judge = &judge,
                                    .ruleset = config_get(cmd->config, "check.ruleset"),
                                    .layout = config_get(cmd->config, "check.layout"),
                                    .allow_rejected = opt_given(cmd->options, "allow-rejected")};
    int rc = -1;

    if (!opt_given(cmd->options, "output"))
        return err_set(e, ERR_USAGE, "err.cmd.bundle-output", NULL);
    if (opt_given(cmd->options, "asice") &&
        (config_count(cmd->config, "sign.tsa") == 0 || opt_given(cmd->options, "offline")))
        return err_set(e, ERR_USAGE, "err.cmd.bundle-asice", NULL);
    cancel_sentence_set("cmd.bundle.interrupted", NULL);
    if (opt_given(cmd->options, "asice") &&
        (tsa_read(&stamping.tsa, cmd, e) != 0 || tsa_known(&stamping.tsa, cmd, e) != 0))
        goto out;
    if (cmd_deposit_date(cmd, &r.deposit, e) != 0 || judge_open(&judge, cmd, e) != 0 ||
        dossier_load(cmd->args[0], &d, e) != 0)
        goto out;
    r.dossier = d;
    if (act_dossier_status(&r, &status, e) != 0)
        goto out;
    rc = jv_get_int(status, "status", 1) != 0 ? refuse(cmd, status, e)
                                              : make(cmd, d, status, &r, &stamping, e);
out:
    if (rc < 0)
        cmd->remarks = jv_keep(stamping.warnings);
    jv_free(stamping.warnings);
    jv_free(status);
    dossier_free(d);
    judge_close(&judge);
    tsa_free(&stamping.tsa);
    return rc;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "cmd/cmd_table.h"
#include "cmd/net_config.h"
#include "cmd/out.h"
#include "trust/list.h"
#include "x509/cert.h"

const struct opt cmd_trust_options[] = {
    {"signer", OPT_LIST, NULL},
    {"url", OPT_VALUE, NULL},
    {"output", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

struct trust_net {
    struct net *net;
    struct net_auth auth;
    struct fetcher fetcher;
};

static int64_t now_of(const struct cmd *cmd)
{
    return cmd->clock.now(cmd->clock.self);
}

static void list_say(const struct cmd *cmd, const struct jv *list, const char *id)
{
    char sequence[24], services[24];
    const char *next = jv_get_text(list, "next_update");

    snprintf(sequence, sizeof sequence, "%lld", (long long)jv_get_int(list, "sequence", 0));
    snprintf(services, sizeof services, "%zu", jv_count(jv_get(list, "services")));
    if (!cmd->json)
        out_say(id, jv_get_text(list, "territory"), sequence, services, next != NULL ? next : "?",
                NULL);
}

static int list_keep(struct cmd *cmd, const char *folder, struct jv *list, const char *url,
                     struct err *e)
{
    jv_put_text(list, "url", url);
    if (trust_list_keep(folder, list, now_of(cmd), e) != 0)
        return -1;
    if (!cmd->quiet)
        list_say(cmd, list, "cmd.trust.kept");
    return 0;
}

/* ---- import ---- */
static int import(struct cmd *cmd, struct err *e)
{
    struct der_list signers = {NULL, 0};
    struct jv *list = NULL;
    char *folder = NULL;
    int fd = -1, rc = -1;

    if (cmd->nargs != 2 || opt_count(cmd->options, "signer") == 0)
        return err_set(e, ERR_USAGE, "err.cmd.trust-import", NULL);
    for (size_t i = 0; i < opt_count(cmd->options, "signer"); i++) {
        if (certs_from_file(&signers, opt_at(cmd->options, "signer", i), e) != 0)
            goto out;
    }
    if ((fd = file_read_sealed(cmd->args[1], (size_t)ceilings.http_bytes, e)) < 0 ||
        trust_list_read(&cmd->runner, fd, &signers, &list, e) != 0 ||
        (folder = trust_folder(true, e)) == NULL)
        goto out;
    rc = list_keep(cmd, folder, list, opt_get(cmd->options, "url"), e);
out:
    if (fd >= 0)
        close(fd);
    jv_free(list);
    free(folder);
    der_list_free(&signers);
    return rc;
}

/* ---- show ---- */
static void show_text(const struct cmd *cmd, const struct jv *lists)
{
    for (size_t i = 0; i < jv_count(lists); i++) {
        const struct jv *list = jv_at(lists, i);
        list_say(cmd, list,
                 trust_list_expired(list, now_of(cmd)) ? "cmd.trust.list-expired"
                                                       : "cmd.trust.list");
        for (size_t k = 0; cmd->verbose && k < jv_count(jv_get(list, "services")); k++) {
            const struct jv *s = jv_at(jv_get(list, "services"), k);
            const char *status = jv_get_text(jv_at(jv_get(s, "periods"), 0), "status");
            out_say("cmd.trust.service", jv_get_text(s, "provider"), jv_get_text(s, "name"),
                    jv_get_text(s, "type"), status != NULL ? status : "?", NULL);
        }
    }
    if (jv_count(lists) == 0)
        out_say("cmd.trust.none", NULL);
    for (size_t i = 0; i < config_count(cmd->config, "trust.anchors"); i++)
        out_say("cmd.trust.anchor", config_at(cmd->config, "trust.anchors", i),
                config_source(cmd->config, "trust.anchors"), NULL);
}

static int show(struct cmd *cmd, const struct jv *lists, struct err *e)
{
    struct jv *o;

    if (!cmd->json) {
        show_text(cmd, lists);
        return 0;
    }
    o = jv_object();
    jv_put_text(o, "format", "paraphe-trust");
    jv_put_int(o, "version", 1);
    jv_put_take(o, "lists", jv_copy(lists));
    int rc = out_json(o, true, e);
    jv_free(o);
    return rc;
}

/* ---- snapshot: the same lists always give the same bytes, so that its digest names them ---- */
static int snapshot(struct cmd *cmd, const struct jv *lists, struct err *e)
{
    const char *path = opt_get(cmd->options, "output");
    char hex[DIGEST_HEX_MAX];
    struct jv *o = NULL;
    struct buf text;
    int rc = -1;

    if (path == NULL)
        return err_set(e, ERR_USAGE, "err.cmd.trust-output", NULL);
    buf_init(&text, (size_t)ceilings.json_bytes);
    o = jv_object();
    jv_put_text(o, "format", "paraphe-trust-snapshot");
    jv_put_int(o, "version", 1);
    jv_put_take(o, "lists", jv_copy(lists));
    if (jv_print(o, true, &text, e) != 0 || file_put(path, text.data, text.len, true, e) != 0 ||
        digest_bytes_hex(text.data, text.len, hex, e) != 0)
        goto out;
    if (!cmd->json)
        out_done(cmd, "cmd.trust.snapshot", path, hex, NULL);
    rc = 0;
out:
    jv_free(o);
    buf_free(&text);
    return rc;
}

/* ---- update ---- */
/* Fetches, verifies by the signers that are pinned, keeps. What was there stays when anything
 * fails. */
static int update_one(struct cmd *cmd, struct trust_net *n, const char *folder, const char *url,
                      const struct jv *signers_hex, const char *territory, struct err *e)
{
    struct fetch_request request = {.kind = FETCH_LIST, .url = url};
    struct fetch_reply reply = {0};
    struct der_list signers = {NULL, 0};
    struct jv *list = NULL;
    struct buf body;
    int fd = -1, rc = -1;
    char status[16];

    buf_init(&body, (size_t)ceilings.http_bytes);
    reply.body = &body;
    if (der_list_read(&signers, signers_hex, e) != 0 ||
        n->fetcher.fetch(n->fetcher.self, &request, &reply, e) != 0)
        goto out;
    if (reply.status != 200) {
        snprintf(status, sizeof status, "%d", reply.status);
        err_set(e, ERR_NETWORK, "err.cmd.trust-fetch", url, status, NULL);
        goto out;
    }
    if ((fd = file_seal_bytes("list", body.data, body.len, e)) < 0 ||
        trust_list_read(&cmd->runner, fd, &signers, &list, e) != 0)
        goto out;
    const char *own = jv_get_text(list, "territory");
    if (own == NULL || strcmp(own, territory) != 0) {
        err_set(e, ERR_SIGNATURE, "err.cmd.trust-territory", url, own != NULL ? own : "?",
                territory, NULL);
        goto out;
    }
    rc = list_keep(cmd, folder, list, url, e);
out:
    if (fd >= 0)
        close(fd);
    jv_free(list);
    der_list_free(&signers);
    buf_free(&body);
    return rc;
}

static int update_named(struct cmd *cmd, struct trust_net *n, const char *folder,
                        const struct jv *lists, const char *territory)
{
    const struct jv *signers = NULL;
    const char *url = NULL;
    struct err e = ERR_INIT;

    if (!trust_list_source(lists, territory, &url, &signers))
        err_set(&e, ERR_USAGE, "err.cmd.trust-source", territory, NULL);
    else if (update_one(cmd, n, folder, url, signers, territory, &e) == 0)
        return 0;
    out_error(&e, cmd->json);
    return e.kind;
}

static int update(struct cmd *cmd, const char *folder, const struct jv *lists, struct err *e)
{
    struct trust_net n = {0};
    int worst = 0;

    if (net_from_config(cmd->config, &n.auth, &n.net, e) != 0)
        return -1;
    n.fetcher = net_fetcher(n.net);
    for (size_t i = 1; i < cmd->nargs; i++)
        worst = err_status_worst(worst, update_named(cmd, &n, folder, lists, cmd->args[i]));
    for (size_t i = 0; cmd->nargs == 1 && i < jv_count(lists); i++) {
        const char *territory = jv_get_text(jv_at(lists, i), "territory");
        if (territory != NULL)
            worst = err_status_worst(worst, update_named(cmd, &n, folder, lists, territory));
    }
    if (cmd->nargs == 1 && jv_count(lists) == 0)
        out_say("cmd.trust.none", NULL);
    net_close(n.net);
    return worst;
}

int cmd_trust_run(struct cmd *cmd, struct err *e)
{
    struct jv *lists = NULL;
    char *folder = NULL;
    int rc = -1;

    if (strcmp(cmd->args[0], "import") == 0)
        return import(cmd, e);
    folder = trust_folder(strcmp(cmd->args[0], "update") == 0, e);
    if (folder == NULL || trust_lists(folder, &lists, e) != 0)
        goto out;
    if (strcmp(cmd->args[0], "show") == 0)
        rc = show(cmd, lists, e);
    else if (strcmp(cmd->args[0], "snapshot") == 0)
        rc = snapshot(cmd, lists, e);
    else if (strcmp(cmd->args[0], "update") == 0)
        rc = update(cmd, folder, lists, e);
    else
        err_set(e, ERR_USAGE, "err.cmd.trust-what", cmd->args[0], NULL);
out:
    jv_free(lists);
    free(folder);
    return rc;
}

#include <string.h>
#include <strings.h>

#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_dossier.h"
#include "cmd/cmd_table.h"
#include "cmd/dossier_print.h"
#include "cmd/judge.h"
#include "cmd/opt_groups.h"
#include "cmd/out.h"
#include "dossier/dossier.h"

const struct opt cmd_dossier_options[] = {
    {"solution", OPT_VALUE, NULL},
    {"solution-version", OPT_VALUE, NULL},
    {"editor", OPT_VALUE, NULL},
    {"component", OPT_VALUE, NULL},
    {"title", OPT_VALUE, NULL},
    OPTIONS_PROXY,
    OPTIONS_JUDGE,
    {NULL, OPT_FLAG, NULL},
};

static int init(struct cmd *cmd, struct err *e)
{
    struct dossier_identity identity = {opt_get(cmd->options, "solution"),
                                        opt_get(cmd->options, "solution-version"),
                                        opt_get(cmd->options, "editor")};
    struct dossier *d = NULL;
    int rc = 0;

    if (cmd->nargs != 2)
        return err_set(e, ERR_USAGE, "err.cmd.dossier-one", NULL);
    if (dossier_create(cmd->args[1], &identity, &d, e) != 0)
        return -1;
    if (cmd->json)
        rc = out_json(dossier_json(d), true, e);
    else
        out_done(cmd, "cmd.dossier.made", cmd->args[1], NULL);
    dossier_free(d);
    return rc;
}

static int declare(const struct cmd *cmd, struct dossier *d, struct err *e)
{
    const char *company = opt_get(cmd->options, "proxy-of");
    const char *reason = opt_get(cmd->options, "no-proxy");

    if (company != NULL && reason != NULL)
        return err_set(e, ERR_USAGE, "err.cmd.dossier-proxy-both", NULL);
    if (company != NULL)
        return dossier_declare_proxy(d, company, opt_get(cmd->options, "reference"), e);
    if (opt_given(cmd->options, "reference"))
        return err_set(e, ERR_USAGE, "err.cmd.dossier-reference", NULL);
    return reason != NULL ? dossier_exempt_proxy(d, reason, e) : 0;
}

/* Forms before reports, whatever the order on the command line: a report is attached to a form. */
static int add_files(struct cmd *cmd, struct dossier *d, struct err *e)
{
    struct act_dossier_add r = {.dossier = d,
                                .runner = &cmd->runner,
                                .component = opt_get(cmd->options, "component"),
                                .title = opt_get(cmd->options, "title"),
                                .ruleset = config_get(cmd->config, "check.ruleset"),
                                .layout = config_get(cmd->config, "check.layout")};
    static const char *const said[] = {"cmd.dossier.added-form", "cmd.dossier.added-report",
                                       "cmd.dossier.added-proof"};

    if (cmd_deposit_date(cmd, &r.deposit, e) != 0)
        return -1;
    if ((r.component != NULL || r.title != NULL) && cmd->nargs > 3)
        return err_set(e, ERR_USAGE, "err.cmd.dossier-one-file", NULL);
    for (int reports = 0; reports < 2; reports++) {
        for (size_t i = 2; i < cmd->nargs; i++) {
            size_t n = strlen(cmd->args[i]);
            bool pdf = n > 4 && strcasecmp(cmd->args[i] + n - 4, ".pdf") == 0;
            enum act_dossier_kind kind = ACT_DOSSIER_FORM;
            const char *id = NULL;
            if (pdf != (reports == 1))
                continue;
            r.path = cmd->args[i];
            if (act_dossier_add(&r, &kind, &id, e) != 0)
                return -1;
            if (!cmd->json)
                out_done(cmd, said[kind], r.path, id, NULL);
        }
    }
    return 0;
}

static int add(struct cmd *cmd, struct err *e)
{
    struct dossier *d = NULL;
    struct dossier_identity identity = {opt_get(cmd->options, "solution"),
                                        opt_get(cmd->options, "solution-version"),
                                        opt_get(cmd->options, "editor")};

    if (cmd->nargs < 3 && !opt_given(cmd->options, "proxy-of") &&
        !opt_given(cmd->options, "no-proxy"))
        return err_set(e, ERR_USAGE, "err.cmd.dossier-nothing", NULL);
    if (dossier_load(cmd->args[1], &d, e) != 0)
        return -1;
    int rc = declare(cmd, d, e);
    dossier_identify(d, &identity);
    if (rc == 0)
        rc = add_files(cmd, d, e);
    /* All or nothing: a file that is refused leaves dossier.json as it was. */
    if (rc == 0)
        rc = dossier_save(d, e);
    if (rc == 0 && cmd->json)
        rc = out_json(dossier_json(d), true, e);
    dossier_free(d);
    return rc;
}

static int print_status(const struct cmd *cmd, const struct jv *status, struct err *e)
{
    if (!cmd->json) {
        dossier_print(status);
        out_say(jv_get_bool(status, "complete") ? "cmd.dossier.complete" : "cmd.dossier.incomplete",
                cmd->args[1], NULL);
        return 0;
    }
    struct jv *said = act_dossier_sentences(status);
    int rc = out_json(said, true, e);
    jv_free(said);
    return rc;
}

static int status(struct cmd *cmd, struct err *e)
{
    struct dossier *d = NULL;
    struct judge judge = {0};
    struct jv *found = NULL;
    struct act_dossier_request r = {.judge = &judge,
                                    .ruleset = config_get(cmd->config, "check.ruleset"),
                                    .layout = config_get(cmd->config, "check.layout"),
                                    .allow_rejected = opt_given(cmd->options, "allow-rejected")};
    int rc = -1;

    if (cmd->nargs != 2)
        return err_set(e, ERR_USAGE, "err.cmd.dossier-one", NULL);
    if (cmd_deposit_date(cmd, &r.deposit, e) != 0 || judge_open(&judge, cmd, e) != 0 ||
        dossier_load(cmd->args[1], &d, e) != 0)
        goto out;
    r.dossier = d;
    if (act_dossier_status(&r, &found, e) == 0 && print_status(cmd, found, e) == 0)
        rc = (int)jv_get_int(found, "status", 1);
out:
    jv_free(found);
    dossier_free(d);
    judge_close(&judge);
    return rc;
}

int cmd_dossier_run(struct cmd *cmd, struct err *e)
{
    static const struct {
        const char *name;
        int (*run)(struct cmd *cmd, struct err *e);
    } actions[] = {{"init", init}, {"add", add}, {"status", status}};

    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(cmd->args[0], actions[i].name) == 0)
            return actions[i].run(cmd, e);
    }
    return err_set(e, ERR_USAGE, "err.cmd.dossier-action", cmd->args[0], NULL);
}

#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_check.h"
#include "cmd/act_report.h"
#include "cmd/cmd_table.h"
#include "cmd/opt_groups.h"
#include "cmd/out.h"
#include "grid/say.h"

const struct opt cmd_report_options[] = {
    {"output", OPT_VALUE, NULL},
    {"deposit-date", OPT_VALUE, NULL},
    {"initial", OPT_VALUE, NULL},
    OPTIONS_RULES,
    {"report-lang", OPT_VALUE, "fr|en"},
    {"look", OPT_VALUE, NULL},
    {"attach", OPT_VALUE, "form,data|data|none"},
    {"replaces", OPT_VALUE, NULL},
    {"draft", OPT_FLAG, NULL},
    {"html", OPT_VALUE, NULL},
    {"png", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

extern char **environ;

/* Pictures of the pages by poppler's pdftoppm, DIR/page-01.png...; the PDF is our own, just
 * written. */
static int png_make(const char *pdf, const char *folder, struct err *e)
{
    char *prefix = path_join(folder, "page"), *input = NULL;
    pid_t child = 0;
    int status = 0, rc = -1;

    if (asprintf(&input, "%s%s", pdf[0] == '-' ? "./" : "", pdf) < 0)
        input = NULL;
    if (prefix == NULL || input == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (mkdir(folder, 0700) != 0 && errno != EEXIST) {
        err_set_errno(e, ERR_DISK, errno, "err.base.file-write", folder, NULL);
        goto out;
    }
    char *args[] = {(char[]){"pdftoppm"},
                    (char[]){"-png"},
                    (char[]){"-r"},
                    (char[]){"110"},
                    input,
                    prefix,
                    NULL};
    int failed = posix_spawnp(&child, "pdftoppm", NULL, NULL, args, environ);
    if (failed != 0) {
        err_set_errno(e, ERR_USAGE, failed, "err.cmd.report-png", NULL);
        goto out;
    }
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        continue;
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        err_set(e, ERR_DISK, "err.cmd.report-png-failed", folder, NULL);
    else
        rc = 0;
out:
    free(prefix);
    free(input);
    return rc;
}

/* What else the attached workbook holds, said before anybody sends it on. */
static void carries_say(const struct cmd *cmd, const struct jv *made)
{
    const struct jv *carries = jv_get(made, "carries");
    char id[96];

    if (jv_count(carries) == 0)
        return;
    out_note(cmd, "cmd.report.carries", NULL);
    for (size_t i = 0; i < jv_count(carries); i++) {
        snprintf(id, sizeof id, "cmd.report.carries.%s", jv_str(jv_at(carries, i)));
        out_note(cmd, "cmd.report.item", text(text_exists(id) ? id : "cmd.report.carries.other"),
                 NULL);
    }
}

static void replaced_say(const struct cmd *cmd, const struct jv *made)
{
    const struct jv *warnings = jv_get(made, "warnings");
    char number[32], id[64];

    if (jv_count(warnings) == 0)
        return;
    snprintf(number, sizeof number, "%zu", jv_count(warnings));
    out_note(cmd,
             text_plural(text_lang_get(), id, sizeof id, "cmd.report.replaced",
                         (long)jv_count(warnings)),
             number, NULL);
    for (size_t i = 0; i < jv_count(warnings) && i < 10; i++) {
        const struct jv *w = jv_at(warnings, i);
        const char *sheet = jv_get_text(w, "sheet"), *cell = jv_get_text(w, "cell");
        out_note(cmd, "cmd.report.replaced-at", sheet != NULL ? sheet : "–",
                 cell != NULL ? cell : "–", jv_get_text(w, "value"), NULL);
    }
}

static void made_say(const struct cmd *cmd, const struct jv *grid, const struct jv *made)
{
    char pages[32], kilobytes[32], outcome[SAY_MAX];

    snprintf(pages, sizeof pages, "%lld", (long long)jv_get_int(made, "pages", 0));
    snprintf(kilobytes, sizeof kilobytes, "%lld",
             (long long)(jv_get_int(made, "bytes", 0) + 999) / 1000);
    if (cmd->quiet)
        return;
    out_say("cmd.report.made", jv_get_text(made, "output"), pages, kilobytes, NULL);
    if (grid != NULL) { /* a cover report has a result for each form */
        say_outcome(text_lang_get(), grid, outcome);
        out_say("cmd.report.line", outcome, NULL);
    }
    out_say("cmd.report.line", say_caveat(text_lang_get()), NULL);
    if (jv_get_bool(made, "draft"))
        out_say("cmd.report.drafted", NULL);
}

static int request_fill(const struct cmd *cmd, struct act_report_request *q, struct err *e)
{
    *q = (struct act_report_request){
        .form = cmd->args[0],
        .output = opt_get(cmd->options, "output"),
        .html = opt_get(cmd->options, "html"),
        .lang = config_get(cmd->config, "report.lang"),
        .look = config_get(cmd->config, "report.look"),
        .attach = config_get(cmd->config, "report.attach"),
        .replaces = opt_get(cmd->options, "replaces"),
        .producer = "paraphe " PARAPHE_VERSION,
        .created = cmd->clock.now(cmd->clock.self),
        .draft = opt_given(cmd->options, "draft"),
    };
    if (q->output == NULL)
        return err_set(e, ERR_USAGE, "err.cmd.report-output", NULL);
    return 0;
}

/* Several forms: a cover report that sums them up. */
static int cover_run(struct cmd *cmd, struct act_check_request *check, struct act_report_request *q,
                     struct err *e)
{
    static const char *const single[] = {"initial", "replaces", "html"};
    const char *png = opt_get(cmd->options, "png");
    struct jv *grids = jv_array(), *grid = NULL, *made = NULL;
    int rc = -1;

    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++) {
        if (opt_given(cmd->options, single[i])) {
            err_set(e, ERR_USAGE, "err.cmd.report-single", single[i], NULL);
            goto out;
        }
    }
    for (size_t i = 0; i < cmd->nargs; i++) {
        check->form = cmd->args[i];
        if (act_check(&cmd->runner, check, &grid, e) != 0)
            goto out;
        jv_add_take(grids, grid);
    }
    q->grid = grids;
    if (act_cover(&cmd->runner, q, (const char *const *)cmd->args, &made, e) != 0 ||
        (png != NULL && png_make(q->output, png, e) != 0))
        goto out;
    replaced_say(cmd, made);
    rc = cmd->json ? out_json(made, true, e) : 0;
    if (!cmd->json)
        made_say(cmd, NULL, made);
out:
    jv_free(grids);
    jv_free(made);
    return rc;
}

int cmd_report_run(struct cmd *cmd, struct err *e)
{
    struct act_report_request q;
    struct act_check_request check = {
        .form = cmd->args[0],
        .initial = opt_get(cmd->options, "initial"),
        .ruleset = config_get(cmd->config, "check.ruleset"),
        .layout = config_get(cmd->config, "check.layout"),
    };
    const char *png = opt_get(cmd->options, "png");
    struct jv *grid = NULL, *made = NULL;
    int form_fd = 0, rc = -1;

    if (request_fill(cmd, &q, e) != 0 || cmd_deposit_date(cmd, &check.deposit, e) != 0)
        goto out;
    if (cmd->nargs > 1)
        return cover_run(cmd, &check, &q, e);
    check.form_fd = &form_fd;
    if (act_check(&cmd->runner, &check, &grid, e) != 0)
        goto out;
    q.grid = grid;
    q.form_fd = form_fd;
    if (act_report(&cmd->runner, &q, &made, e) != 0 ||
        (png != NULL && png_make(q.output, png, e) != 0))
        goto out;
    carries_say(cmd, made);
    replaced_say(cmd, made);
    rc = cmd->json ? out_json(made, true, e) : 0;
    if (!cmd->json)
        made_say(cmd, grid, made);
out:
    if (form_fd > 0)
        close(form_fd);
    jv_free(grid);
    jv_free(made);
    return rc;
}

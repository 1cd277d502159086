/* Two specimen forms, checked and reported, in a new folder: what the program does, without a card
 * and without a service. */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_check.h"
#include "cmd/act_report.h"
#include "cmd/cmd_table.h"
#include "cmd/out.h"
#include "data/data.h"
#include "grid/say.h"

const struct opt cmd_demo_options[] = {{"report-lang", OPT_VALUE, "fr|en"}, {NULL, OPT_FLAG, NULL}};

/* The forms' tests ended in September 2026: the deposit is that of the example, whatever the year.
 */
static const char deposit_day[] = "2026-11-23";
static const struct {
    const char *data, *form, *report;
} parts[] = {
    {"demo/formulaire-web.xlsx", "formulaire-web.xlsx", "rapport-web.pdf"},
    {"demo/formulaire-proxy.xlsx", "formulaire-proxy.xlsx", "rapport-proxy.pdf"},
};
enum { PARTS = sizeof parts / sizeof parts[0] };

static int report_make_one(struct cmd *cmd, const char *form, const char *output, struct jv *files,
                           struct err *e)
{
    struct jv *grid = NULL, *made = NULL;
    int fd = 0, rc = -1;
    struct act_check_request check = {.form = form, .form_fd = &fd, .rulesets_dir = ""};
    char line[SAY_MAX];

    if (date_parse_iso(deposit_day, &check.deposit) != 0)
        return err_set_bug(e, "the day of the demonstration");
    if (act_check(&cmd->runner, &check, &grid, e) != 0)
        return -1;
    struct act_report_request report = {.grid = grid,
                                        .form = form,
                                        .form_fd = fd,
                                        .output = output,
                                        .lang = config_get(cmd->config, "report.lang"),
                                        .producer = "paraphe " PARAPHE_VERSION,
                                        .created = cmd->clock.now(cmd->clock.self)};
    if (act_report(&cmd->runner, &report, &made, e) != 0)
        goto out;
    say_outcome(text_lang_get(), grid, line);
    struct jv *one = jv_object();
    jv_put_text(one, "form", form);
    jv_put_text(one, "report", output);
    jv_put_text(one, "message", line);
    jv_put_text(one, "outcome", jv_get_text(grid, "outcome"));
    jv_add_take(files, one);
    rc = 0;
out:
    jv_free(grid);
    jv_free(made);
    if (fd > 0)
        close(fd);
    return rc;
}

static int part_make(struct cmd *cmd, const char *folder, size_t i, struct jv *files, struct err *e)
{
    char *form = path_join(folder, parts[i].form), *output = path_join(folder, parts[i].report);
    const unsigned char *bytes = NULL;
    size_t n = 0;
    int rc = -1;

    if (form == NULL || output == NULL)
        err_set_memory(e);
    else if (data_find(parts[i].data, &bytes, &n) != 0)
        err_set_bug(e, parts[i].data);
    else if (file_put(form, bytes, n, false, e) == 0)
        rc = report_make_one(cmd, form, output, files, e);
    free(form);
    free(output);
    return rc;
}

static void made_say(const struct cmd *cmd, const char *folder, const struct jv *files)
{
    for (size_t i = 0; i < jv_count(files); i++) {
        const struct jv *one = jv_at(files, i);
        out_done(cmd, "cmd.demo.made", jv_get_text(one, "form"), jv_get_text(one, "message"),
                 jv_get_text(one, "report"), NULL);
    }
    out_done(cmd, "cmd.demo.caveat", NULL);
    out_done(cmd, "cmd.demo.next", folder, deposit_day, NULL);
}

int cmd_demo_run(struct cmd *cmd, struct err *e)
{
    const char *folder = cmd->nargs > 0 ? cmd->args[0] : "paraphe-demo";
    struct jv *files = jv_array();
    int rc = 0;

    if (mkdir(folder, 0700) != 0)
        rc = errno == EEXIST
                 ? err_set(e, ERR_USAGE, "err.cmd.demo-exists", folder, NULL)
                 : err_set_errno(e, ERR_DISK, errno, "err.base.file-write", folder, NULL);
    for (size_t i = 0; rc == 0 && i < PARTS; i++)
        rc = part_make(cmd, folder, i, files, e);
    if (rc == 0 && cmd->json) {
        struct jv *o = jv_object();
        jv_put_text(o, "format", "paraphe-demo");
        jv_put_int(o, "version", 1);
        jv_put_text(o, "folder", folder);
        jv_put_text(o, "deposit_date", deposit_day);
        jv_put_take(o, "parts", jv_keep(files));
        rc = out_json(o, true, e);
        jv_free(o);
    } else if (rc == 0) {
        made_say(cmd, folder, files);
    }
    jv_free(files);
    return rc;
}

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_check.h"
#include "cmd/cmd_table.h"
#include "cmd/out.h"
#include "grid/grid.h"
#include "grid/say.h"

const struct opt cmd_check_options[] = {
    {"deposit-date", OPT_VALUE, NULL}, {"initial", OPT_VALUE, NULL}, {"ruleset", OPT_VALUE, NULL},
    {"layout", OPT_VALUE, NULL},       {NULL, OPT_FLAG, NULL},
};

/* Each finding with its sentences, for programs that show them. */
static struct jv *with_sentences(const struct jv *list, bool findings)
{
    enum text_lang lang = text_lang_get();
    struct jv *out = jv_array();
    char message[SAY_MAX], remedy[SAY_MAX];

    for (size_t i = 0; i < jv_count(list); i++) {
        struct jv *o = jv_copy(jv_at(list, i));
        if (findings)
            say_finding(lang, o, message, remedy);
        else
            say_note(lang, o, message, remedy);
        jv_put_text(o, "message", message);
        jv_put_text(o, "remedy", *remedy != '\0' ? remedy : NULL);
        jv_add_take(out, o);
    }
    return out;
}

static void copy_keys(struct jv *to, const struct jv *grid, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct jv *v = jv_get(grid, keys[i]);
        jv_put_take(to, keys[i], v != NULL ? jv_copy(v) : jv_null());
    }
}

static int print_json(const struct jv *grid, const char *path, bool indented, struct err *e)
{
    static const char *const before[] = {"reference_date", "kind", "type"};
    static const char *const after[] = {"counts", "thresholds", "verdict"};
    static const char *const last[] = {"completeness", "outcome", "deposit_until", "ruleset"};
    enum text_lang lang = text_lang_get();
    struct jv *o = jv_object();
    char line[SAY_MAX];

    jv_put_text(o, "format", "paraphe-check");
    jv_put_int(o, "version", 1);
    jv_put_text(o, "form", path);
    jv_put_text(o, "sha256", jv_get_text(jv_get(grid, "form"), "sha256"));
    copy_keys(o, grid, before, 3);
    jv_put_text(o, "initial", jv_get_text(jv_get(grid, "initial"), "name"));
    copy_keys(o, grid, after, 3);
    jv_put_take(o, "findings", with_sentences(jv_get(grid, "findings"), true));
    copy_keys(o, grid, last, 4);
    jv_put_take(o, "notes", with_sentences(jv_get(grid, "notes"), false));
    say_outcome(lang, grid, line);
    jv_put_text(o, "message", line);
    say_deposit(lang, grid, line);
    jv_put_text(o, "deposit_message", *line != '\0' ? line : NULL);
    jv_put_text(o, "caveat", say_caveat(lang));
    int rc = out_json(o, indented, e);
    jv_free(o);
    return rc;
}

static bool is_warning(const struct jv *finding)
{
    const char *level = jv_get_text(finding, "level");

    return level != NULL && strcmp(level, "avertissement") == 0;
}

static void print_findings(const struct jv *findings, bool warnings)
{
    enum text_lang lang = text_lang_get();
    char place[SAY_MAX], message[SAY_MAX], remedy[SAY_MAX];
    bool headed = !warnings;

    for (size_t i = 0; i < jv_count(findings); i++) {
        const struct jv *f = jv_at(findings, i);
        if (is_warning(f) != warnings)
            continue;
        if (!headed)
            out_say("cmd.check.warnings", NULL);
        headed = true;
        say_place(lang, f, place);
        say_finding(lang, f, message, remedy);
        out_say("cmd.check.finding", place, message, NULL);
        out_say("cmd.check.remedy", remedy, NULL);
    }
}

static void print_notes(const struct jv *notes)
{
    char message[SAY_MAX], remedy[SAY_MAX];

    if (jv_count(notes) > 0)
        out_say("cmd.check.notes", NULL);
    for (size_t i = 0; i < jv_count(notes); i++) {
        say_note(text_lang_get(), jv_at(notes, i), message, remedy);
        out_say("cmd.check.remedy", message, NULL);
        if (*remedy != '\0')
            out_say("cmd.check.remedy", remedy, NULL);
    }
}

static void print_text(const struct cmd *cmd, const struct jv *grid, const char *path)
{
    enum text_lang lang = text_lang_get();
    char line[SAY_MAX];

    out_say("cmd.check.form", path, NULL);
    say_outcome(lang, grid, line);
    out_say("cmd.check.line", line, NULL);
    say_deposit(lang, grid, line);
    if (*line != '\0')
        out_say("cmd.check.line", line, NULL);
    out_say("cmd.check.line", say_caveat(lang), NULL);
    if (cmd->quiet)
        return;
    say_ruleset(lang, grid, line);
    if (*line != '\0')
        out_say("cmd.check.line", line, NULL);
    print_findings(jv_get(grid, "findings"), false);
    print_findings(jv_get(grid, "findings"), true);
    print_notes(jv_get(grid, "notes"));
}

int cmd_deposit_date(const struct cmd *cmd, struct date *out, struct err *e)
{
    const char *given = opt_get(cmd->options, "deposit-date");

    if (given == NULL) {
        *out = date_in_paris(cmd->clock.now(cmd->clock.self));
        return 0;
    }
    if (date_parse_iso(given, out) != 0)
        return err_set(e, ERR_USAGE, "err.cmd.date", given, NULL);
    return 0;
}

/* LibreOffice writes .~lock.NAME#, Excel ~$NAME beside a form that is open: what is on disk may not be the last word. */
static void note_if_open(struct jv *grid, const char *path)
{
    char *folder = path_folder(path);

    for (size_t i = 0; folder != NULL && i < 2; i++) {
        struct buf name = BUF_INIT(4096);
        buf_text(&name, i == 0 ? ".~lock." : "~$");
        buf_format(&name, "%s%s", path_name(path), i == 0 ? "#" : "");
        char *lock = path_join(folder, buf_str(&name));
        if (lock != NULL && access(lock, F_OK) == 0) {
            struct jv *o = jv_object();
            jv_put_null(o, "sheet");
            jv_put_null(o, "cell");
            jv_put_text(o, "code", "open-elsewhere");
            jv_put_text(o, "value", buf_str(&name));
            jv_add_take(jv_get(grid, "notes"), o);
        }
        free(lock);
        buf_free(&name);
    }
    free(folder);
}

/* One form: its status, or -1 for an error that stops all. An unreadable one is told and the others
 * go on. */
static int check_one(struct cmd *cmd, struct act_check_request *request, struct err *e)
{
    struct jv *grid = NULL;
    int rc = 0;

    if (act_check(&cmd->runner, request, &grid, e) != 0) {
        if (cmd->nargs == 1 || e->kind == ERR_USAGE || e->kind == ERR_BUG)
            return -1;
        out_error(e, cmd->json);
        int status = (int)e->kind;
        err_clear(e);
        return status;
    }
    note_if_open(grid, request->form);
    if (cmd->json)
        rc = print_json(grid, request->form, cmd->nargs == 1, e);
    else
        print_text(cmd, grid, request->form);
    int status = rc == 0 ? grid_status(grid) : -1;
    jv_free(grid);
    return status;
}

int cmd_check_run(struct cmd *cmd, struct err *e)
{
    struct act_check_request request = {
        .initial = opt_get(cmd->options, "initial"),
        .ruleset = config_get(cmd->config, "check.ruleset"),
        .layout = config_get(cmd->config, "check.layout"),
    };
    int status = 0;

    if (cmd_deposit_date(cmd, &request.deposit, e) != 0)
        return -1;
    for (size_t i = 0; i < cmd->nargs; i++) {
        request.form = cmd->args[i];
        int one = check_one(cmd, &request, e);
        if (one < 0)
            return -1;
        status = err_status_worst(status, one);
    }
    return status;
}

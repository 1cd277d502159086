#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_check.h"
#include "cmd/act_findings.h"
#include "cmd/check_pairs.h"
#include "cmd/cmd_table.h"
#include "cmd/opt_groups.h"
#include "cmd/out.h"
#include "cmd/owed.h"
#include "dossier/dossier.h"
#include "grid/grid.h"
#include "grid/group.h"
#include "grid/say.h"

const struct opt cmd_check_options[] = {
    {"deposit-date", OPT_VALUE, NULL}, {"initial", OPT_VALUE, NULL}, OPTIONS_RULES,
    {"findings", OPT_VALUE, NULL},     {"grid", OPT_VALUE, NULL},    {NULL, OPT_FLAG, NULL},
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

/* Of a re-evaluation: the points whose answer was Non, or changed. */
static struct jv *changes_of(const struct jv *grid)
{
    const struct jv *sheets = jv_get(grid, "sheets");
    struct jv *all = jv_array();

    for (size_t i = 0; i < jv_count(sheets); i++) {
        const struct jv *points = jv_get(jv_at(sheets, i), "points");
        for (size_t k = 0; k < jv_count(points); k++) {
            const struct jv *p = jv_at(points, k);
            const char *now = jv_get_text(p, "answer");
            const char *before = jv_get_text(jv_get(p, "initial"), "answer");
            bool same =
                now == before || (now != NULL && before != NULL && strcmp(now, before) == 0);
            if (same && (now == NULL || strcmp(now, "Non") != 0))
                continue;
            struct jv *o = jv_object();
            jv_put_text(o, "point", jv_get_text(p, "id"));
            jv_put_text(o, "before", before);
            jv_put_text(o, "after", now);
            jv_add_take(all, o);
        }
    }
    return all;
}

static void print_changes(const struct jv *grid)
{
    struct jv *changes = jv_is_null(jv_get(grid, "initial")) ? NULL : changes_of(grid);
    const char *none = text("cmd.check.unanswered");

    if (jv_count(changes) > 0)
        out_say("cmd.check.answers", NULL);
    for (size_t i = 0; i < jv_count(changes); i++) {
        const struct jv *c = jv_at(changes, i);
        const char *before = jv_get_text(c, "before"), *after = jv_get_text(c, "after");
        out_say("cmd.check.answer", jv_get_text(c, "point"), before != NULL ? before : none,
                after != NULL ? after : none, NULL);
    }
    jv_free(changes);
}

/* A report can still be made and signed, but nothing of it can be deposited. */
static bool is_expired(const struct jv *grid)
{
    const char *until = jv_get_text(grid, "deposit_until");
    const char *day = jv_get_text(grid, "reference_date");

    return until != NULL && day != NULL && strcmp(day, until) > 0;
}

/* What to do about the form as a whole; NULL when it is complete, passes and can be deposited. */
static const char *whole_remedy(const struct jv *grid)
{
    const char *completeness = jv_get_text(grid, "completeness");
    const char *outcome = jv_get_text(grid, "outcome");

    if (completeness != NULL && strcmp(completeness, "complete") != 0)
        return text("cmd.check.whole-correct");
    if (is_expired(grid))
        return text("cmd.check.whole-expired");
    return outcome != NULL && strcmp(outcome, "not-met") == 0 ? text("cmd.check.whole-not-met")
                                                              : NULL;
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
    if (!jv_is_null(jv_get(grid, "initial")))
        jv_put_take(o, "changes", changes_of(grid));
    jv_put_take(o, "notes", with_sentences(jv_get(grid, "notes"), false));
    say_outcome(lang, grid, line);
    jv_put_text(o, "message", line);
    jv_put_text(o, "remedy", whole_remedy(grid));
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

static bool is_no_warning(const struct jv *finding)
{
    return !is_warning(finding);
}

static void print_findings(const struct jv *findings)
{
    bool warned = false;

    owed_findings(NULL, findings, is_no_warning, SIZE_MAX);
    for (size_t i = 0; i < jv_count(findings) && !warned; i++)
        warned = is_warning(jv_at(findings, i));
    if (warned)
        out_say("cmd.check.warnings", NULL);
    owed_findings(NULL, findings, is_warning, SIZE_MAX);
}

static void print_notes(const struct jv *notes)
{
    char message[SAY_MAX], remedy[SAY_MAX];
    struct owed owed = {NULL, ""};

    if (jv_count(notes) > 0)
        out_say("cmd.check.notes", NULL);
    for (size_t i = 0; i < jv_count(notes); i++) {
        say_note(text_lang_get(), jv_at(notes, i), message, remedy);
        owed_turn(&owed, remedy);
        out_say("cmd.check.remedy", message, NULL);
    }
    owed_turn(&owed, NULL);
}

static enum out_tone tone_of(const struct jv *grid)
{
    const char *outcome = jv_get_text(grid, "outcome");

    if (outcome == NULL || strcmp(outcome, "not-met") == 0)
        return OUT_BAD;
    return strcmp(outcome, "met") == 0 ? OUT_GOOD : OUT_MIXED;
}

static void print_text(const struct cmd *cmd, const struct jv *grid, const char *path)
{
    enum text_lang lang = text_lang_get();
    char line[SAY_MAX];

    out_say("cmd.check.form", path, NULL);
    say_outcome(lang, grid, line);
    out_verdict(cmd, tone_of(grid), "cmd.check.line", line, NULL);
    say_deposit(lang, grid, line);
    if (*line != '\0')
        out_say("cmd.check.line", line, NULL);
    out_say("cmd.check.line", say_caveat(lang), NULL);
    if (cmd->quiet)
        return;
    say_ruleset(lang, grid, line);
    if (*line != '\0')
        out_say("cmd.check.line", line, NULL);
    print_changes(grid);
    print_findings(jv_get(grid, "findings"));
    print_notes(jv_get(grid, "notes"));
    if (cmd->nargs == 1 && strcmp(path, "-") != 0)
        out_say(strcmp(jv_get_text(grid, "completeness"), "complete") != 0 ? "cmd.check.next-check"
                : is_expired(grid) ? "cmd.check.next-expired"
                                   : "cmd.check.next-report",
                path, NULL);
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

/* LibreOffice writes .~lock.NAME#, Excel ~$NAME beside a form that is open: what is on disk may not
 * be the last word. */
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

/* One form, added to `forms` with its status: 0, the status of an error that is told while the
 * others go on, or -1 for one that stops all. `ready`: its grid document, taken, or its error, when
 * it was checked already; NULL. */
static int check_one(struct cmd *cmd, const struct act_check_request *request,
                     struct check_pair *ready, struct jv *forms, struct err *e)
{
    struct jv *grid = NULL;
    int rc = 0;

    if (ready != NULL && ready->grid != NULL) {
        grid = ready->grid;
        ready->grid = NULL;
    } else if (ready != NULL && err_is_set(&ready->failed)) {
        *e = ready->failed;
        rc = -1;
    } else {
        rc = act_check(&cmd->runner, request, &grid, e);
    }
    if (rc != 0) {
        if (cmd->nargs == 1 || e->kind == ERR_USAGE || e->kind == ERR_BUG)
            return -1;
        out_error_of(request->form, NULL, e, cmd->json);
        int status = (int)e->kind;
        err_clear(e);
        return status;
    }
    note_if_open(grid, request->form);
    if (cmd->json)
        rc = print_json(grid, request->form, cmd->nargs == 1, e);
    else
        print_text(cmd, grid, request->form);
    struct jv *form = jv_object();
    jv_put_text(form, "path", request->form);
    jv_put_int(form, "status", grid_status(grid));
    jv_put_take(form, "grid", grid);
    jv_add_take(forms, form);
    return rc;
}

static void print_group_text(const struct jv *group, const char *message)
{
    const struct jv *forms = jv_get(group, "forms"), *problems = jv_get(group, "problems");
    char number[24], day[SAY_MAX];

    out_line("");
    out_line(message);
    for (size_t i = 0; i < jv_count(forms); i++) {
        const struct jv *f = jv_at(forms, i);
        snprintf(number, sizeof number, "%lld", (long long)jv_get_int(f, "medium_non", 0));
        const char *type = jv_get_text(f, "type");
        out_say(jv_get_bool(f, "history") ? "grid.group.history" : "grid.group.form",
                jv_get_text(f, "form"),
                dossier_type_word(text_lang_get(), type, type != NULL ? type : "–"), number, NULL);
    }
    snprintf(number, sizeof number, "%lld", (long long)jv_get_int(group, "medium_non", 0));
    out_say("grid.group.medium", number, NULL);
    say_deposit(text_lang_get(), group, day);
    if (*day != '\0')
        out_line(day);
    for (size_t i = 0; i < jv_count(problems); i++) {
        const struct jv *p = jv_at(problems, i);
        out_say("cmd.check.line", jv_get_text(p, "message"), NULL);
        if (jv_get_text(p, "remedy") != NULL)
            out_say("cmd.check.remedy", jv_get_text(p, "remedy"), NULL);
    }
    out_line(say_caveat(text_lang_get()));
}

/* Several forms are taken as those of one solution. */
static struct jv *group_of(const struct jv *forms, const struct jv *unread)
{
    struct jv *grids = jv_array(), *group;

    for (size_t i = 0; i < jv_count(forms); i++)
        jv_add_take(grids, jv_keep(jv_get(jv_at(forms, i), "grid")));
    group = group_make(grids, unread);
    jv_free(grids);
    return group;
}

static int print_group(const struct cmd *cmd, struct jv *group, struct err *e)
{
    enum text_lang lang = text_lang_get();
    const struct jv *problems = jv_get(group, "problems");
    char line[SAY_MAX], remedy[SAY_MAX];

    for (size_t i = 0; i < jv_count(problems); i++) {
        struct jv *p = jv_at(problems, i);
        say_group_problem(lang, p, line, remedy);
        jv_put_text(p, "message", line);
        jv_put_text(p, "remedy", *remedy != '\0' ? remedy : NULL);
    }
    say_group(lang, group, line);
    jv_put_text(group, "message", line);
    if (cmd->json)
        return out_json(group, false, e);
    print_group_text(group, line);
    return 0;
}

/* A form that a valid re-evaluation beside it stands for counts no more; what is missing or
 * contradicts between the forms makes the whole incomplete. */
static int forms_status(const struct jv *forms, const struct jv *group)
{
    int status = jv_get_int(group, "unsettled", 0) > 0 ? ERR_FORM : 0;

    for (size_t i = 0; i < jv_count(forms); i++) {
        if (!jv_get_bool(jv_at(jv_get(group, "forms"), i), "history"))
            status = err_status_worst(status, (int)jv_get_int(jv_at(forms, i), "status", ERR_BUG));
    }
    return status;
}

static void said_written(const struct cmd *cmd, const char *path)
{
    if (!cmd->json)
        out_done(cmd, "cmd.check.written", path, NULL);
}

/* The grid document itself, for firms that keep their results elsewhere. It holds the comments:
 * mode 0600. */
static int save_grid(const struct cmd *cmd, const struct jv *forms, struct err *e)
{
    const char *path = opt_get(cmd->options, "grid");
    struct buf out = BUF_INIT((size_t)ceilings.json_bytes);

    if (path == NULL)
        return 0;
    if (jv_count(forms) != 1)
        return err_set(e, ERR_USAGE, "err.cmd.grid-one", NULL);
    int rc = jv_print(jv_get(jv_at(forms, 0), "grid"), true, &out, e);
    buf_char(&out, '\n');
    if (rc == 0)
        rc = file_put(path, out.data, out.len, false, e);
    if (rc == 0)
        said_written(cmd, path);
    buf_free(&out);
    return rc;
}

int cmd_check_run(struct cmd *cmd, struct err *e)
{
    struct act_check_request request = {
        .initial = opt_get(cmd->options, "initial"),
        .ruleset = config_get(cmd->config, "check.ruleset"),
        .layout = config_get(cmd->config, "check.layout"),
        .brief = opt_get(cmd->options, "grid") == NULL,
    };
    const char *list = opt_get(cmd->options, "findings");
    struct jv *forms = jv_array(), *unread = jv_array(), *group = NULL;
    struct check_pair *pairs = NULL;
    bool several = cmd->nargs > 1 && cmd->nargs <= PAIRS_MAX;
    int status = cmd_deposit_date(cmd, &request.deposit, e);

    if (status >= 0 && several && (pairs = check_pairs(cmd, &request, cmd->nargs, e)) == NULL)
        status = -1;
    for (size_t i = 0; status >= 0 && i < cmd->nargs; i++) {
        request.form = cmd->args[i];
        if (several) {
            request.initial = pairs[i].initial;
            request.last_day = pairs[i].last_day;
        }
        int one = check_one(cmd, &request, several ? &pairs[i] : NULL, forms, e);
        status = one < 0 ? -1 : err_status_worst(status, one);
        if (one > 0)
            jv_add_text(unread, path_name(request.form));
    }
    if (jv_count(forms) > 1 && jv_count(forms) <= PAIRS_MAX)
        group = group_of(forms, unread);
    if (status >= 0 && group != NULL && print_group(cmd, group, e) != 0)
        status = -1;
    if (status >= 0)
        status = err_status_worst(status, forms_status(forms, group));
    if (status >= 0 && save_grid(cmd, forms, e) != 0)
        status = -1;
    if (status >= 0 && list != NULL) {
        if (act_findings(forms, list, text_lang_get(), e) != 0)
            status = -1;
        else
            said_written(cmd, list);
    }
    check_pairs_free(pairs, cmd->nargs);
    jv_free(forms);
    jv_free(unread);
    jv_free(group);
    return status;
}

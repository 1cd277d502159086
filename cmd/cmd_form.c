#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_form.h"
#include "cmd/cmd_form.h"
#include "cmd/cmd_table.h"
#include "cmd/opt_groups.h"
#include "cmd/out.h"
#include "grid/grid.h"

const struct opt cmd_form_options[] = {
    {"csv", OPT_FLAG, NULL}, {"output", OPT_VALUE, NULL}, OPTIONS_RULES,
    {"id", OPT_VALUE, NULL}, {"title", OPT_VALUE, NULL},  {"source", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

/* A form on disk with layout and rule sets, ready for a task. */
struct opened {
    struct grid_request request;
    struct jv *layout, *rulesets, *known;
};

static int open_form(struct cmd *cmd, const char *path, struct opened *o, struct err *e)
{
    const char *wanted = config_get(cmd->config, "check.ruleset");
    char *folder = act_rulesets_folder();
    int rc = -1;

    *o = (struct opened){.rulesets = jv_array()};
    o->request =
        (struct grid_request){.form_fd = -1, .initial_fd = -1, .form_name = path_name(path)};
    o->request.deposit = date_in_paris(cmd->clock.now(cmd->clock.self));
    if (wanted != NULL && act_ruleset_is_path(wanted)) {
        const struct jv *found = NULL;
        o->known = jv_array();
        if (act_ruleset_add(o->rulesets, wanted, e) != 0 ||
            (found = act_ruleset_find(o->known, wanted, e)) == NULL)
            goto out;
        wanted = jv_get_text(jv_get(found, "ruleset"), "id");
    }
    if (act_rulesets_load(folder, o->rulesets, e) != 0 ||
        act_layout_read(config_get(cmd->config, "check.layout"), &o->layout, e) != 0)
        goto out;
    o->request.ruleset = wanted;
    o->request.rulesets = o->rulesets;
    o->request.layout = o->layout;
    o->request.form_fd = file_read_sealed(path, (size_t)ceilings.form_file_bytes, e);
    rc = o->request.form_fd >= 0 ? 0 : -1;
out:
    free(folder);
    return rc;
}

static void close_form(struct opened *o)
{
    if (o->request.form_fd >= 0)
        close(o->request.form_fd);
    jv_free(o->layout);
    jv_free(o->rulesets);
    jv_free(o->known);
}

static int form_explain(struct cmd *cmd, struct err *e)
{
    struct opened o;
    struct jv *doc = NULL;
    int rc = open_form(cmd, cmd->args[1], &o, e);

    if (rc == 0)
        rc = grid_explain(&cmd->runner, &o.request, &doc, e);
    if (rc == 0 && cmd->json)
        rc = out_json(doc, true, e);
    else if (rc == 0)
        form_print_explain(doc);
    jv_free(doc);
    close_form(&o);
    return rc;
}

static int form_cells(struct cmd *cmd, struct err *e)
{
    char chunk[1 << 15];
    int form = file_read_sealed(cmd->args[1], (size_t)ceilings.form_file_bytes, e);
    int out = form >= 0 ? file_memory("cells", e) : -1;
    int rc =
        out >= 0 ? grid_cells(&cmd->runner, form, path_name(cmd->args[1]), !cmd->json, out, e) : -1;
    int64_t at = 0;
    ssize_t n;

    while (rc == 0 && (n = pread(out, chunk, sizeof chunk, at)) > 0) {
        fwrite(chunk, 1, (size_t)n, stdout);
        at += n;
    }
    if (form >= 0)
        close(form);
    if (out >= 0)
        close(out);
    return rc;
}

/* Whoever supplies the blank form is an interested party: a second copy of a version is compared
 * with the first. */
static void warn_if_other(const struct cmd *cmd, const struct jv *ruleset, const struct jv *known)
{
    const char *version = jv_get_text(ruleset, "form_version");
    char count[24];

    for (size_t i = 0; version != NULL && i < jv_count(known); i++) {
        const struct jv *k = jv_at(known, i), *other = jv_get(k, "ruleset");
        const char *its = jv_get_text(other, "form_version");
        if (its == NULL || strcmp(its, version) != 0)
            continue;
        struct jv *diff = act_ruleset_diff(other, ruleset);
        snprintf(count, sizeof count, "%zu", jv_count(diff));
        out_note(cmd, jv_count(diff) > 0 ? "cmd.form.learn-differs" : "cmd.form.learn-same",
                 form_where(k), version, count, NULL);
        jv_free(diff);
    }
}

static bool same_tab(const struct jv *a, const struct jv *b)
{
    const char *x = jv_get_text(a, "type"), *y = jv_get_text(b, "type");

    return strcmp(jv_get_text(a, "role"), jv_get_text(b, "role")) == 0 &&
           (x == NULL || y == NULL || strcmp(x, y) == 0);
}

/* The points of a tab with all its parts; 0 for a further part. */
static int64_t points_of(const struct jv *tabs, size_t i)
{
    int64_t n = 0;

    for (size_t k = 0; k < jv_count(tabs); k++) {
        if (!same_tab(jv_at(tabs, k), jv_at(tabs, i)))
            continue;
        if (k < i)
            return 0;
        n += (int64_t)jv_count(jv_get(jv_at(tabs, k), "points"));
    }
    return n;
}

/* What the blank form answers counts as answered: a form that somebody filled is no blank one. */
static void warn_if_filled(const struct cmd *cmd, const struct jv *ruleset)
{
    const struct jv *filled = jv_get(jv_get(ruleset, "blank"), "prefilled");
    char count[24];
    size_t n = 0;

    for (size_t i = 0; i < jv_count(filled); i++) {
        const char *answer = jv_get_text(jv_at(filled, i), "answer");
        n += answer != NULL && grid_is_answer(answer);
    }
    snprintf(count, sizeof count, "%zu", n);
    if (n > 0)
        out_note(cmd, "cmd.form.learn-filled", count, NULL);
}

/* What the person has to know of a blank form that is odd in itself: points without a known
 * severity, which make each form one to correct, and identifiers that it gives twice. */
static void warn_of_points(const struct cmd *cmd, const struct jv *ruleset)
{
    const struct jv *tabs = jv_get(ruleset, "tabs");
    const struct jv *repeated = jv_get(jv_get(ruleset, "blank"), "repeated");
    const char *first = NULL;
    char count[24];
    size_t n = 0;

    for (size_t i = 0; i < jv_count(tabs); i++) {
        const struct jv *points = jv_get(jv_at(tabs, i), "points");
        for (size_t k = 0; k < jv_count(points); k++) {
            if (jv_get_text(jv_at(points, k), "severity") != NULL)
                continue;
            first = first != NULL ? first : jv_get_text(jv_at(points, k), "id");
            n++;
        }
    }
    snprintf(count, sizeof count, "%zu", n);
    if (n > 0)
        out_note(cmd, "cmd.form.learn-severity", count, first, NULL);
    snprintf(count, sizeof count, "%zu", jv_count(repeated));
    if (jv_count(repeated) > 0)
        out_note(cmd, "cmd.form.learn-repeated", count, jv_get_text(jv_at(repeated, 0), "point"),
                 NULL);
}

/* A blank form that is not whole would make each form seem whole. */
static void warn_if_odd(const struct cmd *cmd, const struct jv *ruleset)
{
    const struct jv *tabs = jv_get(ruleset, "tabs"), *ranges = jv_get(ruleset, "expected_counts");
    char count[24], least[24], most[24];

    for (size_t i = 0; i < jv_count(tabs); i++) {
        const struct jv *tab = jv_at(tabs, i), *range = jv_get(ranges, jv_get_text(tab, "role"));
        int64_t n = points_of(tabs, i), from = jv_num(jv_at(range, 0), 0),
                to = jv_num(jv_at(range, 1), INT64_MAX);
        snprintf(count, sizeof count, "%lld", (long long)n);
        snprintf(least, sizeof least, "%lld", (long long)from);
        snprintf(most, sizeof most, "%lld", (long long)to);
        if (n > 0 && (n < from || n > to))
            out_note(cmd, "cmd.form.learn-count", jv_get_text(tab, "name"), count, least, most,
                     NULL);
    }
}

/* Folders of our own are made 0700 on the way. */
static int make_folders(char *path, struct err *e)
{
    for (char *p = strchr(path + 1, '/'); p != NULL; p = strchr(p + 1, '/')) {
        *p = '\0';
        if (mkdir(path, 0700) != 0 && errno != EEXIST)
            return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", path, NULL);
        *p = '/';
    }
    return 0;
}

static int save(const struct cmd *cmd, const struct jv *ruleset, struct err *e)
{
    const char *given = opt_get(cmd->options, "output"), *id = jv_get_text(ruleset, "id");
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes), name = BUF_INIT(512);
    char *folder = NULL, *path = NULL;
    int rc = jv_print(ruleset, true, &text, e);

    buf_char(&text, '\n');
    if (rc == 0 && given != NULL && strcmp(given, "-") == 0) {
        fwrite(text.data, 1, text.len, stdout);
        goto out;
    }
    folder = act_rulesets_folder();
    buf_format(&name, "%s.json", id);
    if (rc == 0 && given == NULL &&
        (folder == NULL || !path_stays_inside(buf_str(&name)) ||
         strchr(buf_str(&name), '/') != NULL))
        rc = err_set(e, ERR_USAGE, "err.cmd.form-output", NULL);
    if (rc == 0) {
        path = given != NULL ? strdup(given) : path_join(folder, buf_str(&name));
        rc = path == NULL ? err_set_memory(e) : given == NULL ? make_folders(path, e) : 0;
    }
    if (rc == 0)
        rc = file_put(path, text.data, text.len, false, e);
    if (rc == 0)
        out_done(cmd, "cmd.form.learned", path, id, NULL);
    if (rc == 0 && !cmd->quiet)
        form_print_provenance(ruleset);
out:
    buf_free(&text);
    buf_free(&name);
    free(folder);
    free(path);
    return rc;
}

static int form_learn(struct cmd *cmd, struct err *e)
{
    struct grid_learn learn = {opt_get(cmd->options, "id"), opt_get(cmd->options, "title"),
                               opt_get(cmd->options, "source")};
    struct opened o;
    struct jv *doc = NULL, *known = NULL;
    int rc = open_form(cmd, cmd->args[1], &o, e);

    if (rc == 0)
        rc = grid_learn(&cmd->runner, &o.request, &learn, &doc, e);
    if (rc == 0)
        rc = act_rulesets_known(&known, e);
    if (rc == 0)
        warn_if_other(cmd, doc, known);
    if (rc == 0)
        warn_if_odd(cmd, doc);
    if (rc == 0)
        warn_if_filled(cmd, doc);
    if (rc == 0)
        warn_of_points(cmd, doc);
    if (rc == 0)
        rc = save(cmd, doc, e);
    if (rc == 0 && learn.source == NULL)
        out_note(cmd, "cmd.form.no-source", NULL);
    jv_free(doc);
    jv_free(known);
    close_form(&o);
    return rc;
}

static int form_list(struct cmd *cmd, struct err *e)
{
    struct jv *known = NULL;
    int rc = act_rulesets_known(&known, e);

    if (rc == 0 && cmd->json)
        rc = form_json_list(known, e);
    else if (rc == 0)
        form_print_list(known);
    jv_free(known);
    return rc;
}

static int form_show(struct cmd *cmd, struct err *e)
{
    struct jv *known = NULL;
    const struct jv *k = NULL;
    int rc = act_rulesets_known(&known, e);

    if (rc == 0)
        k = act_ruleset_find(known, cmd->args[1], e);
    rc = k != NULL ? 0 : -1;
    if (rc == 0 && cmd->json)
        rc = out_json(jv_get(k, "ruleset"), true, e);
    else if (rc == 0)
        form_print_ruleset(k);
    jv_free(known);
    return rc;
}

static int form_diff(struct cmd *cmd, struct err *e)
{
    struct jv *known = NULL, *diff = NULL;
    const struct jv *a = NULL, *b = NULL;
    int rc = act_rulesets_known(&known, e);

    if (rc == 0)
        a = act_ruleset_find(known, cmd->args[1], e);
    if (a != NULL)
        b = act_ruleset_find(known, cmd->args[2], e);
    rc = b != NULL ? 0 : -1;
    if (rc == 0)
        diff = act_ruleset_diff(jv_get(a, "ruleset"), jv_get(b, "ruleset"));
    if (rc == 0 && cmd->json)
        rc = form_json_diff(a, b, diff, e);
    else if (rc == 0)
        form_print_diff(diff);
    jv_free(diff);
    jv_free(known);
    return rc;
}

int cmd_form_run(struct cmd *cmd, struct err *e)
{
    static const struct {
        const char *name;
        size_t args;
        int (*run)(struct cmd *cmd, struct err *e);
    } verbs[] = {
        {"explain", 2, form_explain}, {"cells", 2, form_cells}, {"learn", 2, form_learn},
        {"list", 1, form_list},       {"show", 2, form_show},   {"diff", 3, form_diff},
    };

    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        if (strcmp(cmd->args[0], verbs[i].name) != 0)
            continue;
        if (cmd->nargs != verbs[i].args)
            return err_set(e, ERR_USAGE, "err.cmd.form-args", verbs[i].name, NULL);
        return verbs[i].run(cmd, e);
    }
    return err_set(e, ERR_USAGE, "err.cmd.form-verb", cmd->args[0], NULL);
}

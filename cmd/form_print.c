#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/jv.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cmd/cmd_form.h"
#include "cmd/out.h"

enum { TITLE_MAX = 1200 };

/* The name of a sheet and, where it has several tables, the title of this one. */
static const char *title_of(const struct jv *sheet, char out[TITLE_MAX])
{
    const char *name = jv_get_text(sheet, "name"), *part = jv_get_text(sheet, "part");

    snprintf(out, TITLE_MAX, "%s%s%s", name != NULL ? name : "", part != NULL ? " – " : "",
             part != NULL ? part : "");
    out[utf8_whole_length(out, strlen(out))] = '\0';
    return out;
}

static const char *or_dash(const char *s)
{
    return s != NULL && *s != '\0' ? s : "–";
}

static void number(const struct jv *o, const char *key, char out[24])
{
    snprintf(out, 24, "%lld", (long long)jv_get_int(o, key, 0));
}

/* "cmd.form.KIND.NAME" when there is such a text, else the name. */
static const char *word(const char *kind, const char *name)
{
    static char id[96];

    if (name == NULL)
        return "–";
    snprintf(id, sizeof id, "cmd.form.%s.%s", kind, name);
    return text_exists(id) ? text(id) : name;
}

static void print_columns(const struct jv *columns, const char *line)
{
    for (size_t i = 0; i < jv_count(columns); i++) {
        const struct jv *c = jv_at(columns, i);
        out_say(line, or_dash(jv_get_text(c, "column")), or_dash(jv_get_text(c, "label")),
                or_dash(jv_get_text(c, "id")), word("by", jv_get_text(c, "by")), NULL);
    }
}

static void join(const struct jv *names, struct buf *out)
{
    for (size_t i = 0; i < jv_count(names); i++)
        buf_format(out, "%s%s", i > 0 ? ", " : "", jv_str(jv_at(names, i)));
}

static void print_sheet(const struct jv *s)
{
    struct buf missing = BUF_INIT(4096);
    char row[24], points[24];

    number(s, "header_row", row);
    number(s, "points", points);
    char whole[TITLE_MAX];
    out_say("cmd.form.sheet", title_of(s, whole), word("use", jv_get_text(s, "use")),
            word("why", jv_get_text(s, "why")), word("state", jv_get_text(s, "state")), NULL);
    long count = (long)jv_get_int(s, "points", 0);
    char id[32];
    if (jv_is_null(jv_get(s, "header_row"))) /* of a grid document */
        out_say(text_plural(text_lang_get(), id, sizeof id, "cmd.form.points", count), points,
                NULL);
    else if (jv_get_int(s, "header_row", 0) == 0)
        return;
    else
        out_say(text_plural(text_lang_get(), id, sizeof id, "cmd.form.header", count), row, points,
                NULL);
    print_columns(jv_get(s, "columns"), "cmd.form.column");
    print_columns(jv_get(s, "columns_unknown"), "cmd.form.column-unknown");
    join(jv_get(s, "columns_missing"), &missing);
    if (missing.len > 0)
        out_say("cmd.form.columns-missing", buf_str(&missing), NULL);
    if (jv_get_bool(s, "ticked"))
        out_say("cmd.form.ticked", NULL);
    buf_clear(&missing);
    join(jv_get(s, "columns_rival"), &missing);
    if (missing.len > 0)
        out_say("cmd.form.columns-rival", buf_str(&missing), NULL);
    buf_free(&missing);
}

static void print_labels(const struct jv *labels)
{
    for (size_t i = 0; i < jv_count(labels); i++) {
        const struct jv *o = jv_at(labels, i);
        out_say("cmd.form.label-unknown", jv_get_text(o, "cell"), jv_get_text(o, "label"), NULL);
    }
}

static void print_field(const struct jv *f)
{
    const char *sheet = jv_get_text(f, "sheet"), *cell = jv_get_text(f, "cell");
    bool filled = jv_get_bool(f, "filled"), placed = sheet != NULL && cell != NULL;

    out_say(placed   ? filled ? "cmd.form.field" : "cmd.form.field-empty"
            : filled ? "cmd.form.field-unplaced"
                     : "cmd.form.field-unplaced-empty",
            or_dash(jv_get_text(f, "id")), or_dash(jv_get_text(f, "label")), or_dash(sheet),
            or_dash(cell), NULL);
}

void form_print_explain(const struct jv *doc)
{
    const struct jv *rules = jv_get(doc, "ruleset"), *candidates = jv_get(rules, "candidates");
    const struct jv *sheets = jv_get(doc, "sheets"), *fields = jv_get(doc, "fields");
    struct buf missing = BUF_INIT(8192);
    char percent[24];

    const char *type = jv_get_text(doc, "type");
    if (type != NULL && strcmp(type, "grid") == 0)
        out_say("cmd.form.no-workbook", NULL);
    out_say("cmd.form.version", or_dash(jv_get_text(doc, "form_version")), NULL);
    out_say("cmd.form.ruleset", or_dash(jv_get_text(rules, "id")),
            word("recognised", jv_get_text(rules, "recognised_by")), NULL);
    for (size_t i = 0; i < jv_count(candidates); i++) {
        const struct jv *c = jv_at(candidates, i);
        number(c, "points_percent", percent);
        out_say("cmd.form.candidate", jv_get_text(c, "id"), or_dash(jv_get_text(c, "form_version")),
                percent, NULL);
    }
    for (size_t i = 0; i < jv_count(sheets); i++)
        print_sheet(jv_at(sheets, i));
    out_say("cmd.form.fields", or_dash(jv_get_text(doc, "information_sheet")), NULL);
    for (size_t i = 0; i < jv_count(fields); i++)
        print_field(jv_at(fields, i));
    join(jv_get(doc, "fields_missing"), &missing);
    if (missing.len > 0)
        out_say("cmd.form.fields-missing", buf_str(&missing), NULL);
    print_labels(jv_get(doc, "labels_unknown"));
    buf_free(&missing);
}

static size_t point_count(const struct jv *ruleset)
{
    const struct jv *tabs = jv_get(ruleset, "tabs");
    size_t n = 0;

    for (size_t i = 0; i < jv_count(tabs); i++)
        n += jv_count(jv_get(jv_at(tabs, i), "points"));
    return n;
}

const char *form_where(const struct jv *known)
{
    const char *where = jv_get_text(known, "where");

    return where != NULL && strcmp(where, "built-in") == 0 ? text("cmd.form.built-in") : where;
}

void form_print_list(const struct jv *known)
{
    char points[24];

    for (size_t i = 0; i < jv_count(known); i++) {
        const struct jv *k = jv_at(known, i), *r = jv_get(k, "ruleset");
        snprintf(points, sizeof points, "%zu", point_count(r));
        out_say("cmd.form.known", jv_get_text(r, "id"), or_dash(jv_get_text(r, "form_version")),
                points, form_where(k), jv_get_text(k, "sha256"), NULL);
    }
}

int form_json_list(const struct jv *known, struct err *e)
{
    struct jv *top = jv_object(), *all = jv_array();

    jv_put_text(top, "format", "paraphe-rulesets");
    jv_put_int(top, "version", 1);
    for (size_t i = 0; i < jv_count(known); i++) {
        const struct jv *k = jv_at(known, i), *r = jv_get(k, "ruleset");
        struct jv *o = jv_object(), *provenance = jv_get(r, "provenance");
        jv_put_text(o, "id", jv_get_text(r, "id"));
        jv_put_text(o, "title", jv_get_text(r, "title"));
        jv_put_text(o, "form_version", jv_get_text(r, "form_version"));
        jv_put_text(o, "sha256", jv_get_text(k, "sha256"));
        jv_put_text(o, "where", jv_get_text(k, "where"));
        jv_put_int(o, "points", (int64_t)point_count(r));
        jv_put_take(o, "provenance", provenance != NULL ? jv_copy(provenance) : jv_null());
        jv_add_take(all, o);
    }
    jv_put_take(top, "rulesets", all);
    int rc = out_json(top, true, e);
    jv_free(top);
    return rc;
}

void form_print_provenance(const struct jv *ruleset)
{
    const struct jv *p = jv_get(ruleset, "provenance");

    out_say("cmd.form.provenance", or_dash(jv_get_text(p, "source")),
            or_dash(jv_get_text(p, "date")), or_dash(jv_get_text(p, "blank_sha256")), NULL);
}

/* The field whose date the age counts from, as the rule set names it. */
static const char *age_from(const struct jv *ruleset)
{
    const char *id = jv_get_text(jv_get(ruleset, "thresholds"), "age_from");
    const struct jv *fields = jv_get(jv_get(ruleset, "information"), "fields");

    if (id == NULL)
        id = "test_end";
    for (size_t i = 0; i < jv_count(fields); i++) {
        const char *its = jv_get_text(jv_at(fields, i), "id");
        if (its != NULL && strcmp(its, id) == 0)
            return or_dash(jv_get_text(jv_at(fields, i), "label"));
    }
    return id;
}

void form_print_ruleset(const struct jv *k)
{
    const struct jv *r = jv_get(k, "ruleset"), *tabs = jv_get(r, "tabs");
    const struct jv *t = jv_get(r, "thresholds");
    char medium[24], years[24];

    out_say("cmd.form.show", jv_get_text(r, "id"), or_dash(jv_get_text(r, "title")),
            or_dash(jv_get_text(r, "form_version")), jv_get_text(k, "sha256"), NULL);
    form_print_provenance(r);
    number(t, "medium_non_max", medium);
    number(t, "age_years", years);
    const char *limit = jv_get_text(t, "at_limit");
    out_say("cmd.form.thresholds", medium, years, word("limit", limit != NULL ? limit : "met"),
            age_from(r), NULL);
    for (size_t i = 0; i < jv_count(tabs); i++) {
        const struct jv *tab = jv_at(tabs, i), *points = jv_get(tab, "points");
        char whole[TITLE_MAX];
        out_say("cmd.form.tab", title_of(tab, whole), word("use", jv_get_text(tab, "role")), NULL);
        for (size_t n = 0; n < jv_count(points); n++) {
            const struct jv *point = jv_at(points, n);
            out_say("cmd.form.point", jv_get_text(point, "id"),
                    or_dash(jv_get_text(point, "severity")), jv_get_text(point, "wording"), NULL);
        }
    }
}

void form_print_diff(const struct jv *diff)
{
    if (jv_count(diff) == 0)
        out_say("cmd.form.diff-none", NULL);
    for (size_t i = 0; i < jv_count(diff); i++) {
        const struct jv *d = jv_at(diff, i);
        out_say("cmd.form.diff", word("diff", jv_get_text(d, "what")),
                or_dash(jv_get_text(d, "tab")), or_dash(jv_get_text(d, "point")),
                or_dash(jv_get_text(d, "a")), or_dash(jv_get_text(d, "b")), NULL);
    }
}

int form_json_diff(const struct jv *a, const struct jv *b, const struct jv *diff, struct err *e)
{
    struct jv *top = jv_object();

    jv_put_text(top, "format", "paraphe-ruleset-diff");
    jv_put_int(top, "version", 1);
    jv_put_text(top, "a", jv_get_text(jv_get(a, "ruleset"), "id"));
    jv_put_text(top, "b", jv_get_text(jv_get(b, "ruleset"), "id"));
    jv_put_take(top, "differences", jv_copy(diff));
    int rc = out_json(top, true, e);
    jv_free(top);
    return rc;
}

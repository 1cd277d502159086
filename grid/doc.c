#include "grid/doc.h"

#include <string.h>

#include "base/jv.h"
#include "grid/check_part.h"
#include "grid/clean.h"

static const struct {
    enum book_carries bit;
    const char *name;
} carries[] = {
    {CARRIES_MACROS, "macros"},
    {CARRIES_AUTHORS, "authors"},
    {CARRIES_HIDDEN_SHEETS, "hidden-sheets"},
    {CARRIES_NOTES, "notes"},
    {CARRIES_DRAWINGS, "drawings"},
    {CARRIES_CUSTOM_DATA, "custom-data"},
    {CARRIES_CONNECTIONS, "connections"},
    {CARRIES_MACRO_SHEETS, "macro-sheets"},
    {CARRIES_EMBEDDED, "embedded"},
};

/* Every sheet in the order of the workbook; a sheet with several tables once. */
static struct jv *sheet_names(const struct form *f)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < f->sheet_count; i++) {
        if (i == 0 || f->sheets[i].name != f->sheets[i - 1].name)
            jv_add_text(all, f->sheets[i].name);
    }
    return all;
}

static struct jv *form_json(const struct form *f, const struct doc_file *file)
{
    struct jv *o = jv_object(), *list = jv_array();

    jv_put_text(o, "name", file->name);
    jv_put_text(o, "sha256", file->sha256);
    jv_put_int(o, "bytes", file->bytes);
    jv_put_text(o, "type", form_type_name(f));
    jv_put_bool(o, "macros", (f->carries & (CARRIES_MACROS | CARRIES_MACRO_SHEETS)) != 0);
    for (size_t i = 0; i < sizeof carries / sizeof carries[0]; i++) {
        if ((f->carries & carries[i].bit) != 0)
            jv_add_text(list, carries[i].name);
    }
    jv_put_take(o, "carries", list);
    jv_put_take(o, "sheets", sheet_names(f));
    struct jv *declared = f->from_json ? jv_get(f->json, "form") : NULL;
    if (declared != NULL) /* what the document says of a workbook that was not read here */
        jv_put_take(o, "declared", jv_copy(declared));
    return o;
}

static struct jv *ruleset_json(const struct rules *r, enum rules_by by)
{
    struct jv *o;

    if (r->own)
        return jv_null();
    o = jv_object();
    jv_put_text(o, "id", r->id);
    jv_put_text(o, "title", r->title);
    jv_put_text(o, "version", r->form_version);
    jv_put_text(o, "sha256", r->sha256);
    jv_put_bool(o, "specimen", r->specimen);
    jv_put_text(o, "recognised_by", rules_by_name(by));
    struct jv *provenance = jv_get(r->doc, "provenance");
    jv_put_take(o, "provenance", provenance != NULL ? jv_copy(provenance) : jv_null());
    return o;
}

static void put_cell(struct jv *o, const char *key, const struct form_value *v)
{
    char address[BOOK_ADDRESS_MAX];

    if (v->row == 0) {
        jv_put_null(o, key);
        return;
    }
    book_address(v->row, v->column, address);
    jv_put_text(o, key, address);
}

static struct jv *fields_json(const struct form *f)
{
    struct jv *all = jv_array();

    for (size_t i = 0; i < f->field_count; i++) {
        const struct form_field *field = &f->fields[i];
        struct jv *o = jv_object();
        char day[DATE_TEXT_MAX];
        jv_put_text(o, "id", field->id);
        jv_put_text(o, "label", field->label);
        const char *text = field->value.text;
        bool date = field->id != NULL &&
                    (strcmp(field->id, "test_start") == 0 || strcmp(field->id, "test_end") == 0 ||
                     strcmp(field->id, "report_date") == 0);
        if (date && field->has_date) {
            date_iso(field->date, day);
            text = day;
        }
        jv_put_text(o, "value", *text != '\0' ? text : NULL);
        jv_put_text(o, "sheet", field->sheet);
        put_cell(o, "cell", &field->value);
        jv_add_take(all, o);
    }
    return all;
}

static struct jv *initial_json(const struct check *c, const struct check *initial,
                               const struct rule_tab *tab, const char *id)
{
    size_t k = 0;
    const struct check_tab *t =
        initial != NULL ? check_point_before(initial, c->rules, tab, id, &k) : NULL;

    if (t == NULL || t->rows[k] == NULL)
        return NULL;
    struct jv *o = jv_object();
    jv_put_text(o, "answer", answer_token(t->answers[k]));
    jv_put_text(o, "comment", t->rows[k]->comment.text);
    return o;
}

/* The texts of a point, most of a document's size. */
static void put_texts(struct jv *o, const struct rule_point *rule, const struct form_point *p)
{
    const char *owasp = *p->owasp.text != '\0' ? p->owasp.text : rule->owasp;

    jv_put_text(o, "theme", *p->theme.text != '\0' ? p->theme.text : rule->theme);
    jv_put_text(o, "owasp", owasp);
    jv_put_text(o, "wording", *p->wording.text != '\0' ? p->wording.text : rule->wording);
    if (rule->verification != NULL)
        jv_put_text(o, "verification", rule->verification);
}

static struct jv *point_json(const struct check *c, const struct check_tab *t, size_t k,
                             const struct check *initial, bool brief)
{
    const struct rule_point *rule = &t->rule->points[k];
    const struct form_point *p = t->rows[k];
    struct jv *o = jv_object(), *cells = jv_object();

    jv_put_text(o, "id", rule->id);
    jv_put_int(o, "row", p->id.row);
    if (!brief)
        put_texts(o, rule, p);
    jv_put_text(o, "severity",
                rule->severity < SEVERITY_COUNT ? severity_name(rule->severity) : NULL);
    jv_put_text(o, "answer", answer_token(t->answers[k]));
    if (!brief)
        jv_put_text(o, "comment", p->comment.text);
    put_cell(cells, "id", &p->id);
    put_cell(cells, "severity", &p->severity);
    put_cell(cells, "wording", &p->wording);
    put_cell(cells, "answer", &p->answer);
    put_cell(cells, "comment", &p->comment);
    jv_put_take(o, "cells", cells);
    struct jv *before = initial_json(c, initial, t->rule, rule->id);
    if (before != NULL)
        jv_put_take(o, "initial", before);
    return o;
}

static struct jv *sheet_json(const struct check *c, const struct check_tab *t,
                             const struct check *initial, bool brief)
{
    struct jv *o = jv_object(), *columns = jv_array(), *points = jv_array();

    jv_put_text(o, "name", t->sheet->name);
    if (t->sheet->part != NULL)
        jv_put_text(o, "part", t->sheet->part);
    jv_put_text(o, "role", tab_role_name(t->role));
    if (t->sheet->ids_joined || t->sheet->ids_made) {
        struct jv *named = jv_object();
        jv_put_text(named, "id", column_name(COLUMN_POINT));
        jv_put_text(named, "label", "N°");
        jv_add_take(columns, named);
    }
    for (size_t i = 0; i < t->sheet->column_count; i++) {
        struct jv *column = jv_object();
        jv_put_text(column, "id", column_name(t->sheet->columns[i].id));
        jv_put_text(column, "label", t->sheet->columns[i].label);
        jv_add_take(columns, column);
    }
    jv_put_take(o, "columns", columns);
    /* In the order of the form, not of the rule set. */
    for (size_t i = 0; i < t->sheet->point_count; i++) {
        for (size_t k = 0; k < t->rule->count; k++) {
            if (t->rows[k] == &t->sheet->points[i])
                jv_add_take(points, point_json(c, t, k, initial, brief));
        }
    }
    jv_put_take(o, "points", points);
    return o;
}

static struct jv *initial_summary(const struct check *c, const struct doc_file *file)
{
    static const char *const ids[] = {"form_reference", "editor",     "solution", "passi",
                                      "auditor",        "test_start", "test_end", "report_date"};
    struct jv *o = jv_object(), *fields = jv_object();
    char day[DATE_TEXT_MAX];

    jv_put_text(o, "name", file->name);
    jv_put_text(o, "sha256", file->sha256);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        const struct form_field *f = form_field(c->form, ids[i]);
        if (f == NULL || *f->value.text == '\0')
            continue;
        if (f->has_date)
            date_iso(f->date, day);
        jv_put_text(fields, ids[i], f->has_date && i >= 5 ? day : f->value.text);
    }
    jv_put_take(o, "fields", fields);
    jv_put_take(o, "counts", check_counts_json(c));
    jv_put_text(o, "verdict", check_verdict(c));
    jv_put_text(o, "outcome", check_outcome(c));
    return o;
}

static struct jv *thresholds_json(const struct rules *r)
{
    struct jv *o = jv_object();

    jv_put_int(o, "medium_non_max", r->medium_max);
    jv_put_text(o, "at_limit", r->limit_passes ? "met" : "not-met");
    jv_put_int(o, "age_years", r->age_years);
    jv_put_text(o, "age_from", r->age_from);
    return o;
}

static void put_head(struct jv *doc, struct jv *form, struct jv *ruleset)
{
    jv_put_text(doc, "format", "paraphe-grid");
    jv_put_int(doc, "version", 1);
    jv_put_take(doc, "form", form);
    jv_put_take(doc, "ruleset", ruleset);
}

struct jv *doc_make(const struct check *c, const struct doc_file *file, enum rules_by by,
                    const struct check *initial, const struct doc_file *initial_file, bool brief)
{
    struct jv *doc = jv_object(), *sheets = jv_array();
    char day[DATE_TEXT_MAX];

    put_head(doc, form_json(c->form, file), ruleset_json(c->rules, by));
    jv_put_text(doc, "kind", c->proxy ? "proxy" : "lps");
    jv_put_text(doc, "type", c->type_tab != NULL ? c->type_tab->type : NULL);
    jv_put_text(doc, "type_label",
                c->type_tab == NULL               ? NULL
                : c->type_tab->rule->part != NULL ? c->type_tab->rule->part
                                                  : c->type_tab->rule->name);
    date_iso(c->deposit, day);
    jv_put_text(doc, "reference_date", day);
    jv_put_take(doc, "fields", fields_json(c->form));
    for (size_t i = 0; i < c->tab_count; i++) {
        if (c->tabs[i].expected && c->tabs[i].sheet != NULL)
            jv_add_take(sheets, sheet_json(c, &c->tabs[i], initial, brief));
    }
    jv_put_take(doc, "sheets", sheets);
    jv_put_take(doc, "counts", check_counts_json(c));
    jv_put_take(doc, "thresholds", thresholds_json(c->rules));
    jv_put_text(doc, "verdict", check_verdict(c));
    jv_put_take(doc, "findings", jv_copy(c->findings));
    jv_put_text(doc, "completeness", check_completeness(c));
    jv_put_text(doc, "outcome", check_outcome(c));
    if (c->has_until)
        date_iso(c->until, day);
    jv_put_text(doc, "deposit_until", c->has_until ? day : NULL);
    jv_put_take(doc, "notes", jv_copy(c->notes));
    jv_put_take(doc, "initial",
                initial != NULL ? initial_summary(initial, initial_file) : jv_null());
    return doc;
}

struct jv *doc_unreadable(const struct doc_file *file, struct date deposit, const char *rule,
                          const char *note)
{
    struct jv *doc = jv_object(), *form = jv_object(), *findings = jv_array(), *f = jv_object();
    struct jv *notes = jv_array();
    static const char *const nothing[] = {"kind", "type", "type_label"};
    char day[DATE_TEXT_MAX];

    jv_put_text(form, "name", file->name);
    jv_put_text(form, "sha256", file->sha256);
    jv_put_int(form, "bytes", file->bytes);
    jv_put_null(form, "type");
    jv_put_bool(form, "macros", false);
    jv_put_take(form, "carries", jv_array());
    put_head(doc, form, jv_null());
    for (size_t i = 0; i < 3; i++)
        jv_put_null(doc, nothing[i]);
    date_iso(deposit, day);
    jv_put_text(doc, "reference_date", day);
    jv_put_take(doc, "fields", jv_array());
    jv_put_take(doc, "sheets", jv_array());
    jv_put_null(doc, "counts");
    jv_put_null(doc, "thresholds");
    jv_put_text(doc, "verdict", "formulaire invalide");
    jv_put_null(f, "sheet");
    jv_put_null(f, "cell");
    jv_put_text(f, "rule", rule);
    jv_put_text(f, "level", "erreur");
    jv_put_null(f, "point");
    jv_add_take(findings, f);
    jv_put_take(doc, "findings", findings);
    jv_put_text(doc, "completeness", "incomplete");
    jv_put_null(doc, "outcome");
    jv_put_null(doc, "deposit_until");
    if (note != NULL) {
        struct jv *n = jv_object();
        jv_put_null(n, "sheet");
        jv_put_null(n, "cell");
        jv_put_text(n, "code", note);
        jv_add_take(notes, n);
    }
    jv_put_take(doc, "notes", notes);
    jv_put_null(doc, "initial");
    return doc;
}

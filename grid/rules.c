#include "grid/rules.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "grid/clean.h"

static const char *const severity_names[] = {"Haute", "Moyenne", "NA", "", ""};
static const char *const role_names[] = {"common", "type", "proxy"};
static const char *const hint_names[] = {NULL, "unnamed", "specific", "whole"};
static const char *const kind_names[] = {"text", "date", "type", "yesno", "period"};

const char *severity_name(enum severity s)
{
    return severity_names[s];
}

enum severity severity_from_name(const char *name)
{
    for (int i = 0; name != NULL && i < SEVERITY_COUNT; i++) {
        if (strcmp(name, severity_names[i]) == 0)
            return (enum severity)i;
    }
    return SEVERITY_UNKNOWN;
}

const char *tab_role_name(enum tab_role role)
{
    return role_names[role];
}

const char *tab_hint_name(enum tab_hint hint)
{
    return hint_names[hint];
}

enum field_kind field_kind_from_name(const char *name)
{
    for (int i = 0; name != NULL && i < FIELD_KINDS; i++) {
        if (strcmp(name, kind_names[i]) == 0)
            return (enum field_kind)i;
    }
    return FIELD_TEXT;
}

char *wording_plain(const char *s, struct err *e)
{
    char *nfc = utf8_nfc(s, e);

    if (nfc != NULL)
        clean_blanks(nfc);
    return nfc;
}

static int shape_fault(struct err *e, const char *what, const char *where)
{
    return err_set(e, ERR_INPUT, "err.grid.ruleset-shape", what, where, NULL);
}

static int read_point(struct rule_point *p, const struct jv *o, const char *what, struct err *e)
{
    *p = (struct rule_point){.id = jv_get_text(o, "id"),
                             .theme = jv_get_text(o, "theme"),
                             .owasp = jv_get_text(o, "owasp"),
                             .wording = jv_get_text(o, "wording"),
                             .verification = jv_get_text(o, "verification"),
                             .severity_text = jv_get_text(o, "severity_text"),
                             .severity = severity_from_name(jv_get_text(o, "severity"))};
    if (p->id == NULL || *p->id == '\0')
        return shape_fault(e, what, "points.id");
    p->theme = p->theme != NULL ? p->theme : "";
    p->wording = p->wording != NULL ? p->wording : "";
    if (p->severity_text == NULL)
        p->severity_text = severity_name(p->severity);
    p->wording_plain = wording_plain(p->wording, e);
    return p->wording_plain != NULL ? 0 : -1;
}

static int read_tab(struct rule_tab *t, const struct jv *o, const char *what, struct err *e)
{
    const struct jv *points = jv_get(o, "points");
    const char *role = jv_get_text(o, "role");

    *t = (struct rule_tab){.id = jv_get_text(o, "id"),
                           .name = jv_get_text(o, "name"),
                           .part = jv_get_text(o, "part"),
                           .type = jv_get_text(o, "type"),
                           .role = TAB_TYPE};
    if (t->name == NULL || role == NULL)
        return shape_fault(e, what, "tabs");
    for (int i = 0; i < 3; i++)
        t->role = strcmp(role, role_names[i]) == 0 ? (enum tab_role)i : t->role;
    if (t->role != TAB_COMMON && t->type == NULL)
        return shape_fault(e, what, "tabs.type");
    const char *hint = jv_get_text(o, "hint");
    for (int i = HINT_UNNAMED; hint != NULL && i <= HINT_WHOLE; i++)
        t->hint = strcmp(hint, hint_names[i]) == 0 ? (enum tab_hint)i : t->hint;
    t->folded = clean_fold_part(t->name, t->part, e);
    if (t->folded == NULL)
        return -1;
    if (jv_count(points) > FORM_POINTS_MAX)
        return shape_fault(e, what, "points");
    t->points = calloc(jv_count(points) + 1, sizeof *t->points);
    if (t->points == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < jv_count(points); i++) {
        t->count++;
        if (read_point(&t->points[i], jv_at(points, i), what, e) != 0)
            return -1;
        for (size_t k = 0; k < i; k++) {
            if (strcmp(t->points[k].id, t->points[i].id) == 0)
                return shape_fault(e, what, t->points[i].id);
        }
    }
    return 0;
}

static int read_fields(struct rules *r, const struct jv *fields, const char *what, struct err *e)
{
    if (jv_count(fields) > FORM_FIELDS_MAX)
        return shape_fault(e, what, "information.fields");
    r->fields = calloc(jv_count(fields) + 1, sizeof *r->fields);
    if (r->fields == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *o = jv_at(fields, i);
        struct rule_field *f = &r->fields[r->field_count++];
        *f = (struct rule_field){.id = jv_get_text(o, "id"),
                                 .label = jv_get_text(o, "label"),
                                 .placeholder = jv_get_text(o, "placeholder"),
                                 .kind = field_kind_from_name(jv_get_text(o, "kind")),
                                 .required = jv_get_bool(o, "required")};
        if (f->label == NULL)
            return shape_fault(e, what, "information.fields.label");
        f->folded = utf8_fold(f->label, e);
        if (f->folded == NULL)
            return -1;
    }
    return 0;
}

static void read_thresholds(struct rules *r, const struct jv *t)
{
    const char *limit = jv_get_text(t, "at_limit");

    r->medium_max = (int)jv_get_int(t, "medium_non_max", 10);
    r->age_years = (int)jv_get_int(t, "age_years", 1);
    r->age_from = jv_get_text(t, "age_from");
    if (r->age_from == NULL)
        r->age_from = "test_end";
    r->limit_passes = limit == NULL || strcmp(limit, "not-met") != 0;
}

static int read_all(struct rules *r, const char *what, struct err *e)
{
    const struct jv *tabs = jv_get(r->doc, "tabs"), *info = jv_get(r->doc, "information");
    const char *format = jv_get_text(r->doc, "format");

    if (format == NULL || strcmp(format, "paraphe-ruleset") != 0 ||
        jv_get_int(r->doc, "version", 0) != 1)
        return shape_fault(e, what, "format");
    r->id = jv_get_text(r->doc, "id");
    r->title = jv_get_text(r->doc, "title");
    r->form_version = jv_get_text(r->doc, "form_version");
    r->match_contains = jv_get_text(jv_get(r->doc, "match"), "form_version_contains");
    r->specimen = jv_get_bool(r->doc, "specimen");
    r->info_sheet = jv_get_text(info, "sheet");
    r->blank_external_links = (int)jv_get_int(jv_get(r->doc, "blank"), "external_links", 0);
    read_thresholds(r, jv_get(r->doc, "thresholds"));
    if (r->id == NULL || r->medium_max < 0 || r->age_years < 1 || r->age_years > 10)
        return shape_fault(e, what, r->id == NULL ? "id" : "thresholds");
    if (jv_count(tabs) > FORM_TABS_MAX)
        return shape_fault(e, what, "tabs");
    r->tabs = calloc(jv_count(tabs) + 1, sizeof *r->tabs);
    if (r->tabs == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < jv_count(tabs); i++) {
        r->tab_count++;
        if (read_tab(&r->tabs[i], jv_at(tabs, i), what, e) != 0)
            return -1;
    }
    return read_fields(r, jv_get(info, "fields"), what, e);
}

int rules_from_json_take(struct rules **out, struct jv *doc, const char *what, const char *sha256,
                         struct err *e)
{
    struct rules *r = calloc(1, sizeof *r);
    int rc = -1;

    if (r == NULL) {
        jv_free(doc);
        return err_set_memory(e);
    }
    r->doc = doc;
    if (sha256 != NULL)
        strncpy(r->sha256, sha256, sizeof r->sha256 - 1);
    rc = read_all(r, what, e);
    if (rc == 0)
        *out = r;
    else
        rules_free(r);
    return rc;
}

int rules_parse(struct rules **out, const char *json, size_t n, const char *what, struct err *e)
{
    char sha256[DIGEST_HEX_MAX];
    struct jv *doc;

    if (digest_bytes_hex(json, n, sha256, e) != 0)
        return -1;
    doc = jv_parse(json, n, what, e);
    return doc != NULL ? rules_from_json_take(out, doc, what, sha256, e) : -1;
}

void rules_free(struct rules *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->tab_count; i++) {
        for (size_t k = 0; k < r->tabs[i].count; k++)
            free(r->tabs[i].points[k].wording_plain);
        free(r->tabs[i].points);
        free(r->tabs[i].folded);
    }
    for (size_t i = 0; i < r->field_count; i++)
        free(r->fields[i].folded);
    free(r->tabs);
    free(r->fields);
    jv_free(r->doc);
    free(r);
}

const struct rule_tab *rules_tab_of_type(const struct rules *r, const char *type)
{
    for (size_t i = 0; type != NULL && i < r->tab_count; i++) {
        if (r->tabs[i].type != NULL && strcmp(r->tabs[i].type, type) == 0)
            return &r->tabs[i];
    }
    return NULL;
}

const struct rule_tab *rules_tab_common(const struct rules *r)
{
    for (size_t i = 0; i < r->tab_count; i++) {
        if (r->tabs[i].role == TAB_COMMON)
            return &r->tabs[i];
    }
    return NULL;
}

const struct rule_point *rules_point(const struct rule_tab *tab, const char *id)
{
    for (size_t i = 0; tab != NULL && i < tab->count; i++) {
        if (strcmp(tab->points[i].id, id) == 0)
            return &tab->points[i];
    }
    return NULL;
}

const struct rule_field *rules_field(const struct rules *r, const char *id)
{
    for (size_t i = 0; i < r->field_count; i++) {
        if (r->fields[i].id != NULL && strcmp(r->fields[i].id, id) == 0)
            return &r->fields[i];
    }
    return NULL;
}

static bool shaped(const char *shape, const char *id)
{
    for (; *shape != '\0'; shape++, id++) {
        bool letter = (*id >= 'A' && *id <= 'Z') || (*id >= 'a' && *id <= 'z');
        bool digit = *id >= '0' && *id <= '9';
        if (*shape == 'A' ? !letter : *shape == '0' ? !digit : *shape != *id)
            return false;
    }
    return *id == '\0';
}

bool rules_id_shaped(const struct rules *r, const char *id)
{
    const struct jv *shapes = jv_get(r->doc, "id_shapes");

    if (jv_count(shapes) == 0)
        return shaped("A-00", id);
    for (size_t i = 0; i < jv_count(shapes); i++) {
        const char *shape = jv_str(jv_at(shapes, i));
        if (shape != NULL && shaped(shape, id))
            return true;
    }
    return false;
}

bool rules_blank_has_sheet(const struct rules *r, const char *name)
{
    return jv_has_text(jv_get(jv_get(r->doc, "blank"), "sheets"), name);
}

bool rules_blank_is_vast(const struct rules *r, const char *sheet)
{
    return jv_has_text(jv_get(jv_get(r->doc, "blank"), "vast"), sheet);
}

static const struct jv *blank_row(const struct rules *r, const char *list, const char *sheet,
                                  const char *point)
{
    const struct jv *rows = jv_get(jv_get(r->doc, "blank"), list);

    for (size_t i = 0; i < jv_count(rows); i++) {
        const struct jv *row = jv_at(rows, i);
        const char *s = jv_get_text(row, "sheet"), *p = jv_get_text(row, "point");
        if (s != NULL && p != NULL && strcmp(s, sheet) == 0 && strcmp(p, point) == 0)
            return row;
    }
    return NULL;
}

const char *rules_blank_answer(const struct rules *r, const char *sheet, const char *point)
{
    return jv_get_text(blank_row(r, "prefilled", sheet, point), "answer");
}

const char *rules_blank_comment(const struct rules *r, const char *sheet, const char *point)
{
    return jv_get_text(blank_row(r, "prefilled", sheet, point), "comment");
}

bool rules_blank_formula(const struct rules *r, const char *sheet, const char *point)
{
    return blank_row(r, "formulas", sheet, point) != NULL;
}

bool rules_blank_hidden(const struct rules *r, const char *sheet, const char *point)
{
    return blank_row(r, "hidden", sheet, point) != NULL;
}

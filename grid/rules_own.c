/* A form taken as its own rule set: what `form learn` writes from a blank one, and what a form
 * without a rule set is checked with, so that one set of checks serves both. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/form_part.h"
#include "grid/rules_pick.h"

enum { SHAPE_BYTES = FORM_ID_BYTES_MAX + 1 };

/* The points so far. */
struct seen_point {
    const char *wording; /* of the form */
    size_t tab, next;    /* an earlier one of this identifier, from 1 */
};
struct seen {
    struct seen_point *items;
    size_t count, room;
    struct jv *last; /* by identifier the one that was added last, from 1 */
};

static size_t seen_last(const struct seen *seen, const struct form_point *p)
{
    return (size_t)jv_get_int(seen->last, form_point_id(p), 0);
}

static int seen_add(struct seen *seen, const struct form_point *p, size_t tab, struct err *e)
{
    size_t before = seen_last(seen, p);
    void *items = seen->items;

    if (book_grow(&items, &seen->room, seen->count, sizeof *seen->items, e) != 0)
        return -1;
    seen->items = items;
    seen->items[seen->count++] = (struct seen_point){p->wording.text, tab, before};
    jv_put_int(seen->last, form_point_id(p), (int64_t)seen->count);
    return seen_last(seen, p) == seen->count ? 0 : err_set_memory(e);
}

static bool seen_in(const struct seen *seen, const struct form_point *p, size_t tab)
{
    for (size_t i = seen_last(seen, p); i != 0; i = seen->items[i - 1].next) {
        if (seen->items[i - 1].tab == tab)
            return true;
    }
    return false;
}

/* A point of the same identifier in an earlier tab: in a part of the same tab it repeats whatever
 * its wording, elsewhere only with the same. */
static bool point_seen(const struct seen *seen, const struct jv *tabs, const struct form_point *p,
                       bool common, const char *type)
{
    for (size_t i = seen_last(seen, p); i != 0; i = seen->items[i - 1].next) {
        const struct seen_point *one = &seen->items[i - 1];
        const char *its = jv_get_text(jv_at(tabs, one->tab), "type");
        bool same_tab = its == NULL ? common : type != NULL && strcmp(its, type) == 0;
        if (same_tab || strcmp(one->wording, p->wording.text) == 0)
            return true;
    }
    return false;
}

/* "EXI-WEB-001" -> "AAA-AAA-000" */
static void shape_of(const char *id, char shape[SHAPE_BYTES])
{
    size_t n = 0;

    for (; *id != '\0' && n + 1 < SHAPE_BYTES; id++) {
        bool letter = (*id >= 'A' && *id <= 'Z') || (*id >= 'a' && *id <= 'z');
        shape[n++] = letter ? 'A' : *id >= '0' && *id <= '9' ? '0' : *id;
    }
    shape[n] = '\0';
}

static void add_shape(struct jv *shapes, const char *id)
{
    char shape[SHAPE_BYTES];

    shape_of(id, shape);
    if (!jv_has_text(shapes, shape))
        jv_add_text(shapes, shape);
}

/* A row with neither severity nor answer is a point only when its identifier looks like those of
 * rows that have one: a note "1" below the table is none. */
static bool is_own_point(const struct form_point *p, const struct jv *rated)
{
    char shape[SHAPE_BYTES];

    shape_of(form_point_id(p), shape);
    return form_is_candidate(p) && (jv_count(rated) == 0 || !clean_is_void(p->severity.text) ||
                                    !clean_is_void(p->answer.text) || jv_has_text(rated, shape));
}

/* "Haute", "Moyenne", "NA", or NULL when the form's own text says none of them. */
static const char *severity_of(const struct layout *l, const char *text, struct err *e)
{
    char *folded = utf8_fold(text, e);
    const char *severity = folded != NULL ? layout_severity(l, folded) : NULL;

    free(folded);
    return severity;
}

static int add_points(struct jv *points, struct jv *shapes, struct seen *seen, size_t tab,
                      const struct form_sheet *s, const struct layout *l, struct err *e)
{
    struct jv *rated = jv_array();

    for (size_t i = 0; i < s->point_count; i++) {
        if (form_is_candidate(&s->points[i]) && !clean_is_void(s->points[i].severity.text))
            add_shape(rated, form_point_id(&s->points[i]));
    }
    for (size_t i = 0; i < s->point_count; i++) { /* FORM_POINTS_MAX at most */
        const struct form_point *p = &s->points[i];
        if (!is_own_point(p, rated) || seen_in(seen, p, tab))
            continue;
        if (seen_add(seen, p, tab, e) != 0)
            break;
        struct jv *o = jv_object();
        jv_put_text(o, "id", form_point_id(p));
        jv_put_text(o, "theme", p->theme.text);
        jv_put_text(o, "owasp", *p->owasp.text != '\0' ? p->owasp.text : NULL);
        jv_put_text(o, "severity", severity_of(l, p->severity.text, e));
        jv_put_text(o, "severity_text", p->severity.text);
        jv_put_text(o, "wording", p->wording.text);
        jv_add_take(points, o);
        add_shape(shapes, form_point_id(p));
    }
    jv_free(rated);
    return err_is_set(e) ? -1 : 0;
}

/* A sheet with an unknown name that repeats points of another is a copy, not a tab. */
static bool repeats(const struct seen *seen, const struct jv *tabs, const struct form_sheet *s,
                    bool common, const char *type)
{
    for (size_t i = 0; i < s->point_count; i++) {
        if (form_is_candidate(&s->points[i]) && point_seen(seen, tabs, &s->points[i], common, type))
            return true;
    }
    return false;
}

static void slug(const char *folded, char *out, size_t size)
{
    size_t n = 0;

    for (; *folded != '\0' && n + 1 < size; folded++)
        out[n++] = *folded == ' ' ? '-' : *folded;
    out[utf8_whole_length(out, n)] = '\0';
}

static bool taken(const struct jv *tabs, const char *key, const char *value)
{
    for (size_t i = 0; i < jv_count(tabs); i++) {
        const char *known = jv_get_text(jv_at(tabs, i), key);
        if (known != NULL && strcmp(known, value) == 0)
            return true;
    }
    return false;
}

/* How surely the name of a sheet says what tab it is. */
enum naming { NAMED, NAMED_WITHIN, NAMED_OTHERWISE, NAMINGS };

struct name {
    const char *type; /* NULL */
    bool common, ignored;
    enum tab_hint hint;
};

static bool is(const char *role, const char *name)
{
    return role != NULL && strcmp(role, name) == 0;
}

static void take_role(struct name *n, const char *role)
{
    n->common = is(role, "common");
    n->ignored = is(role, "ignored");
    n->hint = is(role, "specific") ? HINT_SPECIFIC : is(role, "whole") ? HINT_WHOLE : HINT_NONE;
}

static enum naming naming_of(const struct layout *l, const struct form_sheet *s, struct name *n)
{
    const char *folded = s->part_folded != NULL ? s->part_folded : s->folded;

    *n = (struct name){.type = layout_type(l, folded)};
    take_role(n, layout_sheet_role(l, folded));
    if (n->common || n->type != NULL || n->hint != HINT_NONE)
        return NAMED;
    if (n->ignored)
        return NAMED_OTHERWISE;
    n->type = layout_type_within(l, folded);
    take_role(n, layout_sheet_role_within(l, folded));
    n->ignored = false;
    if (n->common || n->type != NULL || n->hint != HINT_NONE)
        return NAMED_WITHIN;
    n->hint = HINT_UNNAMED;
    return NAMED_OTHERWISE;
}

static void put_tab(struct jv *tab, const struct jv *tabs, const struct form_sheet *s,
                    const struct name *name, const char *type)
{
    bool common = name->common;
    char own_type[64];
    bool proxy = type != NULL && strncmp(type, "proxy", 5) == 0;
    const char *id = common ? "base-commune" : type;

    slug(s->folded, own_type, sizeof own_type);
    jv_put_text(tab, "id", taken(tabs, "id", id) ? own_type : id);
    jv_put_text(tab, "name", s->name);
    if (s->part != NULL)
        jv_put_text(tab, "part", s->part);
    jv_put_text(tab, "role", common ? "common" : proxy ? "proxy" : "type");
    jv_put_text(tab, "type", common ? NULL : type);
    if (!common && name->hint != HINT_NONE && name->type == NULL)
        jv_put_text(tab, "hint", tab_hint_name(name->hint));
}

static bool is_answered(const struct form_sheet *s)
{
    for (size_t i = 0; i < s->point_count; i++) {
        if (form_is_candidate(&s->points[i]) && answer_of(&s->points[i].answer) <= ANSWER_NA)
            return true;
    }
    return false;
}

/* Another table of the same sheet, under the same title or without one: the tab goes on. */
static bool goes_on(const struct jv *tabs, const struct form_sheet *s)
{
    for (size_t i = 0; i < jv_count(tabs); i++) {
        const char *part = jv_get_text(jv_at(tabs, i), "part");
        bool same = part == NULL || s->part == NULL ? part == s->part : strcmp(part, s->part) == 0;
        if (same && strcmp(jv_get_text(jv_at(tabs, i), "name"), s->name) == 0)
            return true;
    }
    return false;
}

/* Tabs with a known name come first, so that a copy placed before its original is still the copy;
 * then names that contain a known one: a tab may come in several parts, each with its own points.
 */
static int add_tab(struct jv *tabs, struct jv *shapes, struct seen *seen,
                   const struct form_sheet *s, const struct layout *l, enum naming pass,
                   struct err *e)
{
    struct name name;
    char own_type[64];

    bool further = goes_on(tabs, s);
    if (naming_of(l, s, &name) != pass || s->header_row == 0 || s->point_count == 0 ||
        (further && repeats(seen, tabs, s, false, NULL)) ||
        (!further && pass != NAMED && repeats(seen, tabs, s, name.common, name.type)) ||
        (name.ignored && (!is_answered(s) || layout_sheet_set_aside(l, s->folded))))
        return 0;
    if (name.ignored) /* "Synthèse", but with points and answers that stand nowhere else */
        name.hint = HINT_UNNAMED;
    const char *type = name.type;
    slug(s->folded, own_type, sizeof own_type);
    if (!name.common && (type == NULL || (pass == NAMED && !further && taken(tabs, "type", type))))
        type = own_type;
    struct jv *tab = jv_object(), *points = jv_array();
    put_tab(tab, tabs, s, &name, type);
    int rc = add_points(points, shapes, seen, jv_count(tabs), s, l, e);
    bool empty = jv_count(points) == 0;
    jv_put_take(tab, "points", points);
    if (empty)
        jv_free(tab);
    else
        jv_add_take(tabs, tab);
    return rc;
}

static struct jv *fields_json(const struct form *f, const struct layout *l)
{
    struct jv *fields = jv_array();

    for (size_t i = 0; i < f->field_count; i++) {
        const struct layout_field *known =
            f->fields[i].id != NULL ? layout_field_by_id(l, f->fields[i].id) : NULL;
        struct jv *o = jv_object();
        jv_put_text(o, "id", f->fields[i].id);
        jv_put_text(o, "label", f->fields[i].label);
        jv_put_text(o, "kind", known != NULL ? known->kind : "text");
        jv_put_bool(o, "required", known != NULL && known->required);
        jv_add_take(fields, o);
    }
    return fields;
}

/* Whoever learns a specimen still has a specimen. */
static bool says_specimen(const char *version, struct err *e)
{
    char *folded = utf8_fold(version, e);
    bool yes = folded != NULL && strstr(folded, "specimen") != NULL;

    free(folded);
    return yes;
}

struct jv *rules_own_json(const struct form *f, const struct layout *l, struct err *e)
{
    struct jv *doc = jv_object(), *tabs = jv_array(), *shapes = jv_array(), *info = jv_object();
    const char *version = form_version_text(f);
    struct seen seen = {.last = jv_object()};
    int rc = 0;

    for (int pass = 0; pass < NAMINGS; pass++) {
        for (size_t i = 0; rc == 0 && i < f->sheet_count; i++)
            rc = add_tab(tabs, shapes, &seen, &f->sheets[i], l, (enum naming)pass, e);
    }
    free(seen.items);
    jv_free(seen.last);
    jv_put_text(doc, "format", "paraphe-ruleset");
    jv_put_int(doc, "version", 1);
    jv_put_text(doc, "id", "own");
    jv_put_text(doc, "title", *version != '\0' ? version : NULL);
    jv_put_bool(doc, "specimen", says_specimen(version, e));
    jv_put_text(doc, "form_version", *version != '\0' ? version : NULL);
    jv_put_take(doc, "id_shapes", shapes);
    jv_put_take(doc, "thresholds", jv_copy(layout_thresholds(l)));
    jv_put_take(doc, "expected_counts", jv_copy(layout_expected_counts(l)));
    jv_put_text(info, "sheet", f->info_sheet);
    jv_put_take(info, "fields", fields_json(f, l));
    jv_put_take(doc, "information", info);
    jv_put_take(doc, "tabs", tabs);
    if (rc == 0 && !err_is_set(e))
        return doc;
    jv_free(doc);
    return NULL;
}

int rules_own(struct rules **out, const struct form *f, const struct layout *l, struct err *e)
{
    struct jv *doc = rules_own_json(f, l, e);

    if (doc == NULL || rules_from_json_take(out, doc, "form", NULL, e) != 0)
        return -1;
    (*out)->own = true;
    return 0;
}

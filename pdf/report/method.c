/* Method, remarks, identity of the test with its cells, digests; and before and after of a
 * re-evaluation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "grid/say.h"
#include "pdf/report/report_int.h"

static void body(struct report *r, char *text_take)
{
    struct style s = style_of(DRAW_REGULAR, 9.5, ink);

    put_para(r, r->section, "P", &s, r->left, r->right - r->left, 5, text_take);
}

/* A row of two or three plain texts. */
static void plain_row(struct report *r, struct table *t, char *a_take, char *b_take, char *c_take)
{
    struct row row = {.sign_column = -1};
    char *texts[3] = {a_take, b_take, c_take};

    for (size_t i = 0; i < 3; i++) {
        row.texts[i] = i < t->ncolumns ? texts[i] : NULL;
        row.styles[i] = style_of(i == 0 ? DRAW_BOLD : DRAW_REGULAR, 8.4, i == 2 ? muted : ink);
        if (i >= t->ncolumns)
            free(texts[i]);
    }
    table_row(r, t, &row);
}

/* The sheet that all fields come from, to be said once; NULL when they differ. */
static const char *fields_sheet(const struct jv *fields)
{
    const char *first = jv_get_text(jv_at(fields, 0), "sheet");

    for (size_t i = 1; first != NULL && i < jv_count(fields); i++) {
        const char *sheet = jv_get_text(jv_at(fields, i), "sheet");
        if (sheet == NULL || strcmp(sheet, first) != 0)
            return NULL;
    }
    return first;
}

static void facts_table(struct report *r)
{
    static const double wide[] = {150, 240, 92}, narrow[] = {150, 288, 44};
    static const char *const heads[] = {"report.col.field", "report.col.value", "report.col.cell"};
    const struct jv *fields = jv_get(r->grid, "fields");
    const char *one = fields_sheet(fields);
    struct table t = {.striped = true};
    struct date date;

    if (jv_count(fields) == 0)
        return;
    heading(r, 2, 110, type_say(r, "report.fields", NULL));
    if (one != NULL)
        body(r, type_say(r, "report.fields.sheet", one, NULL));
    table_open(r, &t, 3, one != NULL ? narrow : wide, heads);
    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *f = jv_at(fields, i);
        const char *sheet = jv_get_text(f, "sheet"), *cell = jv_get_text(f, "cell"),
                   *value = jv_get_text(f, "value");
        bool empty = value == NULL || *value == '\0';
        char *place = one != NULL ? type_set(r, cell, NULL, NULL)
                                  : type_say(r, "report.place", sheet != NULL ? sheet : "",
                                             cell != NULL ? cell : "", NULL);
        plain_row(r, &t, type_set(r, jv_get_text(f, "label"), sheet, cell),
                  empty                               ? type_say(r, "report.fields.empty", NULL)
                  : date_parse_iso(value, &date) == 0 ? type_date(r, value)
                                                      : type_set(r, value, sheet, cell),
                  place);
    }
    table_end(r, &t);
}

static void evidence_row(struct report *r, const char *label, const char *value, void *self)
{
    plain_row(r, self, type_set(r, label, NULL, NULL), type_set(r, value, NULL, NULL), NULL);
}

static void attached_said(struct report *r)
{
    const struct jv *attached = jv_get(r->options, "attached");

    if (jv_count(attached) == 0) {
        body(r, type_say(r, "report.attached.none", NULL));
        return;
    }
    for (size_t i = 0; i < jv_count(attached); i++) {
        const char *name = jv_str(jv_at(attached, i));
        body(r, type_say(r,
                         name != NULL && strcmp(name, "grid.json") == 0 ? "report.attached.data"
                                                                        : "report.attached.form",
                         name, NULL));
    }
}

static void notes_said(struct report *r)
{
    struct style s = style_of(DRAW_REGULAR, 9.5, ink);

    if (r->look.nnotes == 0)
        return;
    heading(r, 2, 30, type_say(r, "report.notes", NULL));
    for (size_t i = 0; i < r->look.nnotes; i++)
        put_para(r, r->section, "P", &s, r->left, r->right - r->left, 5,
                 type_set(r, r->look.notes[i], NULL, NULL));
}

static void finding_row(struct report *r, struct table *t, const struct jv *f, bool note)
{
    struct remark w;

    remark_words(r, f, note, &w);
    plain_row(r, t, type_set(r, w.place, NULL, NULL), type_set(r, w.message, NULL, NULL),
              type_say(r, w.level, NULL));
}

/* Every finding and note of the check, in its words. */
static void findings_said(struct report *r)
{
    static const double shares[] = {100, 316, 66};
    static const char *const heads[] = {"report.col.place", "report.col.finding",
                                        "report.col.level"};
    const struct jv *findings = jv_get(r->grid, "findings"), *notes = jv_get(r->grid, "notes");
    struct table t = {.striped = true};

    if (jv_count(findings) + jv_count(notes) == 0)
        return;
    heading(r, 2, 80, type_say(r, "report.findings", NULL));
    table_open(r, &t, 3, shares, heads);
    for (size_t i = 0; i < jv_count(findings); i++)
        finding_row(r, &t, jv_at(findings, i), false);
    for (size_t i = 0; i < jv_count(notes); i++)
        finding_row(r, &t, jv_at(notes, i), true);
    table_end(r, &t);
}

void part_method(struct report *r)
{
    static const double shares[] = {150, 332};
    static const char *const heads[] = {"report.col.item", "report.col.value"};
    struct table t = {.striped = true};
    char limit[24];

    part_begin(r, "report.method", false);
    body(r, type_say(r, "report.method.source", NULL));
    body(r, type_say(r,
                     jv_is_object(jv_get(r->grid, "ruleset")) ? "report.method.rules"
                                                              : "report.method.rules-none",
                     NULL));
    snprintf(limit, sizeof limit, "%lld", (long long)limit_of(r));
    body(r, type_say(r, "report.method.thresholds", limit, NULL));
    body(r, type_own(r, say_caveat(r->lang)));
    findings_said(r);
    notes_said(r);
    facts_table(r);
    heading(r, 2, 120, type_say(r, "report.digests", NULL));
    table_open(r, &t, 2, shares, heads);
    evidence_each(r, jv_get_text(r->options, "grid_sha256"), evidence_row, &t);
    table_end(r, &t);
    heading(r, 2, 40, type_say(r, "report.attached", NULL));
    attached_said(r);
    body(r, type_say(r, "report.method.verify", NULL));
}

/* ---- re-evaluation ---- */

struct again {
    struct table table;
    size_t count;
    bool draw;
};

static void again_row(struct report *r, const struct jv *sheet, const struct jv *point, void *self)
{
    struct again *again = self;
    const struct jv *initial = jv_get(point, "initial");
    const char *before = jv_get_text(initial, "answer"), *name = jv_get_text(sheet, "name"),
               *cell = jv_get_text(jv_get(point, "cells"), "comment");
    const char *answered = jv_get_text(jv_get(point, "cells"), "answer");
    struct row row = {.sign_column = 2, .sign = point_answer(point)};

    if (before == NULL || strcmp(before, "Non") != 0)
        return;
    again->count++;
    if (!again->draw)
        return;
    row.texts[0] = type_set(r, jv_get_text(point, "id"), NULL, NULL);
    row.styles[0] = style_of(DRAW_BOLD, 8.8, ink);
    row.texts[1] = type_set(r, jv_get_text(initial, "comment"), NULL, NULL);
    row.styles[1] = style_of(DRAW_REGULAR, 8.4, muted);
    row.texts[2] = type_set(r, answer_word(r, point_answer(point)), NULL, NULL);
    row.styles[2] = style_of(DRAW_BOLD, 8.6, answer_colour(point_answer(point)));
    row.texts[3] = type_set(r, jv_get_text(point, "comment"), name, cell);
    row.styles[3] = style_of(DRAW_REGULAR, 8.4, ink);
    if (answered != NULL)
        row.sub = type_say(r, "report.cell", answered, NULL);
    table_row(r, &again->table, &row);
}

static char *fact_said(struct report *r, const char *value)
{
    struct date date;

    if (value == NULL || *value == '\0')
        return type_say(r, "report.fields.empty", NULL);
    return date_parse_iso(value, &date) == 0 ? type_date(r, value) : type_set(r, value, NULL, NULL);
}

static void again_fact(struct report *r, const char *label, const char *before, const char *after,
                       void *self)
{
    struct row row = {.sign_column = -1};

    row.texts[0] = type_own(r, label);
    row.styles[0] = style_of(DRAW_BOLD, 8.4, ink);
    row.texts[1] = fact_said(r, before);
    row.styles[1] = style_of(DRAW_REGULAR, 8.4, muted);
    row.texts[2] = fact_said(r, after);
    row.styles[2] = style_of(DRAW_REGULAR, 8.4, ink);
    table_row(r, self, &row);
}

void part_again(struct report *r)
{
    static const double shares[] = {40, 180, 62, 200}, thirds[] = {130, 176, 176};
    static const char *const heads[] = {"report.col.point", "report.col.before",
                                        "report.col.answer", "report.col.after"};
    static const char *const facts[] = {"report.col.item", "report.col.then", "report.col.now"};
    const struct jv *initial = jv_get(r->grid, "initial");
    struct again again = {.draw = false};
    struct table t = {.striped = true};

    if (!jv_is_object(initial))
        return;
    points_each(r, again_row, &again);
    part_begin(r, "report.again", false);
    table_open(r, &t, 3, thirds, facts);
    again_each(r, again_fact, &t);
    table_end(r, &t);
    body(r, type_say(r, "report.again.about", jv_get_text(initial, "name"), NULL));
    if (again.count == 0) {
        body(r, type_say(r, "report.again.none", NULL));
        return;
    }
    again.draw = true;
    table_open(r, &again.table, 4, shares, heads);
    points_each(r, again_row, &again);
    table_end(r, &again.table);
}

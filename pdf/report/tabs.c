/* The tabs of the form, every point, in the form's own order with its own column titles: what a
 * verifier ticks. And the points answered N/A with their justification. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

/* Shares of the width by what the column holds. */
static double column_share(const char *id)
{
    static const struct {
        const char *id;
        double share;
    } shares[] = {{"point", 40},    {"theme", 82},  {"owasp", 58},    {"severity", 52},
                  {"wording", 196}, {"answer", 76}, {"comment", 250}, {"verification", 150}};

    for (size_t i = 0; id != NULL && i < sizeof shares / sizeof shares[0]; i++) {
        if (strcmp(shares[i].id, id) == 0)
            return shares[i].share;
    }
    return 0;
}

static char *cell_text(struct report *r, const struct jv *sheet, const struct jv *point,
                       const char *id)
{
    const char *name = jv_get_text(sheet, "name");
    const struct jv *cells = jv_get(point, "cells");
    const char *value;

    if (strcmp(id, "answer") == 0)
        return type_set(r, answer_word(r, point_answer(point)), NULL, NULL);
    value = jv_get_text(point, strcmp(id, "point") == 0 ? "id" : id);
    return type_set(r, value, name, jv_get_text(cells, strcmp(id, "point") == 0 ? "id" : id));
}

static struct style cell_style(const char *id, const struct jv *point)
{
    if (strcmp(id, "point") == 0)
        return style_of(DRAW_BOLD, 8.4, ink);
    if (strcmp(id, "answer") == 0)
        return style_of(DRAW_BOLD, 8.4, answer_colour(point_answer(point)));
    if (strcmp(id, "severity") == 0)
        return style_of(point_is_high(point) ? DRAW_BOLD : DRAW_REGULAR, 8,
                        severity_colour(jv_get_text(point, "severity")));
    return style_of(DRAW_REGULAR, 8,
                    strcmp(id, "theme") == 0 || strcmp(id, "owasp") == 0 ? muted : ink);
}

/* Width of the longest word of a column of short texts: codes such as MASVS-RESILIENCE-1 are not
 * torn. */
static double longest_word(struct report *r, const struct jv *sheet, const char *id)
{
    const struct jv *points = jv_get(sheet, "points");
    double longest = 0;

    for (size_t i = 0; i < jv_count(points); i++) {
        const struct jv *point = jv_at(points, i);
        const char *text = jv_get_text(point, strcmp(id, "point") == 0 ? "id" : id);
        struct style s = cell_style(id, point);

        for (size_t n; text != NULL && *text != '\0'; text += n) {
            n = strcspn(text, " \n");
            double wide = n < 40 ? draw_width(r->d, s.face, s.size, text, n) : 0;
            longest = wide > longest ? wide : longest;
            n += strspn(text + n, " \n");
        }
    }
    return longest;
}

/* The share of a column, widened for its longest word, up to that of a theme and a half. */
static double column_width(struct report *r, const struct jv *sheet, const char *id)
{
    static const char *const coded[] = {"point", "theme", "owasp", "severity"};
    const double most = 124, pads = 19; /* the table is drawn together a little afterwards */
    double share = column_share(id);

    for (size_t i = 0; share > 0 && i < sizeof coded / sizeof coded[0]; i++) {
        if (strcmp(coded[i], id) != 0)
            continue;
        double wanted = longest_word(r, sheet, id) + pads;
        if (wanted > share)
            share = wanted < most ? wanted : most;
    }
    return share;
}

static void tab_row(struct report *r, struct table *t, const struct jv *sheet,
                    const struct jv *point, const char *const *ids)
{
    struct row row = {.sign_column = -1, .sign = point_answer(point)};
    const char *cell = jv_get_text(jv_get(point, "cells"), "answer");

    for (size_t i = 0; i < t->ncolumns; i++) {
        row.texts[i] = cell_text(r, sheet, point, ids[i]);
        row.styles[i] = cell_style(ids[i], point);
        if (strcmp(ids[i], "answer") == 0)
            row.sign_column = (int)i;
    }
    if (cell != NULL)
        row.sub = type_say(r, "report.cell", cell, NULL);
    table_row(r, t, &row);
}

static void tab_part(struct report *r, const struct jv *sheet)
{
    const struct jv *columns = jv_get(sheet, "columns"), *points = jv_get(sheet, "points");
    const char *ids[COLUMNS_MAX];
    struct tab_heading heading;
    struct table t = {.striped = true};
    struct style small = style_of(DRAW_REGULAR, 9, muted);
    char count[24];

    for (size_t i = 0; i < jv_count(columns) && t.ncolumns < COLUMNS_MAX; i++) {
        const char *id = jv_get_text(jv_at(columns, i), "id");
        double share = column_width(r, sheet, id);
        if (share == 0)
            continue;
        ids[t.ncolumns] = id;
        t.heads[t.ncolumns] = type_set(r, jv_get_text(jv_at(columns, i), "label"), NULL, NULL);
        t.width[t.ncolumns++] = share;
    }
    tab_heading(r, sheet, &heading);
    part_begin_text(r, type_say(r, heading.id, heading.name, heading.detail, NULL), true);
    snprintf(count, sizeof count, "%zu", jv_count(points));
    char id[64];
    put_para(
        r, r->section, "P", &small, r->left, r->right - r->left, 8,
        type_say(r, text_plural(r->lang, id, sizeof id, "report.tab.about", (long)jv_count(points)),
                 count, NULL));
    if (t.ncolumns == 0)
        return;
    table_begin(r, &t);
    for (size_t i = 0; i < jv_count(points); i++)
        tab_row(r, &t, sheet, jv_at(points, i), ids);
    table_end(r, &t);
}

void part_tabs(struct report *r)
{
    const struct jv *sheets = jv_get(r->grid, "sheets");

    for (size_t i = 0; i < jv_count(sheets); i++)
        tab_part(r, jv_at(sheets, i));
}

/* ---- N/A ---- */

struct na {
    struct table table;
    bool high;
    size_t count;
};

static void na_count(struct report *r, const struct jv *sheet, const struct jv *point, void *self)
{
    struct na *na = self;

    (void)r;
    (void)sheet;
    na->count += point_answer(point) == ANSWER_NA && point_is_high(point) == na->high;
}

static void na_row(struct report *r, const struct jv *sheet, const struct jv *point, void *self)
{
    struct na *na = self;
    const struct jv *cells = jv_get(point, "cells");
    const char *name = jv_get_text(sheet, "name"), *cell = jv_get_text(cells, "comment");
    struct row row = {.sign_column = -1};

    if (point_answer(point) != ANSWER_NA || point_is_high(point) != na->high)
        return;
    row.texts[0] = type_set(r, jv_get_text(point, "id"), NULL, NULL);
    row.styles[0] = style_of(DRAW_BOLD, 8.8, ink);
    row.texts[1] = type_set(r, jv_get_text(point, "severity"), NULL, NULL);
    row.styles[1] = style_of(DRAW_REGULAR, 8.4, severity_colour(jv_get_text(point, "severity")));
    row.texts[2] = type_set(r, jv_get_text(point, "wording"), name, jv_get_text(cells, "wording"));
    row.styles[2] = style_of(DRAW_REGULAR, 8.4, ink);
    row.texts[3] = type_set(r, jv_get_text(point, "comment"), name, cell);
    row.styles[3] = style_of(DRAW_REGULAR, 8.4, ink);
    row.texts[4] =
        type_say(r, "report.place", name != NULL ? name : "", cell != NULL ? cell : "", NULL);
    row.styles[4] = style_of(DRAW_REGULAR, 7.4, muted);
    table_row(r, &na->table, &row);
}

static void na_table(struct report *r, bool high, const char *id)
{
    struct na na = {.high = high};
    struct style body = style_of(DRAW_REGULAR, 9.5, ink);
    static const double shares[] = {38, 50, 150, 170, 84};
    static const char *const heads[] = {"report.col.point", "report.col.severity",
                                        "report.col.wording", "report.col.reason",
                                        "report.col.cell"};

    points_each(r, na_count, &na);
    if (na.count == 0 && !high)
        return;
    heading(r, 2, 80, type_say(r, id, NULL));
    if (na.count == 0) {
        put_para(r, r->section, "P", &body, r->left, r->right - r->left, 6,
                 type_say(r, "report.na.high-none", NULL));
        return;
    }
    table_open(r, &na.table, 5, shares, heads);
    points_each(r, na_row, &na);
    table_end(r, &na.table);
}

void part_na(struct report *r)
{
    struct style body = style_of(DRAW_REGULAR, 9.5, ink);
    struct na all = {.high = true}, low = {.high = false};

    points_each(r, na_count, &all);
    points_each(r, na_count, &low);
    if (all.count + low.count == 0)
        return;
    part_begin(r, "report.na", false);
    put_para(r, r->section, "P", &body, r->left, r->right - r->left, 6,
             type_say(r, "report.na.about", NULL));
    na_table(r, true, "report.na.high");
    na_table(r, false, "report.na.other");
}

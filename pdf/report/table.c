/* Tables that run over pages: the head is drawn again on each page (as an artifact: readers have it
 * once), a row that does not fit goes to the next page, and a row higher than half a page is split
 * between lines. A text too long for its column stands under its row (below.c). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pdf/report/report_int.h"

static const double pad_x = TABLE_PAD_X, pad_y = TABLE_PAD_Y;

enum { HEAD_LINES_MAX = 4 };

struct cells {
    struct para para[COLUMNS_MAX];
    struct para sub;
    struct draw_elem *elem[COLUMNS_MAX];
    size_t done[COLUMNS_MAX];
    bool sub_done;
    char *below[COLUMNS_MAX]; /* texts that stand under the row */
    bool any_below;
};

static void head_draw(struct report *r, struct table *t, bool first)
{
    struct draw_elem *row = first ? draw_elem_add(r->d, t->elem, "TR") : NULL;
    double y = r->y - pad_y - 0.6;

    draw_artifact(r->d, "Layout");
    draw_fill(r->d, r->look.primary, t->x[0], r->y - t->head_height, r->right - t->x[0],
              t->head_height);
    draw_end(r->d);
    if (!first)
        draw_artifact(r->d, "Pagination");
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (first) {
            struct draw_elem *cell = draw_elem_add(r->d, row, "TH");
            draw_elem_scope(r->d, cell, "Column");
            draw_begin(r->d, cell);
        }
        para_draw(r, &t->head[i], 0, t->head[i].nlines, t->x[i] + pad_x, y);
        if (first)
            draw_end(r->d);
    }
    if (!first)
        draw_end(r->d);
    r->y -= t->head_height;
}

void table_begin(struct report *r, struct table *t)
{
    double sum = 0, x = r->left, high = 0;

    t->elem = draw_elem_add(r->d, r->section, "Table");
    t->head_style = style_of(DRAW_BOLD, 8, white);
    t->rows = 0;
    for (size_t i = 0; i < t->ncolumns; i++)
        sum += t->width[i];
    for (size_t i = 0; i < t->ncolumns; i++) {
        t->width[i] *= (r->right - r->left) / sum;
        t->x[i] = x;
        x += t->width[i];
        para_make(r, &t->head[i], &t->head_style, t->width[i] - 2 * pad_x, t->heads[i]);
        para_cut(&t->head[i], HEAD_LINES_MAX);
        high = fmax(high, para_height(&t->head[i]));
    }
    t->head_height = high + 2 * pad_y + 1;
    page_need(r, t->head_height + 46);
    head_draw(r, t, true);
}

void table_open(struct report *r, struct table *t, size_t n, const double *shares,
                const char *const *ids)
{
    t->ncolumns = n;
    for (size_t i = 0; i < n; i++) {
        t->width[i] = shares[i];
        t->heads[i] = type_say(r, ids[i], NULL);
    }
    table_begin(r, t);
}

void table_end(struct report *r, struct table *t)
{
    for (size_t i = 0; i < t->ncolumns; i++)
        para_free(&t->head[i]);
    r->y -= 12;
}

static double rest_height(const struct table *t, const struct cells *c, const struct row *row)
{
    double high = 0;

    for (size_t i = 0; i < t->ncolumns; i++) {
        double h = (double)(c->para[i].nlines - c->done[i]) * c->para[i].style.lead;
        if ((int)i == row->sign_column && !c->sub_done)
            h += para_height(&c->sub);
        high = fmax(high, h);
    }
    return high + 2 * pad_y;
}

/* How many lines of the cell go into `room`; the last line is never left alone for the next page.
 */
static size_t lines_in(const struct para *p, size_t done, double room)
{
    size_t left = p->nlines - done, fit = room > 0 ? (size_t)floor(room / p->style.lead + 0.01) : 0;

    if (fit >= left)
        return left;
    return left - fit == 1 && fit > 1 ? fit - 1 : fit;
}

void table_ground(struct report *r, const struct table *t, const struct row *row, double h)
{
    bool tinted = row->sign_column >= 0 && row->sign != ANSWER_YES;

    if (!tinted && (!t->striped || t->rows % 2 == 0))
        return;
    draw_artifact(r->d, "Layout");
    draw_fill(r->d, tinted ? answer_pale(row->sign) : stripe, t->x[0], r->y - h, r->right - t->x[0],
              h);
    draw_end(r->d);
}

/* The line under a row, or under its part of a page. */
static void rule_draw(struct report *r, const struct table *t)
{
    draw_artifact(r->d, "Layout");
    draw_line(r->d, rule, 0.6, t->x[0], r->y, r->right, r->y);
    draw_end(r->d);
}

static void cell_draw(struct report *r, const struct table *t, struct cells *c,
                      const struct row *row, size_t i, double room)
{
    struct para *p = &c->para[i];
    size_t n = lines_in(p, c->done[i], room);
    bool signed_here = (int)i == row->sign_column && c->done[i] == 0;
    double x = t->x[i] + pad_x, y = r->y - pad_y;

    if (signed_here) {
        draw_artifact(r->d, "Layout");
        answer_sign(r, row->sign, x, y - p->style.lead + 2.6, p->style.size - 0.5,
                    answer_colour(row->sign));
        draw_end(r->d);
    }
    if ((int)i == row->sign_column)
        x += p->style.size + 3;
    if (n == 0 && !(signed_here && c->sub.nlines > 0))
        return;
    draw_begin(r->d, c->elem[i]);
    para_draw(r, p, c->done[i], c->done[i] + n, x, y);
    if (signed_here) {
        draw_apart(r->d);
        para_draw(r, &c->sub, 0, c->sub.nlines, x, y - (double)n * p->style.lead);
        c->sub_done = true;
    }
    draw_end(r->d);
    c->done[i] += n;
}

void table_page(struct report *r, struct table *t)
{
    page_again(r);
    head_draw(r, t, false);
}

/* "W-05 …" at the top of a continued row, for the eye. */
static void again_draw(struct report *r, const struct table *t, const struct cells *c)
{
    struct style s = style_of(DRAW_ITALIC, 7.4, muted);
    const struct para *p = &c->para[0];

    if (p->nlines == 0 || c->done[0] < p->nlines)
        return;
    draw_artifact(r->d, "Pagination");
    line_draw(r, &s, ALIGN_LEFT, t->x[0] + pad_x, r->y - pad_y - 7.4, t->width[0] - 2 * pad_x,
              p->text);
    draw_end(r->d);
}

/* What stands in the column of a text that is set under the row, for the eye. */
static void pointer_draw(struct report *r, const struct table *t, size_t i)
{
    struct style s = style_of(DRAW_ITALIC, 7.4, muted);
    char *said = type_say(r, "report.below", NULL);

    draw_artifact(r->d, "Layout");
    line_draw(r, &s, ALIGN_LEFT, t->x[i] + pad_x, r->y - pad_y - 7.4, t->width[i] - 2 * pad_x,
              said);
    draw_end(r->d);
    free(said);
}

static void rows_split(struct report *r, struct table *t, struct cells *c, const struct row *row)
{
    for (int guard = 0; guard < 2000 && rest_height(t, c, row) > 2 * pad_y + 0.01; guard++) {
        double rest = rest_height(t, c, row), room = r->y - r->bottom;
        bool last = rest <= room;

        if (!last && room < 62) {
            table_page(r, t);
            continue;
        }
        double h = last ? rest : room;
        table_ground(r, t, row, h);
        if (guard > 0)
            again_draw(r, t, c);
        for (size_t i = 0; i < t->ncolumns; i++) {
            if (guard == 0 && c->below[i] != NULL)
                pointer_draw(r, t, i);
            cell_draw(r, t, c, row, i, h - 2 * pad_y);
        }
        r->y -= h;
        if (!last) {
            rule_draw(r, t);
            table_page(r, t);
        }
    }
}

static void cells_make(struct report *r, struct table *t, struct row *row, struct cells *c)
{
    struct draw_elem *elem = draw_elem_add(r->d, t->elem, "TR");
    struct style small = style_of(DRAW_REGULAR, 6.8, muted);

    for (size_t i = 0; i < t->ncolumns; i++) {
        bool sign = (int)i == row->sign_column;
        double width = t->width[i] - 2 * pad_x - (sign ? row->styles[i].size + 3 : 0);

        if (i > 0 && !sign && below_wanted(&row->styles[i], width, row->texts[i])) {
            c->below[i] = row->texts[i];
            c->any_below = true;
        } else {
            para_make(r, &c->para[i], &row->styles[i], width, row->texts[i]);
        }
        c->elem[i] = draw_elem_add(r->d, elem, i == 0 ? "TH" : "TD");
        if (i == 0)
            draw_elem_scope(r->d, c->elem[i], "Row");
    }
    if (row->sign_column >= 0)
        para_make(r, &c->sub, &small, t->width[row->sign_column] - 2 * pad_x - 11, row->sub);
    else
        free(row->sub);
}

void table_row(struct report *r, struct table *t, struct row *row_take)
{
    struct cells c = {0};
    double page_room = r->top - r->bottom - t->head_height;

    cells_make(r, t, row_take, &c);
    double h = rest_height(t, &c, row_take), whole = h + (c.any_below ? BELOW_LEAST : 0);
    if (whole > r->y - r->bottom && h <= page_room * 0.5)
        table_page(r, t);
    rows_split(r, t, &c, row_take);
    for (size_t i = 0; i < t->ncolumns; i++) {
        if (c.below[i] != NULL)
            below_draw(r, t, row_take, i, c.elem[i], c.para[0].text, c.below[i]);
    }
    rule_draw(r, t);
    t->rows++;
    for (size_t i = 0; i < t->ncolumns; i++)
        para_free(&c.para[i]);
    para_free(&c.sub);
}

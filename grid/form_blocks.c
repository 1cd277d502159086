/* The headers of a sheet, as a person sees them: what stands in one row may belong to several
 * tables, and a row that begins one table may be in the middle of its neighbour. */
#include "grid/form_blocks.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "grid/book_part.h"
#include "grid/form_marks.h"

static bool overlap(const struct block *a, const struct block *b)
{
    return a->known1 <= b->known2 && b->known1 <= a->known2;
}

/* Whether the row is one of the points of a table above, which may well begin with words that are
 * labels elsewhere. */
static bool is_row_of(const struct look *k, const struct block *t)
{
    uint32_t row = k->sheet->cells[k->from].row;
    const struct cell *answer = book_cell(k->sheet, row, t->answer);
    const struct cell *severity = t->severity != 0 ? book_cell(k->sheet, row, t->severity) : NULL;

    return (answer != NULL && form_is_answer(answer)) ||
           (severity != NULL && form_severity(severity, k->l, k->e) != NULL);
}

static bool in_another(const struct look *k, const bool rows[FORM_TABLES_MAX], uint32_t column)
{
    for (size_t i = 0; i < k->b->count; i++) {
        if (rows[i] && column >= k->b->items[i].first && column <= k->b->items[i].last)
            return true;
    }
    return false;
}

static int take_marks(struct look *k)
{
    bool rows[FORM_TABLES_MAX] = {false};

    for (size_t i = 0; i < k->b->count; i++)
        rows[i] = is_row_of(k, &k->b->items[i]);
    k->count = 0;
    for (size_t i = k->from; i < k->to && k->count < FORM_COLUMNS_MAX; i++) {
        const struct cell *c = &k->sheet->cells[i];
        size_t strength;
        if (!form_is_label(c) || c->len == 0 || in_another(k, rows, c->column))
            continue;
        const char *tick = form_tick(c, k->e);
        struct mark *m = &k->marks[k->count++];
        *m = (struct mark){.cell = c, .edge = book_right_edge(k->sheet, c->row, c->column)};
        m->edge = m->edge < c->column ? c->column : m->edge;
        m->tick = (char)(tick == NULL ? 0 : strcmp(tick, "N/A") == 0 ? 'A' : tick[0]);
        if (form_label_column(c, k->l, &m->id, &strength, k->e) != 0)
            return -1;
    }
    return 0;
}

/* The same labels in the same columns, as far as both have them, and no further ones. */
static bool goes_on(const struct block *with, const struct block *b)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (b->has[i] && (!with->has[i] || with->columns[i] != b->columns[i]))
            return false;
    }
    return true;
}

/* Labels that touch the known ones belong to them, but not into another table. */
static void widen(const struct look *k, struct block *b, uint32_t least, uint32_t most)
{
    for (size_t i = 0; i < k->b->count; i++) {
        const struct block *t = &k->b->items[i];
        if (t->last < b->known1 && t->last >= least)
            least = t->last + 1;
        if (t->first > b->known2 && t->first <= most)
            most = t->first - 1;
    }
    b->first = b->known1;
    b->last = b->known2;
    for (size_t i = k->count; i-- > 0;) {
        if (k->marks[i].edge + 1 == b->first && k->marks[i].cell->column >= least)
            b->first = k->marks[i].cell->column;
    }
    for (size_t i = 0; i < k->count; i++) {
        const struct mark *m = &k->marks[i];
        if (m->cell->column <= b->last + 1 && m->edge > b->last && m->edge <= most)
            b->last = m->edge;
    }
}

/* Marks from..to as a header; *found stays false when they are none. */
static int look_at(struct look *k, size_t from, size_t to, struct block *b, bool *found)
{
    const struct form_sheet part = {
        .sheet = k->sheet,
        .area = {1, BOOK_ROWS, k->marks[from].cell->column, k->marks[to - 1].edge}};
    struct header h;

    *found = false;
    if (form_look_at_row(k->f, &part, k->from, k->to, k->l, &h, k->e) != 0)
        return -1;
    if (!form_is_header(&h))
        return 0;
    *b = (struct block){.row = k->sheet->cells[k->from].row,
                        .last_row = h.last_row,
                        .least = 1,
                        .most = BOOK_COLUMNS};
    b->known1 = BOOK_COLUMNS;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        uint32_t column = h.columns[i].column;
        b->has[i] = h.has[i];
        b->columns[i] = column;
        b->known1 = h.has[i] && column < b->known1 ? column : b->known1;
        b->known2 = h.has[i] && column > b->known2 ? column : b->known2;
    }
    for (int i = 0; i < TICKS; i++)
        b->known2 = h.ticks[i] > b->known2 ? h.ticks[i] : b->known2;
    b->answer = h.columns[COLUMN_ANSWER].column;
    b->severity = h.has[COLUMN_SEVERITY] ? h.columns[COLUMN_SEVERITY].column : 0;
    *found = true;
    for (size_t i = from; i < to; i++) { /* a row of points, after all */
        const struct mark *m = &k->marks[i];
        if (m->cell->column >= b->known1 && m->cell->column <= b->known2 && h.ticks[0] == 0 &&
            form_is_answer(m->cell))
            *found = false;
    }
    return 0;
}

static int take_block(struct look *k, size_t from, size_t to)
{
    struct blocks *all = k->b;
    struct block b;
    bool found;

    if (look_at(k, from, to, &b, &found) != 0 || !found)
        return found ? -1 : err_is_set(k->e) ? -1 : 0;
    for (size_t i = all->count; i-- > 0;) {
        if (!overlap(&all->items[i], &b))
            continue;
        if (goes_on(&all->items[i], &b))
            return 0;
        break;
    }
    widen(k, &b, k->marks[from].cell->column, k->marks[to - 1].edge);
    if (all->count < FORM_TABLES_MAX)
        all->items[all->count++] = b;
    else if (all->further_row == 0)
        all->further_row = b.row;
    return 0;
}

/* Tables that touch each other, or a table with gaps in it. */
static int take_span(struct look *k, size_t start, size_t to)
{
    enum column_id anchor = marks_anchor(k, start, to);

    for (size_t i = start + 1; i < to; i++) {
        size_t end = k->marks[i].id == anchor ? marks_table_end(k, start, i, anchor) : 0;
        if (end == 0 || !marks_are_two(marks_known(k, start, end), marks_known(k, end, to), anchor))
            continue;
        if (take_block(k, start, end) != 0)
            return -1;
        start = end;
    }
    return to > start ? take_block(k, start, to) : 0;
}

/* The tables of the row, from the first one on, end where something else begins. */
static void keep_off_asides(const struct look *k, size_t first)
{
    for (size_t i = first; i < k->b->count; i++) {
        struct block *t = &k->b->items[i];
        for (size_t n = 0; n < k->aside_count; n++) {
            const struct span *a = &k->asides[n];
            if (a->last < t->known1 && a->last >= t->least)
                t->least = a->last + 1;
            if (a->first > t->known2 && a->first <= t->most)
                t->most = a->first - 1;
        }
    }
}

/* A row that reads like a header as a whole: each table of it. Gaps part tables when there is one
 * on either side, and are gaps in a table otherwise. */
static int take_row(struct look *k)
{
    size_t start = 0, tables = k->b->count;

    if (take_marks(k) != 0)
        return -1;
    marks_set_asides(k);
    enum column_id anchor = marks_anchor(k, 0, k->count);
    for (size_t run = 0, end; run < k->count; run = end) {
        end = marks_run_end(k, run);
        if (run == start ||
            !marks_are_two(marks_known(k, start, run), marks_known(k, run, end), anchor))
            continue;
        if (take_span(k, start, run) != 0)
            return -1;
        start = run;
    }
    if (k->count > start && take_span(k, start, k->count) != 0)
        return -1;
    keep_off_asides(k, tables);
    return 0;
}

int form_find_blocks(struct form *f, const struct sheet *sheet, const struct layout *l,
                     struct blocks *out, struct err *e)
{
    const struct form_sheet whole = {.sheet = sheet, .area = {1, BOOK_ROWS, 1, BOOK_COLUMNS}};
    struct look *k = calloc(1, sizeof *k);
    struct header h;
    int rc = k != NULL ? 0 : err_set_memory(e);

    *out = (struct blocks){.count = 0};
    for (size_t i = 0, end; rc == 0 && i < sheet->count && i < FORM_LABEL_CELLS_MAX; i = end) {
        end = form_row_end(sheet, i);
        rc = form_look_at_row(f, &whole, i, end, l, &h, e);
        if (rc != 0 || !form_is_header(&h))
            continue;
        *k = (struct look){.sheet = sheet, .l = l, .f = f, .b = out, .from = i, .to = end, .e = e};
        rc = take_row(k);
    }
    free(k);
    return rc == 0 && !err_is_set(e) ? 0 : -1;
}

size_t form_block_above(const struct blocks *b, size_t i)
{
    for (size_t k = i; k-- > 0;) {
        if (!b->items[k].dropped && b->items[k].row < b->items[i].row &&
            overlap(&b->items[k], &b->items[i]))
            return k;
    }
    return SIZE_MAX;
}

static bool side_by_side(const struct block *a, const struct block *b)
{
    return !b->dropped && a->row <= b->area.row2 && b->row <= a->area.row2;
}

void form_place_blocks(struct blocks *b)
{
    for (size_t i = 0; i < b->count; i++) {
        struct block *t = &b->items[i];
        size_t above = form_block_above(b, i);
        t->area = (struct range){1, BOOK_ROWS, t->least, t->most};
        if (above != SIZE_MAX) {
            uint32_t after = b->items[above].last_row + 1;
            t->area.row1 = t->row > after + TITLE_ROWS ? t->row - TITLE_ROWS : after;
        }
        for (size_t k = i + 1; k < b->count; k++) {
            const struct block *below = &b->items[k];
            if (!below->dropped && below->row > t->row && overlap(t, below) &&
                below->row <= t->area.row2)
                t->area.row2 = below->row - 1;
        }
    }
    for (size_t i = 0; i < b->count; i++) {
        struct block *t = &b->items[i];
        for (size_t k = 0; k < b->count; k++) {
            const struct block *other = &b->items[k];
            if (k == i || !side_by_side(t, other))
                continue;
            if (other->known2 < t->known1 && other->last >= t->area.column1)
                t->area.column1 = other->last + 1;
            if (other->known1 > t->known2 && other->first <= t->area.column2)
                t->area.column2 = other->first - 1;
        }
    }
}

/* Points that no table has: rows outside the columns that were read with an identifier that is read
 * nowhere, a severity and an answer; a wording with an answer, where a header says so; or, on a
 * sheet without points, a text with either. Whatever the sheet looks like, they must not vanish. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/search.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/form_unread.h"

enum { ROWS_LEAST = 2 };

static int by_id(const void *a, const void *b)
{
    const struct form_point *const *p = a, *const *q = b;

    return strcmp(form_point_id(*p), form_point_id(*q));
}

static int by_wording(const void *a, const void *b)
{
    const struct form_point *const *p = a, *const *q = b;

    return strcmp((*p)->wording.text, (*q)->wording.text);
}

/* One without severity and answer may be something else, whose columns lie otherwise. */
static bool says_something(const struct form_point *p)
{
    return form_is_candidate(p) &&
           (!clean_is_void(p->severity.text) || !clean_is_void(p->answer.text));
}

int unread_sort(struct unread *u)
{
    size_t n = 0;

    if (u->points != NULL)
        return 0;
    for (size_t i = 0; i < u->f->sheet_count; i++)
        n += u->f->sheets[i].point_count;
    u->points = calloc(n + 1, sizeof *u->points);
    u->wordings = calloc(n + 1, sizeof *u->wordings);
    if (u->points == NULL || u->wordings == NULL)
        return err_set_memory(u->e);
    for (size_t i = 0; i < u->f->sheet_count; i++) {
        for (size_t k = 0; k < u->f->sheets[i].point_count; k++) {
            if (says_something(&u->f->sheets[i].points[k]))
                u->points[u->point_count++] = &u->f->sheets[i].points[k];
        }
    }
    if (u->point_count > 0) {
        memcpy(u->wordings, u->points, u->point_count * sizeof *u->points);
        qsort(u->points, u->point_count, sizeof(struct form_point *), by_id);
        qsort(u->wordings, u->point_count, sizeof(struct form_point *), by_wording);
    }
    return 0;
}

/* Whether the row has this wording, perhaps shortened, or none at all. */
static bool has_wording(const struct unread *u, const char *wording)
{
    bool any = false;

    for (size_t i = 0; i < u->count; i++) {
        const struct cell *c = u->row[i];
        if (c->type != CELL_TEXT || c->len < WORDING_LEAST)
            continue;
        any = true;
        if (strstr(c->text, wording) != NULL || clean_is_shortened(c->text, wording, u->e))
            return true;
    }
    return !any;
}

struct wanted {
    const struct unread *u;
    const char *text;
};

static bool id_below(const void *self, size_t i)
{
    const struct wanted *w = self;

    return strcmp(form_point_id(w->u->points[i]), w->text) < 0;
}

size_t unread_find(const struct unread *u, const char *id)
{
    const struct wanted w = {u, id};
    size_t i = search_first(u->point_count, id_below, &w);
    bool there = i < u->point_count && strcmp(form_point_id(u->points[i]), id) == 0;

    return there ? i : u->point_count;
}

/* Whether a point of this identifier was read, with the wording that stands beside it. */
static bool is_read(const struct unread *u, const char *id)
{
    size_t first = unread_find(u, id);

    for (size_t i = first; i < u->point_count && i - first < FORM_ALIKE_MAX &&
                           strcmp(form_point_id(u->points[i]), id) == 0;
         i++) {
        if (has_wording(u, u->points[i]->wording.text))
            return true;
    }
    return false;
}

static bool wording_below(const void *self, size_t i)
{
    const struct wanted *w = self;

    return strcmp(w->u->wordings[i]->wording.text, w->text) < 0;
}

bool unread_has_wording(const struct unread *u, const char *wording, const char *answer)
{
    const struct wanted w = {u, wording};
    size_t first = search_first(u->point_count, wording_below, &w);

    for (size_t i = first; i < u->point_count && i - first < FORM_ALIKE_MAX &&
                           strcmp(u->wordings[i]->wording.text, wording) == 0;
         i++) {
        const char *its = answer_token(answer_of(&u->wordings[i]->answer));
        if (answer == NULL || (its != NULL && strcmp(its, answer) == 0))
            return true;
    }
    return false;
}

bool unread_is_id(const struct cell *c, char id[ID_BYTES])
{
    size_t n = 0;

    if ((c->type != CELL_TEXT && c->type != CELL_NUMBER) || c->len >= ID_BYTES)
        return false;
    const char *text = clean_trim(c->text, &n);
    memcpy(id, text, n);
    id[n] = '\0';
    /* slashes may be dates */
    return strchr(id, '/') == NULL && form_id_plausible(id);
}

/* The first identifier in the row's cells outside all tables, when it is that of a point which was
 * read nowhere; else *at is NULL. */
static int look_at_row(struct unread *u, const struct cell **at)
{
    bool severity = false;
    char id[ID_BYTES];

    *at = NULL;
    for (size_t i = 0; u->answers > 0 && !severity && i < u->count; i++)
        severity = form_is_severity_word(u->row[i], u->l, u->e);
    if (!severity)
        return 0;
    if (unread_sort(u) != 0)
        return -1;
    for (size_t i = 0; i < u->count; i++) { /* further ones ("T1") are something else's */
        if (!unread_is_id(u->row[i], id))
            continue;
        *at = is_read(u, id) ? NULL : u->row[i];
        break;
    }
    return 0;
}

static bool is_text(const struct cell *c)
{
    return c->type == CELL_TEXT && c->len >= WORDING_LEAST;
}

/* In the columns that no table has, or in one beside the table's own answers. */
static bool has_answer(const struct unread *u, const struct form_sheet *s, uint32_t row, bool below)
{
    bool answer = below && u->answers > 0;

    for (size_t i = 0; i < s->rival_count; i++) {
        const struct cell *c = book_cell(s->sheet, row, s->rivals[i]);
        answer |= c != NULL && form_is_answer(c);
    }
    return answer;
}

/* A wording that was read nowhere, with an answer, below a header that had no points for want of
 * identifiers and severities: below the table's own or beside it. */
static int look_for_wording(struct unread *u, const struct form_sheet *s, uint32_t row,
                            const struct cell **at)
{
    bool below = s->pointless_header != 0 && row > s->pointless_header;

    for (size_t i = 0; i < u->count; i++) {
        const struct cell *c = u->row[i];
        if (!is_text(c) || (!below && c->column != s->wording_rival) ||
            !has_answer(u, s, row, below))
            continue;
        if (unread_sort(u) != 0)
            return -1;
        if (!unread_has_wording(u, c->text, NULL)) {
            *at = c;
            return 0;
        }
    }
    return 0;
}

/* A text with an answer or a severity, on a sheet of which no point was read. */
static void look_for_text(const struct unread *u, const struct cell **at)
{
    const struct cell *text = NULL;
    bool word = u->answers > 0;

    for (size_t i = 0; i < u->count && text == NULL; i++)
        text = is_text(u->row[i]) ? u->row[i] : NULL;
    for (size_t i = 0; i < u->count && text != NULL && !word; i++)
        word = form_is_severity_word(u->row[i], u->l, u->e);
    *at = word ? text : NULL;
}

struct wanted_row {
    const struct form_sheet *s;
    uint32_t row;
};

static bool row_below(const void *self, size_t i)
{
    const struct wanted_row *w = self;

    return w->s->points[i].id.row < w->row;
}

/* Whether a point of the table stands in the row: its points are sorted by row. */
static bool has_row(const struct form_sheet *s, uint32_t row)
{
    const struct wanted_row w = {s, row};
    size_t i = search_first(s->point_count, row_below, &w);

    return i < s->point_count && s->points[i].id.row == row && says_something(&s->points[i]);
}

/* The tables of a sheet that have a point in the row. */
static size_t tables_in(const struct unread *u, uint32_t row, const struct taken **out)
{
    size_t n = 0;

    for (size_t i = 0; i < u->taken_count; i++) {
        if (has_row(u->taken[i].table, row))
            out[n++] = &u->taken[i];
    }
    return n;
}

static bool is_taken(const struct taken *const *tables, size_t n, uint32_t column)
{
    for (size_t i = 0; i < n; i++) {
        if (column < FORM_COLUMNS_MAX && tables[i]->columns[column])
            return true;
    }
    return false;
}

static void take(struct unread *u, const struct form_sheet *s)
{
    struct taken *t = &u->taken[u->taken_count++];

    *t = (struct taken){.table = s};
    for (size_t i = 0; i < s->column_count; i++) {
        if (s->columns[i].id != COLUMN_NONE && s->columns[i].column < FORM_COLUMNS_MAX)
            t->columns[s->columns[i].column] = true;
    }
    if (s->severity_rival != 0 && (s->rival_count > 0 || s->wording_rival != 0))
        return; /* both may be of another table */
    for (size_t i = 0; i < s->rival_count; i++)
        t->columns[s->rivals[i]] = true;
    t->columns[s->severity_rival] = true;
}

/* The cells of one row that no table has. */
static void take_row(struct unread *u, const struct sheet *sheet, size_t from, size_t to)
{
    size_t n = tables_in(u, sheet->cells[from].row, u->in_row);

    u->count = u->answers = 0;
    for (size_t k = from; k < to && u->count < FORM_COLUMNS_MAX; k++) {
        const struct cell *c = &sheet->cells[k];
        if (c->type == CELL_EMPTY || c->len == 0 || (c->flags & CELL_COVERED) != 0 ||
            is_taken(u->in_row, n, c->column))
            continue;
        u->row[u->count++] = c;
        u->answers += form_is_answer(c);
    }
}

/* Beside all tables, where something else was seen: there one row is enough. */
static bool is_beside(const struct form_sheet *first, const struct form_sheet *end,
                      const struct cell *c)
{
    bool inside = c->row < first->header_row;

    for (const struct form_sheet *s = first; s < end; s++)
        inside |= c->column >= s->area.column1 && c->column <= s->area.column2;
    return !inside;
}

/* Whether the labels beside the table, in the row of its header, are those of points but for the
 * answers. */
static int names_points(const struct unread *u, const struct form_sheet *s, bool *yes)
{
    size_t from = book_row_start(s->sheet, s->header_row);
    bool has[COLUMN_COUNT] = {false};

    for (size_t i = from; i < s->sheet->count && s->sheet->cells[i].row == s->header_row; i++) {
        const struct cell *c = &s->sheet->cells[i];
        enum column_id id;
        size_t strength;
        if (!form_is_label(c) || (c->column >= s->area.column1 && c->column <= s->area.column2))
            continue;
        if (form_label_column(c, u->l, &id, &strength, u->e) != 0)
            return -1;
        if (id < COLUMN_COUNT)
            has[id] = true;
    }
    *yes |= has[COLUMN_POINT] && has[COLUMN_WORDING] && has[COLUMN_SEVERITY];
    return 0;
}

/* The first identifier in the row beside all tables, read nowhere, with a severity. */
static int look_beside(struct unread *u, const struct form_sheet *first,
                       const struct form_sheet *end, const struct cell **at)
{
    const struct cell *new = NULL;
    bool severity = false, seen = false;
    char id[ID_BYTES];

    if (unread_sort(u) != 0)
        return -1;
    for (size_t i = 0; i < u->count; i++) {
        if (!is_beside(first, end, u->row[i]))
            continue;
        severity |= form_is_severity_word(u->row[i], u->l, u->e);
        if (seen || !unread_is_id(u->row[i], id))
            continue;
        seen = true;
        new = is_read(u, id) ? NULL : u->row[i];
    }
    *at = severity ? new : NULL;
    return 0;
}

static bool has_header_above(const struct form_sheet *first, const struct form_sheet *end,
                             uint32_t row)
{
    bool any = false;

    for (const struct form_sheet *s = first; s < end; s++)
        any |= s->header_row != 0 && s->header_row < row;
    return any;
}

/* Tables first..end of one sheet, which have points or not. */
static int look_at_sheet(struct unread *u, struct form *f, struct form_sheet *first,
                         const struct form_sheet *end, bool points)
{
    const struct sheet *sheet = first->sheet;
    size_t kept = f->loose_count;
    const struct cell *found = NULL;
    size_t rows = 0;
    bool named = false;

    u->taken_count = 0;
    for (const struct form_sheet *s = first; s < end; s++) {
        take(u, s);
        if (s->header_row != 0 && names_points(u, s, &named) != 0)
            return -1;
    }
    for (size_t i = 0, row_end;
         i < sheet->count && (rows < ROWS_LEAST || f->loose_count - kept < FORM_LOOSE_MAX);
         i = row_end) {
        const struct cell *at;
        row_end = form_row_end(sheet, i);
        take_row(u, sheet, i, row_end);
        if (u->count == 0)
            continue;
        if (f->loose_count - kept < FORM_LOOSE_MAX &&
            loose_look(u, f, sheet, !has_header_above(first, end, sheet->cells[i].row)) != 0)
            return -1;
        if (rows >= ROWS_LEAST)
            continue;
        if (look_at_row(u, &at) != 0)
            return -1;
        if (at == NULL && named && look_beside(u, first, end, &at) != 0)
            return -1;
        if (at == NULL && !points)
            look_for_text(u, &at);
        for (const struct form_sheet *s = first; s < end && at == NULL && points; s++) {
            if (look_for_wording(u, s, sheet->cells[i].row, &at) != 0)
                return -1;
        }
        rows += at == NULL ? 0 : is_beside(first, end, at) ? ROWS_LEAST : 1;
        found = found == NULL ? at : found;
    }
    if (rows >= ROWS_LEAST && first->unread_row == 0) {
        first->unread_row = found->row;
        first->unread_column = found->column;
    }
    return 0;
}

int form_find_unread(struct form *f, const struct layout *l, struct err *e)
{
    struct unread *u = calloc(1, sizeof *u);
    int rc = u != NULL ? 0 : err_set_memory(e);

    if (rc == 0) {
        *u = (struct unread){.f = f, .l = l, .e = e};
        u->taken = calloc(f->sheet_count + 1, sizeof *u->taken);
        u->in_row = calloc(f->sheet_count + 1, sizeof *u->in_row);
        rc = u->taken != NULL && u->in_row != NULL ? 0 : err_set_memory(e);
    }
    for (size_t i = 0, end; rc == 0 && i < f->sheet_count; i = end) {
        bool points = false;
        for (end = i; end < f->sheet_count && f->sheets[end].sheet == f->sheets[i].sheet; end++)
            points |= f->sheets[end].point_count > 0;
        if (f->sheets[i].sheet != NULL)
            rc = look_at_sheet(u, f, &f->sheets[i], f->sheets + end, points);
    }
    if (u != NULL) {
        free(u->taken);
        free(u->in_row);
        free(u->points);
        free(u->wordings);
    }
    free(u);
    return rc == 0 && !err_is_set(e) ? 0 : -1;
}

/* A tab of points: its columns and its rows. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_part.h"

/* Every labelled cell of the header row, known or not, in the order of the form. */
static int keep_columns(struct form *f, struct form_sheet *s, const struct header *h, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    size_t from = book_row_start(sheet, s->header_row);
    size_t to = book_row_start(sheet, s->header_row + 1);

    s->columns = calloc(to - from + 1 + COLUMN_COUNT, sizeof *s->columns);
    if (s->columns == NULL)
        return err_set_memory(e);
    for (int k = 0; k < COLUMN_COUNT; k++) {
        if (h->has[k] && h->columns[k].by_content)
            s->columns[s->column_count++] = h->columns[k];
    }
    for (size_t i = from; i < to && s->column_count < COLUMNS_MAX; i++) {
        const struct cell *c = &sheet->cells[i];
        struct form_column column = {COLUMN_NONE, c->column, NULL, false};
        bool listed = false;
        if (c->type != CELL_TEXT || (c->flags & CELL_COVERED) != 0)
            continue;
        for (int k = 0; k < COLUMN_COUNT; k++) {
            if (!h->has[k] || h->columns[k].column != c->column)
                continue;
            column.id = (enum column_id)k;
            listed |= h->columns[k].by_content;
        }
        column.label = arena_text(&f->arena, c->text, c->len);
        if (column.label == NULL)
            return fault_set(e, "zip-bomb");
        for (size_t k = 0; listed && k < s->column_count; k++) {
            if (s->columns[k].column == c->column)
                s->columns[k].label = column.label;
        }
        if (!listed)
            s->columns[s->column_count++] = column;
    }
    return 0;
}

bool form_is_mark(const char *text)
{
    static const char *const marks[] = {"x",      "\u00d7", "\u2713", "\u2714", "\u2611",
                                        "\u2612", "\u2717", "\u2718", "\u25a0", "\u25cf",
                                        "1",      "TRUE",   "oui"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (clean_same_word(text, marks[i]))
            return true;
    }
    return false;
}

/* What stands in the columns that are not ticked. */
static bool is_no_mark(const struct form_value *v)
{
    static const char *const marks[] = {"-", "\u2013", "\u2014", "\u2610", "\u25a1", "0", "FALSE"};

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (clean_same_word(v->text, marks[i]))
            return true;
    }
    return clean_is_void(v->text) && (v->flags & CELL_FORMULA) == 0;
}

/* One mark in a column of its own is the answer; two, or another word, are none. */
static int read_ticked(struct form *f, const struct form_sheet *s, const struct header *h,
                       uint32_t row, struct form_value *out, struct err *e)
{
    static const char *const names[TICKS] = {"Oui", "Non", "N/A"};
    size_t found = 0;

    *out = (struct form_value){.text = "", .row = row, .column = h->ticks[0]};
    for (int k = 0; k < TICKS; k++) {
        struct form_value v;
        if (h->ticks[k] == 0)
            continue;
        if (form_value_at(f, s->sheet, row, h->ticks[k], &v, e) != 0)
            return -1;
        if (is_no_mark(&v))
            continue;
        bool marked = form_is_mark(v.text);
        if (found++ == 0) {
            *out = v;
            if (marked) {
                out->text = names[k];
                out->type = CELL_TEXT;
            }
        } else {
            out->text = "X / X";
            out->type = CELL_TEXT;
        }
    }
    return 0;
}

/* What another column says, when it says otherwise. */
static int read_rivals(struct form *f, const struct form_sheet *s, const struct header *h,
                       uint32_t row, struct form_point *p, struct err *e)
{
    struct form_value ticked;

    if (s->ticks_beside != 0 && read_ticked(f, s, h, row, &ticked, e) != 0)
        return -1;
    if (s->ticks_beside != 0 && answer_of(&ticked) <= ANSWER_NA &&
        !clean_same_word(ticked.text, p->answer.text))
        p->rival = ticked.text;
    for (size_t i = 0; s->rivals_count && i < s->rival_count && p->rival == NULL; i++) {
        struct form_value v;
        if (form_value_at(f, s->sheet, row, s->rivals[i], &v, e) != 0)
            return -1;
        if (!clean_is_void(v.text) && !clean_same_word(v.text, p->answer.text))
            p->rival = v.text;
    }
    if (s->severity_rival != 0) {
        struct form_value v;
        if (form_value_at(f, s->sheet, row, s->severity_rival, &v, e) != 0)
            return -1;
        if (!clean_is_void(v.text) && !clean_same_word(v.text, p->severity.text))
            p->severity_rival = v.text;
    }
    return 0;
}

static int read_row(struct form *f, struct form_sheet *s, const struct layout *l,
                    const struct header *h, uint32_t row, struct err *e)
{
    struct form_point *p = &s->points[s->point_count];
    struct {
        enum column_id id;
        struct form_value *value;
    } wanted[] = {
        {COLUMN_POINT, &p->id},        {COLUMN_THEME, &p->theme},       {COLUMN_OWASP, &p->owasp},
        {COLUMN_WORDING, &p->wording}, {COLUMN_SEVERITY, &p->severity}, {COLUMN_ANSWER, &p->answer},
        {COLUMN_COMMENT, &p->comment},
    };

    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        *wanted[i].value = (struct form_value){.text = ""};
        if (h->has[wanted[i].id] && form_value_at(f, s->sheet, row, h->columns[wanted[i].id].column,
                                                  wanted[i].value, e) != 0)
            return -1;
    }
    if (s->ticked && read_ticked(f, s, h, row, &p->answer, e) != 0)
        return -1;
    const char *word = p->answer.type == CELL_TEXT ? layout_answer(l, p->answer.text) : NULL;
    if (word != NULL) /* of the layout, which may go before the form */
        p->answer.text = arena_text(&f->arena, word, strlen(word));
    if (p->answer.text == NULL)
        return fault_set(e, "zip-bomb");
    if (read_rivals(f, s, h, row, p, e) != 0)
        return -1;
    size_t n = 0;
    const char *id = clean_trim(p->id.text, &n);
    p->id.text = arena_text(&f->arena, id, n);
    if (p->id.text == NULL)
        return fault_set(e, "zip-bomb");
    p->row_hidden = (p->id.flags & CELL_HIDDEN_ROW) != 0;
    s->point_count++;
    return 0;
}

/* The labelled columns that follow each other from the first known one. */
static uint32_t last_column(const struct sheet *sheet, const struct header *h, uint32_t header_row)
{
    uint32_t last = 0;

    for (int k = 0; k < COLUMN_COUNT; k++)
        last = h->has[k] && h->columns[k].column > last ? h->columns[k].column : last;
    for (size_t i = book_row_start(sheet, header_row);
         i < sheet->count && sheet->cells[i].row <= h->last_row; i++) {
        const struct cell *c = &sheet->cells[i];
        if (c->type != CELL_EMPTY && c->column <= last + 1)
            last = book_right_edge(sheet, c->row, c->column) > last
                       ? book_right_edge(sheet, c->row, c->column)
                       : last;
    }
    return last;
}

static bool may_be_point(const struct cell *c, uint32_t column)
{
    return c->column == column && c->len > 0 && c->len < ID_BYTES && c->type != CELL_EMPTY &&
           c->type != CELL_ERROR && c->type != CELL_BOOL && (c->flags & CELL_COVERED) == 0;
}

int form_read_points(struct form *f, struct form_sheet *s, const struct layout *l, struct err *e)
{
    struct header h = {0};
    const struct sheet *sheet = s->sheet;
    size_t rows = 0;

    if (form_find_header(f, s, l, &h, e) != 0)
        return -1;
    if (s->header_row == 0)
        return 0;
    if (keep_columns(f, s, &h, e) != 0)
        return -1;
    s->last_column = last_column(sheet, &h, s->header_row);
    if (!h.has[COLUMN_POINT])
        return 0;
    uint32_t column = h.columns[COLUMN_POINT].column;
    size_t first = book_row_start(sheet, h.last_row + 1);
    for (size_t i = first; i < sheet->count; i++)
        rows += may_be_point(&sheet->cells[i], column);
    s->truncated = rows > FORM_POINTS_MAX;
    rows = s->truncated ? FORM_POINTS_MAX : rows;
    s->points = calloc(rows + 1, sizeof *s->points);
    if (s->points == NULL)
        return err_set_memory(e);
    for (size_t i = first; i < sheet->count && s->point_count < rows; i++) {
        if (may_be_point(&sheet->cells[i], column) &&
            read_row(f, s, l, &h, sheet->cells[i].row, e) != 0)
            return -1;
    }
    for (size_t i = 0; i < s->point_count; i++) {
        if (form_id_plausible(form_point_id(&s->points[i])) && !clean_is_void(s->points[i].wording.text))
            s->last_point = s->points[i].id.row;
    }
    return 0;
}

/* A tab of points: its columns and its rows. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "grid/book_part.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_header.h"

/* Every labelled cell of the header row, known or not, in the order of the form. */
static int keep_columns(struct form *f, struct form_sheet *s, const struct header *h, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    size_t from = book_row_start(sheet, s->header_row);
    size_t to = book_row_start(sheet, s->header_row + 1);

    form_narrow(sheet, &s->area, &from, &to);
    s->columns = calloc(to - from + 1 + COLUMN_COUNT, sizeof *s->columns);
    if (s->columns == NULL)
        return err_set_memory(e);
    for (int k = 0; k < COLUMN_COUNT; k++) {
        if (h->has[k] && h->columns[k].by_content)
            s->columns[s->column_count++] = h->columns[k];
    }
    for (size_t i = from; i < to && s->column_count < FORM_COLUMNS_MAX; i++) {
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
        column.label = s->ticked && column.id == COLUMN_ANSWER
                           ? h->columns[COLUMN_ANSWER].label /* not the one of "Oui" */
                           : arena_text(&f->arena, c->text, c->len);
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
    if (s->ticked && form_read_ticked(f, s, h, row, &p->answer, e) != 0)
        return -1;
    const char *word = p->answer.type == CELL_TEXT ? layout_answer(l, p->answer.text) : NULL;
    if (word != NULL) /* of the layout, which may go before the form */
        p->answer.text = arena_text(&f->arena, word, strlen(word));
    if (p->answer.text == NULL)
        return fault_set(e, "zip-bomb");
    if (form_read_rivals(f, s, h, row, p, e) != 0)
        return -1;
    if (form_name_point(f, s, p, row, e) != 0)
        return -1;
    p->rated = form_row_is_rated(s, l, h, row, e);
    p->row_hidden = (p->id.flags & CELL_HIDDEN_ROW) != 0;
    s->point_count++;
    return 0;
}

/* The labelled columns that follow each other from the first known one; and before it. */
static uint32_t last_column(const struct form_sheet *s, const struct header *h)
{
    const struct sheet *sheet = s->sheet;
    uint32_t last = 0;

    for (int k = 0; k < COLUMN_COUNT; k++)
        last = h->has[k] && h->columns[k].column > last ? h->columns[k].column : last;
    for (size_t i = book_row_start(sheet, s->header_row);
         i < sheet->count && sheet->cells[i].row <= h->last_row; i++) {
        const struct cell *c = &sheet->cells[i];
        if (c->type != CELL_EMPTY && c->column <= last + 1 && c->column <= s->area.column2)
            last = book_right_edge(sheet, c->row, c->column) > last
                       ? book_right_edge(sheet, c->row, c->column)
                       : last;
    }
    return last;
}

/* Further columns of comments: where the first is empty they stand for it, else they go on. One
 * that is filled for nearly every point explains the points and justifies nothing. */
static int join_comments(struct form *f, struct form_sheet *s, const struct header *h,
                         uint32_t column, struct err *e)
{
    size_t filled = 0, points = 0;

    for (size_t i = 0; i < s->point_count; i++) {
        const struct cell *c = book_cell(s->sheet, s->points[i].id.row, column);
        bool point = form_is_candidate(&s->points[i]);
        points += point;
        filled += point && c != NULL && c->len > 0;
    }
    if (filled == 0 || filled * 3 > points * 2)
        return 0;
    s->comments_joined = column;
    for (size_t i = 0; i < s->point_count; i++) {
        struct form_value *first = &s->points[i].comment, more;
        if (form_value_at(f, s->sheet, s->points[i].id.row, column, &more, e) != 0)
            return -1;
        if (clean_is_void(more.text))
            continue;
        if (clean_is_void(first->text)) {
            *first = more;
            continue;
        }
        struct buf both = BUF_INIT((size_t)ceilings.form_strings_bytes);
        bool before = column < h->columns[COLUMN_COMMENT].column;
        buf_text(&both, before ? more.text : first->text);
        buf_char(&both, '\n');
        buf_text(&both, before ? first->text : more.text);
        first->text = arena_text(&f->arena, buf_str(&both), both.len);
        first->flags |= more.flags & CELL_LONG;
        first->display_differs |= more.display_differs;
        bool failed = both.failed;
        buf_free(&both);
        if (first->text == NULL || failed)
            return fault_set(e, "zip-bomb");
    }
    return 0;
}

/* What an auditor wrote in a column of his own: not beside nearly every point, as in one that
 * explains the points, and more than a word. */
static void find_unread_texts(struct form_sheet *s, const struct header *h)
{
    enum { TEXT_LEAST = 16 };

    for (size_t k = 0; k < s->column_count && s->texts_unread == 0; k++) {
        uint32_t column = s->columns[k].column;
        size_t filled = 0, texts = 0, points = 0;
        bool known =
            s->columns[k].id != COLUMN_NONE || column >= FORM_COLUMNS_MAX || h->ignored[column];
        for (size_t i = 0; i < h->comment_count; i++)
            known |= h->comments[i] == column; /* joined */
        for (size_t i = 0; i < s->point_count && !known; i++) {
            const struct cell *c = book_cell(s->sheet, s->points[i].id.row, column);
            bool beside = form_is_candidate(&s->points[i]);
            points += beside;
            filled += beside && c != NULL && c->len > 0;
            texts += beside && c != NULL && c->type == CELL_TEXT && c->len >= TEXT_LEAST;
        }
        if (texts > 0 && filled * 3 <= points * 2)
            s->texts_unread = column;
    }
}

static uint32_t first_column(const struct form_sheet *s, const struct header *h)
{
    const struct sheet *sheet = s->sheet;
    size_t from = book_row_start(sheet, s->header_row);
    uint32_t first = s->last_column;

    for (int k = 0; k < COLUMN_COUNT; k++)
        first = h->has[k] && h->columns[k].column < first ? h->columns[k].column : first;
    for (size_t i = book_row_start(sheet, s->header_row + 1); i-- > from;) {
        const struct cell *c = &sheet->cells[i];
        if (c->type != CELL_EMPTY && c->column + 1U == first && c->column >= s->area.column1)
            first = c->column;
    }
    return first;
}

static int read_rows(struct form *f, struct form_sheet *s, const struct layout *l,
                     const struct header *h, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    size_t first = book_row_start(sheet, h->last_row + 1), rows = 0, room = 0;
    uint32_t *list = NULL;
    int rc = 0;

    for (size_t i = first; rc == 0 && i < sheet->count && sheet->cells[i].row <= s->area.row2;
         i = form_row_end(sheet, i)) {
        void *items = list;
        if (!form_row_is_point(s, l, h, sheet->cells[i].row, e))
            continue;
        if (rows == FORM_POINTS_MAX) {
            s->truncated = true;
            break;
        }
        rc = book_grow(&items, &room, rows, sizeof *list, e);
        list = items;
        if (rc == 0)
            list[rows++] = sheet->cells[i].row;
    }
    if (rc == 0)
        s->points = calloc(rows + 1, sizeof *s->points);
    if (rc == 0 && s->points == NULL)
        rc = err_set_memory(e);
    for (size_t i = 0; rc == 0 && i < rows; i++)
        rc = read_row(f, s, l, h, list[i], e);
    free(list);
    return rc == 0 && !err_is_set(e) ? 0 : -1;
}

int form_read_points(struct form *f, struct form_sheet *s, uint32_t header, const struct layout *l,
                     struct err *e)
{
    struct header h = {0};

    if (form_find_header(f, s, header, l, &h, e) != 0)
        return -1;
    if (s->header_row == 0)
        return 0;
    if (keep_columns(f, s, &h, e) != 0)
        return -1;
    s->last_column = last_column(s, &h);
    s->first_column = first_column(s, &h);
    form_choose_ids(s, l, &h, e);
    if (err_is_set(e) || (!h.has[COLUMN_POINT] && !s->ids_joined && !s->ids_made))
        return err_is_set(e) ? -1 : 0;
    if (read_rows(f, s, l, &h, e) != 0)
        return -1;
    for (size_t i = 0; i < h.comment_count; i++) {
        if (h.comments[i] != h.columns[COLUMN_COMMENT].column &&
            join_comments(f, s, &h, h.comments[i], e) != 0)
            return -1;
    }
    find_unread_texts(s, &h);
    for (size_t i = 0; i < s->point_count; i++) {
        if (form_is_candidate(&s->points[i]))
            s->last_point = s->points[i].id.row;
    }
    return 0;
}

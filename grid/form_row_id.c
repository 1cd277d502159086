/* What names a point: a cell of its own, the beginning of its wording ("C-01 – Le mot de
 * passe..."), or the row where the form gives no identifiers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "grid/book_part.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_header.h"

enum { IDS_LEAST = 3, MADE_BYTES = 32 };

/* Characters between an identifier and the wording that follows it in the same cell. */
static size_t joint_length(const char *s)
{
    if (*s != '\0' && strchr(" \t\n:-.)]|", *s) != NULL)
        return 1;
    if (strncmp(s, "\xc2\xa0", 2) == 0)
        return 2;
    return strncmp(s, "\xe2\x80", 2) == 0 && (unsigned char)s[2] >= 0x90 &&
                   (unsigned char)s[2] <= 0xaf
               ? 3
               : 0;
}

static bool is_blank_at(const char *s)
{
    return *s == ' ' || *s == '\t' || *s == '\n' || *s == '\0' || strncmp(s, "\xc2\xa0", 2) == 0;
}

/* The identifier that a text begins with, of one word or two ("C 01"), and where the wording
 * begins; 0 when it begins with none. */
static size_t leading_id(const char *text, char id[ID_BYTES], const char **rest)
{
    size_t end = 0;

    text += strspn(text, " \t\n");
    for (int words = 0; words < 2; words++) {
        while (!is_blank_at(text + end) && end < ID_BYTES)
            end++;
        if (end == 0 || end >= ID_BYTES)
            return 0;
        size_t n = end;
        while (n > 0 && strchr(":.-|", text[n - 1]) != NULL)
            n--;
        memcpy(id, text, n);
        id[n] = '\0';
        if (form_id_plausible(id)) {
            const char *p = text + n;
            while (joint_length(p) > 0)
                p += joint_length(p);
            *rest = p;
            return strlen(p) >= IDS_LEAST ? n : 0;
        }
        if (text[end] != ' ')
            return 0;
        end++;
    }
    return 0;
}

static const struct cell *cell_of(const struct form_sheet *s, const struct header *h,
                                  enum column_id id, uint32_t row)
{
    const struct cell *c = h->has[id] ? book_cell(s->sheet, row, h->columns[id].column) : NULL;

    return c != NULL && c->type != CELL_EMPTY && c->len > 0 && !clean_is_void(c->text) ? c : NULL;
}

static bool known_severity(const struct cell *c, const struct layout *l, struct err *e)
{
    return c != NULL && form_severity(c, l, e) != NULL;
}

static bool is_answered(const struct form_sheet *s, const struct header *h, uint32_t row)
{
    bool any = cell_of(s, h, COLUMN_ANSWER, row) != NULL;

    for (int k = 0; k < TICKS && s->ticked; k++) {
        const struct cell *c = h->ticks[k] != 0 ? book_cell(s->sheet, row, h->ticks[k]) : NULL;
        any |= c != NULL && c->len > 0;
    }
    return any;
}

static bool is_plain_answer(const struct form_sheet *s, const struct header *h, uint32_t row)
{
    const struct cell *c = cell_of(s, h, COLUMN_ANSWER, row);
    struct form_value v = {.text = ""};

    if (s->ticked)
        return is_answered(s, h, row);
    if (c != NULL)
        v = (struct form_value){.text = c->text, .type = c->type, .flags = c->flags};
    return answer_of(&v) <= ANSWER_NA;
}

static bool is_id_cell(const struct cell *c)
{
    return c != NULL && c->len < ID_BYTES && c->type != CELL_ERROR && c->type != CELL_BOOL;
}

/* Rows whose wording begins with an identifier, of those with a severity or an answer. */
static bool mostly_joined(const struct form_sheet *s, const struct layout *l,
                          const struct header *h, enum column_id column, struct err *e)
{
    size_t rows = 0, joined = 0;
    char id[ID_BYTES];
    const char *rest;

    for (size_t i = book_row_start(s->sheet, h->last_row + 1);
         i < s->sheet->count && s->sheet->cells[i].row <= s->area.row2; i++) {
        const struct cell *c = &s->sheet->cells[i];
        if (c->column != h->columns[column].column || c->type != CELL_TEXT ||
            (c->flags & CELL_COVERED) != 0)
            continue;
        if (!known_severity(cell_of(s, h, COLUMN_SEVERITY, c->row), l, e) &&
            !is_answered(s, h, c->row))
            continue;
        rows++;
        joined += leading_id(c->text, id, &rest) > 0;
    }
    return joined >= IDS_LEAST && joined * 10 >= rows * 8;
}

/* Where an answer stands, or a mark that is one. */
static bool holds_answers(const struct form_sheet *s, const struct header *h, uint32_t column)
{
    bool yes = h->has[COLUMN_ANSWER] && column == h->columns[COLUMN_ANSWER].column;

    for (int k = 0; k < TICKS && s->ticked; k++)
        yes |= column == h->ticks[k];
    return yes;
}

void form_choose_ids(struct form_sheet *s, const struct layout *l, struct header *h, struct err *e)
{
    for (size_t i = book_row_start(s->sheet, h->last_row + 1);
         i < s->sheet->count && s->sheet->cells[i].row <= s->area.row2; i++) {
        const struct cell *c = &s->sheet->cells[i];
        if (holds_answers(s, h, c->column) && is_plain_answer(s, h, c->row))
            h->last_answer = c->row;
    }
    if (h->has[COLUMN_POINT] && !h->has[COLUMN_WORDING] &&
        mostly_joined(s, l, h, COLUMN_POINT, e)) {
        s->ids_joined = true;
        h->has[COLUMN_WORDING] = true;
        h->columns[COLUMN_WORDING] = h->columns[COLUMN_POINT];
    } else if (!h->has[COLUMN_POINT] && h->has[COLUMN_WORDING]) {
        s->ids_joined = mostly_joined(s, l, h, COLUMN_WORDING, e);
        s->ids_made = !s->ids_joined && h->has[COLUMN_SEVERITY];
    }
}

/* A row of the table that is a point whatever stands in the place of its identifier: a known
 * severity with a wording or an answer; or a name and a wording with an answer. Below the last
 * answer there may be a legend. */
bool form_row_is_rated(const struct form_sheet *s, const struct layout *l, const struct header *h,
                       uint32_t row, struct err *e)
{
    bool wording = cell_of(s, h, COLUMN_WORDING, row) != NULL;
    bool named = cell_of(s, h, COLUMN_POINT, row) != NULL;

    if (!known_severity(cell_of(s, h, COLUMN_SEVERITY, row), l, e))
        return wording && (((named || s->ids_made) && is_plain_answer(s, h, row)) ||
                           (s->ids_made && is_answered(s, h, row) &&
                            cell_of(s, h, COLUMN_SEVERITY, row) != NULL));
    if (wording && (named || s->ids_made || row <= h->last_answer || is_answered(s, h, row)))
        return true;
    return is_plain_answer(s, h, row);
}

bool form_row_is_point(const struct form_sheet *s, const struct layout *l, const struct header *h,
                       uint32_t row, struct err *e)
{
    char id[ID_BYTES];
    const char *rest;

    if (s->ids_joined) {
        const struct cell *c = cell_of(s, h, COLUMN_WORDING, row);
        return c != NULL &&
               (leading_id(c->text, id, &rest) > 0 || form_row_is_rated(s, l, h, row, e));
    }
    return is_id_cell(cell_of(s, h, COLUMN_POINT, row)) || form_row_is_rated(s, l, h, row, e);
}

static int make_id(struct form *f, const struct form_sheet *s, struct form_point *p, uint32_t row,
                   struct err *e)
{
    char made[MADE_BYTES];
    size_t number = 1;

    while (number <= f->book->sheet_count && &f->book->sheets[number - 1] != s->sheet)
        number++;
    snprintf(made, sizeof made, "F%zu-L%u", number, (unsigned)row);
    p->id = *p->wording.text != '\0' ? p->wording : p->answer;
    p->id.row = row;
    p->id.text = arena_text(&f->arena, made, strlen(made));
    p->id.type = CELL_TEXT;
    return p->id.text != NULL ? 0 : fault_set(e, "zip-bomb");
}

int form_name_point(struct form *f, const struct form_sheet *s, struct form_point *p, uint32_t row,
                    struct err *e)
{
    char id[ID_BYTES];
    const char *rest;
    size_t n = 0;

    if (s->ids_joined && leading_id(p->wording.text, id, &rest) > 0) {
        p->id = p->wording;
        p->id.text = arena_text(&f->arena, id, strlen(id));
        p->wording.text = arena_text(&f->arena, rest, strlen(rest));
        return p->id.text != NULL && p->wording.text != NULL ? 0 : fault_set(e, "zip-bomb");
    }
    const char *trimmed = clean_trim(p->id.text, &n);
    if (s->ids_joined || n == 0 || n >= ID_BYTES)
        return make_id(f, s, p, row, e);
    p->id.text = arena_text(&f->arena, trimmed, n);
    return p->id.text != NULL ? 0 : fault_set(e, "zip-bomb");
}

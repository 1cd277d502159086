/* What a form may say of itself otherwise than by one label and one value: both dates of the tests
 * in one field, the type ticked in a list. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_part.h"
#include "grid/rules.h"

enum { PERIOD_COLUMNS = 6, TYPE_ROWS = 8, TYPE_COLUMNS = 12, DAY = 10 };

/* The dates written in a text, at most two. */
struct days {
    struct date day[2];
    size_t count;
    bool unreadable; /* something that looks like a date and is none */
};

static bool is_date_char(char c)
{
    return (c >= '0' && c <= '9') || c == '/' || c == '-';
}

static void days_in_text(const struct book *b, const char *text, struct days *out)
{
    while (*text != '\0' && out->count < 2) {
        size_t n = 0;
        char word[DAY + 1];
        while (is_date_char(text[n]))
            n++;
        if (n == DAY) {
            memcpy(word, text, n);
            word[n] = '\0';
            struct cell c = {.type = CELL_TEXT, .text = word, .len = DAY};
            bool day = book_date(b, &c, &out->day[out->count]) == 0;
            out->count += day;
            out->unreadable |= !day;
        } else {
            out->unreadable |= n > 3;
        }
        text += n > 0 ? n : 1;
    }
}

static void days_in_cell(const struct book *b, const struct cell *c, struct days *out)
{
    if (c == NULL || out->count >= 2)
        return;
    if (c->type == CELL_TEXT)
        days_in_text(b, c->text, out);
    else if (book_date(b, c, &out->day[out->count]) == 0)
        out->count++;
}

static const struct form_sheet *sheet_of(const struct form *f, const struct form_field *field)
{
    for (size_t i = 0; i < f->sheet_count; i++) {
        if (f->sheets[i].name == field->sheet)
            return &f->sheets[i];
    }
    return NULL;
}

static int add_day(struct form *f, const char *id, size_t period, struct date day, struct err *e)
{
    char text[DATE_TEXT_MAX];
    struct form_field *made = NULL;
    struct form_value value = f->fields[period].value;

    if (form_field(f, id) != NULL)
        return 0;
    date_iso(day, text);
    value.text = arena_text(&f->arena, text, strlen(text));
    value.type = CELL_TEXT;
    if (value.text == NULL)
        return fault_set(e, "zip-bomb");
    if (form_add_field(f, id, f->fields[period].label, f->fields[period].sheet, value, &made, e) !=
        0)
        return -1;
    made->date = day;
    made->has_date = true;
    return 0;
}

/* "Dates des tests", "Période": one day does not do. */
static bool wants_two(const char *label, struct err *e)
{
    char *folded = utf8_fold(label, e);
    bool two =
        folded != NULL && (strncmp(folded, "dates ", 6) == 0 ||
                           strncmp(folded, "periode", 7) == 0 || strstr(folded, "period") != NULL);

    free(folded);
    return two;
}

/* "du 07/09/2026 au 11/09/2026" in one cell, or in cells beside each other. One date alone is the
 * first and the last day. */
static int read_period(struct form *f, struct err *e)
{
    const struct form_field *field = form_field(f, "test_period");
    struct days days = {.count = 0};

    if (field == NULL)
        return 0;
    const struct form_sheet *s = sheet_of(f, field);
    bool inside =
        field->value.row == field->label_row && field->value.column == field->label_column;
    if (inside)
        days_in_text(f->book, field->value.text, &days);
    for (uint32_t k = 0; s != NULL && !inside && k < PERIOD_COLUMNS && days.count < 2; k++)
        days_in_cell(f->book, book_cell(s->sheet, field->value.row, field->value.column + k),
                     &days);
    size_t at = (size_t)(field - f->fields);
    bool told = days.count == 2 || (days.count == 1 && !wants_two(field->label, e));
    f->fields[at].has_date = told && !days.unreadable;
    if (!f->fields[at].has_date)
        return err_is_set(e) ? -1 : 0;
    f->fields[at].date = days.day[0];
    if (add_day(f, "test_start", at, days.day[0], e) != 0)
        return -1;
    return add_day(f, "test_end", at, days.day[days.count - 1], e);
}

/* A type's name in a list of them, and whether a mark stands before or behind it. */
struct option {
    const char *type;
    const struct cell *cell;
    bool marked;
};

/* The text behind a box of its own ("☒ Application web"); *boxed says whether it is ticked. */
static const char *behind_box(const char *text, bool *boxed)
{
    static const char *const on[] = {"\u2611", "\u2612", "\u2714", "\u2713", "\u25a0",
                                     "[x]",    "[X]",    "(x)",    "(X)"};

    *boxed = false;
    text += strspn(text, " ");
    for (size_t i = 0; i < sizeof on / sizeof on[0]; i++) {
        if (strncmp(text, on[i], strlen(on[i])) == 0) {
            *boxed = true;
            return text + strlen(on[i]);
        }
    }
    return text;
}

static bool marked_beside(struct form *f, const struct form_sheet *s, const struct cell *c,
                          struct err *e)
{
    uint32_t right = book_right_edge(s->sheet, c->row, c->column) + 1;
    struct form_value v;

    if (form_value_at(f, s->sheet, c->row, right, &v, e) == 0 && form_is_mark(v.text))
        return true;
    return c->column > 1 && form_value_at(f, s->sheet, c->row, c->column - 1u, &v, e) == 0 &&
           form_is_mark(v.text);
}

static size_t find_options(struct form *f, const struct layout *l, const struct form_sheet *s,
                           const struct form_field *field, struct option all[FORM_TYPES_MAX],
                           struct err *e)
{
    size_t n = 0;

    for (size_t i = book_row_start(s->sheet, field->label_row);
         i < s->sheet->count && s->sheet->cells[i].row <= field->label_row + TYPE_ROWS &&
         n < FORM_TYPES_MAX;
         i++) {
        const struct cell *c = &s->sheet->cells[i];
        bool boxed = false;
        if (c->type != CELL_TEXT || c->len > LABEL_BYTES || c->column < field->label_column ||
            c->column > field->label_column + TYPE_COLUMNS || (c->flags & CELL_COVERED) != 0)
            continue;
        char *folded = clean_fold_name(behind_box(c->text, &boxed), e);
        const char *type = folded != NULL ? layout_type(l, folded) : NULL;
        free(folded);
        if (type != NULL)
            all[n++] = (struct option){type, c, boxed || marked_beside(f, s, c, e)};
    }
    return n;
}

/* A list of types of which one is ticked says the type; where the value itself begins such a list
 * and nothing or more is ticked, nobody said it. */
static int read_ticked_type(struct form *f, const struct layout *l, struct err *e)
{
    const struct form_field *known = form_field(f, "application_type");
    struct option all[FORM_TYPES_MAX];
    size_t marked = 0, at = 0;

    if (known == NULL || f->from_json || known->label_row == 0)
        return 0;
    struct form_field *field = &f->fields[known - f->fields];
    const struct form_sheet *s = sheet_of(f, field);
    size_t n = s != NULL ? find_options(f, l, s, field, all, e) : 0;
    if (err_is_set(e))
        return -1;
    bool in_list = clean_is_void(field->value.text);
    for (size_t i = 0; i < n; i++) {
        marked += all[i].marked;
        at = all[i].marked ? i : at;
        in_list |=
            all[i].cell->row == field->value.row + 1 && all[i].cell->column == field->value.column;
    }
    if (n < 2 || (!in_list && marked == 0))
        return 0;
    if (marked > 1 || (marked == 0 && !clean_is_void(field->value.text)))
        field->value.text = ""; /* several, or none */
    if (marked != 1)
        return 0;
    const char *label = layout_type_label(l, all[at].type);
    field->value = (struct form_value){.row = all[at].cell->row,
                                       .column = all[at].cell->column,
                                       .type = CELL_TEXT,
                                       .flags = all[at].cell->flags};
    field->value.text = arena_text(&f->arena, label, strlen(label));
    return field->value.text != NULL ? 0 : fault_set(e, "zip-bomb");
}

int form_fields_complete(struct form *f, const struct layout *l, const struct rules *r,
                         struct err *e)
{
    if (r != NULL && r->specimen)
        return 0;
    return read_period(f, e) == 0 ? read_ticked_type(f, l, e) : -1;
}

/* Values: addresses, what a range says of its cells, dates, and what a person reads in a cell. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/search.h"
#include "grid/book_part.h"
#include "grid/clean.h"
#include "grid/fault.h"

void book_address(uint32_t row, uint32_t column, char out[BOOK_ADDRESS_MAX])
{
    char letters[8];
    size_t n = 0;

    for (; column > 0 && n < sizeof letters; column = (column - 1) / 26)
        letters[n++] = (char)('A' + (column - 1) % 26);
    for (size_t i = 0; i < n; i++)
        out[i] = letters[n - 1 - i];
    snprintf(out + n, BOOK_ADDRESS_MAX - n, "%u", row);
}

int book_parse_address(const char **s, const char *end, uint32_t *row, uint32_t *column)
{
    const char *p = *s;
    uint32_t r = 0, c = 0;

    p += p < end && *p == '$';
    for (; p < end && ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')); p++) {
        c = c * 26 + (uint32_t)((*p | 0x20) - 'a') + 1;
        if (c > BOOK_COLUMNS)
            return -1;
    }
    p += p < end && *p == '$';
    for (; p < end && *p >= '0' && *p <= '9'; p++) {
        r = r * 10 + (uint32_t)(*p - '0');
        if (r > BOOK_ROWS)
            return -1;
    }
    if (r == 0 || c == 0)
        return -1;
    *row = r;
    *column = c;
    *s = p;
    return 0;
}

/* The half of a range of whole rows ("12") or of whole columns ("AB"); the other number is 0. */
static int parse_whole(const char **s, const char *end, uint32_t *row, uint32_t *column)
{
    const char *p = *s;

    *row = *column = 0;
    p += p < end && *p == '$';
    const char *from = p;
    for (; p < end && *p >= '0' && *p <= '9' && *row <= BOOK_ROWS; p++)
        *row = *row * 10 + (uint32_t)(*p - '0');
    for (; p < end && ((*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z')) &&
           *column <= BOOK_COLUMNS;
         p++)
        *column = *column * 26 + (uint32_t)((*p | 0x20) - 'a') + 1;
    if (p == from || *row > BOOK_ROWS || *column > BOOK_COLUMNS || (*row == 0) == (*column == 0))
        return -1;
    *s = p;
    return 0;
}

static int parse_whole_range(const char *s, const char *end, struct range *r)
{
    if (parse_whole(&s, end, &r->row1, &r->column1) != 0 || s == end || *s++ != ':' ||
        parse_whole(&s, end, &r->row2, &r->column2) != 0 || s != end ||
        (r->row1 == 0) != (r->row2 == 0))
        return -1;
    if (r->row1 == 0) {
        r->row1 = 1;
        r->row2 = BOOK_ROWS;
    } else {
        r->column1 = 1;
        r->column2 = BOOK_COLUMNS;
    }
    return 0;
}

int book_parse_range(const char *s, size_t n, struct range *out)
{
    const char *p = s, *end = s + n;
    struct range r;

    if (parse_whole_range(s, end, &r) == 0) {
        p = end;
    } else {
        if (book_parse_address(&p, end, &r.row1, &r.column1) != 0)
            return -1;
        r.row2 = r.row1;
        r.column2 = r.column1;
        if (p < end && *p == ':') {
            p++;
            if (book_parse_address(&p, end, &r.row2, &r.column2) != 0)
                return -1;
        }
    }
    if (p != end || r.row2 < r.row1 || r.column2 < r.column1)
        return -1;
    *out = r;
    return 0;
}

struct wanted {
    const struct cell *cells;
    uint32_t row;
};

static bool row_below(const void *self, size_t i)
{
    const struct wanted *w = self;

    return w->cells[i].row < w->row;
}

size_t book_row_start(const struct sheet *s, uint32_t row)
{
    const struct wanted w = {s->cells, row};

    return search_first(s->count, row_below, &w);
}

const struct cell *book_cell(const struct sheet *s, uint32_t row, uint32_t column)
{
    for (size_t i = book_row_start(s, row); i < s->count && s->cells[i].row == row; i++) {
        if (s->cells[i].column == column)
            return (s->cells[i].flags & CELL_COVERED) != 0 ? NULL : &s->cells[i];
    }
    return NULL;
}

/* Overlapping ranges over a whole sheet would cost their number times its cells; `budget` ends
 * that. */
static void mark_range(struct sheet *s, const struct range *range, unsigned flag, bool corner_too,
                       int64_t *budget)
{
    for (size_t i = book_row_start(s, range->row1); i < s->count && *budget >= 0; i++) {
        struct cell *c = &s->cells[i];
        if (c->row > range->row2)
            break;
        --*budget;
        if (c->column < range->column1 || c->column > range->column2)
            continue;
        if (corner_too || c->row != range->row1 || c->column != range->column1)
            c->flags = (uint8_t)(c->flags | flag);
    }
}

int book_mark_ranges(struct sheet *s, struct err *e)
{
    int64_t budget = 10 * ceilings.form_cells;

    for (size_t i = 0; i < s->merge_count; i++)
        mark_range(s, &s->merges[i], CELL_COVERED, false, &budget);
    for (size_t i = 0; i < s->formula_range_count; i++)
        mark_range(s, &s->formula_ranges[i], CELL_FORMULA, true, &budget);
    return budget >= 0 ? 0 : fault_set(e, "zip-bomb");
}

uint32_t book_right_edge(const struct sheet *s, uint32_t row, uint32_t column)
{
    for (size_t i = 0; i < s->merge_count; i++) {
        if (s->merges[i].row1 == row && s->merges[i].column1 == column)
            return s->merges[i].column2;
    }
    return column;
}

bool book_covered(const struct sheet *s, uint32_t row, uint32_t column)
{
    for (size_t i = 0; i < s->merge_count; i++) {
        const struct range *m = &s->merges[i];
        if (row >= m->row1 && row <= m->row2 && column >= m->column1 && column <= m->column2)
            return row != m->row1 || column != m->column1;
    }
    return false;
}

bool book_column_hidden(const struct sheet *s, uint32_t column)
{
    for (size_t i = 0; i < s->hidden_column_count; i++) {
        if (column >= s->hidden_columns[i].column1 && column <= s->hidden_columns[i].column2)
            return true;
    }
    return false;
}

static bool is_date(const struct book *b, const struct cell *c)
{
    return c->type == CELL_DATE ||
           (c->type == CELL_NUMBER && c->style < b->style_count && b->styles[c->style].is_date);
}

/* Day and second of a serial number, up to the end of the year 9999; 1900 counts a 29 February that
 * never was as number 60. */
static int serial_split(const struct book *b, const char *text, struct date *day, int *second)
{
    enum { LAST = 2958465, LAST_1904 = 2957003, DAY_SECONDS = 86400 };
    char *end = NULL;
    double value = strtod(text, &end);

    if (end == text || *end != '\0' ||
        !(value >= 0 && value < (b->date1904 ? LAST_1904 : LAST) + 1.0))
        return -1;
    int64_t total = (int64_t)(value * DAY_SECONDS + 0.5), days = total / DAY_SECONDS;
    int64_t base = b->date1904 ? -24107 : days < 60 ? -25568 : -25569; /* of 1970-01-01 */
    if (!b->date1904 && days == 60)
        return -1;
    *day = date_from_days(base + days);
    *second = (int)(total % DAY_SECONDS);
    return 0;
}

static int digits(const char *s, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++) {
        if (s[i] < '0' || s[i] > '9')
            return -1;
        value = value * 10 + (s[i] - '0');
    }
    return value;
}

/* "jj/mm/aaaa", blanks around it apart. */
static int french_date(const char *s, size_t n, struct date *out)
{
    struct date d;

    if (n != 10 || s[2] != '/' || s[5] != '/')
        return -1;
    d.day = digits(s, 2);
    d.month = digits(s + 3, 2);
    d.year = digits(s + 6, 4);
    if (d.day < 0 || d.month < 0 || d.year < 0 || !date_valid(d))
        return -1;
    *out = d;
    return 0;
}

static int text_date(const char *s, bool time_allowed, struct date *out)
{
    char day[16];
    size_t n;

    for (;; s++) {
        if (*s != ' ' && *s != '\t' && *s != '\n' && strncmp(s, "\xc2\xa0", 2) != 0)
            break;
        s += *s == '\xc2';
    }
    n = strlen(s);
    for (;;) {
        if (n > 0 && (s[n - 1] == ' ' || s[n - 1] == '\t' || s[n - 1] == '\n'))
            n--;
        else if (n > 1 && memcmp(s + n - 2, "\xc2\xa0", 2) == 0)
            n -= 2;
        else
            break;
    }
    if (french_date(s, n, out) == 0)
        return 0;
    if (n < 10 || (n > 10 && !(time_allowed && s[10] == 'T')))
        return -1;
    memcpy(day, s, 10);
    day[10] = '\0';
    return date_parse_iso(day, out);
}

/* What is counted from 1900 has no day before number 1; from 1904 the first is number 0. */
static bool is_before_days(const struct book *b, const struct cell *c)
{
    return !b->date1904 && strtod(c->text, NULL) < 1;
}

int book_date(const struct book *b, const struct cell *c, struct date *out)
{
    int second = 0;

    if (c->type == CELL_NUMBER)
        return is_before_days(b, c) ? -1 : serial_split(b, c->text, out, &second);
    if (c->type == CELL_DATE || c->type == CELL_TEXT)
        return text_date(c->text, c->type == CELL_DATE, out);
    return -1;
}

static void number_value(const char *text, struct buf *out)
{
    char shown[40], *end = NULL;
    double value = strtod(text, &end);

    if (end == text || *end != '\0') {
        buf_text(out, text);
        return;
    }
    snprintf(shown, sizeof shown, "%.15g", value);
    buf_text(out, shown);
}

void book_value(const struct book *b, const struct cell *c, struct buf *out)
{
    struct date day;
    int second = 0;
    char text[DATE_TEXT_MAX];

    if (c == NULL || c->type == CELL_EMPTY)
        return;
    if (c->type != CELL_NUMBER || !is_date(b, c) || serial_split(b, c->text, &day, &second) != 0) {
        if (c->type == CELL_NUMBER)
            number_value(c->text, out);
        else
            buf_append(out, c->text, c->len);
        return;
    }
    /* A serial below 1 is a time of day, not a day of 1899; where days are counted from 1904 the
     * format says which. */
    bool with_day = strtod(c->text, NULL) >= 1 || (b->date1904 && b->styles[c->style].has_day);
    if (with_day) {
        date_iso(day, text);
        buf_text(out, text);
        if (second != 0)
            buf_char(out, 'T');
    }
    if (second != 0 || !with_day)
        buf_format(out, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
}

const char *book_type_name(const struct book *b, const struct cell *c)
{
    switch (c->type) {
    case CELL_NUMBER:
        return is_date(b, c) ? "date" : "number";
    case CELL_BOOL:
        return "boolean";
    case CELL_ERROR:
        return "error";
    case CELL_DATE:
        return "date";
    case CELL_EMPTY:
        return "empty";
    default:
        return "text";
    }
}

/* A format that shows the same text for every text may well show that of the cell. */
static bool shows_other_text(const char *shown, const struct cell *c)
{
    return shown != NULL && (c->type != CELL_TEXT || !clean_same_word(shown, c->text));
}

bool book_display_differs(const struct book *b, const struct sheet *s, const struct cell *c)
{
    if (c == NULL || c->type == CELL_EMPTY)
        return false;
    if (c->style < b->style_count &&
        (b->styles[c->style].text_hidden || shows_other_text(b->styles[c->style].text_shown, c) ||
         ((c->type == CELL_NUMBER || c->type == CELL_DATE) && b->styles[c->style].number_hidden)))
        return true;
    if ((c->flags & CELL_PALE) != 0 && (c->style >= b->style_count || b->styles[c->style].paper))
        return true;
    for (size_t i = 0; i < s->cond_count; i++) {
        const struct range *r = &s->conds[i].range;
        if (s->conds[i].hides && c->row >= r->row1 && c->row <= r->row2 &&
            c->column >= r->column1 && c->column <= r->column2)
            return true;
    }
    return false;
}

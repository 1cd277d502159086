/* A tab of points: its header row, its columns, its rows. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/utf8.h"
#include "grid/book_part.h"
#include "grid/clean.h"
#include "grid/fault.h"
#include "grid/form_part.h"

enum { COLUMNS_MAX = 256, HEADER_CELLS_MAX = 5000, ID_BYTES = 64 };

struct header {
    struct form_column columns[COLUMN_COUNT];
    size_t strength[COLUMN_COUNT];
    bool has[COLUMN_COUNT];
};

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool letter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool form_id_plausible(const char *s)
{
    size_t letters = 0, groups = 0, length = strlen(s);

    if (length == 0 || length > 24)
        return false;
    while (letter(*s) && letters < 8) {
        s++;
        letters++;
    }
    for (;;) {
        size_t digits = 0;
        while ((*s == '-' || *s == '.' || *s == '_' || *s == ' ' || *s == '/') && digit(s[1]))
            s++;
        while (digit(*s)) {
            s++;
            digits++;
        }
        if (digits == 0 || digits > 4)
            break;
        groups++;
        while (letter(*s) && letters < 8 && (s[1] == '\0' || s[1] == '-' || s[1] == '.')) {
            s++;
            letters++;
        }
    }
    return *s == '\0' && groups > 0 && groups <= 6;
}

static int look_at_row(struct form *f, const struct sheet *sheet, size_t from, size_t to,
                       const struct layout *l, struct header *h, struct err *e)
{
    memset(h, 0, sizeof *h);
    for (size_t i = from; i < to; i++) {
        const struct cell *c = &sheet->cells[i];
        size_t strength = 0;
        if (c->type != CELL_TEXT || c->len > LABEL_BYTES || (c->flags & CELL_COVERED) != 0)
            continue;
        char *folded = utf8_fold(c->text, e);
        if (folded == NULL)
            return -1;
        enum column_id id = layout_column(l, folded, &strength);
        free(folded);
        if (id == COLUMN_NONE || (h->has[id] && strength <= h->strength[id]))
            continue;
        const char *label = arena_text(&f->arena, c->text, c->len);
        if (label == NULL)
            return fault_set(e, "zip-bomb");
        h->has[id] = true;
        h->strength[id] = strength;
        h->columns[id] = (struct form_column){id, c->column, label, false};
    }
    return 0;
}

static size_t columns_known(const struct header *h)
{
    size_t n = 0;

    for (int i = 0; i < COLUMN_COUNT; i++)
        n += h->has[i];
    return n;
}

/* An answer's column and two more, one of which tells the points apart. */
static bool is_header(const struct header *h)
{
    return columns_known(h) >= 3 && h->has[COLUMN_ANSWER] &&
           (h->has[COLUMN_POINT] || h->has[COLUMN_WORDING]);
}

/* Without a label for identifiers, the first column with three plausible ones below the header is
 * theirs. */
static void guess_point_column(const struct sheet *s, uint32_t header_row, struct header *h)
{
    unsigned hits[COLUMNS_MAX] = {0};

    for (size_t i = book_row_start(s, header_row + 1); i < s->count; i++) {
        const struct cell *c = &s->cells[i];
        size_t n = 0;
        char id[ID_BYTES];
        if (c->column >= COLUMNS_MAX || c->type != CELL_TEXT || c->len >= ID_BYTES)
            continue;
        const char *text = clean_trim(c->text, &n);
        memcpy(id, text, n);
        id[n] = '\0';
        if (form_id_plausible(id) && letter(id[0]))
            hits[c->column]++;
    }
    for (uint32_t column = 1; column < COLUMNS_MAX; column++) {
        bool taken = false;
        for (int k = 0; k < COLUMN_COUNT; k++)
            taken |= h->has[k] && h->columns[k].column == column;
        if (hits[column] >= 3 && !taken) {
            h->has[COLUMN_POINT] = true;
            h->columns[COLUMN_POINT] = (struct form_column){COLUMN_POINT, column, "", true};
            return;
        }
    }
}

static bool same_columns(const struct header *a, const struct header *b)
{
    for (int i = 0; i < COLUMN_COUNT; i++) {
        if (a->has[i] && b->has[i] && a->columns[i].column != b->columns[i].column)
            return false;
    }
    return true;
}

/* The first row that reads like a header is it; a later one with other columns is only remembered.
 */
static int find_header(struct form *f, struct form_sheet *s, const struct layout *l,
                       struct header *best, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    struct header h;

    for (size_t i = 0; i < sheet->count && i < HEADER_CELLS_MAX && s->second_header == 0;) {
        size_t end = i;
        while (end < sheet->count && sheet->cells[end].row == sheet->cells[i].row)
            end++;
        if (look_at_row(f, sheet, i, end, l, &h, e) != 0)
            return -1;
        if (is_header(&h) && s->header_row == 0) {
            s->header_row = sheet->cells[i].row;
            *best = h;
        } else if (is_header(&h) && !same_columns(&h, best)) {
            s->second_header = sheet->cells[i].row;
        }
        i = end;
    }
    if (s->header_row != 0 && !best->has[COLUMN_POINT])
        guess_point_column(sheet, s->header_row, best);
    return 0;
}

/* Every labelled cell of the header row, known or not, in the order of the form. */
static int keep_columns(struct form *f, struct form_sheet *s, const struct header *h, struct err *e)
{
    const struct sheet *sheet = s->sheet;
    size_t from = book_row_start(sheet, s->header_row);
    size_t to = book_row_start(sheet, s->header_row + 1);

    s->columns = calloc(to - from + 1, sizeof *s->columns);
    if (s->columns == NULL)
        return err_set_memory(e);
    if (h->has[COLUMN_POINT] && h->columns[COLUMN_POINT].by_content)
        s->columns[s->column_count++] = h->columns[COLUMN_POINT];
    for (size_t i = from; i < to && s->column_count < COLUMNS_MAX; i++) {
        const struct cell *c = &sheet->cells[i];
        struct form_column column = {COLUMN_NONE, c->column, NULL, false};
        if (c->type != CELL_TEXT || (c->flags & CELL_COVERED) != 0)
            continue;
        for (int k = 0; k < COLUMN_COUNT; k++) {
            if (h->has[k] && h->columns[k].column == c->column)
                column.id = (enum column_id)k;
        }
        if (column.id == COLUMN_POINT && h->columns[COLUMN_POINT].by_content)
            continue;
        column.label = arena_text(&f->arena, c->text, c->len);
        if (column.label == NULL)
            return fault_set(e, "zip-bomb");
        s->columns[s->column_count++] = column;
    }
    return 0;
}

static int read_row(struct form *f, struct form_sheet *s, const struct header *h, uint32_t row,
                    struct err *e)
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
    size_t n = 0;
    const char *id = clean_trim(p->id.text, &n);
    p->id.text = arena_text(&f->arena, id, n);
    if (p->id.text == NULL)
        return fault_set(e, "zip-bomb");
    p->row_hidden = (p->id.flags & CELL_HIDDEN_ROW) != 0;
    s->point_count++;
    return 0;
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

    if (find_header(f, s, l, &h, e) != 0)
        return -1;
    if (s->header_row == 0)
        return 0;
    if (keep_columns(f, s, &h, e) != 0)
        return -1;
    if (!h.has[COLUMN_POINT])
        return 0;
    uint32_t column = h.columns[COLUMN_POINT].column;
    size_t first = book_row_start(sheet, s->header_row + 1);
    for (size_t i = first; i < sheet->count; i++)
        rows += may_be_point(&sheet->cells[i], column);
    s->truncated = rows > FORM_POINTS_MAX;
    rows = s->truncated ? FORM_POINTS_MAX : rows;
    s->points = calloc(rows + 1, sizeof *s->points);
    if (s->points == NULL)
        return err_set_memory(e);
    for (size_t i = first; i < sheet->count && s->point_count < rows; i++) {
        if (may_be_point(&sheet->cells[i], column) &&
            read_row(f, s, &h, sheet->cells[i].row, e) != 0)
            return -1;
    }
    return 0;
}

/* A workbook in memory: its sheets with every cell that holds something, in the order of rows and
 * columns. Nothing is computed: a formula gives its cached value, or nothing when it has none. Read
 * from hostile bytes: only inside a task. */
#ifndef PARAPHE_GRID_BOOK_H
#define PARAPHE_GRID_BOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grid/arena.h"

struct buf;
struct date;
struct err;

enum { BOOK_ROWS = 1048576, BOOK_COLUMNS = 16384, BOOK_ADDRESS_MAX = 16 };

enum cell_type { CELL_EMPTY, CELL_TEXT, CELL_NUMBER, CELL_BOOL, CELL_ERROR, CELL_DATE };
enum cell_flag {
    CELL_FORMULA = 1,    /* holds a formula, or stands in the range of one */
    CELL_HIDDEN_ROW = 2, /* row hidden, filtered or of height 0 */
    CELL_COVERED = 4,    /* inside a merged range, not its upper left corner: counts as empty */
    CELL_LONG = 8,       /* more than 32 767 UTF-16 units */
    CELL_PALE = 16       /* a part of its text is white, or too small to be read */
};
struct cell {
    uint32_t row; /* from 1 */
    uint16_t column;
    uint8_t type, flags;
    uint32_t style; /* index into book.styles */
    uint32_t len;
    const char *text; /* UTF-8, NUL-ended, escapes decoded; for numbers and ISO dates as written in
                         the file */
};

struct range {
    uint32_t row1, row2;
    uint32_t column1, column2;
};
/* A conditional format that changes how a cell's text is shown. */
struct cond_range {
    struct range range;
    bool hides; /* it replaces the text or hides it by colour */
};

enum sheet_state { SHEET_VISIBLE, SHEET_HIDDEN, SHEET_VERY_HIDDEN };
struct sheet {
    const char *name, *target; /* as written; the part */
    enum sheet_state state;
    bool is_worksheet;  /* else a chart, dialogue or macro sheet, whose cells are not read */
    struct cell *cells; /* sorted by row, then column */
    size_t count, room;
    struct range *merges;
    size_t merge_count;
    struct range *hidden_columns;
    size_t hidden_column_count;
    struct range *formula_ranges;
    size_t formula_range_count;
    struct cond_range *conds;
    size_t cond_count;
    uint32_t declared_rows,
        last_row; /* of the announced extent; the last row element, empty ones included */
};

struct style {
    bool is_date, has_day;  /* a date or a time; with a day, not only a time */
    const char *text_shown; /* the number format shows this for every text; NULL */
    bool text_hidden; /* the number format shows other text than the cell stores, or colour and size
                         hide it */
    bool paper;       /* its cells are white */
    bool number_hidden; /* the number format shows other digits than a number's own, or none */
};

/* What else the file carries. */
enum book_carries {
    CARRIES_MACROS = 1,
    CARRIES_AUTHORS = 2,
    CARRIES_HIDDEN_SHEETS = 4,
    CARRIES_NOTES = 8,
    CARRIES_DRAWINGS = 16,
    CARRIES_CUSTOM_DATA = 32,
    CARRIES_CONNECTIONS = 64,
    CARRIES_MACRO_SHEETS = 128,
    CARRIES_EMBEDDED = 256
};

struct book {
    struct arena arena;
    struct sheet *sheets;
    size_t sheet_count;
    struct style *styles;
    size_t style_count;
    bool date1904, macro_type; /* main part's content type is the macro-enabled one */
    unsigned carries;
    unsigned external_links;
    int64_t cell_total;
};

/* Faults of the file are struct err of kind ERR_FORM (grid/fault.h). The bytes may go away
 * afterwards. */
int book_read(struct book **out, const void *bytes, size_t n, struct err *e);
void book_free(struct book *b);

/* The cell, or NULL when nothing is there or a merged range covers it. */
const struct cell *book_cell(const struct sheet *s, uint32_t row, uint32_t column);
/* The index of the first cell whose row is >= row. */
size_t book_row_start(const struct sheet *s, uint32_t row);
/* The last column of the merged range that begins at this cell; else the column itself. */
uint32_t book_right_edge(const struct sheet *s, uint32_t row, uint32_t column);
/* Whether a merged range covers this place, its upper left corner apart. */
bool book_covered(const struct sheet *s, uint32_t row, uint32_t column);
bool book_column_hidden(const struct sheet *s, uint32_t column);
/* "F14" */
void book_address(uint32_t row, uint32_t column, char out[BOOK_ADDRESS_MAX]);

/* The value as a person would write it: text as it is, dates as ISO, numbers with 15 digits, TRUE,
 * #REF!. Appends. */
void book_value(const struct book *b, const struct cell *c, struct buf *out);
/* Whether the cell is shown as something else than its text. */
bool book_display_differs(const struct book *b, const struct sheet *s, const struct cell *c);
/* "text", "number", "boolean", "error", "date"; "empty" for a formula whose value is not stored */
const char *book_type_name(const struct book *b, const struct cell *c);
/* The day in the cell: serial number, ISO date, "aaaa-mm-jj" or "jj/mm/aaaa". 0, or -1 when it is
 * none. */
int book_date(const struct book *b, const struct cell *c, struct date *out);

#endif

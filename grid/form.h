/* A form as it was recognised: its tabs of points and its fields. Made from a workbook (form_read)
 * or from a grid document (form_json); the checks see no difference. */
#ifndef PARAPHE_GRID_FORM_H
#define PARAPHE_GRID_FORM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "grid/arena.h"
#include "grid/book.h"
#include "grid/layout.h"

struct err;
struct jv;
struct rules;

struct form_value {
    const char *text;     /* as a person reads it; "" when nothing is there; never NULL */
    uint32_t row, column; /* 0: no cell (not recognised, or not from a workbook) */
    uint8_t type, flags;  /* enum cell_type, cell_flag */
    bool display_differs; /* the cell shows other text than it stores */
};

struct form_point {
    struct form_value id, theme, owasp, wording, severity, answer, comment;
    bool row_hidden;
    bool repeats; /* its identifier was that of an earlier row (form_name_repeats) */
    bool rated;   /* a known severity beside a wording or an answer: a point, whatever its id */
    /* an answer, a severity in another column that says something else; NULL */
    const char *rival, *severity_rival;
};

struct form_column {
    enum column_id id;
    uint32_t column; /* of the sheet, from 1 */
    const char *label;
    bool by_content; /* recognised by what stands below, not by its label */
};

/* Answers that are ticked: a column for each answer, a mark in one of them. */
enum { TICKS = 3, RIVALS = 4 };

struct form_sheet {
    const char *name;
    const char *part; /* of a sheet with several tables, or with headings: its title; NULL */
    char *folded;     /* of the name and the part */
    char *part_folded;
    struct range area;         /* of the sheet; where its table ends, the next one may begin */
    const struct sheet *sheet; /* NULL when not from a workbook */
    enum sheet_state state;
    uint32_t header_row;                /* 0: none found */
    uint32_t first_column, last_column; /* of the header without a gap */
    uint32_t last_point;                /* the last row with a point */
    uint32_t second_header; /* of a further table that was not read: a copy, or without points; 0 */
    uint32_t pointless_header;          /* of these, the first one without points; 0 */
    uint32_t unread_row, unread_column; /* points of the sheet that no table has; 0 */
    struct form_column *columns;
    size_t column_count;
    struct form_point *points; /* every row with something in its identifier's cell */
    size_t point_count;
    uint32_t rivals[RIVALS]; /* other columns that read like answers */
    size_t rival_count;
    uint32_t wording_rival;  /* another column whose whole label says wording; 0 */
    uint32_t severity_rival; /* another column whose label says severity as much; 0 */
    bool rivals_count;     /* nothing says which column is meant: rows in which they differ have no
                              answer */
    uint32_t ticks_beside; /* the first of columns of marks beside the column of answers; 0 */
    uint32_t answers_unnamed; /* no column of answers but one of Oui, Non and N/A with an unknown
                                 label; 0 */
    uint32_t comments_joined; /* another column of comments that was read too; 0 */
    uint32_t texts_unread;    /* one that is not recognised, with texts beside some points; 0 */
    bool ids_joined;          /* the identifier stands before the wording, in one cell */
    bool ids_made;            /* points have none: the row names them */
    bool ticked;              /* answers are marks in columns of their own */
    bool divided;             /* every point of it is in a part of its own */
    size_t ids_across;        /* the same of a row: a column for each point */
    size_t ids_unread;        /* without a header: cells of a column that look like identifiers */
    bool truncated;           /* more rows than FORM_POINTS_MAX; the rest was not kept */
    size_t label_hits;        /* fields' labels seen in it */
};

struct form_field {
    const char *id, *label; /* id may be NULL */
    const char *sheet;      /* name */
    struct form_value value;
    uint32_t label_row, label_column; /* 0: not from a workbook */
    bool repeated;                    /* the label stands elsewhere too */
    bool has_date;
    struct date date;
};

/* A row with an answer or a severity that no table has. */
struct form_loose {
    const struct sheet *sheet;
    uint32_t row, column1, column2;
    bool above;       /* no table begins above it */
    bool word_first;  /* an answer or a severity, and then what it may mean */
    const char *word; /* "Oui", "Non", "N/A", or a severity's name */
    bool telling;     /* an identifier or a text of some length stands beside it */
};

struct form {
    struct arena arena;
    struct book *book;         /* NULL when not from a workbook */
    struct form_sheet *sheets; /* tables: a sheet may have several, with the same name pointer */
    size_t sheet_count, sheet_room;
    struct form_loose *loose; /* in the order of the form */
    size_t loose_count, loose_room;
    struct form_field *fields;
    size_t field_count, field_room;
    const char *info_sheet; /* where the fields were found; NULL */
    bool values_below;      /* their values stand below the labels, */
    unsigned values_right;  /* or so many columns to the right */
    bool from_json, macro_type;
    unsigned carries, external_links;
    struct jv *json; /* the grid document; NULL for a workbook */
};

/* Takes the book. Tabs and points; fields come after the choice of a rule set. */
int form_read_take(struct form **out, struct book *book, const struct layout *l, struct err *e);
/* Fields by the layout's labels and, when given, the rule set's, which then also name the sheet to
 * look at. */
int form_read_fields(struct form *f, const struct layout *l, const struct rules *r, struct err *e);
/* "xlsx", "xlsm" or "grid". */
const char *form_type_name(const struct form *f);
/* The second row of an identifier in one table becomes a point of its own, "C-01 (2)", when the
 * rule set has that one; without a rule set (a blank form that is learnt) always. */
int form_name_repeats(struct form *f, const struct rules *r, struct err *e);
bool form_json_is_grid(const struct jv *doc);
/* From a grid document, which is kept. ERR_INPUT when it is not what docs/formats.md says. */
int form_from_json(struct form **out, struct jv *doc, struct err *e);
void form_free(struct form *f);

const struct form_field *form_field(const struct form *f, const char *id);
const char *form_field_text(const struct form *f, const char *id); /* "" when absent */
/* The version that the form says it has, by the layout alone; "" when none is found. */
const char *form_version_text(const struct form *f);
/* It declares, or has, far more rows than a form needs. */
bool form_sheet_vast(const struct form_sheet *s);
bool form_sheet_has(const struct form_sheet *s, enum column_id id);
/* Trimmed identifier of a row. */
const char *form_point_id(const struct form_point *p);

#endif

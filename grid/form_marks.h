/* The labels of one row that reads like a header, as marks 0..count from left to right. */
#ifndef PARAPHE_GRID_FORM_MARKS_H
#define PARAPHE_GRID_FORM_MARKS_H

#include "base/ceilings.h"
#include "grid/form_blocks.h"

/* A label of the row that is looked at. */
struct mark {
    const struct cell *cell;
    uint32_t edge; /* the last column that it covers */
    enum column_id id;
    char tick; /* the first letter of Oui, Non, N/A apart: 'O', 'N', 'A'; 0 */
};

struct span {
    uint32_t first, last; /* columns */
};

/* What stands in a column below the row. */
struct below {
    size_t filled, answers, numbers;
};

/* The row that is looked at. */
struct look {
    const struct sheet *sheet;
    const struct layout *l;
    struct form *f;
    struct blocks *b;
    struct mark marks[FORM_COLUMNS_MAX];
    size_t count, from, to;              /* cells from..to are the row */
    struct span asides[FORM_ASIDES_MAX]; /* columns of what is no table */
    size_t aside_count;
    struct below below[FORM_COLUMNS_MAX]; /* when looked_below */
    bool looked_below;
    struct err *e;
};

/* The known columns of marks from..to, a bit for each; columns named Oui and Non hold answers. */
unsigned marks_known(const struct look *k, size_t from, size_t to);
/* What tells the points apart in tables of marks from..to: identifiers, where there are several
 * columns of them. */
enum column_id marks_anchor(const struct look *k, size_t from, size_t to);
/* After the marks that touch each other from mark i on. */
size_t marks_run_end(const struct look *k, size_t i);
/* Where the table ends that begins with mark `start`, when mark `next` may belong to another: where
 * its labels and those that follow come twice least often. 0: it is no table yet. */
size_t marks_table_end(const struct look *k, size_t start, size_t next, enum column_id anchor);
/* Two tables, and not one with further columns: what the first tells its points by, the second has
 * too. */
bool marks_are_two(unsigned a, unsigned b, enum column_id anchor);
/* Forgets the marks of what is no table, on the far side of a gap from one, and lists its columns:
 * counts, remarks, a plan. */
void marks_set_asides(struct look *k);

#endif

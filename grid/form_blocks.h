/* Where on a sheet tables of points begin, and which cells each may have: one below another, side
 * by side, in steps, or all of it. */
#ifndef PARAPHE_GRID_FORM_BLOCKS_H
#define PARAPHE_GRID_FORM_BLOCKS_H

#include "base/ceilings.h"
#include "grid/form_header.h"

/* A header that begins a table. */
struct block {
    uint32_t row, last_row;    /* of the header */
    uint32_t known1, known2;   /* the columns with known labels, first and last */
    uint32_t first, last;      /* with the labels that touch them */
    uint32_t least, most;      /* columns that it may have: something else stands beside it */
    uint32_t answer, severity; /* their columns; severity may be 0 */
    bool has[COLUMN_COUNT];
    uint32_t columns[COLUMN_COUNT];
    bool dropped;      /* nothing below it is a point: it parts no other table */
    struct range area; /* set by form_place_blocks */
};

struct blocks {
    struct block items[FORM_TABLES_MAX]; /* by row, then column */
    size_t count;
    uint32_t further_row; /* the first header that was one too many; 0 */
};

/* Headers by their labels. A later row with the same labels in the same columns goes on with its
 * table, as at the head of a page. */
int form_find_blocks(struct form *f, const struct sheet *sheet, const struct layout *l,
                     struct blocks *out, struct err *e);
/* Divides the sheet among those that are not dropped. */
void form_place_blocks(struct blocks *b);
/* The table whose columns block i cuts: the nearest above it; SIZE_MAX when there is none. */
size_t form_block_above(const struct blocks *b, size_t i);

#endif

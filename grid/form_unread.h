/* What no table of a form has: shared by the search for points (form_unread.c) and for answers
 * (form_loose.c). */
#ifndef PARAPHE_GRID_FORM_UNREAD_H
#define PARAPHE_GRID_FORM_UNREAD_H

#include "grid/form_header.h"

enum { WORDING_LEAST = 16 }; /* bytes; shorter texts may be anything */

/* The columns that a table was read from, in its rows. */
struct taken {
    const struct form_sheet *table;
    bool columns[FORM_COLUMNS_MAX];
};

struct unread {
    const struct form *f;
    const struct layout *l;
    struct taken *taken;
    size_t taken_count;
    const struct taken **in_row;        /* those with a point in the row */
    const struct form_point **points;   /* of the whole form, by identifier; made when needed */
    const struct form_point **wordings; /* the same by wording */
    size_t point_count;
    const struct cell *row[FORM_COLUMNS_MAX]; /* of one row, outside all tables */
    size_t count, answers;                    /* answers: how many of them say Oui, Non or N/A */
    struct err *e;
};

/* Sorts the points of the form, once. */
int unread_sort(struct unread *u);
/* The first of the sorted points of this identifier; u->point_count when there is none. */
size_t unread_find(const struct unread *u, const char *id);
/* Whether a point was read with this wording and, unless NULL, this answer (Oui, Non, N/A). */
bool unread_has_wording(const struct unread *u, const char *wording, const char *answer);
/* A text that looks like an identifier, or a number. */
bool unread_is_id(const struct cell *c, char id[ID_BYTES]);

/* Keeps the row that is looked at when it has an answer or a severity beside a text, and is no
 * repetition of a point that was read: f->loose. `above`: no table begins above it. */
int loose_look(struct unread *u, struct form *f, const struct sheet *sheet, bool above);

#endif

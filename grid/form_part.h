/* What the files of the form's reader share. */
#ifndef PARAPHE_GRID_FORM_PART_H
#define PARAPHE_GRID_FORM_PART_H

#include "grid/form.h"

enum { LABEL_BYTES = 200 }; /* no label is longer */

enum { COLUMNS_MAX = 256, ID_BYTES = 64 };

/* The header row of a tab, and which columns hold what. */
struct header {
    struct form_column columns[COLUMN_COUNT];
    size_t strength[COLUMN_COUNT];
    bool has[COLUMN_COUNT];
    bool ignored[COLUMNS_MAX];
    uint32_t alike[RIVALS]; /* further columns whose label says answers */
    size_t alike_strength[RIVALS], alike_count;
    uint32_t severity_alike; /* the same for severities; 0 */
    size_t severity_alike_strength;
    uint32_t ticks[TICKS]; /* of Oui, Non, N/A; 0 */
    bool ticks_beside;     /* there is a column of answers as well */
    uint32_t unnamed;      /* a column of Oui, Non and N/A with an unknown label; 0 */
    uint32_t last_row;     /* of the header: points come after it */
};

/* Finds it; s->header_row stays 0 when there is none. */
int form_find_header(struct form *f, struct form_sheet *s, const struct layout *l,
                     struct header *out, struct err *e);

/* The value of a cell as text, owned by the form; the place is kept when the cell is empty or
 * absent. */
int form_value_at(struct form *f, const struct sheet *s, uint32_t row, uint32_t column,
                  struct form_value *out, struct err *e);
int form_read_points(struct form *f, struct form_sheet *s, const struct layout *l, struct err *e);
/* Whether a text could be an identifier of a point, of any form: "C-01", "C19", "T-1", "1.2.3". */
/* A mark in a column to tick. */
bool form_is_mark(const char *text);
/* Dates of tests in one field, the ticked type, fields on other sheets. */
int form_fields_complete(struct form *f, const struct layout *l, const struct rules *r,
                         struct err *e);
/* Adds a field with an id that the form does not have yet, at this value; *out may be NULL. */
int form_add_field(struct form *f, const char *id, const char *label, const char *sheet,
                   struct form_value value, struct form_field **out, struct err *e);
bool form_id_plausible(const char *s);

#endif

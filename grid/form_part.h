/* What the files of the form's reader share. */
#ifndef PARAPHE_GRID_FORM_PART_H
#define PARAPHE_GRID_FORM_PART_H

#include "grid/form.h"

/* No label is longer, no answer, no severity; a title stands no further above its table. */
enum { LABEL_BYTES = 200, WORD_BYTES = 32, SEVERITY_BYTES = 64, TITLE_ROWS = 3 };

enum { ID_BYTES = FORM_ID_BYTES_MAX + 1 };

/* The value of a cell as text, owned by the form; the place is kept when the cell is empty or
 * absent. */
int form_value_at(struct form *f, const struct sheet *s, uint32_t row, uint32_t column,
                  struct form_value *out, struct err *e);
/* The header of the area, at row `header` (0: the first that is found), and the points below it. */
int form_read_points(struct form *f, struct form_sheet *s, uint32_t header, const struct layout *l,
                     struct err *e);
/* An identifier with a wording or a severity: what may be a point. */
bool form_is_candidate(const struct form_point *p);
void form_sheet_free(struct form_sheet *s);
/* The tables of one worksheet, and their parts, appended to the form. */
int form_read_tables(struct form *f, const struct sheet *sheet, const struct layout *l,
                     struct err *e);
/* Looks for points that stand in no table: unread_row and unread_column of a sheet's first table.
 */
int form_find_unread(struct form *f, const struct layout *l, struct err *e);
/* A mark in a column to tick. */
bool form_is_mark(const char *text);
/* Dates of tests in one field, the ticked type, fields on other sheets. */
int form_fields_complete(struct form *f, const struct layout *l, const struct rules *r,
                         struct err *e);
/* Adds a field with an id that the form does not have yet, at this value; *out may be NULL. */
int form_add_field(struct form *f, const char *id, const char *label, const char *sheet,
                   struct form_value value, struct form_field **out, struct err *e);
/* Whether a text could be an identifier of a point, of any form: "C-01", "C19", "T-1", "1.2.3". */
bool form_id_plausible(const char *s);

#endif

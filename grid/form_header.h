/* The header of a table of points: found by labels, completed by what stands below them. */
#ifndef PARAPHE_GRID_FORM_HEADER_H
#define PARAPHE_GRID_FORM_HEADER_H

#include "base/ceilings.h"
#include "grid/form_part.h"

/* What stands in a column below the header. */
struct content {
    unsigned filled, ids, answers, severities;
    size_t bytes;
};

/* The header row of a tab, and which columns hold what. */
struct header {
    struct form_column columns[COLUMN_COUNT];
    size_t strength[COLUMN_COUNT];
    bool has[COLUMN_COUNT];
    bool ignored[FORM_COLUMNS_MAX];
    uint32_t alike[RIVALS]; /* further columns whose label says answers */
    size_t alike_strength[RIVALS], alike_count;
    uint32_t wording_alike;  /* a further column whose whole label says wording; 0 */
    uint32_t severity_alike; /* the same for severities; 0 */
    size_t severity_alike_strength;
    uint32_t ticks[TICKS];     /* of Oui, Non, N/A; 0 */
    bool ticks_beside;         /* there is a column of answers as well */
    uint32_t unnamed;          /* a column of Oui, Non and N/A with an unknown label; 0 */
    uint32_t last_answer;      /* the last row with Oui, Non or N/A; 0 */
    uint32_t last_row;         /* of the header: points come after it */
    uint32_t comments[RIVALS]; /* every column whose whole label says comments */
    size_t comment_count;
};

/* Finds it in the area of the table, from `row` on (0: from the beginning of the area);
 * s->header_row stays 0 when there is none. */
int form_find_header(struct form *f, struct form_sheet *s, uint32_t row, const struct layout *l,
                     struct header *out, struct err *e);
/* What cells from..to of one row, which has more than none, say as a header of the area. */
int form_look_at_row(struct form *f, const struct form_sheet *s, size_t from, size_t to,
                     const struct layout *l, struct header *h, struct err *e);
/* An answer's column and two more, one of which tells the points apart. */
bool form_is_header(const struct header *h);
bool form_is_label(const struct cell *c);  /* a short text in a cell of its own */
bool form_is_answer(const struct cell *c); /* Oui, Non or N/A, and nothing else */
/* "Haute", "Moyenne", "NA" as the layout reads the text of the cell; NULL: none of them. */
const char *form_severity(const struct cell *c, const struct layout *l, struct err *e);
/* The same where no label says severity: there a letter may stand for anything. */
bool form_is_severity_word(const struct cell *c, const struct layout *l, struct err *e);
/* Which column a label names (COLUMN_NONE: no known one), and how surely. */
int form_label_column(const struct cell *c, const struct layout *l, enum column_id *id,
                      size_t *strength, struct err *e);
/* "Oui", "Non" or "N/A" when a cell says nothing else; NULL */
const char *form_tick(const struct cell *c, struct err *e);
size_t form_row_end(const struct sheet *sheet, size_t i); /* after the row of cell i */
/* The cells of a row that are in the area: indices *from to *to. */
void form_narrow(const struct sheet *sheet, const struct range *area, size_t *from, size_t *to);

/* Which cells name the points (form_row_id.c): a column of their own, the beginning of the wording,
 * or nothing: then the row. Sets ids_joined or ids_made. */
void form_choose_ids(struct form_sheet *s, const struct layout *l, struct header *h, struct err *e);
bool form_row_is_point(const struct form_sheet *s, const struct layout *l, const struct header *h,
                       uint32_t row, struct err *e);
/* Whether its severity is known, beside a wording or an answer. */
bool form_row_is_rated(const struct form_sheet *s, const struct layout *l, const struct header *h,
                       uint32_t row, struct err *e);
/* Identifier and wording of a row that was read. */
int form_name_point(struct form *f, const struct form_sheet *s, struct form_point *p, uint32_t row,
                    struct err *e);

/* form_answers.c */
int form_read_ticked(struct form *f, const struct form_sheet *s, const struct header *h,
                     uint32_t row, struct form_value *out, struct err *e);
int form_read_rivals(struct form *f, const struct form_sheet *s, const struct header *h,
                     uint32_t row, struct form_point *p, struct err *e);

/* `l` NULL: severities are not looked for. Rows after `row`, inside the area. */
void content_scan(const struct sheet *s, const struct range *area, uint32_t row,
                  const struct layout *l, struct content all[FORM_COLUMNS_MAX], struct err *e);
/* The most identifiers in one row. */
size_t content_ids_across(const struct sheet *s);
bool content_taken(const struct header *h, uint32_t column);
bool content_holds_answers(const struct content *c);
void content_complete(struct header *h, const struct content all[FORM_COLUMNS_MAX]);

#endif

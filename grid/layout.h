/* How a form is recognised: labels of columns, fields, tabs, types and severities, from a data file
 * (docs/formats.md "Layout"). Labels are compared folded: case, accents, blanks and punctuation
 * apart. */
#ifndef PARAPHE_GRID_LAYOUT_H
#define PARAPHE_GRID_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct jv;
struct layout;

enum column_id {
    COLUMN_POINT,
    COLUMN_THEME,
    COLUMN_OWASP,
    COLUMN_WORDING,
    COLUMN_SEVERITY,
    COLUMN_ANSWER,
    COLUMN_COMMENT,
    COLUMN_VERIFICATION,
    COLUMN_COUNT,
    COLUMN_NONE = COLUMN_COUNT,
    COLUMN_IGNORED /* its label says that it does not count: the editor's own answer, an earlier one
                    */
};
const char *
column_name(enum column_id id); /* "point"...; NULL for COLUMN_NONE and COLUMN_IGNORED */
enum column_id column_from_name(const char *name);

struct layout_field {
    const char *id, *kind; /* kind: text, date, type, yesno */
    bool required;
};

/* The built-in layout, extended by `extra` (an object of the same shape, or NULL), whose labels
 * come first. */
int layout_new(struct layout **out, const struct jv *extra, struct err *e);
void layout_free(struct layout *l);

enum { LABEL_WHOLE = 1000, LABEL_OWN = 100000 };
/* `folded` is of utf8_fold. The longest label that is the whole text, or begins it at a word's end,
 * wins; strength is its length, for the whole text doubled and LABEL_WHOLE more, and LABEL_OWN more
 * when the user's own file has that label. */
enum column_id layout_column(const struct layout *l, const char *folded, size_t *strength);
/* The whole text, or the text before a parenthesis: `folded_short` may be NULL. NULL when it names
 * no field. */
const struct layout_field *layout_field(const struct layout *l, const char *folded,
                                        const char *folded_short);
size_t layout_field_count(const struct layout *l);
const struct layout_field *layout_field_at(const struct layout *l, size_t i);
const struct layout_field *layout_field_by_id(const struct layout *l, const char *id);
/* Its first label, as written; its id when the file gives none. */
const char *layout_field_label(const struct layout *l, const char *id);
/* "information", "common", "specific", "whole", "ignored"; NULL */
const char *layout_sheet_role(const struct layout *l, const char *folded);
/* Whether the user's file says that the sheet is to be ignored. */
bool layout_sheet_set_aside(const struct layout *l, const char *folded);
const char *layout_type(const struct layout *l,
                        const char *folded); /* "application-web"...; NULL */
/* The one type that a declared value names, perhaps among other words ("Application web (SaaS)");
 * NULL when it names none, or two. */
const char *layout_type_declared(const struct layout *l, const char *folded);
/* The same for the name of a tab that only contains a label, as whole words ("2. Base commune"). */
const char *layout_sheet_role_within(const struct layout *l, const char *folded);
const char *layout_type_within(const struct layout *l, const char *folded);
/* "Oui", "Non", "N/A" for a word that the user's file gives for it; NULL */
const char *layout_answer(const struct layout *l, const char *text);
/* What the columns of a form that ticks its answers are called: "Oui", "Non", "N/A"; NULL */
const char *layout_tick(const char *folded);
const char *layout_severity(const struct layout *l,
                            const char *folded); /* "Haute", "Moyenne", "NA"; NULL */
const char *layout_type_label(const struct layout *l,
                              const char *type); /* its first label, as written */
/* Where a value stands from its label: columns to the right, or rows below. */
void layout_value_step(const struct layout *l, unsigned *columns, unsigned *rows);
const struct jv *layout_thresholds(const struct layout *l);
const struct jv *layout_expected_counts(const struct layout *l);

#endif

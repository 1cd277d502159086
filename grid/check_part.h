/* What the files of the checks share. */
#ifndef PARAPHE_GRID_CHECK_PART_H
#define PARAPHE_GRID_CHECK_PART_H

#include "base/jv.h"
#include "grid/check.h"

/* Adds a finding. `v` gives the cell (NULL: none); `value`: the offending text, only for answers,
 * severities, identifiers and dates (NULL: not shown). The level follows from the rule. */
void finding_add(struct check *c, const char *rule, const char *sheet, const struct form_value *v,
                 const char *point, const char *value);
void note_add(struct check *c, const char *code, const char *sheet, const struct form_value *v,
              const char *value);
/* The finding or note that was added last is about the field of this id (NULL: of none that a
 * layout file can name). */
void check_field_id(struct jv *list, const char *id);
/* Doubtful characters and length of a text; `point` may be NULL. */
void check_text(struct check *c, const char *sheet, const struct form_value *v, const char *point);

void check_adopt(struct check *c); /* tabs whose name does not say what they are */
void check_tabs(struct check *c);  /* type, kind, which tabs are expected, filled, repeated */
/* A filled tab of a form without a rule set whose name does not say what it is, and that could not
 * be taken for what the form still needs. */
bool check_tab_unnamed(const struct check *c, const struct check_tab *t);
void check_points(struct check *c);  /* rows of the expected tabs */
void check_fields(struct check *c);  /* general information */
void check_version(struct check *c); /* a note, when the rule set is of another version */
void check_score(struct check *c);
void check_initial(struct check *c); /* re-evaluation */
void check_notes(struct check *c);
void check_loose(struct check *c); /* notes on answers that no table has */

#endif

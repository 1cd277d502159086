/* What `paraphe form` prints. */
#ifndef PARAPHE_CMD_CMD_FORM_H
#define PARAPHE_CMD_CMD_FORM_H

#include "base/err.h"

struct jv;

void form_print_explain(const struct jv *doc);
const char *form_where(const struct jv *known); /* its file, or that it comes with paraphe */
void form_print_list(const struct jv *known);
void form_print_provenance(const struct jv *ruleset); /* from whom, when, of which blank form */
void form_print_ruleset(const struct jv *known_one);
void form_print_diff(const struct jv *diff);
int form_json_list(const struct jv *known, struct err *e);
int form_json_diff(const struct jv *a, const struct jv *b, const struct jv *diff, struct err *e);

#endif

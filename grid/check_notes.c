/* Advice beside the findings; it never changes a verdict. */
#include "grid/check_part.h"

void check_notes(struct check *c)
{
    if (c->rules->own)
        note_add(c, "ruleset-none", NULL, NULL, NULL);
    if (c->type_inferred)
        note_add(c, "type-inferred", NULL, NULL, c->type_tab->rule->type);
}

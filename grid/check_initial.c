/* A re-evaluation beside the form that it takes up again: only what was Non there may have changed.
 */
#include <string.h>

#include "grid/check_part.h"

static const struct form_point *row_of(const struct form *f, const struct rule_tab *tab,
                                       const char *id)
{
    for (size_t i = 0; i < f->sheet_count; i++) {
        if (strcmp(f->sheets[i].folded, tab->folded) != 0)
            continue;
        for (size_t k = 0; k < f->sheets[i].point_count; k++) {
            if (strcmp(form_point_id(&f->sheets[i].points[k]), id) == 0)
                return &f->sheets[i].points[k];
        }
    }
    return NULL;
}

void check_initial(struct check *c)
{
    if (c->initial == NULL)
        return;
    for (size_t i = 0; i < c->tab_count; i++) {
        const struct check_tab *t = &c->tabs[i];
        for (size_t k = 0; t->expected && k < t->rule->count; k++) {
            const struct form_point *now = t->rows[k];
            const struct form_point *then = row_of(c->initial, t->rule, t->rule->points[k].id);
            if (now == NULL)
                continue;
            /* A point that the earlier form does not have was not Non there. */
            enum answer a = answer_of(&now->answer);
            enum answer b = then != NULL ? answer_of(&then->answer) : ANSWER_EMPTY;
            if (b != ANSWER_NO && a != b && a <= ANSWER_NA)
                finding_add(c, "reeval-out-of-scope", t->sheet->name, &now->answer,
                            t->rule->points[k].id, answer_token(a));
        }
    }
}

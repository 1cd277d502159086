/* A re-evaluation beside the form that it takes up again: only what was Non there may have changed.
 */
#include <string.h>

#include "grid/check_part.h"

static enum answer answer_before(const struct check *initial, const struct rule_tab *tab,
                                 const char *id)
{
    for (size_t i = 0; i < initial->tab_count; i++) {
        const struct check_tab *t = &initial->tabs[i];
        const struct rule_point *p =
            strcmp(t->rule->folded, tab->folded) == 0 ? rules_point(t->rule, id) : NULL;
        if (p != NULL)
            return t->answers[p - t->rule->points];
    }
    return ANSWER_EMPTY; /* a point that the earlier form does not have was not Non there */
}

void check_initial(struct check *c)
{
    if (c->initial == NULL)
        return;
    for (size_t i = 0; i < c->tab_count; i++) {
        const struct check_tab *t = &c->tabs[i];
        for (size_t k = 0; t->expected && k < t->rule->count; k++) {
            if (t->rows[k] == NULL)
                continue;
            const char *id = t->rule->points[k].id;
            enum answer now = t->answers[k], before = answer_before(c->initial, t->rule, id);
            c->initial_unanswered += before > ANSWER_NA && now <= ANSWER_NA;
            if (before != ANSWER_NO && now != before && now <= ANSWER_NA)
                finding_add(c, "reeval-out-of-scope", t->sheet->name, &t->rows[k]->answer, id,
                            answer_token(now));
        }
    }
}

/* A re-evaluation beside the form that it takes up again: only what was Non there may have changed.
 */
#include <string.h>

#include "grid/check_part.h"

const struct check_tab *check_point_before(const struct check *initial, const struct rules *rules,
                                           const struct rule_tab *tab, const char *id, size_t *k)
{
    const struct check_tab *any = NULL;
    size_t place = 0, nth = 0;

    for (const struct rule_tab *t = rules->tabs; t < tab; t++)
        place += strcmp(t->folded, tab->folded) == 0;
    for (size_t i = 0; i < initial->tab_count; i++) {
        const struct check_tab *t = &initial->tabs[i];
        if (strcmp(t->rule->folded, tab->folded) != 0)
            continue;
        const struct rule_point *p = rules_point(t->rule, id);
        bool here = nth++ == place;
        if (p == NULL || (any != NULL && !here))
            continue;
        any = t;
        *k = (size_t)(p - t->rule->points);
        if (here)
            break;
    }
    return any;
}

/* A point that the earlier form does not have was not Non there. */
static enum answer answer_before(const struct check *c, const struct rule_tab *tab, const char *id)
{
    size_t k = 0;
    const struct check_tab *t = check_point_before(c->initial, c->rules, tab, id, &k);

    return t != NULL ? t->answers[k] : ANSWER_EMPTY;
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
            enum answer now = t->answers[k], before = answer_before(c, t->rule, id);
            c->initial_unanswered += before > ANSWER_NA && now <= ANSWER_NA;
            if (before != ANSWER_NO && now != before && now <= ANSWER_NA)
                finding_add(c, "reeval-out-of-scope", t->sheet->name, &t->rows[k]->answer, id,
                            answer_token(now));
        }
    }
}

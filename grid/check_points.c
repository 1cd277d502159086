/* The rows of the expected tabs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "grid/check_part.h"
#include "grid/clean.h"

enum { ANSWER_SHOWN = 72 };

/* What is shown of a cell: of two columns that differ, both. */
static const char *shown_of(const struct form_value *v, const char *rival, char out[ANSWER_SHOWN])
{
    if (rival == NULL)
        return v->text;
    char one[ANSWER_SHOWN / 2 - 2], other[ANSWER_SHOWN / 2 - 2]; /* never half a character */
    text_copy_whole(one, sizeof one, v->text);
    text_copy_whole(other, sizeof other, rival);
    snprintf(out, ANSWER_SHOWN, "%s / %s", one, other);
    return out;
}

static void check_severity(struct check *c, const char *sheet, const struct form_point *p,
                           const struct rule_point *rule)
{
    if (c->form->from_json && !c->rules->own && *p->severity.text == '\0')
        return; /* kept elsewhere than in a workbook: the rule set's severity holds */
    if (c->rules->own && !c->form->from_json && p->severity.row == 0)
        return; /* no column was recognised, which is said once */
    char shown[ANSWER_SHOWN];
    bool same = rule->severity != SEVERITY_UNKNOWN && p->severity.type != CELL_ERROR &&
                p->severity_rival == NULL && clean_same_word(p->severity.text, rule->severity_text);

    if (!same)
        finding_add(c, "severity-altered", sheet, &p->severity, rule->id,
                    shown_of(&p->severity, p->severity_rival, shown));
}

static void check_wording(struct check *c, const char *sheet, const struct form_point *p,
                          const struct rule_point *rule)
{
    char *plain = wording_plain(p->wording.text, c->e);

    bool absent = c->form->from_json && *p->wording.text == '\0';
    if (plain != NULL && !absent && strcmp(plain, rule->wording_plain) != 0)
        finding_add(c, "wording-altered", sheet, &p->wording, rule->id, NULL);
    free(plain);
}

static bool comment_as_blank(const struct check *c, const char *sheet, const struct form_value *v,
                             const struct rule_point *rule)
{
    const char *blank = c->rules->own ? NULL : rules_blank_comment(c->rules, sheet, rule->id);

    return blank != NULL && clean_same_word(blank, v->text);
}

/* Empty, or still as the blank form has it ("À justifier si Non"). */
static bool comment_void(const struct check *c, const char *sheet, const struct form_value *v,
                         const struct rule_point *rule)
{
    return v->type == CELL_ERROR || clean_is_void(v->text) || comment_as_blank(c, sheet, v, rule);
}

static void check_answer(struct check *c, const struct check_tab *t, const struct form_point *p,
                         const struct rule_point *rule)
{
    const char *sheet = t->sheet->name;
    enum answer a = t->answers[rule - t->rule->points];
    bool formula = (p->answer.flags & CELL_FORMULA) != 0;
    char shown[ANSWER_SHOWN];

    if (formula && (c->rules->own || !rules_blank_formula(c->rules, sheet, rule->id)))
        finding_add(c, "answer-formula", sheet, &p->answer, rule->id, p->answer.text);
    else if (a == ANSWER_EMPTY && t->answered > 0)
        finding_add(c, "answer-missing", sheet, &p->answer, rule->id, NULL);
    else if (a == ANSWER_INVALID)
        finding_add(c, "answer-invalid", sheet, &p->answer, rule->id,
                    shown_of(&p->answer, p->rival, shown));
    if ((a == ANSWER_NO || a == ANSWER_NA) && comment_void(c, sheet, &p->comment, rule))
        finding_add(c, "comment-missing", sheet, &p->comment, rule->id, NULL);
    if (!comment_as_blank(c, sheet, &p->comment, rule))
        check_text(c, sheet, &p->comment, rule->id);
}

static void check_row(struct check *c, const struct check_tab *t, const struct form_point *p)
{
    const char *sheet = t->sheet->name, *id = form_point_id(p);
    const struct rule_point *rule = rules_point(t->rule, id);

    if (rule == NULL) {
        finding_add(c, "point-unknown", sheet, &p->id, id, id);
        return;
    }
    if (p->row_hidden && !rules_blank_hidden(c->rules, sheet, id))
        finding_add(c, "row-hidden", sheet, &p->id, id, NULL);
    if (t->rows[rule - t->rule->points] != p) {
        finding_add(c, "point-duplicate", sheet, &p->id, id, id);
        return;
    }
    check_severity(c, sheet, p, rule);
    check_wording(c, sheet, p, rule);
    check_answer(c, t, p, rule);
}

/* Under its own rules the severities are those that the form writes: without their column nothing
 * can be rated. */
static void check_columns(struct check *c, const struct check_tab *t)
{
    if (c->rules->own && !c->form->from_json && t->sheet->header_row != 0 &&
        !form_sheet_has(t->sheet, COLUMN_SEVERITY))
        finding_add(c, "severity-altered", t->sheet->name, NULL, NULL, NULL);
}

static void check_tab_rows(struct check *c, const struct check_tab *t)
{
    check_columns(c, t);
    for (size_t k = 0; k < t->sheet->point_count; k++) {
        const struct form_point *p = &t->sheet->points[k];
        /* Under its own rules a row without wording and severity is a title or a total. */
        if (check_is_point(c, t->rule, p) &&
            !(c->rules->own && rules_point(t->rule, form_point_id(p)) == NULL))
            check_row(c, t, p);
    }
    for (size_t k = 0; k < t->rule->count; k++) {
        if (t->rows[k] == NULL)
            finding_add(c, "point-missing", t->sheet->name, NULL, t->rule->points[k].id, NULL);
    }
}

void check_points(struct check *c)
{
    for (size_t i = 0; i < c->tab_count; i++) {
        const struct check_tab *t = &c->tabs[i];
        if (!t->expected)
            continue;
        if (t->sheet != NULL)
            check_tab_rows(c, t);
        for (size_t k = 0; k < t->rule->count; k++) {
            enum severity s = t->rule->points[k].severity;
            enum answer a = t->answers[k];
            if (s < SEVERITY_COUNT)
                c->counts[s][a]++;
        }
    }
}

void check_score(struct check *c)
{
    size_t medium = c->counts[SEVERITY_MEDIUM][ANSWER_NO], limit = (size_t)c->rules->medium_max;

    if (c->errors > 0)
        return;
    for (size_t i = 0; i < c->tab_count; i++) {
        const struct check_tab *t = &c->tabs[i];
        for (size_t k = 0; t->expected && k < t->rule->count; k++) {
            const struct form_point *p = t->rows[k];
            if (t->rule->points[k].severity != SEVERITY_HIGH || p == NULL)
                continue;
            enum answer a = t->answers[k];
            if (a == ANSWER_NO || a == ANSWER_NA)
                finding_add(c, a == ANSWER_NO ? "high-non" : "high-na", t->sheet->name, &p->answer,
                            t->rule->points[k].id, answer_token(a));
        }
    }
    if (medium > limit || (medium == limit && !c->rules->limit_passes))
        finding_add(c, "medium-over-limit", NULL, NULL, NULL, NULL);
    else if (medium == limit && limit > 0)
        finding_add(c, "medium-at-limit", NULL, NULL, NULL, NULL);
}

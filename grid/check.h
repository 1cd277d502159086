/* The checks of RULES.md on one form, under one rule set. */
#ifndef PARAPHE_GRID_CHECK_H
#define PARAPHE_GRID_CHECK_H

#include "base/date.h"
#include "base/err.h"
#include "grid/form.h"
#include "grid/rules.h"

struct jv;

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_NA, ANSWER_EMPTY, ANSWER_INVALID, ANSWER_COUNT };
const char *answer_name(enum answer a); /* "Oui", "Non", "N/A", "vide", "invalide" */
enum answer answer_of(const struct form_value *v);
/* "Oui", "Non", "N/A", or NULL for an empty or invalid answer */
const char *answer_token(enum answer a);

/* One tab of the rule set beside the form's sheet. */
struct check_tab {
    const struct rule_tab *rule;
    enum tab_role role; /* of the rule, or what the declared type makes of an unnamed tab */
    const char *type;   /* the same; NULL for the common tab */
    bool adopted;
    const struct form_sheet *sheet; /* NULL: the form has none */
    const struct form_point **rows; /* for each point of the rule set its first row, or NULL */
    bool expected;
    enum answer *answers; /* of each of these rows */
    size_t answered;      /* rows with an answer */
    size_t changed;       /* of these, not as the blank form already had it */
    const struct form_point *first_changed;
};

struct check {
    const struct form *form;
    const struct rules *rules;
    const struct layout *layout;
    const struct check *initial; /* of the form that a re-evaluation takes up again; NULL */
    bool rules_foreign; /* asked for, but the form has no point of these rules under its tabs */
    struct date deposit;

    struct check_tab *tabs; /* one for each tab of the rule set */
    size_t tab_count;
    const struct check_tab *type_tab; /* declared; NULL */
    bool type_inferred, proxy;
    bool together; /* common points and those of the type in tabs that do not say which are which */
    size_t counts[SEVERITY_COUNT][ANSWER_COUNT];
    struct jv *findings, *notes;
    size_t errors, rejections, expired; /* expired: how many of the errors are date-expired */
    size_t display_differs;             /* cells that show other text than they store */
    bool has_until, age_unknown;        /* age_unknown: the rule set knows no date to count from */
    const struct date *last_day;        /* of the forms before the initial one; NULL */
    bool initial_same, initial_undated; /* it is this file; the day its tests ended is not known */
    size_t initial_unanswered;          /* points that have an answer now and had none there */
    struct date until;                  /* last day of deposit */
    struct err *e;
};

/* Fills counts, findings, notes; check_end frees. */
int check_run(struct check *c);
void check_end(struct check *c);
const char *
check_verdict(const struct check *c); /* "validé", "non validé", "formulaire invalide" */
const char *check_completeness(const struct check *c); /* "complete", "incomplete" */
const char *check_outcome(const struct check *c);      /* "met"...; NULL */
struct jv *check_counts_json(const struct check *c);

/* Whether a row of a tab is a point of this rule set. */
bool check_is_point(const struct check *c, const struct rule_tab *tab, const struct form_point *p);
/* The point `id` of a tab in the checks of an earlier form: in the tab of the same name and part,
 * of several such first in the one at the same place. *k: its index; NULL when it has none. */
const struct check_tab *check_point_before(const struct check *initial, const struct rules *rules,
                                           const struct rule_tab *tab, const char *id, size_t *k);
const struct check_tab *check_tab_of_sheet(const struct check *c, const struct form_sheet *s);

#endif

/* Which rule set a form belongs to. */
#ifndef PARAPHE_GRID_RULES_PICK_H
#define PARAPHE_GRID_RULES_PICK_H

#include "grid/form.h"
#include "grid/rules.h"

struct rules_list {
    struct rules **items; /* owned */
    size_t count;
};
/* The built-in rule sets and those of `extra`, an array of {"name","text"}, which come first. */
int rules_list_load(struct rules_list *out, const struct jv *extra, struct err *e);
void rules_list_free(struct rules_list *l);

enum rules_by { RULES_BY_NONE, RULES_BY_OPTION, RULES_BY_VERSION, RULES_BY_POINTS };
const char *rules_by_name(enum rules_by by);

/* Whether the form says that it is of the rule set's version: 1 yes, 0 no, -1 error. */
int rules_version_fits(const struct rules *r, const struct form *f, struct err *e);
/* `wanted`: an id or "sha256:HEX", or NULL. Sets *out to one of the list, or to NULL when the form
 * belongs to none (then its own rules are to be used). ERR_USAGE when what is wanted is not in the
 * list. The fields must have been read once. */
int rules_pick(const struct rules_list *l, const char *wanted, const struct form *f,
               const struct rules **out, enum rules_by *by, struct err *e);
/* How many points of the tab the table has with their wordings (in a grid document: or without). */
size_t rules_points_like(const struct rule_tab *tab, const struct form *f,
                         const struct form_sheet *s, struct err *e);
/* The share, in percent, of a rule set's points that the form has with the same wording, over the
 * tabs that both have. */
int rules_match_percent(const struct rules *r, const struct form *f);

/* The form taken as its own rule set: a "paraphe-ruleset" object. */
struct jv *rules_own_json(const struct form *f, const struct layout *l, struct err *e);
int rules_own(struct rules **out, const struct form *f, const struct layout *l, struct err *e);

#endif

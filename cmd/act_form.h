/* Rule sets on disk and what `paraphe form` does with forms. No printing, no options. */
#ifndef PARAPHE_CMD_ACT_FORM_H
#define PARAPHE_CMD_ACT_FORM_H

#include <stdbool.h>

#include "base/err.h"

struct jv;

/* The user's folder of rule sets: $XDG_CONFIG_HOME/paraphe/rulesets. malloc'ed; NULL when there is
 * no home. */
char *act_rulesets_folder(void);
/* Every rule set of that folder as an array of {"name","text"}, in the order of names. A file that
 * belongs to someone else, or that others can change, is refused: it decides what counts as valid.
 */
int act_rulesets_load(const char *folder, struct jv *list, struct err *e);
/* One file, put at the end of the list. */
int act_ruleset_add(struct jv *list, const char *path, struct err *e);
/* The rule sets that are known, built in and the user's, each as {"where": file or "built-in",
 * "sha256", "ruleset": object}. */
int act_rulesets_known(struct jv **out, struct err *e);
/* One of them by id or "sha256:HEX", or a file; the object, borrowed from `known` or taken into it.
 * NULL and err. */
const struct jv *act_ruleset_find(struct jv *known, const char *which, struct err *e);
bool act_ruleset_is_path(const char *ruleset);
/* A layout file; NULL path gives NULL. */
int act_layout_read(const char *path, struct jv **out, struct err *e);
/* What differs between two rule sets: array of {"what","tab","point","a","b"}; what: tab-added,
 * tab-removed, point-added, point-removed, severity, wording, field-added, field-removed, required,
 * threshold. */
struct jv *act_ruleset_diff(const struct jv *a, const struct jv *b);

#endif

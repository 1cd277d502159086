/* Several forms of one solution looked at together: what is missing, what contradicts, the earliest
 * last day. */
#ifndef PARAPHE_GRID_GROUP_H
#define PARAPHE_GRID_GROUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"
#include "grid/say.h"

struct jv;

/* `grids`: an array of grid documents; `unread`: names of the forms that could not be read at all,
 * or NULL. Gives {"format":"paraphe-group","version":1,
 * "forms":[{"form","kind","type","infrastructure","solution","verdict","outcome","medium_non","deposit_until","history"}],
 * "medium_non","deposit_until","outcome","completeness":"complete|incomplete","unsettled":number,
 * "problems":[{"code","level":"missing|wrong|remark","forms":[name],"value"}]}: `unsettled`
 * problems that are missing or wrong stand first, and make the whole incomplete; remarks are
 * advice. A form that a later re-evaluation takes up again is history: it counts no more, but for
 * its last day. Of several re-evaluations of one form the latest valid one counts; of forms that
 * take each other up again none is history. */
struct jv *group_make(const struct jv *grids, const struct jv *unread);
/* Whether a problem changes nothing: neither missing nor wrong. */
bool group_is_advice(const struct jv *problem);
/* Two grid documents of the same declared type. */
bool group_same_type(const struct jv *a, const struct jv *b);
/* Whether a form says that it is a re-evaluation. */
bool group_is_again(const struct jv *grid);
/* Whether `again` is a re-evaluation of `old`: by the reference that it names, or as it was
 * checked.
 */
bool group_takes_up(const struct jv *again, const struct jv *old);
/* The place of the form that form `i` takes up again, or their number when there is none.
 * *last_day: the earliest last day of deposit of that one and of those that it takes up itself
 * (YYYY-MM-DD, of the grids); NULL. */
size_t group_initial(const struct jv *grids, size_t i, const char **last_day);
/* What is open between the forms first, then the worst result of those that count. */
void say_group(enum text_lang lang, const struct jv *group, char out[SAY_MAX]);
void say_group_problem(enum text_lang lang, const struct jv *problem, char message[SAY_MAX],
                       char remedy[SAY_MAX]);

#endif

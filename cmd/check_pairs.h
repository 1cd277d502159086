/* Which of several forms is checked beside which earlier one. */
#ifndef PARAPHE_CMD_CHECK_PAIRS_H
#define PARAPHE_CMD_CHECK_PAIRS_H

#include "cmd/act_check.h"
#include "cmd/cmd.h"

enum { PAIRS_MAX = 64 }; /* more forms than this are no solution's */

struct check_pair {
    const char *initial; /* path of the earlier form; NULL */
    struct jv *grid;     /* the form checked already, when there is no earlier one; NULL */
};

/* Fills one pair for each argument of the command, 2 to PAIRS_MAX: a form that declares itself a
 * re-evaluation of another of them is checked beside that one, and the form of --initial stands
 * only beside those of its type. What cannot be read is left to the check itself to tell. */
void check_pairs(struct cmd *cmd, const struct act_check_request *request,
                 struct check_pair pairs[PAIRS_MAX]);
void check_pairs_free(struct check_pair pairs[PAIRS_MAX]);

#endif

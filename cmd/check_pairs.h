/* Which of several forms is checked beside which earlier one. */
#ifndef PARAPHE_CMD_CHECK_PAIRS_H
#define PARAPHE_CMD_CHECK_PAIRS_H

#include "base/err.h"
#include "cmd/act_check.h"
#include "cmd/cmd.h"

enum { PAIRS_MAX = 64 }; /* more forms than this are no solution's */

struct check_pair {
    const char *initial;          /* path of the earlier form; NULL */
    char last_day[DATE_TEXT_MAX]; /* of what that one takes up itself; "" */
    struct jv *grid;              /* the form checked already, when there is no earlier one; NULL */
    struct err failed;            /* why it could not be: not tried again */
};

/* One pair for each of the command's `n` arguments: a form that declares itself a re-evaluation of
 * another of them is checked beside that one, and the form of --initial stands only beside those of
 * its type. NULL and err without memory. */
struct check_pair *check_pairs(struct cmd *cmd, const struct act_check_request *request, size_t n,
                               struct err *e);
void check_pairs_free(struct check_pair *pairs, size_t n); /* NULL is fine */

#endif

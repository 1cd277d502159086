/* `sign --pending`: the jobs of `run` whose reports wait for a signature, signed in one go: one
 * login, one list to say yes to. */
#ifndef PARAPHE_CMD_SIGN_PENDING_H
#define PARAPHE_CMD_SIGN_PENDING_H

#include "base/err.h"

struct cmd;

/* As a verb: the exit status, or -1 and err. */
int sign_pending(struct cmd *cmd, struct err *e);

#endif

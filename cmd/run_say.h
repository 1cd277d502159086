/* The end of a walk through a job: its folder and what the person has to do next. */
#ifndef PARAPHE_CMD_RUN_SAY_H
#define PARAPHE_CMD_RUN_SAY_H

#include <stdbool.h>

#include "base/err.h"

struct cmd;
struct job;

/* With --json the object paraphe-run, indented when it is the only one. Returns status, or -1 and
 * err. */
int run_say(const struct cmd *cmd, const struct job *job, int status, bool alone, struct err *e);

#endif

/* Every task that parses hostile bytes, and the workers that run them. */
#ifndef PARAPHE_CMD_TASK_TABLE_H
#define PARAPHE_CMD_TASK_TABLE_H

#include "base/ports.h"

struct workers;

extern const struct task *const task_list[]; /* ended by NULL */
/* Starts the workers' parent process before anything hostile is read; worker.h says what
 * `must_isolate` means. tasks_stop(NULL) is allowed. */
int tasks_start(struct workers **out, struct runner *runner, bool must_isolate, struct err *e);
void tasks_stop(struct workers *w);
/* False for verbs that parse nothing foreign: they start no workers, and no runner is there for
 * them. */
bool tasks_needed(const char *verb);

#endif

/* Runs the tasks that parse hostile bytes, each call in a process of its own that holds neither key
 * nor network.
 *
 *   paraphe --fork--> spawner (small, made first, warmed up) --fork--> one worker a call:
 * sandbox.h, then the task
 *
 * The spawner only ever hears the program itself; it warms a task up at its first call, or when one
 * is expected, and forks. A worker has: the descriptors of its call, a socket to the program,
 * limits of processor time, wall clock, memory and output. It ends by _exit; what it says is taken
 * as foreign: a bounded reply, or an error whose kind is checked.
 *
 * Limits (struct task_limits): `seconds` of processor time (default 60); the wall clock may take
 * four times as long, not counting the time in which the program answers a question of the task;
 * `memory` bytes of data (default 1 GiB); `output` bytes to one descriptor (default 1 GiB). Under
 * AddressSanitizer memory is not limited and times are four times as long. */
#ifndef PARAPHE_WORKER_WORKER_H
#define PARAPHE_WORKER_WORKER_H

#include <stdbool.h>

#include "base/ports.h"

struct workers;

/* Starts the spawner. `tasks` is NULL-ended and stays valid. `must_isolate` false lets workers go
 * on without the sandbox on a system that refuses it (docs/decisions/0010-sandbox-refused.md). The
 * runner takes calls from several threads, and a task may be called while another waits for an
 * answer. -1
 * and err when no process can be made. */
int workers_start(const struct task *const *tasks, bool must_isolate, struct workers **out,
                  struct runner *runner, struct err *e);
/* The same with a spawner that is another program, which calls workers_serve with a table of the
 * same names; its own libraries cost the other workers nothing. It is given no environment. */
int workers_start_program(const char *path, const struct task *const *tasks, bool must_isolate,
                          struct workers **out, struct runner *runner, struct err *e);
/* The main() of that program, with its arguments; returns when they are not those of the start. */
int workers_serve(int argc, char **argv, const struct task *const *tasks);
/* Ends the spawner and whatever still runs; NULL is allowed. */
void workers_stop(struct workers *w);

#endif

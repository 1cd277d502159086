/* What a worker may ask of the kernel: seccomp forbids the rest, network first of all; Landlock,
 * where the kernel has it, takes every file away once more; limits of resources. Private to
 * worker/ and to pdf/qpdf, the other process that parses. */
#ifndef PARAPHE_WORKER_SANDBOX_H
#define PARAPHE_WORKER_SANDBOX_H

#include <stdint.h>

#include "base/err.h"

struct sandbox; /* the compiled filter, made once in the spawner */

/* NULL and err when the library cannot make it. */
struct sandbox *sandbox_prepare(struct err *e);
/* Closes the door for this process, for good. Call names off the list kill the process with SIGSYS;
 * those that libraries use to look around (open, stat, ...) are answered by EACCES. -1 and
 * err.worker.sandbox when the kernel refuses the filter; a kernel without Landlock is no failure.
 */
int sandbox_enter(const struct sandbox *s, struct err *e);
/* The version of Landlock that this kernel offers; 0 for none. */
int sandbox_landlock_version(void);

struct worker_limits;
/* Processor time, memory, size of written files, no core file, no process. */
int sandbox_limits_set(const struct worker_limits *limits, struct err *e);

#endif

/* Libraries that few verbs need: opened by those. Every start of the program, and every fork of a
 * worker, would pay for them otherwise (docs/decisions/0022-lazy-libraries.md). */
#ifndef PARAPHE_BASE_LAZY_H
#define PARAPHE_BASE_LAZY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct lazy {
    const char *soname;       /* as the build found it */
    const char *const *names; /* of its functions */
    size_t n;
    void *slots; /* a struct of n function pointers in the order of names; of the owner, static */
    bool open;
};

/* Opens the library at the first call, for the life of the process; one thread. A task that needs
 * it opens it when warmed up: the sandbox allows none later. -1: err.base.library (ERR_USAGE) when
 * it is not installed or lacks a function. */
int lazy_open(struct lazy *library, struct err *e);

#endif

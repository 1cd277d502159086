/* The verbs of the command. One file a verb, cmd_VERB.c; cmd_table.c lists them; opt.h parses their
 * options. */
#ifndef PARAPHE_CMD_CMD_H
#define PARAPHE_CMD_CMD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/ports.h"
#include "cmd/config.h"
#include "cmd/opt.h"

struct jv;

/* What every verb gets. */
struct cmd {
    const char *verb;
    const struct opt_values *options; /* parsed by the verb's own table and the common one */
    char **args;                      /* what is no option */
    size_t nargs;
    struct config *config; /* files, environment and options joined; see config.h */
    struct clock clock;
    struct runner runner; /* workers; started before main reads anything hostile */
    bool json, quiet, verbose, color;
    struct jv *remarks; /* left by a verb that fails, for the JSON of its error; or NULL */
};

struct verb {
    const char *name;
    int (*run)(struct cmd *cmd, struct err *e); /* exit status, or -1 with err filled */
    const struct opt *options;                  /* NULL-name-ended; may be NULL */
    size_t args_min, args_max;
};

extern const struct verb verb_table[]; /* ended by a NULL name */

struct date;
/* --deposit-date, or today in Paris by the command's clock. */
int cmd_deposit_date(const struct cmd *cmd, struct date *out, struct err *e);

#endif

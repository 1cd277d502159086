/* Options: a table a verb, "--name VALUE" and "--name=VALUE"; "-o" stands for "--output", "-" is no
 * option; "--" ends them. */
#ifndef PARAPHE_CMD_OPT_H
#define PARAPHE_CMD_OPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

enum opt_kind {
    OPT_FLAG,    /* no value */
    OPT_VALUE,   /* one value; given twice is an error */
    OPT_LIST,    /* may be repeated */
    OPT_OPTIONAL /* value only as --name=VALUE */
};
struct opt {
    const char *name; /* without the dashes */
    enum opt_kind kind;
    const char *choices; /* "a|b|c", or NULL for free text */
};

struct opt_values;

extern const struct opt opt_common[]; /* json, quiet, verbose, lang, config, color, help, version */

/* Parses argv[0..argc) with the verb's table and the common one. What is no option goes, in order,
 * to args (room for argc). ERR_USAGE names the option, its choices, or the nearest known one. */
int opt_parse(const char *verb, const struct opt *table, int argc, char **argv,
              struct opt_values **out, char **args, size_t *nargs, struct err *e);
/* How many of argv are common options, with their values, before the first word that is none. */
int opt_skip_common(int argc, char **argv);
void opt_free(struct opt_values *v);
bool opt_given(const struct opt_values *v, const char *name);
const char *opt_get(const struct opt_values *v, const char *name); /* last value or NULL */
size_t opt_count(const struct opt_values *v, const char *name);
const char *opt_at(const struct opt_values *v, const char *name, size_t i);

#endif

/* The keys of the configuration: one row each, read by config.c and by `paraphe config`. */
#ifndef PARAPHE_CMD_CONFIG_TABLE_H
#define PARAPHE_CMD_CONFIG_TABLE_H

#include <stdbool.h>

struct config_key {
    const char *name;      /* "section.key" of the file */
    const char *option;    /* that sets it, without dashes; NULL for none */
    const char *otherwise; /* default; NULL for none */
    const char *choices;   /* "a|b", or NULL */
    bool list;      /* may be given several times; the later source replaces the whole list */
    bool sensitive; /* decides what is trusted, run or talked to: refused from a file that the user
                       does not own */
};
extern const struct config_key config_table[]; /* ended by a NULL name */

#endif

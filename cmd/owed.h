/* What to do is said once for findings or notes that follow each other and want the same: behind
 * the last of them. */
#ifndef PARAPHE_CMD_OWED_H
#define PARAPHE_CMD_OWED_H

#include <stdbool.h>
#include <stddef.h>

#include "grid/say.h"

struct cmd;
struct jv;

struct owed {
    const struct cmd *remarks; /* said on standard error, as out_note; NULL: as out_say */
    char remedy[SAY_MAX];      /* "" when nothing is owed */
};

/* Before each line, with its remedy (NULL or "" for none), and once more with NULL at the end. */
void owed_turn(struct owed *o, const char *remedy);
/* The findings that are `wanted`, at most `most` of them, each with its place; `remarks` as above.
 * How many there are in all. */
size_t owed_findings(const struct cmd *remarks, const struct jv *findings,
                     bool (*wanted)(const struct jv *finding), size_t most);

#endif

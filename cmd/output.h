/* Where the signed, finished or stamped file of an input goes: -o OUT, or --out-dir DIR with the
 * name of the input. */
#ifndef PARAPHE_CMD_OUTPUT_H
#define PARAPHE_CMD_OUTPUT_H

#include "cmd/cmd.h"

/* *out is malloc'ed. --out-dir is made (0700) when only its last part is missing: before the PIN,
 * so that nothing is signed for a folder that cannot be written to. ERR_USAGE when neither, both,
 * or -o for several inputs was given. */
int output_for(const struct cmd *cmd, const char *input, char **out, struct err *e);
/* At the end: an --out-dir that this command made and in which nothing is goes again. */
void output_end(void);

#endif

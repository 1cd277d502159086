/* The person at the terminal, as a struct asker: questions on /dev/tty, remarks on standard error.
 */
#ifndef PARAPHE_CMD_TERMINAL_H
#define PARAPHE_CMD_TERMINAL_H

#include "base/ports.h"

struct cmd;

/* Without a terminal, yes and choose give ERR_USAGE (err.cmd.nobody-to-ask). cmd must live as long.
 */
struct asker terminal_asker(const struct cmd *cmd);

#endif

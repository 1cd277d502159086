/* What `finish` and `stamp` share: their files, one after the other. */
#ifndef PARAPHE_CMD_FINISH_FILES_H
#define PARAPHE_CMD_FINISH_FILES_H

#include <stdbool.h>

#include "base/err.h"

struct cmd;

/* stamp_only: a document time-stamp and nothing else. Exit status, or -1 and err. */
int finish_files(struct cmd *cmd, bool stamp_only, struct err *e);

#endif

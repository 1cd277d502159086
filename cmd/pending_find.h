/* The folders of jobs that `sign --pending` looks at. */
#ifndef PARAPHE_CMD_PENDING_FIND_H
#define PARAPHE_CMD_PENDING_FIND_H

#include <stddef.h>

#include "base/err.h"

struct cmd;

struct pending_folders {
    char **paths;
    size_t count;
};
/* The jobs that the arguments name, and those in the folders that they name; without arguments
 * those of the setting job.folder, else of the current folder. A path that is no job and holds none
 * is ERR_USAGE when it was given. pending_folders_free also after a failure. */
int pending_folders(const struct cmd *cmd, struct pending_folders *out, struct err *e);
void pending_folders_free(struct pending_folders *f);

#endif

/* The journal beside the results of `sign`: what an earlier run of the same command signed is not
 * signed again. */
#ifndef PARAPHE_CMD_SIGN_BATCH_H
#define PARAPHE_CMD_SIGN_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

struct act_sign_file;
struct batch;
struct cmd;
struct sign_options;

struct sign_batch {
    const struct cmd *cmd;
    struct batch *journal;
    struct sign_batch_slot *slots;
    struct act_sign_file *files;
    size_t n;
    bool has_some; /* signed, by this run or an earlier one */
};
/* The inputs and outputs of the files are set. Files that were finished come first, *already of
 * them, each with its result and status; the others are ready for act_sign. */
int sign_batch_open(struct sign_batch *b, const struct cmd *cmd, const struct sign_options *options,
                    struct act_sign_file *files, size_t n, size_t *already, struct err *e);
/* One more is finished, well or not. Also called by other threads than the first. */
void sign_batch_done(const struct act_sign_file *file);
/* ended: the run came to its end. The journal is closed when nothing is left to be done; else the
 * person is told how to go on. */
void sign_batch_close(struct sign_batch *b, bool ended);

#endif

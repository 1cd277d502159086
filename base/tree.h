/* A folder in the making: built under a hidden name beside its final path, then renamed whole. */
#ifndef PARAPHE_BASE_TREE_H
#define PARAPHE_BASE_TREE_H

#include <stdbool.h>

struct err;

struct tree_out {
    char *path; /* final */
    char *temp; /* hidden folder, mode 0700, to write into; NULL after commit */
};
#define TREE_OUT_INIT                                                                              \
    {                                                                                              \
        NULL, NULL                                                                                 \
    }

/* err.base.file-exists when something is at `path`. What an earlier run that was killed left for
 * this very path is removed. One tree at a time. */
int tree_begin(struct tree_out *out, const char *path, struct err *e);
/* Syncs every folder of the tree (its files are synced by who writes them), renames, syncs the
 * folder above. */
int tree_commit(struct tree_out *out, struct err *e);
void tree_abort(struct tree_out *out); /* after begin, before or after commit */
/* Removes a folder and all in it, following no link; uses only async-signal-safe calls. 0, or -1
 * with errno. */
int tree_remove(const char *path);
/* For the signal handler of cmd/: removes the tree in the making. */
void tree_abort_from_signal(void);

#endif

/* JOB/recus: what tells of a deposit when its files are gone. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/file.h"
#include "base/tree.h"
#include "cmd/run_int.h"
#include "submit/bundle/bundle.h"

static int copy_file(const char *from, const char *to, struct err *e)
{
    struct buf bytes = BUF_INIT((size_t)ceilings.json_bytes + 1);
    int rc = file_read(from, (size_t)ceilings.json_bytes, &bytes, e);

    if (rc == 0)
        rc = file_put(to, bytes.data, bytes.len, false, e);
    buf_free(&bytes);
    return rc;
}

static int copy_named(const char *folder, const char *name, const char *to_folder, struct err *e)
{
    char *from = path_join(folder, name), *to = path_join(to_folder, name);
    int rc = from != NULL && to != NULL ? copy_file(from, to, e) : err_set_memory(e);

    free(from);
    free(to);
    return rc;
}

static int not_hidden(const struct dirent *d)
{
    return d->d_name[0] != '.' && strcmp(d->d_name, "lock") != 0;
}

int run_receipts_keep(const char *deposit, const char *to, struct err *e)
{
    struct tree_out tree = TREE_OUT_INIT;
    struct dirent **names = NULL;
    char *folder = path_join(deposit, DEPOSIT_RECEIPTS);
    int n = folder != NULL ? scandir(folder, &names, not_hidden, alphasort) : -1;
    int rc = n >= 0 ? 0
             : folder != NULL
                 ? err_set_errno(e, ERR_DISK, errno, "err.base.file-read", folder, NULL)
                 : err_set_memory(e);

    if (rc == 0 && tree_remove(to) != 0 && errno != ENOENT)
        rc = err_set(e, ERR_DISK, "err.job.remove", to, NULL);
    if (rc == 0)
        rc = tree_begin(&tree, to, e);
    if (rc == 0)
        rc = copy_named(deposit, DEPOSIT_MANIFEST, tree.temp, e);
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            rc = copy_named(folder, names[i]->d_name, tree.temp, e);
        free(names[i]);
    }
    free(names);
    if (rc == 0)
        rc = tree_commit(&tree, e);
    tree_abort(&tree);
    free(folder);
    return rc;
}

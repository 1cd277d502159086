/* JOB/recus: what tells of a deposit when its files are gone. */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/tree.h"
#include "cmd/run_int.h"
#include "submit/bundle/bundle.h"

/* However large: what a portal gives as acknowledgement may be a scan of many pages. */
static int copy_file(const char *from, const char *to, struct err *e)
{
    struct file_out out = FILE_OUT_INIT;
    int64_t size = 0;
    int fd = file_open(from, &size, e), rc = -1;

    if (fd < 0)
        return -1;
    if (file_begin(&out, to, false, e) == 0 && file_copy_range(fd, out.fd, size, to, e) == 0)
        rc = file_commit(&out, e);
    file_abort(&out);
    close(fd);
    return rc;
}

/* Among the receipts: not what a run at work or a killed one has there. */
static int not_hidden(const struct dirent *d)
{
    return d->d_name[0] != '.' && strcmp(d->d_name, "lock") != 0;
}

/* In a person's own folder there all is hers. */
static int not_dots(const struct dirent *d)
{
    return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

static int copy_named(const char *folder, const char *name, const char *to_folder, struct err *e);

/* How many names, -1. */
static int names_of(const char *folder, int (*wanted)(const struct dirent *d),
                    struct dirent ***names, struct err *e)
{
    int n = scandir(folder, names, wanted, alphasort);

    return n >= 0 ? n : err_set_errno(e, ERR_DISK, errno, "err.base.file-read", folder, NULL);
}

static int copy_folder(const char *from, const char *to, int (*wanted)(const struct dirent *d),
                       struct err *e)
{
    struct dirent **names = NULL;
    int n = names_of(from, wanted, &names, e), rc = n >= 0 ? 0 : -1;

    if (rc == 0)
        mkdir(to, 0700); /* the first file that goes there tells why there is none */
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            rc = copy_named(from, names[i]->d_name, to, e);
        free(names[i]);
    }
    free(names);
    return rc;
}

/* What a person has put among the receipts is kept with them, folders too; the rest, such as a pipe
 * or a link to a folder, holds nothing that goes with the job. */
static int copy_named(const char *folder, const char *name, const char *to_folder, struct err *e)
{
    char *from = path_join(folder, name), *to = path_join(to_folder, name);
    struct stat own, st;
    int rc = 0;

    if (from == NULL || to == NULL)
        rc = err_set_memory(e);
    else if (lstat(from, &own) == 0 && S_ISDIR(own.st_mode))
        rc = copy_folder(from, to, not_dots, e);
    else if (stat(from, &st) == 0 && S_ISREG(st.st_mode))
        rc = copy_file(from, to, e);
    free(from);
    free(to);
    return rc;
}

bool run_receipts_there(const char *deposit)
{
    char *folder = path_join(deposit, DEPOSIT_RECEIPTS);
    struct dirent **names = NULL;
    int n = folder != NULL ? scandir(folder, &names, not_hidden, NULL) : 1;
    bool absent = n < 0 && errno == ENOENT;

    for (int i = 0; names != NULL && i < n; i++)
        free(names[i]);
    free(names);
    free(folder);
    return n != 0 && !absent;
}

/* Before what was kept earlier gives way. */
static int can_be_copied(const char *manifest, const char *folder, struct err *e)
{
    struct dirent **names = NULL;
    int file = file_open(manifest, NULL, e),
        n = file >= 0 ? names_of(folder, not_hidden, &names, e) : -1;

    for (int i = 0; i < n; i++)
        free(names[i]);
    free(names);
    if (file >= 0)
        close(file);
    return n >= 0 ? 0 : -1;
}

int run_receipts_keep(const char *deposit, const char *to, struct err *e)
{
    struct tree_out tree = TREE_OUT_INIT;
    char *folder = path_join(deposit, DEPOSIT_RECEIPTS);
    char *manifest = path_join(deposit, DEPOSIT_MANIFEST);
    int rc =
        folder != NULL && manifest != NULL ? can_be_copied(manifest, folder, e) : err_set_memory(e);

    if (rc == 0 && tree_remove(to) != 0 && errno != ENOENT)
        rc = err_set(e, ERR_DISK, "err.job.remove", to, NULL);
    if (rc == 0)
        rc = tree_begin(&tree, to, e);
    if (rc == 0)
        rc = copy_named(deposit, DEPOSIT_MANIFEST, tree.temp, e);
    if (rc == 0)
        rc = copy_folder(folder, tree.temp, not_hidden, e);
    if (rc == 0)
        rc = tree_commit(&tree, e);
    tree_abort(&tree);
    free(manifest);
    free(folder);
    return rc;
}

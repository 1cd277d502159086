/* Output that appears whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/tree.h"

/* The hidden names of this process, for the signal handler. */
enum { LIVE_MAX = 10016 }; /* ceilings.inputs, and some */
static char *_Atomic live[LIVE_MAX];

void file_temp_add(char *temp)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        char *none = NULL;
        if (atomic_compare_exchange_strong(&live[i], &none, temp))
            return;
    }
}

void file_temp_remove(const char *temp)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        if (live[i] == temp) {
            live[i] = NULL;
            return;
        }
    }
}

void file_abort_all_from_signal(void)
{
    for (size_t i = 0; i < LIVE_MAX; i++) {
        const char *temp = live[i];
        if (temp != NULL)
            unlink(temp);
    }
    tree_abort_from_signal();
}

int file_begin(struct file_out *out, const char *path, bool replace, struct err *e)
{
    uint32_t salt = 0;
    struct stat st;
    char *folder = path_folder(path);

    *out = (struct file_out)FILE_OUT_INIT;
    if (*path_name(path) == '\0') { /* before any work is done for it */
        free(folder);
        return err_set(e, ERR_USAGE, "err.base.file-nameless", path, NULL);
    }
    if (!replace && lstat(path, &st) == 0) {
        free(folder);
        return err_set(e, ERR_DISK, "err.base.file-exists", path, NULL);
    }
    if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
        salt = (uint32_t)getpid();
    out->path = strdup(path);
    if (folder == NULL || out->path == NULL ||
        asprintf(&out->temp, "%s/.%s.%08x.part", folder, path_name(path), salt) < 0) {
        out->temp = NULL;
        free(folder);
        file_abort(out);
        return err_set_memory(e);
    }
    free(folder);
    out->replace = replace;
    out->fd = open(out->temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (out->fd < 0) {
        int number = errno;
        free(out->temp);
        out->temp = NULL;
        file_abort(out);
        return err_set_errno(e, ERR_DISK, number, "err.base.file-write", path, NULL);
    }
    file_temp_add(out->temp);
    return 0;
}

int file_commit(struct file_out *out, struct err *e)
{
    int done;

    if (fsync(out->fd) != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", out->path, NULL);
    if (out->replace)
        done = rename(out->temp, out->path);
    else /* never over a file that appeared meanwhile */
        done = renameat2(AT_FDCWD, out->temp, AT_FDCWD, out->path, RENAME_NOREPLACE);
    if (done != 0 && errno == EEXIST)
        return err_set(e, ERR_DISK, "err.base.file-exists", out->path, NULL);
    if (done != 0 && !out->replace && (errno == EINVAL || errno == ENOSYS)) {
        /* a file system without RENAME_NOREPLACE: link fails when the name exists */
        done = link(out->temp, out->path);
        if (done == 0)
            unlink(out->temp);
    }
    if (done != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", out->path, NULL);
    file_temp_remove(out->temp);
    free(out->temp);
    out->temp = NULL;
    return file_sync_folder_of(out->path, e);
}

void file_abort(struct file_out *out)
{
    if (out->temp != NULL) {
        unlink(out->temp);
        file_temp_remove(out->temp);
    }
    if (out->fd >= 0)
        close(out->fd);
    free(out->temp);
    free(out->path);
    *out = (struct file_out)FILE_OUT_INIT;
}

int file_put(const char *path, const void *data, size_t n, bool replace, struct err *e)
{
    struct file_out out = FILE_OUT_INIT;
    int rc = file_begin(&out, path, replace, e);

    if (rc == 0)
        rc = file_write_all(out.fd, data, n, path, e);
    if (rc == 0)
        rc = file_commit(&out, e);
    file_abort(&out);
    return rc;
}

int file_sync_folder_of(const char *path, struct err *e)
{
    char *folder = path_folder(path);
    int rc = 0, fd = folder != NULL ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;

    if (folder == NULL)
        return err_set_memory(e);
    /* EINVAL: a file system that cannot sync folders. */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-write", folder, NULL);
    if (fd >= 0)
        close(fd);
    free(folder);
    return rc;
}

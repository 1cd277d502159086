#include "base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"

static char *volatile live;

enum { DEPTH_MAX = 16, ENTRIES_BYTES = 2048 };

/* As the kernel fills it (getdents64(2)): opendir would call malloc, which a handler must not. */
struct entry {
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

static bool is_dots(const char *name)
{
    return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

static int empty_folder(int fd, int depth)
{
    _Alignas(struct entry) char bytes[ENTRIES_BYTES];
    long n;
    int rc = 0;

    if (depth > DEPTH_MAX)
        return -1;
    while ((n = syscall(SYS_getdents64, fd, bytes, sizeof bytes)) > 0) {
        int removed = 0;
        for (long at = 0; at < n;) {
            const struct entry *one = (const struct entry *)(const void *)(bytes + at);
            at += one->length;
            if (is_dots(one->name))
                continue;
            int inner = openat(fd, one->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            if (inner >= 0) {
                empty_folder(inner, depth + 1);
                close(inner);
            }
            if (unlinkat(fd, one->name, inner >= 0 ? AT_REMOVEDIR : 0) == 0)
                removed++;
            else
                rc = -1;
        }
        if (removed == 0)
            break;
        lseek(fd, 0, SEEK_SET); /* what was removed moved the rest on some file systems */
    }
    return rc;
}

int tree_remove(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0)
        return -1;
    empty_folder(fd, 0);
    close(fd);
    return rmdir(path);
}

void tree_abort_from_signal(void)
{
    if (live != NULL)
        tree_remove(live);
}

/* ".NAME.XXXXXXXX.part" of earlier runs for the same path. */
static void remove_leftovers(const char *folder, const char *name)
{
    size_t n = strlen(name);
    DIR *dir = opendir(folder);

    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        const char *it = entry->d_name;
        if (it[0] != '.' || strncmp(it + 1, name, n) != 0 || it[1 + n] != '.' ||
            strspn(it + 2 + n, "0123456789abcdef") != 8 || strcmp(it + 10 + n, ".part") != 0)
            continue;
        char *path = path_join(folder, it);
        if (path != NULL)
            tree_remove(path);
        free(path);
    }
    if (dir != NULL)
        closedir(dir);
}

/* Without the slashes that may end it. */
static char *trimmed(const char *path)
{
    size_t n = strlen(path);

    while (n > 1 && path[n - 1] == '/')
        n--;
    return strndup(path, n);
}

int tree_begin(struct tree_out *out, const char *path, struct err *e)
{
    struct stat st;
    uint32_t salt = 0;
    char *folder = NULL;
    int rc = -1;

    *out = (struct tree_out)TREE_OUT_INIT;
    out->path = trimmed(path);
    folder = out->path != NULL ? path_folder(out->path) : NULL;
    if (folder == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (lstat(out->path, &st) == 0) {
        err_set(e, ERR_DISK, "err.base.file-exists", out->path, NULL);
        goto out;
    }
    remove_leftovers(folder, path_name(out->path));
    if (getrandom(&salt, sizeof salt, 0) != sizeof salt)
        salt = (uint32_t)getpid();
    if (asprintf(&out->temp, "%s/.%s.%08x.part", folder, path_name(out->path), salt) < 0) {
        out->temp = NULL;
        err_set_memory(e);
        goto out;
    }
    if (mkdir(out->temp, 0700) != 0) {
        int number = errno;
        free(out->temp);
        out->temp = NULL;
        err_set_errno(e, ERR_DISK, number, "err.base.file-write", out->path, NULL);
        goto out;
    }
    live = out->temp;
    rc = 0;
out:
    free(folder);
    if (rc != 0)
        tree_abort(out);
    return rc;
}

static int sync_folders(int fd, int depth)
{
    int copy = dup(fd), rc = 0;
    DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;

    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (is_dots(entry->d_name) || depth >= DEPTH_MAX)
            continue;
        int inner = openat(fd, entry->d_name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (inner < 0)
            continue;
        rc |= sync_folders(inner, depth + 1);
        close(inner);
    }
    if (dir != NULL)
        closedir(dir);
    else if (copy >= 0)
        close(copy);
    return dir == NULL || (fsync(fd) != 0 && errno != EINVAL) ? -1 : rc;
}

int tree_commit(struct tree_out *out, struct err *e)
{
    int fd = open(out->temp, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int synced = fd >= 0 ? sync_folders(fd, 0) : -1;

    if (fd >= 0)
        close(fd);
    if (synced != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", out->path, NULL);
    int done = renameat2(AT_FDCWD, out->temp, AT_FDCWD, out->path, RENAME_NOREPLACE);
    if (done != 0 && (errno == EINVAL || errno == ENOSYS))
        done = rename(out->temp, out->path); /* replaces at most an empty folder */
    if (done != 0 && (errno == EEXIST || errno == ENOTEMPTY))
        return err_set(e, ERR_DISK, "err.base.file-exists", out->path, NULL);
    if (done != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", out->path, NULL);
    live = NULL;
    free(out->temp);
    out->temp = NULL;
    return file_sync_folder_of(out->path, e);
}

void tree_abort(struct tree_out *out)
{
    if (out->temp != NULL)
        tree_remove(out->temp);
    live = NULL;
    free(out->temp);
    free(out->path);
    *out = (struct tree_out)TREE_OUT_INIT;
}

/* Files and folders of a job as wholes: their digest, their removal, what a kill left. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "job/job_int.h"

enum { DEPTH_MAX = 16 };
static const char receipts_folder[] = "receipts"; /* DEPOSIT_RECEIPTS of submit/bundle */

static int read_error(const char *path, struct err *e)
{
    return err_set_errno(e, ERR_DISK, errno, "err.base.file-read", path, NULL);
}

static int no_dots(const struct dirent *d)
{
    return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}
static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int file_digest(const char *path, char hex[65], struct err *e)
{
    char whole[DIGEST_HEX_MAX];
    int fd = file_open(path, NULL, e), rc = -1;

    if (fd < 0)
        return -1;
    rc = digest_file_hex(fd, whole, e);
    close(fd);
    if (rc == 0)
        memcpy(hex, whole, 65);
    return rc;
}

/* Calls `each` for what is in the folder, sorted by name. */
static int folder_each(const char *path,
                       int (*each)(const char *path, int depth, void *self, struct err *e),
                       int depth, void *self, struct err *e)
{
    struct dirent **names = NULL;
    int n = depth < DEPTH_MAX ? scandir(path, &names, no_dots, by_name) : (errno = ELOOP, -1);
    int rc = n < 0 ? read_error(path, e) : 0;

    for (int i = 0; i < n; i++) {
        char *inside = rc == 0 ? path_join(path, names[i]->d_name) : NULL;
        if (rc == 0)
            rc = inside != NULL ? each(inside, depth + 1, self, e) : err_set_memory(e);
        free(inside);
        free(names[i]);
    }
    free(names);
    return rc;
}

struct summing {
    struct digest *digest;
    size_t skip; /* length of the top folder's path, left out of the names */
};

static int sum_add(const char *path, int depth, void *self, struct err *e)
{
    struct summing *s = self;
    struct stat st;
    char hex[65];

    if (lstat(path, &st) != 0)
        return read_error(path, e);
    /* what `submit` adds to a deposit folder is no part of it */
    if (depth == 1 && S_ISDIR(st.st_mode) && strcmp(path_name(path), receipts_folder) == 0)
        return 0;
    if (S_ISDIR(st.st_mode))
        return folder_each(path, sum_add, depth, self, e);
    if (file_digest(path, hex, e) != 0)
        return -1;
    const char *name = path + s->skip;
    if (digest_add(s->digest, name, strlen(name) + 1, e) != 0)
        return -1;
    return digest_add(s->digest, hex, 64, e);
}

int job_digest(const char *path, char hex[65], struct err *e)
{
    unsigned char value[DIGEST_MAX];
    struct stat st;

    hex[0] = '\0';
    if (lstat(path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? 0 : read_error(path, e);
    if (!S_ISDIR(st.st_mode))
        return file_digest(path, hex, e);
    struct summing s = {digest_new(DIGEST_SHA256, e), strlen(path)};
    int rc = s.digest != NULL ? folder_each(path, sum_add, 0, &s, e) : -1;
    if (rc == 0)
        rc = digest_end(s.digest, value, e);
    if (rc == 0)
        hex_lower(value, 32, hex);
    digest_free(s.digest);
    return rc;
}

static int remove_one(const char *path, int depth, void *self, struct err *e)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return errno == ENOENT ? 0 : read_error(path, e);
    if (S_ISDIR(st.st_mode) && folder_each(path, remove_one, depth, self, e) != 0)
        return -1;
    if ((S_ISDIR(st.st_mode) ? rmdir(path) : unlink(path)) != 0 && errno != ENOENT)
        return err_set_errno(e, ERR_DISK, errno, "err.job.remove", path, NULL);
    return 0;
}

int job_remove(const char *path, struct err *e)
{
    return remove_one(path, 0, NULL, e);
}

static bool half_made(const char *path)
{
    const char *name = path_name(path);
    size_t n = strlen(name);

    return n > 5 && strcmp(name + n - 5, ".part") == 0;
}

static int sweep_one(const char *path, int depth, void *self, struct err *e)
{
    struct stat st;

    if (lstat(path, &st) != 0)
        return errno == ENOENT ? 0 : read_error(path, e);
    if (half_made(path))
        return job_remove(path, e);
    return S_ISDIR(st.st_mode) ? folder_each(path, sweep_one, depth, self, e) : 0;
}

int job_sweep(const char *folder, struct err *e)
{
    return folder_each(folder, sweep_one, 0, NULL, e);
}

int job_mkdir(const char *path, struct err *e)
{
    struct stat st;

    if (mkdir(path, 0700) == 0)
        return 0;
    if (errno == EEXIST && lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return 0;
    return err_set_errno(e, ERR_DISK, errno == EEXIST ? ENOTDIR : errno, "err.job.folder", path,
                         NULL);
}

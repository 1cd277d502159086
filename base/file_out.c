/* Output that appears whole or not at all. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
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
    for (size_t i = 0; i < LIVE_MAX; i++) { /* then folders, if they are empty */
        const char *temp = live[i];
        if (temp != NULL)
            rmdir(temp);
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

/* Several threads that gave names in one folder: one sync that begins after those names is enough
 * for all of them. Who comes while another syncs waits for the next one, and one of those makes it.
 */
static struct {
    pthread_mutex_t lock;
    pthread_cond_t over;
    char folder[512];     /* of those who wait */
    size_t waiting;       /* and who syncs */
    uint64_t asked, done; /* numbers of the askers; all up to `done` have their sync */
    bool busy;
    int number; /* errno of a sync that failed, as long as anybody waits */
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER, .over = PTHREAD_COND_INITIALIZER};

static int sync_once(const char *folder)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), number = 0;

    /* EINVAL: a file system that cannot sync folders. */
    if (fd < 0 || (fsync(fd) != 0 && errno != EINVAL))
        number = errno;
    if (fd >= 0)
        close(fd);
    return number;
}

/* With the lock, which it gives away meanwhile. Of a sync that failed everybody hears who waits: a
 * later one may succeed and prove nothing. */
static int sync_shared(void)
{
    uint64_t own = ++shared.asked;

    while (shared.done < own) {
        if (shared.busy) {
            pthread_cond_wait(&shared.over, &shared.lock);
            continue;
        }
        shared.busy = true;
        uint64_t all = shared.asked;
        pthread_mutex_unlock(&shared.lock);
        int number = sync_once(shared.folder);
        pthread_mutex_lock(&shared.lock);
        if (number != 0)
            shared.number = number;
        shared.done = all;
        shared.busy = false;
        pthread_cond_broadcast(&shared.over);
    }
    return shared.number;
}

int file_sync_folder_of(const char *path, struct err *e)
{
    char *folder = path_folder(path);
    int number;

    if (folder == NULL)
        return err_set_memory(e);
    pthread_mutex_lock(&shared.lock);
    if (shared.waiting == 0) {
        shared.number = 0;
        text_copy_whole(shared.folder, sizeof shared.folder, folder);
    }
    bool same = strcmp(shared.folder, folder) == 0;
    if (same) {
        shared.waiting++;
        number = sync_shared();
        shared.waiting--;
    }
    pthread_mutex_unlock(&shared.lock);
    if (!same)
        number = sync_once(folder);
    int rc =
        number == 0 ? 0 : err_set_errno(e, ERR_DISK, number, "err.base.file-write", folder, NULL);
    free(folder);
    return rc;
}

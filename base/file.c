#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"

int file_open(const char *path, int64_t *size, struct err *e)
{
    struct stat st;
    /* O_NONBLOCK: a pipe without a writer would block the open. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 || fstat(fd, &st) != 0) {
        err_set_errno(e, errno == EACCES || errno == EPERM ? ERR_DISK : ERR_INPUT, errno,
                      "err.base.file-open", path, NULL);
    } else if (S_ISDIR(st.st_mode)) {
        err_set(e, ERR_INPUT, "err.base.file-directory", path, NULL);
    } else if (!S_ISREG(st.st_mode)) {
        err_set(e, ERR_INPUT, "err.base.file-special", path, NULL);
    } else {
        if (size != NULL)
            *size = st.st_size;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

int file_read_fd(int fd, const char *name, size_t max, struct buf *out, struct err *e)
{
    char limit[32];

    if (out->max <= max) /* one byte more than allowed is read, to know that there is more */
        out->max = max + 1;
    for (;;) {
        size_t want = 1 << 16;
        if (out->len + want > max + 1)
            want = max + 1 - out->len;
        unsigned char *to = buf_room(out, want);
        if (to == NULL)
            return buf_check(out, e);
        ssize_t n = read(fd, to, want);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return err_set_errno(e, ERR_DISK, errno, "err.base.file-read", name, NULL);
        out->len += (size_t)n;
        out->data[out->len] = '\0';
        if (n == 0)
            return 0;
        if (out->len > max) {
            snprintf(limit, sizeof limit, "%zu", max);
            return err_set(e, ERR_INPUT, "err.base.file-too-large", name, limit, NULL);
        }
    }
}

int file_read_again(int fd, const char *name, size_t max, struct buf *out, struct err *e)
{
    enum { CHUNK = 1 << 16 };
    char limit[32];
    ssize_t n = 1;

    buf_free(out);
    buf_init(out, max + CHUNK);
    while (n != 0) {
        unsigned char *to = buf_room(out, CHUNK);
        if (to == NULL)
            return buf_check(out, e);
        n = pread(fd, to, CHUNK, (off_t)out->len);
        if (n < 0 && errno != EINTR)
            return err_set_errno(e, ERR_DISK, errno, "err.base.file-read", name, NULL);
        out->len += n > 0 ? (size_t)n : 0;
        out->data[out->len] = '\0';
        if (out->len > max) {
            snprintf(limit, sizeof limit, "%zu", max);
            return err_set(e, ERR_INPUT, "err.base.file-too-large", name, limit, NULL);
        }
    }
    return 0;
}

int file_read(const char *path, size_t max, struct buf *out, struct err *e)
{
    int64_t size = 0;
    char limit[32];
    int fd = file_open(path, &size, e), rc = -1;

    if (fd < 0)
        return -1;
    snprintf(limit, sizeof limit, "%zu", max);
    buf_free(out);
    buf_init(out, max + 1);
    if (size > 0 && (uint64_t)size > max)
        err_set(e, ERR_INPUT, "err.base.file-too-large", path, limit, NULL);
    else
        rc = file_read_fd(fd, path, max, out, e);
    close(fd);
    return rc;
}

int file_memory(const char *name, struct err *e)
{
    int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    return fd >= 0 ? fd : err_set_errno(e, ERR_DISK, errno, "err.base.file-write", name, NULL);
}

static int seal(int fd, const char *name, struct err *e)
{
    if (fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) == 0 &&
        lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    err_set_errno(e, ERR_DISK, errno, "err.base.file-write", name, NULL);
    close(fd);
    return -1;
}

int file_seal_bytes(const char *name, const void *data, size_t n, struct err *e)
{
    int fd = file_memory(name, e);

    if (fd < 0)
        return -1;
    if (file_write_all(fd, data, n, name, e) != 0) {
        close(fd);
        return -1;
    }
    return seal(fd, name, e);
}

int file_read_sealed(const char *path, size_t max, struct err *e)
{
    struct buf bytes = BUF_INIT(max + 1);
    int fd = -1;

    int rc = strcmp(path, "-") == 0 ? file_read_fd(STDIN_FILENO, path, max, &bytes, e)
                                    : file_read(path, max, &bytes, e);
    if (rc == 0)
        fd = file_seal_bytes(path_name(path), bytes.data, bytes.len, e);
    buf_free(&bytes);
    return fd;
}

/* From `offset` on; NULL: where the file stands. */
static int write_all(int fd, const void *data, size_t n, const int64_t *offset, const char *name,
                     struct err *e)
{
    const unsigned char *p = data;

    for (size_t at = 0; at < n;) {
        ssize_t done = offset == NULL ? write(fd, p + at, n - at)
                                      : pwrite(fd, p + at, n - at, (off_t)(*offset + (int64_t)at));
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return err_set_errno(e, ERR_DISK, done < 0 ? errno : EIO, "err.base.file-write", name,
                                 NULL);
        at += (size_t)done;
    }
    return 0;
}

int file_write_all(int fd, const void *data, size_t n, const char *name, struct err *e)
{
    return write_all(fd, data, n, NULL, name, e);
}

int file_pwrite_all(int fd, const void *data, size_t n, int64_t offset, const char *name,
                    struct err *e)
{
    return write_all(fd, data, n, &offset, name, e);
}

int file_pread_all(int fd, void *data, size_t n, int64_t offset, const char *name, struct err *e)
{
    unsigned char *p = data;

    while (n > 0) {
        ssize_t done = pread(fd, p, n, offset);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return err_set_errno(e, ERR_DISK, done < 0 ? errno : EIO, "err.base.file-read", name,
                                 NULL);
        p += done;
        n -= (size_t)done;
        offset += done;
    }
    return 0;
}

static int copy_by_reading(int from, int to, off_t offset, int64_t length, const char *name,
                           struct err *e)
{
    enum { CHUNK = 1 << 18 };
    unsigned char *chunk = malloc(CHUNK);
    int rc = chunk != NULL ? 0 : err_set_memory(e);

    while (rc == 0 && length > 0) {
        size_t n = length < CHUNK ? (size_t)length : CHUNK;
        rc = file_pread_all(from, chunk, n, offset, name, e);
        if (rc == 0)
            rc = file_write_all(to, chunk, n, name, e);
        offset += (off_t)n;
        length -= (int64_t)n;
    }
    free(chunk);
    return rc;
}

int file_copy_range(int from, int to, int64_t length, const char *name, struct err *e)
{
    off_t offset = 0;
    struct stat st;

    if (fstat(from, &st) == 0 && st.st_size == length && lseek(to, 0, SEEK_CUR) == 0 &&
        ioctl(to, FICLONE, from) == 0 && lseek(to, length, SEEK_SET) == length)
        return 0;
    while (length > 0) {
        ssize_t n = copy_file_range(from, &offset, to, NULL, (size_t)length, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0 && (n == 0 || errno == ENOSPC || errno == EIO || errno == EDQUOT))
            return err_set_errno(e, ERR_DISK, n < 0 ? errno : EIO, "err.base.file-write", name,
                                 NULL);
        if (n < 0) /* not offered between these two file systems */
            return copy_by_reading(from, to, offset, length, name, e);
        length -= n;
    }
    return 0;
}

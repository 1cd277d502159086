/* Files: bounded reading, and writing that leaves either the whole new file or nothing
 * (beside, fsync, rename, fsync the folder). */
#ifndef PARAPHE_BASE_FILE_H
#define PARAPHE_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;

/* Opens an ordinary file for reading, close-on-exec; refuses folders, devices, pipes (ERR_INPUT;
 * ERR_DISK when permission is missing). Returns the descriptor or -1. `size` may be NULL. */
int file_open(const char *path, int64_t *size, struct err *e);
/* Reads a whole file into out; more than `max` bytes is ERR_INPUT. */
int file_read(const char *path, size_t max, struct buf *out, struct err *e);
int file_read_fd(int fd, const char *name, size_t max, struct buf *out, struct err *e);
/* The whole of an open file wherever its position, which stays. */
int file_read_again(int fd, const char *name, size_t max, struct buf *out, struct err *e);
/* The same into a sealed memory file, so that nobody can change what was checked; returns its
 * descriptor or -1. "-" is standard input. */
int file_read_sealed(const char *path, size_t max, struct err *e);
/* A sealed memory file of these bytes; -1 on failure. */
int file_seal_bytes(const char *name, const void *data, size_t n, struct err *e);
/* An empty memory file, not sealed, for a worker to write into; -1 on failure. */
int file_memory(const char *name, struct err *e);
/* All or nothing, EINTR and short writes handled. `name` is for the message. */
int file_write_all(int fd, const void *data, size_t n, const char *name, struct err *e);
int file_pread_all(int fd, void *data, size_t n, int64_t offset, const char *name, struct err *e);
int file_pwrite_all(int fd, const void *data, size_t n, int64_t offset, const char *name,
                    struct err *e);
/* Copies `length` bytes of `from` (from offset 0) to `to` (at its position), by reflink or
 * copy_file_range where possible. */
int file_copy_range(int from, int to, int64_t length, const char *name, struct err *e);

/* A file in the making: written under a hidden name in the folder of the final path, mode 0600. */
struct file_out {
    int fd;
    char *path; /* final */
    char *temp; /* the hidden name, NULL after commit */
    bool replace;
};
#define FILE_OUT_INIT                                                                              \
    {                                                                                              \
        -1, NULL, NULL, false                                                                      \
    }
/* `replace`: whether an existing file at `path` may be replaced; else file_commit says
 * err.base.file-exists. */
int file_begin(struct file_out *out, const char *path, bool replace, struct err *e);
int file_commit(struct file_out *out, struct err *e);
void file_abort(struct file_out *out); /* after begin, before or after commit: removes what is not
                                          committed, closes */
/* begin, write, commit. */
int file_put(const char *path, const void *data, size_t n, bool replace, struct err *e);
int file_sync_folder_of(const char *path, struct err *e);
/* A file with another name that a signal shall remove in the same way, or after all files a folder
 * if it is empty; borrowed until it is taken back. */
void file_temp_add(char *path);
void file_temp_remove(const char *path);
/* Removes the hidden files of makings that a signal interrupted; async-signal-safe, for the handler
 * of cmd/. */
void file_abort_all_from_signal(void);

/* Path helpers; the result is malloc'ed, NULL on want of memory. */
char *path_join(const char *folder, const char *name);
char *path_folder(const char *path);     /* "." when there is no slash */
const char *path_name(const char *path); /* borrowed: after the last slash */
/* A copy of the last part of a path for a name that we give: what is no text, control characters
 * and
 * "\\" become "_". NULL without memory. */
char *path_plain_name(const char *path);
/* True when `name` is relative and has no empty, "." or ".." part, backslash or control character:
 * fit to stay in a folder. */
bool path_stays_inside(const char *name);

#endif

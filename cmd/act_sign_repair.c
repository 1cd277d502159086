/* --repair: an input whose structure is broken, rewritten by qpdf in its own process before
 * anything is signed; what was signed is kept as long as the journal has its value. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "cmd/act_sign_part.h"
#include "cmd/second_reader.h"
#include "job/job.h"

/* On the disk of the output, since memory is not for whole documents. */
static int nameless_file(const char *output, struct err *e)
{
    char *folder = path_folder(output);
    int fd = folder != NULL ? open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600) : -1;

    free(folder);
    return fd >= 0 ? fd : file_memory("repaired", e); /* a file system without O_TMPFILE */
}

char *act_sign_copy_path(const char *output)
{
    char *folder = path_folder(output), *path = NULL;

    if (folder != NULL && asprintf(&path, "%s/.%s.paraphe-repaired", folder, path_name(output)) < 0)
        path = NULL;
    free(folder);
    return path;
}

static int copy_made(struct second_reader *second, const struct act_sign_file *f,
                     const struct pades_spec *spec, struct err *e)
{
    struct second_reading said;
    int in = file_open(f->input, NULL, e), out = -1, rc = -1;

    if (in >= 0 && (out = nameless_file(f->output, e)) >= 0)
        rc = second_reader_repair(second, in, f->input, spec->password, spec->password_len, out,
                                  &said, e);
    if (in >= 0)
        close(in);
    if (rc != 0 && out >= 0)
        close(out);
    return rc == 0 ? out : -1;
}

static int copy_kept(const struct act_sign_file *f)
{
    char *path = f->kept != NULL ? act_sign_copy_path(f->output) : NULL;
    int fd = path != NULL ? open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) : -1;

    free(path);
    return fd;
}

int act_sign_repair(struct second_reader *second, struct act_sign_file *f,
                    const struct pades_spec *spec, struct err *e)
{
    if (f->has_copy) /* all is prepared anew, with the same document */
        return 0;
    f->copy = copy_kept(f);
    if (f->copy < 0 && (job_digest(f->input, f->source_sha256, e) != 0 ||
                        (f->copy = copy_made(second, f, spec, e)) < 0))
        return -1;
    f->has_copy = f->repaired = true;
    return 0;
}

/* One in memory gets no name: it is written. */
static int copy_write(const struct act_sign_file *f, const char *path)
{
    unsigned char piece[65536];
    int64_t at = 0;
    ssize_t n = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600), rc = 0;

    if (fd < 0)
        return -1;
    while (rc == 0 && (n = pread(f->copy, piece, sizeof piece, at)) > 0) {
        rc = file_write_all(fd, piece, (size_t)n, path, NULL);
        at += n;
    }
    if (n < 0 || fsync(fd) != 0)
        rc = -1;
    close(fd);
    return rc;
}

void act_sign_copy_keep(struct act_sign_file *f)
{
    if (f->copy_path != NULL)
        file_temp_remove(f->copy_path);
    free(f->copy_path);
    f->copy_path = NULL;
}

static void copy_unname(struct act_sign_file *f)
{
    if (f->copy_path != NULL)
        (void)unlink(f->copy_path);
    act_sign_copy_keep(f);
}

void act_sign_copy_name(struct act_sign_file *f)
{
    char link[64];
    int rc;

    f->copy_path = act_sign_copy_path(f->output);
    if (f->copy_path == NULL)
        return;
    (void)unlink(f->copy_path);
    file_temp_add(f->copy_path);
    snprintf(link, sizeof link, "/proc/self/fd/%d", f->copy);
    if (linkat(AT_FDCWD, link, AT_FDCWD, f->copy_path, AT_SYMLINK_FOLLOW) != 0)
        rc = copy_write(f, f->copy_path);
    else
        rc = fsync(f->copy);
    if (rc != 0 || file_sync_folder_of(f->copy_path, NULL) != 0)
        copy_unname(f);
}

void act_sign_copy_close(struct act_sign_file *f)
{
    copy_unname(f);
    if (f->has_copy)
        close(f->copy);
    f->has_copy = false;
}

bool act_sign_copy_is_there(const char *output)
{
    char *path = act_sign_copy_path(output);
    bool there = path != NULL && access(path, F_OK) == 0;

    free(path);
    return there;
}

void act_sign_copy_remove(const char *output)
{
    char *path = act_sign_copy_path(output);

    if (path != NULL)
        (void)unlink(path);
    free(path);
}

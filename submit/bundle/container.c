/* dossier.asice and dossier.zip against the files with their digests beside them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "submit/bundle/bundle_part.h"

enum { LINE_ROOM = 256 };

static int file_sum(const char *folder, const char *name, char sum[DIGEST_HEX_MAX], int64_t *bytes,
                    struct err *e)
{
    char *path = path_join(folder, name);
    int fd = path != NULL ? file_open(path, bytes, e) : err_set_memory(e), rc = -1;

    if (fd >= 0) {
        rc = digest_file_hex(fd, sum, e);
        close(fd);
    }
    free(path);
    return rc;
}

static char *sum_path(const char *folder, const char *name)
{
    char *path = NULL;

    return asprintf(&path, "%s/%s.sha256", folder, name) < 0 ? NULL : path;
}

int sum_put(const char *folder, const char *name, struct err *e)
{
    char *path = sum_path(folder, name), sum[DIGEST_HEX_MAX], line[LINE_ROOM];
    int64_t bytes = 0;
    int rc = path == NULL ? err_set_memory(e) : file_sum(folder, name, sum, &bytes, e);

    if (rc == 0) {
        int n = snprintf(line, sizeof line, "%s  %s\n", sum, name);
        rc = file_put(path, line, (size_t)n, true, e);
    }
    free(path);
    return rc;
}

/* Whether it has the digest that stands beside it. */
static bool sum_holds(const char *folder, const char *name)
{
    struct buf line = BUF_INIT(LINE_ROOM);
    char *path = sum_path(folder, name), sum[DIGEST_HEX_MAX];
    int64_t bytes = 0;
    bool holds = path != NULL && file_read(path, line.max, &line, NULL) == 0 &&
                 file_sum(folder, name, sum, &bytes, NULL) == 0 &&
                 strncmp(buf_str(&line), sum, strlen(sum)) == 0;

    buf_free(&line);
    free(path);
    return holds;
}

int container_put(const char *folder, const struct jv *files, const char *date,
                  const struct bundle_stamp *stamp, struct err *e)
{
    return asice_make(folder, files, date, stamp, e) == 0 ? sum_put(folder, DEPOSIT_CONTAINER, e)
                                                          : -1;
}

/* The files of the manifest, and the manifest. */
static int container_add(const char *folder, const struct jv *manifest,
                         const struct bundle_stamp *stamp, struct err *e)
{
    const struct jv *files = jv_get(manifest, "files");
    const char *date = jv_get_text(manifest, "deposit_date");
    struct jv *all = jv_array();
    char sum[DIGEST_HEX_MAX];
    int64_t bytes = 0;
    int rc = file_sum(folder, DEPOSIT_MANIFEST, sum, &bytes, e);

    for (size_t i = 0; i < jv_count(files); i++)
        jv_add_take(all, jv_keep(jv_at(files, i)));
    jv_add_take(all, file_entry(DEPOSIT_MANIFEST, "manifest", sum, bytes));
    if (rc == 0)
        rc = container_put(folder, all, date != NULL ? date : "", stamp, e);
    jv_free(all);
    return rc;
}

int container_keep(const char *folder, const struct jv *manifest, const struct bundle_stamp *stamp,
                   struct err *e)
{
    char *path = path_join(folder, DEPOSIT_CONTAINER);
    int rc = 0;

    if (path == NULL)
        rc = err_set_memory(e);
    else if (access(path, F_OK) != 0)
        rc = container_add(folder, manifest, stamp, e);
    else if (!sum_holds(folder, DEPOSIT_CONTAINER))
        rc = err_set(e, ERR_DISK, "err.submit-bundle.container", path, NULL);
    free(path);
    return rc;
}

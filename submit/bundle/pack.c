/* The ZIP of the whole. The only file of this room that includes zip.h. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zip.h>

#include "base/date.h"
#include "base/file.h"
#include "submit/bundle/bundle_part.h"

static int zip_failed(struct err *e, const char *name, const char *why)
{
    return err_set_foreign(e, ERR_DISK, why, "err.base.file-write", name, NULL);
}

static int add(zip_t *zip, const char *folder, const char *name, uint16_t day, struct err *e)
{
    char *path = path_join(folder, name);
    zip_source_t *source = path != NULL ? zip_source_file(zip, path, 0, -1) : NULL;
    zip_int64_t at;

    free(path);
    if (source == NULL)
        return err_set_memory(e);
    at = zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8);
    if (at < 0) {
        zip_source_free(source);
        return zip_failed(e, name, zip_strerror(zip));
    }
    /* Stored: a PDF is compressed already, and the bytes do not depend on a version of zlib. The
     * date is written as such: a time would go through the machine's time zone. */
    if (zip_set_file_compression(zip, (zip_uint64_t)at, ZIP_CM_STORE, 0) != 0 ||
        zip_file_set_dostime(zip, (zip_uint64_t)at, 0, day, 0) != 0 ||
        zip_file_set_external_attributes(zip, (zip_uint64_t)at, 0, ZIP_OPSYS_UNIX,
                                         (zip_uint32_t)(S_IFREG | 0600) << 16) != 0)
        return zip_failed(e, name, zip_strerror(zip));
    return 0;
}

static uint16_t dos_day(const char *date)
{
    struct date d = {1980, 1, 1};

    if (date_parse_iso(date, &d) != 0 || d.year < 1980 || d.year > 2107)
        d = (struct date){1980, 1, 1};
    return (uint16_t)((d.year - 1980) << 9 | d.month << 5 | d.day);
}

static int sync_file(const char *path, const char *name, struct err *e)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    int rc = fd >= 0 && fchmod(fd, 0600) == 0 && fsync(fd) == 0 ? 0 : zip_failed(e, name, "fsync");

    if (fd >= 0)
        close(fd);
    return rc;
}

int pack_zip(const char *folder, const struct jv *files, const char *extra, const char *date,
             const char *zip_name, struct err *e)
{
    char *path = path_join(folder, zip_name);
    int code = 0, rc = -1;
    uint16_t day = dos_day(date);
    zip_t *zip = path != NULL ? zip_open(path, ZIP_CREATE | ZIP_EXCL, &code) : NULL;

    if (zip == NULL) {
        free(path);
        return zip_failed(e, zip_name, "zip_open");
    }
    for (size_t i = 0; i < jv_count(files); i++) {
        if (add(zip, folder, jv_get_text(jv_at(files, i), "path"), day, e) != 0)
            goto out;
    }
    if (add(zip, folder, extra, day, e) != 0)
        goto out;
    if (zip_close(zip) != 0) {
        zip_failed(e, zip_name, zip_strerror(zip));
        goto out;
    }
    zip = NULL;
    rc = sync_file(path, zip_name, e);
out:
    if (zip != NULL)
        zip_discard(zip);
    free(path);
    return rc;
}

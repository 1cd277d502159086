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

/* Takes the source, also on failure. */
static int add_take(zip_t *zip, zip_source_t *source, const char *name, uint16_t day, struct err *e)
{
    zip_int64_t at;

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

static int add_file(zip_t *zip, const struct pack *pack, const char *name, uint16_t day,
                    struct err *e)
{
    char *path = path_join(pack->folder, name);
    zip_source_t *source = path != NULL ? zip_source_file(zip, path, 0, -1) : NULL;

    free(path);
    return add_take(zip, source, name, day, e);
}

static int add_entries(zip_t *zip, const struct pack_entry *entries, uint16_t day, struct err *e)
{
    for (; entries != NULL && entries->name != NULL; entries++) {
        zip_source_t *source = zip_source_buffer(zip, entries->bytes->data, entries->bytes->len, 0);
        if (add_take(zip, source, entries->name, day, e) != 0)
            return -1;
    }
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

static int add_all(zip_t *zip, const struct pack *pack, struct err *e)
{
    uint16_t day = dos_day(pack->date);

    if (add_entries(zip, pack->first, day, e) != 0)
        return -1;
    for (size_t i = 0; i < jv_count(pack->files); i++) {
        if (add_file(zip, pack, jv_get_text(jv_at(pack->files, i), "path"), day, e) != 0)
            return -1;
    }
    if (pack->extra != NULL && add_file(zip, pack, pack->extra, day, e) != 0)
        return -1;
    return add_entries(zip, pack->last, day, e);
}

int pack_zip(const struct pack *pack, struct err *e)
{
    char *path = path_join(pack->folder, pack->zip_name);
    int code = 0, rc = -1;
    zip_t *zip = path != NULL ? zip_open(path, ZIP_CREATE | ZIP_EXCL, &code) : NULL;

    if (zip == NULL) {
        free(path);
        return zip_failed(e, pack->zip_name, "zip_open");
    }
    rc = add_all(zip, pack, e);
    if (rc == 0 && zip_close(zip) != 0)
        rc = zip_failed(e, pack->zip_name, zip_strerror(zip));
    else if (rc == 0)
        zip = NULL;
    if (zip != NULL)
        zip_discard(zip);
    if (rc == 0)
        rc = sync_file(path, pack->zip_name, e);
    free(path);
    return rc;
}

/* A deposit folder that was made before: read with the distrust that a received one needs. */
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "submit/bundle/bundle_part.h"

static bool is_digest(const char *s)
{
    return s != NULL && strlen(s) == 64 && s[strspn(s, "0123456789abcdef")] == '\0';
}

static bool file_is_good(const struct jv *file)
{
    const char *path = jv_get_text(file, "path");

    return path != NULL && strlen(path) <= 400 && path_stays_inside(path) &&
           jv_get_text(file, "role") != NULL && is_digest(jv_get_text(file, "sha256")) &&
           jv_get_int(file, "bytes", -1) >= 0;
}

static bool place_is_good(const struct jv *p)
{
    return jv_get_text(p, "title") != NULL && jv_get_text(p, "where") != NULL &&
           file_is_good(jv_get(p, "file"));
}

/* What the check-list and `submit` show: text, or not there. */
static bool texts_are_good(const struct jv *m)
{
    static const char *const optional[] = {"note", "deposit_date", "deposit_until"};
    const struct jv *notes = jv_get(m, "notes");

    for (size_t i = 0; i < sizeof optional / sizeof optional[0]; i++) {
        if (!jv_is_null(jv_get(m, optional[i])) && jv_get_text(m, optional[i]) == NULL)
            return false;
    }
    for (size_t i = 0; i < jv_count(notes); i++) {
        if (jv_str(jv_at(notes, i)) == NULL)
            return false;
    }
    return true;
}

static bool manifest_is_good(const struct jv *m)
{
    const char *format = jv_get_text(m, "format");
    const struct jv *files = jv_get(m, "files"), *places = jv_get(m, "places");

    if (format == NULL || strcmp(format, "paraphe-deposit") != 0 ||
        jv_get_int(m, "version", 0) != 1 || !is_digest(jv_get_text(m, "id")) ||
        !jv_is_array(files) || !jv_is_array(places) || jv_count(files) > DEPOSIT_FILES_MAX ||
        jv_count(places) > DEPOSIT_FILES_MAX || !texts_are_good(m))
        return false;
    for (size_t i = 0; i < jv_count(files); i++) {
        if (!file_is_good(jv_at(files, i)))
            return false;
    }
    for (size_t i = 0; i < jv_count(places); i++) {
        if (!place_is_good(jv_at(places, i)))
            return false;
    }
    return true;
}

bool deposit_manifest_is_good(const struct jv *m)
{
    char id[DEPOSIT_ID_MAX];

    return manifest_is_good(m) && deposit_id(jv_get(m, "files"), id, NULL) == 0 &&
           strcmp(id, jv_get_text(m, "id")) == 0;
}

int deposit_load(const char *folder, struct jv **manifest, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.config_bytes);
    char *path = path_join(folder, DEPOSIT_MANIFEST);
    struct jv *m = NULL;
    int rc = -1;

    if (path == NULL)
        return err_set_memory(e);
    if (access(path, F_OK) != 0) {
        err_set(e, ERR_INPUT, "err.submit-bundle.no-deposit", folder, NULL);
        goto out;
    }
    if (file_read(path, text.max, &text, e) != 0)
        goto out;
    m = jv_parse(buf_str(&text), text.len, path, e);
    if (m == NULL)
        goto out;
    if (!deposit_manifest_is_good(m)) {
        err_set(e, ERR_INPUT, "err.submit-bundle.manifest", path, NULL);
        goto out;
    }
    *manifest = m;
    m = NULL;
    rc = 0;
out:
    jv_free(m);
    buf_free(&text);
    free(path);
    return rc;
}

int deposit_place(const struct jv *manifest, const char *path)
{
    const struct jv *places = jv_get(manifest, "places");

    for (size_t i = 0; i < jv_count(places); i++) {
        const char *there = jv_get_text(jv_get(jv_at(places, i), "file"), "path");
        if (there != NULL && strcmp(there, path) == 0)
            return (int)jv_get_int(jv_at(places, i), "number", 0);
    }
    return 0;
}

int deposit_open(const char *folder, const struct jv *file, struct err *e)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                           .resolve =
                               RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    const char *path = jv_get_text(file, "path");
    char sum[DIGEST_HEX_MAX];
    struct stat st;
    int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;

    if (top >= 0)
        fd = (int)syscall(SYS_openat2, top, path, &how, sizeof how);
    int number = errno;
    if (top >= 0)
        close(top);
    if (fd < 0)
        return err_set_errno(e, ERR_DISK, number, "err.submit-bundle.missing", path, NULL);
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        st.st_size != jv_get_int(file, "bytes", -1) || digest_file_hex(fd, sum, e) != 0 ||
        strcmp(sum, jv_get_text(file, "sha256")) != 0) {
        close(fd);
        return err_set(e, ERR_DISK, "err.submit-bundle.altered", path, NULL);
    }
    return fd;
}

int deposit_check(const char *folder, const struct jv *manifest, struct err *e)
{
    const struct jv *files = jv_get(manifest, "files");

    for (size_t i = 0; i < jv_count(files); i++) {
        int fd = deposit_open(folder, jv_at(files, i), e);
        if (fd < 0)
            return -1;
        close(fd);
    }
    return 0;
}

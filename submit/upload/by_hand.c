/* What a person says to have deposited by hand, with the portal's acknowledgement when there is
 * one. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload_part.h"

/* Copies the acknowledgement beside the receipts: {"path","sha256","bytes"}; a name of ours with
 * its extension. */
static int keep_acknowledgement(const char *folder, const char *from, struct jv **out,
                                struct err *e)
{
    struct file_out copy = FILE_OUT_INIT;
    char sum[DIGEST_HEX_MAX], name[64];
    const char *dot = strrchr(path_name(from), '.');
    char *path = NULL;
    int64_t size = 0;
    int fd = file_open(from, &size, e), rc = -1;

    if (dot == NULL || strlen(dot) > 8 || !path_stays_inside(dot + 1) ||
        dot[1 + strspn(dot + 1,
                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")] != '\0')
        dot = "";
    if (fd < 0 || digest_file_hex(fd, sum, e) != 0)
        goto out;
    snprintf(name, sizeof name, DEPOSIT_RECEIPTS "/ack-%.16s%s", sum, dot);
    path = path_join(folder, name);
    if (path == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (file_begin(&copy, path, true, e) != 0 || file_copy_range(fd, copy.fd, size, name, e) != 0 ||
        digest_file_hex(copy.fd, sum, e) != 0 || file_commit(&copy, e) != 0)
        goto out;
    *out = jv_object();
    jv_put_text(*out, "path", name);
    jv_put_text(*out, "sha256", sum);
    jv_put_int(*out, "bytes", size);
    rc = 0;
out:
    file_abort(&copy);
    if (fd >= 0)
        close(fd);
    free(path);
    return rc;
}

/* "01", "1" or "all". */
static bool is_meant(const char *const *numbers, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++) {
        char *end = NULL;
        if (strcmp(numbers[i], "all") == 0 ||
            (strtoll(numbers[i], &end, 10) == number && *end == '\0' && end != numbers[i]))
            return true;
    }
    return false;
}

static int check_numbers(const struct jv *places, const char *const *numbers, size_t count,
                         struct err *e)
{
    for (size_t i = 0; i < count; i++) {
        bool known = false;
        for (size_t k = 0; k < jv_count(places); k++)
            known = known || is_meant(&numbers[i], 1, jv_get_int(jv_at(places, k), "number", 0));
        if (!known)
            return err_set(e, ERR_USAGE, "err.submit-upload.place", numbers[i], NULL);
    }
    return 0;
}

static int write_one(const char *folder, const struct jv *manifest, const struct jv *place,
                     const struct jv *ack, int64_t instant, struct err *e)
{
    const struct jv *file = jv_get(place, "file");
    const char *portal = jv_get_text(jv_get(manifest, "portal"), "url");
    char key[UPLOAD_KEY_MAX], now[DATE_TEXT_MAX], where[64];
    struct jv *j = jv_object();
    int rc = -1;

    /* one receipt a place, whenever it is declared */
    snprintf(where, sizeof where, UPLOAD_BY_HAND "#%d", (int)jv_get_int(place, "number", 0));
    date_instant_iso(instant, now);
    jv_put_text(j, "format", "paraphe-receipt");
    jv_put_int(j, "version", 1);
    jv_put_text(j, "deposit", jv_get_text(manifest, "id"));
    if (parcel_key(where, jv_get_text(file, "sha256"), key, e) == 0) {
        jv_put_text(j, "key", key);
        jv_put_text(j, "path", jv_get_text(file, "path"));
        jv_put_text(j, "sha256", jv_get_text(file, "sha256"));
        jv_put_int(j, "bytes", jv_get_int(file, "bytes", 0));
        jv_put_text(j, "to", UPLOAD_BY_HAND);
        jv_put_text(j, "url", portal != NULL ? portal : "");
        jv_put_text(j, "time", now);
        jv_put_text(j, "outcome", "declared");
        jv_put_take(j, "acknowledgement", ack != NULL ? jv_copy(ack) : jv_null());
        rc = store_write(folder, key, j, e);
    }
    jv_free(j);
    return rc;
}

int receipts_declare(const char *folder, const char *const *numbers, size_t count,
                     const char *acknowledgement, int64_t instant, struct err *e)
{
    struct jv *manifest = NULL, *ack = NULL;
    int lock = -1, rc = -1;

    if (deposit_load(folder, &manifest, e) != 0)
        return -1;
    const struct jv *places = jv_get(manifest, "places");
    if (check_numbers(places, numbers, count, e) != 0 || deposit_check(folder, manifest, e) != 0 ||
        store_open(folder, &lock, e) != 0 ||
        (acknowledgement != NULL && keep_acknowledgement(folder, acknowledgement, &ack, e) != 0))
        goto out;
    rc = 0;
    for (size_t i = 0; rc == 0 && i < jv_count(places); i++) {
        const struct jv *p = jv_at(places, i);
        if (is_meant(numbers, count, jv_get_int(p, "number", 0)))
            rc = write_one(folder, manifest, p, ack, instant, e);
    }
out:
    if (lock >= 0)
        close(lock);
    jv_free(manifest);
    jv_free(ack);
    return rc;
}

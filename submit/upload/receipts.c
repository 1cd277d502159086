/* Receipts against the files that they speak of. */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload_part.h"

static bool ends_with(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);

    return n > m && strcmp(s + n - m, end) == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_json(const struct dirent *entry)
{
    /* an acknowledgement may be called .json too */
    return entry->d_name[0] != '.' && strncmp(entry->d_name, "ack-", 4) != 0 &&
           ends_with(entry->d_name, ".json");
}

static bool receipt_is_good(const struct jv *r)
{
    static const char *const texts[] = {"deposit", "key", "path", "sha256", "to", "url", "time"};
    const char *format = jv_get_text(r, "format");

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (jv_get_text(r, texts[i]) == NULL)
            return false;
    }
    /* the key becomes part of a path */
    const char *key = jv_get_text(r, "key");
    if (strlen(key) != UPLOAD_KEY_MAX - 1 || key[strspn(key, "0123456789abcdef")] != '\0')
        return false;
    const struct jv *ack = jv_get(r, "acknowledgement");
    if (!jv_is_null(ack) &&
        (jv_get_text(ack, "path") == NULL || !path_stays_inside(jv_get_text(ack, "path")) ||
         jv_get_text(ack, "sha256") == NULL))
        return false;
    return format != NULL && path_stays_inside(jv_get_text(r, "path")) &&
           (strcmp(format, "paraphe-receipt") == 0 || strcmp(format, "paraphe-intent") == 0);
}

static const char *state_of(const char *folder, const struct jv *manifest, const struct jv *receipt)
{
    if (strcmp(jv_get_text(receipt, "deposit"), jv_get_text(manifest, "id")) != 0)
        return "other-deposit";
    int fd = deposit_open(folder, receipt, NULL);
    if (fd < 0)
        return "file-changed";
    close(fd);
    const struct jv *ack = jv_get(receipt, "acknowledgement");
    if (jv_is_null(ack))
        return "good";
    fd = deposit_open(folder, ack, NULL);
    if (fd < 0)
        return "file-changed";
    close(fd);
    return "good";
}

static bool has_receipt(const struct jv *receipts, const char *to, const char *path)
{
    for (size_t k = 0; k < jv_count(receipts); k++) {
        const struct jv *r = jv_at(receipts, k);
        if (strcmp(jv_get_text(r, "to"), to) == 0 && strcmp(jv_get_text(r, "path"), path) == 0 &&
            strcmp(jv_get_text(r, "state"), "good") == 0)
            return true;
    }
    return false;
}

/* By hand only the places count, and of these what is required. */
static void missing_by_hand(const struct jv *manifest, const struct jv *receipts, struct jv *out)
{
    const struct jv *places = jv_get(manifest, "places");

    for (size_t i = 0; i < jv_count(places); i++) {
        const struct jv *p = jv_at(places, i);
        const char *path = jv_get_text(jv_get(p, "file"), "path");
        if (jv_get_bool(p, "required") && !has_receipt(receipts, UPLOAD_BY_HAND, path))
            jv_add_text(out, path);
    }
}

/* Every place that is asked for was deposited by hand, says a person. */
static bool is_declared(const struct jv *manifest, const struct jv *receipts)
{
    struct jv *lacking = jv_array();

    missing_by_hand(manifest, receipts, lacking);
    bool all = jv_count(lacking) == 0 && jv_count(jv_get(manifest, "places")) > 0;
    jv_free(lacking);
    return all;
}

/* What a person has declared, who asked, is in doubt no more: one by one in the places, and what
 * has no place with all of them. */
bool receipts_settled(const struct jv *manifest, const struct jv *receipts, const char *path)
{
    return has_receipt(receipts, UPLOAD_BY_HAND, path) ||
           (deposit_place(manifest, path) == 0 && is_declared(manifest, receipts));
}

/* The paths that have no good receipt from destination `to`, and are not settled doubts: of the
 * manifest's files and of the manifest. */
static struct jv *missing_at(const struct jv *manifest, const struct jv *receipts,
                             const struct jv *doubts, const char *to)
{
    const struct jv *files = jv_get(manifest, "files");
    size_t wanted = jv_count(files) + 1;
    struct jv *out = jv_array();

    if (strcmp(to, UPLOAD_BY_HAND) == 0) {
        missing_by_hand(manifest, receipts, out);
        return out;
    }
    for (size_t i = 0; i < wanted; i++) {
        const char *path = i + 1 < wanted ? jv_get_text(jv_at(files, i), "path") : DEPOSIT_MANIFEST;
        if (!has_receipt(receipts, to, path) &&
            !(jv_has_text(doubts, path) && receipts_settled(manifest, receipts, path)))
            jv_add_text(out, path);
    }
    return out;
}

/* Whether one of the receipts before `i` names the same destination. */
static bool asked_before(const struct jv *receipts, size_t i, const char *to)
{
    for (size_t k = 0; k < i; k++) {
        if (strcmp(jv_get_text(jv_at(receipts, k), "to"), to) == 0)
            return true;
    }
    return false;
}

/* Nothing is missing where one destination has everything; else it is what the last one that is
 * named first lacks. Without a receipt all is missing: of the places, where there are some. */
static struct jv *missing(const struct jv *manifest, const struct jv *receipts,
                          const struct jv *doubts, bool *complete)
{
    struct jv *out = NULL;

    *complete = false;
    if (jv_count(receipts) == 0)
        return missing_at(manifest, receipts, doubts,
                          jv_count(jv_get(manifest, "places")) > 0 ? UPLOAD_BY_HAND : "");
    for (size_t i = 0; !*complete && i < jv_count(receipts); i++) {
        const char *to = jv_get_text(jv_at(receipts, i), "to");
        if (asked_before(receipts, i, to))
            continue;
        jv_free(out);
        out = missing_at(manifest, receipts, doubts, to);
        *complete = out != NULL && jv_count(out) == 0 &&
                    (strcmp(to, UPLOAD_BY_HAND) != 0 || jv_count(jv_get(manifest, "places")) > 0);
    }
    return out != NULL ? out : jv_array();
}

static struct jv *still_pending(const struct jv *manifest, const struct jv *receipts,
                                const struct jv *pending)
{
    struct jv *out = jv_array();

    for (size_t i = 0; i < jv_count(pending); i++) {
        const char *path = jv_str(jv_at(pending, i));
        if (!receipts_settled(manifest, receipts, path))
            jv_add_text(out, path);
    }
    return out;
}

static int read_one(const char *folder, const struct jv *manifest, const char *name,
                    struct jv *receipts, struct jv *pending, struct err *e)
{
    struct jv *j = store_read(folder, name, e);

    if (j == NULL)
        return -1;
    if (!receipt_is_good(j)) {
        jv_free(j);
        return err_set(e, ERR_INPUT, "err.submit-upload.receipt", name, NULL);
    }
    if (ends_with(name, ".intent.json")) {
        if (store_in_doubt(folder, jv_get_text(j, "key")))
            jv_add_text(pending, jv_get_text(j, "path"));
        jv_free(j);
        return 0;
    }
    jv_put_text(j, "state", state_of(folder, manifest, j));
    jv_add_take(receipts, j);
    return 0;
}

static int read_all(const char *folder, const struct jv *manifest, struct jv *receipts,
                    struct jv *pending, struct err *e)
{
    char *path = path_join(folder, DEPOSIT_RECEIPTS);
    struct dirent **names = NULL;
    int n = 0, rc = path != NULL ? store_is_folder(path, e) : err_set_memory(e);

    if (rc == 0 && (n = scandir(path, &names, is_json, by_name)) < 0 && errno != ENOENT)
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-read", path, NULL);
    for (int i = 0; i < n; i++) {
        if (rc == 0)
            rc = read_one(folder, manifest, names[i]->d_name, receipts, pending, e);
        free(names[i]);
    }
    free(names);
    free(path);
    return rc;
}

static int by_time(const void *a, const void *b)
{
    const struct jv *one = *(struct jv *const *)a, *other = *(struct jv *const *)b;
    /* instants of one shape, as text */
    int order = strcmp(jv_get_text(one, "time"), jv_get_text(other, "time"));

    return order != 0 ? order : strcmp(jv_get_text(one, "path"), jv_get_text(other, "path"));
}

/* Their names are keys, which tell a reader nothing: what was deposited first comes first. */
static int sort_by_time(struct jv **receipts, struct err *e)
{
    size_t n = jv_count(*receipts);
    struct jv **items = calloc(n + 1, sizeof *items), *sorted = jv_array();

    if (items == NULL) {
        jv_free(sorted);
        return err_set_memory(e);
    }
    for (size_t i = 0; i < n; i++)
        items[i] = jv_at(*receipts, i);
    qsort(items, n, sizeof *items, by_time);
    for (size_t i = 0; i < n; i++)
        jv_add_take(sorted, jv_keep(items[i]));
    free(items);
    jv_free(*receipts);
    *receipts = sorted;
    return 0;
}

int receipts_check(const char *folder, struct jv **result, struct err *e)
{
    struct jv *manifest = NULL, *receipts = jv_array(), *pending = jv_array(), *top = jv_object();
    bool complete = false;
    int rc = -1;

    if (deposit_load(folder, &manifest, e) == 0 &&
        read_all(folder, manifest, receipts, pending, e) == 0 && sort_by_time(&receipts, e) == 0) {
        struct jv *lacking = missing(manifest, receipts, pending, &complete);
        jv_put_text(top, "format", "paraphe-receipts");
        jv_put_int(top, "version", 1);
        jv_put_text(top, "deposit", jv_get_text(manifest, "id"));
        jv_put_bool(top, "complete", complete);
        jv_put_bool(top, "declared", is_declared(manifest, receipts));
        jv_put_take(top, "missing", lacking);
        jv_put_take(top, "receipts", jv_keep(receipts));
        jv_put_take(top, "pending", still_pending(manifest, receipts, pending));
        *result = top;
        top = NULL;
        rc = 0;
    }
    jv_free(manifest);
    jv_free(receipts);
    jv_free(pending);
    jv_free(top);
    return rc;
}

struct jv *receipts_read(const char *folder, const struct jv *manifest)
{
    struct jv *receipts = jv_array(), *pending = jv_array();

    if (read_all(folder, manifest, receipts, pending, NULL) != 0) {
        jv_free(receipts);
        receipts = jv_array();
    }
    jv_free(pending);
    return receipts;
}

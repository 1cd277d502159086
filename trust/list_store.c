/* The folder of lists: one JSON a territory, written by us only, refused when others may write to
 * it. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "trust/list.h"

static bool territory_ok(const char *t)
{
    size_t n = t != NULL ? strlen(t) : 0;

    return n >= 2 && n <= 8 && strspn(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == n;
}

static int folder_make(const char *path, struct err *e)
{
    char *copy = strdup(path);
    int rc = 0;

    if (copy == NULL)
        return err_set_memory(e);
    for (char *p = copy + 1; rc == 0; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char c = *p;
        *p = '\0';
        if (mkdir(copy, 0700) != 0 && errno != EEXIST)
            rc = err_set_errno(e, ERR_DISK, errno, "err.trust.folder", path, NULL);
        *p = c;
        if (c == '\0')
            break;
    }
    free(copy);
    return rc;
}

char *trust_folder(bool make, struct err *e)
{
    const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
    struct stat st;
    char *base, *path;

    if (data != NULL && data[0] == '/')
        base = strdup(data);
    else
        base = path_join(home != NULL ? home : "/", ".local/share");
    path = base != NULL ? path_join(base, "paraphe/trust") : NULL;
    free(base);
    if (path == NULL) {
        err_set_memory(e);
        return NULL;
    }
    if (make && folder_make(path, e) != 0) {
        free(path);
        return NULL;
    }
    if (stat(path, &st) == 0 && (st.st_uid != geteuid() || (st.st_mode & 022) != 0)) {
        err_set(e, ERR_USAGE, "err.trust.folder-open", path, NULL);
        free(path);
        return NULL;
    }
    return path;
}

static char *list_path(const char *folder, const char *territory)
{
    char name[32];

    snprintf(name, sizeof name, "%.8s.json", territory);
    return path_join(folder, name);
}

struct jv *trust_list_load(const char *folder, const char *territory, struct err *e)
{
    char *path = territory_ok(territory) ? list_path(folder, territory) : NULL;
    struct jv *list = NULL;
    struct buf text;

    buf_init(&text, (size_t)ceilings.json_bytes);
    if (path != NULL && access(path, F_OK) == 0 && file_read(path, text.max, &text, e) == 0)
        list = jv_parse(buf_str(&text), text.len, path, e);
    free(path);
    buf_free(&text);
    return list;
}

bool trust_list_source(const struct jv *lists, const char *territory, const char **url,
                       const struct jv **signers)
{
    *url = NULL;
    for (size_t i = 0; i < jv_count(lists); i++) {
        const struct jv *list = jv_at(lists, i), *pointers = jv_get(list, "pointers");
        const char *own = jv_get_text(list, "territory");
        if (own != NULL && strcmp(own, territory) == 0 && jv_get_text(list, "url") != NULL) {
            *url = jv_get_text(list, "url");
            *signers = jv_get(list, "signers");
        }
        for (size_t k = 0; k < jv_count(pointers) && *url == NULL; k++) {
            const char *t = jv_get_text(jv_at(pointers, k), "territory");
            if (t != NULL && strcmp(t, territory) == 0) {
                *url = jv_get_text(jv_at(pointers, k), "url");
                *signers = jv_get(jv_at(pointers, k), "certs");
            }
        }
    }
    return *url != NULL;
}

bool trust_list_expired(const struct jv *list, int64_t now)
{
    const char *next = jv_get_text(list, "next_update");
    int64_t until;

    /* without NextUpdate the list is closed (5.3.15): nothing new will come, so it is not relied on
     */
    return next == NULL || date_instant_parse(next, &until) != 0 || until < now;
}

static int not_older(const struct jv *old, const struct jv *list, const char *territory,
                     struct err *e)
{
    int64_t a = jv_get_int(old, "sequence", -1), b = jv_get_int(list, "sequence", -1);
    const char *da = jv_get_text(old, "sha256"), *db = jv_get_text(list, "sha256");
    char na[24], nb[24];

    if (old == NULL || b > a || (a == b && da != NULL && db != NULL && strcmp(da, db) == 0))
        return 0;
    snprintf(na, sizeof na, "%lld", (long long)a);
    snprintf(nb, sizeof nb, "%lld", (long long)b);
    return err_set(e, ERR_SIGNATURE, "err.trust.list-rollback", territory, nb, na, NULL);
}

int trust_list_keep(const char *folder, const struct jv *list, int64_t now, struct err *e)
{
    const char *territory = jv_get_text(list, "territory"),
               *next = jv_get_text(list, "next_update");
    struct jv *old = NULL;
    struct buf text;
    char *path = NULL;
    int rc = -1;

    buf_init(&text, (size_t)ceilings.json_bytes);
    if (!territory_ok(territory) || jv_get_int(list, "sequence", -1) < 1) {
        err_set(e, ERR_INPUT, "err.trust.list-form", NULL);
        goto out;
    }
    if (trust_list_expired(list, now)) {
        err_set(e, ERR_SIGNATURE, "err.trust.list-expired", territory, next != NULL ? next : "?",
                NULL);
        goto out;
    }
    old = trust_list_load(folder, territory, e);
    if (err_is_set(e) || not_older(old, list, territory, e) != 0)
        goto out;
    path = list_path(folder, territory);
    if (path == NULL)
        err_set_memory(e);
    else if (jv_print(list, true, &text, e) == 0)
        rc = file_put(path, text.data, text.len, true, e);
out:
    jv_free(old);
    free(path);
    buf_free(&text);
    return rc;
}

static int wanted(const struct dirent *entry)
{
    size_t n = strlen(entry->d_name);

    return n > 5 && n <= 13 && strcmp(entry->d_name + n - 5, ".json") == 0;
}

bool trust_any(const char *folder)
{
    DIR *d = opendir(folder);
    bool any = false;

    for (const struct dirent *entry; d != NULL && !any && (entry = readdir(d)) != NULL;)
        any = wanted(entry) != 0;
    if (d != NULL)
        closedir(d);
    return any;
}

int trust_lists(const char *folder, struct jv **out, struct err *e)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, wanted, alphasort), rc = 0;

    *out = jv_array();
    for (int i = 0; i < n; i++) {
        char territory[16];
        snprintf(territory, sizeof territory, "%.*s", (int)(strlen(names[i]->d_name) - 5),
                 names[i]->d_name);
        struct jv *one = rc == 0 ? trust_list_load(folder, territory, e) : NULL;
        if (one != NULL)
            jv_add_take(*out, one);
        if (err_is_set(e))
            rc = -1;
        free(names[i]);
    }
    free(names);
    if (rc != 0) {
        jv_free(*out);
        *out = NULL;
    }
    return rc;
}

void trust_services(const struct jv *lists, int64_t now, struct jv *services, struct jv *expired)
{
    for (size_t i = 0; i < jv_count(lists); i++) {
        const struct jv *list = jv_at(lists, i), *own = jv_get(list, "services");
        if (trust_list_expired(list, now)) {
            struct jv *o = jv_object();
            jv_put_text(o, "territory", jv_get_text(list, "territory"));
            jv_put_text(o, "next_update", jv_get_text(list, "next_update"));
            jv_add_take(expired, o);
            continue;
        }
        for (size_t k = 0; k < jv_count(own); k++)
            jv_add_take(services, jv_keep(jv_at(own, k)));
    }
}

int trust_snapshot_read(const char *path, struct jv **lists, struct err *e)
{
    struct jv *o = NULL;
    struct buf text;
    int rc = -1;

    buf_init(&text, (size_t)ceilings.json_bytes);
    if (file_read(path, text.max, &text, e) != 0 ||
        (o = jv_parse(buf_str(&text), text.len, path, e)) == NULL)
        goto out;
    const char *format = jv_get_text(o, "format");
    if (format == NULL || strcmp(format, "paraphe-trust-snapshot") != 0 ||
        jv_get_int(o, "version", 0) != 1 || !jv_is_array(jv_get(o, "lists"))) {
        err_set(e, ERR_USAGE, "err.trust.snapshot", path, NULL);
        goto out;
    }
    *lists = jv_keep(jv_get(o, "lists"));
    rc = 0;
out:
    jv_free(o);
    buf_free(&text);
    return rc;
}

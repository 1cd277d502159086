#include "dossier/dossier.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "dossier/dossier_part.h"

void dossier_free(struct dossier *d)
{
    if (d == NULL)
        return;
    jv_free(d->json);
    free(d->folder);
    free(d);
}

struct dossier *dossier_new(const char *folder, struct err *e)
{
    struct dossier *d = calloc(1, sizeof *d);

    if (d != NULL)
        d->folder = strdup(folder);
    if (d == NULL || d->folder == NULL) {
        dossier_free(d);
        err_set_memory(e);
        return NULL;
    }
    return d;
}

static bool folder_is_empty(const char *folder)
{
    DIR *dir = opendir(folder);
    bool empty = dir != NULL;

    for (struct dirent *entry; empty && (entry = readdir(dir)) != NULL;)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    if (dir != NULL)
        closedir(dir);
    return empty;
}

static void put_if(struct jv *object, const char *key, const char *value)
{
    const char *there = jv_get_text(object, key);

    if (value != NULL && *value != '\0' && (there == NULL || *there == '\0'))
        jv_put_text(object, key, value);
}

void dossier_identify(struct dossier *d, const struct dossier_identity *identity)
{
    put_if(jv_get(d->json, "solution"), "name", identity->solution);
    put_if(jv_get(d->json, "solution"), "version", identity->version);
    put_if(jv_get(d->json, "editor"), "name", identity->editor);
}

struct jv *dossier_blank(void)
{
    struct jv *json = jv_object();

    jv_put_text(json, "format", "paraphe-dossier");
    jv_put_int(json, "version", 1);
    jv_put_take(json, "solution", jv_object());
    jv_put_take(json, "editor", jv_object());
    jv_put_take(json, "components", jv_array());
    jv_put_take(json, "proofs", jv_array());
    return json;
}

int dossier_create(const char *folder, const struct dossier_identity *identity,
                   struct dossier **out, struct err *e)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return err_set_errno(e, ERR_DISK, errno, "err.dossier.folder", folder, NULL);
    if (!folder_is_empty(folder))
        return err_set(e, ERR_DISK, "err.dossier.not-empty", folder, NULL);
    if (chmod(folder, 0700) != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.dossier.folder", folder, NULL);
    struct dossier *d = dossier_new(folder, e);
    if (d == NULL)
        return -1;
    d->json = dossier_blank();
    dossier_identify(d, identity);
    if (dossier_save(d, e) != 0) {
        dossier_free(d);
        return -1;
    }
    *out = d;
    return 0;
}

/* What is there in place of a dossier, and so the way to one. */
static int refuse_none(const char *folder, struct err *e)
{
    struct stat st;

    if (stat(folder, &st) != 0)
        return err_set(e, ERR_INPUT, "err.dossier.missing", folder, NULL);
    if (!S_ISDIR(st.st_mode))
        return err_set(e, ERR_INPUT, "err.dossier.file", folder, NULL);
    return err_set(e, ERR_INPUT, folder_is_empty(folder) ? "err.dossier.none" : "err.dossier.other",
                   folder, NULL);
}

int dossier_load(const char *folder, struct dossier **out, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.config_bytes);
    struct dossier *d = dossier_new(folder, e);
    char *path = d != NULL ? path_join(folder, DOSSIER_FILE) : NULL;
    int rc = -1;

    if (d == NULL)
        return -1;
    if (path == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (access(path, F_OK) != 0) {
        refuse_none(folder, e);
        goto out;
    }
    if (file_read(path, text.max, &text, e) != 0)
        goto out;
    d->json = jv_parse(buf_str(&text), text.len, path, e);
    if (d->json == NULL)
        goto out;
    rc = dossier_check_json(d->json, path, e);
out:
    buf_free(&text);
    free(path);
    if (rc == 0)
        *out = d;
    else
        dossier_free(d);
    return rc;
}

int dossier_save(const struct dossier *d, struct err *e)
{
    char *path = path_join(d->folder, DOSSIER_FILE);
    int rc = path != NULL ? jv_save(d->json, path, true, e) : err_set_memory(e);

    free(path);
    return rc;
}

const char *dossier_folder(const struct dossier *d)
{
    return d->folder;
}

const struct jv *dossier_json(const struct dossier *d)
{
    return d->json;
}

const struct jv *dossier_components(const struct dossier *d)
{
    return jv_get(d->json, "components");
}

const struct jv *dossier_proofs(const struct dossier *d)
{
    return jv_get(d->json, "proofs");
}

const struct jv *dossier_component(const struct dossier *d, const char *id)
{
    const struct jv *all = dossier_components(d);

    for (size_t i = 0; i < jv_count(all); i++) {
        if (strcmp(jv_get_text(jv_at(all, i), "id"), id) == 0)
            return jv_at(all, i);
    }
    return NULL;
}

/* ---- the format ---- */
static bool text_or_null(const struct jv *object, const char *key)
{
    const struct jv *v = jv_get(object, key);

    return jv_is_null(v) || (jv_str(v) != NULL && strlen(jv_str(v)) <= 4096);
}

/* Ids go into file names. */
static bool id_is_plain(const char *id)
{
    return id != NULL && *id != '\0' && strlen(id) <= 64 &&
           id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-")] == '\0';
}

static bool file_is_good(const struct jv *file)
{
    const char *path = jv_get_text(file, "path"), *sum = jv_get_text(file, "sha256");

    return path != NULL && strlen(path) <= 255 && path_stays_inside(path) && sum != NULL &&
           strlen(sum) == 64 && sum[strspn(sum, "0123456789abcdef")] == '\0' &&
           jv_get_int(file, "bytes", -1) >= 0;
}

static bool file_or_null(const struct jv *object, const char *key)
{
    return jv_is_null(jv_get(object, key)) || file_is_good(jv_get(object, key));
}

static bool component_is_good(const struct jv *c)
{
    const char *kind = jv_get_text(c, "kind");

    return id_is_plain(jv_get_text(c, "id")) && kind != NULL &&
           (strcmp(kind, "lps") == 0 || strcmp(kind, "proxy") == 0) &&
           (jv_is_null(jv_get(c, "type")) || id_is_plain(jv_get_text(c, "type"))) &&
           file_or_null(c, "form") && file_or_null(c, "report") && text_or_null(c, "company") &&
           text_or_null(c, "reference") && text_or_null(c, "exemption");
}

static bool proof_is_good(const struct jv *p)
{
    return id_is_plain(jv_get_text(p, "id")) && text_or_null(p, "title") &&
           file_is_good(jv_get(p, "file"));
}

static bool ids_differ(const struct jv *list)
{
    for (size_t i = 0; i < jv_count(list); i++) {
        for (size_t k = 0; k < i; k++) {
            if (strcmp(jv_get_text(jv_at(list, i), "id"), jv_get_text(jv_at(list, k), "id")) == 0)
                return false;
        }
    }
    return true;
}

static bool list_is_good(const struct jv *list, size_t most, bool (*one)(const struct jv *))
{
    if (!jv_is_array(list) || jv_count(list) > most)
        return false;
    for (size_t i = 0; i < jv_count(list); i++) {
        if (!one(jv_at(list, i)))
            return false;
    }
    return ids_differ(list);
}

int dossier_check_json(const struct jv *json, const char *name, struct err *e)
{
    const char *format = jv_get_text(json, "format");
    const struct jv *solution = jv_get(json, "solution"), *editor = jv_get(json, "editor");

    if (format == NULL || strcmp(format, "paraphe-dossier") != 0)
        return err_set(e, ERR_INPUT, "err.dossier.format", name, NULL);
    if (jv_get_int(json, "version", 0) != 1)
        return err_set(e, ERR_INPUT, "err.dossier.version", name, NULL);
    if (!jv_is_object(solution) || !text_or_null(solution, "name") ||
        !text_or_null(solution, "version") || !jv_is_object(editor) ||
        !text_or_null(editor, "name"))
        return err_set(e, ERR_INPUT, "err.dossier.member", name, "solution, editor", NULL);
    if (!list_is_good(jv_get(json, "components"), DOSSIER_COMPONENTS_MAX, component_is_good))
        return err_set(e, ERR_INPUT, "err.dossier.member", name, "components", NULL);
    if (!list_is_good(jv_get(json, "proofs"), DOSSIER_PROOFS_MAX, proof_is_good))
        return err_set(e, ERR_INPUT, "err.dossier.member", name, "proofs", NULL);
    return 0;
}

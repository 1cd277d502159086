/* The folder: built beside, synced, renamed. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"
#include "submit/bundle/bundle_part.h"

struct making {
    const struct bundle_request *r;
    struct tree_out tree;
    struct jv *places; /* of the manifest */
    struct jv *files;  /* of the manifest: proofs, then the list */
};

struct jv *file_entry(const char *path, const char *role, const char *sha256, int64_t bytes)
{
    struct jv *file = jv_object();

    jv_put_text(file, "path", path);
    jv_put_text(file, "role", role);
    jv_put_text(file, "sha256", sha256);
    jv_put_int(file, "bytes", bytes);
    return file;
}

void sums_text(const struct jv *files, struct buf *out)
{
    for (size_t i = 0; i < jv_count(files); i++) {
        const struct jv *f = jv_at(files, i);
        buf_format(out, "%s  %s\n", jv_get_text(f, "sha256"), jv_get_text(f, "path"));
    }
}

int deposit_id(const struct jv *files, char id[DEPOSIT_ID_MAX], struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.config_bytes);
    char hex[DIGEST_HEX_MAX];
    int rc = -1;

    for (size_t i = 0; i < jv_count(files); i++) {
        const struct jv *f = jv_at(files, i);
        if (strcmp(jv_get_text(f, "role"), "proof") == 0)
            buf_format(&text, "%s  %s\n", jv_get_text(f, "sha256"), jv_get_text(f, "path"));
    }
    if (buf_check(&text, e) == 0 && digest_bytes_hex(text.data, text.len, hex, e) == 0) {
        snprintf(id, DEPOSIT_ID_MAX, "%.64s", hex);
        rc = 0;
    }
    buf_free(&text);
    return rc;
}

/* "01 - EDC PSC - LPS - Application web - ..." and
 * "PSC.14.01.01_lps-application-web_rapport-signe.pdf" */
static void item_path(const struct bundle_item *item, size_t number, char *out, size_t size)
{
    const char *args[] = {item->label != NULL ? item->label : ""};
    const char *proof = jv_get_text(item->place, "proof");
    char folder[200];

    text_format(folder, sizeof folder, jv_get_text(item->place, "folder"), args, 1);
    snprintf(out, size, "%02zu - %s/%s%s%s_%s%s", number, folder, proof != NULL ? proof : "",
             proof != NULL ? "_" : "", item->component, jv_get_text(item->place, "name"),
             item->extension);
}

static int make_parent(const char *path, struct err *e)
{
    char *folder = path_folder(path);
    int rc = 0;

    if (folder == NULL)
        return err_set_memory(e);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-write", folder, NULL);
    free(folder);
    return rc;
}

/* The digest is that of the copy: a file that changed under us is seen. */
static int copy_item(struct making *m, const struct bundle_item *item, const char *name,
                     struct err *e)
{
    struct file_out out = FILE_OUT_INIT;
    char *path = path_join(m->tree.temp, name), sum[DIGEST_HEX_MAX];
    int rc = -1;

    if (path == NULL)
        return err_set_memory(e);
    if (make_parent(path, e) != 0 || file_begin(&out, path, false, e) != 0)
        goto out;
    if (file_copy_range(item->fd, out.fd, item->bytes, name, e) != 0 ||
        digest_file_hex(out.fd, sum, e) != 0)
        goto out;
    if (strcmp(sum, item->sha256) != 0) {
        err_set(e, ERR_DISK, "err.submit-bundle.changed", path_name(name), NULL);
        goto out;
    }
    rc = file_commit(&out, e);
out:
    file_abort(&out);
    free(path);
    return rc;
}

static struct jv *place_entry(const struct bundle_item *item, size_t number, struct jv *file)
{
    struct jv *p = jv_object();

    jv_put_int(p, "number", (int64_t)number);
    jv_put_text(p, "place", jv_get_text(item->place, "id"));
    jv_put_text(p, "component", item->component);
    jv_put_text(p, "title", item->title != NULL ? item->title : places_text(item->place, "title"));
    jv_put_text(p, "where", places_text(item->place, "where"));
    jv_put_text(p, "proof", jv_get_text(item->place, "proof"));
    jv_put_bool(p, "by_analogy", jv_get_bool(item->place, "by_analogy"));
    jv_put_bool(p, "required", jv_get_bool(item->place, "required"));
    jv_put_take(p, "file", file);
    return p;
}

/* What the folder will hold, before a byte is copied: names and digests are known. */
static int plan(struct making *m, struct err *e)
{
    char path[512];

    for (size_t i = 0; i < m->r->count; i++) {
        const struct bundle_item *item = &m->r->items[i];
        item_path(item, i + 1, path, sizeof path);
        if (!path_stays_inside(path))
            return err_set_bug(e, "bundle: name of a place");
        struct jv *file = file_entry(path, "proof", item->sha256, item->bytes);
        jv_add_take(m->files, jv_keep(file));
        jv_add_take(m->places, place_entry(item, i + 1, file));
    }
    return 0;
}

static struct jv *manifest_make(const struct making *m, const char *id)
{
    struct jv *top = jv_object();
    char made[DATE_TEXT_MAX];

    date_instant_iso(m->r->instant, made);
    jv_put_text(top, "format", "paraphe-deposit");
    jv_put_int(top, "version", 1);
    jv_put_text(top, "id", id);
    jv_put_text(top, "made", made);
    jv_put_text(top, "deposit_date", m->r->deposit_date);
    jv_put_text(top, "deposit_until", m->r->deposit_until);
    jv_put_bool(top, "rejected", m->r->rejected);
    jv_put_text(top, "lang", text_lang_name(text_lang_get()));
    jv_put_take(top, "portal", jv_copy(jv_get(m->r->places, "portal")));
    jv_put_text(top, "note", places_text(m->r->places, "note"));
    jv_put_take(top, "solution", m->r->solution != NULL ? jv_copy(m->r->solution) : jv_object());
    jv_put_take(top, "editor", m->r->editor != NULL ? jv_copy(m->r->editor) : jv_object());
    jv_put_take(top, "notes", m->r->notes != NULL ? jv_copy(m->r->notes) : jv_array());
    jv_put_take(top, "places", jv_keep(m->places));
    jv_put_take(top, "files", jv_keep(m->files));
    return top;
}

static int put_file(struct making *m, const char *name, const struct buf *text, struct err *e)
{
    char *path = path_join(m->tree.temp, name);
    int rc = path == NULL ? err_set_memory(e) : buf_check(text, e);

    if (rc == 0)
        rc = file_put(path, text->data, text->len, false, e);
    free(path);
    return rc;
}

/* Writes a file and lists it under `role`. */
static int put_listed(struct making *m, const char *name, const char *role, const struct buf *text,
                      struct jv *list, struct err *e)
{
    char sum[DIGEST_HEX_MAX];

    if (put_file(m, name, text, e) != 0 || digest_bytes_hex(text->data, text->len, sum, e) != 0)
        return -1;
    jv_add_take(list, file_entry(name, role, sum, (int64_t)text->len));
    return 0;
}

static int put_lists(struct making *m, const struct jv *manifest, struct err *e)
{
    struct buf page = BUF_INIT((size_t)ceilings.json_bytes);
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    int rc = -1;

    if (checklist_html(manifest, &page, e) == 0 && checklist_text(manifest, &text, e) == 0 &&
        put_listed(m, checklist_name(true), "checklist", &page, m->files, e) == 0 &&
        put_listed(m, checklist_name(false), "checklist", &text, m->files, e) == 0)
        rc = 0;
    buf_free(&page);
    buf_free(&text);
    return rc;
}

static int put_manifest_and_sums(struct making *m, const struct jv *manifest, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes),
               sums = BUF_INIT((size_t)ceilings.json_bytes);
    struct jv *all = jv_array();
    int rc = jv_print(manifest, true, &text, e);

    buf_char(&text, '\n');
    for (size_t i = 0; i < jv_count(m->files); i++)
        jv_add_take(all, jv_keep(jv_at(m->files, i)));
    if (rc == 0)
        rc = put_listed(m, DEPOSIT_MANIFEST, "manifest", &text, all, e);
    sums_text(all, &sums);
    if (rc == 0)
        rc = put_file(m, DEPOSIT_SUMS, &sums, e);
    struct pack pack = {m->tree.temp,    all,  DEPOSIT_SUMS, m->r->deposit_date,
                        DEPOSIT_ARCHIVE, NULL, NULL};
    if (rc == 0)
        rc = pack_zip(&pack, e);
    if (rc == 0 && m->r->stamp != NULL)
        rc = container_put(m->tree.temp, all, m->r->deposit_date, m->r->stamp, e);
    jv_free(all);
    buf_free(&text);
    buf_free(&sums);
    return rc;
}

static int put_sealed(const struct bundle_request *r, const char *folder, bool again, struct err *e)
{
    struct file_out out = FILE_OUT_INIT;
    char *from = path_join(folder, DEPOSIT_ARCHIVE), *to = path_join(folder, DEPOSIT_SEALED);
    int fd = -1, rc = -1;

    if (from == NULL || to == NULL)
        err_set_memory(e);
    else
        fd = file_open(from, NULL, e);
    if (fd >= 0 && file_begin(&out, to, again, e) == 0 &&
        bundle_seal(fd, DEPOSIT_ARCHIVE, r->encrypt_to, r->encrypt_at, out.fd, e) == 0)
        rc = file_commit(&out, e);
    file_abort(&out);
    if (fd >= 0)
        close(fd);
    free(from);
    free(to);
    return rc;
}

/* A deposit of the same contents that is there already is the result; anything else at that place
 * is not touched. */
static int is_there(const struct bundle_request *r, const char *id, struct jv **manifest,
                    bool *already, struct err *e)
{
    struct stat st;
    struct jv *there = NULL;

    *already = false;
    if (lstat(r->out, &st) != 0)
        return 0;
    if (!S_ISDIR(st.st_mode) || deposit_load(r->out, &there, NULL) != 0)
        return err_set(e, ERR_DISK, "err.base.file-exists", r->out, NULL);
    if (strcmp(jv_get_text(there, "id"), id) != 0) {
        jv_free(there);
        return err_set(e, ERR_DISK, "err.submit-bundle.other", r->out, NULL);
    }
    if (deposit_check(r->out, there, e) != 0) {
        jv_free(there);
        return -1;
    }
    *manifest = there;
    *already = true;
    return 0;
}

static int build(struct making *m, const char *id, struct jv **manifest, struct err *e)
{
    struct jv *made = NULL;
    char path[512];
    int rc = -1;

    if (tree_begin(&m->tree, m->r->out, e) != 0)
        return -1;
    for (size_t i = 0; i < m->r->count; i++) {
        item_path(&m->r->items[i], i + 1, path, sizeof path);
        if (copy_item(m, &m->r->items[i], path, e) != 0)
            goto out;
    }
    made = manifest_make(m, id);
    if (put_lists(m, made, e) != 0 || put_manifest_and_sums(m, made, e) != 0 ||
        sum_put(m->tree.temp, DEPOSIT_ARCHIVE, e) != 0 ||
        (m->r->encrypt_to != NULL && put_sealed(m->r, m->tree.temp, false, e) != 0) ||
        tree_commit(&m->tree, e) != 0)
        goto out;
    *manifest = made;
    made = NULL;
    rc = 0;
out:
    jv_free(made);
    tree_abort(&m->tree);
    return rc;
}

int bundle_make(const struct bundle_request *request, struct jv **manifest, bool *already,
                struct err *e)
{
    struct making m = {request, TREE_OUT_INIT, jv_array(), jv_array()};
    char id[DEPOSIT_ID_MAX];
    int rc = -1;

    if (request->count > DEPOSIT_FILES_MAX - 8)
        err_set(e, ERR_INPUT, "err.submit-bundle.many", NULL);
    else if (plan(&m, e) == 0 && deposit_id(m.files, id, e) == 0 &&
             is_there(request, id, manifest, already, e) == 0)
        rc = *already ? 0 : build(&m, id, manifest, e);
    /* for whom the file there was encrypted cannot be known */
    if (rc == 0 && *already &&
        ((request->encrypt_to != NULL && put_sealed(request, request->out, true, e) != 0) ||
         (request->stamp != NULL &&
          container_keep(request->out, *manifest, request->stamp, e) != 0))) {
        jv_free(*manifest);
        *manifest = NULL;
        rc = -1;
    }
    jv_free(m.places);
    jv_free(m.files);
    return rc;
}

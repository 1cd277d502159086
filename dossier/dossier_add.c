/* What goes into the folder: copies under names of ours, never a name or a text found in a form. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "dossier/dossier_part.h"

/* One open that cannot leave the folder, whatever links lie in it. */
static int open_beneath(const char *folder, const char *path)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                           .resolve =
                               RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS};
    int top = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;

    if (top < 0)
        return -1;
    do {
        fd = (int)syscall(SYS_openat2, top, path, &how, sizeof how);
    } while (fd < 0 && (errno == EINTR || errno == EAGAIN));
    int number = errno;
    close(top);
    errno = number;
    return fd;
}

int dossier_open(const struct dossier *d, const struct jv *file, int *fd,
                 enum dossier_file_state *state, struct err *e)
{
    const char *path = jv_get_text(file, "path"), *wanted = jv_get_text(file, "sha256");
    char sum[DIGEST_HEX_MAX];
    struct stat st;

    *fd = -1;
    if (path == NULL || wanted == NULL || !path_stays_inside(path))
        return err_set_bug(e, "dossier_open: unchecked manifest");
    int opened = open_beneath(d->folder, path);
    if (opened < 0) {
        if (errno == EACCES || errno == EMFILE || errno == ENFILE)
            return err_set_errno(e, ERR_DISK, errno, "err.base.file-open", path, NULL);
        *state = DOSSIER_FILE_MISSING; /* absent, or a link where a file should be */
        return 0;
    }
    if (fstat(opened, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(opened);
        *state = DOSSIER_FILE_MISSING;
        return 0;
    }
    *state = DOSSIER_FILE_CHANGED;
    if (st.st_size == jv_get_int(file, "bytes", -1)) {
        if (digest_file_hex(opened, sum, e) != 0) {
            close(opened);
            return -1;
        }
        if (strcmp(sum, wanted) == 0)
            *state = DOSSIER_FILE_OK;
    }
    if (*state == DOSSIER_FILE_OK)
        *fd = opened;
    else
        close(opened);
    return 0;
}

static int make_folder_of(const char *path, struct err *e)
{
    char *folder = path_folder(path);
    int rc = 0;

    if (folder == NULL)
        return err_set_memory(e);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        rc = err_set_errno(e, ERR_DISK, errno, "err.dossier.folder", folder, NULL);
    free(folder);
    return rc;
}

struct jv *dossier_describe(const char *name, const char *sum, int64_t bytes)
{
    struct jv *file = jv_object();

    jv_put_text(file, "path", name);
    jv_put_text(file, "sha256", sum);
    jv_put_int(file, "bytes", bytes);
    return file;
}

int dossier_copy_in(struct dossier *d, const struct dossier_source *source, const char *name,
                    struct jv **file, struct err *e)
{
    struct file_out out = FILE_OUT_INIT;
    char *path = path_join(d->folder, name), sum[DIGEST_HEX_MAX];
    int64_t size = 0;
    int rc = -1, from = -1;

    if (path == NULL)
        return err_set_memory(e);
    from = file_open(source->path, &size, e);
    if (from < 0 || make_folder_of(path, e) != 0 || file_begin(&out, path, true, e) != 0)
        goto out;
    /* The digest is of the copy, which alone is used afterwards. */
    if (file_copy_range(from, out.fd, size, path, e) != 0 || digest_file_hex(out.fd, sum, e) != 0 ||
        file_commit(&out, e) != 0)
        goto out;
    *file = dossier_describe(name, sum, size);
    rc = 0;
out:
    file_abort(&out);
    if (from >= 0)
        close(from);
    free(path);
    return rc;
}

static int source_digest(const struct dossier_source *source, char sum[DIGEST_HEX_MAX],
                         struct err *e)
{
    int fd = file_open(source->path, NULL, e);
    int rc = fd >= 0 ? digest_file_hex(fd, sum, e) : -1;

    if (fd >= 0)
        close(fd);
    return rc;
}

static bool has_digest(const struct jv *component, const char *key, const char *sum)
{
    const char *there = jv_get_text(jv_get(component, key), "sha256");

    return there != NULL && strcmp(there, sum) == 0;
}

struct jv *dossier_component_new(struct dossier *d, const char *kind, const char *type)
{
    struct jv *c = jv_object();
    char id[80];

    for (int n = 1;; n++) {
        int used = strcmp(kind, "proxy") == 0
                       ? snprintf(id, sizeof id, "proxy")
                       : snprintf(id, sizeof id, "lps-%.40s", type != NULL ? type : "sans-type");
        if (n > 1)
            snprintf(id + used, sizeof id - (size_t)used, "-%d", n);
        if (dossier_component(d, id) == NULL)
            break;
    }
    jv_put_text(c, "id", id);
    jv_put_text(c, "kind", kind);
    jv_put_text(c, "type", type);
    jv_put_null(c, "form");
    jv_put_null(c, "report");
    jv_put_null(c, "company");
    jv_put_null(c, "reference");
    jv_put_null(c, "exemption");
    jv_add_take(jv_get(d->json, "components"), c);
    return c;
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static struct jv *component_waiting(const struct dossier *d, const char *kind, const char *type)
{
    const struct jv *all = dossier_components(d);

    for (size_t i = 0; i < jv_count(all); i++) {
        struct jv *c = jv_at(all, i);
        if (same_text(jv_get_text(c, "kind"), kind) &&
            (same_text(jv_get_text(c, "type"), type) || jv_get_text(c, "type") == NULL) &&
            jv_is_null(jv_get(c, "form")))
            return c;
    }
    return NULL;
}

static struct jv *component_named(const struct dossier *d, const char *id, struct err *e)
{
    const struct jv *found = dossier_component(d, id);

    if (found == NULL)
        err_set(e, ERR_USAGE, "err.dossier.component", id, NULL);
    return (struct jv *)(uintptr_t)found;
}

static int is_whole(const struct dossier *d, const struct jv *file, bool *whole, struct err *e)
{
    enum dossier_file_state state = DOSSIER_FILE_MISSING;
    int fd = -1, rc = dossier_open(d, file, &fd, &state, e);

    if (fd >= 0)
        close(fd);
    *whole = state == DOSSIER_FILE_OK;
    return rc;
}

/* The file of `owner` again, where the copy in the folder is lost or was changed. */
static int put_back(struct dossier *d, const struct dossier_source *source, struct jv *owner,
                    const char *key, struct err *e)
{
    const struct jv *known = jv_get(owner, key);
    struct jv *file = NULL;
    char name[PATH_MAX];
    bool whole = false;

    if (is_whole(d, known, &whole, e) != 0)
        return -1;
    if (whole)
        return 0;
    /* another file may be of another kind */
    const char *path = jv_get_text(known, "path"), *dot = strrchr(path_name(path), '.');
    snprintf(name, sizeof name, "%.*s%s", (int)(dot != NULL ? (size_t)(dot - path) : strlen(path)),
             path, source->extension);
    if (dossier_copy_in(d, source, name, &file, e) != 0)
        return -1;
    jv_put_take(owner, key, file);
    return 0;
}

int dossier_add_form(struct dossier *d, const struct dossier_source *source, const char *kind,
                     const char *type, const char *component, const char **id, struct err *e)
{
    const struct jv *all = dossier_components(d);
    char sum[DIGEST_HEX_MAX], name[128];
    struct jv *c = NULL, *file = NULL;

    if (source_digest(source, sum, e) != 0)
        return -1;
    for (size_t i = 0; component == NULL && i < jv_count(all); i++) {
        if (has_digest(jv_at(all, i), "form", sum)) {
            *id = jv_get_text(jv_at(all, i), "id");
            return put_back(d, source, jv_at(all, i), "form", e);
        }
    }
    if (component != NULL) {
        c = component_named(d, component, e);
        if (c == NULL)
            return -1;
        if (!same_text(jv_get_text(c, "kind"), kind))
            return err_set(e, ERR_USAGE, "err.dossier.kind", component, NULL);
    } else {
        c = component_waiting(d, kind, type);
        if (c == NULL && jv_count(all) >= DOSSIER_COMPONENTS_MAX)
            return err_set(e, ERR_INPUT, "err.dossier.too-many", NULL);
        if (c == NULL)
            c = dossier_component_new(d, kind, type);
    }
    snprintf(name, sizeof name, "forms/%s%s", jv_get_text(c, "id"), source->extension);
    if (dossier_copy_in(d, source, name, &file, e) != 0)
        return -1;
    jv_put_text(c, "type", type);
    jv_put_take(c, "form", file);
    /* a form of our own ends what was declared in its place */
    jv_put_null(c, "company");
    jv_put_null(c, "reference");
    jv_put_null(c, "exemption");
    *id = jv_get_text(c, "id");
    return 0;
}

/* The component of a report: the one whose form it was made from, else the only one without report.
 */
static struct jv *component_of_report(const struct dossier *d, const char *form_sha256)
{
    const struct jv *all = dossier_components(d);
    struct jv *found = NULL;
    size_t without = 0;

    for (size_t i = 0; i < jv_count(all); i++) {
        struct jv *c = jv_at(all, i);
        if (form_sha256 != NULL && has_digest(c, "form", form_sha256))
            return c;
        if (form_sha256 == NULL && !jv_is_null(jv_get(c, "form")) &&
            jv_is_null(jv_get(c, "report"))) {
            found = c;
            without++;
        }
    }
    return without == 1 ? found : NULL;
}

int dossier_add_report(struct dossier *d, const struct dossier_source *source,
                       const char *form_sha256, const char *component, const char **id,
                       struct err *e)
{
    struct jv *file = NULL;
    struct jv *c =
        component != NULL ? component_named(d, component, e) : component_of_report(d, form_sha256);
    char name[128];

    if (c == NULL && component == NULL)
        return err_set(e, ERR_USAGE,
                       form_sha256 != NULL ? "err.dossier.report-no-form"
                                           : "err.dossier.report-whose",
                       path_name(source->path), NULL);
    if (c == NULL)
        return -1;
    snprintf(name, sizeof name, "reports/%s%s", jv_get_text(c, "id"), source->extension);
    if (dossier_copy_in(d, source, name, &file, e) != 0)
        return -1;
    jv_put_take(c, "report", file);
    *id = jv_get_text(c, "id");
    return 0;
}

int dossier_add_proof(struct dossier *d, const struct dossier_source *source, const char *title,
                      const char **id, struct err *e)
{
    struct jv *list = jv_get(d->json, "proofs"), *proof = NULL, *file = NULL;
    char sum[DIGEST_HEX_MAX], name[128], plain[32];

    if (source_digest(source, sum, e) != 0)
        return -1;
    for (size_t i = 0; i < jv_count(list); i++) {
        bool again = has_digest(jv_at(list, i), "file", sum), whole = true;
        if (!again && same_text(jv_get_text(jv_at(list, i), "title"), title) &&
            is_whole(d, jv_get(jv_at(list, i), "file"), &whole, e) != 0)
            return -1;
        if (again || !whole) { /* one of this title that is lost is replaced */
            *id = jv_get_text(jv_at(list, i), "id");
            return put_back(d, source, jv_at(list, i), "file", e);
        }
    }
    if (jv_count(list) >= DOSSIER_PROOFS_MAX)
        return err_set(e, ERR_INPUT, "err.dossier.too-many", NULL);
    snprintf(plain, sizeof plain, "proof-%zu", jv_count(list) + 1);
    snprintf(name, sizeof name, "proofs/%s%s", plain, source->extension);
    if (dossier_copy_in(d, source, name, &file, e) != 0)
        return -1;
    proof = jv_object();
    jv_put_text(proof, "id", plain);
    jv_put_text(proof, "title", title);
    jv_put_take(proof, "file", file);
    jv_add_take(list, proof);
    *id = jv_get_text(proof, "id");
    return 0;
}

static struct jv *proxy_without_form(struct dossier *d, struct err *e)
{
    const struct jv *all = dossier_components(d);

    for (size_t i = 0; i < jv_count(all); i++) {
        struct jv *c = jv_at(all, i);
        if (strcmp(jv_get_text(c, "kind"), "proxy") != 0)
            continue;
        if (jv_is_null(jv_get(c, "form")) && jv_is_null(jv_get(c, "report")))
            return c;
        err_set(e, ERR_USAGE, "err.dossier.proxy-there", NULL);
        return NULL;
    }
    return dossier_component_new(d, "proxy", NULL);
}

int dossier_declare_proxy(struct dossier *d, const char *company, const char *reference,
                          struct err *e)
{
    struct jv *c = proxy_without_form(d, e);

    if (c == NULL)
        return -1;
    jv_put_text(c, "company", company);
    jv_put_text(c, "reference", reference);
    jv_put_null(c, "exemption");
    return 0;
}

int dossier_exempt_proxy(struct dossier *d, const char *reason, struct err *e)
{
    struct jv *c = proxy_without_form(d, e);

    if (c == NULL)
        return -1;
    jv_put_text(c, "exemption", reason);
    jv_put_null(c, "company");
    jv_put_null(c, "reference");
    return 0;
}

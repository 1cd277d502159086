/* A job's own files, looked at as a dossier. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "dossier/dossier_part.h"

static struct jv *look_at(const char *folder, const char *name, struct err *e)
{
    char *path = path_join(folder, name), sum[DIGEST_HEX_MAX];
    struct jv *file = NULL;
    int64_t size = 0;
    int fd = path != NULL ? file_open(path, &size, e) : err_set_memory(e);

    if (fd >= 0 && digest_file_hex(fd, sum, e) == 0)
        file = dossier_describe(name, sum, size);
    if (fd >= 0)
        close(fd);
    free(path);
    return file;
}

static int add_part(struct dossier *d, const struct dossier_part *part, struct err *e)
{
    struct jv *c = dossier_component_new(d, part->kind, part->type);
    struct jv *form = look_at(d->folder, part->form, e), *report = NULL;

    if (form == NULL)
        return -1;
    jv_put_take(c, "form", form);
    if (part->report == NULL)
        return 0;
    report = look_at(d->folder, part->report, e);
    if (report == NULL)
        return -1;
    jv_put_take(c, "report", report);
    return 0;
}

int dossier_view(const char *folder, const struct dossier_part *parts, size_t count,
                 struct dossier **out, struct err *e)
{
    struct dossier *d = dossier_new(folder, e);
    int rc = 0;

    if (d == NULL)
        return -1;
    d->json = dossier_blank();
    for (size_t i = 0; rc == 0 && i < count; i++)
        rc = add_part(d, &parts[i], e);
    if (rc == 0)
        rc = dossier_check_json(d->json, folder, e);
    if (rc == 0)
        *out = d;
    else
        dossier_free(d);
    return rc;
}

/* Between the files of dossier/. */
#ifndef PARAPHE_DOSSIER_DOSSIER_PART_H
#define PARAPHE_DOSSIER_DOSSIER_PART_H

#include "base/jv.h"
#include "dossier/dossier.h"

struct dossier {
    char *folder;
    struct jv *json;
};

/* ERR_INPUT when the manifest breaks the format: types, counts, paths that leave the folder. */
int dossier_check_json(const struct jv *json, const char *name, struct err *e);
struct dossier *dossier_new(const char *folder, struct err *e);
/* An empty manifest. */
struct jv *dossier_blank(void);
/* Adds a component without files to d->json; borrowed. */
struct jv *dossier_component_new(struct dossier *d, const char *kind, const char *type);
/* {"path","sha256","bytes"} of a file. */
struct jv *dossier_describe(const char *name, const char *sum, int64_t bytes);
/* Copies `source` to `name` (relative) in the folder and describes the copy:
 * {"path","sha256","bytes"}. */
int dossier_copy_in(struct dossier *d, const struct dossier_source *source, const char *name,
                    struct jv **file, struct err *e);

#endif

/* The grid document (docs/formats.md "Grid"). */
#ifndef PARAPHE_GRID_DOC_H
#define PARAPHE_GRID_DOC_H

#include "grid/check.h"
#include "grid/rules_pick.h"

struct jv;

struct doc_file {
    const char *name, *sha256;
    int64_t bytes;
};
/* `initial` may be NULL: the check of the earlier form. `brief`: without the texts of the points.
 */
struct jv *doc_make(const struct check *c, const struct doc_file *file, enum rules_by by,
                    const struct check *initial, const struct doc_file *initial_file, bool brief);
/* Of a file that could not be read: one finding. `note`: an advice's code, or NULL. */
struct jv *doc_unreadable(const struct doc_file *file, struct date deposit, const char *rule,
                          const char *note);

#endif

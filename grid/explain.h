/* What was recognised in a form, where, and why: "paraphe-explain" version 1 (docs/formats.md). */
#ifndef PARAPHE_GRID_EXPLAIN_H
#define PARAPHE_GRID_EXPLAIN_H

#include "grid/task_part.h"

struct jv;

struct jv *explain_make(const struct task_support *s, const struct task_form *f);
/* Every cell of every sheet, one line each. CSV: sheet,address,type,value,hidden; else JSON Lines.
 */
int cells_write(const struct book *b, bool csv, int fd, struct err *e);
/* A rule set from a blank form. `p` may give "id", "title", "source", "date". NULL and err on
 * failure. */
struct jv *learn_make(const struct task_support *s, const struct task_form *f, const struct jv *p,
                      struct err *e);

#endif

/* What the tasks of this room share. */
#ifndef PARAPHE_GRID_TASK_PART_H
#define PARAPHE_GRID_TASK_PART_H

#include <errno.h>
#include <unistd.h>

#include "base/digest.h"
#include "grid/check.h"
#include "grid/doc.h"
#include "grid/rules_pick.h"

struct buf;

struct task_support {
    struct jv *params, *support;
    struct layout *layout;
    struct rules_list rules;
};
struct task_form {
    char sha256[DIGEST_HEX_MAX];
    struct doc_file file;
    bool is_ods;
    struct form *form;
    const struct rules *rules; /* of the list, or own */
    struct rules *own;
    enum rules_by by;
    struct check check;
};

/* Parameters (JSON text) and the support file. Free in any case. */
int task_support(int fd, struct task_support *out, const char *params, size_t n, struct err *e);
void task_support_free(struct task_support *s);
/* The form with its fields by the layout alone; a fault is ERR_FORM. Free in any case. */
int task_form(int fd, const struct layout *layout, const char *name, struct task_form *out,
              struct err *e);
/* *doc is the grid document that the bytes are, of whatever shape, or NULL; -1 when it is cut. */
int task_grid(const struct buf *bytes, const char *name, struct jv **doc, struct err *e);
int task_rules(const struct task_support *s, struct task_form *f, const char *wanted,
               struct err *e);
void task_form_free(struct task_form *f);
void task_warm(void);

#endif

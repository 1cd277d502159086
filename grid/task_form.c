/* The tasks behind `paraphe form`: what was recognised, every cell, a rule set from a blank form.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "grid/explain.h"
#include "grid/fault.h"
#include "grid/grid.h"

/* These verbs have no document for a file that is no form: the fault is an error, said with the
 * file's name. */
static int fault_said(const char *name, struct err *e)
{
    char id[96], remedy[104];

    if (e->kind != ERR_FORM)
        return -1;
    snprintf(id, sizeof id, "grid.rule.%s", e->id);
    snprintf(remedy, sizeof remedy, "%s.remedy", id);
    return err_set(e, ERR_INPUT, "err.grid.unreadable", name, text(id), text(remedy), NULL);
}

static int run_form(const struct task_io *io, bool learn, struct err *e)
{
    struct task_support s;
    struct task_form form = {0};
    int rc = task_support(io->fds[1], &s, (const char *)io->params, io->params_len, e);
    const char *name = jv_get_text(s.params, "name");
    struct jv *doc = NULL;

    if (rc == 0)
        rc = task_form(io->fds[0], s.layout, name, &form, e);
    if (rc == 0 && !learn)
        rc = task_rules(&s, &form, jv_get_text(s.params, "ruleset"), e);
    if (rc == 0 && learn)
        rc = form_name_repeats(form.form, NULL, e);
    if (rc == 0) {
        doc = learn ? learn_make(&s, &form, s.params, e) : explain_make(&s, &form);
        rc = doc != NULL ? jv_print(doc, false, io->reply, e) : -1;
    }
    if (rc != 0)
        rc = fault_said(name, e);
    jv_free(doc);
    task_form_free(&form);
    task_support_free(&s);
    return rc;
}

static int run_explain(const struct task_io *io, struct err *e)
{
    return run_form(io, false, e);
}

static int run_learn(const struct task_io *io, struct err *e)
{
    return run_form(io, true, e);
}

/* fds: 0 the form, 1 where the lines go. */
static int run_cells(const struct task_io *io, struct err *e)
{
    struct jv *params = jv_parse((const char *)io->params, io->params_len, "params", e);
    const char *name = jv_get_text(params, "name");
    struct buf bytes = BUF_INIT(0);
    struct book *book = NULL;
    struct jv *grid = NULL;
    int rc = params != NULL
                 ? file_read_again(io->fds[0], name, (size_t)ceilings.form_file_bytes, &bytes, e)
                 : -1;

    if (rc == 0)
        rc = task_grid(&bytes, name, &grid, e);
    if (grid != NULL)
        rc = err_set(e, ERR_INPUT, "err.grid.no-cells", name, NULL);
    if (rc == 0)
        rc = book_read(&book, buf_str(&bytes), bytes.len, e);
    if (rc == 0)
        rc = cells_write(book, jv_get_bool(params, "csv"), io->fds[1], e);
    if (rc != 0 && params != NULL)
        rc = fault_said(name, e);
    book_free(book);
    buf_free(&bytes);
    jv_free(grid);
    jv_free(params);
    return rc;
}

const struct task grid_explain_task = {
    .name = "grid-explain",
    .run = run_explain,
    .warm = task_warm,
    .limits = {.seconds = 30, .memory = 1 << 30, .output = 0},
};
const struct task grid_learn_task = {
    .name = "grid-learn",
    .run = run_learn,
    .warm = task_warm,
    .limits = {.seconds = 30, .memory = 1 << 30, .output = 0},
};
const struct task grid_cells_task = {
    .name = "grid-cells",
    .run = run_cells,
    .warm = task_warm,
    .limits = {.seconds = 60, .memory = 1 << 30, .output = 1 << 30},
};

#include "cmd/act_check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "cmd/act_form.h"
#include "grid/grid.h"

/* The id of the rule set in a file that was named itself: the first of the list. */
static const char *wanted_of(const struct act_check_request *r, const struct jv *list,
                             struct jv **parsed, struct err *e)
{
    if (r->ruleset == NULL || !act_ruleset_is_path(r->ruleset))
        return r->ruleset;
    const char *text = jv_get_text(jv_at(list, 0), "text");
    *parsed = text != NULL ? jv_parse(text, strlen(text), r->ruleset, e) : NULL;
    return jv_get_text(*parsed, "id");
}

int act_check(const struct runner *runner, const struct act_check_request *r, struct jv **out,
              struct err *e)
{
    struct jv *layout = NULL, *rulesets = jv_array(), *parsed = NULL;
    size_t max = (size_t)ceilings.form_file_bytes;
    int form = -1, initial = -1, rc = -1;
    char *folder = NULL;

    if (r->ruleset != NULL && act_ruleset_is_path(r->ruleset) &&
        act_ruleset_add(rulesets, r->ruleset, e) != 0)
        goto out;
    folder = r->rulesets_dir != NULL ? strdup(r->rulesets_dir) : act_rulesets_folder();
    if (act_rulesets_load(folder, rulesets, e) != 0)
        goto out;
    if (act_layout_read(r->layout, &layout, e) != 0)
        goto out;
    form = file_read_sealed(r->form, max, e);
    if (form < 0)
        goto out;
    if (r->initial != NULL && (initial = file_read_sealed(r->initial, max, e)) < 0)
        goto out;
    struct grid_request request = {
        .form_fd = form,
        .form_name = path_name(r->form),
        .initial_fd = initial,
        .initial_name = r->initial != NULL ? path_name(r->initial) : NULL,
        .deposit = r->deposit,
        .ruleset = wanted_of(r, rulesets, &parsed, e),
        .rulesets = rulesets,
        .layout = layout,
        .brief = r->brief,
    };
    if (!err_is_set(e))
        rc = grid_check(runner, &request, out, e);
    if (rc == 0 && r->form_fd != NULL) {
        *r->form_fd = form;
        form = -1;
    }
out:
    free(folder);
    if (form >= 0)
        close(form);
    if (initial >= 0)
        close(initial);
    jv_free(layout);
    jv_free(rulesets);
    jv_free(parsed);
    return rc;
}

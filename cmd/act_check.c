#include "cmd/act_check.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
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

/* The named file first, then the user's folder. */
static int rulesets_gather(const char *ruleset, const char *dir, struct jv *list, struct err *e)
{
    char *folder = dir != NULL ? strdup(dir) : act_rulesets_folder();
    int rc = 0;

    if (ruleset != NULL && act_ruleset_is_path(ruleset))
        rc = act_ruleset_add(list, ruleset, e);
    if (rc == 0)
        rc = act_rulesets_load(folder, list, e);
    free(folder);
    return rc;
}

static int put_digests(struct jv *list, struct err *e)
{
    char hex[DIGEST_HEX_MAX];

    for (size_t i = 0; i < jv_count(list); i++) {
        const char *text = jv_get_text(jv_at(list, i), "text");
        if (digest_bytes_hex(text, strlen(text), hex, e) != 0)
            return -1;
        jv_put_text(jv_at(list, i), "sha256", hex);
    }
    return 0;
}

int act_check_freeze(const char *ruleset, const char *layout, struct jv **out, struct err *e)
{
    struct jv *frozen = jv_object(), *list = jv_array(), *layouts = jv_array();
    int rc = rulesets_gather(ruleset, NULL, list, e);

    if (rc == 0 && layout != NULL)
        rc = act_ruleset_add(layouts, layout, e);
    if (rc == 0)
        rc = put_digests(list, e);
    if (rc == 0)
        rc = put_digests(layouts, e);
    jv_put_take(frozen, "rulesets", list);
    jv_put_take(frozen, "layout", jv_count(layouts) > 0 ? jv_copy(jv_at(layouts, 0)) : jv_null());
    jv_free(layouts);
    if (rc == 0)
        *out = frozen;
    else
        jv_free(frozen);
    return rc;
}

/* From what was frozen; a file that was named only later is read. */
static int thaw(const struct act_check_request *r, struct jv *list, struct jv **layout,
                struct err *e)
{
    const struct jv *known = jv_get(r->frozen, "rulesets"), *l = jv_get(r->frozen, "layout");
    const char *first = jv_get_text(jv_at(known, 0), "name"), *text = jv_get_text(l, "text");

    if (r->ruleset != NULL && act_ruleset_is_path(r->ruleset) &&
        (first == NULL || strcmp(first, r->ruleset) != 0) &&
        act_ruleset_add(list, r->ruleset, e) != 0)
        return -1;
    for (size_t i = 0; i < jv_count(known); i++)
        jv_add_take(list, jv_copy(jv_at(known, i)));
    if (text == NULL)
        return act_layout_read(r->layout, layout, e);
    *layout = jv_parse(text, strlen(text), jv_get_text(l, "name"), e);
    return *layout != NULL ? 0 : -1;
}

int act_check(const struct runner *runner, const struct act_check_request *r, struct jv **out,
              struct err *e)
{
    struct jv *layout = NULL, *rulesets = jv_array(), *parsed = NULL;
    size_t max = (size_t)ceilings.form_file_bytes;
    int form = -1, initial = -1, rc = -1;

    if (r->frozen != NULL) {
        if (thaw(r, rulesets, &layout, e) != 0)
            goto out;
    } else if (rulesets_gather(r->ruleset, r->rulesets_dir, rulesets, e) != 0 ||
               act_layout_read(r->layout, &layout, e) != 0) {
        goto out;
    }
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
        .last_day = r->last_day,
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
    if (form >= 0)
        close(form);
    if (initial >= 0)
        close(initial);
    jv_free(layout);
    jv_free(rulesets);
    jv_free(parsed);
    return rc;
}

#include "cmd/act_check.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "grid/grid.h"

static bool is_path(const char *ruleset)
{
    size_t n = strlen(ruleset);

    return strchr(ruleset, '/') != NULL || (n > 5 && strcmp(ruleset + n - 5, ".json") == 0);
}

static int add_ruleset(struct jv *list, const char *path, struct err *e)
{
    struct buf text = BUF_INIT(0);
    int rc = file_read(path, (size_t)ceilings.ruleset_bytes, &text, e);

    if (rc == 0) {
        struct jv *o = jv_object();
        jv_put_text(o, "name", path_name(path));
        jv_put_text(o, "text", buf_str(&text));
        jv_add_take(list, o);
    }
    buf_free(&text);
    return rc;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_json(const struct dirent *d)
{
    size_t n = strlen(d->d_name);

    return n > 5 && d->d_name[0] != '.' && strcmp(d->d_name + n - 5, ".json") == 0;
}

static int add_folder(struct jv *list, const char *folder, struct err *e)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, is_json, by_name), rc = 0;

    for (int i = 0; i < n; i++) {
        char *path = rc == 0 ? path_join(folder, names[i]->d_name) : NULL;
        if (rc == 0)
            rc = path != NULL ? add_ruleset(list, path, e) : err_set_memory(e);
        free(path);
        free(names[i]);
    }
    free(names);
    return rc;
}

static int read_layout(const char *path, struct jv **out, struct err *e)
{
    struct buf text = BUF_INIT(0);

    if (path == NULL)
        return 0;
    if (file_read(path, (size_t)ceilings.ruleset_bytes, &text, e) == 0)
        *out = jv_parse(buf_str(&text), text.len, path, e);
    buf_free(&text);
    return *out != NULL ? 0 : -1;
}

/* The id of the rule set in a file that was named itself: the first of the list. */
static const char *wanted_of(const struct act_check_request *r, const struct jv *list,
                             struct jv **parsed, struct err *e)
{
    if (r->ruleset == NULL || !is_path(r->ruleset))
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

    if (r->ruleset != NULL && is_path(r->ruleset) && add_ruleset(rulesets, r->ruleset, e) != 0)
        goto out;
    if (r->rulesets_dir != NULL && add_folder(rulesets, r->rulesets_dir, e) != 0)
        goto out;
    if (read_layout(r->layout, &layout, e) != 0)
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
    };
    if (!err_is_set(e))
        rc = grid_check(runner, &request, out, e);
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

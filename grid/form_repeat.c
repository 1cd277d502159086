/* Identifiers that an official form itself gives twice in one table: its second row is a point of
 * its own, "C-01 (2)". */
#include <stdio.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/rules.h"

enum { MADE_BYTES = FORM_ID_BYTES_MAX + 24 };

static bool has_repeats(const struct rules *r)
{
    return jv_count(jv_get(jv_get(r->doc, "blank"), "repeated")) > 0;
}

static bool is_known(const struct rules *r, const char *id)
{
    for (size_t i = 0; i < r->tab_count; i++) {
        if (rules_point(&r->tabs[i], id) != NULL)
            return true;
    }
    return false;
}

/* In a blank form only what is surely a point: a note may cite one. */
static bool counts(const struct form_point *p, const struct rules *r)
{
    return r != NULL ? form_point_id(p)[0] != '\0'
                     : !clean_is_void(p->severity.text) && !clean_is_void(p->wording.text);
}

static int name_repeats(struct form *f, struct form_sheet *s, const struct rules *r, struct err *e)
{
    struct jv *seen = jv_object(); /* by identifier how many rows had it */
    int rc = 0;

    for (size_t k = 0; rc == 0 && k < s->point_count; k++) {
        struct form_point *p = &s->points[k];
        const char *id = form_point_id(p);
        char made[MADE_BYTES];
        if (!counts(p, r))
            continue;
        int64_t rows = jv_get_int(seen, id, 0) + 1;
        jv_put_int(seen, id, rows);
        if (rows == 1 ||
            snprintf(made, sizeof made, "%s (%lld)", id, (long long)rows) >= (int)sizeof made ||
            (r != NULL && !is_known(r, made)))
            continue;
        p->id.text = arena_text(&f->arena, made, strlen(made));
        p->repeats = true;
        rc = p->id.text != NULL ? 0 : err_set_memory(e);
    }
    jv_free(seen);
    return rc;
}

int form_name_repeats(struct form *f, const struct rules *r, struct err *e)
{
    int rc = 0;

    if (f->from_json || (r != NULL && (r->own || !has_repeats(r))))
        return 0;
    for (size_t i = 0; rc == 0 && i < f->sheet_count; i++)
        rc = name_repeats(f, &f->sheets[i], r, e);
    return rc;
}

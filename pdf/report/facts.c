/* What the report takes from the grid document. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grid/say.h"
#include "pdf/report/report_int.h"

const struct jv *field_find(const struct report *r, const char *id)
{
    const struct jv *fields = jv_get(r->grid, "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        const struct jv *f = jv_at(fields, i);
        const char *name = jv_get_text(f, "id");
        if (name != NULL && strcmp(name, id) == 0)
            return f;
    }
    return NULL;
}

const char *field_value(const struct report *r, const char *id)
{
    const char *value = jv_get_text(field_find(r, id), "value");

    return value != NULL && *value != '\0' ? value : NULL;
}

void points_each(struct report *r, point_fn *fn, void *self)
{
    const struct jv *sheets = jv_get(r->grid, "sheets");

    for (size_t i = 0; i < jv_count(sheets); i++) {
        const struct jv *sheet = jv_at(sheets, i), *points = jv_get(sheet, "points");
        for (size_t k = 0; k < jv_count(points); k++)
            fn(r, sheet, jv_at(points, k), self);
    }
}

int64_t count_of(const struct report *r, const char *severity, const char *answer)
{
    return jv_get_int(jv_get(jv_get(r->grid, "counts"), severity), answer, 0);
}

int64_t limit_of(const struct report *r)
{
    return jv_get_int(jv_get(r->grid, "thresholds"), "medium_non_max", 10);
}

static const char *outcome_of(const struct report *r)
{
    const char *s = jv_get_text(r->grid, "outcome");

    return s != NULL ? s : "";
}

enum answer result_answer(const struct report *r)
{
    const char *outcome = outcome_of(r);

    if (strcmp(outcome, "not-met") == 0)
        return ANSWER_NO;
    if (strcmp(outcome, "met-reserve") == 0) /* no tick on what nobody vouches for */
        return ANSWER_EMPTY;
    return strncmp(outcome, "met", 3) == 0 ? ANSWER_YES : ANSWER_EMPTY;
}

char *result_sentence(struct report *r)
{
    char line[SAY_MAX];

    say_outcome(r->lang, r->grid, line);
    return type_set(r, line, NULL, NULL);
}

char *result_deposit(struct report *r)
{
    char line[SAY_MAX];

    say_deposit(r->lang, r->grid, line);
    return type_own(r, line);
}

void tab_heading(const struct report *r, const struct jv *sheet, struct tab_heading *out)
{
    const struct jv *sheets = jv_get(r->grid, "sheets");
    const char *name = jv_get_text(sheet, "name");
    size_t all = 0, own = 0;

    out->name = name != NULL ? name : "";
    out->detail = jv_get_text(sheet, "part");
    out->id = out->detail != NULL ? "report.tab-part" : "report.tab";
    if (out->detail != NULL)
        return;
    for (size_t i = 0; i < jv_count(sheets); i++) {
        const struct jv *other = jv_at(sheets, i);
        const char *its = jv_get_text(other, "name");
        if (its == NULL || strcmp(its, out->name) != 0 || jv_get_text(other, "part") != NULL)
            continue;
        all++;
        if (other == sheet)
            own = all;
    }
    if (all < 2)
        return;
    snprintf(out->number, sizeof out->number, "%zu/%zu", own, all);
    out->detail = out->number;
    out->id = "report.tab-number";
}

void remark_words(const struct report *r, const struct jv *f, bool note, struct remark *out)
{
    const char *level = jv_get_text(f, "level");

    say_place(r->lang, f, out->place);
    if (note)
        say_note(r->lang, f, out->message, NULL);
    else
        say_finding(r->lang, f, out->message, NULL);
    snprintf(out->level, sizeof out->level, "report.level.%s",
             note || level == NULL ? "note" : level);
}

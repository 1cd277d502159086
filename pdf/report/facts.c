/* What the report takes from the grid document. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
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
    return strncmp(outcome, "met", 3) == 0 ? ANSWER_YES : ANSWER_EMPTY;
}

char *result_sentence(struct report *r)
{
    const char *outcome = outcome_of(r);

    if (strcmp(outcome, "met") == 0)
        return type_say(r, "report.result.met", NULL);
    if (strcmp(outcome, "met-at-limit") == 0)
        return type_say(r, "report.result.limit", NULL);
    if (strcmp(outcome, "met-reserve") == 0)
        return type_say(r, "report.result.reserve", NULL);
    return type_say(r, strcmp(outcome, "not-met") == 0 ? "report.result.not" : "report.result.none",
                    NULL);
}

char *result_deposit(struct report *r)
{
    const char *until = jv_get_text(r->grid, "deposit_until");
    struct date date;
    char day[DATE_TEXT_MAX];

    if (until == NULL || date_parse_iso(until, &date) != 0)
        return NULL;
    date_french(date, day);
    return type_say(r, "report.deposit", r->lang == TEXT_FR ? day : until, NULL);
}

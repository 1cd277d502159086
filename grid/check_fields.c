/* General information: obligatory fields, dates, re-evaluation. */
#include <string.h>
#include <strings.h>

#include "grid/check_part.h"
#include "grid/clean.h"
#include "grid/rules_pick.h"

static const struct form_field *find(const struct check *c, const struct rule_field *rule)
{
    if (rule->id != NULL)
        return form_field(c->form, rule->id);
    for (size_t i = 0; i < c->form->field_count; i++) {
        const struct form_field *f = &c->form->fields[i];
        if (f->id == NULL && strcmp(f->label, rule->label) == 0)
            return f;
    }
    return NULL;
}

static bool value_void(const struct form_value *v)
{
    return clean_is_void(v->text) || (v->type == CELL_ERROR);
}

/* Or what the blank form says there. */
static bool value_empty(const struct form_value *v, const struct rule_field *rule)
{
    return value_void(v) || (rule != NULL && rule->placeholder != NULL &&
                             clean_same_word(rule->placeholder, v->text));
}

static bool asks_day(const struct rule_field *rule)
{
    return rule->kind == FIELD_DATE || rule->kind == FIELD_PERIOD;
}

static bool yes_no(const struct form_field *f, bool *yes)
{
    *yes = f != NULL && clean_same_word(f->value.text, "Oui");
    return *yes || (f != NULL && clean_same_word(f->value.text, "Non"));
}

static void missing(struct check *c, const char *id, const char *label)
{
    finding_add(c, "meta-missing", c->form->info_sheet, NULL, NULL, label);
    check_field_id(c->findings, id);
}

static void check_one(struct check *c, const struct rule_field *rule)
{
    const struct form_field *f = find(c, rule);
    bool yes;

    if (f == NULL) {
        if (rule->required)
            missing(c, rule->id, rule->label);
        return;
    }
    if (asks_day(rule) && f->value.type == CELL_ERROR) {
        finding_add(c, "date-invalid", f->sheet, &f->value, NULL, f->value.text);
        return; /* something stands there, and it is no day */
    }
    if (value_empty(&f->value, rule)) {
        if (rule->required)
            finding_add(c, "meta-missing", f->sheet, &f->value, NULL,
                        f->label != NULL ? f->label : rule->label);
        return;
    }
    check_text(c, f->sheet, &f->value, NULL);
    /* A grid document has the days of a period in fields of their own. */
    bool told = f->has_date || (rule->kind == FIELD_PERIOD && c->form->from_json &&
                                form_field(c->form, "test_end") != NULL);
    if (asks_day(rule) && !told)
        finding_add(c, "date-invalid", f->sheet, &f->value, NULL, f->value.text);
    if (rule->kind == FIELD_YESNO && !yes_no(f, &yes))
        finding_add(c, "meta-invalid", f->sheet, &f->value, NULL, f->value.text);
}

static const struct form_field *dated(const struct check *c, const char *id)
{
    const struct form_field *f = form_field(c->form, id);

    return f != NULL && f->has_date && !value_void(&f->value) ? f : NULL;
}

static struct date last_day(const struct check *c, struct date end)
{
    return date_last_day(end, c->rules->age_years);
}

static void check_age(struct check *c, const struct form_field *end)
{
    const struct form_field *before =
        c->initial != NULL ? form_field(c->initial->form, c->rules->age_from) : NULL;

    c->initial_undated = c->initial != NULL && (before == NULL || !before->has_date);
    if (end == NULL)
        return;
    c->has_until = !c->initial_undated;
    c->until = last_day(c, end->date);
    /* What a re-evaluation did not test again is as old as the first test. */
    if (before != NULL && before->has_date && date_compare(last_day(c, before->date), c->until) < 0)
        c->until = last_day(c, before->date);
    if (c->last_day != NULL && date_compare(*c->last_day, c->until) < 0)
        c->until = *c->last_day;
    if (date_compare(c->deposit, c->until) > 0)
        finding_add(c, "date-expired", end->sheet, &end->value, NULL, end->value.text);
}

static void check_dates(struct check *c)
{
    const struct form_field *start = dated(c, "test_start"), *end = dated(c, "test_end");
    const struct form_field *report = dated(c, "report_date");
    const struct form_field *all[] = {start, end, report};

    for (size_t i = 0; i < 3; i++) {
        if (all[i] != NULL && date_compare(all[i]->date, c->deposit) > 0)
            finding_add(c, "date-future", all[i]->sheet, &all[i]->value, NULL, all[i]->value.text);
    }
    if (start != NULL && end != NULL && date_compare(end->date, start->date) < 0)
        finding_add(c, "date-order", end->sheet, &end->value, NULL, end->value.text);
    if (end != NULL && report != NULL && date_compare(report->date, end->date) < 0)
        finding_add(c, "date-order", report->sheet, &report->value, NULL, report->value.text);
    check_age(c, dated(c, c->rules->age_from));
}

static void check_reference(struct check *c)
{
    const struct form_field *again = form_field(c->form, "reevaluation");
    const struct form_field *reference = form_field(c->form, "initial_reference");
    bool yes = false;

    if (again == NULL || !yes_no(again, &yes) || !yes)
        return;
    if (reference == NULL || value_void(&reference->value))
        finding_add(c, "reeval-reference-missing",
                    reference != NULL ? reference->sheet : again->sheet,
                    reference != NULL ? &reference->value : NULL, NULL, NULL);
}

/* Without the date that the age counts from nobody can tell whether the tests are too old: a form
 * that is its own rule set is asked for it; a rule set whose blank form has no such field gets a
 * reservation. */
static void check_end_known(struct check *c)
{
    const char *label = layout_field_label(c->layout, c->rules->age_from);
    const struct form_field *end = form_field(c->form, c->rules->age_from);
    const struct rule_field *rule = rules_field(c->rules, c->rules->age_from);

    if (end == NULL && c->rules->own)
        missing(c, c->rules->age_from, label);
    else if (end == NULL)
        c->age_unknown = rule == NULL;
    if (end == NULL || dated(c, c->rules->age_from) != NULL)
        return;
    /* A rule set that does not ask for the day, or for a day, does not make it known. */
    bool empty = value_empty(&end->value, rule);
    if (empty && (rule == NULL || !rule->required))
        finding_add(c, "meta-missing", end->sheet, &end->value, NULL, label);
    else if (!empty && (rule == NULL || !asks_day(rule)))
        finding_add(c, "date-invalid", end->sheet, &end->value, NULL, end->value.text);
}

void check_version(struct check *c)
{
    const struct form_field *f = form_field(c->form, "form_version");

    if (c->rules->own || c->rules_foreign || c->rules->form_version == NULL || f == NULL ||
        value_void(&f->value) || rules_version_fits(c->rules, c->form, c->e) != 0)
        return;
    note_add(c, "version-differs", f->sheet, &f->value, c->rules->form_version);
}

void check_fields(struct check *c)
{
    if (c->rules->info_sheet != NULL && c->form->info_sheet == NULL && c->rules->field_count > 0)
        finding_add(c, "tab-missing", c->rules->info_sheet, NULL, NULL, NULL);
    else
        for (size_t i = 0; i < c->rules->field_count; i++)
            check_one(c, &c->rules->fields[i]);
    check_end_known(c);
    check_dates(c);
    check_reference(c);
}

/* Complete, and fit to be deposited? Every problem is listed; the worst gives the status. */
#include <stdlib.h>
#include <string.h>

#include "dossier/dossier_part.h"
#include "grid/group.h"

/* What each problem weighs. A remark never changes the status. */
static const struct weight {
    const char *code, *level;
    enum err_kind status;
} weights[] = {
    {"no-lps", "missing", ERR_FORM},
    {"no-proxy", "missing", ERR_FORM},
    {"no-form", "missing", ERR_FORM},
    {"no-report", "missing", ERR_FORM},
    {"no-reference", "missing", ERR_FORM},
    {"form-missing", "missing", ERR_INPUT},
    {"report-missing", "missing", ERR_INPUT},
    {"proof-missing", "missing", ERR_INPUT},
    {"form-changed", "wrong", ERR_INPUT},
    {"report-changed", "wrong", ERR_INPUT},
    {"proof-changed", "wrong", ERR_INPUT},
    {"form-unreadable", "wrong", ERR_INPUT},
    {"form-to-correct", "wrong", ERR_FORM},
    {"form-other-kind", "wrong", ERR_FORM},
    {"report-other-form", "wrong", ERR_FORM},
    {"form-expired", "expired", ERR_FORM},
    {"form-rejected", "rejected", ERR_NOT_PASS},
    {"report-unsigned", "signature", ERR_SIGNATURE},
    {"report-invalid", "signature", ERR_SIGNATURE},
    {"report-undetermined", "signature", ERR_SIGNATURE},
    {"report-unreadable", "signature", ERR_INPUT},
    {"form-rejected-allowed", "remark", ERR_NONE},
    {"form-rejected-handed", "remark", ERR_NONE},
    {"issuer-unlinked", "remark", ERR_NONE},
    {"report-without-data", "remark", ERR_NONE},
    {"at-limit", "remark", ERR_NONE},
    {"reserve", "remark", ERR_NONE},
    {"expires-soon", "remark", ERR_NONE},
    {"several-proxies", "remark", ERR_NONE},
};
enum { SOON_DAYS = 30 };

struct assessing {
    const struct dossier *d;
    const struct dossier_rules *rules;
    const struct jv *group; /* of the components' forms, as grid/ sees them together */
    int status;
};

static const struct weight *weight_of(const char *code)
{
    for (size_t i = 0; i < sizeof weights / sizeof weights[0]; i++) {
        if (strcmp(weights[i].code, code) == 0)
            return &weights[i];
    }
    return NULL;
}

static void problem(struct assessing *a, struct jv *list, const char *code,
                    const struct jv *component, const char *arg)
{
    const struct weight *w = weight_of(code);
    struct jv *p = jv_object(), *args = jv_array();

    jv_put_text(p, "code", code);
    jv_put_text(p, "level", w->level);
    jv_put_text(p, "component", jv_get_text(component, "id"));
    jv_put_text(p, "kind", jv_get_text(component, "kind"));
    jv_put_text(p, "type", jv_get_text(component, "type"));
    if (arg != NULL)
        jv_add_text(args, arg);
    jv_put_take(p, "args", args);
    jv_add_take(list, p);
    a->status = err_status_worst(a->status, (int)w->status);
}

static bool is(const struct jv *object, const char *key, const char *value)
{
    const char *there = jv_get_text(object, key);

    return there != NULL && strcmp(there, value) == 0;
}

static void assess_dates(struct assessing *a, struct jv *list, const struct jv *component,
                         const struct jv *grid)
{
    const char *until = jv_get_text(grid, "deposit_until");
    struct date last;

    if (until == NULL || date_parse_iso(until, &last) != 0)
        return;
    int64_t left = date_to_days(last) - date_to_days(a->rules->today);
    if (left < 0)
        problem(a, list, "form-expired", component, until);
    else if (left <= SOON_DAYS)
        problem(a, list, "expires-soon", component, until);
}

static void assess_form(struct assessing *a, struct jv *list, const struct jv *component,
                        const struct jv *fact, bool history)
{
    const struct jv *grid = jv_get(fact, "grid");

    if (is(fact, "form", "missing")) {
        problem(a, list, "form-missing", component, NULL);
    } else if (is(fact, "form", "changed")) {
        problem(a, list, "form-changed", component, NULL);
    } else if (!jv_is_object(grid)) {
        problem(a, list, "form-unreadable", component, jv_get_text(fact, "form_message"));
    } else {
        if (!is(grid, "kind", jv_get_text(component, "kind")))
            problem(a, list, "form-other-kind", component, NULL);
        if (history) /* what it says is past */
            return;
        assess_dates(a, list, component, grid);
        /* An expired date is one of the findings that make a form incomplete: said once. */
        if (!is(grid, "completeness", "complete"))
            problem(a, list, "form-to-correct", component, NULL);
        else if (is(grid, "outcome", "not-met"))
            problem(a, list,
                    a->rules->allow_rejected ? "form-rejected-allowed"
                    : a->rules->part         ? "form-rejected-handed"
                                             : "form-rejected",
                    component, NULL);
        else if (is(grid, "outcome", "met-at-limit"))
            problem(a, list, "at-limit", component, NULL);
        else if (is(grid, "outcome", "met-reserve"))
            problem(a, list, "reserve", component, NULL);
    }
}

/* Intact, and only the link to an anchor of this machine is lacking: a remark, because trust lists
 * of the receiver decide. */
static bool only_unlinked(const struct jv *verdict)
{
    const struct jv *signatures = jv_get(verdict, "signatures");

    for (size_t i = 0; i < jv_count(signatures); i++) {
        const struct jv *s = jv_at(signatures, i);
        if (jv_get_bool(s, "modified"))
            return false;
        if (!is(s, "indication", "TOTAL-PASSED") &&
            !is(s, "sub_indication", "NO_CERTIFICATE_CHAIN_FOUND") &&
            !is(s, "sub_indication", "TRY_LATER"))
            return false;
    }
    return jv_count(signatures) > 0;
}

static void assess_report(struct assessing *a, struct jv *list, const struct jv *component,
                          const struct jv *fact)
{
    const struct jv *verdict = jv_get(fact, "verdict");
    const char *of = jv_get_text(fact, "report_form");
    const char *form = jv_get_text(jv_get(component, "form"), "sha256");

    if (is(fact, "report", "missing") || is(fact, "report", "changed")) {
        problem(a, list, is(fact, "report", "missing") ? "report-missing" : "report-changed",
                component, NULL);
        return;
    }
    if (is(verdict, "verdict", "unsigned"))
        problem(a, list, "report-unsigned", component, NULL);
    else if (is(verdict, "verdict", "invalid"))
        problem(a, list, "report-invalid", component, jv_get_text(verdict, "reason"));
    else if (is(verdict, "verdict", "undetermined"))
        problem(a, list, only_unlinked(verdict) ? "issuer-unlinked" : "report-undetermined",
                component, jv_get_text(verdict, "reason"));
    else if (!is(verdict, "verdict", "valid"))
        problem(a, list, "report-unreadable", component, jv_get_text(verdict, "reason"));
    if (of == NULL)
        problem(a, list, "report-without-data", component, NULL);
    else if (form != NULL && strcmp(of, form) != 0)
        problem(a, list, "report-other-form", component, NULL);
}

static const char *field_value(const struct jv *grid, const char *id)
{
    const struct jv *fields = jv_get(grid, "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        if (is(jv_at(fields, i), "id", id))
            return jv_get_text(jv_at(fields, i), "value");
    }
    return NULL;
}

static void describe_component(struct jv *out, const struct jv *component, const struct jv *grid)
{
    static const char *const copied[] = {"id",     "kind",    "type",      "form",
                                         "report", "company", "reference", "exemption"};

    for (size_t i = 0; i < sizeof copied / sizeof copied[0]; i++)
        jv_put_take(out, copied[i], jv_copy(jv_get(component, copied[i])));
    jv_put_text(out, "infrastructure", field_value(grid, "infrastructure"));
    jv_put_text(out, "outcome", jv_get_text(grid, "outcome"));
    jv_put_text(out, "deposit_until", jv_get_text(grid, "deposit_until"));
}

/* Whether a valid re-evaluation among the forms stands in place of this component's. */
static bool is_history(const struct assessing *a, const struct jv *component)
{
    const struct jv *forms = jv_get(a->group, "forms");

    for (size_t i = 0; i < jv_count(forms); i++) {
        if (is(jv_at(forms, i), "component", jv_get_text(component, "id")))
            return jv_get_bool(jv_at(forms, i), "history");
    }
    return false;
}

/* Blanks declare nothing. */
static bool says(const struct jv *component, const char *key)
{
    const char *text = jv_get_text(component, key);

    return text != NULL && text[strspn(text, " \t\n")] != '\0';
}

static struct jv *assess_component(struct assessing *a, const struct jv *component,
                                   const struct jv *fact)
{
    struct jv *out = jv_object(), *list = jv_array();
    bool has_form = !jv_is_null(jv_get(component, "form"));
    bool has_report = !jv_is_null(jv_get(component, "report"));
    bool elsewhere = says(component, "company");
    bool history = is_history(a, component);

    describe_component(out, component, jv_get(fact, "grid"));
    jv_put_bool(out, "history", history);
    if (elsewhere || says(component, "exemption")) {
        if (elsewhere && !says(component, "reference"))
            problem(a, list, "no-reference", component, jv_get_text(component, "company"));
    } else {
        if (has_form)
            assess_form(a, list, component, fact, history);
        else
            problem(a, list, "no-form", component, NULL);
        if (has_report)
            assess_report(a, list, component, fact);
        else if (!history) /* it was handed over with its own dossier */
            problem(a, list, "no-report", component, NULL);
    }
    jv_put_take(out, "problems", list);
    return out;
}

static struct jv *assess_proofs(struct assessing *a, const struct jv *facts, struct jv *problems)
{
    const struct jv *proofs = dossier_proofs(a->d), *states = jv_get(facts, "proofs");
    struct jv *out = jv_copy(proofs);

    for (size_t i = 0; i < jv_count(proofs); i++) {
        const struct jv *proof = jv_at(proofs, i);
        const char *id = jv_get_text(proof, "id");
        if (!is(states, id, "ok"))
            problem(a, problems, is(states, id, "changed") ? "proof-changed" : "proof-missing",
                    NULL, id);
    }
    return out;
}

/* The forms as grid/ sees them together, each with the id of its component. */
static struct jv *group_of(const struct dossier *d, const struct jv *facts)
{
    const struct jv *all = dossier_components(d);
    struct jv *grids = jv_array(), *ids = jv_array();

    for (size_t i = 0; i < jv_count(all); i++) {
        const char *id = jv_get_text(jv_at(all, i), "id");
        struct jv *grid = jv_get(jv_get(facts, id), "grid");
        if (!jv_is_object(grid))
            continue;
        jv_add_take(grids, jv_keep(grid));
        jv_add_text(ids, id);
    }
    struct jv *group = group_make(grids, NULL);
    const struct jv *forms = jv_get(group, "forms");
    for (size_t i = 0; i < jv_count(forms); i++)
        jv_put_text(jv_at(forms, i), "component", jv_str(jv_at(ids, i)));
    jv_free(grids);
    jv_free(ids);
    return group;
}

/* What contradicts between the forms; what is missing depends on what the dossier declares, and is
 * said elsewhere. */
static void assess_together(struct assessing *a, struct jv *problems)
{
    const struct jv *found = jv_get(a->group, "problems");

    for (size_t i = 0; i < jv_count(found); i++) {
        const struct jv *p = jv_at(found, i);
        if (is(p, "level", "missing") || is(p, "code", "several-proxies") ||
            is(p, "code", "unreadable"))
            continue;
        jv_add_take(problems, jv_copy(p));
        if (!group_is_advice(p))
            a->status = err_status_worst(a->status, ERR_FORM);
    }
}

/* Components of a kind that count: not those whose form is history. */
static size_t count_kind(const struct assessing *a, const char *kind)
{
    const struct jv *all = dossier_components(a->d);
    size_t n = 0;

    for (size_t i = 0; i < jv_count(all); i++)
        n += is(jv_at(all, i), "kind", kind) && !is_history(a, jv_at(all, i));
    return n;
}

struct jv *dossier_assess(const struct dossier *d, const struct jv *facts,
                          const struct dossier_rules *rules)
{
    struct jv *group = group_of(d, facts);
    struct assessing a = {.d = d, .rules = rules, .group = group};
    const struct jv *all = dossier_components(d);
    struct jv *top = jv_object(), *components = jv_array(), *problems = jv_array();

    for (size_t i = 0; i < jv_count(all); i++)
        jv_add_take(components, assess_component(&a, jv_at(all, i),
                                                 jv_get(facts, jv_get_text(jv_at(all, i), "id"))));
    if (count_kind(&a, "lps") == 0 && !rules->part)
        problem(&a, problems, "no-lps", NULL, NULL);
    if (count_kind(&a, "proxy") == 0 && !rules->part)
        problem(&a, problems, "no-proxy", NULL, NULL);
    if (count_kind(&a, "proxy") > 1)
        problem(&a, problems, "several-proxies", NULL, NULL);
    struct jv *proofs = assess_proofs(&a, facts, problems);
    assess_together(&a, problems);
    jv_put_text(top, "format", "paraphe-dossier-status");
    jv_put_int(top, "version", 1);
    jv_put_take(top, "solution", jv_copy(jv_get(d->json, "solution")));
    jv_put_take(top, "editor", jv_copy(jv_get(d->json, "editor")));
    jv_put_bool(top, "complete", a.status == 0);
    jv_put_int(top, "status", a.status);
    jv_put_take(top, "components", components);
    jv_put_take(top, "proofs", proofs);
    jv_put_take(top, "problems", problems);
    jv_free(group);
    return top;
}

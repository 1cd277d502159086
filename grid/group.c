#include "grid/group.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/jv.h"
#include "grid/clean.h"

static const char *field(const struct jv *grid, const char *id)
{
    const struct jv *fields = jv_get(grid, "fields");

    for (size_t i = 0; i < jv_count(fields); i++) {
        const char *known = jv_get_text(jv_at(fields, i), "id");
        const char *value = jv_get_text(jv_at(fields, i), "value");
        if (known != NULL && strcmp(known, id) == 0)
            return value != NULL ? value : "";
    }
    return "";
}

static const char *name_of(const struct jv *grid)
{
    const char *name = jv_get_text(jv_get(grid, "form"), "name");

    return name != NULL ? name : "";
}

static bool is_kind(const struct jv *grid, const char *kind)
{
    const char *known = jv_get_text(grid, "kind");

    return known != NULL && strcmp(known, kind) == 0;
}

bool group_same_type(const struct jv *a, const struct jv *b)
{
    const char *x = jv_get_text(a, "type"), *y = jv_get_text(b, "type");

    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

bool group_is_again(const struct jv *grid)
{
    return clean_same_word(field(grid, "reevaluation"), "Oui");
}

bool group_takes_up(const struct jv *again, const struct jv *old)
{
    const char *reference = field(old, "form_reference");
    const char *initial = jv_get_text(jv_get(again, "initial"), "sha256");
    const char *own = jv_get_text(jv_get(old, "form"), "sha256");

    if (again == old || !group_is_again(again) || !group_same_type(old, again))
        return false;
    return (initial != NULL && own != NULL && strcmp(initial, own) == 0) ||
           (!clean_is_void(reference) &&
            clean_same_word(field(again, "initial_reference"), reference));
}

static bool same_part(const struct jv *a, const struct jv *b)
{
    return group_same_type(a, b) &&
           clean_same_word(field(a, "infrastructure"), field(b, "infrastructure")) &&
           clean_same_word(field(a, "solution"), field(b, "solution"));
}

/* Whether both are re-evaluations of one earlier form, and `again` is the later of them. */
static bool comes_after(const struct jv *again, const struct jv *old)
{
    const char *reference = field(old, "initial_reference");
    const char *one = jv_get_text(jv_get(old, "initial"), "sha256");
    const char *other = jv_get_text(jv_get(again, "initial"), "sha256");
    struct date then, now;

    if (again == old || !group_is_again(again) || !group_is_again(old) || !same_part(again, old) ||
        date_parse_iso(field(old, "test_end"), &then) != 0 ||
        date_parse_iso(field(again, "test_end"), &now) != 0 || date_compare(now, then) <= 0)
        return false;
    return (one != NULL && other != NULL && strcmp(one, other) == 0) ||
           (!clean_is_void(reference) &&
            clean_same_word(field(again, "initial_reference"), reference));
}

static bool replaces(const struct jv *again, const struct jv *old)
{
    return group_takes_up(again, old) || comes_after(again, old);
}

size_t group_initial(const struct jv *grids, size_t i, const char **last_day)
{
    size_t n = jv_count(grids), first = n, at = i;

    *last_day = NULL;
    for (size_t steps = 0; steps < n && at < n; steps++) {
        size_t before = n;
        for (size_t k = 0; k < n; k++) {
            if (group_takes_up(jv_at(grids, at), jv_at(grids, k)))
                before = k;
        }
        const char *day = jv_get_text(jv_at(grids, before), "deposit_until");
        if (day != NULL && (*last_day == NULL || strcmp(day, *last_day) < 0))
            *last_day = day;
        first = steps == 0 ? before : first;
        at = before;
    }
    return first;
}

static bool is_invalid(const struct jv *grid)
{
    const char *verdict = jv_get_text(grid, "verdict");

    return verdict != NULL && strcmp(verdict, "formulaire invalide") == 0;
}

/* The valid re-evaluation in the list that stands in place of this one, or the count of the list;
 * one that is to be corrected does not stand for it yet. */
static size_t taken_up_by(const struct jv *grids, size_t i)
{
    size_t k = 0;

    while (k < jv_count(grids) &&
           (!replaces(jv_at(grids, k), jv_at(grids, i)) || is_invalid(jv_at(grids, k))))
        k++;
    return k;
}

/* Whether re-evaluations of it end in a form that counts. Where they name each other in a circle
 * none of them is the last one, and all count. */
static bool is_history(const struct jv *grids, size_t i)
{
    size_t at = taken_up_by(grids, i), steps = 0, n = jv_count(grids);

    if (at == n)
        return false;
    for (size_t next; steps < n && (next = taken_up_by(grids, at)) < n; steps++)
        at = next;
    return steps < n;
}

static int64_t medium_non(const struct jv *grid)
{
    return jv_get_int(jv_get(jv_get(grid, "counts"), "Moyenne"), "Non", 0);
}

static struct jv *form_json(const struct jv *grid, bool history)
{
    struct jv *o = jv_object();

    jv_put_text(o, "form", name_of(grid));
    jv_put_text(o, "kind", jv_get_text(grid, "kind"));
    jv_put_text(o, "type", jv_get_text(grid, "type"));
    jv_put_text(o, "infrastructure", field(grid, "infrastructure"));
    jv_put_text(o, "solution", field(grid, "solution"));
    jv_put_text(o, "verdict", jv_get_text(grid, "verdict"));
    jv_put_text(o, "outcome", jv_get_text(grid, "outcome"));
    jv_put_int(o, "medium_non", medium_non(grid));
    jv_put_text(o, "deposit_until", jv_get_text(grid, "deposit_until"));
    jv_put_bool(o, "history", history);
    return o;
}

static void problem(struct jv *problems, const char *code, const char *level, const struct jv *a,
                    const struct jv *b, const char *value)
{
    struct jv *o = jv_object(), *forms = jv_array();

    jv_put_text(o, "code", code);
    jv_put_text(o, "level", level);
    if (a != NULL)
        jv_add_text(forms, name_of(a));
    if (b != NULL)
        jv_add_text(forms, name_of(b));
    jv_put_take(o, "forms", forms);
    if (value != NULL)
        jv_put_text(o, "value", value);
    jv_add_take(problems, o);
}

/* The answer to a common point, which may stand in any part of the common tab; NULL. */
static const char *common_answer(const struct jv *grid, const char *id)
{
    const struct jv *sheets = jv_get(grid, "sheets");

    for (size_t i = 0; i < jv_count(sheets); i++) {
        const char *role = jv_get_text(jv_at(sheets, i), "role");
        const struct jv *points = jv_get(jv_at(sheets, i), "points");
        for (size_t k = 0; role != NULL && strcmp(role, "common") == 0 && k < jv_count(points);
             k++) {
            const char *known = jv_get_text(jv_at(points, k), "id");
            if (known != NULL && strcmp(known, id) == 0)
                return jv_get_text(jv_at(points, k), "answer");
        }
    }
    return NULL;
}

/* The same common point, Oui in one form and Non in another of the same solution. */
static void compare_common(struct jv *problems, const struct jv *a, const struct jv *b)
{
    const struct jv *sheets = jv_get(a, "sheets");

    for (size_t i = 0; i < jv_count(sheets); i++) {
        const char *role = jv_get_text(jv_at(sheets, i), "role");
        const struct jv *points = jv_get(jv_at(sheets, i), "points");
        for (size_t k = 0; role != NULL && strcmp(role, "common") == 0 && k < jv_count(points);
             k++) {
            const char *id = jv_get_text(jv_at(points, k), "id");
            const char *left = jv_get_text(jv_at(points, k), "answer");
            const char *right = id != NULL ? common_answer(b, id) : NULL;
            if (left != NULL && right != NULL && strcmp(left, right) != 0)
                problem(problems, "common-differs", "remark", a, b, id);
        }
    }
}

/* A proxy has a name and a version of its own; that of another company is declared with its
 * reference, and its form goes into that company's dossier. */
static void compare_proxy(struct jv *problems, const struct jv *lps, const struct jv *proxy)
{
    const char *own = field(lps, "editor"), *other = field(proxy, "editor");

    if (is_kind(lps, "lps") && is_kind(proxy, "proxy") && !clean_is_void(own) &&
        !clean_is_void(other) && !clean_same_word(own, other))
        problem(problems, "proxy-editor-differs", "remark", lps, proxy, NULL);
}

static void compare_pair(struct jv *problems, const struct jv *a, const struct jv *b)
{
    bool lps = is_kind(a, "lps") && is_kind(b, "lps");

    bool same = same_part(a, b);

    /* Of two forms that count, one that is to be corrected does not stand for the other yet. */
    if ((replaces(a, b) && is_invalid(a)) || (replaces(b, a) && is_invalid(b)))
        return;
    if (same)
        problem(problems, "same-part", "wrong", a, b, NULL);
    if (!lps) {
        compare_proxy(problems, is_kind(a, "lps") ? a : b, is_kind(a, "lps") ? b : a);
        return;
    }
    if (!clean_same_word(field(a, "solution"), field(b, "solution"))) {
        problem(problems, "solution-differs", "remark", a, b, NULL);
        return;
    }
    if (!clean_same_word(field(a, "solution_version"), field(b, "solution_version")))
        problem(problems, "version-differs", "wrong", a, b, NULL);
    if (!clean_same_word(field(a, "editor"), field(b, "editor")))
        problem(problems, "editor-differs", "wrong", a, b, NULL);
    if (!same) /* one of the two goes: how they differ is no question */
        compare_common(problems, a, b);
}

/* Only forms that count, history apart; NULL elsewhere. */
static void compare_all(struct jv *problems, const struct jv *grids, const struct jv *forms)
{
    size_t lps = 0, proxies = 0;

    for (size_t i = 0; i < jv_count(grids); i++) {
        const struct jv *a = jv_at(grids, i);
        if (jv_get_bool(jv_at(forms, i), "history"))
            continue;
        lps += is_kind(a, "lps");
        proxies += is_kind(a, "proxy");
        if (jv_is_null(jv_get(a, "kind")))
            problem(problems, "unreadable", "wrong", a, NULL, NULL);
        for (size_t k = i + 1; k < jv_count(grids); k++) {
            if (!jv_get_bool(jv_at(forms, k), "history"))
                compare_pair(problems, a, jv_at(grids, k));
        }
    }
    if (proxies == 0)
        problem(problems, "no-proxy", "missing", NULL, NULL, NULL);
    if (lps == 0)
        problem(problems, "no-lps", "missing", NULL, NULL, NULL);
    if (proxies > 1)
        problem(problems, "several-proxies", "remark", NULL, NULL, NULL);
}

/* The worst of the forms that count: not-met before incomplete (null), then reserve, limit, met. */
static const char *worst(const char *a, const char *b)
{
    static const char *const order[] = {"incomplete", "not-met", "met-reserve", "met-at-limit"};

    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        if ((a != NULL && strcmp(a, order[i]) == 0) || (b != NULL && strcmp(b, order[i]) == 0))
            return order[i];
    }
    return "met";
}

bool group_is_advice(const struct jv *p)
{
    const char *level = jv_get_text(p, "level");

    return level == NULL || (strcmp(level, "wrong") != 0 && strcmp(level, "missing") != 0);
}

/* The problems, what is missing or wrong before advice; puts how many of the former there are. */
static struct jv *by_weight(const struct jv *problems, int64_t *unsettled)
{
    struct jv *out = jv_array();

    *unsettled = 0;
    for (int advice = 0; advice < 2; advice++) {
        for (size_t i = 0; i < jv_count(problems); i++) {
            if (group_is_advice(jv_at(problems, i)) != (advice != 0))
                continue;
            jv_add_take(out, jv_keep(jv_at(problems, i)));
            *unsettled += !advice;
        }
    }
    return out;
}

static void add_unread(struct jv *problems, const struct jv *unread)
{
    for (size_t i = 0; i < jv_count(unread); i++) {
        struct jv *o = jv_object(), *names = jv_array();
        jv_put_text(o, "code", "unreadable");
        jv_put_text(o, "level", "wrong");
        jv_add_take(names, jv_keep(jv_at(unread, i)));
        jv_put_take(o, "forms", names);
        jv_add_take(problems, o);
    }
}

struct jv *group_make(const struct jv *grids, const struct jv *unread)
{
    struct jv *doc = jv_object(), *forms = jv_array(), *problems = jv_array();
    const char *outcome = jv_count(unread) > 0 ? "incomplete" : "met", *until = NULL;
    int64_t medium = 0, unsettled = 0;

    for (size_t i = 0; i < jv_count(grids); i++) {
        const struct jv *grid = jv_at(grids, i);
        const char *one = jv_get_text(grid, "outcome"), *day = jv_get_text(grid, "deposit_until");
        bool history = is_history(grids, i);
        jv_add_take(forms, form_json(grid, history));
        /* What was not tested again is as old as in the form that is history. */
        if (day != NULL && (until == NULL || strcmp(day, until) < 0))
            until = day;
        if (history)
            continue;
        const char *verdict = jv_get_text(grid, "verdict");
        bool invalid = verdict == NULL || strcmp(verdict, "formulaire invalide") == 0;
        outcome = worst(outcome, invalid || one == NULL ? "incomplete" : one);
        medium += medium_non(grid);
    }
    compare_all(problems, grids, forms);
    add_unread(problems, unread);
    struct jv *ordered = by_weight(problems, &unsettled);
    bool complete = unsettled == 0 && strcmp(outcome, "incomplete") != 0;
    jv_free(problems);
    jv_put_text(doc, "format", "paraphe-group");
    jv_put_int(doc, "version", 1);
    jv_put_take(doc, "forms", forms);
    jv_put_int(doc, "medium_non", medium);
    jv_put_text(doc, "deposit_until", until);
    jv_put_text(doc, "reference_date", jv_get_text(jv_at(grids, 0), "reference_date"));
    jv_put_text(doc, "outcome", outcome);
    jv_put_text(doc, "completeness", complete ? "complete" : "incomplete");
    jv_put_int(doc, "unsettled", unsettled);
    jv_put_take(doc, "problems", ordered);
    return doc;
}

void say_group(enum text_lang lang, const struct jv *group, char out[SAY_MAX])
{
    char id[64], forms[24], unsettled[24];
    size_t counted = 0;
    const struct jv *all = jv_get(group, "forms");
    const char *outcome = jv_get_text(group, "outcome");

    for (size_t i = 0; i < jv_count(all); i++)
        counted += !jv_get_bool(jv_at(all, i), "history");
    snprintf(forms, sizeof forms, "%zu", counted);
    int64_t open = jv_get_int(group, "unsettled", 0);
    snprintf(unsettled, sizeof unsettled, "%lld", (long long)open);
    snprintf(id, sizeof id, "grid.group.%s%s", outcome != NULL ? outcome : "incomplete",
             open > 0 ? ".unsettled" : "");
    text_say(lang, out, SAY_MAX, id, forms, unsettled, NULL);
}

void say_group_problem(enum text_lang lang, const struct jv *p, char message[SAY_MAX],
                       char remedy[SAY_MAX])
{
    const struct jv *forms = jv_get(p, "forms");
    const char *a = jv_str(jv_at(forms, 0)), *b = jv_str(jv_at(forms, 1));
    const char *value = jv_get_text(p, "value"), *code = jv_get_text(p, "code");
    char id[96];

    snprintf(id, sizeof id, "grid.problem.%s", code != NULL ? code : "?");
    text_say(lang, message, SAY_MAX, id, a != NULL ? a : "", b != NULL ? b : "",
             value != NULL ? value : "", NULL);
    snprintf(id, sizeof id, "grid.problem.%s.remedy", code != NULL ? code : "?");
    remedy[0] = '\0';
    if (text_exists(id))
        text_say(lang, remedy, SAY_MAX, id, NULL);
}

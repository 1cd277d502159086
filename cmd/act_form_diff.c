#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "cmd/act_form.h"

static void add(struct jv *all, const char *what, const char *tab, const char *point, const char *a,
                const char *b)
{
    struct jv *o = jv_object();

    jv_put_text(o, "what", what);
    jv_put_text(o, "tab", tab);
    jv_put_text(o, "point", point);
    jv_put_text(o, "a", a);
    jv_put_text(o, "b", b);
    jv_add_take(all, o);
}

static const struct jv *with(const struct jv *list, const char *key, const char *value)
{
    for (size_t i = 0; value != NULL && i < jv_count(list); i++) {
        const char *text = jv_get_text(jv_at(list, i), key);
        if (text != NULL && strcmp(text, value) == 0)
            return jv_at(list, i);
    }
    return NULL;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static void diff_points(struct jv *all, const char *tab, const struct jv *a, const struct jv *b)
{
    static const char *const keys[] = {"severity", "wording", "theme", "owasp"};

    for (size_t i = 0; i < jv_count(a); i++) {
        const struct jv *p = jv_at(a, i), *q = with(b, "id", jv_get_text(p, "id"));
        if (q == NULL)
            add(all, "point-removed", tab, jv_get_text(p, "id"), jv_get_text(p, "wording"), NULL);
        for (size_t k = 0; q != NULL && k < sizeof keys / sizeof keys[0]; k++) {
            if (!same(jv_get_text(p, keys[k]), jv_get_text(q, keys[k])))
                add(all, keys[k], tab, jv_get_text(p, "id"), jv_get_text(p, keys[k]),
                    jv_get_text(q, keys[k]));
        }
    }
    for (size_t i = 0; i < jv_count(b); i++) {
        const struct jv *q = jv_at(b, i);
        if (with(a, "id", jv_get_text(q, "id")) == NULL)
            add(all, "point-added", tab, jv_get_text(q, "id"), NULL, jv_get_text(q, "wording"));
    }
}

static void diff_tabs(struct jv *all, const struct jv *a, const struct jv *b)
{
    for (size_t i = 0; i < jv_count(a); i++) {
        const char *name = jv_get_text(jv_at(a, i), "name");
        const struct jv *other = with(b, "name", name);
        if (other == NULL)
            add(all, "tab-removed", name, NULL, NULL, NULL);
        else
            diff_points(all, name, jv_get(jv_at(a, i), "points"), jv_get(other, "points"));
    }
    for (size_t i = 0; i < jv_count(b); i++) {
        const char *name = jv_get_text(jv_at(b, i), "name");
        if (with(a, "name", name) == NULL)
            add(all, "tab-added", name, NULL, NULL, NULL);
    }
}

static void diff_fields(struct jv *all, const struct jv *a, const struct jv *b)
{
    for (size_t i = 0; i < jv_count(a); i++) {
        const struct jv *f = jv_at(a, i), *g = with(b, "label", jv_get_text(f, "label"));
        if (g == NULL)
            add(all, "field-removed", NULL, NULL, jv_get_text(f, "label"), NULL);
        else if (jv_get_bool(f, "required") != jv_get_bool(g, "required"))
            add(all, "required", NULL, NULL, jv_get_text(f, "label"), jv_get_text(g, "label"));
    }
    for (size_t i = 0; i < jv_count(b); i++) {
        if (with(a, "label", jv_get_text(jv_at(b, i), "label")) == NULL)
            add(all, "field-added", NULL, NULL, NULL, jv_get_text(jv_at(b, i), "label"));
    }
}

static void diff_thresholds(struct jv *all, const struct jv *a, const struct jv *b)
{
    static const char *const numbers[] = {"medium_non_max", "age_years"};
    char left[24], right[24];

    for (size_t i = 0; i < 2; i++) {
        long long m = (long long)jv_get_int(a, numbers[i], 0);
        long long n = (long long)jv_get_int(b, numbers[i], 0);
        if (m == n)
            continue;
        snprintf(left, sizeof left, "%lld", m);
        snprintf(right, sizeof right, "%lld", n);
        add(all, "threshold", NULL, numbers[i], left, right);
    }
    static const char *const texts[] = {"at_limit", "age_from"};
    for (size_t i = 0; i < 2; i++) {
        const char *m = jv_get_text(a, texts[i]), *n = jv_get_text(b, texts[i]);
        bool absent = i == 1 && (m == NULL || n == NULL); /* of an earlier program: test_end */
        if (!same(m, n) && !(absent && same(m != NULL ? m : n, "test_end")))
            add(all, "threshold", NULL, texts[i], m, n);
    }
}

struct jv *act_ruleset_diff(const struct jv *a, const struct jv *b)
{
    struct jv *all = jv_array();

    if (!same(jv_get_text(a, "form_version"), jv_get_text(b, "form_version")))
        add(all, "form-version", NULL, NULL, jv_get_text(a, "form_version"),
            jv_get_text(b, "form_version"));
    diff_tabs(all, jv_get(a, "tabs"), jv_get(b, "tabs"));
    diff_fields(all, jv_get(jv_get(a, "information"), "fields"),
                jv_get(jv_get(b, "information"), "fields"));
    diff_thresholds(all, jv_get(a, "thresholds"), jv_get(b, "thresholds"));
    return all;
}

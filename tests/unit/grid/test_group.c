/* grid/group.h: what is said of several forms of one solution. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/jv.h"
#include "grid/group.h"

/* A form with two common points; `second` is the answer to C-02. */
static struct jv *form(const char *name, const char *kind, const char *type, const char *where,
                       const char *version, const char *second)
{
    char json[2048];

    snprintf(json, sizeof json,
             "{\"form\":{\"name\":\"%s\",\"sha256\":\"%s\"},\"kind\":\"%s\",\"type\":\"%s\","
             "\"fields\":[{\"id\":\"solution\",\"value\":\"Solution\"},"
             "{\"id\":\"solution_version\",\"value\":\"%s\"},"
             "{\"id\":\"editor\",\"value\":\"Éditeur\"},"
             "{\"id\":\"infrastructure\",\"value\":\"%s\"}],"
             "\"sheets\":[{\"role\":\"common\",\"points\":[{\"id\":\"C-01\",\"answer\":\"Oui\"},"
             "{\"id\":\"C-02\",\"answer\":\"%s\"}]}],\"outcome\":\"met\","
             "\"verdict\":\"validé\"}",
             name, name, kind, type, version, where, second);
    struct jv *out = jv_parse(json, strlen(json), "test", NULL);
    assert_non_null(out);
    return out;
}

static struct jv *group_of(struct jv *a, struct jv *b)
{
    struct jv *grids = jv_array();

    jv_add_take(grids, a);
    jv_add_take(grids, b);
    struct jv *group = group_make(grids, NULL);
    jv_free(grids);
    return group;
}

static size_t times(const struct jv *group, const char *code)
{
    const struct jv *problems = jv_get(group, "problems");
    size_t n = 0;

    for (size_t i = 0; i < jv_count(problems); i++)
        n += strcmp(jv_get_text(jv_at(problems, i), "code"), code) == 0;
    return n;
}

static void other_architecture(void **state)
{
    (void)state;
    struct jv *group = group_of(form("a", "lps", "web", "SaaS", "1", "Oui"),
                                form("b", "lps", "mobile", "SaaS", "1", "Non"));

    assert_int_equal(times(group, "same-part"), 0);
    assert_int_equal(times(group, "common-differs"), 1);
    /* what is missing first, then advice */
    assert_string_equal(jv_get_text(jv_at(jv_get(group, "problems"), 0), "code"), "no-proxy");
    assert_string_equal(jv_get_text(jv_at(jv_get(group, "problems"), 1), "value"), "C-02");
    jv_free(group);
}

/* Two forms of one part: one of them goes, their differences are no question. */
static void same_part(void **state)
{
    (void)state;
    struct jv *group = group_of(form("a", "lps", "web", "SaaS", "1", "Oui"),
                                form("b", "lps", "web", "SaaS", "2", "Non"));

    assert_int_equal(times(group, "same-part"), 1);
    assert_int_equal(times(group, "version-differs"), 1);
    assert_int_equal(times(group, "common-differs"), 0);
    assert_int_equal(times(group, "no-proxy"), 1);
    assert_int_equal(jv_get_int(group, "unsettled", 0), 3);
    assert_string_equal(jv_get_text(group, "completeness"), "incomplete");
    jv_free(group);
}

static void with_proxy(void **state)
{
    (void)state;
    struct jv *group = group_of(form("a", "lps", "web", "SaaS", "1", "Oui"),
                                form("b", "proxy", "proxy", "SaaS", "1", "Non"));

    assert_int_equal(times(group, "no-proxy"), 0);
    assert_int_equal(times(group, "common-differs"), 0);
    assert_int_equal(jv_get_int(group, "unsettled", 1), 0);
    assert_string_equal(jv_get_text(group, "completeness"), "complete");
    jv_free(group);
}

static void put_field(struct jv *grid, const char *id, const char *value)
{
    struct jv *o = jv_object();

    jv_put_text(o, "id", id);
    jv_put_text(o, "value", value);
    jv_add_take(jv_get(grid, "fields"), o);
}

/* A re-evaluation stands in place of the earlier form once it is valid itself. */
static void taken_up_again(void **state)
{
    (void)state;
    static const char *const verdicts[] = {"validé", "formulaire invalide"};

    for (int i = 0; i < 2; i++) {
        struct jv *old = form("a", "lps", "web", "SaaS", "1", "Oui");
        struct jv *again = form("b", "lps", "web", "SaaS", "1", "Oui");
        put_field(old, "form_reference", "F-1");
        put_field(again, "reevaluation", "Oui");
        put_field(again, "initial_reference", "F-1");
        jv_put_text(again, "verdict", verdicts[i]);
        struct jv *group = group_of(old, again);
        assert_int_equal(jv_get_bool(jv_at(jv_get(group, "forms"), 0), "history"), i == 0);
        assert_false(jv_get_bool(jv_at(jv_get(group, "forms"), 1), "history"));
        assert_int_equal(times(group, "same-part"), 0);
        assert_string_equal(jv_get_text(group, "outcome"), i == 0 ? "met" : "incomplete");
        jv_free(group);
    }
}

/* Each takes up the one before: the last valid one is the current form. */
static void taken_up_twice(void **state)
{
    static const struct {
        const char *last;
        bool history[3];
    } cases[] = {{"validé", {true, true, false}}, {"formulaire invalide", {true, false, false}}};
    static const char *const own[] = {"F-1", "F-2", "F-3"};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct jv *grids = jv_array();
        for (size_t k = 0; k < 3; k++) {
            struct jv *one = form(own[k], "lps", "web", "SaaS", "1", "Oui");
            put_field(one, "form_reference", own[k]);
            if (k > 0) {
                put_field(one, "reevaluation", "Oui");
                put_field(one, "initial_reference", own[k - 1]);
            }
            jv_put_text(one, "verdict", k == 2 ? cases[i].last : "validé");
            jv_add_take(grids, one);
        }
        struct jv *group = group_make(grids, NULL);
        for (size_t k = 0; k < 3; k++)
            assert_int_equal(jv_get_bool(jv_at(jv_get(group, "forms"), k), "history"),
                             cases[i].history[k]);
        jv_free(group);
        jv_free(grids);
    }
}

/* Two re-evaluations that keep the reference of the form that they take up name each other too:
 * none is the last, and no result is lost. */
static void taken_up_in_a_circle(void **state)
{
    struct jv *grids = jv_array();

    (void)state;
    for (int k = 0; k < 3; k++) {
        struct jv *one = form(k == 0 ? "a" : k == 1 ? "b" : "c", "lps", "web", "SaaS", "1", "Oui");
        put_field(one, "form_reference", "F-1");
        put_field(one, "initial_reference", "F-1");
        put_field(one, "reevaluation", k == 0 ? "Non" : "Oui");
        jv_put_text(one, "outcome", k == 0 ? "not-met" : "met");
        jv_add_take(grids, one);
    }
    jv_add_take(grids, form("d", "lps", "mobile", "SaaS", "1", "Oui"));
    jv_add_take(grids, form("e", "proxy", "proxy", "SaaS", "1", "Oui"));
    struct jv *group = group_make(grids, NULL);
    for (size_t i = 0; i < jv_count(grids); i++)
        assert_false(jv_get_bool(jv_at(jv_get(group, "forms"), i), "history"));
    assert_int_equal(times(group, "same-part"), 3);
    assert_string_equal(jv_get_text(group, "outcome"), "not-met");
    assert_string_equal(jv_get_text(group, "completeness"), "incomplete");
    jv_free(group);
    jv_free(grids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(other_architecture), cmocka_unit_test(same_part),
        cmocka_unit_test(with_proxy),         cmocka_unit_test(taken_up_again),
        cmocka_unit_test(taken_up_twice),     cmocka_unit_test(taken_up_in_a_circle)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

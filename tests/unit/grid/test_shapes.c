/* Data of another shape than documented is refused with its own error: grid documents, layouts,
 * rule sets; and how texts and cells are told apart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"
#include "grid/check.h"
#include "grid/clean.h"
#include "grid/form.h"
#include "grid/form_part.h"
#include "grid/layout.h"
#include "grid/rules_pick.h"

static struct jv *parse(const char *json)
{
    struct err e = ERR_INIT;
    struct jv *doc = jv_parse(json, strlen(json), "test", &e);

    assert_non_null(doc);
    return doc;
}

static void refuse_grid(const char *json)
{
    struct err e = ERR_INIT;
    struct form *form = NULL;
    struct jv *doc = parse(json);

    assert_int_equal(form_from_json(&form, doc, &e), -1);
    assert_string_equal(e.id, "err.grid.json-shape");
    assert_null(form);
    jv_free(doc);
}

static void grids_of_another_shape(void **state)
{
    struct jv *doc = jv_object(), *columns = jv_array(), *sheets = jv_array(), *sheet = jv_object();
    struct buf text = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;

    (void)state;
    refuse_grid("{\"version\":2}");
    refuse_grid("{\"version\":1,\"sheets\":{}}");
    refuse_grid("{\"version\":1,\"sheets\":[{\"points\":[]}]}");
    refuse_grid("{\"version\":1,\"sheets\":[{\"name\":\"A\",\"points\":7}]}");
    refuse_grid("{\"version\":1,\"sheets\":[{\"name\":\"A\",\"points\":[{\"answer\":\"Oui\"}]}]}");
    refuse_grid("{\"version\":1,\"sheets\":[],\"fields\":3}");
    for (int i = 0; i < 300; i++)
        jv_add_take(columns, jv_object());
    jv_put_text(sheet, "name", "A");
    jv_put_take(sheet, "columns", columns);
    jv_put_take(sheet, "points", jv_array());
    jv_add_take(sheets, sheet);
    jv_put_int(doc, "version", 1);
    jv_put_take(doc, "sheets", sheets);
    assert_int_equal(jv_print(doc, false, &text, &e), 0);
    refuse_grid(buf_str(&text));
    buf_free(&text);
    jv_free(doc);
}

static void refuse_layout_as(const char *json, const char *id)
{
    struct err e = ERR_INIT;
    struct layout *layout = NULL;
    struct jv *doc = parse(json);

    assert_int_equal(layout_new(&layout, doc, &e), -1);
    assert_string_equal(e.id, id);
    jv_free(doc);
}

static void refuse_layout(const char *json)
{
    refuse_layout_as(json, "err.grid.layout-shape");
}

#define LAYOUT "{\"format\":\"paraphe-layout\",\"version\":1,"

/* A key that nobody reads would change nothing: it is a mistake of whoever wrote the file. */
static void keys_of_a_layout(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        LAYOUT "\"column\":{}}",
        LAYOUT "\"columns\":{\"answers\":[\"x\"]}}",
        LAYOUT "\"sheets\":{\"commun\":[\"x\"]}}",
        LAYOUT "\"types\":{\"application-webb\":[\"x\"]}}",
        LAYOUT "\"severities\":{\"haute\":[\"x\"]}}",
        LAYOUT "\"answers\":{\"Yes\":[\"x\"]}}",
        LAYOUT "\"fields\":[{\"id\":\"test_ends\",\"labels\":[\"x\"]}]}",
        LAYOUT "\"fields\":[{\"id\":\"test_end\",\"kind\":\"day\",\"labels\":[\"x\"]}]}",
        LAYOUT "\"fields\":[{\"id\":\"test_end\",\"label\":\"x\",\"labels\":[\"x\"]}]}",
        LAYOUT "\"value\":{\"direction\":\"left\"}}",
        LAYOUT "\"value\":{\"way\":\"right\"}}",
        LAYOUT "\"thresholds\":{\"at_limit\":\"passes\"}}",
        LAYOUT "\"thresholds\":{\"medium\":3}}",
        LAYOUT "\"expected_counts\":{\"web\":[1,2]}}",
    };
    static const char *const shapes[] = {
        LAYOUT "\"columns\":[]}",
        LAYOUT "\"columns\":{\"answer\":\"x\"}}",
        LAYOUT "\"answers\":{\"Oui\":[1]}}",
        LAYOUT "\"fields\":{}}",
        LAYOUT "\"fields\":[{\"id\":\"test_end\"}]}",
        LAYOUT "\"new_types\":[1],\"types\":{}}",
    };

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        refuse_layout_as(wrong[i], "err.grid.layout-key");
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
        refuse_layout(shapes[i]);

    struct err e = ERR_INIT;
    struct layout *layout = NULL;
    struct jv *doc = parse(LAYOUT "\"new_types\":[\"api\"],\"types\":{\"api\":[\"API\"]}}");
    assert_int_equal(layout_new(&layout, doc, &e), 0);
    assert_string_equal(layout_type(layout, "api"), "api");
    assert_string_equal(layout_type_declared(layout, "application web saas"), "application-web");
    assert_null(layout_type_declared(layout, "application web et mobile"));
    assert_string_equal(layout_severity(layout, "1 haute"), "Haute");
    assert_string_equal(layout_severity(layout, "gravite moyenne non eliminatoire"), "Moyenne");
    assert_null(layout_severity(layout, "moyenne a haute"));
    assert_null(layout_severity(layout, "moyenne plus"));
    layout_free(layout);
    jv_free(doc);
}

/* More names of types than a sentence has room for, and names with blanks and commas. */
static void many_types_of_a_layout(void **state)
{
    (void)state;
    enum { TYPES = 200 };
    struct buf text = BUF_INIT(1 << 20);
    struct layout *layout = NULL;
    struct err e = ERR_INIT;
    char last[64];

    buf_text(&text, LAYOUT "\"new_types\":[\"client, web\"");
    for (int i = 0; i < TYPES; i++)
        buf_format(&text, ",\"an-architecture-of-our-own-%d\"", i);
    buf_text(&text, "],\"types\":{\"client, web\":[\"Client et web\"]");
    for (int i = 0; i < TYPES; i++)
        buf_format(&text, ",\"an-architecture-of-our-own-%d\":[\"Essai %d\"]", i, i);
    buf_text(&text, "}}");
    struct jv *doc = parse(buf_str(&text));
    assert_int_equal(layout_new(&layout, doc, &e), 0);
    snprintf(last, sizeof last, "an-architecture-of-our-own-%d", TYPES - 1);
    assert_string_equal(layout_type(layout, "essai 199"), last);
    assert_string_equal(layout_type(layout, "client et web"), "client, web");
    layout_free(layout);
    jv_put_take(jv_get(doc, "types"), "web", jv_array());
    layout = NULL;
    assert_int_equal(layout_new(&layout, doc, &e), -1);
    assert_string_equal(e.id, "err.grid.layout-key");
    layout_free(layout);
    err_clear(&e);
    jv_free(doc);
    buf_free(&text);
}

static void layouts_of_another_shape(void **state)
{
    (void)state;
    refuse_layout("{\"format\":\"other\"}");
    refuse_layout("{\"format\":\"paraphe-layout\",\"version\":1,\"columns\":{\"answer\":[3]}}");
    refuse_layout(
        "{\"format\":\"paraphe-layout\",\"version\":1,\"fields\":[{\"labels\":[\"x\"]}]}");
}

static void refuse_rules(const char *json)
{
    struct err e = ERR_INIT;
    struct rules *rules = NULL;

    assert_int_equal(rules_parse(&rules, json, strlen(json), "test", &e), -1);
    assert_string_equal(e.id, "err.grid.ruleset-shape");
}

#define HEAD "{\"format\":\"paraphe-ruleset\",\"version\":1,\"id\":\"x\","

static void rule_sets_of_another_shape(void **state)
{
    (void)state;
    refuse_rules("{\"format\":\"paraphe-ruleset\",\"version\":1}");
    refuse_rules("[]");
    refuse_rules(HEAD "\"thresholds\":{\"age_years\":0}}");
    refuse_rules(HEAD "\"tabs\":[{\"name\":\"A\"}]}");
    refuse_rules(HEAD "\"tabs\":[{\"name\":\"A\",\"role\":\"type\"}]}");
    refuse_rules(HEAD "\"tabs\":[{\"name\":\"A\",\"role\":\"common\",\"points\":[{}]}]}");
    refuse_rules(HEAD "\"tabs\":[{\"name\":\"A\",\"role\":\"common\",\"points\":[{\"id\":\"1\"},{"
                      "\"id\":\"1\"}]}]}");
    refuse_rules(HEAD "\"information\":{\"fields\":[{\"id\":\"editor\"}]}}");
}

static void too_many_rule_sets(void **state)
{
    struct jv *extra = jv_array();
    struct rules_list list = {NULL, 0};
    struct err e = ERR_INIT;

    (void)state;
    for (int i = 0; i < 300; i++) {
        struct jv *o = jv_object();
        jv_put_text(o, "name", "n");
        jv_put_text(o, "text", HEAD "\"tabs\":[]}");
        jv_add_take(extra, o);
    }
    assert_int_equal(rules_list_load(&list, extra, &e), -1);
    assert_string_equal(e.id, "err.grid.rulesets-many");
    assert_int_equal(list.count, 0);
    jv_free(extra);
}

static void answers_and_identifiers(void **state)
{
    static const struct {
        const char *text;
        enum answer answer;
    } rows[] = {{"Oui", ANSWER_YES},
                {"  oUI\xc2\xa0", ANSWER_YES},
                {"non", ANSWER_NO},
                {"n/a", ANSWER_NA},
                {"NA", ANSWER_NA},
                {"", ANSWER_EMPTY},
                {" \n", ANSWER_EMPTY},
                {"oui.", ANSWER_INVALID},
                {"\xd0\x9e"
                 "ui",
                 ANSWER_INVALID},
                {"N / A", ANSWER_INVALID},
                {"Ou\xc4\xb1", ANSWER_INVALID}};
    static const char *const ids[] = {"C-01",
                                      "C19",
                                      "T-1",
                                      "1.2.3",
                                      "12",
                                      "ACC-03a",
                                      "R_7",
                                      "EXI-WEB-001",
                                      "\xc2\xa7"
                                      "4.2",
                                      "[W-3]",
                                      "V2.1 (L1)",
                                      "C\xe2\x80\x91"
                                      "01",
                                      "T 12",
                                      "MSTG-AUTH-11",
                                      "1."};
    static const char *const no_ids[] = {
        "",       "Total",     "Base commune",         "C-",           "2026-11-23T10", "12345678",
        "C-01 x", "voir (L1)", "C-01 (voir plus bas)", "ABSOLUMENT-1", "C--01",         "\u201101"};

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct form_value v = {.text = rows[i].text, .type = CELL_TEXT};
        assert_int_equal(answer_of(&v), rows[i].answer);
        v.flags = CELL_FORMULA;
        assert_int_equal(answer_of(&v), ANSWER_INVALID);
    }
    struct form_value boolean = {.text = "Oui", .type = CELL_BOOL};
    assert_int_equal(answer_of(&boolean), ANSWER_INVALID);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++)
        assert_true(form_id_plausible(ids[i]));
    for (size_t i = 0; i < sizeof no_ids / sizeof no_ids[0]; i++)
        assert_false(form_id_plausible(no_ids[i]));
}

static void blanks_and_doubtful_characters(void **state)
{
    char text[] = "\xc2\xa0 a\n\n b\xe2\x80\xaf"
                  "c ";

    (void)state;
    clean_blanks(text);
    assert_string_equal(text, "a b c");
    assert_true(clean_is_void(" \xe2\x80\x8b\xef\xbb\xbf\n"));
    assert_false(clean_is_void(" ."));
    assert_true(clean_has_bidi("a\xe2\x80\xae"));
    assert_true(clean_has_bidi("\xe2\x81\xa9"));
    assert_false(clean_has_bidi("\xe2\x80\x99 \xe2\x82\xac"));
    assert_true(clean_has_control("a\x0b"));
    assert_true(clean_has_control("\xc2\x9f"));
    assert_false(clean_has_control("a\tb\r\n\xc2\xa0"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grids_of_another_shape),
        cmocka_unit_test(layouts_of_another_shape),
        cmocka_unit_test(keys_of_a_layout),
        cmocka_unit_test(many_types_of_a_layout),
        cmocka_unit_test(rule_sets_of_another_shape),
        cmocka_unit_test(too_many_rule_sets),
        cmocka_unit_test(answers_and_identifiers),
        cmocka_unit_test(blanks_and_doubtful_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

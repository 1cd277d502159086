#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "dossier/dossier.h"
#include "tests/unit/remove_tree.h"

static char top[64];

static char *in_top(const char *name)
{
    return path_join(top, name);
}

static void put(const char *name, const char *text)
{
    char *path = in_top(name);

    assert_int_equal(file_put(path, text, strlen(text), true, NULL), 0);
    free(path);
}

static struct dossier *fresh(const char *name)
{
    struct dossier_identity identity = {"Solution", NULL, NULL};
    struct dossier *d = NULL;
    struct err e = ERR_INIT;
    char *folder = in_top(name);

    assert_int_equal(dossier_create(folder, &identity, &d, &e), 0);
    free(folder);
    return d;
}

static const char *add_form(struct dossier *d, const char *name, const char *kind, const char *type)
{
    struct err e = ERR_INIT;
    const char *id = NULL;
    char *path = in_top(name);
    struct dossier_source source = {path, ".xlsx"};

    assert_int_equal(dossier_add_form(d, &source, kind, type, NULL, &id, &e), 0);
    free(path);
    return id;
}

static struct jv *facts(const char *text)
{
    struct jv *v = jv_parse(text, strlen(text), "facts", NULL);

    assert_non_null(v);
    return v;
}

static bool part_only; /* as what an auditor hands over */

/* "code code ..." of all problems, in order, and the status. */
static int assess(const struct dossier *d, const char *facts_text, bool allow, char *codes)
{
    struct dossier_rules rules = {{2026, 11, 25}, allow, part_only};
    struct jv *given = facts(facts_text), *out;
    char sentence[512], remedy[512];

    codes[0] = '\0';
    out = dossier_assess(d, given, &rules);
    for (size_t i = 0; i <= jv_count(jv_get(out, "components")); i++) {
        const struct jv *at =
            i < jv_count(jv_get(out, "components")) ? jv_at(jv_get(out, "components"), i) : out;
        const struct jv *problems = jv_get(at, "problems");
        for (size_t k = 0; k < jv_count(problems); k++) {
            strcat(codes, jv_get_text(jv_at(problems, k), "code"));
            strcat(codes, " ");
            dossier_say_problem(jv_at(problems, k), sentence, sizeof sentence, remedy,
                                sizeof remedy);
            assert_null(strstr(sentence, "dossier."));
        }
    }
    int status = (int)jv_get_int(out, "status", -1);
    assert_int_equal(jv_get_bool(out, "complete"), status == 0);
    jv_free(out);
    jv_free(given);
    return status;
}

#define GRID(kind, outcome, until)                                                                 \
    "\"form\":\"ok\",\"report\":\"ok\",\"grid\":{\"kind\":\"" kind                                 \
    "\",\"completeness\":\"complete\",\"outcome\":\"" outcome "\",\"deposit_until\":\"" until      \
    "\",\"fields\":[{\"id\":\"solution\",\"value\":\"Sol\"}]}"
#define VALID                                                                                      \
    "\"verdict\":{\"verdict\":\"valid\",\"signatures\":[{\"indication\":\"TOTAL-PASSED\"}]}"

#define TOLD(kind, type, solution, version, editor)                                                \
    "\"form\":\"ok\",\"report\":\"ok\",\"grid\":{\"form\":{\"name\":\"" type                       \
    ".xlsx\"},\"kind\":\"" kind "\",\"type\":\"" type                                              \
    "\",\"completeness\":\"complete\",\"outcome\":\"met\",\"deposit_until\":\"2027-01-01\","       \
    "\"fields\":[{\"id\":\"solution\",\"value\":\"" solution                                       \
    "\"},{\"id\":\"solution_version\",\"value\":\"" version                                        \
    "\"},{\"id\":\"editor\",\"value\":\"" editor "\"}]}," VALID

#define PLAIN "report-without-data report-without-data report-without-data "
/* What `check` says of the same forms is not forgotten when they are deposited. */
static void forms_that_contradict_each_other(void **state)
{
    static const struct {
        const char *mobile, *proxy, *codes;
        int status;
    } rows[] = {
        {TOLD("lps", "application-mobile", "Sol", "7", "Ed"),
         TOLD("proxy", "proxy-psc", "Gate", "2", "Ed"), "", 0},
        {TOLD("lps", "application-mobile", "Sol", "8", "Ed"),
         TOLD("proxy", "proxy-psc", "Gate", "2", "Ed"), "version-differs ", 3},
        {TOLD("lps", "application-mobile", "Sol", "7", "Other"),
         TOLD("proxy", "proxy-psc", "Gate", "2", "Ed"), "editor-differs proxy-editor-differs ", 3},
        {TOLD("lps", "application-mobile", "Moon", "8", "Ed"),
         TOLD("proxy", "proxy-psc", "Gate", "2", "Ed"), "solution-differs ", 0},
        {TOLD("lps", "application-mobile", "Sol", "7", "Ed"),
         TOLD("proxy", "proxy-psc", "Gate", "2", "Other"),
         "proxy-editor-differs proxy-editor-differs ", 0},
        {TOLD("lps", "application-web", "Sol", "7", "Ed"),
         TOLD("proxy", "proxy-psc", "Gate", "2", "Ed"), "same-part ", 3},
    };
    struct dossier *d = fresh("t");
    char codes[512], given[4096];

    (void)state;
    put("t1.xlsx", "one");
    put("t2.xlsx", "two");
    put("t3.xlsx", "three");
    add_form(d, "t1.xlsx", "lps", "application-web");
    add_form(d, "t2.xlsx", "lps", "application-mobile");
    add_form(d, "t3.xlsx", "proxy", "proxy-psc");
    put("t.pdf", "%PDF");
    char *path = in_top("t.pdf");
    struct dossier_source report = {path, ".pdf"};
    for (size_t i = 0; i < 3; i++) {
        const char *id = jv_get_text(jv_at(dossier_components(d), i), "id"), *same = NULL;
        assert_int_equal(dossier_add_report(d, &report, NULL, id, &same, NULL), 0);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(given, sizeof given,
                 "{\"lps-application-web\":{%s},\"lps-application-mobile\":{%s},"
                 "\"proxy\":{%s}}",
                 TOLD("lps", "application-web", "Sol", "7", "Ed"), rows[i].mobile, rows[i].proxy);
        assert_int_equal(assess(d, given, false, codes), rows[i].status);
        assert_memory_equal(codes, PLAIN, strlen(PLAIN));
        assert_string_equal(codes + strlen(PLAIN), rows[i].codes);
    }
    free(path);
    dossier_free(d);
}

#define GATE(verdict, outcome, until, fields)                                                      \
    "\"form\":\"ok\",\"report\":\"ok\",\"grid\":{\"kind\":\"proxy\",\"type\":\"proxy-psc\","       \
    "\"completeness\":\"complete\",\"verdict\":\"" verdict "\",\"outcome\":\"" outcome             \
    "\",\"deposit_until\":\"" until "\",\"fields\":[" fields "]}"
#define FIELD(id, value) "{\"id\":\"" id "\",\"value\":\"" value "\"}"

/* A valid re-evaluation stands for the form that it takes up again: that one is neither one more
 * proxy nor rejected nor too old, and its report is not asked for; until then it counts. */
static void forms_that_are_history(void **state)
{
    static const struct {
        const char *again, *other, *codes;
        int status;
    } rows[] = {
        {GATE("validé", "met", "2027-01-01",
              FIELD("reevaluation", "Oui") "," FIELD("initial_reference", "R-1")) "," VALID,
         "", "report-without-data ", 0},
        {GATE("formulaire invalide", "met", "2027-01-01",
              FIELD("reevaluation", "Oui") "," FIELD("initial_reference", "R-1")) "," VALID,
         "", "form-expired form-rejected-handed no-report report-without-data several-proxies ", 3},
        {GATE("validé", "met", "2027-01-01",
              FIELD("reevaluation", "Oui") "," FIELD("initial_reference", "R-1")) "," VALID,
         ",\"proxy-3\":{" GATE("validé", "met", "2027-01-01", FIELD("infrastructure", "B")) "}",
         "report-without-data no-report several-proxies ", 3},
    };
    char codes[512], given[4096], *path;

    (void)state;
    part_only = true; /* no software is asked for */
    put("h.pdf", "%PDF");
    path = in_top("h.pdf");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char name[8] = "h0";
        name[1] = (char)('0' + i);
        struct dossier *d = fresh(name);
        struct dossier_source report = {path, ".pdf"};
        const char *same = NULL;
        put("h1.xlsx", "one");
        put("h2.xlsx", "two");
        put("h3.xlsx", "three");
        add_form(d, "h1.xlsx", "proxy", "proxy-psc");
        add_form(d, "h2.xlsx", "proxy", "proxy-psc");
        if (*rows[i].other != '\0')
            add_form(d, "h3.xlsx", "proxy", "proxy-psc");
        assert_int_equal(dossier_add_report(d, &report, NULL, "proxy-2", &same, NULL), 0);
        snprintf(given, sizeof given, "{\"proxy\":{%s},\"proxy-2\":{%s}%s}",
                 GATE("non validé", "not-met", "2026-01-01", FIELD("form_reference", "R-1")),
                 rows[i].again, rows[i].other);
        assert_int_equal(assess(d, given, false, codes), rows[i].status);
        assert_string_equal(codes, rows[i].codes);
        dossier_free(d);
    }
    part_only = false;
    free(path);
}

static void complete_or_what_is_missing(void **state)
{
    struct dossier *d = fresh("a");
    struct err e = ERR_INIT;
    char codes[512];
    const char *id = NULL;

    (void)state;
    assert_int_equal(assess(d, "{}", false, codes), 3);
    assert_string_equal(codes, "no-lps no-proxy ");
    put("f1.xlsx", "one");
    assert_string_equal(add_form(d, "f1.xlsx", "lps", "application-web"), "lps-application-web");
    assert_string_equal(add_form(d, "f1.xlsx", "lps", "application-web"), "lps-application-web");
    assert_int_equal(jv_count(dossier_components(d)), 1);
    assert_int_equal(dossier_declare_proxy(d, "Société", NULL, &e), 0);
    assess(d, "{\"lps-application-web\":{" GRID("lps", "met", "2027-01-01") "}}", false, codes);
    assert_string_equal(codes, "no-report no-reference ");
    assert_int_equal(dossier_declare_proxy(d, "Société", "NRU-1", &e), 0);
    put("r1.pdf", "%PDF");
    char *path = in_top("r1.pdf");
    struct dossier_source report = {path, ".pdf"};
    assert_int_equal(dossier_add_report(d, &report, "00", NULL, &id, &e), -1);
    assert_string_equal(e.id, "err.dossier.report-no-form");
    const char *sum =
        jv_get_text(jv_get(dossier_component(d, "lps-application-web"), "form"), "sha256");
    assert_int_equal(dossier_add_report(d, &report, sum, NULL, &id, &e), 0);
    assert_string_equal(id, "lps-application-web");
    free(path);
    char text[1024];
    snprintf(text, sizeof text, "{\"lps-application-web\":{%s,%s,\"report_form\":\"%s\"}}",
             GRID("lps", "met", "2027-01-01"), VALID, sum);
    assert_int_equal(assess(d, text, false, codes), 0);
    assert_string_equal(codes, "");
    snprintf(text, sizeof text, "{\"lps-application-web\":{%s,%s,\"report_form\":\"00\"}}",
             GRID("lps", "met", "2026-12-01"), VALID);
    assert_int_equal(assess(d, text, false, codes), 3);
    assert_string_equal(codes, "expires-soon report-other-form ");
    snprintf(text, sizeof text, "{\"lps-application-web\":{%s,%s}}",
             GRID("lps", "not-met", "2026-11-24"), VALID);
    assert_int_equal(assess(d, text, false, codes), 3);
    assert_string_equal(codes, "form-expired form-rejected report-without-data ");
    snprintf(text, sizeof text, "{\"lps-application-web\":{%s,%s}}",
             GRID("lps", "not-met", "2026-11-25"), VALID);
    assert_int_equal(assess(d, text, false, codes), 11);
    assert_int_equal(assess(d, text, true, codes), 0);
    assert_string_equal(codes, "expires-soon form-rejected-allowed report-without-data ");
    part_only = true; /* a hand-over */
    assert_int_equal(assess(d, text, false, codes), 0);
    assert_string_equal(codes, "expires-soon form-rejected-handed report-without-data ");
    part_only = false;
    assert_int_equal(dossier_save(d, &e), 0);
    dossier_free(d);
}

static void signatures_weigh(void **state)
{
    static const struct {
        const char *verdict, *code;
        int status;
    } cases[] = {
        {"{\"verdict\":\"unsigned\"}", "report-unsigned ", 6},
        {"{\"verdict\":\"invalid\",\"reason\":\"x\"}", "report-invalid ", 6},
        {"{\"verdict\":\"unreadable\"}", "report-unreadable ", 4},
        {"null", "report-unreadable ", 4},
        {"{\"verdict\":\"undetermined\",\"signatures\":[]}", "report-undetermined ", 6},
        {"{\"verdict\":\"undetermined\",\"signatures\":[{\"indication\":\"INDETERMINATE\",\"sub_"
         "indication\":\"NO_CERTIFICATE_CHAIN_FOUND\",\"modified\":false}]}",
         "issuer-unlinked ", 0},
        {"{\"verdict\":\"undetermined\",\"signatures\":[{\"indication\":\"INDETERMINATE\",\"sub_"
         "indication\":\"NO_CERTIFICATE_CHAIN_FOUND\",\"modified\":true}]}",
         "report-undetermined ", 6},
        {"{\"verdict\":\"undetermined\",\"signatures\":[{\"indication\":\"INDETERMINATE\",\"sub_"
         "indication\":\"REVOKED_NO_POE\"}]}",
         "report-undetermined ", 6},
    };
    struct dossier *d = fresh("b");
    struct err e = ERR_INIT;
    char codes[512], text[1024];
    const char *id = NULL;

    (void)state;
    put("f.xlsx", "f");
    put("r.pdf", "r");
    add_form(d, "f.xlsx", "lps", NULL);
    char *path = in_top("r.pdf");
    struct dossier_source report = {path, ".pdf"};
    assert_int_equal(dossier_add_report(d, &report, NULL, NULL, &id, &e), 0);
    assert_int_equal(dossier_add_report(d, &report, NULL, NULL, &id, &e), -1);
    assert_string_equal(e.id, "err.dossier.report-whose");
    assert_int_equal(dossier_exempt_proxy(d, "PSC direct", &e), 0);
    const char *sum =
        jv_get_text(jv_get(dossier_component(d, id = "lps-sans-type"), "form"), "sha256");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        snprintf(text, sizeof text, "{\"%s\":{%s,\"verdict\":%s,\"report_form\":\"%s\"}}", id,
                 GRID("lps", "met", "2027-11-01"), cases[i].verdict, sum);
        assert_int_equal(assess(d, text, false, codes), cases[i].status);
        assert_string_equal(codes, cases[i].code);
    }
    free(path);
    dossier_free(d);
}

static void manifests_stay_inside(void **state)
{
    static const char *const bad[] = {
        "{}",
        "[]",
        "{\"format\":\"paraphe-dossier\",\"version\":2}",
        "{\"format\":\"paraphe-dossier\",\"version\":1,\"solution\":{},\"editor\":{},"
        "\"components\":{},\"proofs\":[]}",
        "{\"format\":\"paraphe-dossier\",\"version\":1,\"solution\":{},\"editor\":{},"
        "\"components\":[{\"id\":\"a\",\"kind\":\"lps\",\"form\":{\"path\":\"../"
        "x\",\"sha256\":\"0000000000000000000000000000000000000000000000000000000000000000\","
        "\"bytes\":1}}],\"proofs\":[]}",
        "{\"format\":\"paraphe-dossier\",\"version\":1,\"solution\":{},\"editor\":{},"
        "\"components\":[{\"id\":\"../a\",\"kind\":\"lps\"}],\"proofs\":[]}",
        "{\"format\":\"paraphe-dossier\",\"version\":1,\"solution\":{},\"editor\":{},"
        "\"components\":[{\"id\":\"a\",\"kind\":\"lps\"},{\"id\":\"a\",\"kind\":\"lps\"}],"
        "\"proofs\":[]}",
        "{\"format\":\"paraphe-dossier\",\"version\":1,\"solution\":{},\"editor\":{},"
        "\"components\":[{\"id\":\"a\",\"kind\":\"autre\"}],\"proofs\":[]}",
        "{\"format\":\"paraphe-dossier\",\"version\":1,\"solution\":{\"name\":[]},\"editor\":{},"
        "\"components\":[],\"proofs\":[]}",
        "{\"format\":\"paraphe-dossier\",\"version\":1,\"solution\":{},\"editor\":{},"
        "\"components\":[],\"proofs\":[{\"id\":\"p\"}]}",
    };
    struct err e = ERR_INIT;
    struct dossier *d = NULL;
    char *folder = in_top("hostile");

    (void)state;
    assert_int_equal(mkdir(folder, 0700), 0);
    assert_int_equal(dossier_load(folder, &d, &e), -1);
    assert_string_equal(e.id, "err.dossier.none");
    put("hostile/rapport.pdf", "%PDF-1.7");
    assert_int_equal(dossier_load(folder, &d, &e), -1);
    assert_string_equal(e.id, "err.dossier.other"); /* init refuses a folder that is not empty */
    char *file = in_top("hostile/rapport.pdf"), *absent = in_top("hostile/absent");
    assert_int_equal(dossier_load(file, &d, &e), -1);
    assert_string_equal(e.id, "err.dossier.file");
    assert_int_equal(dossier_load(absent, &d, &e), -1);
    assert_string_equal(e.id, "err.dossier.missing");
    free(file);
    free(absent);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        put("hostile/dossier.json", bad[i]);
        assert_int_equal(dossier_load(folder, &d, &e), -1);
        assert_int_equal(e.kind, ERR_INPUT);
    }
    free(folder);
}

static void files_are_followed_by_digest(void **state)
{
    struct dossier *d = fresh("c");
    struct err e = ERR_INIT;
    enum dossier_file_state file_state;
    int fd = -1;

    (void)state;
    put("g.xlsx", "content");
    const char *id = add_form(d, "g.xlsx", "proxy", "proxy-psc");
    const struct jv *file = jv_get(dossier_component(d, id), "form");
    assert_int_equal(dossier_open(d, file, &fd, &file_state, &e), 0);
    assert_int_equal(file_state, DOSSIER_FILE_OK);
    close(fd);
    char *copy = in_top("c/forms/proxy.xlsx"), *other = in_top("g.xlsx");
    put("c/forms/proxy.xlsx", "cOntent");
    assert_int_equal(dossier_open(d, file, &fd, &file_state, &e), 0);
    assert_int_equal(file_state, DOSSIER_FILE_CHANGED);
    assert_int_equal(unlink(copy), 0);
    assert_int_equal(symlink(other, copy), 0); /* the same bytes, but outside */
    assert_int_equal(dossier_open(d, file, &fd, &file_state, &e), 0);
    assert_int_equal(file_state, DOSSIER_FILE_MISSING);
    assert_int_equal(fd, -1);
    assert_int_equal(dossier_exempt_proxy(d, "x", &e), -1);
    assert_string_equal(e.id, "err.dossier.proxy-there");
    free(copy);
    free(other);
    dossier_free(d);
}

static void not_too_many(void **state)
{
    struct dossier *d = fresh("many");
    struct err e = ERR_INIT;
    const char *id = NULL;
    char *path = in_top("n.xlsx"), text[16];
    struct dossier_source source = {path, ".xlsx"};
    int forms = 0, proofs = 0;

    (void)state;
    for (;; forms++) {
        snprintf(text, sizeof text, "f%d", forms);
        put("n.xlsx", text);
        if (dossier_add_form(d, &source, "lps", "application-web", NULL, &id, &e) != 0)
            break;
    }
    assert_int_equal(forms, DOSSIER_COMPONENTS_MAX);
    assert_string_equal(e.id, "err.dossier.too-many");
    for (;; proofs++) {
        snprintf(text, sizeof text, "p%d", proofs);
        put("n.xlsx", text);
        if (dossier_add_proof(d, &source, "t", &id, &e) != 0)
            break;
    }
    assert_int_equal(proofs, DOSSIER_PROOFS_MAX);
    assert_int_equal(dossier_save(d, &e), 0);
    free(path);
    dossier_free(d);
    path = in_top("many");
    assert_int_equal(dossier_load(path, &d, &e), 0);
    free(path);
    dossier_free(d);
}

static int make_top(void **state)
{
    (void)state;
    /* in memory where possible: thousands of syncs */
    strcpy(top, access("/dev/shm", W_OK) == 0 ? "/dev/shm/paraphe-unit.XXXXXX"
                                              : "/tmp/paraphe-unit.XXXXXX");
    return mkdtemp(top) != NULL ? 0 : -1;
}

static int remove_top(void **state)
{
    (void)state;
    return remove_tree(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms_that_contradict_each_other),
        cmocka_unit_test(forms_that_are_history),
        cmocka_unit_test(complete_or_what_is_missing),
        cmocka_unit_test(signatures_weigh),
        cmocka_unit_test(manifests_stay_inside),
        cmocka_unit_test(files_are_followed_by_digest),
        cmocka_unit_test(not_too_many),
    };

    text_lang_set("fr");
    return cmocka_run_group_tests(tests, make_top, remove_top);
}

/* Acts of the program on what changed between two looks. */
#include <fcntl.h>
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

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "cmd/act_bundle.h"
#include "cmd/act_findings.h"
#include "cmd/act_report.h"
#include "dossier/dossier.h"
#include "tests/refuse.h"
#include "tests/unit/own_folder.h"

/* What was judged has another digest than what lies there now. */
static void a_report_that_changed_since_it_was_judged(void **state)
{
    static const char text[] =
        "{\"status\":0,\"components\":[{\"id\":\"lps\",\"kind\":\"lps\",\"problems\":[],"
        "\"report\":{\"path\":\"r.pdf\",\"sha256\":"
        "\"0000000000000000000000000000000000000000000000000000000000000000\",\"bytes\":1}}],"
        "\"proofs\":[],\"problems\":[]}";
    struct dossier_identity identity = {"S", "1", "E"};
    struct dossier *d = NULL;
    struct jv *status = jv_parse(text, sizeof text - 1, "status", NULL), *manifest = NULL;
    struct act_bundle_request request = {.status = status, .out = "out", .deposit = {2026, 11, 25}};
    bool already = false;
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(dossier_create("dossier", &identity, &d, NULL), 0);
    assert_int_equal(file_put("dossier/r.pdf", "x", 1, false, NULL), 0);
    request.dossier = d;
    assert_int_equal(act_bundle(&request, &manifest, &already, &e), -1);
    assert_string_equal(e.id, "err.submit-bundle.changed");
    assert_int_not_equal(access("out", F_OK), 0);
    dossier_free(d);
    jv_free(status);
}

static void a_form_that_changed_since_it_was_checked(void **state)
{
    struct jv *grid = jv_object(), *form = jv_object(), *out = NULL;
    struct act_report_request request = {.grid = grid,
                                         .form = "f.xlsx",
                                         .output = "r.pdf",
                                         .lang = "fr",
                                         .attach = "form,data",
                                         .producer = "x"};
    struct runner nobody = {.self = NULL};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(file_put("f.xlsx", "x", 1, false, NULL), 0);
    jv_put_text(form, "sha256", "00");
    jv_put_take(grid, "form", form);
    assert_int_equal(act_report(&nobody, &request, &out, &e), -1);
    assert_string_equal(e.id, "err.cmd.report-changed");
    assert_int_not_equal(access("r.pdf", F_OK), 0);
    jv_free(grid);
}

static int findings(void *self)
{
    struct buf out = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;

    int rc = findings_xlsx(self, TEXT_FR, &out, &e);
    buf_free(&out);
    return rc != -1 || strcmp(e.id, "err.cmd.findings-write") != 0;
}

static void a_list_that_cannot_be_written(void **state)
{
    static const struct refuse list[] = {{SYS_write, -1, 0, ENOSPC}, {SYS_writev, -1, 0, ENOSPC}};
    struct jv *forms = jv_array();
    struct buf out = BUF_INIT(1 << 20);

    (void)state;
    assert_int_equal(findings_xlsx(forms, TEXT_FR, &out, NULL), 0); /* loads the library */
    assert_true(out.len > 0);
    assert_true(refused_run(list, 2, findings, forms));
    buf_free(&out);
    jv_free(forms);
}

static void a_report_that_cannot_be_read_back(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(act_report_put(-1, "r.pdf", &e), -1);
    assert_string_equal(e.id, "err.base.file-read");
    assert_int_not_equal(access("r.pdf", F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_that_cannot_be_read_back),
        cmocka_unit_test(a_list_that_cannot_be_written),
        cmocka_unit_test(a_report_that_changed_since_it_was_judged),
        cmocka_unit_test(a_form_that_changed_since_it_was_checked),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

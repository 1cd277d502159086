/* The ends of the verifier's patience, and files whose form is no tree of fields. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
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
#include "pdf/file/pdf.h"
#include "tests/unit/make_pdf.h"
#include "verify/diff.h"
#include "verify/sig.h"
#include "verify/verify.h"

static void changes_and_depth(void **state)
{
    enum { CHANGES_MAX = 100000, DEPTH_MAX = 64 };
    struct step step = {.count = CHANGES_MAX};
    struct effort effort = {.work = 100000000};
    struct diff d = {.step = &step, .effort = &effort};
    struct pdf_value *v = pdf_make_array();
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(diff_add(&d, GRADE_NEVER, "page", NULL, NULL, &e), -1);
    assert_string_equal(e.id, "err.verify.changes-many");
    assert_int_equal(diff_work(&d, 0, &e), 0);
    assert_int_equal(diff_work(&d, 1, &e), -1);
    assert_string_equal(e.id, "err.verify.comparisons-many");
    assert_int_equal(diff_explain_new(&d, v, DEPTH_MAX + 1, &e), -1);
    assert_string_equal(e.id, "err.verify.depth");
    pdf_value_free(v);
}

/* Asked for a number, the rows of each revision are looked up; an update that makes readers rebuild
 * the list has the signed bytes looked through, once for nothing. */
static void what_is_looked_through(void **state)
{
    static const char *const objects[] = {"<</Type/Catalog/Pages 2 0 R>>",
                                          "<</Type/Pages/Kids[]/Count 0>>"};
    struct effort effort = {0};
    struct awaited awaited = {0};
    struct sigs *sigs = calloc(1, sizeof *sigs);
    struct diff d = {.effort = &effort, .sigs = sigs, .awaited = &awaited, .to = 400};
    struct err e = ERR_INIT;
    int fd = made_pdf(objects, 2);
    char text[1000] = "", *word;

    (void)state;
    assert_non_null(sigs);
    assert_true(pread(fd, text, sizeof text - 1, 0) > 0);
    word = strstr(text, "startxref\n");
    assert_non_null(word);
    assert_int_equal(pwrite(fd, " ", 1, word - text + 9), 1);
    assert_int_equal(pdf_open(&d.pdf, fd, NULL, &e), 0);
    assert_true(pdf_revision_odd(d.pdf, 0));
    assert_true(diff_matters(&d, 1));
    assert_int_equal(effort.work, 100);
    d.to = 0;
    assert_int_equal(diff_dormant(&d, 128, &e), 0);
    assert_true(effort.searched);
    assert_int_equal(effort.work, 100);
    assert_int_equal(diff_dormant(&d, 128, &e), 0);
    assert_int_equal(effort.work, 102);
    effort.work = 99999999;
    assert_int_equal(diff_dormant(&d, 128, &e), -1);
    assert_string_equal(e.id, "err.verify.comparisons-many");
    pdf_close(d.pdf);
    close(fd);
    free(sigs);
}

static void signatures(void **state)
{
    struct sigs *s = calloc(1, sizeof *s);
    struct err e = ERR_INIT;

    (void)state;
    assert_non_null(s);
    s->count = SIG_MAX;
    assert_null(sig_new(s, &e));
    assert_string_equal(e.id, "err.verify.signatures-many");
    free(s);
}

static struct runner here(void)
{
    static struct task table[3];

    table[0] = verify_read_task;
    table[1] = verify_text_task;
    return runner_here(table);
}

/* The verdict is "unreadable", and says why. */
static void unreadable(int fd, const char *id)
{
    struct runner runner = here();
    struct verify_request request = {.name = "file"};
    struct jv *verdict = NULL;

    assert_int_equal(verify_file(&runner, fd, &request, NULL, &verdict, NULL), 0);
    assert_string_equal(jv_get_text(verdict, "verdict"), "unreadable");
    assert_string_equal(jv_get_text(verdict, "code"), id);
    jv_free(verdict);
    close(fd);
}

static void kids_that_are_no_references(void **state)
{
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
        "<</T(a)/Kids[<</T(b)/FT/Tx>>]>>",
    };

    (void)state;
    unreadable(made_pdf(objects, 4), "err.verify.field-tree");
}

/* A chain of fields deeper than is followed. */
static int deep_form(void)
{
    enum { DEEP = 80 };
    char text[DEEP][48];
    const char *objects[3 + DEEP] = {"<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>",
                                     "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                     "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"};

    for (int i = 0; i < DEEP; i++) {
        snprintf(text[i], sizeof text[i], "<</T(a)/Kids[%d 0 R]>>", 5 + i);
        objects[3 + i] = i + 1 < DEEP ? text[i] : "<</T(a)/FT/Tx>>";
    }
    return made_pdf(objects, 3 + DEEP);
}

static void fields_too_deep(void **state)
{
    (void)state;
    unreadable(deep_form(), "err.verify.field-tree");
}

/* The comparison of two revisions follows the same tree. */
static void changed_fields_too_deep(void **state)
{
    struct step step = {0};
    struct diff d = {.step = &step};
    struct pdf *pdf = NULL;
    struct pdf_value *old = NULL, *now = NULL;
    struct err e = ERR_INIT;
    int fd = deep_form();

    (void)state;
    assert_int_equal(pdf_open(&pdf, fd, NULL, &e), 0);
    d.pdf = pdf;
    d.limit = 200;
    d.explained = calloc(1, 200);
    d.widgets = calloc(1, 200);
    assert_int_equal(pdf_load(pdf, (struct pdf_ref){1, 0}, 0, &old, NULL), 0);
    assert_int_equal(pdf_load(pdf, (struct pdf_ref){1, 0}, 0, &now, NULL), 0);
    assert_int_equal(diff_form(&d, old, now, &e), -1);
    assert_string_equal(e.id, "err.verify.field-tree");
    pdf_value_free(old);
    pdf_value_free(now);
    step_free(&step);
    free(d.explained);
    free(d.widgets);
    pdf_close(pdf);
    close(fd);
}

static void pages_without_end(void **state)
{
    enum { PAGES = 5001 };
    struct buf kids = BUF_INIT(1 << 20);
    const char *objects[] = {"<</Type/Catalog/Pages 2 0 R>>", NULL,
                             "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"};
    struct runner runner = here();
    struct jv *text = NULL;
    struct err e = ERR_INIT;

    (void)state;
    buf_text(&kids, "<</Type/Pages/Kids[");
    for (int i = 0; i < PAGES; i++)
        buf_text(&kids, "3 0 R ");
    buf_format(&kids, "]/Count %d>>", PAGES);
    objects[1] = buf_str(&kids);
    int fd = made_pdf(objects, 3);
    assert_int_equal(verify_text(&runner, fd, -1, NULL, 0, &text, &e), -1);
    assert_string_equal(e.id, "err.verify.pages-many");
    close(fd);
    buf_free(&kids);
}

static void what_is_not_signed_is_not_intact(void **state)
{
    static const char *const objects[] = {"<</Type/Catalog/Pages 2 0 R>>",
                                          "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                                          "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"};
    struct runner runner = here();
    struct err e = ERR_INIT;
    int fd = made_pdf(objects, 3);

    (void)state;
    assert_int_equal(verify_integrity(&runner, fd, "file", NULL, 0, &e), -1);
    assert_string_equal(e.id, "err.verify.not-intact");
    assert_int_equal(e.kind, ERR_SIGNATURE);
    close(fd);
}

/* Somebody says that more has arrived than the file holds. */
static int all_of_it(const struct task_io *io, const void *question, size_t len, struct buf *answer,
                     struct err *e)
{
    (void)io;
    (void)question;
    (void)len;
    buf_text(answer, "{\"to\":10}");
    return buf_check(answer, e);
}

static void a_copy_that_is_shorter_than_said(void **state)
{
    static const char params[] = "{\"arriving\":10,\"digest\":\"SHA256\"}";
    struct buf reply = BUF_INIT(1 << 16);
    struct err e = ERR_INIT;
    int fd = file_seal_bytes("file", "abc", 3, NULL);
    struct task_io io = {.fds = &fd,
                         .nfds = 1,
                         .params = (const unsigned char *)params,
                         .params_len = sizeof params - 1,
                         .reply = &reply,
                         .ask = all_of_it};

    (void)state;
    assert_int_equal(verify_watch_task.run(&io, &e), -1);
    assert_string_equal(e.id, "err.base.file-read");
    close(fd);
    buf_free(&reply);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(changes_and_depth),
        cmocka_unit_test(what_is_looked_through),
        cmocka_unit_test(signatures),
        cmocka_unit_test(kids_that_are_no_references),
        cmocka_unit_test(fields_too_deep),
        cmocka_unit_test(changed_fields_too_deep),
        cmocka_unit_test(pages_without_end),
        cmocka_unit_test(what_is_not_signed_is_not_intact),
        cmocka_unit_test(a_copy_that_is_shorter_than_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

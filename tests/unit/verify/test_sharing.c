/* Files in which lists and objects are shared again and again: what is looked at has an end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "pdf/file/pdf.h"
#include "tests/unit/make_pdf.h"
#include "verify/diff.h"
#include "verify/sig.h"

static const char pages[] = "<</Type/Pages/Kids[3 0 R]/Count 1>>";
static const char page[] = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>";
enum { ALMOST = 99999999 };

struct sharing {
    int fd;
    struct pdf *pdf;
    struct pdf_value *old, *now; /* the catalog, twice */
    struct effort effort;
    struct awaited awaited;
    struct step step;
    struct diff d;
};

static void case_open(struct sharing *f, int fd, size_t n)
{
    *f = (struct sharing){.fd = fd};
    assert_int_equal(pdf_open(&f->pdf, f->fd, NULL, NULL), 0);
    assert_int_equal(pdf_load(f->pdf, (struct pdf_ref){1, 0}, 0, &f->old, NULL), 0);
    assert_int_equal(pdf_load(f->pdf, (struct pdf_ref){1, 0}, 0, &f->now, NULL), 0);
    f->d = (struct diff){.pdf = f->pdf,
                         .limit = (uint32_t)n + 1,
                         .step = &f->step,
                         .awaited = &f->awaited,
                         .effort = &f->effort};
    f->d.explained = calloc(1, n);
    f->d.widgets = calloc(1, n);
    assert_non_null(f->d.explained);
    assert_non_null(f->d.widgets);
}

static void case_close(struct sharing *f)
{
    step_free(&f->step);
    free(f->d.explained);
    free(f->d.widgets);
    pdf_value_free(f->old);
    pdf_value_free(f->now);
    pdf_close(f->pdf);
    close(f->fd);
}

static void repeat(struct buf *b, const char *what, size_t times)
{
    while (times-- > 0)
        buf_text(b, what);
}

/* Each field has the next one as a kid, many times. */
static int ladder(const char *first, const char *catalog, size_t steps, size_t kids)
{
    const char *objects[40] = {catalog, pages, page, first};
    struct buf texts[40];

    for (size_t i = 0; i < steps; i++) {
        char next[16];
        snprintf(next, sizeof next, "%zu 0 R ", i + 6);
        buf_init(&texts[i], 1 << 16);
        buf_text(&texts[i], "<</Kids[");
        repeat(&texts[i], next, i + 1 < steps ? kids : 0);
        buf_text(&texts[i], "]>>");
        objects[4 + i] = buf_str(&texts[i]);
    }
    int fd = made_pdf(objects, 4 + steps);
    for (size_t i = 0; i < steps; i++)
        buf_free(&texts[i]);
    return fd;
}

static void kids_of_kids_compared(void **state)
{
    enum { STEPS = 36 };
    static const char catalog[] = "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>";
    struct sharing f;
    struct err e = ERR_INIT;

    (void)state;
    case_open(&f, ladder("<</T(a)/FT/Tx/Kids[5 0 R 5 0 R]>>", catalog, STEPS, 2), 4 + STEPS);
    assert_int_equal(diff_form(&f.d, f.old, f.now, &e), -1);
    assert_string_equal(e.id, "err.verify.comparisons-many");
    case_close(&f);
}

/* Whether a signature shows is not looked for without end. */
static void kids_of_kids_shown(void **state)
{
    static const char catalog[] = "<</Type/Catalog/Pages 2 0 R>>";
    struct sig *s = calloc(1, sizeof *s);
    struct pdf *pdf = NULL;
    struct err e = ERR_INIT;
    int fd = ladder("<</T(a)/FT/Sig/Kids[5 0 R]>>", catalog, 8, 200);

    (void)state;
    assert_non_null(s);
    assert_int_equal(pdf_open(&pdf, fd, NULL, NULL), 0);
    s->field_ref = (struct pdf_ref){4, 0};
    sig_read_field_lock(pdf, s, &e);
    assert_false(err_is_set(&e));
    assert_true(s->visible);
    pdf_close(pdf);
    close(fd);
    free(s);
}

static int field_seen(void *self, const struct field *field, struct err *e)
{
    (void)field;
    (void)e;
    ++*(size_t *)self;
    return 0;
}

/* Every field has the same long list of kids. */
static void kids_of_all(void **state)
{
    enum { FIELDS = 1100, KIDS = 1000 };
    struct buf catalog = BUF_INIT(1 << 16), kids = BUF_INIT(1 << 16);
    const char **objects = calloc(5 + FIELDS, sizeof *objects);
    struct pdf *pdf = NULL;
    struct err e = ERR_INIT;
    size_t seen = 0;

    (void)state;
    assert_non_null(objects);
    buf_text(&catalog, "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[");
    for (int i = 0; i < FIELDS; i++) {
        buf_format(&catalog, "%d 0 R ", 6 + i);
        objects[5 + i] = "<</T(a)/FT/Tx/Kids 4 0 R>>";
    }
    buf_text(&catalog, "]>>>>");
    buf_char(&kids, '[');
    repeat(&kids, "5 0 R ", KIDS);
    buf_char(&kids, ']');
    objects[0] = buf_str(&catalog);
    objects[1] = pages;
    objects[2] = page;
    objects[3] = buf_str(&kids);
    objects[4] = "<<>>";
    int fd = made_pdf(objects, 5 + FIELDS);
    assert_int_equal(pdf_open(&pdf, fd, NULL, NULL), 0);
    assert_int_equal(fields_walk(pdf, 0, field_seen, &seen, &e), -1);
    assert_string_equal(e.id, "err.verify.field-tree");
    assert_int_equal(seen, 1000);
    pdf_close(pdf);
    close(fd);
    buf_free(&catalog);
    buf_free(&kids);
    free(objects);
}

/* A certificate that many lists name is unpacked for each of them. */
static void one_certificate_in_many_lists(void **state)
{
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R/DSS<</Certs[4 0 R 4 0 R]>>>>", pages, page,
        "<</Length 5>>\nstream\n\x30\x03\x02\x01\x01\nendstream"};
    struct sharing f;
    struct err e = ERR_INIT;

    (void)state;
    case_open(&f, made_pdf(objects, 4), 4);
    assert_int_equal(diff_dss(&f.d, f.old, f.now, &e), 0);
    assert_true(f.effort.work > 0);
    f.effort.work = ALMOST;
    assert_int_equal(diff_dss(&f.d, f.old, f.now, &e), -1);
    assert_string_equal(e.id, "err.verify.comparisons-many");
    case_close(&f);
}

/* For each name that comes to the form's resources all forms are looked through. */
static void names_in_all_forms(void **state)
{
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R/AcroForm 5 0 R>>",
        pages,
        page,
        "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length 3>>\nstream\nq Q\nendstream",
        "<</Fields[]>>",
        "<</Fields[]/DR<</ExtGState<</A 4 0 R/B 4 0 R>>>>>>"};
    struct sharing f;
    struct pdf_value *form = NULL;
    struct err e = ERR_INIT;

    (void)state;
    case_open(&f, made_pdf(objects, 6), 6);
    assert_int_equal(pdf_load(f.pdf, (struct pdf_ref){6, 0}, 0, &form, NULL), 0);
    assert_int_equal(diff_resources(&f.d, f.old, form, &e), 0);
    assert_true(f.effort.work > 0);
    f.effort.work = ALMOST;
    assert_int_equal(diff_resources(&f.d, f.old, form, &e), -1);
    assert_string_equal(e.id, "err.verify.comparisons-many");
    pdf_value_free(form);
    case_close(&f);
}

/* Pages that share a long list, looked through for the widgets of a later signature: from some page
 * on it counts as covered. */
static void one_list_on_all_pages(void **state)
{
    enum { PAGES = 120, LISTED = 20000, LOOKED = 2000000 };
    struct buf kids = BUF_INIT(1 << 16), list = BUF_INIT(1 << 20);
    const char *objects[] = {"<</Type/Catalog/Pages 2 0 R>>",
                             NULL,
                             "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots 4 0 R>>",
                             NULL,
                             "<</Type/Annot/Subtype/Text/Rect[0 0 9 9]>>",
                             "<</T(a)/FT/Sig/Subtype/Widget/Rect[0 0 9 9]/AP<<>>>>"};
    struct sigs *sigs = calloc(1, sizeof *sigs);
    struct sig *first = calloc(1, sizeof *first), *second = calloc(1, sizeof *second);
    struct pdf *pdf = NULL;
    struct err e = ERR_INIT;
    int64_t covered = 0;

    (void)state;
    assert_non_null(sigs);
    assert_non_null(first);
    assert_non_null(second);
    buf_text(&kids, "<</Type/Pages/Kids[");
    repeat(&kids, "3 0 R ", PAGES);
    buf_format(&kids, "]/Count %d>>", PAGES);
    buf_char(&list, '[');
    repeat(&list, "5 0 R ", LISTED);
    buf_char(&list, ']');
    objects[1] = buf_str(&kids);
    objects[3] = buf_str(&list);
    int fd = made_pdf(objects, 6);
    assert_int_equal(pdf_open(&pdf, fd, NULL, NULL), 0);
    second->first_seen = second->revision = 1;
    second->field_ref = (struct pdf_ref){6, 0};
    second->visible = true;
    sigs->items[0] = first;
    sigs->items[1] = second;
    sigs->count = 2;
    assert_int_equal(covers_page(pdf, sigs, second, &covered, &e), 0);
    assert_int_equal(covered, LOOKED / LISTED + 1);
    pdf_close(pdf);
    close(fd);
    buf_free(&kids);
    buf_free(&list);
    free(sigs);
    free(first);
    free(second);
}

/* Readers differ on which of two locks counts: both do. */
static void two_locks(void **state)
{
    static const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>", pages, page,
        "<</Type/Sig/Filter/F/SubFilter/ETSI.CAdES.detached/Reference["
        "<</TransformMethod/FieldMDP/TransformParams<</Action/Include/Fields[(a)]>>>>"
        "<</TransformMethod/FieldMDP/TransformParams<</Action/Exclude/Fields[(a)]>>>>]>>"};
    struct sigs *sigs = calloc(1, sizeof *sigs);
    struct pdf *pdf = NULL;
    struct err e = ERR_INIT;
    int fd = made_pdf(objects, 4);

    (void)state;
    assert_non_null(sigs);
    struct sig *s = sig_new(sigs, &e);
    assert_non_null(s);
    assert_int_equal(pdf_open(&pdf, fd, NULL, NULL), 0);
    s->num = 4;
    sig_read_dict(pdf, s, &e);
    assert_false(err_is_set(&e));
    assert_true(lock_holds(&s->fieldmdp, "a"));
    assert_true(lock_holds(&s->fieldmdp, "b"));
    sigs_free(sigs);
    free(sigs);
    pdf_close(pdf);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kids_of_kids_compared),
        cmocka_unit_test(kids_of_kids_shown),
        cmocka_unit_test(kids_of_all),
        cmocka_unit_test(one_certificate_in_many_lists),
        cmocka_unit_test(names_in_all_forms),
        cmocka_unit_test(one_list_on_all_pages),
        cmocka_unit_test(two_locks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the form of a PDF says about signatures, read by the real reader from files made here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "sign/pades/sigform.h"
#include "tests/unit/make_pdf.h"

struct opened {
    struct pdf *pdf;
    struct sigform form;
    int fd;
};

static int open_form(struct opened *o, const char *const *objects, size_t n, struct err *e)
{
    o->fd = made_pdf(objects, n);
    assert_int_equal(pdf_open(&o->pdf, o->fd, NULL, e), 0);
    return sigform_read(&o->form, o->pdf, e);
}

static void close_form(struct opened *o)
{
    sigform_free(&o->form);
    pdf_close(o->pdf);
    close(o->fd);
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define PAGES                                                                                      \
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",                                                   \
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>"

static void a_lock_names_whole_parts_of_names(void **state)
{
    static const char *const objects[] = {
        "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R 6 0 R 7 0 R 8 0 R] /SigFlags 3 "
        ">> >>",
        PAGES,
        "<< /FT /Sig /T (First) /V 5 0 R /Lock << /Action /Include /Fields [(Sig) (Group.One)] /P "
        "2 >> >>",
        "<< /Type /Sig /Reference [<< /TransformMethod /FieldMDP /TransformParams << /Action "
        "/Include /Fields [(Sig) (Group.One)] >> >>] >>",
        "<< /FT /Sig /T (Sig) >>",
        "<< /FT /Sig /T (Signature1) >>",
        "<< /T (Group) /FT /Sig /Kids [9 0 R 10 0 R] >>",
        "<< /T (One) /Parent 8 0 R >>",
        "<< /T (Onetwo) /Parent 8 0 R >>"};
    struct opened o = {0};
    struct err e = ERR_INIT;
    const char *by = NULL;

    (void)state;
    assert_int_equal(open_form(&o, objects, COUNT(objects), &e), 0);
    assert_int_equal(o.form.count, 5);
    assert_int_equal(o.form.signed_count, 1);
    assert_int_equal(o.form.lock_p, 2);
    assert_true(sigform_locked(&o.form, "Sig", &by));
    assert_string_equal(by, "First");
    assert_false(sigform_locked(&o.form, "Signature1", &by));
    assert_true(sigform_locked(&o.form, "Group.One", &by));
    assert_true(sigform_locked(&o.form, "Group.One.Below", &by));
    assert_false(sigform_locked(&o.form, "Group.Onetwo", &by));
    assert_non_null(sigform_find(&o.form, "Group.Onetwo"));
    assert_null(sigform_find(&o.form, "Onetwo"));
    char *name = sigform_new_name(&o.form, &e);
    assert_string_equal(name, "Signature2");
    free(name);
    close_form(&o);
}

static void all_and_exclude(void **state)
{
    static const char *const actions[] = {"/All", "/Exclude /Fields [(Free)]"};
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        char sig[256];
        const char *objects[] = {"<< /Type /Catalog /Pages 2 0 R /AcroForm 6 0 R >>", PAGES,
                                 "<< /FT /Sig /T (A) /V 5 0 R >>", sig, "<< /Fields [4 0 R] >>"};
        struct opened o = {0};
        const char *by = NULL;
        snprintf(sig, sizeof sig,
                 "<< /Type /Sig /Reference [<< /TransformMethod /FieldMDP /TransformParams << "
                 "/Action %s >> >> << /TransformMethod "
                 "/DocMDP /TransformParams << /P 1 >> >>] >>",
                 actions[i]);
        assert_int_equal(open_form(&o, objects, COUNT(objects), &e), 0);
        assert_int_equal(o.form.acroform_ref.num, 6);
        assert_int_equal(o.form.certified, 1);
        assert_true(sigform_locked(&o.form, "Other", &by));
        assert_true(sigform_locked(&o.form, "Free", &by) == (i == 0));
        close_form(&o);
    }
}

static void widgets_and_kinds_of_fields(void **state)
{
    static const char *const objects[] = {
        ("<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA (x) /Fields [4 0 R 6 0 R 8 0 R << /FT "
         "/Sig /T (direct) >>] >> >>"),
        PAGES,
        "<< /FT /Sig /T (Kid) /Kids [5 0 R] >>",
        "<< /Subtype /Widget /Parent 4 0 R /Rect [0 0 1 1] >>",
        "<< /FT /Tx /T (Text) /Kids [7 0 R] >>",
        "<< /Subtype /Widget >>",
        "<< /FT /Sig /T (Stamp) /V << /Type /DocTimeStamp >> >>"};
    struct opened o = {0};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(open_form(&o, objects, COUNT(objects), &e), 0);
    assert_int_equal(o.form.count, 2);
    assert_int_equal(o.form.top_count, 3);
    assert_int_equal(o.form.fields[0].widget.num, 5);
    assert_true(o.form.fields[1].doc_timestamp);
    assert_true(o.form.xfa);
    close_form(&o);
}

static void forms_that_go_round_are_refused(void **state)
{
    static const char *const
        loop[] = {"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [4 0 R] >> >>", PAGES,
                  "<< /T (A) /FT /Sig /Kids [4 0 R] >>"},
        *const odd[] = {"<< /Type /Catalog /Pages 2 0 R /AcroForm [1 2] >>", PAGES},
        *const name[] = {"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields /a >> >>", PAGES};
    struct opened o = {0}, p = {0}, q = {0};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(open_form(&o, loop, COUNT(loop), &e), -1);
    assert_string_equal(e.id, "err.sign-pades.form");
    close_form(&o);
    err_clear(&e);
    assert_int_equal(open_form(&p, odd, COUNT(odd), &e), -1);
    assert_int_equal(e.kind, ERR_INPUT);
    close_form(&p);
    err_clear(&e);
    assert_int_equal(open_form(&q, name, COUNT(name), &e), -1);
    assert_string_equal(e.id, "err.sign-pades.form");
    close_form(&q);
}

static void more_fields_than_anybody_signs(void **state)
{
    enum { MANY = 4097 };
    struct buf list = BUF_INIT(1 << 20);
    const char *objects[] = {NULL, "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
                             "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
                             "<< /FT /Sig /T (a) >>"};
    struct opened o = {0};
    struct err e = ERR_INIT;

    (void)state;
    buf_text(&list, "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [");
    for (int i = 0; i < MANY; i++)
        buf_text(&list, "4 0 R ");
    buf_text(&list, "] >> >>");
    objects[0] = buf_str(&list);
    assert_int_equal(open_form(&o, objects, COUNT(objects), &e), -1);
    assert_string_equal(e.id, "err.sign-pades.form");
    close_form(&o);
    buf_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_lock_names_whole_parts_of_names),
        cmocka_unit_test(all_and_exclude),
        cmocka_unit_test(widgets_and_kinds_of_fields),
        cmocka_unit_test(forms_that_go_round_are_refused),
        cmocka_unit_test(more_fields_than_anybody_signs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* verify-update on updates made with the incremental writer: one that only signs, and each with one
 * thing too many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "pdf/file/pdf_update.h"
#include "verify/verify.h"

static const char page_file[] =
    "%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n"
    "2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n"
    "3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>\nendobj\n"
    "4 0 obj\n<</Length 4>>\nstream\nq Q\n\nendstream\nendobj\n"
    "xref\n0 5\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n0000000105 00000 n "
    "\n"
    "0000000185 00000 n \ntrailer\n<</Size 5/Root 1 0 R>>\nstartxref\n236\n%%EOF\n";

enum extra { NOTHING, CONTENT, OPEN_ACTION, UNUSED, NO_HOLE, ANNOTATION, FULL_HOLE, TEXT_FIELD };

static struct pdf_value *have(struct pdf_value *v)
{
    assert_non_null(v);
    return v;
}

static void set(struct pdf_value *d, const char *key, struct pdf_value *v)
{
    struct err e = ERR_INIT;

    assert_int_equal(pdf_set_take(d, key, have(v), &e), 0);
}

static struct pdf_value *list1(struct pdf_value *item)
{
    struct pdf_value *a = pdf_make_array();
    struct err e = ERR_INIT;

    assert_int_equal(pdf_add_take(a, item, &e), 0);
    return a;
}

static struct pdf_value *field_make(const char *name, struct pdf_ref value, struct pdf_ref page,
                                    const char *type)
{
    struct pdf_value *f = pdf_make_dict();

    set(f, "FT", pdf_make_name(type));
    set(f, "T", pdf_make_text(name));
    set(f, "Type", pdf_make_name("Annot"));
    set(f, "Subtype", pdf_make_name("Widget"));
    set(f, "Rect", pdf_make_rect(0, 0, 0, 0));
    set(f, "F", pdf_make_int(132));
    set(f, "P", pdf_make_ref(page));
    if (value.num != 0)
        set(f, "V", pdf_make_ref(value));
    return f;
}

static struct pdf_value *sig_make(enum extra extra)
{
    struct pdf_value *s = pdf_make_dict();

    set(s, "Type", pdf_make_name("Sig"));
    set(s, "Filter", pdf_make_name("Adobe.PPKLite"));
    set(s, "SubFilter", pdf_make_name("ETSI.CAdES.detached"));
    set(s, "M", pdf_make_date(1795601472, 3600));
    set(s, "Contents", extra == NO_HOLE ? pdf_make_string("abcd", 4, true) : pdf_make_hole(100));
    set(s, "ByteRange", extra == NO_HOLE ? pdf_make_array() : pdf_make_ranges());
    return s;
}

static void put(struct pdf_update *u, struct pdf_ref ref, struct pdf_value *v)
{
    struct err e = ERR_INIT;

    assert_int_equal(pdf_update_put(u, ref, v, &e), 0);
    pdf_value_free(v);
}

/* The update, with `extra`, appended to the page; the descriptor of the whole. */
static int make(enum extra extra)
{
    struct pdf_ref page = {3, 0}, catalog = {1, 0}, content = {4, 0}, sig, field, other;
    struct pdf_update_marks marks;
    struct pdf_value *v, *form;
    struct pdf_update *u = NULL;
    struct pdf *pdf = NULL;
    struct err e = ERR_INIT;
    struct buf bytes;
    int fd = file_memory("test", &e);

    buf_init(&bytes, 1 << 20);
    assert_int_equal(file_write_all(fd, page_file, sizeof page_file - 1, "test", &e), 0);
    assert_int_equal(pdf_open(&pdf, fd, NULL, &e), 0);
    assert_int_equal(pdf_update_new(&u, pdf, &e), 0);
    sig = pdf_update_reserve(u);
    field = pdf_update_reserve(u);
    put(u, sig, sig_make(extra));
    put(u, field, field_make("Signature1", sig, page, "Sig"));
    assert_int_equal(pdf_load(pdf, page, PDF_LATEST, &v, &e), 0);
    set(v, "Annots", list1(pdf_make_ref(field)));
    form = pdf_make_dict();
    set(form, "SigFlags", pdf_make_int(3));
    set(form, "Fields", list1(pdf_make_ref(field)));
    if (extra == ANNOTATION || extra == TEXT_FIELD) {
        other = pdf_update_reserve(u);
        struct pdf_value *a = field_make("Texte", (struct pdf_ref){0, 0}, page, "Tx");
        if (extra == ANNOTATION)
            set(a, "Subtype", pdf_make_name("Stamp"));
        put(u, other, a);
        assert_int_equal(pdf_add_take(extra == ANNOTATION ? pdf_key_mutable(v, "Annots")
                                                          : pdf_key_mutable(form, "Fields"),
                                      pdf_make_ref(other), &e),
                         0);
    }
    put(u, page, v);
    assert_int_equal(pdf_load(pdf, catalog, PDF_LATEST, &v, &e), 0);
    set(v, "AcroForm", form);
    if (extra == OPEN_ACTION)
        set(v, "OpenAction", list1(pdf_make_ref(page)));
    put(u, catalog, v);
    if (extra == CONTENT) {
        v = pdf_make_dict();
        assert_int_equal(pdf_update_put_stream(u, content, v, "0 0 9 9 re f", 12, false, &e), 0);
        pdf_value_free(v);
    }
    if (extra == UNUSED)
        put(u, pdf_update_reserve(u), pdf_make_dict());
    assert_int_equal(pdf_update_finish(u, &bytes, &marks, &e), 0);
    assert_int_equal(lseek(fd, 0, SEEK_END), sizeof page_file - 1);
    if (extra == FULL_HOLE)
        bytes.data[marks.hole_start - marks.base + 7] = '1';
    assert_int_equal(file_write_all(fd, bytes.data, bytes.len, "test", &e), 0);
    pdf_update_free(u);
    pdf_close(pdf);
    buf_free(&bytes);
    return fd;
}

static struct jv *look(int fd, int64_t before)
{
    static const struct task *const list[] = {&verify_update_task};
    struct task table[2] = {*list[0], {0}};
    struct runner runner = runner_here(table);
    struct err e = ERR_INIT;
    struct jv *out = NULL;

    assert_int_equal(verify_update(&runner, fd, before, NULL, 0, &out, &e), 0);
    return out;
}

static void refused(enum extra extra, const char *reason)
{
    int fd = make(extra);
    struct jv *out = look(fd, sizeof page_file - 1);

    assert_false(jv_get_bool(out, "ok"));
    assert_string_equal(jv_get_text(out, "reason"), reason);
    jv_free(out);
    close(fd);
}

static void test_good(void **state)
{
    int fd = make(NOTHING);
    struct jv *out = look(fd, sizeof page_file - 1);

    (void)state;
    assert_null(jv_get_text(out, "reason"));
    assert_true(jv_get_bool(out, "ok"));
    assert_string_equal(jv_get_text(out, "field"), "Signature1");
    assert_int_equal(jv_get_int(jv_get(out, "hole"), "end", 0) -
                         jv_get_int(jv_get(out, "hole"), "start", 0),
                     202);
    assert_int_equal(jv_num(jv_at(jv_get(out, "ranges"), 1), 0),
                     jv_get_int(jv_get(out, "hole"), "start", 0));
    jv_free(out);
    out = look(fd, sizeof page_file + 100); /* it does not begin where it is said to */
    assert_false(jv_get_bool(out, "ok"));
    jv_free(out);
    close(fd);
}

static void test_refused(void **state)
{
    (void)state;
    refused(CONTENT, "object-replaced");
    refused(OPEN_ACTION, "catalog");
    refused(UNUSED, "object-added");
    refused(NO_HOLE, "pdf.signature-malformed");
    refused(ANNOTATION, "annotation");
    refused(TEXT_FIELD, "field-added");
    refused(FULL_HOLE, "pdf.contents");
}

static void test_no_update(void **state)
{
    struct err e = ERR_INIT;
    int fd = file_seal_bytes("test", page_file, sizeof page_file - 1, &e);
    struct jv *out = look(fd, sizeof page_file - 1);

    (void)state;
    assert_string_equal(jv_get_text(out, "reason"), "update.revision");
    jv_free(out);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_no_update),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "base/ceilings.h"
#include "fixture.h"

/* Appends an update of one signature-like dictionary, a stream and a replaced page to `f`. */
static struct pdf_update_marks sign_like(struct fix *f)
{
    struct err e = ERR_INIT;
    struct pdf_update *u = NULL;
    struct pdf_update_marks m;
    struct buf out = BUF_INIT(1 << 20);
    struct opened o = fix_open(f);
    struct pdf_value *d = pdf_make_dict(), *page = NULL;
    struct pdf_ref sig, data;

    assert_int_equal(pdf_update_new(&u, o.pdf, &e), 0);
    assert_int_equal(pdf_set_take(d, "Type", pdf_make_name("Sig"), &e), 0);
    assert_int_equal(pdf_set_take(d, "ByteRange", pdf_make_ranges(), &e), 0);
    assert_int_equal(pdf_set_take(d, "Contents", pdf_make_hole(64), &e), 0);
    assert_int_equal(pdf_update_add(u, d, &sig, &e), 0);
    pdf_value_free(d);
    data = pdf_update_reserve(u);
    d = pdf_make_dict();
    assert_int_equal(
        pdf_update_put_stream(u, data, d, "some data, some data, some data", 31, true, &e), 0);
    pdf_value_free(d);
    assert_int_equal(pdf_load(o.pdf, (struct pdf_ref){3, 0}, PDF_LATEST, &page, &e), 0);
    assert_int_equal(pdf_set_take(page, "New", pdf_make_ref(sig), &e), 0);
    assert_int_equal(pdf_update_put(u, (struct pdf_ref){3, 0}, page, &e), 0);
    pdf_value_free(page);
    assert_int_equal(pdf_update_finish(u, &out, &m, &e), 0);
    assert_int_equal(pdf_update_finish(u, &out, &m, &e), -1);
    pdf_update_free(u);
    fix_close(&o);
    assert_int_equal(m.base, f->b.len);
    buf_append(&f->b, out.data, out.len);
    assert_int_equal(m.size, f->b.len);
    buf_free(&out);
    return m;
}

static void check_update(struct fix *f, const struct pdf_update_marks *m, enum pdf_xref_kind kind)
{
    struct err e = ERR_INIT;
    struct opened o = fix_open(f);
    struct pdf_sig_span span;
    struct buf out = BUF_INIT(1000);
    int last = pdf_revision_count(o.pdf) - 1;
    int64_t pages = 0;

    assert_int_equal(pdf_revision_at(o.pdf, last)->kind, kind);
    assert_int_equal(pdf_revision_at(o.pdf, last)->end, f->b.len);
    assert_int_equal(pdf_revision_at(o.pdf, last)->startxref, m->startxref);
    assert_int_equal(pdf_tail(o.pdf), 0);
    const struct pdf_value *page = pdf_fetch(o.pdf, (struct pdf_ref){3, 0}, last, &e);
    struct pdf_ref sig = pdf_ref_of(pdf_key(page, "New"));
    assert_int_equal(pdf_sig_span(o.pdf, sig.num, last, &span, &e), 0);
    assert_int_equal(span.contents_start, m->hole_start);
    assert_int_equal(span.contents_end, m->hole_end);
    assert_int_equal(span.contents_end - span.contents_start, 130);
    assert_int_equal(span.ranges_start, m->ranges_start);
    assert_int_equal(span.ranges_end, m->ranges_end);
    assert_memory_equal(span.range, m->range, sizeof span.range);
    assert_int_equal(span.range[1], m->hole_start);
    assert_int_equal(span.range[2], m->hole_end);
    assert_int_equal(span.range[2] + span.range[3], f->b.len);
    assert_int_equal(f->b.data[m->hole_start], '<');
    assert_int_equal(f->b.data[m->hole_end - 1], '>');
    const struct pdf_value *stream = pdf_fetch(o.pdf, (struct pdf_ref){sig.num + 1, 0}, last, &e);
    assert_int_equal(pdf_stream_data(o.pdf, stream, last, PDF_DECODE_ALL, 100, &out, &e), 0);
    assert_string_equal(buf_str(&out), "some data, some data, some data");
    assert_int_equal(pdf_page_count(o.pdf, last, &pages, &e), 0);
    assert_int_equal(pages, 1);
    /* ID: the first part stays, the second changes (A7). */
    const struct pdf_value *before = pdf_key(pdf_trailer(o.pdf, last - 1), "ID");
    const struct pdf_value *after = pdf_key(pdf_trailer(o.pdf, last), "ID");
    if (before != NULL)
        assert_true(pdf_value_equal(pdf_at(before, 0), pdf_at(after, 0)));
    assert_false(pdf_value_equal(pdf_at(before, 1), pdf_at(after, 1)));
    assert_int_equal(pdf_int(pdf_key(pdf_trailer(o.pdf, last), "Prev"), -1),
                     pdf_revision_at(o.pdf, last - 1)->startxref);
    assert_int_equal(pdf_double_view_count(o.pdf), 0);
    buf_free(&out);
    fix_close(&o);
}

static void test_table(void **state)
{
    struct fix f;

    (void)state;
    fix_simple(&f);
    for (int i = 0; i < 3; i++) {
        struct pdf_update_marks m = sign_like(&f);
        check_update(&f, &m, PDF_XREF_TABLE);
    }
    fix_done(&f);
}

static void test_stream(void **state)
{
    struct fix f;

    (void)state;
    fix_begin(&f, "%PDF-1.5\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R>>");
    fix_xref_stream(&f, 4, 5, "/Info 9 0 R/ID[<aa><bb>]");
    for (int i = 0; i < 2; i++) {
        struct pdf_update_marks m = sign_like(&f);
        check_update(&f, &m, PDF_XREF_STREAM);
    }
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_ref_of(pdf_key(pdf_trailer(o.pdf, PDF_LATEST), "Info")).num, 9);
    fix_close(&o);
    fix_done(&f);
}

/* Revision 1 is hybrid: its update is a table, which both kinds of readers see. */
static void test_hybrid(void **state)
{
    struct fix f;

    (void)state;
    fix_simple(&f);
    size_t prev = f.xref, container = f.b.len;
    fix_stream(&f, 5, "/Type/ObjStm/N 1/First 4", "6 0 (hidden)", 12);
    size_t stm = f.b.len;
    fix_stream(&f, 7, "/Type/XRef/W[1 2 1]/Index[6 1]/Size 8/Root 1 0 R", "\2\0\5\0", 4);
    size_t xref = f.b.len;
    buf_format(&f.b,
               "xref\n5 1\n%010zu 00000 n \ntrailer\n<</Size 8/Root 1 0 R/XRefStm %zu/Prev "
               "%zu>>\nstartxref\n%zu\n%%%%EOF\n",
               container, stm, prev, xref);
    struct pdf_update_marks m = sign_like(&f);
    check_update(&f, &m, PDF_XREF_TABLE);
    fix_done(&f);
}

/* A8: how the file ended decides how the update begins. */
static void test_ends(void **state)
{
    static const char *const ends[] = {"%%EOF", "%%EOF\r", "%%EOF\r\n", "%%EOF\n"};
    static const size_t added[] = {1, 0, 0, 0};

    (void)state;
    for (int i = 0; i < 4; i++) {
        struct fix f;
        fix_simple(&f);
        f.b.len -= 6;
        buf_text(&f.b, ends[i]);
        size_t base = f.b.len;
        struct pdf_update_marks m = sign_like(&f);
        assert_int_equal(f.b.data[base] == '\n', added[i]);
        assert_memory_equal(f.b.data + base + added[i], "4 0 obj", 7);
        struct opened o = fix_open(&f);
        assert_int_equal(pdf_revision_at(o.pdf, 0)->end, base + (i == 0));
        assert_int_equal(pdf_revision_ending(o.pdf, (int64_t)base), 0);
        fix_close(&o);
        check_update(&f, &m, PDF_XREF_TABLE);
        fix_done(&f);
    }
}

static void test_bugs(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf_update *u = NULL;
    struct pdf_update_marks m;
    struct buf out = BUF_INIT(100);
    struct pdf_value *v = pdf_make_int(1), *hole = pdf_make_hole(4), *d = pdf_make_dict();
    struct pdf_ref ref;

    (void)state;
    fix_simple(&f);
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_update_new(&u, o.pdf, &e), 0);
    assert_int_equal(pdf_update_put(u, (struct pdf_ref){9, 0}, v, &e), -1);
    assert_int_equal(pdf_update_put(u, (struct pdf_ref){0, 0}, v, &e), -1);
    assert_int_equal(pdf_update_put(u, (struct pdf_ref){1, 0}, NULL, &e), -1);
    assert_int_equal(pdf_update_add(u, v, &ref, &e), 0);
    assert_int_equal(pdf_update_put(u, ref, v, &e), -1);
    assert_int_equal(pdf_update_add(u, hole, &ref, &e), 0);
    assert_int_equal(pdf_update_add(u, hole, &ref, &e), -1);
    assert_int_equal(pdf_update_finish(u, &out, &m, &e), -1);
    assert_int_equal(e.kind, ERR_BUG);
    assert_int_equal(pdf_set_take(d, "Filter", pdf_make_name("X"), &e), 0);
    assert_int_equal(pdf_update_put_stream(u, pdf_update_reserve(u), d, "x", 1, true, &e), -1);
    pdf_update_free(u);
    /* The caller's ceiling. */
    assert_int_equal(pdf_update_new(&u, o.pdf, &e), 0);
    assert_int_equal(pdf_update_put_raw(u, pdf_update_reserve(u), "<<>>", 4, &e), 0);
    assert_int_equal(pdf_update_finish(u, &out, &m, &e), -1);
    assert_string_equal(e.id, "err.base.buffer-full");
    pdf_update_free(u);
    pdf_update_free(NULL);
    pdf_value_free(v);
    pdf_value_free(hole);
    pdf_value_free(d);
    buf_free(&out);
    fix_close(&o);
    fix_done(&f);
}

static void test_numbers_end(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf_update *u = NULL;
    struct pdf_value *v = pdf_make_int(1);
    struct pdf_ref ref;

    (void)state;
    fix_simple(&f);
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_update_new(&u, o.pdf, &e), 0);
    do
        ref = pdf_update_reserve(u);
    while (ref.num < ceilings.pdf_objects);
    assert_int_equal(pdf_update_put(u, ref, v, &e), 0);
    assert_int_equal(pdf_update_put(u, pdf_update_reserve(u), v, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.numbers");
    pdf_update_free(u);
    pdf_value_free(v);
    fix_close(&o);
    fix_done(&f);
}

static void test_same_bytes(void **state)
{
    struct fix f, g;

    (void)state;
    fix_simple(&f);
    fix_simple(&g);
    sign_like(&f);
    sign_like(&g);
    assert_int_equal(f.b.len, g.b.len);
    assert_memory_equal(f.b.data, g.b.data, f.b.len);
    fix_done(&f);
    fix_done(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),       cmocka_unit_test(test_stream),
        cmocka_unit_test(test_hybrid),      cmocka_unit_test(test_ends),
        cmocka_unit_test(test_bugs),        cmocka_unit_test(test_same_bytes),
        cmocka_unit_test(test_numbers_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

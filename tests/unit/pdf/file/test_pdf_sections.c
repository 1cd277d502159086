/* Files whose revisions have more than one cross-reference section. */
#include "fixture.h"

static void hybrid(struct fix *f, const char *table_entry)
{
    const char packed[] = "4 0 (hidden)";

    fix_begin(f, "%PDF-1.5\n");
    fix_object(f, 1, "<</Type/Catalog/Pages 2 0 R/X 4 0 R>>");
    fix_object(f, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
    fix_object(f, 3, "<</Type/Page/Parent 2 0 R>>");
    fix_stream(f, 5, "/Type/ObjStm/N 1/First 4", packed, sizeof packed - 1);
    size_t stm = f->b.len;
    const unsigned char row[4] = {2, 0, 5, 0};
    size_t at[6];
    memcpy(at, f->at, sizeof at);
    fix_stream(f, 6, "/Type/XRef/W[1 2 1]/Index[4 1]/Size 7/Root 1 0 R", row, 4);
    size_t xref = f->b.len;
    buf_text(&f->b, "xref\n0 4\n0000000000 65535 f \n");
    for (int i = 1; i < 4; i++)
        buf_format(&f->b, "%010zu 00000 n \n", at[i]);
    buf_format(&f->b, "4 2\n%s\n%010zu 00000 n \n", table_entry, at[5]);
    buf_format(&f->b, "trailer\n<</Size 7/Root 1 0 R/XRefStm %zu>>\nstartxref\n%zu\n%%%%EOF\n", stm,
               xref);
    f->xref = xref;
    memset(f->at, 0, sizeof f->at);
}

static void test_hybrid(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;

    (void)state;
    hybrid(&f, "0000000000 00000 f ");
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_revision_at(o.pdf, 0)->kind, PDF_XREF_HYBRID);
    assert_int_equal(pdf_double_view_count(o.pdf), 0);
    assert_int_equal(pdf_place_of(o.pdf, 4, 0).kind, PDF_PLACE_PACKED);
    const struct pdf_value *x = pdf_path(o.pdf, pdf_catalog(o.pdf, 0, &e), "X", 0, &e);
    size_t n = 0;
    assert_memory_equal(pdf_bytes(x, &n), "hidden", 6);
    fix_close(&o);
    fix_done(&f);
    /* Two views of object 4 within one section (A18). */
    hybrid(&f, "0000000009 00000 n ");
    o = fix_open(&f);
    assert_int_equal(pdf_double_view_count(o.pdf), 1);
    assert_int_equal(pdf_double_view_at(o.pdf, 0), 4);
    fix_close(&o);
    fix_done(&f);
}

/* As Word writes them: everything in a table, then an empty table whose stream lists the same
 * places again. */
static void test_hybrid_same_places(void **state)
{
    struct fix f;

    (void)state;
    fix_begin(&f, "%PDF-1.5\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Type/Pages/Kids[]/Count 0>>");
    size_t at = f.at[2];
    fix_table(&f, 3, "");
    size_t prev = f.xref, stm = f.b.len;
    const unsigned char row[4] = {1, (unsigned char)(at >> 8), (unsigned char)at, 0};
    fix_stream(&f, 6, "/Type/XRef/W[1 2 1]/Index[2 1]/Size 7/Root 1 0 R", row, 4);
    size_t xref = f.b.len;
    buf_format(&f.b,
               "xref\n0 0\ntrailer\n<</Size 7/Root 1 0 R/XRefStm %zu/Prev "
               "%zu>>\nstartxref\n%zu\n%%%%EOF\n",
               stm, prev, xref);
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_double_view_count(o.pdf), 0);
    assert_int_equal(pdf_revision_at(o.pdf, 1)->kind, PDF_XREF_HYBRID);
    fix_close(&o);
    fix_done(&f);
}

/* Revision 0 shows object 4 in a table; revision 1 packs another object 4 that only readers of
 * streams see. */
static void test_hybrid_over_table(void **state)
{
    struct fix f;
    const char packed[] = "4 0 (second)";

    (void)state;
    fix_begin(&f, "%PDF-1.5\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R/X 4 0 R>>");
    fix_object(&f, 2, "<</Type/Pages/Kids[]/Count 0>>");
    fix_object(&f, 4, "(first)");
    fix_table(&f, 5, "");
    size_t prev = f.xref;
    fix_stream(&f, 5, "/Type/ObjStm/N 1/First 4", packed, sizeof packed - 1);
    size_t container = f.at[5], stm = f.b.len;
    const unsigned char row[4] = {2, 0, 5, 0};
    fix_stream(&f, 6, "/Type/XRef/W[1 2 1]/Index[4 1]/Size 7/Root 1 0 R", row, 4);
    size_t xref = f.b.len;
    buf_format(&f.b,
               "xref\n5 1\n%010zu 00000 n \ntrailer\n<</Size 7/Root 1 0 R/XRefStm %zu/Prev "
               "%zu>>\nstartxref\n%zu\n%%%%EOF\n",
               container, stm, prev, xref);
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_double_view_count(o.pdf), 1);
    assert_int_equal(pdf_double_view_at(o.pdf, 0), 4);
    fix_close(&o);
    fix_done(&f);
}

/* Two sections, the newest in front: as linearised files have them. */
static void test_linearized(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    int64_t count = 0;

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 4, "<</Linearized 1/L 00000/H[0 0]/O 3/E 0/N 1/T 0>>");
    size_t first = f.b.len;
    buf_format(&f.b,
               "xref\n3 2\n%10s 00000 n \n%010zu 00000 n \ntrailer\n<</Size 5/Root 1 0 R/Prev "
               "%10s>>\nstartxref\n0\n%%%%EOF\n",
               "3333333333", f.at[4], "2222222222");
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R>>");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
    size_t main_at = f.b.len;
    buf_format(&f.b,
               "xref\n0 3\n0000000000 65535 f \n%010zu 00000 n \n%010zu 00000 n \ntrailer\n<</Size "
               "3>>\nstartxref\n%zu\n%%%%EOF\n",
               f.at[1], f.at[2], first);
    char s[16];
    snprintf(s, sizeof s, "%010zu", f.at[3]);
    fix_patch(&f, "3333333333", s);
    snprintf(s, sizeof s, "%010zu", main_at);
    fix_patch(&f, "2222222222", s);
    snprintf(s, sizeof s, "/L %05zu", f.b.len);
    fix_patch(&f, "/L 00000", s);
    f.xref = first;
    memset(f.at, 0, sizeof f.at);
    size_t end = f.b.len;
    fix_object(&f, 5, "(update)");
    fix_table(&f, 6, "");
    struct opened o = fix_open(&f);
    assert_true(pdf_is_linearized(o.pdf));
    assert_int_equal(pdf_revision_count(o.pdf), 2);
    assert_int_equal(pdf_revision_at(o.pdf, 0)->sections, 2);
    assert_int_equal(pdf_revision_at(o.pdf, 0)->end, end);
    assert_int_equal(pdf_page_count(o.pdf, 0, &count, &e), 0);
    assert_int_equal(count, 1);
    fix_close(&o);
    fix_done(&f);
}

/* Object streams whose /Length stands in another object stream, and so on. */
static void test_packed_in_packed(void **state)
{
    enum { STREAMS = 6, FIRST = 20, LENGTHS = 40 };
    struct err e = ERR_INIT;
    struct fix f;
    struct buf rows = BUF_INIT(4096);
    char packed[32];
    size_t at[STREAMS];

    (void)state;
    fix_begin(&f, "%PDF-1.5\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Kids[]/Count 0>>");
    size_t catalog = f.at[1], pages = f.at[2];
    for (int i = 0; i < STREAMS;
         i++) { /* stream i holds the length of stream i - 1, all are as long */
        snprintf(packed, sizeof packed, "%d 0 014", LENGTHS + i);
        at[i] = f.b.len;
        buf_format(
            &f.b,
            "%d 0 obj <</Type/ObjStm/N 1/First 5/Length %d 0 R>> stream\n%s\nendstream endobj\n",
            FIRST + i, LENGTHS + (i + 1) % STREAMS, packed);
        assert_int_equal(strlen(packed), 8);
    }
    size_t xref = f.b.len;
    buf_format(&rows, "01%04x00 01%04x00 ", (unsigned)catalog, (unsigned)pages);
    for (int i = 0; i < STREAMS; i++)
        buf_format(&rows, "01%04x00 ", (unsigned)at[i]);
    for (int i = 0; i < STREAMS; i++)
        buf_format(&rows, "02%04x00 ", (unsigned)(FIRST + i));
    fix_stream(&f, 60, "/Type/XRef/W[1 2 1]/Index[1 2 20 6 40 6]/Size 61/Root 1 0 R/Filter/AHx",
               rows.data, rows.len);
    buf_format(&f.b, "startxref\n%zu\n%%%%EOF\n", xref);
    struct opened o = fix_open(&f);
    assert_null(pdf_fetch(o.pdf, (struct pdf_ref){LENGTHS, 0}, PDF_LATEST, &e));
    assert_string_equal(e.id, "err.pdf-file.loop");
    fix_close(&o);
    buf_free(&rows);
    fix_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hybrid),
        cmocka_unit_test(test_hybrid_over_table),
        cmocka_unit_test(test_hybrid_same_places),
        cmocka_unit_test(test_linearized),
        cmocka_unit_test(test_packed_in_packed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

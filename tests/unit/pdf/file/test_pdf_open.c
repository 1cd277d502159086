#include "fixture.h"

#include <fcntl.h>

static void test_simple(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;

    (void)state;
    fix_simple(&f);
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_size(o.pdf), f.b.len);
    assert_int_equal(pdf_version(o.pdf), 17);
    assert_int_equal(pdf_revision_count(o.pdf), 1);
    const struct pdf_revision *rev = pdf_revision_at(o.pdf, PDF_LATEST);
    assert_int_equal(rev->start, 0);
    assert_int_equal(rev->end, f.b.len);
    assert_int_equal(rev->eof, f.b.len - 1);
    assert_int_equal(rev->startxref, f.xref);
    assert_int_equal(rev->size, 4);
    assert_int_equal(pdf_tail(o.pdf), 0);
    assert_int_equal(pdf_revision_ending(o.pdf, rev->eof), 0);
    assert_int_equal(pdf_revision_ending(o.pdf, rev->end + 1), -1);
    assert_null(pdf_revision_at(o.pdf, 1));
    const struct pdf_value *box =
        pdf_path(o.pdf, pdf_catalog(o.pdf, PDF_LATEST, &e), "Pages/MediaBox", PDF_LATEST, &e);
    assert_int_equal(pdf_int(pdf_at(box, 3), 0), 842);
    assert_int_equal(pdf_object_limit(o.pdf, PDF_LATEST), 4);
    /* A free number, an absent one and a wrong generation are null. */
    struct pdf_value *v = NULL;
    assert_int_equal(pdf_load(o.pdf, (struct pdf_ref){0, 65535}, PDF_LATEST, &v, &e), 0);
    assert_true(pdf_is_null(v));
    pdf_value_free(v);
    assert_int_equal(pdf_load(o.pdf, (struct pdf_ref){99, 0}, PDF_LATEST, &v, &e), 0);
    assert_true(pdf_is_null(v));
    pdf_value_free(v);
    assert_int_equal(pdf_load(o.pdf, (struct pdf_ref){1, 3}, PDF_LATEST, &v, &e), 0);
    assert_true(pdf_is_null(v));
    pdf_value_free(v);
    fix_close(&o);
    fix_done(&f);
}

static void test_offsets(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf_value *v = NULL;
    int64_t start = 0, end = 0;

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R/A (x) /B <41 42>/C[1 2 0 R]>>");
    fix_object(&f, 2, "<</Kids[]/Count 0>>");
    size_t at = f.at[1];
    fix_table(&f, 3, "");
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_load(o.pdf, (struct pdf_ref){1, 0}, PDF_LATEST, &v, &e), 0);
    static const char *const keys[] = {"A", "B", "C"}, *const spelled[] = {"(x)", "<41 42>",
                                                                           "[1 2 0 R]"};
    for (int i = 0; i < 3; i++) {
        const struct pdf_value *entry = pdf_key(v, keys[i]);
        assert_int_equal(entry->end - entry->start, strlen(spelled[i]));
        assert_memory_equal(f.b.data + entry->start, spelled[i], strlen(spelled[i]));
    }
    const struct pdf_value *ref = pdf_at(pdf_key(v, "C"), 1);
    assert_memory_equal(f.b.data + ref->start, "2 0 R", 5);
    assert_int_equal(ref->end - ref->start, 5);
    assert_int_equal(pdf_object_span(o.pdf, 1, PDF_LATEST, &start, &end, &e), 0);
    assert_int_equal(start, at);
    assert_memory_equal(f.b.data + end - 6, "endobj", 6);
    assert_int_equal(pdf_object_span(o.pdf, 77, PDF_LATEST, &start, &end, &e), -1);
    pdf_value_free(v);
    fix_close(&o);
    fix_done(&f);
}

/* Numbers of a page that is replaced keep their value. */
static void test_reals(void **state)
{
    static const char *const spelled[] = {
        "595.275590551",      "0.1",   "-.5", "4.", "+17.25", "841.8897637795276", "0.000000000001",
        "123456789012345678", "00.10", "-0.0"};
    struct err e = ERR_INIT;
    struct buf body = BUF_INIT(4096), printed = BUF_INIT(4096);
    struct pdf_value *v = NULL;
    struct fix f;

    (void)state;
    for (size_t i = 0; i < sizeof spelled / sizeof spelled[0]; i++) {
        buf_clear(&body);
        buf_format(&body, "[%s]", spelled[i]);
        fix_begin(&f, "%PDF-1.7\n");
        fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
        fix_object(&f, 2, buf_str(&body));
        fix_table(&f, 3, "");
        struct opened o = fix_open(&f);
        assert_int_equal(pdf_load(o.pdf, (struct pdf_ref){2, 0}, PDF_LATEST, &v, &e), 0);
        buf_clear(&printed);
        pdf_print(v, &printed);
        assert_true(strtod(spelled[i], NULL) == pdf_number(pdf_at(v, 0), -1));
        assert_true(strtod(buf_str(&printed) + 1, NULL) == pdf_number(pdf_at(v, 0), -1));
        assert_null(strpbrk(buf_str(&printed), "eE"));
        pdf_value_free(v);
        fix_close(&o);
        fix_done(&f);
    }
    buf_free(&body);
    buf_free(&printed);
}

static void test_revisions(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf_change change;

    (void)state;
    fix_simple(&f);
    size_t first_end = f.b.len;
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R/Rotate 90>>");
    fix_object(&f, 4, "(new)");
    fix_table(&f, 5, "");
    buf_text(&f.b, "junk");
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_revision_count(o.pdf), 2);
    assert_int_equal(pdf_revision_at(o.pdf, 0)->end, first_end);
    assert_int_equal(pdf_revision_at(o.pdf, 1)->start, first_end);
    assert_int_equal(pdf_tail(o.pdf), 4);
    assert_int_equal(pdf_revision_ending(o.pdf, (int64_t)first_end), 0);
    const struct pdf_value *page = pdf_fetch(o.pdf, (struct pdf_ref){3, 0}, 0, &e);
    assert_null(pdf_key(page, "Rotate"));
    page = pdf_fetch(o.pdf, (struct pdf_ref){3, 0}, 1, &e);
    assert_int_equal(pdf_int(pdf_key(page, "Rotate"), 0), 90);
    assert_true(pdf_is_null(pdf_fetch(o.pdf, (struct pdf_ref){4, 0}, 0, &e)));
    assert_int_equal(pdf_change_count(o.pdf, 1), 2);
    assert_int_equal(pdf_change_at(o.pdf, 1, 0, &change), 0);
    assert_int_equal(change.num, 3);
    assert_int_equal(change.kind, PDF_CHANGE_REPLACED);
    assert_int_equal(pdf_change_at(o.pdf, 1, 1, &change), 0);
    assert_int_equal(change.kind, PDF_CHANGE_ADDED);
    assert_int_equal(pdf_change_at(o.pdf, 1, 2, &change), -1);
    assert_int_equal(pdf_change_at(o.pdf, 0, 0, &change), 0);
    assert_int_equal(change.kind, PDF_CHANGE_FREED);
    assert_true(pdf_moved(o.pdf, 3, 0, 1));
    assert_false(pdf_moved(o.pdf, 1, 0, 1));
    fix_close(&o);
    fix_done(&f);
}

static void test_freed(void **state)
{
    struct fix f;
    struct pdf_change change;

    (void)state;
    fix_simple(&f);
    size_t prev = f.xref, at = f.b.len;
    buf_format(
        &f.b,
        "xref\n2 2\n%010zu 00000 n \n0000000000 00001 f \ntrailer\n<</Size 4/Root 1 0 R/Prev "
        "%zu>>\nstartxref\n%zu\n%%%%EOF",
        (size_t)((unsigned char *)memmem(f.b.data, f.b.len, "2 0 obj", 7) - f.b.data), prev, at);
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_change_at(o.pdf, 1, 0, &change), 0);
    assert_int_equal(change.kind, PDF_CHANGE_SAME);
    assert_int_equal(pdf_change_at(o.pdf, 1, 1, &change), 0);
    assert_int_equal(change.kind, PDF_CHANGE_FREED);
    assert_int_equal(pdf_place_of(o.pdf, 3, 0).kind, PDF_PLACE_FILE);
    assert_int_equal(pdf_place_of(o.pdf, 3, 1).kind, PDF_PLACE_FREE);
    assert_int_equal(pdf_revision_at(o.pdf, 1)->end, pdf_revision_at(o.pdf, 1)->eof);
    fix_close(&o);
    fix_done(&f);
}

static void test_packed(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct buf rows = BUF_INIT(4096);
    const char packed[] =
        "2 0 3 38 <</Type/Pages/Kids[3 0 R]/Count 1>>    <</Type/Page/Parent 2 0 R>>";

    (void)state;
    fix_begin(&f, "%PDF-1.5\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_stream(&f, 4, "/Type/ObjStm/N 2/First 9", packed, sizeof packed - 1);
    const unsigned char table[6][4] = {
        {0, 0, 0, 0},
        {1, (unsigned char)(f.at[1] >> 8), (unsigned char)f.at[1], 0},
        {2, 0, 4, 0},
        {2, 0, 4, 1},
        {1, (unsigned char)(f.at[4] >> 8), (unsigned char)f.at[4], 0},
        {1, (unsigned char)(f.b.len >> 8), (unsigned char)f.b.len, 0}};
    buf_append(&rows, table, sizeof table);
    size_t at = f.b.len;
    fix_stream(&f, 5, "/Type/XRef/W[1 2 1]/Size 6/Root 1 0 R", rows.data, rows.len);
    buf_format(&f.b, "startxref\n%zu\n%%%%EOF\r\n", at);
    struct opened o = fix_open(&f);
    const struct pdf_value *page = pdf_fetch(o.pdf, (struct pdf_ref){3, 0}, PDF_LATEST, &e);
    assert_true(pdf_is_name(pdf_key(page, "Type"), "Page"));
    assert_int_equal(page->start, -1);
    int64_t count = 0;
    assert_int_equal(pdf_page_count(o.pdf, PDF_LATEST, &count, &e), 0);
    assert_int_equal(count, 1);
    assert_int_equal(pdf_revision_at(o.pdf, 0)->kind, PDF_XREF_STREAM);
    assert_int_equal(pdf_revision_at(o.pdf, 0)->end, f.b.len);
    assert_int_equal(pdf_place_of(o.pdf, 3, 0).container, 4);
    fix_close(&o);
    buf_free(&rows);
    fix_done(&f);
}

static void test_refused(void **state)
{
    struct fix f;

    (void)state;
    fix_begin(&f, "hello, this is no PDF at all");
    fix_refused(&f, "err.pdf-file.not-pdf");
    fix_done(&f);
    fix_begin(&f, "");
    fix_refused(&f, "err.pdf-file.not-pdf");
    fix_done(&f);
    fix_begin(&f, "\n%PDF-1.7\n");
    fix_refused(&f, "err.pdf-file.header-shifted");
    fix_done(&f);
    fix_begin(&f, "%PDF-");
    fix_refused(&f, "err.pdf-file.truncated");
    fix_done(&f);
    fix_simple(&f);
    f.b.len -= 30;
    fix_refused(&f, "err.pdf-file.truncated");
    fix_done(&f);
    fix_simple(&f);
    f.b.len -= 6; /* startxref stands there, %%EOF does not */
    fix_refused(&f, "err.pdf-file.truncated");
    fix_done(&f);
    fix_simple(&f);
    fix_patch(&f, "xref\n0 1", "xref\n0 x");
    fix_refused(&f, "err.pdf-file.xref");
    fix_done(&f);
    fix_simple(&f);
    fix_patch(&f, "/Size 4", "/Sizz 4");
    fix_refused(&f, "err.pdf-file.xref");
    fix_done(&f);
    fix_simple(&f);
    fix_patch(&f, "/Root 1 0 R", "/Root 3 9 R");
    fix_refused(&f, "err.pdf-file.xref");
    fix_done(&f);
    fix_simple(&f);
    fix_patch(&f, "1 0 obj", "7 0 obj");
    fix_refused(&f, "err.pdf-file.object");
    fix_done(&f);
    fix_simple(&f);
    fix_patch(&f, "/Type/Catalog", "/Type(Catalo(");
    fix_refused(&f, "err.pdf-file.object");
    fix_done(&f);
}

static void test_refused_chain(void **state)
{
    struct fix f;
    char body[64];

    (void)state;
    fix_simple(&f); /* a loop of /Prev */
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R>>");
    fix_table(&f, 4, "");
    unsigned char *at = memmem(f.b.data, f.b.len, "/ID[<", 5);
    snprintf(body, sizeof body, "/Prev %zu ", f.xref);
    memset(at, ' ', 73);
    memcpy(at, body, strlen(body));
    fix_refused(&f, "err.pdf-file.loop");
    fix_done(&f);
    fix_begin(&f, "%PDF-1.7\n"); /* one number twice with two places */
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    buf_format(&f.b,
               "xref\n1 1\n%010d 00000 n \n1 1\n0000000020 00000 n \ntrailer <</Size 2/Root 1 0 "
               "R>> startxref %zu %%%%EOF",
               9, f.b.len);
    fix_refused(&f, "err.pdf-file.xref");
    fix_done(&f);
    fix_begin(&f, "%PDF-1.7\n"); /* a billion objects */
    buf_format(&f.b, "xref\n0 1000000000\ntrailer <</Size 2/Root 1 0 R>> startxref %d %%%%EOF", 9);
    fix_refused(&f, "err.pdf-file.limit");
    fix_done(&f);
    fix_begin(&f, "%PDF-1.7\n"); /* rows of no bytes */
    fix_stream(&f, 1, "/Type/XRef/W[0 0 0]/Size 1000000/Root 1 0 R", "", 0);
    buf_text(&f.b, "startxref 9 %%EOF");
    fix_refused(&f, "err.pdf-file.xref");
    fix_done(&f);
    fix_begin(&f, "%PDF-1.7\n"); /* data shorter than /Size says */
    fix_stream(&f, 1, "/Type/XRef/W[1 2 1]/Size 5/Root 1 0 R", "\1\0\1\0", 4);
    buf_text(&f.b, "startxref 9 %%EOF");
    fix_refused(&f, "err.pdf-file.xref");
    fix_done(&f);
    fix_begin(&f, "%PDF-1.7\n"); /* a stream that is no cross-reference */
    fix_stream(&f, 1, "/Type/ObjStm/W[1 2 1]/Size 1/Root 1 0 R", "\1\0\1\0", 4);
    buf_text(&f.b, "startxref 9 %%EOF");
    fix_refused(&f, "err.pdf-file.xref");
    fix_done(&f);
}

static void test_depth_and_size(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf *pdf = NULL;
    struct pdf_options options = {.max_objects = 3};

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    f.at[2] = f.b.len;
    buf_text(&f.b, "2 0 obj\n");
    for (int i = 0; i < 200000; i++)
        buf_char(&f.b, '[');
    buf_text(&f.b, "\nendobj\n");
    f.at[3] = f.b.len;
    buf_text(&f.b, "3 0 obj\n[");
    for (int i = 0; i < 1000001; i++)
        buf_text(&f.b, "0 ");
    buf_text(&f.b, "]\nendobj\n");
    fix_table(&f, 4, "");
    struct opened o = fix_open(&f);
    assert_null(pdf_fetch(o.pdf, (struct pdf_ref){2, 0}, PDF_LATEST, &e));
    assert_string_equal(e.id, "err.pdf-file.limit");
    err_clear(&e);
    assert_null(pdf_fetch(o.pdf, (struct pdf_ref){3, 0}, PDF_LATEST, &e));
    assert_string_equal(e.id, "err.pdf-file.limit");
    fix_close(&o);
    fix_done(&f);
    fix_simple(&f);
    int fd = fix_fd(&f);
    assert_int_equal(pdf_open(&pdf, fd, &options, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.limit");
    options = (struct pdf_options){.max_cache = 10};
    assert_int_equal(pdf_open(&pdf, fd, &options, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.limit");
    close(fd);
    fix_done(&f);
}

static void test_reference_loop(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R/A 4 0 R/A 3 0 R>>");
    fix_object(&f, 2, "<</Kids[]/Count 0>>");
    fix_object(&f, 3, "3 0 R");
    fix_object(&f, 4, "");
    f.at[5] = f.b.len;
    buf_text(&f.b, "5 0 obj <</Length 5 0 R>> stream\nabc\nendstream endobj\n");
    fix_table(&f, 6, "");
    struct opened o = fix_open(&f);
    const struct pdf_value *catalog = pdf_catalog(o.pdf, PDF_LATEST, &e);
    assert_true(catalog->doubled);
    assert_int_equal(pdf_ref_of(pdf_key(catalog, "A")).num, 3);
    assert_null(pdf_get(o.pdf, catalog, "A", PDF_LATEST, &e));
    assert_string_equal(e.id, "err.pdf-file.loop");
    err_clear(&e);
    assert_true(pdf_is_null(pdf_fetch(o.pdf, (struct pdf_ref){4, 0}, PDF_LATEST, &e)));
    assert_null(pdf_fetch(o.pdf, (struct pdf_ref){5, 0}, PDF_LATEST, &e));
    assert_string_equal(e.id, "err.pdf-file.stream");
    pdf_drop_cache(o.pdf);
    fix_close(&o);
    fix_done(&f);
}

static void test_signature_span(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf_sig_span span;

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Kids[]/Count 0>>");
    fix_object(&f, 3, "<</Type/Sig/Contents <30 00>/ByteRange [0 1 2 3]>>");
    fix_object(&f, 4, "<</Type/Sig/Contents (30)/ByteRange [0 1 2 3]>>");
    fix_object(&f, 5, "<</Type/Sig/Contents <30>/ByteRange [0 1 2 -3]>>");
    fix_object(&f, 6, "<</Type/Sig/Contents <30>/ByteRange [0 1 2 3]/Contents <31>>>");
    fix_object(&f, 7, "<</Type/Sig/Contents <30>>>");
    fix_table(&f, 8, "");
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_sig_span(o.pdf, 3, PDF_LATEST, &span, &e), 0);
    assert_memory_equal(f.b.data + span.contents_start, "<30 00>", 7);
    assert_int_equal(span.contents_end - span.contents_start, 7);
    assert_memory_equal(f.b.data + span.ranges_start, "[0 1 2 3]", 9);
    assert_int_equal(span.ranges_end - span.ranges_start, 9);
    assert_int_equal(span.range[3], 3);
    for (uint32_t num = 4; num <= 7; num++) {
        assert_int_equal(pdf_sig_span(o.pdf, num, PDF_LATEST, &span, &e), -1);
        assert_string_equal(e.id, "err.pdf-file.sig-form");
        assert_int_equal(e.kind, ERR_SIGNATURE);
    }
    assert_int_equal(pdf_sig_span(o.pdf, 9, PDF_LATEST, &span, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.sig-packed");
    fix_close(&o);
    fix_done(&f);
}

static void test_unreadable(void **state)
{
    static const char *const handlers[] = {"<</Filter/Foreign.Handler/V 4>>",
                                           "<</Filter/Standard/V 3/R 3>>", "(none)",
                                           "<</Filter/Standard/V 5/R 6/O(short)/U(short)>>"};
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf *pdf = NULL;
    char entry[128];

    (void)state;
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++) {
        fix_begin(&f, "%PDF-1.7\n");
        fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
        snprintf(entry, sizeof entry, "/Encrypt %s", handlers[i]);
        fix_table(&f, 2, entry);
        fix_refused(&f, "err.pdf-file.encryption");
        fix_done(&f);
    }
    fix_begin(&f, "%PDF-1.7\n"); /* for certificates: 7.6.5 */
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_table(&f, 2, "/Encrypt <</Filter/Adobe.PubSec/SubFilter/adbe.pkcs7.s5/V 4>>");
    fix_refused(&f, "err.pdf-file.encryption-certificates");
    fix_done(&f);
    /* A descriptor that cannot be read, and a file that shrinks while it is open. */
    fix_simple(&f);
    int memory = file_memory("shrinks", &e);
    assert_int_equal(file_write_all(memory, f.b.data, f.b.len, "shrinks", &e), 0);
    snprintf(entry, sizeof entry, "/proc/self/fd/%d", memory);
    int blind = open(entry, O_WRONLY | O_CLOEXEC);
    assert_true(blind >= 0);
    assert_int_equal(pdf_open(&pdf, blind, NULL, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.read");
    assert_int_equal(e.kind, ERR_DISK);
    close(blind);
    assert_int_equal(pdf_open(&pdf, memory, NULL, &e), 0);
    assert_int_equal(ftruncate(memory, 100), 0);
    err_clear(&e);
    assert_int_equal(pdf_pread(pdf, entry, 10, 150, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.read");
    pdf_close(pdf);
    close(memory);
    fix_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_simple),         cmocka_unit_test(test_offsets),
        cmocka_unit_test(test_reals),          cmocka_unit_test(test_revisions),
        cmocka_unit_test(test_freed),          cmocka_unit_test(test_packed),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_refused_chain),
        cmocka_unit_test(test_depth_and_size), cmocka_unit_test(test_reference_loop),
        cmocka_unit_test(test_signature_span), cmocka_unit_test(test_unreadable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

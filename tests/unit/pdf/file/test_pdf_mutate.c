/* Files cut at each length and changed at each byte: opened or refused with a sentence, never a
 * crash (run under ASan). */
#include "fixture.h"

static void visit(const unsigned char *data, size_t n)
{
    struct err e = ERR_INIT;
    struct pdf *pdf = NULL;
    struct pdf_options options = {.max_objects = 10000, .max_cache = 1 << 20};
    int fd = file_seal_bytes("mutant", data, n, &e);
    int64_t pages = 0;

    assert_true(fd >= 0);
    if (pdf_open(&pdf, fd, &options, &e) != 0) {
        assert_true(e.kind == ERR_INPUT);
        assert_true(strlen(e.id) > 0);
        close(fd);
        return;
    }
    for (int r = 0; r < pdf_revision_count(pdf); r++)
        pdf_page_count(pdf, r, &pages, &e);
    for (uint32_t num = 0; num < pdf_object_limit(pdf, PDF_LATEST) && num < 50; num++) {
        struct buf out = BUF_INIT(1 << 16);
        struct pdf_sig_span span;
        const struct pdf_value *v = pdf_fetch(pdf, (struct pdf_ref){num, 0}, PDF_LATEST, &e);
        if (pdf_is(v, PDF_STREAM))
            pdf_stream_data(pdf, v, PDF_LATEST, PDF_DECODE_ALL, 1 << 15, &out, &e);
        if (v != NULL)
            pdf_print(v, &out);
        pdf_sig_span(pdf, num, PDF_LATEST, &span, &e);
        buf_free(&out);
    }
    pdf_close(pdf);
    close(fd);
}

static void mutate(const struct fix *f)
{
    static const unsigned char with[] = {0, ' ', '<', '>', '(', '9', 0xff, '%', '[', 'R'};
    unsigned char *copy = malloc(f->b.len);

    assert_non_null(copy);
    visit(f->b.data, f->b.len);
    for (size_t i = 0; i < f->b.len; i++)
        visit(f->b.data, i);
    for (size_t i = 0; i < f->b.len; i++) {
        memcpy(copy, f->b.data, f->b.len);
        for (size_t k = 0; k < sizeof with; k++) {
            copy[i] = with[k];
            visit(copy, f->b.len);
        }
        copy[i] = (unsigned char)(f->b.data[i] ^ 1);
        visit(copy, f->b.len);
    }
    free(copy);
}

static void test_table(void **state)
{
    struct fix f;

    (void)state;
    fix_simple(&f);
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R/S 4 0 R>>");
    fix_object(&f, 4, "<</Type/Sig/Contents<3000>/ByteRange[0 1 2 3]/F/A#42/T(a\\051\\\n)>>");
    fix_table(&f, 5, "");
    mutate(&f);
    fix_done(&f);
}

static void test_streams(void **state)
{
    struct fix f;

    (void)state;
    fix_begin(&f, "%PDF-1.5\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Kids[3 0 R]/Count 1>>");
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R>>");
    fix_stream(&f, 5, "/Filter/LZWDecode", "\x80\x0b\x60\x50\x22\x0c\x0c\x85\x01", 9);
    fix_stream(&f, 6, "/Filter[/A85/RL]", "87cURD]i,\"Ebo80~>", 17);
    fix_stream(&f, 7, "/Type/ObjStm/N 2/First 8", "8 0 9 3 12 (x)", 14);
    size_t container = f.at[7];
    memset(&f.at[7], 0, sizeof f.at[7]);
    f.at[4] = f.b.len;
    char body[256];
    snprintf(body, sizeof body, "/Type/XRef/W[1 2 1]/Index[1 4 5 5]/Size 10/Root 1 0 R/Filter/AHx");
    char rows[128] = "";
    for (int i = 1; i <= 9; i++) {
        if (i == 8 || i == 9)
            snprintf(rows + strlen(rows), 12, "020007%02x", (unsigned)(i - 8));
        else
            snprintf(rows + strlen(rows), 12, "01%04x00",
                     (unsigned)(i == 7 ? container : f.at[i]) & 0xffff);
    }
    size_t at = f.b.len;
    fix_stream(&f, 4, body, rows, strlen(rows));
    buf_format(&f.b, "startxref\n%zu\n%%%%EOF\n", at);
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_place_of(o.pdf, 9, 0).kind, PDF_PLACE_PACKED);
    assert_int_equal(pdf_int(pdf_fetch(o.pdf, (struct pdf_ref){8, 0}, 0, NULL), 0), 12);
    fix_close(&o);
    mutate(&f);
    fix_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_streams),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

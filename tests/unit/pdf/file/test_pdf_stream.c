#include "fixture.h"

#include <zlib.h>

/* One stream with these entries and this data, decoded; *e filled on failure. */
static int decode(const char *entries, const void *data, size_t n, size_t max, struct buf *out,
                  struct err *e)
{
    struct fix f;

    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Kids[]/Count 0>>");
    fix_stream(&f, 3, entries, data, n);
    fix_object(&f, 4, "/FlateDecode");
    fix_object(&f, 5, "<</Predictor 12/Columns 4>>");
    fix_table(&f, 6, "");
    struct opened o = fix_open(&f);
    err_clear(e);
    buf_clear(out);
    const struct pdf_value *v = pdf_fetch(o.pdf, (struct pdf_ref){3, 0}, PDF_LATEST, e);
    assert_non_null(v);
    int rc = pdf_stream_data(o.pdf, v, PDF_LATEST, PDF_DECODE_ALL, max, out, e);
    fix_close(&o);
    fix_done(&f);
    return rc;
}

static void decodes(const char *entries, const void *data, size_t n, const char *expected,
                    size_t len)
{
    struct buf out = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;

    if (decode(entries, data, n, 1 << 20, &out, &e) != 0)
        fail_msg("%s: %s", entries, e.sentence);
    assert_int_equal(out.len, len);
    if (len > 0)
        assert_memory_equal(out.data, expected, len);
    buf_free(&out);
}

static void fails(const char *entries, const void *data, size_t n, const char *id)
{
    struct buf out = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;

    assert_int_equal(decode(entries, data, n, 1 << 16, &out, &e), -1);
    assert_string_equal(e.id, id);
    buf_free(&out);
}

static size_t packed(const void *data, size_t n, unsigned char *to, size_t room)
{
    uLongf size = room;

    assert_int_equal(compress(to, &size, data, n), Z_OK);
    return size;
}

static void test_text_filters(void **state)
{
    (void)state;
    decodes("", "plain", 5, "plain", 5);
    decodes("/Filter/ASCIIHexDecode", "41 4\n2 5>", 9, "ABP", 3);
    decodes("/Filter/AHx", "", 0, "", 0);
    fails("/Filter/ASCIIHexDecode", "4x", 2, "err.pdf-file.stream");
    decodes("/Filter/ASCII85Decode", "87cURD]i,\"Ebo80~>", 17, "Hello World!", 12);
    decodes("/Filter/A85", "z 5sb~>", 7, "\0\0\0\0AB", 6);
    fails("/Filter/ASCII85Decode", "87cUR5~>", 8, "err.pdf-file.stream");
    fails("/Filter/ASCII85Decode", "{{{{{", 5, "err.pdf-file.stream");
    decodes("/Filter/RunLengthDecode", "\2abc\xfex\x80junk", 11, "abcxxx", 6);
    decodes("/Filter/RL",
            "\x04"
            "ab",
            3, "ab", 2);
    decodes("/Filter[/AHx/RL]", "026162 63 80>", 13, "abc", 3);
    fails("/Filter/DCTDecode", "x", 1, "err.pdf-file.filter");
    fails("/Filter 12", "x", 1, "err.pdf-file.stream");
    fails("/Filter/None", "x", 1, "err.pdf-file.filter");
    fails("/Filter[/AHx/AHx/AHx/AHx/AHx/AHx/AHx/AHx/AHx]", "x", 1, "err.pdf-file.limit");
    decodes("/F(other.bin)", "x", 1, "x", 1); /* external data is never fetched */
}

static void test_lzw(void **state)
{
    static const unsigned char sample[] = {0x80, 0x0b, 0x60, 0x50, 0x22, 0x0c, 0x0c, 0x85, 0x01};

    (void)state;
    /* The example of the standard (7.4.4.2). */
    decodes("/Filter/LZWDecode", sample, sizeof sample, "\x2d\x2d\x2d\x2d\x2d\x41\x2d\x2d\x2d\x42",
            10);
    fails("/Filter/LZWDecode", "\x80\x7f\xff\xff\xff", 5, "err.pdf-file.stream");
    decodes("/Filter/LZWDecode", "", 0, "", 0);
}

static void test_flate(void **state)
{
    unsigned char z[4096];
    static const unsigned char up[] = {2, 1, 2, 3, 4, 2, 1, 1, 1, 1, 0, 9, 9, 9, 9};
    static const unsigned char every[] = {1, 1, 1, 1, 1, 3, 1, 1, 1, 1, 4, 1, 1, 1, 1};
    static const unsigned char expected[] = {1, 2, 3, 4, 1, 2, 3, 4, 2, 3, 4, 5};
    static const unsigned char tiff[] = {1, 1, 1, 1, 2, 2, 2, 2};

    (void)state;
    size_t n = packed("hello hello hello", 17, z, sizeof z);
    decodes("/Filter/FlateDecode", z, n, "hello hello hello", 17);
    decodes("/Filter 4 0 R", z, n, "hello hello hello", 17);
    decodes("/Filter/FlateDecode", z, n - 4, "hello hello hello", 17); /* no checksum */
    fails("/Filter/FlateDecode", "not deflated", 12, "err.pdf-file.stream");
    n = packed(up, sizeof up, z, sizeof z);
    decodes("/Filter/Fl/DecodeParms 5 0 R", z, n, "\1\2\3\4\2\3\4\5\11\11\11\11", 12);
    decodes("/Filter[/Fl]/DecodeParms[<</Predictor 15/Columns 4>>]", z, n,
            "\1\2\3\4\2\3\4\5\11\11\11\11", 12);
    n = packed(every, sizeof every, z, sizeof z);
    decodes("/Filter/Fl/DecodeParms<</Predictor 15/Columns 4>>", z, n, (const char *)expected, 12);
    n = packed(tiff, sizeof tiff, z, sizeof z);
    decodes("/Filter/Fl/DecodeParms<</Predictor 2/Columns 4>>", z, n, "\1\2\3\4\2\4\6\10", 8);
    decodes("/Filter/Fl/DecodeParms<</Predictor 2/Columns 2/BitsPerComponent 16>>", z, n,
            "\1\1\2\2\2\2\4\4", 8);
    fails("/Filter/Fl/DecodeParms<</Predictor 3>>", z, n, "err.pdf-file.stream");
    fails("/Filter/Fl/DecodeParms<</Predictor 12/Columns 999999999999>>", z, n,
          "err.pdf-file.stream");
    fails("/Filter/Fl/DecodeParms<</Predictor 12/BitsPerComponent 7>>", z, n,
          "err.pdf-file.stream");
    n = packed("\7abcd", 5, z, sizeof z);
    fails("/Filter/Fl/DecodeParms<</Predictor 12/Columns 4>>", z, n, "err.pdf-file.stream");
}

static void test_bomb(void **state)
{
    static unsigned char zeros[1 << 22], once[1 << 16], twice[1 << 16];

    (void)state;
    size_t n = packed(zeros, sizeof zeros, once, sizeof once);
    n = packed(once, n, twice, sizeof twice);
    fails("/Filter[/Fl/Fl]", twice, n, "err.pdf-file.limit");
}

static void test_pieces(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf_stream *s = NULL;
    unsigned char z[4096], two[2];
    size_t n = packed("0123456789", 10, z, sizeof z);
    struct buf out = BUF_INIT(100);

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Kids[]/Count 0>>");
    fix_stream(&f, 3, "/Filter/FlateDecode", z, n);
    fix_table(&f, 4, "");
    struct opened o = fix_open(&f);
    const struct pdf_value *v = pdf_fetch(o.pdf, (struct pdf_ref){3, 0}, PDF_LATEST, &e);
    assert_int_equal(pdf_stream_open(&s, o.pdf, v, PDF_LATEST, PDF_DECODE_ALL, &e), 0);
    for (int i = 0; i < 5; i++) {
        assert_int_equal(pdf_stream_read(s, two, 2, &e), 2);
        assert_int_equal(two[0], '0' + 2 * i);
    }
    assert_int_equal(pdf_stream_read(s, two, 2, &e), 0);
    pdf_stream_close(s);
    assert_int_equal(pdf_stream_data(o.pdf, v, PDF_LATEST, PDF_DECODE_RAW, 100, &out, &e), 0);
    assert_int_equal(out.len, n);
    assert_memory_equal(out.data, z, n);
    assert_int_equal(pdf_stream_open(&s, o.pdf, pdf_catalog(o.pdf, PDF_LATEST, &e), PDF_LATEST,
                                     PDF_DECODE_ALL, &e),
                     -1);
    assert_int_equal(e.kind, ERR_BUG);
    buf_free(&out);
    pdf_stream_close(NULL);
    fix_close(&o);
    fix_done(&f);
}

/* A /Length that does not lead to endstream. */
static void test_wrong_length(void **state)
{
    static const char *const lengths[] = {"3", "99999", "-1", "(x)"};
    struct err e = ERR_INIT;
    struct fix f;
    char body[128];

    (void)state;
    for (int i = 0; i < 4; i++) {
        fix_begin(&f, "%PDF-1.7\n");
        fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
        fix_object(&f, 2, "<</Kids[]/Count 0>>");
        snprintf(body, sizeof body, "<</Length %s>>stream\n12345678\nendstream", lengths[i]);
        fix_object(&f, 3, body);
        fix_table(&f, 4, "");
        struct opened o = fix_open(&f);
        err_clear(&e);
        assert_null(pdf_fetch(o.pdf, (struct pdf_ref){3, 0}, PDF_LATEST, &e));
        assert_string_equal(e.id, "err.pdf-file.stream");
        fix_close(&o);
        fix_done(&f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_filters), cmocka_unit_test(test_lzw),
        cmocka_unit_test(test_flate),        cmocka_unit_test(test_bomb),
        cmocka_unit_test(test_pieces),       cmocka_unit_test(test_wrong_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

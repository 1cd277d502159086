/* pdf/text/page.h: where the characters of a page stand, and a text among them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "pdf/text/page.h"
#include "tests/unit/make_pdf.h"

struct made {
    int fd;
    struct pdf *pdf;
    struct text_reader *reader;
};

static const char *made_stream(struct buf *to, const char *entries, const char *data)
{
    buf_format(to, "<<%s/Length %zu>>\nstream\n%s\nendstream", entries, strlen(data), data);
    return buf_str(to);
}

/* Two pages with these contents; fonts F (standard), W (with widths), C (two bytes a code, MCID
 * names), M (of Latin letters, with a map that means nothing, as some programs write it), and a
 * form X that shows "Dedans" at 100 100 of its own. */
static void open_pages(struct made *m, const char *first, const char *second)
{
    static const char map[] =
        "1 begincodespacerange <0000> <ffff> endcodespacerange 2 beginbfchar <0001> <00C9> <0002> "
        "<006C> endbfchar 1 beginbfrange <0010> <0020> <0061> endbfrange";
    struct buf streams[5];
    struct err e = ERR_INIT;

    for (size_t i = 0; i < 5; i++)
        buf_init(&streams[i], 1 << 20);
    const char *const objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2/MediaBox[0 0 600 800]/Resources<</Font<</F 7 0 R"
        "/W 8 0 R/C 9 0 R/M 12 0 R>>/XObject<</X 11 0 R>>>>>>",
        "<</Type/Page/Parent 2 0 R/Contents 5 0 R>>",
        "<</Type/Page/Parent 2 0 R/Contents[6 0 R]>>",
        made_stream(&streams[0], "", first),
        made_stream(&streams[1], "", second),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 97/Widths[1000 250]/FontDescriptor"
        "<</MissingWidth 500>>>>",
        "<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 10 0 R/DescendantFonts[<</Subtype"
        "/CIDFontType2/DW 400/W[1[300 200] 16 17 750]>>]>>",
        made_stream(&streams[2], "", map),
        made_stream(&streams[3],
                    "/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Matrix[1 0 0 1 50 0]",
                    "BT /F 10 Tf 100 100 Td (Dedans) Tj ET"),
        "<</Type/Font/Subtype/TrueType/BaseFont/X/FirstChar 97/Widths[500]/FontDescriptor<</Flags 4"
        ">>/ToUnicode 13 0 R>>",
        made_stream(&streams[4], "", "1 beginbfchar <41><0000> endbfc")};
    m->fd = made_pdf(objects, sizeof objects / sizeof objects[0]);
    assert_int_equal(pdf_open(&m->pdf, m->fd, NULL, &e), 0);
    assert_int_equal(text_reader_new(&m->reader, m->pdf, PDF_LATEST, &e), 0);
    for (size_t i = 0; i < 5; i++)
        buf_free(&streams[i]);
}

static void close_pages(struct made *m)
{
    text_reader_free(m->reader);
    pdf_close(m->pdf);
    close(m->fd);
}

/* How often it stands there; the first place of it goes to *first. */
static size_t count(const char *content, int64_t page, const char *wanted, struct text_mark *first,
                    struct text_mark *last)
{
    struct made m;
    struct text_match found[2];
    struct err e = ERR_INIT;
    struct text_page text;
    struct pdf_ref ref;
    struct pdf_value *value = NULL;
    size_t n = 99;

    open_pages(&m, content, "BT /F 10 Tf 10 700 Td (Page deux) Tj ET");
    assert_int_equal(text_find(m.reader, page, wanted, found, &n, &e), 0);
    if (n > 0 && first != NULL) {
        assert_int_equal(pdf_page_ref(m.pdf, found[0].page, PDF_LATEST, &ref, &e), 0);
        assert_int_equal(pdf_load(m.pdf, ref, PDF_LATEST, &value, &e), 0);
        assert_int_equal(text_page_read(m.reader, ref, value, &text, &e), 0);
        *first = text.marks[found[0].first];
        *last = text.marks[found[0].last];
        text_page_free(&text);
        pdf_value_free(value);
    }
    close_pages(&m);
    return n;
}

static void near(float got, double due)
{
    if (fabs((double)got - due) > 0.02)
        fail_msg("%f in place of %f", (double)got, due);
}

static void test_places(void **state)
{
    struct text_mark a, b;

    (void)state;
    /* Helvetica without widths: n 556, o 556, m 833 */
    assert_int_equal(count("BT /F 10 Tf 100 700 Td (Nom : ) Tj ET", -1, "om", &a, &b), 1);
    near(a.x0, 100 + 7.22);
    near(b.x1, 100 + 7.22 + 5.56 + 8.33);
    near(a.y0, 700);
    near(a.up_y, 10);
    /* widths of the file, spacing of characters and words, scale, rise, TJ */
    assert_int_equal(
        count("BT /W 10 Tf 1 Tc 2 Tw 50 Tz 3 Ts 1 0 0 1 20 30 Tm [(a) -100 (b )] TJ (a) Tj ET", -1,
              "aba", &a, &b),
        1);
    near(a.x0, 20);
    near(a.y0, 33);
    /* a: (10 + 1)/2, TJ: 1/2, b: (2.5 + 1)/2, blank: (5 + 1 + 2)/2, then a: 10/2 */
    near(b.x1, 20 + 5.5 + 0.5 + 1.75 + 4 + 5);
    /* two bytes a code, with /W and /DW */
    assert_int_equal(
        count("BT /C 20 Tf 10 10 Td <0001000200100012> Tj ET", -1, "\xc3\x89lac", &a, &b), 1);
    near(b.x0, 10 + 20 * (0.3 + 0.2 + 0.75));
    near(b.x1, 10 + 20 * (0.3 + 0.2 + 0.75 + 0.4));
    /* in a form, behind matrices; what q saved comes back */
    assert_int_equal(
        count("q 2 0 0 2 7 0 cm /X Do Q BT /F 5 Tf 1 2 Td (ici) Tj ET", -1, "Dedans", &a, &b), 1);
    near(a.x0, 2 * 150 + 7);
    near(a.y0, 200);
    near(a.up_y, 20);
    /* upwards */
    assert_int_equal(count("BT /F 10 Tf 0 1 -1 0 50 60 Tm (Nom) Tj ET", -1, "Nom", &a, &b), 1);
    near(a.up_x, -10);
    near(b.y1, 60 + 7.22 + 5.56 + 8.33);
    near(b.x1, 50);
}

static void test_matches(void **state)
{
    static const char line[] =
        "BT /F 10 Tf 12 TL 100 700 Td (Signature de) Tj T* (l\222auditeur\240:)"
        " Tj 0 -12 Td (Date) ' ET";

    (void)state;
    assert_int_equal(count(line, -1, "Signature de l'auditeur :", NULL, NULL), 1);
    assert_int_equal(count(line, -1,
                           "l\xe2\x80\x99"
                           "auditeur:",
                           NULL, NULL),
                     1);
    assert_int_equal(count(line, -1, "signature", NULL, NULL), 0); /* the case counts */
    assert_int_equal(count(line, -1, "Page deux", NULL, NULL), 1);
    assert_int_equal(count(line, 1, "Page deux", NULL, NULL), 1);
    assert_int_equal(count(line, 0, "Page deux", NULL, NULL), 0);
    assert_int_equal(count(line, -1, "", NULL, NULL), 0);
    assert_int_equal(count(line, -1, "a", NULL, NULL), 2);
    /* bold by hand: drawn twice in one place */
    assert_int_equal(count("BT /F 10 Tf 9 9 Td (Nom) Tj ET BT /F 10 Tf 9.4 9 Td (Nom) Tj ET", -1,
                           "Nom", NULL, NULL),
                     1);
    assert_int_equal(count("BT /F 10 Tf 9 9 Td (Nom) Tj ET BT /F 10 Tf 9 29 Td (Nom) Tj ET", -1,
                           "Nom", NULL, NULL),
                     2);
    assert_int_equal(count("BT /M 10 Tf 9 9 Td (ANom) Tj ET", -1, "ANom", NULL, NULL), 1);
    /* content that breaks off, fonts that are not there, states without end */
    assert_int_equal(count("Q Q q BT /Z 9 Tf (a) Tj /F 9 Tf (Nom) Tj [(b", -1, "Nom", NULL, NULL),
                     1);
}

static void test_large(void **state)
{
    enum { MANY = 400002 };
    struct made m;
    struct text_match found[2];
    struct err e = ERR_INIT;
    struct buf b = BUF_INIT(MANY + 100);
    size_t n = 0;

    (void)state;
    buf_text(&b, "BT /F 10 Tf (");
    memset(buf_room(&b, MANY), 'a', MANY);
    b.len += MANY;
    buf_text(&b, ") Tj ET");
    open_pages(&m, buf_str(&b), "");
    assert_int_equal(text_find(m.reader, -1, "Nom", found, &n, &e), -1);
    assert_string_equal(e.id, "err.pdf-text.large");
    close_pages(&m);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_places),
                                       cmocka_unit_test(test_matches),
                                       cmocka_unit_test(test_large)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

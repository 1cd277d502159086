#include "fixture.h"

#include "base/jv.h"
#include "pdf/file/pdf_scan.h"

/* The codes found, "code@page " each. */
static void scan(struct fix *f, struct buf *out)
{
    struct err e = ERR_INIT;
    struct jv *findings = jv_array();
    struct opened o = fix_open(f);

    buf_clear(out);
    if (pdf_scan(o.pdf, findings, &e) != 0)
        fail_msg("%s", e.sentence);
    for (size_t i = 0; i < jv_count(findings); i++)
        buf_format(out, "%s@%d ", jv_get_text(jv_at(findings, i), "code"),
                   (int)jv_get_int(jv_at(findings, i), "page", -1));
    jv_free(findings);
    fix_close(&o);
}

/* A page with this content, these page entries and catalog entries; object 9 is what they like. */
static void found(const char *content, const char *page, const char *catalog, const char *nine,
                  const char *expected)
{
    struct buf out = BUF_INIT(4096), body = BUF_INIT(1 << 16);
    struct fix f;

    fix_begin(&f, "%PDF-1.7\n");
    buf_format(&body, "<</Type/Catalog/Pages 2 0 R%s>>", catalog);
    fix_object(&f, 1, buf_str(&body));
    fix_object(&f, 2,
               "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 600 800]/Resources<</Font<</F 5 0 "
               "R/T3<</Subtype/Type3>>>>"
               "/ExtGState<</Z<</ca 0>>/M<</BM/Multiply>>>>/ColorSpace<</I[/ICCBased 6 0 "
               "R]/S[/Separation/Spot/DeviceCMYK null]>>"
               "/XObject<</P 7 0 R/X 8 0 R>>>>>>");
    buf_clear(&body);
    buf_format(&body, "<</Type/Page/Parent 2 0 R/Contents 4 0 R%s>>", page);
    fix_object(&f, 3, buf_str(&body));
    fix_stream(&f, 4, "", content, strlen(content));
    fix_object(&f, 5, "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
    fix_stream(&f, 6, "/N 3", "", 0);
    fix_stream(&f, 7, "/Subtype/Image/Width 1/Height 1", "x", 1);
    fix_stream(&f, 8, "/Subtype/Form/Matrix[1 0 0 1 100 100]", "BT /F 9 Tf 3 Tr (in a form) Tj ET",
               33);
    fix_object(&f, 9, nine);
    fix_table(&f, 10, "");
    scan(&f, &out);
    assert_string_equal(buf_str(&out), expected);
    buf_free(&out);
    buf_free(&body);
    fix_done(&f);
}

static void text(const char *content, const char *expected)
{
    found(content, "", "", "null", expected);
}

static void test_text(void **state)
{
    (void)state;
    text("BT /F 12 Tf 100 700 Td (seen) Tj ET", "");
    text("BT /F 12 Tf 3 Tr 100 700 Td (x) Tj ET", "invisible-text@1 ");
    text("BT /F 12 Tf 3 Tr 100 700 Td (   ) Tj ET", "");
    text("q /Z gs BT /F 12 Tf 100 700 Td [(x) 20 (y)] TJ ET Q", "invisible-text@1 ");
    text("q /Z gs Q BT /F 12 Tf 100 700 Td (x) Tj ET", "");
    text("1 g BT /F 12 Tf 100 700 Td (x) Tj ET", "white-text@1 ");
    text("1 1 1 rg BT /F 12 Tf 100 700 Td (x) ' ET", "white-text@1 ");
    text("0 0 0 0 k BT /F 12 Tf 100 700 Td (x) Tj ET", "white-text@1 ");
    text("/I cs 1 1 1 sc BT /F 12 Tf 100 700 Td (x) Tj ET", "white-text@1 ");
    text("/S cs 1 scn BT /F 12 Tf 100 700 Td (x) Tj ET", "");
    text("0 0 1 rg 90 690 100 40 re f 1 g BT /F 12 Tf 100 700 Td (x) Tj ET", "");
    text("1 g 90 690 100 40 re f BT /F 12 Tf 100 700 Td (x) Tj ET", "white-text@1 ");
    text("q 100 0 0 40 90 690 cm /P Do Q 1 g BT /F 12 Tf 100 700 Td (x) Tj ET", "");
    text("BT /F 1 Tf 100 700 Td (x) Tj ET", "tiny-text@1 ");
    text("BT /F 1 Tf 12 0 0 12 100 700 Tm (x) Tj ET", "");
    text(".1 0 0 .1 0 0 cm BT /F 12 Tf 1000 7000 Td (x) Tj ET", "tiny-text@1 ");
    text("BT /T3 1 Tf 100 700 Td (x) Tj ET", "");
    text("BT /F 12 Tf 700 700 Td (x) Tj ET", "outside-text@1 ");
    text("BT /F 12 Tf 100 700 Td 14 TL T* (x) Tj 0 -1000 TD (y) Tj ET", "outside-text@1 ");
    text("BT /F 12 Tf 100 700 Td (x) Tj ET 90 690 100 40 re f", "covered-text@1 ");
    text("BT /F 12 Tf 100 700 Td (x) Tj ET /M gs 90 690 100 40 re f", "");
    text("BT /F 12 Tf 100 700 Td (x) Tj ET q 90 690 5 5 re W n 90 690 100 40 re f Q", "");
    text("BT /F 12 Tf 100 700 Td (x) Tj ET 90 690 m 190 690 l 190 740 l f", "");
    text("BT /F 12 Tf 100 700 Td (x) Tj ET q 100 0 0 40 90 690 cm /P Do Q", "covered-text@1 ");
    text("BT /F 12 Tf 100 700 Td (x) Tj ET q 100 0 0 40 90 690 cm BI /W 1/H 1 ID abcEI EI Q",
         "covered-text@1 ");
    text("/X Do BT /F 12 Tf 100 700 Td (x) Tj ET", "invisible-text@1 ");
    text("/X Do sh Q Q Q )( BT 3 Tr", "invisible-text@1 ");
}

/* a and b are half an em wide, c two; what lies after them is known by that. */
static void test_widths(void **state)
{
    static const char font[] = "/Resources<</Font<</W<</Subtype/TrueType/FirstChar 97/Widths[500 "
                               "500 2000]>>/F 5 0 R>>>>";
    static const struct {
        const char *content, *expected;
    } cases[] = {
        {"BT /W 12 Tf 100 700 Td (ab) Tj (c) Tj ET 113 690 100 40 re f", "covered-text@1 "},
        {"BT /F 12 Tf 100 700 Td (ab) Tj (c) Tj ET 113 690 100 40 re f", ""},
        {"BT /W 12 Tf 100 700 Td (ab) Tj (c) Tj ET 117 690 100 40 re f", ""},
        {"BT /W 12 Tf 100 700 Td (zb) Tj (c) Tj ET 113 690 100 40 re f", ""},
        {"BT /W 12 Tf 20 Tc 100 700 Td (a) Tj (c) Tj ET 113 690 10 40 re f", ""},
        {"BT /W 12 Tf 20 Tc 100 700 Td (a) Tj (c) Tj ET 127 690 10 40 re f", "covered-text@1 "},
        {"BT /W 12 Tf 100 700 Td [(a) -10000 (c)] TJ ET 225 690 9 40 re f", "covered-text@1 "},
        {"BT /W 12 Tf 100 700 Td [(a) -60000 (c)] TJ ET", "outside-text@1 "},
        {"BT /W 12 Tf 100 700 Td 0 20 (a) \" (c) Tj ET 127 690 10 40 re f", "covered-text@1 "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        found(cases[i].content, font, "", "null", cases[i].expected);
}

static void test_actions(void **state)
{
    (void)state;
    found("", "", "/OpenAction<</S/JavaScript/JS(x)>>", "null", "javascript@0 ");
    found("", "", "/OpenAction<</S/GoTo/Next[<</S/Launch>> 9 0 R]>>",
          "<</S/SubmitForm/Next 9 0 R>>", "launch@0 submit@0 ");
    found("", "", "/Names<</JavaScript<</Names[]>>>>", "null", "javascript@0 ");
    found("", "/AA<</O<</S/JavaScript>>>>", "", "null", "javascript@1 ");
    found("", "/Annots[9 0 R]", "", "<</Subtype/Link/A<</S/Launch>>>>", "launch@1 ");
    found("", "/Annots[9 0 R]", "", "<</Subtype/RichMedia/Rect[0 0 9 9]>>", "media@1 ");
    found("", "/Annots[9 0 R]", "", "<</Subtype/Text/Rect[0 0 9 9]/F 2>>", "hidden-annotation@1 ");
    found("", "/Annots[9 0 R]", "", "<</Subtype/Widget/FT/Sig/Rect[0 0 0 0]/F 2>>", "");
    found("", "", "/AcroForm<</Fields[9 0 R]>>", "<</FT/Tx/AA<</K<</S/JavaScript>>>>/Kids[9 0 R]>>",
          "javascript@0 ");
    found("", "", "/OCProperties<</OCGs[9 0 R]/D<</OFF[9 0 R]>>>>", "<</Type/OCG>>",
          "hidden-layer@0 ");
    found("", "", "/OCProperties<</OCGs[9 0 R]/D<<>>>>", "<</Type/OCG>>", "layers@0 ");
}

static void test_fields(void **state)
{
    (void)state;
    const char *content = "BT /F 12 Tf 100 700 Td (the sum) Tj ET";
    found(content, "/Annots[9 0 R]", "", "<</Subtype/Widget/FT/Tx/Rect[90 690 200 720]>>",
          "field-over-text@1 ");
    found(content, "/Annots[9 0 R]", "", "<</Subtype/Widget/FT/Tx/Rect[200 720 300 690]>>", "");
}

static void test_streams(void **state)
{
    struct buf out = BUF_INIT(4096);
    struct fix f;

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R/Contents[4 0 R 5 0 R]>>");
    fix_stream(&f, 4, "/F(elsewhere.bin)", "", 0);
    fix_stream(&f, 5, "/Filter/FlateDecode", "damaged", 7);
    fix_object(&f, 6, "<</Type/Page/Parent 2 0 R>>");
    fix_object(&f, 7, "(what nobody draws)");
    fix_table(&f, 8, "");
    scan(&f, &out);
    assert_string_equal(buf_str(&out), "external-stream@1 not-looked-at@1 unused-objects@0 ");
    buf_free(&out);
    fix_done(&f);
}

static void test_generations(void **state)
{
    (void)state;
    found("", "/Annots[9 1 R]", "", "<</Type/Annot>>", "other-generation@0 ");
    found("", "/Annots[9 0 R 90 5 R]", "", "<</Type/Annot>>", "");
}

/* Forms within forms: looked into once each, never for ever. */
static void test_bombs(void **state)
{
    struct buf out = BUF_INIT(4096), content = BUF_INIT(1 << 22);
    struct fix f;

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Type/Pages/Kids[3 0 R]/Count 1/Resources<</XObject<</X 5 0 R>>>>>>");
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>");
    fix_stream(&f, 4, "", "/X Do", 5);
    for (int i = 0; i < 1000; i++)
        buf_text(&content, "/X Do ");
    fix_stream(&f, 5, "/Subtype/Form", content.data, content.len);
    fix_table(&f, 6, "");
    scan(&f, &out);
    assert_string_equal(buf_str(&out), "not-looked-at@1 ");
    fix_done(&f);
    buf_clear(&content);
    for (int i = 0; i < 500000; i++)
        buf_text(&content, "q ");
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Type/Pages/Kids[3 0 R]/Count 1>>");
    fix_object(&f, 3, "<</Type/Page/Parent 2 0 R/Contents 4 0 R>>");
    fix_stream(&f, 4, "", content.data, content.len);
    fix_table(&f, 5, "");
    scan(&f, &out);
    assert_string_equal(buf_str(&out), "not-looked-at@1 ");
    fix_done(&f);
    buf_free(&out);
    buf_free(&content);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),    cmocka_unit_test(test_widths),
        cmocka_unit_test(test_actions), cmocka_unit_test(test_fields),
        cmocka_unit_test(test_streams), cmocka_unit_test(test_generations),
        cmocka_unit_test(test_bombs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

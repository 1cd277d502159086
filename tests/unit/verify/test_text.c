/* verify_text: the runs of a page, in the order of its content. */
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
#include "base/jv.h"
#include "tests/unit/make_pdf.h"
#include "verify/verify.h"

/* A page with this content. Fonts: F of Latin letters, G whose letter A means Z; form X, image I.
 */
static struct jv *text_of(const char *content)
{
    static const char form[] = "BT /G 9 Tf (A) Tj ET";
    struct buf page = BUF_INIT(1 << 20);
    char drawn[256];
    const char *objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>",
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</Font<</F 5 0 R/G 6 0 R/D<</Type/Font"
        "/Subtype/Type1/BaseFont/X/Encoding<</Differences[65/Y]>>>>>>/XObject<</X 7 0 R/I 8 0 R>>>>"
        ">>",
        NULL,
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>",
        "<</Type/Font/Subtype/Type1/BaseFont/X/Encoding<</Differences[65/Z]>>>>",
        drawn,
        "<</Type/XObject/Subtype/Image/Width 1/Height 1/Length 1>>\nstream\n0\nendstream"};
    static struct task table[2];
    struct runner runner;
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    table[0] = verify_text_task;
    runner = runner_here(table);
    buf_format(&page, "<</Length %zu>>\nstream\n%s\nendstream", strlen(content), content);
    objects[3] = buf_str(&page);
    snprintf(drawn, sizeof drawn,
             "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length %zu>>\nstream\n%s\nendstream",
             sizeof form - 1, form);
    int fd = made_pdf(objects, sizeof objects / sizeof objects[0]);
    assert_int_equal(verify_text(&runner, fd, -1, NULL, 0, &out, &e), 0);
    close(fd);
    buf_free(&page);
    return out;
}

/* The runs of the page, a line each. */
static void shows(const char *content, const char *due)
{
    struct jv *text = text_of(content);
    const struct jv *runs = jv_at(jv_get(text, "pages"), 0);
    struct buf got = BUF_INIT(1 << 20);

    for (size_t i = 0; i < jv_count(runs); i++)
        buf_format(&got, "%s\n", jv_str(jv_at(runs, i)));
    assert_string_equal(buf_str(&got), due);
    buf_free(&got);
    jv_free(text);
}

static void runs_end_where_the_place_changes(void **state)
{
    (void)state;
    shows("BT /F 9 Tf (Un) Tj (e) Tj 0 -9 Td (Deux) Tj T* [(Tr) 20 (ois) -400 (ici)] TJ ET",
          "Une\nDeux\nTrois ici\n");
    shows("BT /F 9 Tf (a) Tj (b) ' 1 2 (c) \" ET", "a\nb\nc\n");
    shows("BT /F 9 Tf (a) Tj 0 -9 TD (b) Tj 1 0 0 1 5 5 Tm (c) Tj ET", "a\nb\nc\n");
}

/* Q brings back the font that q kept, and a form leaves it alone (8.4.2, 8.10.1). */
static void fonts_are_kept(void **state)
{
    (void)state;
    shows("/F 9 Tf q /G 9 Tf BT (A) Tj ET Q BT (A) Tj ET", "Z\nA\n");
    shows("BT /F 9 Tf (A) Tj ET /X Do BT (A) Tj ET", "A\nZ\nA\n");
}

/* A font that is written into the resources is the same one each time: more often than there is
 * room for fonts. */
static void fonts_without_a_number(void **state)
{
    enum { TIMES = 600 };
    struct buf content = BUF_INIT(1 << 20), due = BUF_INIT(1 << 20);

    (void)state;
    for (int i = 0; i < TIMES; i++) {
        buf_text(&content, "/D 1 Tf(A)Tj/F 1 Tf(A)Tj ");
        buf_text(&due, "YA");
    }
    buf_char(&due, '\n');
    shows(buf_str(&content), buf_str(&due));
    buf_free(&content);
    buf_free(&due);
}

static void pictures_are_counted(void **state)
{
    struct jv *text = text_of("/I Do BI /W 1 /H 1 ID x EI BT /F 9 Tf (a) Tj ET /I Do");

    (void)state;
    assert_int_equal(jv_get_int(text, "images", 0), 3);
    assert_int_equal(jv_get_int(text, "mapped", 0), 1);
    jv_free(text);
    text = text_of("BT (no font) Tj ET");
    assert_int_equal(jv_get_int(text, "unmapped", 0), 7);
    jv_free(text);
}

static void too_large(const char *const *objects, size_t n)
{
    static struct task table[2];
    struct jv *out = NULL;
    struct err e = ERR_INIT;
    int fd = made_pdf(objects, n);

    table[0] = verify_text_task;
    struct runner runner = runner_here(table);
    assert_int_equal(verify_text(&runner, fd, -1, NULL, 0, &out, &e), -1);
    assert_string_equal(e.id, "err.pdf-text.large");
    close(fd);
}

/* More operators than a document may have: a million of them, drawn again and again. */
static void operators_have_a_ceiling(void **state)
{
    enum { OPERATORS = 1000000, TIMES = 21 };
    struct buf stream = BUF_INIT(1 << 22), page = BUF_INIT(1 << 16);

    (void)state;
    buf_format(&stream, "<</Length %d>>\nstream\n", 2 * OPERATORS);
    for (int i = 0; i < OPERATORS; i++)
        buf_text(&stream, "f ");
    buf_text(&stream, "\nendstream");
    buf_text(&page, "<</Type/Page/Parent 2 0 R/Contents[");
    for (int i = 0; i < TIMES; i++)
        buf_text(&page, "4 0 R ");
    buf_text(&page, "]>>");
    const char *objects[] = {"<</Type/Catalog/Pages 2 0 R>>",
                             "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>",
                             buf_str(&page), buf_str(&stream)};
    too_large(objects, sizeof objects / sizeof objects[0]);
    buf_free(&page);
    buf_free(&stream);
}

/* A page that draws one form so often: `size` blanks, which show nothing. */
static void drawn_often(int size, int times)
{
    struct buf form = BUF_INIT(1 << 22), page = BUF_INIT(1 << 22);

    buf_format(&form,
               "<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Length %d>>\nstream\n%*s\nendstream",
               size, size, "");
    buf_format(&page, "<</Length %d>>\nstream\n", 6 * times);
    for (int i = 0; i < times; i++)
        buf_text(&page, "/X Do ");
    buf_text(&page, "\nendstream");
    const char *objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>",
        "<</Type/Page/Parent 2 0 R/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>>>",
        buf_str(&page), buf_str(&form)};
    too_large(objects, sizeof objects / sizeof objects[0]);
    buf_free(&page);
    buf_free(&form);
}

static void one_form_drawn_without_end(void **state)
{
    (void)state;
    drawn_often(1 << 20, 600);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_have_a_ceiling),
        cmocka_unit_test(runs_end_where_the_place_changes),
        cmocka_unit_test(fonts_are_kept),
        cmocka_unit_test(fonts_without_a_number),
        cmocka_unit_test(pictures_are_counted),
        cmocka_unit_test(one_form_drawn_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

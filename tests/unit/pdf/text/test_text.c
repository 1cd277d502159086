/* pdf/text/text.h: what the codes of a font mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"
#include "pdf/text/text.h"

static const char map[] = "1 begincodespacerange <0000> <FFFF> endcodespacerange\n"
                          "7 beginbfchar\n"
                          "<0001> <0041>\n"
                          "<0002> <00660066>\n"
                          "<0003> <006600660069>\n"
                          "<0004> <D83DDE00>\n"
                          "<0005> <FB03>\n"
                          "<0006> <D83D>\n"
                          "<0007> <0041D83DDE00>\n"
                          "endbfchar\n"
                          "3 beginbfrange\n"
                          "<0010> <0012> <0061>\n"
                          "<0020> <0021> <00660078>\n"
                          "<0030> <0031> [<0042> <00660074>]\n"
                          "endbfrange\n";

static void shows(const char *codes, size_t n, const char *due, size_t unknown)
{
    struct text_font f = {.wide = true};
    struct err e = ERR_INIT;
    struct buf out = BUF_INIT(1024);
    size_t mapped = 0, unmapped = 0;

    buf_init(&f.more, TEXT_MORE_MAX);
    assert_int_equal(text_cmap_read(&f, (const unsigned char *)map, sizeof map - 1, &e), 0);
    text_font_show(&f, (const unsigned char *)codes, n, &out, &mapped, &unmapped);
    assert_string_equal(buf_str(&out), due);
    assert_int_equal(unmapped, unknown);
    assert_int_equal(mapped + unmapped, n / 2);
    buf_free(&out);
    text_font_free(&f);
}

static void single(void **state)
{
    (void)state;
    shows("\0\1\0\x10\0\x12\0\4", 8, "Aac😀", 0);
}

/* A ligature of LibreOffice or Word is one code that means two or three letters. */
static void several(void **state)
{
    (void)state;
    shows("\0\2\0\3\0\5", 6, "ffffiffi", 0);
    shows("\0\x20\0\x21", 4, "fxfy", 0);
    shows("\0\x30\0\x31", 4, "Bft", 0);
    shows("\0\7", 2, "A😀", 0);
}

static void unknown(void **state)
{
    (void)state;
    shows("\0\6\0\x50", 4, "", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(single), cmocka_unit_test(several),
                                       cmocka_unit_test(unknown)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

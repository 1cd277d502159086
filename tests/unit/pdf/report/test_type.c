#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <math.h>

#include "pdf/report/report_int.h"

#define NN "\xE2\x80\xAF" /* narrow no-break space */

static struct report *report_new(enum text_lang lang)
{
    struct report *r = calloc(1, sizeof *r);
    struct err e = ERR_INIT;

    assert_non_null(r);
    assert_int_equal(draw_new(&r->d, &e), 0);
    r->lang = lang;
    r->warnings = jv_array();
    return r;
}

static void report_end(struct report *r)
{
    draw_free(r->d);
    jv_free(r->warnings);
    free(r);
}

static void is_set(struct report *r, const char *from, const char *to)
{
    char *s = type_set(r, from, "Onglet", "G7");

    assert_non_null(s);
    assert_string_equal(s, to);
    free(s);
}

static void test_french_spaces(void **state)
{
    struct report *r = report_new(TEXT_FR);

    (void)state;
    is_set(r, "Oui ; non : « vrai » !", "Oui" NN "; non" NN ": «" NN "vrai" NN "»" NN "!");
    is_set(r, "a\xC2\xA0: b", "a" NN ": b"); /* a wide space becomes narrow */
    is_set(r, "https://x.example:8080/?a=1 12:30", "https://x.example:8080/?a=1 12:30");
    is_set(r, " : seul", " : seul");
    is_set(r, "a  : b", "a  : b");
    report_end(r);
    r = report_new(TEXT_EN);
    is_set(r, "Oui ; non", "Oui ; non");
    report_end(r);
}

static void test_placeholders(void **state)
{
    struct report *r = report_new(TEXT_FR);

    (void)state;
    is_set(r, "e\xCC\x81t\xC3\xA9", "\xC3\xA9t\xC3\xA9"); /* composed */
    is_set(r, "a\tb\x07\xC2\xAD", "a b");
    assert_int_equal(jv_count(r->warnings), 0);
    is_set(r, "\xF0\x9F\x98\x80!", "[U+1F600 sourire]!");
    is_set(r, "\xE6\xBC\xA2", "[U+6F22 caractère chinois]");
    is_set(r, "x\xCC\x84", "x[U+0304 signe combinatoire]"); /* would need shaping */
    is_set(r, "\xD7\xA9\xD7\x9C\xD7\x95\xD7\x9D", "[U+05E9 lettre hébraïque + 3]");
    is_set(r, "\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9",
           "[U+1F468 homme][U+1F469 femme]");      /* joiner unseen */
    is_set(r, "fi\xEF\xAC\x81", "fi\xEF\xAC\x81"); /* a ligature that the font has */
    assert_int_equal(jv_count(r->warnings), 6);
    assert_string_equal(jv_get_text(jv_at(r->warnings, 0), "cell"), "G7");
    assert_string_equal(jv_get_text(jv_at(r->warnings, 0), "value"), "U+1F600");
    is_set(r, "\U0001F1EB\U0001F1F7 \U0001F1EB!", "[drapeau FR] [U+1F1EB émoji]!");
    is_set(r, "\U0001D4B3\u2FF0\uE000\U0001F9FF", "[U+1D4B3 lettre mathématique + 3]");
    is_set(r, "\u2FF0", "[U+2FF0 symbole]");
    is_set(r, "\uE000", "[U+E000 usage privé]");
    is_set(r, "\u13A0", "[U+13A0 lettre]");
    is_set(r, "\u0BE7", "[U+0BE7 lettre tamoule]");
    report_end(r);
    r = report_new(TEXT_EN);
    is_set(r, "\u26A0 \U0001F9FF", "[U+26A0 warning] [U+1F9FF NAZAR AMULET]");
    is_set(r, "\u6F22", "[U+6F22 Chinese character]");
    is_set(r, "\U0001F1EC\U0001F1E7", "[flag GB]");
    report_end(r);
}

static void test_dates(void **state)
{
    struct report *r = report_new(TEXT_FR);
    char *s;

    (void)state;
    s = type_date(r, "2026-03-01");
    assert_string_equal(s, "1er mars 2026");
    free(s);
    s = type_date(r, "courant septembre");
    assert_string_equal(s, "courant septembre");
    free(s);
    r->lang = TEXT_EN;
    s = type_date(r, "2026-03-01");
    assert_string_equal(s, "1 March 2026");
    free(s);
    report_end(r);
}

/* No line is wider than the paragraph, and nothing of the text but blanks is lost. */
static void check_lines(struct report *r, const char *text, double width, size_t least)
{
    struct style s = style_of(DRAW_REGULAR, 10, ink);
    struct para p;
    size_t kept = 0, wanted = 0;

    para_make(r, &p, &s, width, strdup(text));
    assert_true(p.nlines >= least);
    for (size_t i = 0; i < p.nlines; i++) {
        const char *line = p.text + p.lines[i].at;
        assert_true(p.lines[i].x + draw_width(r->d, s.face, s.size, line, p.lines[i].n) <=
                    width + 0.5);
        for (size_t k = 0; k < p.lines[i].n; k++)
            kept += line[k] != ' ';
    }
    for (size_t k = 0; text[k] != '\0'; k++)
        wanted += text[k] != ' ' && text[k] != '\n';
    assert_int_equal(kept, wanted);
    para_free(&p);
}

static void test_lines(void **state)
{
    struct report *r = report_new(TEXT_FR);
    struct style s = style_of(DRAW_REGULAR, 10, ink);
    struct para p;

    (void)state;
    check_lines(r, "un deux trois quatre cinq six sept huit neuf dix", 80, 3);
    check_lines(r, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", 60, 5);
    check_lines(r, "- premier point assez long pour deux lignes\n- second", 90, 3);
    check_lines(r, "mot\n\n\nfin", 90, 4);
    para_make(r, &p, &s, 90, strdup("- premier point assez long pour deux lignes"));
    assert_true(p.lines[0].x == 0 && p.lines[1].x > 0); /* hanging */
    para_free(&p);
    para_make(r, &p, &s, 24, strdup("(Oui / N/A)"));
    for (size_t i = 0; i < p.nlines; i++) /* "N/A" is never broken */
        assert_false(p.lines[i].n > 1 && p.text[p.lines[i].at + p.lines[i].n - 1] == '/' &&
                     p.text[p.lines[i].at + p.lines[i].n - 2] == 'N');
    para_free(&p);
    para_make(r, &p, &s, 90, strdup("\n \n"));
    assert_int_equal(p.nlines, 0);
    para_free(&p);
    para_make(r, &p, &s, 90, NULL);
    assert_int_equal(p.nlines, 0);
    para_free(&p);
    assert_false(r->failed);
    report_end(r);
}

/* Fourteen lines stay in their column; empty ones at the end are none. */
static void test_below(void **state)
{
    struct style s = style_of(DRAW_REGULAR, 8, ink);
    char text[2001] = "";

    (void)state;
    assert_false(below_wanted(&s, 240, NULL));
    assert_false(below_wanted(&s, 240, ""));
    memset(text, '\n', 400);
    assert_false(below_wanted(&s, 240, text));
    text[0] = text[13] = 'x';
    assert_false(below_wanted(&s, 240, text));
    text[15] = 'x'; /* the 14th line */
    assert_false(below_wanted(&s, 240, text));
    text[17] = 'x';
    assert_true(below_wanted(&s, 240, text));
    memset(text, 'x', 14 * 60);
    text[14 * 60] = '\0'; /* 60 characters of half an em a line */
    assert_false(below_wanted(&s, 240, text));
    text[14 * 60] = 'x';
    text[14 * 60 + 1] = '\0';
    assert_true(below_wanted(&s, 240, text));
}

static double linear(double v)
{
    return v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}
static double light(struct draw_colour c)
{
    return 0.2126 * linear(c.r) + 0.7152 * linear(c.g) + 0.0722 * linear(c.b);
}
static void readable(struct draw_colour text, struct draw_colour ground)
{
    double a = light(text), b = light(ground);
    double ratio = a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);

    assert_true(ratio >= 4.5); /* WCAG 2.1, 1.4.3 */
}

static void test_contrast(void **state)
{
    const struct draw_colour texts[] = {ink, muted, green, red, amber, grey};
    const struct draw_colour grounds[] = {white,    stripe,     green_pale,
                                          red_pale, amber_pale, grey_pale};
    struct report r = {.d = NULL};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        for (size_t k = 0; k < 6; k++)
            readable(texts[i], grounds[k]);
        readable(white, texts[i]);
    }
    assert_int_equal(look_read(&r, NULL, NULL, 0, NULL), 0);
    readable(white, r.look.primary);
    readable(white, r.look.accent);
    for (size_t k = 0; k < 6; k++)
        readable(r.look.accent, grounds[k == 0 ? 0 : 1]);
}

/* No line ends between a number and its unit, after "n°" or in "N/A", at any width above the
 * narrowest columns. */
static void test_joined(void **state)
{
    static const char *const torn[] = {"2", "n\u00b0", "N/", "45"};
    static const char text[] =
        "Verrouillage r\u00e9glable jusqu'\u00e0 2 heures, relev\u00e9 n\u00b0 12 sous "
        "45 minutes (r\u00e9ponse N/A).";
    struct report *r = report_new(TEXT_FR);
    struct style s = style_of(DRAW_REGULAR, 8, ink);
    size_t lines = 0;

    (void)state;
    for (double width = 100; width < 400; width += 1) {
        struct para p;
        para_make(r, &p, &s, width, strdup(text));
        for (size_t i = 0; i + 1 < p.nlines; i++) {
            const char *end = p.text + p.lines[i].at + p.lines[i].n;
            for (size_t k = 0; k < sizeof torn / sizeof torn[0]; k++) {
                size_t n = strlen(torn[k]);
                assert_false(p.lines[i].n > n && end[-1 - (long)n] == ' ' &&
                             memcmp(end - n, torn[k], n) == 0);
            }
        }
        lines += p.nlines;
        para_free(&p);
    }
    assert_true(lines > 310);
    report_end(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_french_spaces), cmocka_unit_test(test_joined),
        cmocka_unit_test(test_placeholders),  cmocka_unit_test(test_dates),
        cmocka_unit_test(test_lines),         cmocka_unit_test(test_contrast),
        cmocka_unit_test(test_below),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

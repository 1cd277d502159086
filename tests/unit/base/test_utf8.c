#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/utf8.h"

static void folds(const char *in, const char *wanted)
{
    char *got = utf8_fold(in, NULL);

    assert_non_null(got);
    assert_string_equal(got, wanted);
    free(got);
}

static void fold_keeps_letters_and_digits(void **state)
{
    (void)state;
    folds("", "");
    folds("  Contrôle d’accès : ECO.1.2 ", "controle d acces eco 1 2");
    folds("« GRAVITÉ »\u00a0– n°\u202f3…", "gravite n 3");
    folds("ŒUVRE cœur Straße ¿Ærø?", "\u0153uvre c\u0153ur strasse \u00e6r\u00f8");
    folds("Ελλάδα e\u0301", "ελλαδα e");
    folds("x\xff\xfey", "x y");
}

/* A combining mark sends the whole text through the tables of libunistring, and then is dropped:
 * the short way must say the same for every character. */
static void fold_is_the_same_both_ways(void **state)
{
    char quick[32], slow[32], c[5] = "";

    (void)state;
    for (uint32_t code = 1; code < 0x2200; code++) {
        c[utf8_encode(code, c)] = '\0';
        snprintf(quick, sizeof quick, "a%sz9", c);
        snprintf(slow, sizeof slow, "a%sz\u03019", c);
        char *one = utf8_fold(quick, NULL), *other = utf8_fold(slow, NULL);
        assert_non_null(one);
        assert_non_null(other);
        if (strcmp(one, other) != 0)
            fail_msg("U+%04X: \"%s\" and \"%s\"", (unsigned)code, one, other);
        free(one);
        free(other);
    }
}

static void nfc_composes_what_is_apart(void **state)
{
    static const char *const pairs[][2] = {
        {"", ""},
        {"Événement « déjà » – œuvre", "Événement « déjà » – œuvre"},
        {"e\u0301te\u0301", "été"},
        {"\u212b", "\u00c5"}, /* the unit of length */
        {"\u2001", "\u2003"}, /* a quad */
        {"\u1e69", "\u1e69"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char *nfc = utf8_nfc(pairs[i][0], NULL);
        assert_non_null(nfc);
        assert_string_equal(nfc, pairs[i][1]);
        free(nfc);
    }
}

static void passwords_of_old_files(void **state)
{
    static const struct {
        const char *in, *wanted; /* NULL: it cannot be written so */
    } rows[] = {{"", ""},
                {"clé", "cl\xe9"},
                {"5\u20ac", "5\xa0"},
                {"\u00a0", NULL},
                {"\u0153", NULL},
                {"\x7f", NULL},
                {"a\xff", NULL},
                {"12345678901234567890123456789012", "12345678901234567890123456789012"},
                {"éb34567890123456789012345678901234", "\xe9"
                                                       "b345678901234567890123456789012"}};
    char out[UTF8_PDFDOC_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int n = utf8_pdfdoc(rows[i].in, strlen(rows[i].in), out, sizeof out);
        assert_int_equal(n, rows[i].wanted != NULL ? (int)strlen(rows[i].wanted) : -1);
        if (n > 0)
            assert_memory_equal(out, rows[i].wanted, (size_t)n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fold_keeps_letters_and_digits),
        cmocka_unit_test(fold_is_the_same_both_ways),
        cmocka_unit_test(nfc_composes_what_is_apart),
        cmocka_unit_test(passwords_of_old_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

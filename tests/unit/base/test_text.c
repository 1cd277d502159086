#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/date.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "base/utf8.h"

static void text_places_are_filled(void **state)
{
    char out[64];
    const char *args[] = {"a", "b"};

    (void)state;
    text_format(out, sizeof out, "{2}-{1}-{{1}", args, 2);
    assert_string_equal(out, "b-a-{1}");
    text_format(out, 4, "aé€", args, 0);
    assert_string_equal(out, "aé");
}

static void terminal_escapes(void **state)
{
    char out[64];

    (void)state;
    text_escape_terminal(out, sizeof out, "a\x1b[1m\xe2\x80\xae\xff");
    assert_string_equal(out, "a\\x1B[1m\\u{202E}\\xFF");
}

static void commands_can_be_copied(void **state)
{
    static const struct {
        const char *in, *word;
    } cases[] = {
        {"rapport-signé.pdf", "rapport-signé.pdf"},
        {"mes rapports/r.pdf", "'mes rapports/r.pdf'"},
        {"l'essai.pdf", "'l'\\''essai.pdf'"},
        {"$(touch x)", "'$(touch x)'"},
        {"-rf.xlsx", "./-rf.xlsx"},
        {"- f", "'./- f'"},
        {"a\nb'\x1b", "$'a\\x0ab\\'\\x1b'"},
        {"\xe9", "$'\\xe9'"},
        {"~", "'~'"},
        {"", "''"},
    };
    char out[64];
    const char *args[] = {"a b"};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_shell_word(out, sizeof out, cases[i].in);
        assert_string_equal(out, cases[i].word);
    }
    text_format(out, sizeof out, "{1}: paraphe run {1$}/x", args, 1);
    assert_string_equal(out, "a b: paraphe run 'a b'/x");
    const char *lines[] = {"a\nb\n", "\n"};
    text_format_line(out, sizeof out, "{1}\n{2}-{1$}", lines, 2);
    assert_string_equal(out, "a\\x0Ab\\x0A\n\\x0A-$'a\\x0ab\\x0a'");
    text_format(out, sizeof out, "{1}.", lines, 1);
    assert_string_equal(out, "a\nb\n.");
    for (size_t size = 1; size < 12; size++) { /* whatever the room, whole and ended */
        text_format_line(out, size, "{1}{1}", lines, 1);
        assert_true(strlen(out) < size && strchr(out, '\n') == NULL);
    }
    const char *names[] = {"a\"\\\x1b\xe2\x80\xae\xff é"};
    text_format(out, sizeof out, "[{1j}]", names, 1);
    assert_string_equal(out, "[\"a\\\"\\\\\\u001b\\u202e\\ufffd é\"]");
    for (size_t size = 1; size < 40; size++) {
        text_json_string(out, size, names[0]);
        assert_true(strlen(out) < size);
    }
    text_format(out, 7, "{1$}", args, 1);
    assert_string_equal(out, "'a b'");
    text_format(out, 4, "{1$}", args, 1);
    assert_string_equal(out, "'a ");
}

static void days_are_written_for_the_reader(void **state)
{
    char out[DATE_TEXT_MAX];

    (void)state;
    text_lang_set("fr");
    assert_string_equal(text_day_of("2026-11-23T23:30:00Z", out), "24/11/2026");
    text_lang_set("en");
    assert_string_equal(text_day_of("2026-11-23T23:30:00Z", out), "2026-11-24");
    assert_string_equal(text_day_of("?", out), "?");
}

static void names_that_we_give_are_plain(void **state)
{
    char *name = path_plain_name("d/\x1b[1mé\\ \xe9\n.pdf");

    (void)state;
    assert_string_equal(name, "_[1mé_ __.pdf");
    free(name);
}

static void label_folding(void **state)
{
    (void)state;
    char *folded = utf8_fold("  Éditeur\u00a0: (Réf.) * ", NULL);
    assert_string_equal(folded, "editeur ref");
    free(folded);
}

static void last_day_of_deposit(void **state)
{
    char out[DATE_TEXT_MAX];

    (void)state;
    date_iso(date_last_day((struct date){2025, 11, 24}, 1), out);
    assert_string_equal(out, "2026-11-23");
    date_iso(date_last_day((struct date){2024, 2, 29}, 1), out);
    assert_string_equal(out, "2025-02-27");
    date_iso(date_last_day((struct date){2024, 2, 29}, 4), out);
    assert_string_equal(out, "2028-02-28");
    for (int64_t day = -800000; day < 800000; day += 97)
        assert_int_equal(date_to_days(date_from_days(day)), day);
}

static void paris_time(void **state)
{
    int64_t t;
    char out[DATE_TEXT_MAX];

    (void)state;
    assert_int_equal(date_instant_parse("2026-03-29T00:59:59Z", &t), 0);
    assert_int_equal(date_paris_offset(t), 3600);
    assert_int_equal(date_paris_offset(t + 1), 7200);
    assert_int_equal(date_instant_parse("2026-12-31T23:30:00Z", &t), 0);
    date_instant_pdf(t, out);
    assert_string_equal(out, "D:20270101003000+01'00'");
}

static void status_order(void **state)
{
    (void)state;
    assert_int_equal(err_status_worst(0, 11), 11);
    assert_int_equal(err_status_worst(3, 4), 4);
    assert_int_equal(err_status_worst(10, 2), 10);
}

static void a_sentence_names_its_file_once(void **state)
{
    static const struct {
        const char *before, *after;
    } rows[] = {
        {"a.pdf is locked.", "a.pdf is locked."},
        {"a.pdf: it is locked.", "a.pdf: it is locked."},
        {"a.pdf, page 2, is odd.", "a.pdf, page 2, is odd."},
        {"a.pdf\u00a0: verrouillé.", "a.pdf\u00a0: verrouillé."},
        {"\u201ca.pdf\u201d is locked.", "\u201ca.pdf\u201d is locked."},
        {"\u00ab a.pdf \u00bb est verrouillé.", "\u00ab a.pdf \u00bb est verrouillé."},
        {"a.pdf", "a.pdf"},
        {"a.pdf.old is locked.", "a.pdf: a.pdf.old is locked."}, /* another file */
        {"It is locked.", "a.pdf: It is locked."},
    };

    (void)state;
    text_lang_set("en");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = ERR_INIT;
        snprintf(e.sentence, sizeof e.sentence, "%s", rows[i].before);
        assert_int_equal(err_about(&e, "a.pdf"), -1);
        assert_string_equal(e.sentence, rows[i].after);
    }
    assert_int_equal(err_about(NULL, "a.pdf"), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sentence_names_its_file_once),
        cmocka_unit_test(text_places_are_filled),
        cmocka_unit_test(terminal_escapes),
        cmocka_unit_test(commands_can_be_copied),
        cmocka_unit_test(days_are_written_for_the_reader),
        cmocka_unit_test(names_that_we_give_are_plain),
        cmocka_unit_test(label_folding),
        cmocka_unit_test(last_day_of_deposit),
        cmocka_unit_test(paris_time),
        cmocka_unit_test(status_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

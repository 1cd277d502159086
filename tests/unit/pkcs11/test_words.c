/* URIs, selectors and PIN sources as a person writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pkcs11/pin.h"
#include "pkcs11/selector.h"
#include "pkcs11/uri.h"

static void uri_refused(void **state)
{
    static const struct {
        const char *text, *id;
    } rows[] = {
        {"token=a", "err.pkcs11.uri-scheme"},
        {"pkcs12:token=a", "err.pkcs11.uri-scheme"},
        {"", "err.pkcs11.uri-scheme"},
        {"pkcs11:token=a?pin-value=1234", "err.pkcs11.uri-pin-value"},
        {"pkcs11:pin-value=1234", "err.pkcs11.uri-pin-value"},
        {"pkcs11:colour=red", "err.pkcs11.uri-unknown"},
        {"pkcs11:token", "err.pkcs11.uri-syntax"},
        {"pkcs11:token=a?module-path=/x&colour=red", "err.pkcs11.uri-unknown"},
        {"pkcs11:module-path=/x",
         "err.pkcs11.uri-unknown"}, /* a query attribute on the wrong side */
        {"pkcs11:?token=a", "err.pkcs11.uri-unknown"},
        {"pkcs11:x-vendor=a", "err.pkcs11.uri-unknown"},
        {"pkcs11:token=a;token=b", "err.pkcs11.uri-twice"},
        {"pkcs11:token=%4", "err.pkcs11.uri-syntax"},
        {"pkcs11:slot-id=abc", "err.pkcs11.uri-syntax"},
        {"pkcs11:type=data", "err.pkcs11.uri-type"},
        {"pkcs11:type=secret-key", "err.pkcs11.uri-type"},
        {"pkcs11:type=nonsense", "err.pkcs11.uri-syntax"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct err e = ERR_INIT;
        struct uri *u = NULL;
        assert_int_equal(uri_parse(rows[i].text, &u, &e), -1);
        assert_string_equal(e.id, rows[i].id);
        assert_int_equal(e.kind, ERR_USAGE);
        assert_null(u);
        assert_null(strstr(e.sentence, "1234"));
    }
}

static void field(unsigned char *out, size_t n, const char *text)
{
    memset(out, ' ', n);
    memcpy(out, text, strlen(text));
}

static void uri_matched(void **state)
{
    CK_TOKEN_INFO token = {0};
    CK_SLOT_INFO slot = {0};
    struct err e = ERR_INIT;
    struct uri *u = NULL;

    (void)state;
    field(token.label, sizeof token.label, "Ma carte");
    field(token.serialNumber, sizeof token.serialNumber, "42");
    field(token.manufacturerID, sizeof token.manufacturerID, "M");
    field(token.model, sizeof token.model, "X");
    field(slot.slotDescription, sizeof slot.slotDescription, "Reader");
    field(slot.manufacturerID, sizeof slot.manufacturerID, "R");
    assert_int_equal(
        uri_parse("pkcs11:token=Ma%20carte;serial=42;id=%01%02;object=key?module-path=/m.so&"
                  "pin-source=file:/p&module-name=m",
                  &u, &e),
        0);
    assert_true(uri_matches_token(u, &token));
    assert_true(uri_matches_slot(u, 3, &slot));
    assert_true(uri_names_token(u));
    assert_string_equal(uri_module_path(u), "/m.so");
    assert_string_equal(uri_module_name(u), "m");
    assert_string_equal(uri_pin_source(u), "file:/p");
    assert_true(uri_matches_object(u, "\1\2", 2, "key"));
    assert_true(uri_matches_object(u, "\1\2", 2, NULL));
    assert_false(uri_matches_object(u, "\1\3", 2, "key"));
    assert_false(uri_matches_object(u, "\1", 1, "key"));
    assert_false(uri_matches_object(u, "\1\2", 2, "other"));
    field(token.serialNumber, sizeof token.serialNumber, "43");
    assert_false(uri_matches_token(u, &token));
    uri_free(u);
    assert_int_equal(uri_parse("pkcs11:slot-id=3;slot-description=Reader", &u, &e), 0);
    assert_true(uri_matches_slot(u, 3, &slot));
    assert_false(uri_matches_slot(u, 4, &slot));
    uri_free(u);
    assert_int_equal(uri_parse(NULL, &u, &e), 0);
    assert_false(uri_names_token(u));
    assert_true(uri_matches_token(u, &token) && uri_matches_slot(u, 9, &slot));
    uri_free(u);
    uri_free(NULL);
}

static bool fits(const char *selector)
{
    static const struct selector_facts facts = {
        "CN=Hélène Dupont-Noël,O=Cabinet,C=FR", "CN=AC Test,O=TSP", "0a1b2c",
        "680fe9968875e124680fe9968875e124680fe9968875e124680fe9968875e124", "01ff"};
    struct selector s;
    struct err e = ERR_INIT;

    assert_int_equal(selector_parse(selector, &s, &e), 0);
    bool result = selector_fits(&s, &facts);
    selector_free(&s);
    return result;
}

static void selector_terms(void **state)
{
    static const char *const wrong[] = {
        "",    ";x:y:",    "serial:", "serial:xyz",  "sha256:1234567", "sha256:zz",
        "id:", "subject:", "file:",   "subject:...", "id:0g",          "file:a;file:b"};
    struct selector s;

    (void)state;
    assert_true(fits(NULL));
    assert_true(fits("helene dupont"));
    assert_true(fits("subject:DUPONT NOEL"));
    assert_false(fits("subject:durand"));
    assert_true(fits("issuer:ac test; subject:cabinet"));
    assert_false(fits("issuer:ac test; subject:durand"));
    assert_true(fits("serial:0A:1B:2C"));
    assert_true(fits("serial:0x000a1b2c"));
    assert_false(fits("serial:0a1b2d"));
    assert_true(fits("sha256:680FE996"));
    assert_false(fits("sha256:680fe997"));
    assert_true(fits("id:01FF"));
    assert_false(fits("id:1ff"));
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct err e = ERR_INIT;
        if (i == 1)
            continue; /* a text like any other */
        assert_int_equal(selector_parse(wrong[i], &s, &e), -1);
        assert_string_equal(e.id, "err.pkcs11.selector");
        selector_free(&s);
    }
    struct err e = ERR_INIT;
    assert_int_equal(selector_parse("cert.pem;subject:a", &s, &e), 0);
    assert_string_equal(s.file, "cert.pem");
    assert_int_equal(s.count, 1);
    selector_free(&s);
    assert_int_equal(selector_parse("file:cert", &s, &e), 0);
    assert_string_equal(s.file, "cert");
    selector_free(&s);
    assert_int_equal(selector_parse("a;b;c;d;e;f;g;h;i", &s, &e), -1);
    selector_free(&s);
}

static int source(const char *text, bool from_uri)
{
    struct pin_source s;
    struct err e = ERR_INIT;

    return pin_source_parse(text, from_uri, &s, &e) == 0 ? (int)s.kind : -1;
}

static void pin_sources(void **state)
{
    static const char *const wrong[] = {"",      "fd:",     "fd:-1", "fd:x", "fd:99999",
                                        "file:", "env:PIN", "1234",  "|cmd", "/path"};
    struct pin_source s;
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(source(NULL, false), PIN_DEFAULT);
    assert_int_equal(source("prompt", false), PIN_PROMPT);
    assert_int_equal(source("pinentry", false), PIN_PINENTRY);
    assert_int_equal(source("pad", false), PIN_PAD);
    assert_int_equal(pin_source_parse("fd:7", false, &s, &e), 0);
    assert_int_equal(s.fd, 7);
    assert_int_equal(pin_source_parse("file:a b", false, &s, &e), 0);
    assert_string_equal(s.path, "a b");
    assert_int_equal(pin_source_parse("file:///a", true, &s, &e), 0);
    assert_string_equal(s.path, "/a");
    assert_int_equal(pin_source_parse("/a", true, &s, &e), 0);
    assert_string_equal(s.path, "/a");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(source(wrong[i], false), -1);
    assert_int_equal(source("|cmd", true), -1); /* a URI runs no program */
    assert_int_equal(source("prompt", true), -1);
    assert_int_equal(source("fd:0", true), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uri_refused),
        cmocka_unit_test(uri_matched),
        cmocka_unit_test(selector_terms),
        cmocka_unit_test(pin_sources),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

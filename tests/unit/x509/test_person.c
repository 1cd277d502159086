#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "x509/person.h"

static void one_person_in_many_ways_of_writing(void **state)
{
    static const char *const same[][2] = {
        {"Claire Fontaine-Lemoël", "Claire FONTAINE-LEMOEL"},
        {"FONTAINE LEMOËL Claire", "Claire Fontaine-Lemoël (rsa2048)"},
        {"Mme Claire Fontaine", "Claire Fontaine-Lemoël"},
        {"M. Jean-Pierre LEFÈVRE", "LEFEVRE Jean Pierre 0012345678"},
        {"J. Martin", "Jeanne MARTIN"},
        {"Jeanne Martin", "J MARTIN"},
        {"Martin, Jeanne", "Jeanne Martin"},
        {"Jeanne Martin (Cabinet Exemple)", "Jeanne MARTIN ID 4711"},
        {"Paul Durand et Jeanne Martin", "Jeanne Martin"},
        {"Paul Durand / Jeanne Martin", "Jeanne Martin"},
        {"Gaël Lœuillet", "GAEL LOEUILLET"},
        {"Marie de La Tour", "Marie Latour de la Tour"},
        {"Dr. Anne d’Artagnan", "Anne ARTAGNAN"},
        {"Søren Ørsted", "Soren ORSTED"},
        {"Martin", "Jeanne Martin"},
        /* nothing to compare */
        {"", "Jeanne Martin"},
        {"M.", "Jeanne Martin"},
        {"Jeanne Martin", "0012345678"},
        {"\xff\xfe", "Jeanne Martin"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        if (person_differs(same[i][0], same[i][1]))
            fail_msg("%s / %s", same[i][0], same[i][1]);
    }
}

static void two_persons(void **state)
{
    static const char *const other[][2] = {
        {"Paul Durand", "Jeanne Martin"},
        {"Paul Martin", "Jeanne Martin"},
        {"P. Martin", "Jeanne Martin"},
        {"Martin, Paul", "Jeanne Martin"},
        {"Jean-Pierre Martin", "Jean-Pierre Durand"},
        {"Paul Durand et Anne Martin", "Jeanne Martin"},
        {"Claire Fontaine (Cabinet Martin)", "Jeanne Martin"},
        {"J. M.", "Jeanne Martin"}, /* initials alone are no name */
    };

    (void)state;
    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        if (!person_differs(other[i][0], other[i][1]))
            fail_msg("%s / %s", other[i][0], other[i][1]);
    }
}

static void more_words_than_any_name(void **state)
{
    char text[400];
    size_t n = 0;

    (void)state;
    for (char a = 'a'; a <= 'z'; a++) {
        for (char b = 'x'; b <= 'z'; b++) {
            text[n++] = a;
            text[n++] = b;
            text[n++] = ' ';
        }
    }
    text[n] = '\0';
    assert_false(person_differs(text, "Jeanne Martin"));
}

static void organisations(void **state)
{
    (void)state;
    assert_true(
        person_is_none("CN=Cabinet TEST,organizationIdentifier=NTRFR-1,O=Cabinet TEST,C=FR"));
    assert_true(person_is_none("2.5.4.97=NTRFR-1,CN=SN=x"));
    assert_false(
        person_is_none("CN=Jeanne Martin,GN=Jeanne,SN=Martin,organizationIdentifier=NTRFR-1"));
    assert_false(person_is_none("CN=Jeanne Martin,O=Cabinet"));
    assert_true(person_is_none("organizationIdentifier=X,CN=a\\,SN=b"));
    assert_false(person_is_none("CN=x+givenName=y,organizationIdentifier=X"));
}

static void a_renewed_certificate(void **state)
{
    static const char first[] = "serialNumber=IDCFR-1,SN=Çelik,GN=Inès,CN=Inès Çelik,O=Cabinet\\, "
                                "TEST,C=FR";

    (void)state;
    assert_true(person_same(first, first));
    assert_true(person_same(first, "CN=INES CELIK,O=Cabinet\\, Test,C=FR"));
    assert_true(person_same(first, "CN=Inès Çelik 0042+GN=Inès,SN=ÇELIK"));
    assert_true(person_same("CN=Cachet,O=Cabinet", "O=cabinet,CN=cachet"));
    assert_false(person_same(first, "CN=Inès Çelik,O=Cabinet,C=FR")); /* another company */
    assert_false(person_same(first, "SN=Çelik,GN=Zoé,CN=Zoé Çelik,O=Cabinet\\, TEST,C=FR"));
    assert_false(person_same("O=Cabinet,C=FR", "O=Cabinet,C=FR")); /* nobody */
    assert_false(person_same("CN=a,O=x", "O=x,L=b\\,CN=a"));
    assert_false(person_same("O=x\\", ""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_person_in_many_ways_of_writing),
        cmocka_unit_test(two_persons),
        cmocka_unit_test(more_words_than_any_name),
        cmocka_unit_test(organisations),
        cmocka_unit_test(a_renewed_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "verify/bodies.h"

/* Numbers of objects found, "%" for one with a comment inside, "t" for a trailer, with blanks
 * between. */
static void found_in(const char *text, const char *wanted)
{
    struct bodies b;
    struct body found[2];
    char out[256] = "";
    size_t used;

    bodies_begin(&b, 0);
    for (size_t i = 0; text[i] != '\0'; i += used) {
        size_t n = bodies_pass(&b, (const unsigned char *)text + i, strlen(text + i), (int64_t)i,
                               &used, found);
        for (size_t k = 0; k < n; k++) {
            size_t at = strlen(out);
            if (found[k].kind == BODY_OBJECT)
                snprintf(out + at, sizeof out - at, "%llu ", (unsigned long long)found[k].num);
            else
                snprintf(out + at, sizeof out - at, "%s",
                         found[k].kind == BODY_SPLIT ? "% " : "t ");
        }
    }
    assert_string_equal(out, wanted);
}

static void bodies_of_objects(void **state)
{
    (void)state;
    found_in("4 0 obj", "4 ");
    found_in("1 2 4 0 obj<<>>endobj 12\n\n0\tobj", "4 12 ");
    found_in("4 0obj 5 +0 obj (6 0 obj)", "4 5 6 ");
    found_in("4.0 0 obj 5. 0 obj 6.1.7 0 obj", "4 5 6 ");
    found_in("4\v0\xffobj 5\xa0"
             "0\x80obj",
             "4 5 ");
    found_in("4 obj 4 0 ob j 4 0 OBJ 4 x 0 obj", "");
    found_in("99999999999999999999 0 obj", "9999999999 ");
}

static void bodies_around_comments(void **state)
{
    (void)state;
    found_in("4 0 %x\nobj", "% ");
    found_in("4 %x\n0 obj", "% ");
    found_in("4%x\r0%y\r\n%z\nobj", "% ");
    found_in("(%) 4 0 %x\nobj", "% ");
    found_in("4 0 % 40 0 % 9\nobj", "% ");
    found_in("4 0 %x\n5 0 obj", "5 ");
    found_in("4 %x\n0. obj 4 %x\n0.0 obj", "% % ");
    found_in("4 %x\nobj 4 0 %x\nob j 4 0 %x\n/ obj", "");
    found_in("% 4 0 obj", "4 ");
    found_in("4 %x\n5 %y\n0 obj", "% ");
    found_in("4 0 #6fbj 4 0 o#62j 4 0 #6F#62#6a 4 0 ob#6A", "% % % % ");
    found_in("4 0 %x\n#6fbj 4 %x\n0 o#62j", "% % ");
    found_in("4 0 #6ebj 4 0 #6 fbj #6fbj 4 #6fbj 4 0 #zz #12 0 obj", "12 ");
}

static void bodies_of_trailers(void **state)
{
    (void)state;
    found_in("trailer<<>> trailer\n <</A 1>>", "t t ");
    found_in("trailer %x\n<<", "t ");
    found_in("trailer %x\n%y\r\n << trailer <x> trailer [", "t ");
    found_in("trailer %x trailer %y\n<<", "t ");
    found_in("traile r<< trailer x<<", "");
}

static void bodies_say_where(void **state)
{
    struct bodies b;
    struct body found[2] = {{0}};
    const char text[] = "x\n  4 0 obj";

    (void)state;
    bodies_begin(&b, 100);
    for (size_t i = 0; i + 1 < sizeof text; i++)
        (void)bodies_take(&b, (unsigned char)text[i], 100 + (int64_t)i, found);
    assert_int_equal(found[0].before, 101);
    assert_int_equal(found[0].start, 104);
    assert_int_equal(found[0].end, 111);
}

/* What is passed over in one go changes nothing, wherever it is cut. */
static void bodies_passed_over(void **state)
{
    static const char pieces[][12] = {"4",       "0",  " ", "\n", "obj",         "%x",  "#6f",
                                      "trailer", "<<", ".", "+",  "xyz abc\xff", "   ", "t",
                                      "o",       "-",  "R", "(",  "\r",          "q"};
    unsigned seed = 7;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        char text[512] = "";
        struct bodies each, pass;
        struct body one[2], other[2];
        size_t used = 0, i = 0;
        while (strlen(text) < 400) {
            seed = seed * 1103515245u + 12345u;
            strcat(text, pieces[(seed >> 16) % (sizeof pieces / sizeof pieces[0])]);
        }
        bodies_begin(&each, 0);
        bodies_begin(&pass, 0);
        for (size_t start = 0, n = strlen(text); start < n; start += used) {
            seed = seed * 1103515245u + 12345u;
            size_t most = 1 + (seed >> 16) % 90, left = n - start, found = 0;
            size_t got = bodies_pass(&pass, (const unsigned char *)text + start,
                                     left < most ? left : most, (int64_t)start, &used, other);
            for (i = start; i < start + used; i++)
                found = bodies_take(&each, (unsigned char)text[i], (int64_t)i, one);
            assert_int_equal(found, got);
            for (size_t k = 0; k < got; k++) {
                assert_int_equal(one[k].kind, other[k].kind);
                assert_int_equal(one[k].start, other[k].start);
                assert_int_equal(one[k].before, other[k].before);
                assert_int_equal(one[k].num, other[k].num);
            }
            assert_int_equal(each.solid, pass.solid);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bodies_of_objects),  cmocka_unit_test(bodies_around_comments),
        cmocka_unit_test(bodies_of_trailers), cmocka_unit_test(bodies_say_where),
        cmocka_unit_test(bodies_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

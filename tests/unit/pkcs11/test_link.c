/* The token child cannot be started, or is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/jv.h"
#include "pkcs11/link.h"
#include "tests/refuse.h"

static int start_refused(void *self)
{
    static char path[] = "/lib/driver.so";
    struct setup setup = {.path = path, .options = {.helper = "/bin/true"}};
    struct link l;
    struct err e = ERR_INIT;

    (void)self;
    return link_start(&l, &setup, NULL, &e) != -1 || strcmp(e.id, "err.pkcs11.child") != 0;
}

static void a_short_machine(void **state)
{
    static const struct refuse lists[][3] = {
        {{SYS_memfd_create, -1, 0, EMFILE}},
        {{SYS_ftruncate, -1, 0, EIO}},
        {{SYS_pipe2, -1, 0, EMFILE}},
        {{SYS_clone, -1, 0, EAGAIN}, {SYS_clone3, -1, 0, EAGAIN}, {SYS_vfork, -1, 0, EAGAIN}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        assert_true(refused_run(lists[i], i == 3 ? 3 : 1, start_refused, NULL));
}

static void a_child_that_is_none(void **state)
{
    static char path[] = "/lib/driver.so";
    struct setup setup = {.path = path, .options = {.helper = "/bin/true"}};
    struct jv *reply = NULL;
    struct link l;
    struct err e = ERR_INIT;

    (void)state;
    if (link_start(&l, &setup, NULL, &e) == 0) {
        assert_int_equal(link_call(&l, LINK_LIST, NULL, &reply, &e), -1);
        assert_string_equal(e.id, "err.pkcs11.child");
    }
    link_stop(&l);
}

static int each(void *self, const char *path, const char *init)
{
    (void)self;
    (void)path;
    (void)init;
    return 0;
}

static int registry(void *self)
{
    static struct ck_page page;
    struct err e = ERR_INIT;

    (void)self;
    return ck_registered(&page, NULL, each, NULL, &e) != -1 ||
           strcmp(e.id, "err.pkcs11.registry") != 0;
}

static void a_registry_that_cannot_be_read(void **state)
{
    static const struct refuse list[] = {{SYS_openat, -1, 0, EIO}, {SYS_open, -1, 0, EIO}};

    (void)state;
    assert_true(refused_run(list, 2, registry, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_machine),
        cmocka_unit_test(a_child_that_is_none),
        cmocka_unit_test(a_registry_that_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* What the disk took only half of, when the signature is made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/jv.h"
#include "cmd/run_int.h"

/* Whether the half is still there at the end. */
static bool stays(bool lost, bool made, int status)
{
    char path[] = "/tmp/paraphe-test.XXXXXX";
    int fd = mkstemp(path);
    struct run_signing s = {.fd = fd, .lost = lost, .kept_in = strdup(path)};

    assert_true(fd >= 0);
    assert_int_equal(write(fd, "half", 4), 4);
    s.file.result = made ? jv_object() : NULL;
    s.file.status = status;
    run_sign_end(&s);
    bool there = access(path, F_OK) == 0;
    unlink(path);
    return there;
}

static void half_a_value(void **state)
{
    (void)state;
    assert_false(stays(true, true, 0));
    assert_true(stays(true, true, 7)); /* the next run signs again, and says so before */
    assert_true(stays(true, false, 0));
    assert_true(stays(false, true, 0)); /* a whole one: the file can be made of it again */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(half_a_value)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

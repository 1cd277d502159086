/* What the disk took only half of, when the signature is made. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/jv.h"
#include "base/ports.h"
#include "cmd/run_int.h"
#include "tests/unit/own_folder.h"

static int64_t instant = 1795000000;

/* Whether what is kept is still there at the end. */
static bool stays(bool more, bool made)
{
    struct run_signing s = {.fd = open("kept", O_RDWR | O_CREAT | O_CLOEXEC, 0600),
                            .more = more,
                            .lost = true,
                            .kept_in = strdup("kept")};

    assert_int_equal(write(s.fd, "half", 4), 4);
    s.file.copy = -1;
    s.file.result = made ? jv_object() : NULL;
    run_sign_end(&s);
    return access("kept", F_OK) == 0;
}

static void half_a_value_outlives_the_signature(void **state)
{
    (void)state;
    assert_true(stays(false, true)); /* the journal may not have it yet, or its time-stamp missed */
    assert_true(stays(true, false));
    assert_false(stays(true, true));
}

static void it_goes_once_the_journal_knows(void **state)
{
    const char *form = "form.xlsx";
    struct jv *settings = jv_object();
    struct job *job = NULL;
    int fd = -1;

    (void)state;
    assert_int_equal(file_put(form, "x", 1, false, NULL), 0);
    assert_int_equal(job_create("job", &form, 1, NULL, settings, clock_fixed(&instant), &job, NULL),
                     0);
    const struct run r = {.job = job};
    assert_int_equal(job_keep_ready(job, 0, &fd, NULL), 0);
    assert_int_equal(job_keep(fd, "value", 5, NULL), 0);
    run_sign_done(&r, 0);
    assert_int_equal(access("job/1/" JOB_FILE_KEPT, F_OK), 0);
    assert_int_equal(ftruncate(fd, 7), 0);
    run_sign_done(&r, 0);
    assert_int_equal(access("job/1/" JOB_FILE_KEPT, F_OK), -1);
    close(fd);
    job_close(job);
    jv_free(settings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(half_a_value_outlives_the_signature),
                                       cmocka_unit_test(it_goes_once_the_journal_knows)};

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

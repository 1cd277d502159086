/* /proc gives no second, read-only descriptor of the copy: the workers get none at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "sign/pades/job.h"

static void a_file_that_cannot_be_opened_again(void **state)
{
    struct cms_plan plan = CMS_PLAN_INIT;
    struct pades_job job = {.out = FILE_OUT_INIT, .plan = &plan, .reading = -1};
    struct err e = ERR_INIT;
    int fd = -1;

    (void)state;
    assert_int_equal(job_take_input(&job, SOURCE_DIR "/LICENSE", &fd, &e), -1);
    assert_string_equal(e.id, "err.base.file-open");
    assert_int_equal(e.kind, ERR_DISK);
    assert_true(fd >= 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_that_cannot_be_opened_again)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

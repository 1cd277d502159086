/* /proc gives no second, read-only descriptor of the copy: the workers get none at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
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

static int no_worker(void *self, const struct task_call *call, struct err *e)
{
    (void)self;
    (void)call;
    return err_set(e, ERR_INPUT, "err.sign-pades.form", NULL);
}

/* The second try begins with the file as it was; when it cannot be cut, there is none. */
static void an_update_that_cannot_be_taken_back(void **state)
{
    struct runner runner = {.call = no_worker};
    struct pades_job job = {
        .out = FILE_OUT_INIT, .reading = -1, .awaited = true, .ports = {.runner = &runner}};
    struct pdf_update_marks marks;
    struct buf ask = BUF_INIT(100);
    struct jv *reply = NULL;
    struct err e = ERR_INIT;
    char name[] = "out.pdf";

    (void)state;
    job.out.path = name;
    buf_text(&ask, "{}");
    assert_int_equal(job_update(&job, &ask, -1, false, &marks, &reply, &e), -1);
    assert_string_equal(e.id, "err.base.file-write");
    assert_int_equal(e.kind, ERR_DISK);
    buf_free(&ask);
}

static void a_file_that_ends_early(void **state)
{
    int from = file_seal_bytes("from", "abc", 3, NULL), to = file_memory("to", NULL);
    struct digest *d = digest_new(DIGEST_SHA256, NULL);
    struct copy_request copy = {.from = from, .to = to, .size = 10, .name = "in.pdf", .first = d};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(job_copy(&copy, &e), -1);
    assert_string_equal(e.id, "err.base.file-read");
    assert_int_equal(e.kind, ERR_INPUT);
    digest_free(d);
    close(from);
    close(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_file_that_cannot_be_opened_again),
                                       cmocka_unit_test(an_update_that_cannot_be_taken_back),
                                       cmocka_unit_test(a_file_that_ends_early)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

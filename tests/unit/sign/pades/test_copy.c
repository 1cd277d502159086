/* The copy that is going to be signed, small and large, whole and with holes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "sign/pades/job.h"

/* What stops a copy is told once, whichever thread met it; the other one ends too. */
static void a_copy_that_fails(void **state)
{
    static const int64_t sizes[] = {1000, 20 << 20};
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct copy_request r = {.from = file_memory("from", &e),
                                 .to = file_memory("to", &e),
                                 .size = sizes[i] + 1,
                                 .name = "from",
                                 .first = digest_new(DIGEST_SHA256, &e),
                                 .second = digest_new(DIGEST_SHA384, &e)};
        assert_int_equal(ftruncate(r.from, sizes[i]), 0);
        assert_int_equal(job_copy(&r, &e), -1); /* it became shorter meanwhile */
        assert_int_equal(e.kind, ERR_INPUT);
        err_clear(&e);
        close(r.to);
        r.to = open("/dev/null", O_RDONLY | O_CLOEXEC);
        r.size = sizes[i];
        assert_int_equal(job_copy(&r, &e), -1);
        assert_int_equal(e.kind, ERR_DISK);
        err_clear(&e);
        digest_free(r.first);
        digest_free(r.second);
        close(r.from);
        close(r.to);
    }
}

/* Holes stay holes, also the last; what lies between them arrives, and the digest is that of all.
 */
static void a_copy_with_holes(void **state)
{
    enum { SIZE = 24 << 20, AT = 9 << 20 };
    char from[80], to[80], wanted[DIGEST_HEX_MAX], hex[DIGEST_HEX_MAX];
    unsigned char sum[DIGEST_MAX];
    struct err e = ERR_INIT;
    struct stat a, b;

    (void)state;
    snprintf(from, sizeof from, "/tmp/paraphe-holes-%d", getpid());
    snprintf(to, sizeof to, "/tmp/paraphe-copy-%d", getpid());
    struct copy_request r = {.from = open(from, O_RDWR | O_CREAT | O_CLOEXEC, 0600),
                             .to = open(to, O_RDWR | O_CREAT | O_CLOEXEC, 0600),
                             .size = SIZE,
                             .name = "holes",
                             .first = digest_new(DIGEST_SHA256, &e)};
    assert_int_equal(ftruncate(r.from, SIZE), 0);
    assert_int_equal(pwrite(r.from, "between", 7, AT), 7);
    assert_int_equal(digest_file_hex(r.from, wanted, &e), 0);
    assert_int_equal(job_copy(&r, &e), 0);
    assert_int_equal(digest_end(r.first, sum, &e), 0);
    hex_lower(sum, 32, hex);
    assert_string_equal(hex, wanted);
    assert_int_equal(digest_file_hex(r.to, hex, &e), 0);
    assert_string_equal(hex, wanted);
    assert_true(fstat(r.from, &a) == 0 && fstat(r.to, &b) == 0 && b.st_size == SIZE);
    assert_true(b.st_blocks <= a.st_blocks + 16);
    digest_free(r.first);
    close(r.from);
    close(r.to);
    unlink(from);
    unlink(to);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_copy_that_fails),
        cmocka_unit_test(a_copy_with_holes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

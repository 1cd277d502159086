/* A verification that begins while its file arrives gives the verdict of one that begins after. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "verify/verify.h"

static struct buf whole;
static int64_t first_range; /* up to the hole of its signature */

static int load(void **state)
{
    int64_t size = 0;
    int fd = file_open(SOURCE_DIR "/tests/fuzz/corpus/verify/signed.pdf", &size, NULL);

    (void)state;
    assert_true(fd >= 0);
    buf_init(&whole, 1 << 20);
    assert_int_equal(file_read_fd(fd, "signed.pdf", whole.max, &whole, NULL), 0);
    close(fd);
    const char *at = memmem(whole.data, whole.len, "/ByteRange [0 ", 14);
    assert_non_null(at);
    first_range = strtoll(at + 14, NULL, 10);
    assert_in_range(first_range, 100, (int64_t)whole.len);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    buf_free(&whole);
    return 0;
}

static struct runner runner(void)
{
    static struct task table[4];

    table[0] = verify_read_task;
    table[1] = verify_watch_task;
    table[2] = verify_update_task;
    return runner_here(table);
}

/* The file with one byte changed at `odd` (-1: none), judged while it arrives in three parts. */
static int judged(int64_t size, enum digest_kind kind, int64_t odd, struct err *e)
{
    struct runner here = runner();
    struct verify_watch *a = NULL;
    int fd = file_memory("arriving", e);
    size_t cut = (size_t)size / 3;

    unsigned char *copy = malloc(whole.len);
    memcpy(copy, whole.data, whole.len);
    if (odd >= 0)
        copy[odd] ^= 1;
    assert_int_equal(verify_watch_start(&a, &here, NULL, fd, size, kind, NULL, 0, e), 0);
    assert_int_equal(file_pwrite_all(fd, copy, cut, 0, "arriving", e), 0);
    verify_watch_moved(a, (int64_t)cut);
    assert_int_equal(
        file_pwrite_all(fd, copy + cut, (size_t)size - cut, (int64_t)cut, "arriving", e), 0);
    verify_watch_moved(a, size);
    assert_int_equal(
        file_pwrite_all(fd, copy + size, whole.len - (size_t)size, size, "arriving", e), 0);
    int rc = verify_watch_take_integrity(a, "arriving", e);
    free(copy);
    close(fd);
    return rc;
}

static void the_same_verdict(void **state)
{
    const int64_t last = (int64_t)whole.len - 20;
    const int64_t odd[] = {20, first_range - 30, last};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(judged(first_range, DIGEST_SHA256, -1, &e), 0);
    assert_int_equal(judged(first_range - 50, DIGEST_SHA256, -1, &e), 0);
    /* of no use to its signature: another digest, more than its first range */
    assert_int_equal(judged(first_range, DIGEST_SHA512, -1, &e), 0);
    assert_int_equal(judged(first_range + 1, DIGEST_SHA256, -1, &e), 0);
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        err_clear(&e);
        assert_int_equal(judged(first_range - 50, DIGEST_SHA256, odd[i], &e), -1);
        assert_string_equal(e.id, "err.verify.not-intact");
    }
}

static void an_end_without_a_verdict(void **state)
{
    struct runner here = runner();
    struct verify_watch *a = NULL;
    struct err e = ERR_INIT;
    int fd = file_memory("arriving", &e);

    (void)state;
    assert_int_equal(verify_watch_start(&a, &here, NULL, fd, 1000, DIGEST_SHA256, NULL, 0, &e), 0);
    verify_watch_free(a); /* while it waits for the first byte */
    assert_int_equal(file_pwrite_all(fd, whole.data, 1000, 0, "arriving", &e), 0);
    assert_int_equal(verify_watch_start(&a, &here, NULL, fd, 1000, DIGEST_SHA256, NULL, 0, &e), 0);
    verify_watch_moved(a, 1000);
    verify_watch_free(a); /* while it waits for the rest */
    verify_watch_free(NULL);
    close(fd);
}

/* What is signed already is read once all is there; what comes behind it is looked at in the end.
 */
static void what_was_signed_before(void **state)
{
    const int64_t all = (int64_t)whole.len, last = all - 20;
    struct runner here = runner();
    struct verify_watch *a = NULL;
    struct jv *said = NULL;
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(judged(all, DIGEST_NONE, -1, &e), 0);
    assert_int_equal(judged(all, DIGEST_NONE, 20, &e), -1);
    assert_string_equal(e.id, "err.verify.not-intact");
    err_clear(&e);
    assert_int_equal(judged(all, DIGEST_NONE, last, &e), -1);
    /* half of it is no document: nothing is known early */
    err_clear(&e);
    assert_int_equal(judged(all / 2, DIGEST_NONE, -1, &e), 0);
    /* changed after it was read */
    int fd = file_memory("arriving", &e);
    assert_int_equal(file_pwrite_all(fd, whole.data, whole.len, 0, "arriving", &e), 0);
    assert_int_equal(verify_watch_start(&a, &here, NULL, fd, all, DIGEST_NONE, NULL, 0, &e), 0);
    verify_watch_moved(a, all);
    assert_int_equal(verify_watch_update(a, all, &said, &e), 0); /* it has read by now */
    jv_free(said);
    unsigned char odd = whole.data[last] ^ 1;
    assert_int_equal(file_pwrite_all(fd, &odd, 1, last, "arriving", &e), 0);
    assert_int_equal(verify_watch_take_integrity(a, "arriving", &e), -1);
    close(fd);
}

static int refuse_once(void *self, const struct task_call *call, struct err *e)
{
    struct runner here = runner();

    return --*(int *)self == 0 ? err_set(e, ERR_BUG, "err.base.memory", NULL)
                               : here.call(here.self, call, e);
}

/* A worker that is gone before the file is there costs no verdict. */
static void a_lost_worker(void **state)
{
    int times = 1;
    struct runner breaking = {.self = &times, .call = refuse_once};
    struct verify_watch *a = NULL;
    struct err e = ERR_INIT;
    int fd = file_seal_bytes("there", whole.data, whole.len, &e);

    (void)state;
    assert_int_equal(
        verify_watch_start(&a, &breaking, NULL, fd, first_range, DIGEST_SHA256, NULL, 0, &e), 0);
    verify_watch_moved(a, first_range);
    assert_int_equal(verify_watch_take_integrity(a, "there", &e), 0);
    close(fd);
}

/* The other reader comes when the verdict is out, with the password; without one nothing is said.
 */
static int look_here(int fd, const struct buf *password, struct jv *out, struct err *e)
{
    if (strcmp(buf_str(password), "worse") == 0)
        return err_set_bug(e, "look");
    jv_put_int(out, "bytes", lseek(fd, 0, SEEK_END));
    jv_put_text(out, "password", buf_str(password));
    return 0;
}

static int look_run(const struct task_io *io, struct err *e)
{
    return verify_watch_run(io, look_here, e);
}

static void another_reader_in_the_same_worker(void **state)
{
    static struct task table[2];
    static const char *const passwords[] = {"secret", "worse"};
    struct runner here = runner(), judges = runner_here(table);
    struct verify_watch *a = NULL;
    struct err e = ERR_INIT;
    int fd = file_seal_bytes("there", whole.data, whole.len, &e);

    (void)state;
    table[0] = verify_watch_task;
    table[0].run = look_run;
    for (size_t i = 0; i < 3; i++) {
        const char *password = i < 2 ? passwords[i] : "";
        struct jv *said = NULL;
        assert_int_equal(verify_watch_start(&a, &here, i < 2 ? &judges : NULL, fd, 0, DIGEST_NONE,
                                            (const unsigned char *)password, strlen(password), &e),
                         0);
        assert_int_equal(verify_watch_take_both(a, "there", &said, &e), 0);
        if (i == 0) {
            assert_int_equal(jv_get_int(said, "bytes", 0), (int64_t)whole.len);
            assert_string_equal(jv_get_text(said, "password"), "secret");
        } else {
            assert_null(said);
        }
        jv_free(said);
    }
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_verdict),
        cmocka_unit_test(what_was_signed_before),
        cmocka_unit_test(an_end_without_a_verdict),
        cmocka_unit_test(a_lost_worker),
        cmocka_unit_test(another_reader_in_the_same_worker),
    };

    return cmocka_run_group_tests(tests, load, unload);
}

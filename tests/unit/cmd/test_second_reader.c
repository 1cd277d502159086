/* A second reader that dies, lies or says nothing, and a machine that is short of what it needs.
 * BESIDE: fake_reader */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "base/file.h"
#include "cmd/second_reader.h"
#include "tests/refuse.h"

static int file_saying(char what)
{
    return file_seal_bytes("file", &what, 1, NULL);
}

static void check(char what, const char *id)
{
    struct second_reader *r = second_reader_new();
    struct second_reading said = {.pages = -1};
    struct err e = ERR_INIT;
    int fd = file_saying(what);

    assert_non_null(r);
    second_reader_patience(r, 300);
    assert_int_equal(second_reader_check(r, fd, NULL, 0, &said, &e), id == NULL ? 0 : -1);
    if (id != NULL)
        assert_string_equal(e.id, id);
    else
        assert_string_equal(said.code, "ok");
    close(fd);
    /* and goes on with the next file */
    fd = file_saying('o');
    second_reader_patience(r, 60000);
    assert_int_equal(second_reader_check(r, fd, NULL, 0, &said, &e), 0);
    assert_int_equal(said.pages, 3);
    close(fd);
    second_reader_free(r);
}

static void bad_answers(void **state)
{
    (void)state;
    check('o', NULL);
    check('n', "err.second-reader.failed");
    check('l', "err.second-reader.failed");
    check('g', "err.second-reader.failed");
    check('d', "err.second-reader.failed");
    check('f', "err.second-reader.failed");
    check('s', "err.second-reader.late");
    check('m', "err.second-reader.late");
}

static void what_it_says(void **state)
{
    static const struct {
        char what;
        const char *id;
        enum err_kind kind;
    } repairs[] = {{'o', NULL, ERR_NONE},
                   {'S', "err.second-reader.signed", ERR_INPUT},
                   {'D', "err.base.file-write", ERR_DISK},
                   {'B', "err.second-reader.beyond-repair", ERR_INPUT}};
    struct second_reader *r = second_reader_new();

    (void)state;
    for (size_t i = 0; i < sizeof repairs / sizeof repairs[0]; i++) {
        struct second_reading said;
        struct err e = ERR_INIT;
        int fd = file_saying(repairs[i].what), out = file_memory("out", NULL);
        int rc = second_reader_repair(r, fd, "file", NULL, 0, out, &said, &e);
        assert_int_equal(rc, repairs[i].id == NULL ? 0 : -1);
        assert_int_equal(e.kind, repairs[i].kind);
        if (repairs[i].id != NULL)
            assert_string_equal(e.id, repairs[i].id);
        close(fd);
        close(out);
    }
    for (const char *what = "Bw"; *what != '\0'; what++) {
        struct err e = ERR_INIT;
        int fd = file_saying(*what);
        assert_int_equal(second_reader_agrees(r, fd, "file", NULL, 0, 3, &e), -1);
        assert_string_equal(e.id, "err.second-reader.disagrees");
        close(fd);
    }
    second_reader_free(r);
}

static int refused(void *self)
{
    struct second_reading said;
    struct err e = ERR_INIT;
    int fd = *(int *)self;

    return second_reader_check(NULL, fd, (const unsigned char *)"secret", 6, &said, &e) != -1 ||
           strcmp(e.id, "err.second-reader.failed") != 0;
}

static void a_short_machine(void **state)
{
    static const struct refuse lists[][3] = {
        {{SYS_socketpair, -1, 0, EMFILE}},
        {{SYS_pipe2, -1, 0, EMFILE}},
        {{SYS_clone, -1, 0, EAGAIN}, {SYS_clone3, -1, 0, EAGAIN}, {SYS_vfork, -1, 0, EAGAIN}},
        {{SYS_read, -1, 0, EIO}},
    };
    int fd = file_saying('o');

    (void)state;
    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++)
        assert_true(refused_run(lists[i], i == 2 ? 3 : 1, refused, &fd));
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_answers),
        cmocka_unit_test(what_it_says),
        cmocka_unit_test(a_short_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

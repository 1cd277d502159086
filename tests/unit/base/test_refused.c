/* What the kernel refuses: each refusal is told with its cause, and nothing half made stays. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/tree.h"
#include "tests/refuse.h"
#include "tests/unit/own_folder.h"

/* Work in a child: 0 when the call failed with this id. */
static int told(int rc, const struct err *e, const char *id)
{
    return rc == -1 && e->kind == ERR_DISK && strcmp(e->id, id) == 0 && e->foreign[0] != '\0' ? 0
                                                                                              : 1;
}

static int put_refused(void *self)
{
    struct err e = ERR_INIT;

    (void)self;
    if (told(file_put("made", "x", 1, false, &e), &e, "err.base.file-write") != 0)
        return 1;
    return access("made", F_OK) == 0;
}

static void a_file_is_whole_or_absent(void **state)
{
    static const struct refuse sync[] = {{SYS_fsync, -1, 0, EIO}};
    static const struct refuse move[] = {{SYS_renameat2, -1, 0, EACCES}};
    static const struct refuse link_too[] = {{SYS_renameat2, -1, 0, EINVAL},
                                             {SYS_link, -1, 0, EPERM}};

    (void)state;
    assert_true(refused_run(sync, 1, put_refused, NULL));
    assert_true(refused_run(move, 1, put_refused, NULL));
    assert_true(refused_run(link_too, 2, put_refused, NULL));
}

static int put_by_link(void *self)
{
    (void)self;
    return file_put("linked", "x", 1, false, NULL) != 0 || access("linked", F_OK) != 0;
}

static void a_file_system_without_renameat2_is_served(void **state)
{
    static const struct refuse list[] = {{SYS_renameat2, -1, 0, ENOSYS}};

    (void)state;
    assert_true(refused_run(list, 1, put_by_link, NULL));
}

static int seal_refused(void *self)
{
    struct err e = ERR_INIT;

    (void)self;
    return told(file_seal_bytes("x", "x", 1, &e), &e, "err.base.file-write");
}

static void memory_files(void **state)
{
    static const struct refuse seal[] = {{SYS_fcntl, 1, F_ADD_SEALS, EPERM}};
    char name[300];
    struct err e = ERR_INIT;

    (void)state;
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_int_equal(told(file_memory(name, &e), &e, "err.base.file-write"), 0);
    assert_true(refused_run(seal, 1, seal_refused, NULL));
}

static void descriptors_that_are_none(void **state)
{
    struct buf out = BUF_INIT(100);
    char sum[DIGEST_HEX_MAX], byte;
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(told(digest_file_hex(-1, sum, &e), &e, "err.base.file-read"), 0);
    assert_int_equal(told(file_pread_all(-1, &byte, 1, 0, "x", &e), &e, "err.base.file-read"), 0);
    assert_int_equal(told(file_pwrite_all(-1, "x", 1, 0, "x", &e), &e, "err.base.file-write"), 0);
    assert_int_equal(told(file_write_all(-1, "x", 1, "x", &e), &e, "err.base.file-write"), 0);
    assert_int_equal(told(file_read_again(-1, "x", 10, &out, &e), &e, "err.base.file-read"), 0);
    assert_int_equal(told(file_sync_folder_of("none/x", &e), &e, "err.base.file-write"), 0);
    buf_free(&out);
}

static void read_again(void **state)
{
    struct buf out = BUF_INIT(100);
    struct err e = ERR_INIT;
    int fd = file_memory("x", NULL);

    (void)state;
    assert_int_equal(file_write_all(fd, "twelve bytes", 12, "x", NULL), 0); /* at its end */
    assert_int_equal(file_read_again(fd, "x", 12, &out, NULL), 0);
    assert_string_equal(buf_str(&out), "twelve bytes");
    assert_int_equal(file_read_again(fd, "x", 11, &out, &e), -1);
    assert_string_equal(e.id, "err.base.file-too-large");
    close(fd);
    buf_free(&out);
}

static int tree_refused(void *self)
{
    struct tree_out tree = TREE_OUT_INIT;
    struct err e = ERR_INIT;

    (void)self;
    if (tree_begin(&tree, "tree", &e) != 0)
        return 1;
    int rc = told(tree_commit(&tree, &e), &e, "err.base.file-write");
    tree_abort(&tree);
    return rc != 0 || access("tree", F_OK) == 0;
}

static void a_folder_is_whole_or_absent(void **state)
{
    static const struct refuse move[] = {{SYS_renameat2, -1, 0, EIO}, {SYS_rename, -1, 0, EIO}};

    (void)state;
    assert_true(refused_run(move, 2, tree_refused, NULL));
}

static int pair_refused(void *self)
{
    struct err e = ERR_INIT;
    int ends[2];

    (void)self;
    return frame_pair(ends, &e) == 0 || strcmp(e.id, "err.base.frame-system") != 0;
}

static void no_socket_is_left(void **state)
{
    static const struct refuse list[] = {{SYS_socketpair, -1, 0, EMFILE}};

    (void)state;
    assert_true(refused_run(list, 1, pair_refused, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_whole_or_absent),
        cmocka_unit_test(a_file_system_without_renameat2_is_served),
        cmocka_unit_test(memory_files),
        cmocka_unit_test(descriptors_that_are_none),
        cmocka_unit_test(read_again),
        cmocka_unit_test(a_folder_is_whole_or_absent),
        cmocka_unit_test(no_socket_is_left),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

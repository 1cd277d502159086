/* Files: what cannot be read or written is refused in the right way, and a making is whole or
 * absent. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "tests/unit/own_folder.h"

#define assert_error(e, wanted, name)                                                              \
    do {                                                                                           \
        assert_int_equal((e).kind, (wanted));                                                      \
        assert_string_equal((e).id, (name));                                                       \
        assert_true((e).sentence[0] != '\0');                                                      \
    } while (0)

static void test_open_refuses(void **state)
{
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(file_open("none", NULL, &e), -1);
    assert_error(e, ERR_INPUT, "err.base.file-open");
    assert_int_equal(file_open(".", NULL, &e), -1);
    assert_error(e, ERR_INPUT, "err.base.file-directory");
    assert_int_equal(mkfifo("pipe", 0600), 0);
    assert_int_equal(file_open("pipe", NULL, &e), -1);
    assert_error(e, ERR_INPUT, "err.base.file-special");
    assert_int_equal(file_open("/dev/null", NULL, &e), -1);
    assert_error(e, ERR_INPUT, "err.base.file-special");
}

static void test_read_ceiling(void **state)
{
    struct err e = ERR_INIT;
    struct buf out = BUF_INIT(100);

    (void)state;
    assert_int_equal(file_put("ten", "0123456789", 10, false, &e), 0);
    assert_int_equal(file_read("ten", 10, &out, &e), 0);
    assert_string_equal(buf_str(&out), "0123456789");
    assert_int_equal(file_read("ten", 9, &out, &e), -1);
    assert_error(e, ERR_INPUT, "err.base.file-too-large");
    /* a descriptor whose size nobody told */
    int fd = open("ten", O_RDONLY);
    buf_free(&out);
    buf_init(&out, 10);
    assert_int_equal(file_read_fd(fd, "ten", 9, &out, &e), -1);
    assert_error(e, ERR_INPUT, "err.base.file-too-large");
    close(fd);
    buf_free(&out);
    buf_init(&out, 10);
    assert_int_equal(file_read_fd(-1, "closed", 9, &out, &e), -1);
    assert_error(e, ERR_DISK, "err.base.file-read");
    assert_non_null(strstr(e.foreign, "EBADF"));
    buf_free(&out);
}

static void test_put_never_over(void **state)
{
    struct err e = ERR_INIT;
    struct file_out out;
    struct buf text = BUF_INIT(10);

    (void)state;
    assert_int_equal(file_put("kept", "old", 3, false, &e), 0);
    assert_int_equal(file_put("kept", "new", 3, false, &e), -1);
    assert_error(e, ERR_DISK, "err.base.file-exists");
    /* it appears between begin and commit */
    assert_int_equal(file_begin(&out, "late", false, &e), 0);
    assert_int_equal(file_put("late", "other", 5, false, &e), 0);
    assert_int_equal(file_write_all(out.fd, "mine", 4, "late", &e), 0);
    assert_int_equal(file_commit(&out, &e), -1);
    assert_error(e, ERR_DISK, "err.base.file-exists");
    file_abort(&out);
    assert_int_equal(file_read("late", 10, &text, &e), 0);
    assert_string_equal(buf_str(&text), "other");
    assert_int_equal(file_put("kept", "new", 3, true, &e), 0);
    assert_int_equal(file_read("kept", 10, &text, &e), 0);
    assert_string_equal(buf_str(&text), "new");
    buf_free(&text);
}

static void test_put_unwritable(void **state)
{
    struct err e = ERR_INIT;
    struct stat st;

    (void)state;
    assert_int_equal(file_put("no/such/folder", "x", 1, false, &e), -1);
    assert_error(e, ERR_DISK, "err.base.file-write");
    assert_int_equal(file_put("mode", "x", 1, false, &e), 0);
    assert_int_equal(stat("mode", &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

/* A full disk, imitated by the limit on file size: the error comes, nothing is left behind. */
static void test_put_full(void **state)
{
    struct err e = ERR_INIT;
    struct rlimit old, small;
    char *data = calloc(1, 1 << 20);

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    small = (struct rlimit){1 << 16, old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int rc = file_put("full", data, 1 << 20, false, &e);
    setrlimit(RLIMIT_FSIZE, &old);
    assert_int_equal(rc, -1);
    assert_error(e, ERR_DISK, "err.base.file-write");
    assert_non_null(strstr(e.foreign, "EFBIG"));
    assert_int_equal(access("full", F_OK), -1);
    assert_int_equal(system("test -z \"$(ls -A | grep part)\""), 0);
    free(data);
}

static void test_sealed(void **state)
{
    struct err e = ERR_INIT;
    int fd = file_seal_bytes("form", "abc", 3, &e);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(write(fd, "x", 1), -1);
    assert_int_equal(ftruncate(fd, 0), -1);
    close(fd);
    assert_int_equal(file_read_sealed("none", 10, &e), -1);
    assert_error(e, ERR_INPUT, "err.base.file-open");
}

static void test_digest_range(void **state)
{
    struct err e = ERR_INIT;
    struct digest *d = digest_new(DIGEST_SHA256, &e);

    (void)state;
    assert_int_equal(file_put("range", "0123456789", 10, true, &e), 0);
    int fd = open("range", O_RDONLY);
    assert_int_equal(digest_add_range(d, fd, 2, 8, &e), 0);
    assert_int_equal(digest_add_range(d, fd, 2, 9, &e), -1);
    assert_true(e.kind == ERR_INPUT || e.kind == ERR_DISK);
    close(fd);
    digest_free(d);
}

static void test_copy(void **state)
{
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT(20);

    (void)state;
    assert_int_equal(file_put("from", "0123456789", 10, true, &e), 0);
    int from = open("from", O_RDONLY), to = open("to", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(file_copy_range(from, to, 10, "to", &e), 0);
    assert_int_equal(file_read("to", 20, &text, &e), 0);
    assert_string_equal(buf_str(&text), "0123456789");
    assert_int_equal(file_copy_range(from, to, 11, "to", &e), -1);
    assert_true(err_is_set(&e));
    close(from);
    close(to);
    buf_free(&text);
}

static void test_inside(void **state)
{
    static const char *const bad[] = {"", "/a", "a/../b", "..", ".", "a//b", "a\\b", "a/", "a\nb"};

    (void)state;
    assert_true(path_stays_inside("a/b.pdf"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(path_stays_inside(bad[i]));
}

static void test_json_refuses(void **state)
{
    static const char *const bad[] = {"", "{", "{\"a\":1,\"a\":2}", "[1] x", "{\"a\":\"\xff\"}"};
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_null(jv_parse(bad[i], strlen(bad[i]), "file.json", &e));
        assert_error(e, ERR_INPUT, "err.base.json");
        assert_non_null(strstr(e.sentence, "file.json"));
    }
}

/* Several threads that make files in one folder share its syncs; one folder that cannot be synced
 * is not told of another. */
static void *many_put(void *self)
{
    int faults = 0;

    for (int i = 0; i < 20; i++) {
        char path[64];
        snprintf(path, sizeof path, "many-%d-%d", *(int *)self, i);
        faults += file_put(path, path, strlen(path), false, NULL) != 0;
        faults += file_sync_folder_of("many/none", NULL) == 0;
        faults += file_sync_folder_of("./x", NULL) != 0;
    }
    *(int *)self = faults;
    return NULL;
}

static void test_many_threads(void **state)
{
    enum { THREADS = 6 };
    pthread_t threads[THREADS];
    int numbers[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, many_put, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
        assert_int_equal(numbers[i], 0);
    }
}

/* Folders are synced here while the clock ticks; when asked for, each seventh time that fails. */
enum { ASKERS = 6, ASKED = 40, FAIL_EACH = 7 };
static struct {
    pthread_mutex_t lock;
    bool on, failing;
    size_t clock, count, failed;
    struct {
        size_t begin, end; /* 0: it failed, or goes on */
    } syncs[ASKERS * ASKED + 1];
} watched = {.lock = PTHREAD_MUTEX_INITIALIZER};

static size_t tick(void)
{
    pthread_mutex_lock(&watched.lock);
    size_t now = ++watched.clock;
    pthread_mutex_unlock(&watched.lock);
    return now;
}

int fsync(int fd)
{
    struct stat st;

    if (!watched.on || fstat(fd, &st) != 0 || !S_ISDIR(st.st_mode))
        return (int)syscall(SYS_fsync, fd);
    pthread_mutex_lock(&watched.lock);
    size_t i = watched.count++;
    watched.syncs[i].begin = ++watched.clock;
    watched.syncs[i].end = 0;
    pthread_mutex_unlock(&watched.lock);
    poll(NULL, 0, 1);
    pthread_mutex_lock(&watched.lock);
    bool fails = watched.failing && i % FAIL_EACH == 0;
    watched.failed += fails;
    watched.syncs[i].end = fails ? 0 : ++watched.clock;
    pthread_mutex_unlock(&watched.lock);
    errno = EIO;
    return fails ? -1 : 0;
}

/* Whether one that was good began and ended in between. */
static bool synced_between(size_t from, size_t to)
{
    bool found = false;

    pthread_mutex_lock(&watched.lock);
    for (size_t i = 0; i < watched.count; i++)
        found = found || (watched.syncs[i].begin > from && watched.syncs[i].end != 0 &&
                          watched.syncs[i].end < to);
    pthread_mutex_unlock(&watched.lock);
    return found;
}

struct told {
    size_t good, bad, untrue;
};

static void *ask_for_syncs(void *self)
{
    struct told *told = self;

    for (int i = 0; i < ASKED; i++) {
        size_t from = tick();
        if (file_sync_folder_of("./x", NULL) != 0)
            told->bad++;
        else if (synced_between(from, tick()))
            told->good++;
        else
            told->untrue++;
    }
    return NULL;
}

static struct told many_ask(bool failing)
{
    pthread_t threads[ASKERS];
    struct told told[ASKERS] = {{0, 0, 0}}, all = {0, 0, 0};

    watched.count = watched.failed = 0;
    watched.failing = failing;
    watched.on = true;
    for (int i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask_for_syncs, &told[i]), 0);
    for (int i = 0; i < ASKERS; i++) {
        pthread_join(threads[i], NULL);
        all.good += told[i].good;
        all.bad += told[i].bad;
        all.untrue += told[i].untrue;
    }
    watched.on = false;
    return all;
}

/* Who is told that the folder is on the disk was there before its sync began; of one that failed
 * at least who made it hears, and nobody hears of a good one that was none. */
static void test_shared_syncs(void **state)
{
    struct told all = many_ask(false);

    (void)state;
    assert_int_equal(all.untrue, 0);
    assert_int_equal(all.good, ASKERS * ASKED);
    all = many_ask(true);
    assert_int_equal(all.untrue, 0);
    assert_true(watched.failed > 0 && all.bad >= watched.failed);
    assert_int_equal(all.good + all.bad, ASKERS * ASKED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_open_refuses),   cmocka_unit_test(test_read_ceiling),
        cmocka_unit_test(test_put_never_over), cmocka_unit_test(test_put_unwritable),
        cmocka_unit_test(test_put_full),       cmocka_unit_test(test_sealed),
        cmocka_unit_test(test_digest_range),   cmocka_unit_test(test_copy),
        cmocka_unit_test(test_inside),         cmocka_unit_test(test_json_refuses),
        cmocka_unit_test(test_many_threads),   cmocka_unit_test(test_shared_syncs),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}

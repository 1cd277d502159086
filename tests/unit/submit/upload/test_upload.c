/* The deposit against a service in memory that fails at each request in each way: whatever happens,
 * after a second run every file lies there once, and no status lies. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
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
#include "base/file.h"
#include "base/jv.h"
#include "base/tree.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload.h"
#include "tests/refuse.h"
#include "tests/unit/remove_tree.h"
#include "tests/unit/submit/upload/runs.h"
#include "tests/unit/submit/upload/service.h"

static void all_goes_well(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    int n = quiet_requests();
    assert_int_equal(service.auths, n);
    check_service();
    check_receipts(true);
    /* again: not one request */
    assert_int_equal(run(&out, &e), 0);
    assert_int_equal(service.requests, n);
    assert_string_equal(jv_get_text(jv_at(jv_get(out, "files"), 0), "state"), "already");
    jv_free(out);
    /* from another machine, which has no receipts: the service says that all is there */
    forget_receipts();
    run_succeeds();
    check_receipts(true);
    for (size_t i = 0; i < service.count; i++)
        assert_true(service.files[i].moves_to <= 1);
}

static void a_fault_at_each_request(void **state)
{
    static const enum fault faults[] = {NOT_SENT,  LOST, ACTED_NO_ANSWER, BUSY, ACTED_502,
                                        FORBIDDEN, LARGE};
    int n = quiet_requests();
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    for (size_t f = 0; f < sizeof faults / sizeof faults[0]; f++) {
        for (int at = 0; at < n; at++) {
            for (int lasting = 0; lasting < 2; lasting++) {
                start_anew();
                service.at = at;
                service.fault = faults[f];
                service.from_there = lasting;
                int rc = run(&out, &e);
                if (rc != 0) {
                    assert_true(e.kind == ERR_NETWORK || e.kind == ERR_UNKNOWN ||
                                e.kind == ERR_REFUSED);
                    assert_false(jv_get_bool(out, "complete"));
                    check_receipts(false);
                }
                /* the outcome is said to be unknown exactly when a MOVE may have been done and
                 * nobody can tell */
                if (rc != 0 && e.kind == ERR_REFUSED)
                    assert_true(faults[f] == FORBIDDEN || faults[f] == LARGE);
                jv_free(out);
                service.at = -1;
                service.from_there = false;
                run_succeeds();
                check_service();
                check_receipts(true);
            }
        }
    }
}

static void what_lies_there_is_not_replaced(void **state)
{
    char url[512];

    (void)state;
    quiet_requests();
    snprintf(url, sizeof url, "%s", service.files[0].url);
    start_anew();
    store(url, "ff", 3);
    run_fails(ERR_REFUSED, "err.submit-upload.occupied");
    assert_string_equal(find(url)->sha256, "ff");
}

static void other_bytes_are_seen(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    start_anew();
    service.spoils = true;
    assert_int_equal(run(&out, &e), -1);
    assert_string_equal(e.id, "err.submit-upload.other-bytes");
    assert_int_equal(service.count, 0);
    jv_free(out);
}

/* 202: what was taken is looked at, whenever it is written. */
static void a_promise_is_looked_at(void **state)
{
    (void)state;
    start_anew();
    service.puts_as = 202;
    run_succeeds();
    check_service();
    check_receipts(true);
}

/* A receipt that somebody made, or that a disk damaged, is none: the service is asked. */
static void a_made_receipt_is_not_believed(void **state)
{
    char *folder = path_join(top, "d/receipts");
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    for (int lies_there = 0; lies_there < 2; lies_there++) {
        quiet_requests();
        struct dirent **names = NULL;
        int n = scandir(folder, &names, NULL, alphasort);
        for (int i = 0; i < n; i++) {
            char *path = path_join(folder, names[i]->d_name);
            if (names[i]->d_name[0] != '.')
                assert_int_equal(file_put(path, "{}", 2, true, NULL), 0);
            free(path);
            free(names[i]);
        }
        free(names);
        int puts = service.puts;
        if (!lies_there)
            service.count = 0;
        service.requests = 0;
        if (!lies_there) { /* sent once, as somebody noted; it may have been taken in */
            run_fails(ERR_UNKNOWN, "err.submit-upload.gone");
            assert_int_equal(service.puts, puts);
            remove_doubts();
        }
        assert_int_equal(run(&out, &e), 0);
        assert_true(service.requests > 0);
        assert_string_equal(jv_get_text(jv_at(jv_get(out, "files"), 0), "state"),
                            lies_there ? "found" : "stored");
        jv_free(out);
        check_service();
        check_receipts(true);
    }
    free(folder);
}

static void folders_are_made(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    start_anew();
    service.wants_folders = true;
    assert_int_equal(run(&out, &e), 0);
    assert_int_equal(service.folders,
                     2); /* the deposit's, the first place's; the test service then takes all */
    jv_free(out);
    check_service();
}

static void answers_are_told_apart(void **state)
{
    static const struct {
        int status;
        enum err_kind kind;
        const char *id;
    } cases[] = {
        {202, ERR_NETWORK, "err.submit-upload.busy"},
        {302, ERR_REFUSED, "err.submit-upload.moved"},
        {400, ERR_REFUSED, "err.submit-upload.forbidden"},
        {401, ERR_REFUSED, "err.submit-upload.forbidden"},
        {405, ERR_REFUSED, "err.submit-upload.no-dav"},
        {409, ERR_REFUSED, "err.submit-upload.no-dav"},
        {413, ERR_REFUSED, "err.submit-upload.too-large"},
        {418, ERR_REFUSED, "err.submit-upload.refused"},
        {429, ERR_NETWORK, "err.submit-upload.busy"},
        {500, ERR_NETWORK, "err.submit-upload.busy"},
        {507, ERR_NETWORK, "err.submit-upload.busy"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start_anew();
        service.status = cases[i].status;
        run_fails(cases[i].kind, cases[i].id);
        assert_int_equal(service.count, 0);
        check_receipts(false);
    }
}

static void addresses(void **state)
{
    static const char *const bad[] = {"",
                                      "http://h/",
                                      "ftp://h/",
                                      "https://",
                                      "https://u:p@h/",
                                      "https://h/?a",
                                      "https://h/#a",
                                      "folder"};
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(upload_check_url(bad[i], &e), -1);
        assert_int_equal(e.kind, ERR_USAGE);
    }
    assert_int_equal(upload_check_url("https://h:8443/a/b/", &e), 0);
}

static void receipts_are_checked(void **state)
{
    char *folder = path_join(top, "d"), *bad = path_join(folder, "receipts/zz.json");
    struct jv *r = NULL;
    struct err e = ERR_INIT;

    (void)state;
    quiet_requests();
    assert_int_equal(file_put(bad, "{}", 2, true, NULL), 0);
    assert_int_equal(receipts_check(folder, &r, &e), -1);
    assert_string_equal(e.id, "err.submit-upload.receipt");
    assert_int_equal(file_put(bad, "{", 1, true, NULL), 0);
    assert_int_equal(receipts_check(folder, &r, &e), -1);
    unlink(bad);
    forget_receipts();
    check_receipts(false);
    assert_int_equal(file_put(bad + 0, "", 0, true, NULL), -1); /* the folder is gone */
    free(folder);
    free(bad);
}

static int receipts_unread(void *self)
{
    struct jv *r = NULL;
    struct err e = ERR_INIT;

    return receipts_check(self, &r, &e) != -1 || strcmp(e.id, "err.base.file-read") != 0;
}

/* Receipts that cannot be listed are not taken for none. */
static void receipts_that_cannot_be_listed(void **state)
{
    static const struct refuse list[] = {{SYS_getdents64, -1, 0, EIO}};
    char *folder = path_join(top, "d");

    (void)state;
    quiet_requests();
    assert_true(refused_run(list, 1, receipts_unread, folder));
    free(folder);
}

/* Without a receipt all is missing, once. */
static void what_is_missing_is_told(void **state)
{
    char *folder = path_join(top, "d"), *path;
    struct jv *r = NULL;

    (void)state;
    forget_receipts();
    assert_int_equal(receipts_check(folder, &r, NULL), 0);
    assert_false(jv_get_bool(r, "complete"));
    assert_int_equal(jv_count(jv_get(r, "missing")), 1); /* the one place */
    assert_non_null(strstr(jv_str(jv_at(jv_get(r, "missing"), 0)), ".pdf"));
    jv_free(r);
    quiet_requests();
    assert_int_equal(receipts_check(folder, &r, NULL), 0);
    assert_int_equal(jv_count(jv_get(r, "missing")), 0);
    const char *key = jv_get_text(jv_at(jv_get(r, "receipts"), 0), "key");
    assert_true(asprintf(&path, "%s/receipts/%s.json", folder, key) > 0);
    unlink(path);
    jv_free(r);
    assert_int_equal(receipts_check(folder, &r, NULL), 0);
    assert_int_equal(jv_count(jv_get(r, "missing")), 1);
    jv_free(r);
    free(path);
    free(folder);
}

static int without_locks(void *self)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)self;
    int rc = run(&out, &e);
    jv_free(out);
    return rc != -1 || e.kind != ERR_DISK || strcmp(e.id, "err.submit-upload.no-lock") != 0 ||
           service.requests != 0;
}

/* That another sending goes on is said only when it does. */
static void a_disk_without_locks_is_said(void **state)
{
    static const int why[] = {ENOLCK, ENOSYS, EOPNOTSUPP, EBADF};

    (void)state;
    start_anew();
    for (size_t i = 0; i < sizeof why / sizeof why[0]; i++) {
        struct refuse list[] = {{SYS_flock, -1, 0, why[i]}};
        assert_true(refused_run(list, 1, without_locks, NULL));
    }
}

static int no_folder(void *self)
{
    const char *id = self;
    struct jv *out = NULL;
    struct err e = ERR_INIT;
    int rc = run(&out, &e);

    jv_free(out);
    return rc != -1 || e.kind != ERR_DISK || strcmp(e.id, id) != 0 || service.requests != 0;
}

/* Without a place for receipts nothing is sent. */
static void receipts_must_have_a_place(void **state)
{
    static const struct refuse unmade[] = {{SYS_mkdir, -1, 0, EACCES},
                                           {SYS_mkdirat, -1, 0, EACCES}};
    static const struct refuse unopened[] = {
        {SYS_openat, 2, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, EMFILE}};
    char write[] = "err.base.file-write", read[] = "err.base.file-read";

    (void)state;
    start_anew();
    assert_true(refused_run(unmade, 2, no_folder, write));
    assert_true(refused_run(unopened, 1, no_folder, read));
}

/* Each receipt gets a time before that of the one before it: the order turns round. */
static void receipts_are_in_order_of_time(void **state)
{
    char *folder = path_join(top, "d"), path[512], time[32];
    struct jv *first = NULL, *then = NULL;

    (void)state;
    quiet_requests();
    assert_int_equal(receipts_check(folder, &first, NULL), 0);
    const struct jv *was = jv_get(first, "receipts");
    size_t n = jv_count(was);
    assert_true(n > 2);
    for (size_t i = 0; i < n; i++) {
        struct jv *copy = jv_copy(jv_at(was, i));
        struct buf text = BUF_INIT(100000);
        snprintf(time, sizeof time, "2026-11-%02zuT10:00:00Z", 25 - i);
        jv_put_text(copy, "time", time);
        jv_remove(copy, "state");
        assert_int_equal(jv_print(copy, true, &text, NULL), 0);
        snprintf(path, sizeof path, "%s/receipts/%s.json", folder, jv_get_text(copy, "key"));
        assert_int_equal(file_put(path, text.data, text.len, true, NULL), 0);
        buf_free(&text);
        jv_free(copy);
    }
    assert_int_equal(receipts_check(folder, &then, NULL), 0);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(jv_get_text(jv_at(jv_get(then, "receipts"), i), "key"),
                            jv_get_text(jv_at(was, n - 1 - i), "key"));
    jv_free(first);
    jv_free(then);
    forget_receipts();
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_goes_well),
        cmocka_unit_test(a_fault_at_each_request),
        cmocka_unit_test(what_lies_there_is_not_replaced),
        cmocka_unit_test(other_bytes_are_seen),
        cmocka_unit_test(a_promise_is_looked_at),
        cmocka_unit_test(a_made_receipt_is_not_believed),
        cmocka_unit_test(folders_are_made),
        cmocka_unit_test(answers_are_told_apart),
        cmocka_unit_test(addresses),
        cmocka_unit_test(receipts_are_checked),
        cmocka_unit_test(receipts_that_cannot_be_listed),
        cmocka_unit_test(receipts_are_in_order_of_time),
        cmocka_unit_test(receipts_must_have_a_place),
        cmocka_unit_test(what_is_missing_is_told),
        cmocka_unit_test(a_disk_without_locks_is_said),
    };

    return cmocka_run_group_tests(tests, start, end);
}

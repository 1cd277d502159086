/* The deposit against a service in memory that fails at each request in each way: whatever happens,
 * after a second run every file lies there once, and no status lies. */
#include <dirent.h>
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
    assert_int_equal(run(&out, &e), 0);
    jv_free(out);
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
                memset(&service, 0, sizeof service);
                forget_receipts();
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
                assert_int_equal(run(&out, &e), 0);
                jv_free(out);
                check_service();
                check_receipts(true);
            }
        }
    }
}

static void unknown_is_said_as_unknown(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    /* requests of the first file: PUT, GET, MOVE, GET */
    for (int acted = 0; acted < 2; acted++) {
        memset(&service, 0, sizeof service);
        forget_receipts();
        service.at = 2;
        service.from_there = true;
        service.fault = acted ? ACTED_NO_ANSWER : LOST;
        assert_int_equal(run(&out, &e), -1);
        assert_int_equal(e.kind, ERR_UNKNOWN);
        jv_free(out);
        int puts = service.puts;
        assert_int_equal(run(&out, &e), -1); /* still down: asked, not sent again */
        assert_int_equal(e.kind, ERR_UNKNOWN);
        assert_string_equal(e.id, "err.submit-upload.still-unknown");
        assert_int_equal(service.puts, puts);
        jv_free(out);
        service.at = -1;
        service.from_there = false;
        assert_int_equal(run(&out, &e), 0);
        assert_string_equal(jv_get_text(jv_at(jv_get(out, "files"), 0), "state"),
                            acted ? "found" : "stored");
        jv_free(out);
        check_service();
    }
}

static void what_lies_there_is_not_replaced(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;
    char url[512];

    (void)state;
    quiet_requests();
    snprintf(url, sizeof url, "%s", service.files[0].url);
    memset(&service, 0, sizeof service);
    service.at = -1;
    forget_receipts();
    store(url, "ff", 3);
    assert_int_equal(run(&out, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_string_equal(e.id, "err.submit-upload.occupied");
    assert_string_equal(find(url)->sha256, "ff");
    jv_free(out);
}

static void other_bytes_are_seen(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    memset(&service, 0, sizeof service);
    service.at = -1;
    service.spoils = true;
    forget_receipts();
    assert_int_equal(run(&out, &e), -1);
    assert_string_equal(e.id, "err.submit-upload.other-bytes");
    assert_int_equal(service.count, 0);
    jv_free(out);
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
        if (!lies_there)
            service.count = 0;
        service.requests = 0;
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

static void a_confirmation_is_not_believed(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    for (int i = 0; i < 2; i++) {
        memset(&service, 0, sizeof service);
        service.at = -1;
        service.says_moved = i == 0;
        service.spoils_later = i == 1;
        forget_receipts();
        assert_int_equal(run(&out, &e), -1);
        assert_int_equal(e.kind, ERR_REFUSED);
        assert_string_equal(e.id, "err.submit-upload.not-kept");
        jv_free(out);
        check_receipts(false);
    }
}

static void folders_are_made(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    memset(&service, 0, sizeof service);
    service.at = -1;
    service.wants_folders = true;
    forget_receipts();
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
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memset(&service, 0, sizeof service);
        service.at = -1;
        service.status = cases[i].status;
        forget_receipts();
        assert_int_equal(run(&out, &e), -1);
        assert_int_equal(e.kind, cases[i].kind);
        assert_string_equal(e.id, cases[i].id);
        assert_int_equal(service.count, 0);
        jv_free(out);
        check_receipts(false);
    }
}

static void a_doubt_may_find_another_file(void **state)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    memset(&service, 0, sizeof service);
    forget_receipts();
    service.at = 2;
    service.from_there = true;
    service.fault = ACTED_NO_ANSWER;
    assert_int_equal(run(&out, &e), -1);
    assert_int_equal(e.kind, ERR_UNKNOWN);
    jv_free(out);
    service.at = -1;
    service.from_there = false;
    service.files[0].bytes++;
    assert_int_equal(run(&out, &e), -1);
    assert_int_equal(e.kind, ERR_REFUSED);
    assert_string_equal(e.id, "err.submit-upload.occupied");
    assert_int_equal(service.count, 1);
    jv_free(out);
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

static int no_folder(void *self)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)self;
    int rc = run(&out, &e);
    jv_free(out);
    return rc != -1 || e.kind != ERR_DISK || strcmp(e.id, "err.base.file-write") != 0 ||
           service.requests != 0;
}

/* Without a place for receipts nothing is sent. */
static void receipts_must_have_a_place(void **state)
{
    static const struct refuse list[] = {{SYS_mkdir, -1, 0, EACCES}, {SYS_mkdirat, -1, 0, EACCES}};

    (void)state;
    memset(&service, 0, sizeof service);
    service.at = -1;
    forget_receipts();
    assert_true(refused_run(list, 2, no_folder, NULL));
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

static int start(void **state)
{
    struct buf text = BUF_INIT(100000);
    struct jv *manifest = NULL;
    struct err e = ERR_INIT;
    bool already = false;
    char sum[DIGEST_HEX_MAX];

    (void)state;
    /* in memory where possible: thousands of syncs */
    strcpy(top, access("/dev/shm", W_OK) == 0 ? "/dev/shm/paraphe-unit.XXXXXX"
                                              : "/tmp/paraphe-unit.XXXXXX");
    if (mkdtemp(top) == NULL ||
        file_read(SOURCE_DIR "/data/places/edc-psc.json", text.max, &text, NULL) != 0)
        return -1;
    struct jv *table = places_parse(buf_str(&text), text.len, "places", NULL);
    char *file = path_join(top, "a.pdf"), *out = path_join(top, "d");
    file_put(file, "%PDF-", 5, false, NULL);
    int fd = file_open(file, NULL, NULL);
    digest_file_hex(fd, sum, NULL);
    struct bundle_item item = {
        places_find(table, "lps", "report"), "lps", "Application web", NULL, ".pdf", fd, sum, 5};
    struct bundle_request request = {.out = out,
                                     .places = table,
                                     .items = &item,
                                     .count = 1,
                                     .instant = instant,
                                     .deposit_date = "2026-11-25"};
    int rc = bundle_make(&request, &manifest, &already, &e);
    jv_free(manifest);
    jv_free(table);
    close(fd);
    free(file);
    free(out);
    buf_free(&text);
    return rc;
}

static int end(void **state)
{
    (void)state;
    return remove_tree(top);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_goes_well),
        cmocka_unit_test(a_fault_at_each_request),
        cmocka_unit_test(unknown_is_said_as_unknown),
        cmocka_unit_test(what_lies_there_is_not_replaced),
        cmocka_unit_test(other_bytes_are_seen),
        cmocka_unit_test(a_confirmation_is_not_believed),
        cmocka_unit_test(a_made_receipt_is_not_believed),
        cmocka_unit_test(folders_are_made),
        cmocka_unit_test(answers_are_told_apart),
        cmocka_unit_test(a_doubt_may_find_another_file),
        cmocka_unit_test(addresses),
        cmocka_unit_test(receipts_are_checked),
        cmocka_unit_test(receipts_are_in_order_of_time),
        cmocka_unit_test(receipts_must_have_a_place),
    };

    return cmocka_run_group_tests(tests, start, end);
}

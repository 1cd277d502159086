/* What a person has noted of files in doubt, and a deposit whose last day is over. */
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/tree.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload.h"
#include "tests/unit/remove_tree.h"
#include "tests/unit/submit/upload/runs.h"
#include "tests/unit/submit/upload/service.h"

/* All receipts name another address, so that each file is in doubt. */
static void doubt_all(const char *folder)
{
    struct jv *r = NULL;
    char path[512];

    assert_int_equal(receipts_check(folder, &r, NULL), 0);
    for (size_t i = 0; i < jv_count(jv_get(r, "receipts")); i++) {
        struct jv *copy = jv_copy(jv_at(jv_get(r, "receipts"), i));
        jv_put_text(copy, "url", "https://h/elsewhere");
        snprintf(path, sizeof path, "%s/receipts/%s.json", folder, jv_get_text(copy, "key"));
        assert_int_equal(jv_save(copy, path, true, NULL), 0);
        jv_free(copy);
    }
    jv_free(r);
}

static void spoil_receipts(int request)
{
    char *path = path_join(top, "d/receipts/zz.json");

    if (request == 1)
        assert_int_equal(file_put(path, "{", 1, true, NULL), 0);
    free(path);
}

/* Reading them takes the digests of all files: once, not again for each file in doubt. */
static void receipts_are_read_once_for_all_doubts(void **state)
{
    static const char *const all[] = {"all"};
    char *folder = path_join(top, "d"), *spoiled = path_join(folder, "receipts/zz.json");
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    (void)state;
    quiet_requests();
    doubt_all(folder);
    memset(&service, 0, sizeof service);
    service.at = -1;
    assert_int_equal(receipts_declare(folder, all, 1, NULL, instant, &e), 0);
    service.meanwhile = spoil_receipts;
    assert_int_equal(run(&out, &e), 0);
    assert_int_equal(access(spoiled, F_OK), 0);
    for (size_t i = 0; i < wanted_files(); i++)
        assert_string_equal(jv_get_text(jv_at(jv_get(out, "files"), i), "state"), "declared");
    assert_int_equal(service.puts, 0);
    jv_free(out);
    free(spoiled);
    free(folder);
}

static void told(void *self, const char *path, size_t number, size_t count)
{
    (void)path;
    (void)number;
    (void)count;
    ++*(int *)self;
}

/* When nothing may be sent any more, nothing is said to be, and no place for receipts is made. */
static void too_late_is_known_before(void **state)
{
    char *folder = path_join(top, "d"), *receipts = path_join(folder, "receipts");
    struct fetcher fetcher = {NULL, fetch};
    struct err over = ERR_INIT, e = ERR_INIT;
    struct jv *out = NULL;
    int sendings = 0;
    struct upload_request request = {.folder = folder,
                                     .url = "https://h/depot",
                                     .clock = clock_fixed(&instant),
                                     .fetcher = &fetcher,
                                     .watch = {.self = &sendings, .progress = told},
                                     .over = &over};

    (void)state;
    start_anew();
    err_set(&over, ERR_FORM, "err.cmd.submit-expired", "2026-01-01", NULL);
    assert_int_equal(upload_run(&request, &out, &e), -1);
    assert_string_equal(e.id, over.id);
    assert_string_equal(jv_get_text(jv_at(jv_get(out, "files"), 0), "state"), "waiting");
    assert_int_equal(access(receipts, F_OK), -1);
    assert_int_equal(sendings + service.requests, 0);
    jv_free(out);
    /* what was deposited is told, and what is in doubt asked about, which is no sending */
    quiet_requests();
    doubt_all(folder);
    assert_int_equal(upload_run(&request, &out, &e), 0);
    assert_string_equal(jv_get_text(jv_at(jv_get(out, "files"), 0), "state"), "found");
    assert_int_equal(sendings, 0);
    jv_free(out);
    free(receipts);
    free(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(receipts_are_read_once_for_all_doubts),
        cmocka_unit_test(too_late_is_known_before),
    };

    return cmocka_run_group_tests(tests, start, end);
}

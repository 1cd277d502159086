/* Runs against the service in memory, and what must hold after them; for test_upload.c alone. */
#ifndef PARAPHE_TESTS_UNIT_SUBMIT_UPLOAD_RUNS_H
#define PARAPHE_TESTS_UNIT_SUBMIT_UPLOAD_RUNS_H

#include "tests/unit/submit/upload/service.h"

static char top[64];
static int64_t instant = 1795000000;

static int run(struct jv **out, struct err *e)
{
    struct fetcher fetcher = {NULL, fetch};
    char *folder = path_join(top, "d");
    struct upload_request request = {.folder = folder,
                                     .url = "https://h/depot",
                                     .auth_profile = "x",
                                     .clock = clock_fixed(&instant),
                                     .fetcher = &fetcher};

    err_clear(e);
    int rc = upload_run(&request, out, e);
    free(folder);
    return rc;
}

static void forget_receipts(void)
{
    char *path = path_join(top, "d/receipts");

    tree_remove(path);
    free(path);
}

static size_t wanted_files(void)
{
    char *folder = path_join(top, "d");
    struct jv *m = NULL;

    assert_int_equal(deposit_load(folder, &m, NULL), 0);
    size_t n = jv_count(jv_get(m, "files")) + 1;
    jv_free(m);
    free(folder);
    return n;
}

/* Every file lies there once, moved once, and nothing else does. */
static void check_service(void)
{
    size_t finals = 0;

    for (size_t i = 0; i < service.count; i++) {
        assert_int_equal(service.files[i].moves_to, 1);
        assert_null(strstr(service.files[i].url, ".part"));
        finals++;
    }
    assert_int_equal(finals, wanted_files());
}

static void check_receipts(bool complete)
{
    char *folder = path_join(top, "d");
    struct jv *r = NULL;
    struct err e = ERR_INIT;

    assert_int_equal(receipts_check(folder, &r, &e), 0);
    assert_int_equal(jv_get_bool(r, "complete"), complete);
    if (complete) {
        assert_int_equal(jv_count(jv_get(r, "pending")), 0);
        assert_int_equal(jv_count(jv_get(r, "receipts")), wanted_files());
    }
    jv_free(r);
    free(folder);
}

static int quiet_requests(void)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    memset(&service, 0, sizeof service);
    service.at = -1;
    forget_receipts();
    assert_int_equal(run(&out, &e), 0);
    assert_true(jv_get_bool(out, "complete"));
    jv_free(out);
    return service.requests;
}

#endif

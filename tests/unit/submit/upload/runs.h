/* Runs against the service in memory, and what must hold after them; included after all other
 * headers. */
#ifndef PARAPHE_TESTS_UNIT_SUBMIT_UPLOAD_RUNS_H
#define PARAPHE_TESTS_UNIT_SUBMIT_UPLOAD_RUNS_H

#include "tests/unit/remove_tree.h"
#include "tests/unit/submit/places.h"
#include "tests/unit/submit/upload/service.h"

static int64_t instant = 1795000000;

static inline int run(struct jv **out, struct err *e)
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

static inline void forget_receipts(void)
{
    char *path = path_join(top, "d/receipts");

    tree_remove(path);
    free(path);
}

/* A service with nothing on it, which fails at no request, and no receipts. */
static inline void start_anew(void)
{
    memset(&service, 0, sizeof service);
    service.at = -1;
    forget_receipts();
}

static inline void run_succeeds(void)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    assert_int_equal(run(&out, &e), 0);
    jv_free(out);
}

static inline void run_fails(enum err_kind kind, const char *id)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    assert_int_equal(run(&out, &e), -1);
    assert_int_equal(e.kind, kind);
    assert_string_equal(e.id, id);
    jv_free(out);
}

/* What the person does whom the service has told that nothing arrived. */
static inline void remove_doubts(void)
{
    char *path = path_join(top, "d/receipts"), *one;
    struct dirent **names = NULL;
    int n = scandir(path, &names, NULL, alphasort);

    for (int i = 0; i < n; i++) {
        one = path_join(path, names[i]->d_name);
        if (names[i]->d_name[0] != '.')
            unlink(one);
        free(one);
        free(names[i]);
    }
    free(names);
    free(path);
}

static inline size_t wanted_files(void)
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
static inline void check_service(void)
{
    size_t finals = 0;

    for (size_t i = 0; i < service.count; i++) {
        assert_int_equal(service.files[i].moves_to, 1);
        assert_null(strstr(service.files[i].url, ".part"));
        finals++;
    }
    assert_int_equal(finals, wanted_files());
}

static inline void check_receipts(bool complete)
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

static inline int quiet_requests(void)
{
    struct jv *out = NULL;
    struct err e = ERR_INIT;

    start_anew();
    assert_int_equal(run(&out, &e), 0);
    assert_true(jv_get_bool(out, "complete"));
    jv_free(out);
    return service.requests;
}

static inline int start(void **state)
{
    struct jv *table = places_in_top(), *manifest = NULL;
    struct err e = ERR_INIT;
    bool already = false;
    char sum[DIGEST_HEX_MAX];

    (void)state;
    if (table == NULL)
        return -1;
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
    return rc;
}

static inline int end(void **state)
{
    (void)state;
    return remove_tree(top);
}

#endif

/* The parent's side: it believes no worker, keeps what was signed, and leaves nothing half made. */
#include "tests/refuse.h"
#include "tests/unit/sign/pades/job_fakes.h"

static void from_copy_to_commit(void **state)
{
    struct made_all m;
    struct pades_job *job = NULL;
    struct err e = ERR_INIT;
    char sha256[DIGEST_HEX_MAX], wanted[DIGEST_HEX_MAX];

    (void)state;
    make_all(&m);
    assert_int_equal(begin(&m, &job, &e), 0);
    assert_int_equal(digest_bytes_hex(pdf, sizeof pdf - 1, wanted, &e), 0);
    assert_string_equal(pades_facts(job)->input_sha256,
                        wanted); /* beside the SHA-384 that is signed */
    assert_int_equal(pades_facts(job)->pages, 1);
    assert_string_equal(pades_facts(job)->field, "Signature1");
    assert_int_equal(m.self.signed_count, 0);
    assert_int_equal(pades_commit(job, sha256, &e), -1); /* nothing is signed yet */
    assert_int_equal(pades_sign(job, &e), 0);
    assert_int_equal(pades_reached(job), PADES_B_B);
    assert_int_equal(pades_sign(job, &e), -1); /* never twice */
    assert_int_equal(m.self.signed_count, 1);
    assert_int_equal(fakes.kept_count, 1);
    assert_int_equal(pades_commit(job, sha256, &e), 0);
    assert_int_equal(fakes.judged, 1);
    assert_int_equal(fakes.watch_size, 0); /* small files are read again */
    pades_free(job);

    /* A second run with what was kept gives the same bytes and asks no signer. */
    char again[DIGEST_HEX_MAX];
    unlink(output);
    assert_int_equal(pades_resume(&job, &m.ports, fakes.kept, input, output, false, NULL, 0, &e),
                     0);
    assert_int_equal(pades_commit(job, again, &e), 0);
    assert_string_equal(again, sha256);
    assert_int_equal(m.self.signed_count, 1);
    pades_free(job);
    cms_plan_free(&m.plan);
}

static int stamp_refused(void *self)
{
    struct stamp_server server = {0};
    struct stamp stamp;
    struct err e = ERR_INIT;

    stamp_init(&stamp);
    return pades_stamp(self, &server, &stamp, &e) != -1 || e.kind != ERR_DISK ||
           strcmp(e.id, "err.base.file-write") != 0;
}

/* A value that nobody keeps is on the disk with its file before a server is asked for anything. */
static void no_network_before_the_value_is_safe(void **state)
{
    static const struct refuse sync[] = {{SYS_fdatasync, -1, 0, EIO}};
    const struct fetcher nobody = {NULL, NULL};
    struct made_all m;
    struct pades_job *job = NULL;
    struct err e = ERR_INIT;

    (void)state;
    make_all(&m);
    m.ports.keep = NULL;
    m.ports.fetcher = &nobody;
    assert_int_equal(begin(&m, &job, &e), 0);
    assert_int_equal(pades_sign(job, &e), 0);
    assert_true(refused_run(sync, 1, stamp_refused, job));
    pades_free(job);
    cms_plan_free(&m.plan);
}

static void what_was_kept_fits_its_input_only(void **state)
{
    static const char *const keys[] = {"attrs", "value",  "update_head", "update_tail",
                                       "chain", "scheme", "hole_end"};
    struct made_all m;
    struct pades_job *job = NULL;
    struct err e = ERR_INIT;

    (void)state;
    make_all(&m);
    assert_int_equal(begin(&m, &job, &e), 0);
    assert_int_equal(pades_sign(job, &e), 0);
    pades_free(job);
    nothing_left();
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct jv *bad = jv_copy(fakes.kept);
        jv_remove(bad, keys[i]);
        assert_int_equal(pades_resume(&job, &m.ports, bad, input, output, false, NULL, 0, &e), -1);
        assert_int_equal(e.kind, ERR_DISK);
        jv_free(bad);
    }
    struct jv *odd = jv_copy(fakes.kept);
    jv_put_text(odd, "attrs", "31zz");
    assert_int_equal(pades_resume(&job, &m.ports, odd, input, output, false, NULL, 0, &e), -1);
    jv_free(odd);
    struct jv *wrong = jv_copy(fakes.kept);
    char value[4096];
    snprintf(value, sizeof value, "%s", jv_get_text(wrong, "value"));
    value[strlen(value) - 1] ^= 1;
    jv_put_text(wrong, "value", value);
    assert_int_equal(pades_resume(&job, &m.ports, wrong, input, output, false, NULL, 0, &e), -1);
    assert_string_equal(e.id, "err.sign-pades.kept");
    jv_free(wrong);
    char changed[sizeof pdf];
    memcpy(changed, pdf, sizeof pdf);
    changed[sizeof pdf - 3] = 'f';
    assert_int_equal(file_put(input, changed, sizeof pdf - 1, true, &e), 0);
    assert_int_equal(pades_resume(&job, &m.ports, fakes.kept, input, output, false, NULL, 0, &e),
                     -1);
    assert_string_equal(e.id, "err.sign-pades.kept");
    assert_int_equal(file_put(input, changed, sizeof pdf - 2, true, &e), 0); /* another length */
    assert_int_equal(pades_resume(&job, &m.ports, fakes.kept, input, output, false, NULL, 0, &e),
                     -1);
    nothing_left();
    cms_plan_free(&m.plan);
}

static void a_worker_is_not_believed(void **state)
{
    static const int64_t shifts[][2] = {{2, 0},  {-2, 0},      {1, 0},         {0, 1},
                                        {0, -1}, {1 << 20, 0}, {-(1 << 20), 0}};
    struct made_all m;
    struct pades_job *job = NULL;

    (void)state;
    make_all(&m);
    for (size_t i = 0; i < sizeof shifts / sizeof shifts[0]; i++) {
        struct err e = ERR_INIT;
        fakes.shift_hole = shifts[i][0];
        fakes.shift_size = shifts[i][1];
        assert_int_equal(begin(&m, &job, &e), -1);
        assert_int_equal(e.kind, ERR_BUG);
        nothing_left();
    }
    fakes.shift_hole = fakes.shift_size = 0;
    fakes.refuses = true;
    struct err e = ERR_INIT;
    assert_int_equal(begin(&m, &job, &e), -1);
    assert_string_equal(e.id, "err.sign-pades.update-refused");
    assert_non_null(strstr(e.sentence, "a page changed"));
    fakes.refuses = false;
    fakes.see_hole = 2;
    assert_int_equal(begin(&m, &job, &e), -1);
    assert_string_equal(e.id, "err.sign-pades.update-refused");
    fakes.see_hole = 0;
    fakes.examine_fails = true;
    assert_int_equal(begin(&m, &job, &e), -1);
    assert_int_equal(e.kind, ERR_BUG);
    nothing_left();
    assert_int_equal(m.self.signed_count, 0);
    cms_plan_free(&m.plan);
}

static void each_failure_leaves_nothing(void **state)
{
    struct made_all m;
    struct pades_job *job = NULL;
    struct err e = ERR_INIT;
    char sha256[DIGEST_HEX_MAX];

    (void)state;
    make_all(&m);
    m.self.fails = true; /* the token */
    assert_int_equal(begin(&m, &job, &e), 0);
    assert_int_equal(pades_sign(job, &e), -1);
    pades_free(job);
    nothing_left();
    m.self.fails = false;
    fakes.keep_fails = true; /* the job folder */
    assert_int_equal(begin(&m, &job, &e), 0);
    assert_int_equal(pades_sign(job, &e), -1);
    pades_free(job);
    nothing_left();
    fakes.keep_fails = false;
    fakes.judge_fails = true; /* the reading back */
    assert_int_equal(begin(&m, &job, &e), 0);
    assert_int_equal(pades_sign(job, &e), 0);
    assert_int_equal(pades_commit(job, sha256, &e), -1);
    pades_free(job);
    nothing_left();
    pades_free(NULL);
    assert_int_equal(pades_begin(&job, &m.ports, &m.plan, &m.spec, input, input, true, 0, &e), -1);
    assert_string_equal(e.id, "err.sign-pades.same-file");
    assert_int_equal(
        pades_begin(&job, &m.ports, &m.plan, &m.spec, "/nowhere.pdf", output, true, 0, &e), -1);
    nothing_left();
    cms_plan_free(&m.plan);
}

/* The cross-reference table 33 MiB on: large enough for a second thread and a reader ahead. */
static int64_t make_large(void)
{
    enum { MOVED = 33 << 20 };
    const char *table = strstr(pdf, "xref\n0 4");
    int64_t at = MOVED, size = 0;
    char end[300];
    FILE *file = fopen(input, "w");
    int n = (int)(strstr(table, "startxref") - table);

    assert_non_null(file);
    fwrite(pdf, 1, (size_t)(table - pdf), file);
    assert_int_equal(ftruncate(fileno(file), at), 0);
    snprintf(end, sizeof end, "%.*sstartxref\n%lld\n%%%%EOF\n", n, table, (long long)at);
    fseek(file, at, SEEK_SET);
    fputs(end, file);
    size = ftell(file);
    fclose(file);
    return size;
}

static void large_files_are_judged_ahead(void **state)
{
    struct made_all m;
    struct pades_job *job = NULL;
    struct err e = ERR_INIT;
    char sha256[DIGEST_HEX_MAX], wanted[DIGEST_HEX_MAX];
    int64_t size = make_large(), length = 0;
    int fd = file_open(input, &length, &e);

    (void)state;
    assert_int_equal(digest_file_hex(fd, wanted, &e), 0);
    close(fd);
    make_all(&m);
    assert_int_equal(begin(&m, &job, &e), 0);
    assert_string_equal(pades_facts(job)->input_sha256, wanted); /* by a thread of its own */
    assert_int_equal(fakes.watch_size, size);
    assert_int_equal(fakes.watch_moved, size);
    assert_int_equal(fakes.watch_kind, DIGEST_SHA384);
    assert_int_equal(pades_sign(job, &e), 0);
    assert_int_equal(pades_commit(job, sha256, &e), 0);
    assert_true(fakes.watch_judged);
    pades_free(job);
    assert_int_equal(fakes.watch_ended, 0); /* it went to the judge */
    fd = file_open(output, &length, &e);
    assert_int_equal(digest_file_hex(fd, wanted, &e), 0);
    close(fd);
    assert_string_equal(sha256, wanted);
    unlink(output);

    assert_int_equal(begin(&m, &job, &e), 0);
    pades_free(job); /* nobody signs it */
    assert_int_equal(fakes.watch_ended, 1);
    fakes.refuses = true;
    assert_int_equal(begin(&m, &job, &e), -1);
    assert_int_equal(fakes.watch_ended, 2);
    nothing_left();
    cms_plan_free(&m.plan);
}

static void holes(void **state)
{
    static const char good[] = "....../ByteRange [0 30 40 15    ]/C <000000>........";
    struct err e = ERR_INIT;
    struct pdf_update_marks m = {.base = 4,
                                 .size = 52,
                                 .hole_start = 36,
                                 .hole_end = 44,
                                 .ranges_start = 17,
                                 .ranges_end = 33,
                                 .range = {0, 36, 44, 8}};
    char bytes[64];
    struct buf der = BUF_INIT(64);

    (void)state;
    for (int fault = 0; fault < 7; fault++) {
        int fd = file_memory("hole", &e);
        memcpy(bytes, good, sizeof good);
        memcpy(bytes + 17, "[0 36 44 8     ]", 16);
        if (fault == 1)
            bytes[36] = '(';
        if (fault == 2)
            bytes[40] = '1';
        if (fault == 3)
            bytes[18] = '1';
        if (fault == 4)
            bytes[31] = 'x';
        if (fault == 5)
            bytes[17] = ' ';
        assert_int_equal(file_write_all(fd, bytes, fault == 6 ? 51 : 52, "x", &e), 0);
        assert_int_equal(hole_check(fd, 4, 48, &m, &e), fault == 0 ? 0 : -1);
        if (fault == 0) {
            buf_append(&der, "\x30\x01", 2);
            assert_int_equal(hole_fill(fd, &m, &der, "x", &e), 0);
            assert_int_equal(file_pread_all(fd, bytes, 8, 36, "x", &e), 0);
            assert_memory_equal(bytes, "<300100>", 8);
            buf_append(&der, "1234", 4);
            assert_int_equal(hole_fill(fd, &m, &der, "x", &e), -1);
            assert_string_equal(e.id, "err.sign-pades.hole-small");
        }
        close(fd);
    }
    buf_free(&der);
}

static void levels_have_names(void **state)
{
    (void)state;
    assert_int_equal(pades_level_from_name("B-T"), PADES_B_T);
    assert_int_equal(pades_level_from_name("none"), PADES_NONE);
    assert_int_equal(pades_level_from_name("b-t"), PADES_NONE);
    assert_string_equal(pades_level_name(PADES_B_LTA), "B-LTA");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(from_copy_to_commit, set_up, tear_down),
        cmocka_unit_test_setup_teardown(no_network_before_the_value_is_safe, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_kept_fits_its_input_only, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_worker_is_not_believed, set_up, tear_down),
        cmocka_unit_test_setup_teardown(each_failure_leaves_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(large_files_are_judged_ahead, set_up, tear_down),
        cmocka_unit_test(holes),
        cmocka_unit_test(levels_have_names),
    };

    assert_non_null(mkdtemp(folder));
    snprintf(input, sizeof input, "%s/in.pdf", folder);
    snprintf(output, sizeof output, "%s/out.pdf", folder);
    made_cert(&rsa, "rsa:2048", "Signer", NULL, NULL, NOW);
    int rc = cmocka_run_group_tests(tests, NULL, NULL);
    made_free(&rsa);
    unlink(input);
    rmdir(folder);
    return rc;
}

/* The parent's side: it believes no worker, keeps what was signed, and leaves nothing half made. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "sign/pades/job.h"
#include "sign/pades/pades.h"
#include "tests/refuse.h"
#include "tests/unit/make_signer.h"

enum { NOW = 1795000000 };
static struct made rsa;
static char folder[] = "/tmp/paraphe-unit-XXXXXX", input[64], output[64];

static const char pdf[] =
    "%PDF-1.7\n"
    "1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    "2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n"
    "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>\nendobj\n"
    "xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n "
    "\n"
    "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n186\n%%EOF\n";

struct fakes {
    bool refuses, examine_fails;    /* the second reader */
    int64_t hole[2];                /* where it sees the hole */
    int64_t shift_hole, shift_size; /* a lying worker */
    int64_t see_hole;               /* the second reader sees it so far off */
    int judged, kept_count;
    int64_t watch_size, watch_moved; /* a reader that goes along with the copy */
    enum digest_kind watch_kind;
    bool watch_judged;
    int watch_ended;
    bool judge_fails, keep_fails;
    struct jv *kept;
};
static struct fakes fakes;

static int examine(void *self, void *watch, int fd, int64_t before, const char *name,
                   const unsigned char *password, size_t password_len, struct jv **out,
                   struct err *e)
{
    struct fakes *f = self;
    struct jv *hole;

    assert_ptr_equal(watch, f);
    (void)name;
    (void)password;
    (void)password_len;
    assert_true(fd >= 0 && before > 0);
    if (f->examine_fails)
        return err_set(e, ERR_BUG, "err.base.memory", NULL);
    *out = jv_object();
    hole = jv_object();
    jv_put_bool(*out, "ok", !f->refuses);
    jv_put_text(*out, "reason", "a page changed");
    jv_put_int(hole, "start", f->hole[0]);
    jv_put_int(hole, "end", f->hole[1]);
    jv_put_take(*out, "hole", hole);
    return 0;
}

/* The real task, then its places changed as a broken or hostile worker would. */
static int lying_prepare(const struct task_io *io, struct err *e)
{
    if (pades_prepare_task.run(io, e) != 0)
        return -1;
    struct jv *o = jv_parse((const char *)io->reply->data, io->reply->len, "reply", e);
    fakes.hole[0] = jv_get_int(o, "hole_start", 0) + fakes.see_hole;
    fakes.hole[1] = jv_get_int(o, "hole_end", 0);
    jv_put_int(o, "hole_start", jv_get_int(o, "hole_start", 0) + fakes.shift_hole);
    jv_put_int(o, "size", jv_get_int(o, "size", 0) + fakes.shift_size);
    buf_clear(io->reply);
    int rc = jv_print(o, false, io->reply, e);
    jv_free(o);
    return rc;
}

static const struct task *tasks(void)
{
    static struct task table[2];

    table[0] = pades_prepare_task;
    table[0].run = lying_prepare;
    return table;
}

static int keep(void *self, const struct jv *kept, struct err *e)
{
    struct fakes *f = self;

    f->kept_count++;
    if (f->keep_fails)
        return err_set(e, ERR_DISK, "err.base.memory", NULL);
    jv_free(f->kept);
    f->kept = jv_copy(kept);
    return 0;
}

static void *watch(void *self, int fd, int64_t size, enum digest_kind kind,
                   const unsigned char *password, size_t password_len)
{
    struct fakes *f = self;

    (void)password;
    (void)password_len;
    assert_true(fd >= 0);
    f->watch_size = size;
    f->watch_kind = kind;
    return f;
}

static void watch_moved(void *self, int64_t done)
{
    ((struct fakes *)self)->watch_moved = done;
}

static void watch_end(void *self)
{
    ((struct fakes *)self)->watch_ended++;
}

static int judge(void *self, void *begun, int fd, const char *name, const unsigned char *password,
                 size_t password_len, struct err *e)
{
    struct fakes *f = self;

    (void)password;
    (void)password_len;
    assert_true(fd >= 0 && strcmp(name, output) == 0);
    assert_int_equal(pwrite(fd, "x", 1, 0), -1); /* who judges cannot change what is judged */
    f->watch_judged = begun == f;
    f->judged++;
    return f->judge_fails ? err_set(e, ERR_BUG, "err.base.memory", NULL) : 0;
}

static int set_up(void **state)
{
    (void)state;
    memset(&fakes, 0, sizeof fakes);
    assert_int_equal(file_put(input, pdf, sizeof pdf - 1, true, NULL), 0);
    unlink(output);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    jv_free(fakes.kept);
    unlink(output);
    return 0;
}

/* Nothing but the input stays in the folder. */
static void nothing_left(void)
{
    char command[160];

    snprintf(command, sizeof command, "test \"$(ls -A %s | wc -l)\" = 1", folder);
    assert_int_equal(system(command), 0);
}

struct made_all {
    struct made_signer self;
    struct signer signer;
    struct runner runner;
    struct pades_ports ports;
    struct cms_plan plan;
    struct pades_spec spec;
};

static void make_all(struct made_all *m)
{
    struct cms_wish wish = {SCHEME_NONE, DIGEST_NONE};

    memset(m, 0, sizeof *m);
    m->self =
        (struct made_signer){.leaf = &rsa, .algs = {{SCHEME_RSA_PKCS1, DIGEST_SHA384}}, .nalgs = 1};
    m->signer = made_signer_port(&m->self);
    m->runner = runner_here(tasks());
    m->ports = (struct pades_ports){.runner = &m->runner,
                                    .signer = &m->signer,
                                    .keep = keep,
                                    .keep_self = &fakes,
                                    .examine = examine,
                                    .watch = watch,
                                    .watch_moved = watch_moved,
                                    .watch_end = watch_end,
                                    .judge = judge,
                                    .reader_self = &fakes};
    m->spec.signing_time = NOW;
    assert_int_equal(cms_plan_make(&m->plan, &m->signer, &wish, NULL), 0);
}

static int begin(struct made_all *m, struct pades_job **job, struct err *e)
{
    return pades_begin(job, &m->ports, &m->plan, &m->spec, input, output, false, 0, e);
}

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

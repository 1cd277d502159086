/* A job with a runner, a signer and readers of the test: each can lie, refuse and be counted. */
#ifndef PARAPHE_TESTS_PADES_JOB_FAKES_H
#define PARAPHE_TESTS_PADES_JOB_FAKES_H

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

#endif

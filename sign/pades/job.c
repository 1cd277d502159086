/* A signature from the copy of the input to the finished file. */
#include "sign/pades/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "sign/pades/kept.h"
#include "x509/cert.h"

/* A smaller file is read again in no time. */
enum { AHEAD_MIN = 32 << 20 };

struct pades_job *job_new(const struct pades_ports *ports)
{
    struct pades_job *job = calloc(1, sizeof *job);

    if (job == NULL)
        return NULL;
    job->ports = *ports;
    job->out = (struct file_out)FILE_OUT_INIT;
    job->reading = -1;
    buf_init(&job->attrs, (size_t)ceilings.cms_bytes);
    buf_init(&job->value, (size_t)ceilings.signature_bytes);
    buf_init(&job->update, (size_t)ceilings.pdf_update_bytes);
    return job;
}

void pades_free(struct pades_job *job)
{
    if (job == NULL)
        return;
    if (job->watch != NULL)
        job->ports.watch_end(job->watch);
    if (job->reading >= 0)
        close(job->reading);
    file_abort(&job->out);
    cms_plan_free(&job->own_plan);
    digest_free(job->digest);
    digest_free(job->whole);
    buf_free(&job->attrs);
    buf_free(&job->value);
    buf_free(&job->update);
    free(job->facts.title);
    free(job->facts.result);
    free(job->facts.auditor);
    free(job->facts.field);
    jv_free(job->facts.notes);
    jv_free(job->facts.scan);
    free(job);
}

/* Workers get the file read-only: what is judged cannot be changed by its judge. */
static int open_reading(struct pades_job *job, struct err *e)
{
    char path[64];

    snprintf(path, sizeof path, "/proc/self/fd/%d", job->out.fd);
    job->reading = open(path, O_RDONLY | O_CLOEXEC);
    return job->reading >= 0 ? 0
                             : err_set_errno(e, ERR_DISK, errno, "err.base.file-open", path, NULL);
}

int job_take_input(struct pades_job *job, const char *input, int *fd, struct err *e)
{
    enum digest_kind kind = job->plan->alg.digest;
    struct digest *sha256 = NULL;
    unsigned char sum[DIGEST_MAX];
    int64_t size = 0;
    int rc = -1;

    *fd = file_open(job->ports.content != NULL ? job->ports.content : input, &size, e);
    if (*fd < 0 || open_reading(job, e) != 0)
        return -1;
    job->digest = digest_new(kind, e);
    if (job->digest != NULL && kind != DIGEST_SHA256)
        sha256 = digest_new(DIGEST_SHA256, e);
    if (job->digest == NULL || (kind != DIGEST_SHA256 && sha256 == NULL))
        goto out;
    bool arriving = size >= AHEAD_MIN;
    if (job->ports.watch != NULL)
        job->watch =
            job->ports.watch(job->ports.reader_self, job->reading, arriving ? size : 0,
                             job->is_signed ? DIGEST_NONE : kind, job->password, job->password_len);
    struct copy_request copy = {.from = *fd,
                                .to = job->out.fd,
                                .size = size,
                                .name = input,
                                .to_name = job->out.path,
                                .first = job->digest,
                                .second = sha256,
                                .moved =
                                    job->watch != NULL && arriving ? job->ports.watch_moved : NULL,
                                .self = job->watch};
    if (job_copy(&copy, e) != 0)
        goto out;
    if (sha256 == NULL && digest_copy(job->digest, &sha256, e) != 0)
        goto out;
    if (digest_copy(sha256, &job->whole, e) != 0)
        goto out;
    if (digest_end(sha256, sum, e) != 0)
        goto out;
    hex_lower(sum, 32, job->facts.input_sha256);
    job->facts.input_bytes = job->size = size;
    rc = 0;
out:
    digest_free(sha256);
    return rc;
}

int job_other_file(int in, const char *output, struct err *e)
{
    struct stat a, b;

    if (fstat(in, &a) == 0 && stat(output, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
        return err_set(e, ERR_USAGE, "err.sign-pades.same-file", output, NULL);
    return 0;
}

/* What the judge of the update saw, beside the remarks of its maker. */
static void covers_note(struct pades_job *job)
{
    struct jv *o;

    if (job->covers <= 0 || !jv_is_array(job->facts.notes))
        return;
    o = jv_object();
    jv_put_text(o, "code", "covers-text");
    jv_put_int(o, "page", job->covers);
    jv_add_take(job->facts.notes, o);
}

int pades_begin(struct pades_job **out, const struct pades_ports *ports,
                const struct cms_plan *plan, const struct pades_spec *spec, const char *input,
                const char *output, bool replace, size_t token_room, struct err *e)
{
    struct pades_job *job = job_new(ports);
    struct buf ask = BUF_INIT((size_t)ceilings.cms_bytes);
    struct jv *reply = NULL;
    size_t hole = 0;
    int in = -1, rc = -1;

    if (job == NULL)
        return err_set_memory(e);
    err_clear(e); /* the look-ups of pdf/file tell "absent" from "failed" by it */
    job->plan = plan;
    job->drawn = spec->image != NULL || spec->code;
    job->password = spec->password;
    job->password_len = spec->password_len;
    if (cms_room(plan, token_room, &hole, e) != 0 ||
        file_begin(&job->out, output, replace, e) != 0 || job_take_input(job, input, &in, e) != 0 ||
        job_other_file(in, output, e) != 0 ||
        job_ask_print(spec, plan, hole, token_room > 0, job->facts.input_sha256, &ask, e) != 0 ||
        job_update(job, &ask, spec->image != NULL ? *spec->image : -1, true, &job->marks, &reply,
                   e) != 0 ||
        job_reply_read(reply, &job->marks, &job->facts, e) != 0)
        goto out;
    covers_note(job);
    job->size = job->marks.size;
    *out = job;
    job = NULL;
    rc = 0;
out:
    if (in >= 0)
        close(in);
    if (rc != 0)
        err_about(e, input);
    buf_wipe(&ask);
    jv_free(reply);
    pades_free(job);
    return rc;
}

const struct pades_facts *pades_facts(const struct pades_job *job)
{
    return &job->facts;
}

const struct cms_plan *pades_plan(const struct pades_job *job)
{
    return job->plan;
}

enum pades_level pades_reached(const struct pades_job *job)
{
    return job->reached;
}

int64_t pades_size(const struct pades_job *job)
{
    return job->size;
}

int pades_fd(const struct pades_job *job)
{
    return job->out.fd;
}

int job_put_cms(struct pades_job *job, const struct buf *token, struct err *e)
{
    struct buf cms = BUF_INIT((size_t)ceilings.cms_bytes);
    int rc = -1;

    if (cms_build(job->plan, &job->attrs, &job->value, token, &cms, e) == 0 &&
        hole_fill(job->out.fd, &job->marks, &cms, job->out.path, e) == 0)
        rc = 0;
    buf_free(&cms);
    return rc;
}

int pades_sign(struct pades_job *job, struct err *e)
{
    const struct signer *s = job->ports.signer;
    unsigned char digest[DIGEST_MAX];
    struct cms_content content = {digest, CMS_NO_TIME};
    struct jv *kept = NULL;
    int rc = -1;

    if (job->digest == NULL || job->reached != PADES_NONE)
        return err_set_bug(e, "pades_sign: order");
    if (hole_digest(job->out.fd, &job->marks, job->digest, digest, e) != 0 ||
        cms_attrs(job->plan, &content, &job->attrs, e) != 0)
        return -1;
    digest_free(job->digest);
    job->digest = NULL;
    if (job->ports.keep != NULL && kept_update(job, e) != 0) /* read while the hole is empty */
        return -1;
    if (s->sign(s->self, &job->plan->alg, job->attrs.data, job->attrs.len, &job->value, e) != 0 ||
        cms_value_check(job->plan, &job->attrs, &job->value, e) != 0)
        return -1;
    /* before the first write or sync of the file: from here on no crash costs another C_Sign */
    if (job->ports.keep != NULL && (kept = kept_print(job, e)) == NULL)
        return -1;
    if (kept != NULL)
        job->kept = job->ports.keep(job->ports.keep_self, kept, e);
    if (job->kept >= 0 && job_put_cms(job, NULL, e) == 0) {
        job->reached = PADES_B_B;
        rc = 0;
    }
    jv_free(kept);
    return rc;
}

int pades_stamp(struct pades_job *job, const struct stamp_server *server, struct stamp *stamp,
                struct err *e)
{
    if (job->reached < PADES_B_B || job->ports.fetcher == NULL)
        return err_set_bug(e, "pades_stamp: order");
    /* the value, or the signed file, is on the disk before any network; without network file_commit
     * syncs it */
    if (job->kept == 1 && job->ports.settle != NULL) {
        if (job->ports.settle(job->ports.keep_self, e) != 0)
            return -1;
    } else if (job->kept != 2 && fdatasync(job->out.fd) != 0)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", job->out.path, NULL);
    if (stamp_get(job->ports.runner, job->ports.fetcher, server, job->value.data, job->value.len,
                  stamp, e) != 0 ||
        stamp_fits(stamp, job->plan->leaf, e) != 0 || job_put_cms(job, &stamp->token, e) != 0)
        return -1;
    job->reached = PADES_B_T;
    return 0;
}

int pades_read_back(struct pades_job *job, char sha256[DIGEST_HEX_MAX], struct err *e)
{
    unsigned char sum[DIGEST_MAX];
    void *watch = job->watch;

    if (job->reached < PADES_B_B)
        return err_set_bug(e, "pades_read_back: order");
    job->watch = NULL;
    if (job->ports.judge != NULL &&
        job->ports.judge(job->ports.reader_self, watch, job->reading, job->out.path, job->password,
                         job->password_len, e) != 0)
        return -1;
    if (job->whole == NULL ||
        digest_add_range(job->whole, job->out.fd, job->facts.input_bytes,
                         job->size - job->facts.input_bytes, e) != 0 ||
        digest_end(job->whole, sum, e) != 0)
        return -1;
    hex_lower(sum, 32, sha256);
    memcpy(job->sha256, sha256, sizeof job->sha256);
    return 0;
}

int pades_commit(struct pades_job *job, char sha256[DIGEST_HEX_MAX], struct err *e)
{
    if (job->sha256[0] == '\0' && pades_read_back(job, sha256, e) != 0)
        return -1;
    memcpy(sha256, job->sha256, sizeof job->sha256);
    return file_commit(&job->out, e);
}

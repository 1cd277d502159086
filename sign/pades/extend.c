/* Later levels: revocation data and document time-stamps, added to the file in the making. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "sign/pades/job.h"
#include "sign/pades/kept.h"

int pades_open(struct pades_job **out, const struct pades_ports *ports, const char *input,
               const char *output, bool replace, bool is_signed, const unsigned char *password,
               size_t password_len, struct err *e)
{
    struct pades_job *job = job_new(ports);
    int in = -1, rc = -1;

    if (job == NULL)
        return err_set_memory(e);
    err_clear(e);
    job->own_plan.alg.digest = DIGEST_SHA256;
    job->plan = &job->own_plan;
    job->is_signed = is_signed;
    job->password = password;
    job->password_len = password_len;
    if (file_begin(&job->out, output, replace, e) == 0 && job_take_input(job, input, &in, e) == 0 &&
        job_other_file(in, output, e) == 0) {
        job->reached = PADES_B_B;
        *out = job;
        job = NULL;
        rc = 0;
    }
    if (in >= 0)
        close(in);
    pades_free(job);
    return rc;
}

void pades_reach(struct pades_job *job, enum pades_level level)
{
    if (level > job->reached)
        job->reached = level;
}

static int ask_print(const struct pades_job *job, bool stamped, size_t room, struct buf *out,
                     struct err *e)
{
    struct jv *o = jv_object();
    int rc = -1;

    jv_put_text(o, "kind", stamped ? "timestamp" : "dss");
    jv_put_int(o, "hole", (int64_t)room);
    if (job->password == NULL || job_put_password(o, job->password, job->password_len, e) == 0)
        rc = jv_print(o, false, out, e);
    jv_free(o);
    return rc;
}

/* The evidence travels in a sealed memory file: it can be larger than what parameters may be. */
static int evidence_file(const struct jv *evidence, struct err *e)
{
    struct buf text = BUF_INIT(2 * (size_t)ceilings.json_bytes);
    int fd = -1;

    if (jv_print(evidence, false, &text, e) == 0)
        fd = file_seal_bytes("evidence", text.data, text.len, e);
    buf_free(&text);
    return fd;
}

/* Digest of the whole file but the hole, the time-stamp over it, and its token into the hole. */
static int stamp_document(struct pades_job *job, const struct pdf_update_marks *m,
                          const struct stamp_server *server, struct stamp *stamp, struct err *e)
{
    enum digest_kind kind = server->digest != DIGEST_NONE ? server->digest : DIGEST_SHA256;
    struct digest *all = NULL;
    unsigned char digest[DIGEST_MAX];
    int64_t from = 0;
    int rc = -1;

    if (kind == DIGEST_SHA256 && digest_copy(job->whole, &all, e) == 0)
        from = job->facts.input_bytes; /* so far it was digested while it was copied */
    else if (kind != DIGEST_SHA256)
        all = digest_new(kind, e);
    if (all != NULL && digest_add_range(all, job->out.fd, from, m->base - from, e) == 0 &&
        hole_digest(job->out.fd, m, all, digest, e) == 0 &&
        stamp_get_digest(job->ports.runner, job->ports.fetcher, server, digest, stamp, e) == 0)
        rc = hole_fill(job->out.fd, m, &stamp->token, job->out.path, e);
    digest_free(all);
    return rc;
}

static int extend_once(struct pades_job *job, const struct pades_extension *x, size_t room,
                       int evidence, struct stamp *stamp, struct err *e)
{
    struct buf ask = BUF_INIT(65536);
    struct pdf_update_marks marks;
    struct jv *reply = NULL;
    bool stamped = x->server != NULL;
    int rc = -1;

    if (ask_print(job, stamped, room, &ask, e) == 0 &&
        job_update(job, &ask, evidence, stamped, &marks, &reply, e) == 0 &&
        (!stamped || stamp_document(job, &marks, x->server, stamp, e) == 0)) {
        if (fdatasync(job->out.fd) == 0) {
            job->size = marks.size;
            rc = 0;
        } else {
            err_set_errno(e, ERR_DISK, errno, "err.base.file-write", job->out.path, NULL);
        }
    }
    if (rc != 0 && ftruncate(job->out.fd, job->size) != 0)
        err_set_errno(e, ERR_DISK, errno, "err.base.file-write", job->out.path, NULL);
    jv_free(reply);
    buf_wipe(&ask);
    return rc;
}

int pades_extend(struct pades_job *job, const struct pades_extension *x, struct stamp *stamp,
                 struct err *e)
{
    int evidence = -1, rc;

    if (job->reached < PADES_B_B || (x->server != NULL && job->ports.fetcher == NULL))
        return err_set_bug(e, "pades_extend: order");
    if (x->evidence != NULL && (evidence = evidence_file(x->evidence, e)) < 0)
        return -1;
    rc = extend_once(job, x, x->token_room, evidence, stamp, e);
    if (rc != 0 && e != NULL && strcmp(e->id, "err.sign-pades.hole-small") == 0) {
        /* A document time-stamp costs no PIN: the hole is made again, now that its size is known.
         */
        size_t room = 2 * stamp->token.len;
        stamp_free(stamp);
        err_clear(e);
        rc = extend_once(job, x, room, evidence, stamp, e);
    }
    if (evidence >= 0)
        close(evidence);
    return rc;
}

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "sign/pades/job.h"

static int call_task(const struct runner *runner, const char *task, const int *fds, size_t nfds,
                     const struct buf *ask, struct jv **reply, struct err *e)
{
    struct buf text = BUF_INIT(4u << 20);
    struct task_call call = {.name = task,
                             .fds = fds,
                             .nfds = nfds,
                             .params = ask->data,
                             .params_len = ask->len,
                             .reply = &text};
    int rc = runner->call(runner->self, &call, e);

    if (rc == 0) {
        *reply = jv_parse(buf_str(&text), text.len, task, e);
        rc = *reply != NULL ? 0 : -1;
    }
    buf_free(&text);
    return rc;
}

static int append(int to, int64_t at, int from, const char *name, size_t *len, struct err *e)
{
    struct buf bytes = BUF_INIT((size_t)ceilings.pdf_update_bytes);
    int rc = -1;

    if (file_read_again(from, name, (size_t)ceilings.pdf_update_bytes, &bytes, e) == 0)
        rc = file_pwrite_all(to, bytes.data, bytes.len, at, name, e);
    *len = bytes.len;
    buf_free(&bytes);
    return rc;
}

/* What is wrong with a signature that was there before is the file's fault, not the update's. */
static const char *earlier_fault(const char *reason)
{
    if (strcmp(reason, "earlier.broken") == 0)
        return "err.sign-pades.earlier-broken";
    if (strcmp(reason, "earlier.unread") == 0)
        return "err.sign-pades.earlier-unread";
    return strcmp(reason, "earlier.modified") == 0 ? "err.sign-pades.earlier-modified" : NULL;
}

/* What stood in the file before and keeps a fresh reader from accepting any update of it. */
static const char *file_fault(const char *reason)
{
    if (strcmp(reason, "dss-odd") == 0)
        return "err.sign-pades.dss";
    return strcmp(reason, "err.verify.field-tree") == 0 ? "err.sign-pades.form" : NULL;
}

/* A fresh reader sees the file with the update as a verifier would: one signature was added,
 * nothing else, and its hole is ours. */
static int second_opinion(struct pades_job *job, int fd, const struct pdf_update_marks *m,
                          struct err *e)
{
    struct jv *reply = NULL;
    const char *reason, *what, *earlier, *fault;
    int rc = 0;

    if (job->ports.examine == NULL)
        return 0;
    if (job->ports.examine(job->ports.reader_self, job->watch, fd, m->base, job->out.path,
                           job->password, job->password_len, &reply, e) != 0)
        return -1;
    reason = jv_get_text(reply, "reason");
    what = jv_get_text(reply, "what");
    earlier = reason != NULL ? earlier_fault(reason) : NULL;
    fault = reason != NULL ? file_fault(reason) : NULL;
    job->covers = jv_get_int(reply, "covers", 0);
    job->awaited = reason != NULL && strcmp(reason, "object-awaited") == 0;
    job->refused = !jv_get_bool(reply, "ok") && earlier == NULL;
    if (earlier != NULL && !jv_get_bool(reply, "ok"))
        rc = err_set(e, ERR_SIGNATURE, earlier, what != NULL ? what : "-", NULL);
    else if (fault != NULL && !jv_get_bool(reply, "ok"))
        rc = err_set(e, ERR_INPUT, fault, NULL);
    else if (!jv_get_bool(reply, "ok"))
        rc = err_set(e, ERR_INPUT, "err.sign-pades.update-refused", reason != NULL ? reason : "-",
                     what != NULL ? what : "-", NULL);
    else if (jv_get_int(jv_get(reply, "hole"), "start", -1) != m->hole_start ||
             jv_get_int(jv_get(reply, "hole"), "end", -1) != m->hole_end)
        rc = err_set(e, ERR_INPUT, "err.sign-pades.update-refused", "hole", "-", NULL);
    jv_free(reply);
    return rc;
}

static int update_once(struct pades_job *job, const struct buf *ask, int evidence, bool hole,
                       struct pdf_update_marks *marks, struct jv **reply, struct err *e)
{
    int fds[3] = {job->reading, file_memory("update", e), evidence}, rc = -1;
    size_t len = 0;

    if (evidence >= 0)
        (void)lseek(evidence, 0, SEEK_SET); /* a worker that made an earlier try has read it */
    const struct task *task = job->drawn ? &pades_draw_task : &pades_prepare_task;
    if (fds[1] < 0 ||
        call_task(job->ports.runner, task->name, fds, evidence >= 0 ? 3 : 2, ask, reply, e) != 0 ||
        job_reply_read(*reply, marks, NULL, e) != 0 ||
        append(job->out.fd, job->size, fds[1], job->out.path, &len, e) != 0)
        goto out;
    if (hole)
        rc = hole_check(job->out.fd, job->size, len, marks, e) == 0
                 ? second_opinion(job, fds[0], marks, e)
                 : -1;
    else if (marks->base != job->size || marks->size != job->size + (int64_t)len)
        err_set_bug(e, "job_update: size");
    else /* revocation data alone: judged with the finished file */
        rc = 0;
out:
    if (fds[1] >= 0)
        close(fds[1]);
    return rc;
}

/* The same question with another flag; it replaces *ask. */
static int ask_with(struct buf *ask, const char *flag, struct err *e)
{
    struct jv *o = jv_parse((const char *)ask->data, ask->len, "pades-prepare", e);
    int rc = -1;

    if (o != NULL) {
        jv_put_bool(o, flag, true);
        buf_wipe(ask);
        buf_init(ask, (size_t)ceilings.cms_bytes);
        rc = jv_print(o, false, ask, e);
    }
    jv_free(o);
    return rc;
}

/* The flag with which an update that was refused may be accepted; NULL: none. */
static const char *other_way(const struct pades_job *job, const struct jv *reply, bool avoided)
{
    /* A number that the file refers to without defining it: with others. That needs a look at every
     * object, which is spared to all other files. */
    if (job->awaited && !avoided)
        return "avoid";
    /* a structure tree that is not as it should be: the field gets no place in it */
    return job->refused && jv_get_bool(reply, "tagged") ? "untagged" : NULL;
}

int job_update(struct pades_job *job, const struct buf *ask, int evidence, bool hole,
               struct pdf_update_marks *marks, struct jv **reply, struct err *e)
{
    struct buf again = BUF_INIT((size_t)ceilings.cms_bytes);
    int rc = update_once(job, ask, evidence, hole, marks, reply, e);
    const char *flag;
    bool avoided = false;

    while (rc != 0 && (flag = other_way(job, *reply, avoided)) != NULL) {
        avoided = avoided || strcmp(flag, "avoid") == 0;
        job->awaited = job->refused = false;
        err_clear(e);
        jv_free(*reply);
        *reply = NULL;
        if (again.len == 0)
            buf_append(&again, ask->data, ask->len);
        if (ftruncate(job->out.fd, job->size) != 0)
            err_set_errno(e, ERR_DISK, errno, "err.base.file-write", job->out.path, NULL);
        else if (ask_with(&again, flag, e) == 0)
            rc = update_once(job, &again, evidence, hole, marks, reply, e);
    }
    buf_wipe(&again);
    return rc;
}

#include "sign/pades/kept.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "sign/pades/job.h"
#include "x509/cert.h"

struct jv *kept_print(const struct pades_job *job, struct err *e)
{
    const struct pdf_update_marks *m = &job->marks;
    struct jv *o = jv_object(), *chain = jv_array();

    if (o == NULL || chain == NULL) {
        err_set_memory(e);
        jv_free(o);
        jv_free(chain);
        return NULL;
    }
    jv_put_text(o, "format", "paraphe-kept");
    jv_put_int(o, "version", 2);
    jv_put_text(o, "input_sha256", job->facts.input_sha256);
    job_put_marks(o, m);
    jv_put_text(o, "field", job->facts.field);
    jv_put_text(o, "scheme", sign_scheme_name(job->plan->alg.scheme));
    jv_put_text(o, "digest", digest_name(job->plan->alg.digest));
    for (size_t i = 0; i < job->plan->chain.count; i++) {
        struct jv *holder = jv_object();
        jv_put_hex(holder, "der", job->plan->chain.items[i].data, job->plan->chain.items[i].len);
        jv_add_take(chain, holder);
    }
    jv_put_take(o, "chain", chain);
    jv_put_hex(o, "attrs", job->attrs.data, job->attrs.len);
    jv_put_hex(o, "value", job->value.data, job->value.len);
    /* without the hole, which is most of it and nothing but zeros */
    jv_put_hex(o, "update_head", job->update.data, (size_t)(m->hole_start - m->base));
    jv_put_hex(o, "update_tail", job->update.data + (m->hole_end - m->base),
               (size_t)(m->size - m->hole_end));
    return o;
}

int kept_update(struct pades_job *job, struct err *e)
{
    size_t n = (size_t)(job->marks.size - job->marks.base);
    unsigned char *room;

    buf_clear(&job->update);
    room = buf_room(&job->update, n);
    if (room == NULL)
        return buf_check(&job->update, e);
    if (file_pread_all(job->out.fd, room, n, job->marks.base, job->out.path, e) != 0)
        return -1;
    job->update.len = n;
    return 0;
}

static int get_hex(const struct jv *o, const char *key, struct buf *out, struct err *e)
{
    size_t before = out->len;

    return jv_bytes(jv_get(o, key), out) != 0 || out->len == before
               ? err_set(e, ERR_DISK, "err.sign-pades.kept", NULL)
               : 0;
}

static int get_update(const struct jv *kept, struct pades_job *job, struct err *e)
{
    int64_t hole = job->marks.hole_end - job->marks.hole_start; /* job_reply_read bounds it */
    unsigned char *room;

    if (get_hex(kept, "update_head", &job->update, e) != 0)
        return -1;
    if (hole < 2 || (room = buf_room(&job->update, (size_t)hole)) == NULL)
        return err_set(e, ERR_DISK, "err.sign-pades.kept", NULL);
    memset(room, '0', (size_t)hole);
    room[0] = '<';
    room[hole - 1] = '>';
    job->update.len += (size_t)hole;
    return get_hex(kept, "update_tail", &job->update, e);
}

static int get_plan(const struct jv *kept, struct cms_plan *plan, struct err *e)
{
    const struct jv *chain = jv_get(kept, "chain");
    const char *scheme = jv_get_text(kept, "scheme"), *digest = jv_get_text(kept, "digest");

    if (scheme == NULL || digest == NULL || jv_count(chain) == 0)
        return err_set(e, ERR_DISK, "err.sign-pades.kept", NULL);
    plan->alg = (struct sign_alg){sign_scheme_from_name(scheme), digest_from_name(digest)};
    for (size_t i = 0; i < jv_count(chain); i++) {
        struct buf der = BUF_INIT((size_t)ceilings.certificate_bytes);
        int rc = get_hex(jv_at(chain, i), "der", &der, e);
        if (rc == 0)
            rc = der_list_add(&plan->chain, der.data, der.len, e);
        buf_free(&der);
        if (rc != 0)
            return -1;
    }
    return cert_parse(&plan->leaf, plan->chain.items[0].data, plan->chain.items[0].len, "-", e);
}

/* What is there now is what was signed then: the attributes made anew are those that were kept, and
 * the value fits. */
static int check_signed(struct pades_job *job, struct err *e)
{
    unsigned char digest[DIGEST_MAX];
    struct cms_content content = {digest, CMS_NO_TIME};
    struct buf attrs = BUF_INIT(job->attrs.max);
    int rc = -1;

    if (hole_digest(job->out.fd, &job->marks, job->digest, digest, e) == 0 &&
        cms_attrs(job->plan, &content, &attrs, e) == 0) {
        /* a value that was good when it was kept: no longer the token's fault */
        if (attrs.len != job->attrs.len || memcmp(attrs.data, job->attrs.data, attrs.len) != 0 ||
            cms_value_check(job->plan, &job->attrs, &job->value, NULL) != 0)
            err_set(e, ERR_DISK, "err.sign-pades.kept", NULL);
        else
            rc = 0;
    }
    buf_free(&attrs);
    return rc;
}

int pades_resume(struct pades_job **out, const struct pades_ports *ports, const struct jv *kept,
                 const char *input, const char *output, bool replace, const unsigned char *password,
                 size_t password_len, struct err *e)
{
    struct pades_job *job = job_new(ports);
    struct err local = ERR_INIT;
    int in = -1, rc = -1;

    if (job == NULL)
        return err_set_memory(e);
    job->plan = &job->own_plan;
    job->kept = 2;
    job->password = password;
    job->password_len = password_len;
    if (job_reply_read(kept, &job->marks, &job->facts, e) != 0 ||
        get_plan(kept, &job->own_plan, e) != 0 || get_hex(kept, "attrs", &job->attrs, e) != 0 ||
        get_hex(kept, "value", &job->value, e) != 0 || get_update(kept, job, e) != 0 ||
        file_begin(&job->out, output, replace, e) != 0 || job_take_input(job, input, &in, e) != 0 ||
        file_pwrite_all(job->out.fd, job->update.data, job->update.len, job->size, output, e) != 0)
        goto out;
    if (hole_check(job->out.fd, job->size, job->update.len, &job->marks, &local) != 0) {
        err_set(e, ERR_DISK, "err.sign-pades.kept", NULL);
        goto out;
    }
    if (check_signed(job, e) != 0 || job_put_cms(job, NULL, e) != 0)
        goto out;
    job->size = job->marks.size;
    job->reached = PADES_B_B;
    *out = job;
    job = NULL;
    rc = 0;
out:
    if (in >= 0)
        close(in);
    if (rc != 0)
        err_about(e, input);
    pades_free(job);
    return rc;
}

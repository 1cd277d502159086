/* The stage "sign" of a job: rapport.pdf to rapport-signe.pdf, with one C_Sign over all runs: what
 * it gave is kept as soon as it is there, and a later run goes on from it. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/jv.h"
#include "cmd/act_run.h"
#include "cmd/act_sign.h"
#include "cmd/out.h"
#include "cmd/pending_form.h"
#include "cmd/run_int.h"
#include "cmd/sign_options.h"
#include "cmd/sign_say.h"
#include "cmd/wire.h"

enum { KEPT_VERSION = 2 };

static int consent(void *self, const char *question, struct err *e)
{
    const struct run *r = self;

    return r->wire->asker.yes(r->wire->asker.self, question, e);
}

/* When it cannot be kept (a full disk) the signing goes on all the same: the value would be lost if
 * it stopped here, and the room for the finished file was taken before. */
static int keep(void *self, const struct jv *kept, struct err *e)
{
    struct run_signing *s = self;
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    bool safe =
        jv_print(kept, false, &text, NULL) == 0 && job_keep(s->fd, text.data, text.len, NULL) == 0;

    (void)e;
    buf_free(&text);
    s->lost = !safe;
    return safe ? 2 : 0;
}

/* What cannot be read may have been a signature: it is put aside, and said, before the token is
 * asked for another one. */
static int kept_damaged(const struct run *r, size_t form, struct err *e)
{
    char *path = job_path(r->job, form, JOB_FILE_KEPT), *aside = NULL;

    if (path == NULL)
        err_set_memory(e);
    else if (job_keep_aside(r->job, form, &aside, e) == 0)
        err_set(e, ERR_DISK, "err.cmd.run-kept-damaged", job_form_name(r->job, form), path, aside,
                NULL);
    free(aside);
    free(path);
    return -1;
}

/* What an earlier run kept: 1, 0 for nothing, -1. */
static int kept_read(const struct run *r, size_t form, struct jv **kept, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    int rc = job_kept(r->job, form, &text, e);

    if (rc == 1) {
        *kept = jv_parse(buf_str(&text), text.len, JOB_FILE_KEPT, NULL);
        if (jv_get_int(*kept, "version", 0) != KEPT_VERSION ||
            jv_get_text(*kept, "input_sha256") == NULL)
            rc = JOB_KEPT_DAMAGED;
    }
    if (rc == JOB_KEPT_DAMAGED)
        rc = kept_damaged(r, form, e);
    buf_free(&text);
    return rc;
}

int run_sign_ready(struct run *r, size_t form, bool more, struct run_signing *s, struct err *e)
{
    char now[65];

    *s = (struct run_signing){.fd = -1, .more = more};
    s->in = job_path(r->job, form, more ? JOB_FILE_SIGNED : JOB_FILE_REPORT);
    s->out = job_path(r->job, form, more ? JOB_FILE_COUNTERSIGNED : JOB_FILE_SIGNED);
    if (s->in == NULL || s->out == NULL)
        return err_set_memory(e);
    if (kept_read(r, form, &s->kept, e) < 0 || job_digest(s->in, now, e) != 0)
        return -1;
    const char *of = jv_get_text(s->kept, "input_sha256");
    if (s->kept != NULL && strcmp(of, now) != 0) { /* of another report */
        job_keep_forget(r->job, form);
        jv_free(s->kept);
        s->kept = NULL;
    }
    if (s->kept == NULL && job_keep_ready(r->job, form, &s->fd, e) != 0)
        return -1;
    s->kept_in = job_path(r->job, form, JOB_FILE_KEPT);
    s->file = (struct act_sign_file){.input = s->in,
                                     .output = s->out,
                                     .replace = true,
                                     .kept = s->kept,
                                     .kept_in = s->kept_in,
                                     .keep = s->fd >= 0 ? keep : NULL,
                                     .keep_self = s};
    return 0;
}

/* Half a value of what is signed and finished would be taken for one that was lost. While the
 * journal does not say so the next run would sign again: then it stays to be told. */
void run_sign_done(const struct run *r, size_t form)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);

    if (job_kept(r->job, form, &text, NULL) == JOB_KEPT_DAMAGED)
        job_keep_forget(r->job, form);
    buf_free(&text);
}

void run_sign_end(struct run_signing *s)
{
    /* a further signature is finished once it is made, of whatever level: job_countersigned */
    if (s->lost && s->more && s->file.result != NULL)
        unlink(s->kept_in);
    if (s->fd >= 0)
        close(s->fd);
    s->fd = -1;
    act_sign_file_free(&s->file);
    jv_free(s->kept);
    s->file.input = NULL;
    free(s->in);
    free(s->out);
    free(s->field);
    free(s->kept_in);
    s->in = s->out = s->field = s->kept_in = NULL;
    s->kept = NULL;
}

void run_sign_say(const struct run *r, size_t form, const struct jv *signed_json)
{
    const struct jv *warnings = jv_get(signed_json, "warnings");

    for (size_t i = 0; i < jv_count(warnings); i++) {
        const char *code = jv_get_text(jv_at(warnings, i), "code"),
                   *message = jv_get_text(jv_at(warnings, i), "message");
        if (sign_say_of_document(code))
            out_note(r->cmd, "cmd.run.outcome", job_form_name(r->job, form), message, NULL);
        else if (!sign_say_before(r->said, code, message))
            out_note(r->cmd, "cmd.sign.warning", message, NULL);
    }
}

static void fill(const struct run *r, const struct act_sign_file *f, struct jv *result)
{
    struct jv *keys = jv_array();
    char key[DIGEST_HEX_MAX];

    /* what an earlier run kept was signed with who knows which */
    if (f->kept == NULL && pending_key(r->cmd, key, NULL) == 0)
        jv_add_text(keys, key);
    jv_put_take(result, "keys", keys);
    jv_put_text(result, "level", jv_get_text(f->result, "level"));
    jv_put_text(result, "requested_level", jv_get_text(f->result, "requested_level"));
    jv_put_text(result, "scheme", jv_get_text(f->result, "scheme"));
    jv_put_text(result, "digest", jv_get_text(f->result, "digest"));
    if (f->status == 0)
        return;
    /* a time-stamp can still be had for the same value: the next run tries again */
    jv_put_int(result, "status", f->status);
    jv_put_bool(result, "stop", true);
    jv_put_bool(result, "again", true);
}

/* `sign --pending` has signed it, with others in one go, or failed to and said so. */
static int signed_before(const struct run *r, const struct job_step *s, struct jv *result)
{
    const struct act_sign_file *f = &r->signings[s->form].file;

    if (f->result != NULL) {
        run_sign_say(r, s->form, f->result);
        fill(r, f, result);
        return 0;
    }
    if (f->input != NULL) /* else its report was not there yet */
        jv_put_int(result, "status", err_is_set(&f->err) ? (int)f->err.kind : ERR_CANCELLED);
    jv_put_bool(result, "stop", true);
    jv_put_bool(result, "again", true);
    return 0;
}

/* The first box of our report, whatever the look calls it; NULL: signing chooses. */
static const char *first_field(const struct run *r, size_t form)
{
    const struct job_step report = {r->job, job_stage_find("report"), form};

    return jv_str(jv_at(jv_get(job_step_result(&report), "fields"), 0));
}

int run_sign(struct run *r, const struct job_step *s, struct jv *result, struct err *e)
{
    struct sign_options options = {0};
    struct run_signing signing = {.fd = -1};
    struct act_sign_file *f = &signing.file;
    int rc = -1;

    if (r->signings != NULL)
        return signed_before(r, s, result);
    if (sign_options_read(&options, r->cmd, e) != 0 ||
        run_sign_ready(r, s->form, false, &signing, e) != 0)
        goto out;
    options.request.spec.field = first_field(r, s->form);
    options.request.lang = config_get(r->cmd->config, "report.lang");
    options.request.said = r->said;
    if (!r->yes) {
        options.request.consent = consent;
        options.request.consent_self = r;
    }
    if (!options.asked && options.request.level == PADES_B_B)
        out_note(r->cmd, "cmd.sign.without-tsa", NULL);
    rc = act_sign(r->wire, &options.request, f, 1, e);
    if (rc == 0 && f->result == NULL) {
        if (e != NULL)
            *e = f->err;
        rc = -1;
    }
    if (rc == 0) {
        run_sign_say(r, s->form, f->result);
        fill(r, f, result);
    }
out:
    run_sign_end(&signing);
    sign_options_free(&options);
    return rc;
}

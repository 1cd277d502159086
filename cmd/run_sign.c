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
#include "cmd/run_int.h"
#include "cmd/sign_options.h"
#include "cmd/wire.h"

static int consent(void *self, const char *question, struct err *e)
{
    const struct run *r = self;

    return r->wire->asker.yes(r->wire->asker.self, question, e);
}

/* When it cannot be kept (a full disk) the signing goes on all the same: the value would be lost if
 * it stopped here, and the room for the finished file was taken before. */
static int keep(void *self, const struct jv *kept, struct err *e)
{
    const int *fd = self;
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    bool safe =
        jv_print(kept, false, &text, NULL) == 0 && job_keep(*fd, text.data, text.len, NULL) == 0;

    (void)e;
    buf_free(&text);
    return safe ? 2 : 0;
}

/* What an earlier run kept: 1, 0 for nothing, -1. */
static int kept_read(const struct run *r, size_t form, struct jv **kept, struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    int rc = job_kept(r->job, form, &text, e);

    if (rc == 1) {
        *kept = jv_parse(buf_str(&text), text.len, JOB_FILE_KEPT, NULL);
        rc = *kept != NULL ? 1 : 0;
    }
    buf_free(&text);
    return rc;
}

static void say_signed(const struct run *r, const struct job_step *s, const struct jv *signed_json)
{
    const struct jv *warnings = jv_get(signed_json, "warnings");

    for (size_t i = 0; i < jv_count(warnings); i++) {
        const char *message = jv_get_text(jv_at(warnings, i), "message");
        out_note(r->cmd, "cmd.run.outcome", job_form_name(r->job, s->form),
                 message != NULL ? message : "", NULL);
    }
}

/* One attempt; *stale: what was kept belongs to another report. */
static int attempt(struct run *r, const struct job_step *s, struct sign_options *options,
                   struct act_sign_file *f, bool *stale, struct err *e)
{
    struct jv *kept = NULL;
    int fd = -1, rc = kept_read(r, s->form, &kept, e);

    if (rc == 0)
        rc = job_keep_ready(r->job, s->form, &fd, e);
    if (rc < 0)
        return -1;
    f->kept = kept;
    f->keep = fd >= 0 ? keep : NULL;
    f->keep_self = &fd;
    rc = act_sign(r->wire, &options->request, f, 1, e);
    if (rc == 0 && f->result == NULL) {
        if (e != NULL)
            *e = f->err;
        rc = -1;
    }
    *stale = rc != 0 && kept != NULL && e != NULL && strcmp(e->id, "err.sign-pades.kept") == 0;
    if (fd >= 0)
        close(fd);
    f->kept = NULL;
    jv_free(kept);
    return rc;
}

static void fill(const struct act_sign_file *f, struct jv *result)
{
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

int run_sign(struct run *r, const struct job_step *s, struct jv *result, struct err *e)
{
    char *in = job_path(r->job, s->form, JOB_FILE_REPORT);
    char *out = job_path(r->job, s->form, JOB_FILE_SIGNED);
    struct sign_options options = {0};
    struct act_sign_file file = {.input = in, .output = out, .replace = true};
    bool stale = false;
    int rc = -1;

    if (in == NULL || out == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (sign_options_read(&options, r->cmd, e) != 0)
        goto out;
    if (!r->yes) {
        options.request.consent = consent;
        options.request.consent_self = r;
    }
    if (!options.asked && options.request.level == PADES_B_B)
        out_note(r->cmd, "cmd.sign.without-tsa", NULL);
    rc = attempt(r, s, &options, &file, &stale, e);
    if (rc != 0 && stale) {
        job_keep_forget(r->job, s->form);
        err_clear(e);
        err_clear(&file.err);
        rc = attempt(r, s, &options, &file, &stale, e);
    }
    if (rc == 0) {
        say_signed(r, s, file.result);
        fill(&file, result);
    }
out:
    act_sign_file_free(&file);
    sign_options_free(&options);
    free(in);
    free(out);
    return rc;
}

#include "cmd/sign_pending.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/jv.h"
#include "cmd/act_run.h"
#include "cmd/act_sign.h"
#include "cmd/cancel.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "cmd/pending_find.h"
#include "cmd/pending_form.h"
#include "cmd/run_int.h"
#include "cmd/run_say.h"
#include "cmd/sign_options.h"
#include "cmd/wire.h"
#include "pkcs11/token.h"

/* A job with at least one report that waits. */
struct waiting {
    struct cmd cmd; /* with the job's own configuration */
    struct job *job;
    struct sign_options options;
    struct run_signing *signings; /* one a form; those that do not wait have no input */
    struct buf key;               /* token, certificate, algorithm: who signs with what */
    char who[DIGEST_HEX_MAX];     /* pending_key */
    bool named;                   /* by the settings: token or certificate, so that who tells */
    bool some;                    /* something in it is to be signed, by this token */
    bool taken;                   /* its turn was, or is */
};
struct pending {
    struct cmd *cmd;
    struct waiting **jobs;
    size_t count;
    int status; /* the worst so far */
    bool signed_some;
    struct jv *said; /* remarks that hold for all */
};

static void waiting_free(struct waiting *w)
{
    for (size_t f = 0; w->signings != NULL && f < job_forms(w->job); f++)
        run_sign_end(&w->signings[f]);
    free(w->signings);
    sign_options_free(&w->options);
    buf_free(&w->key);
    job_close(w->job);
    config_free(w->cmd.config);
    free(w);
}

/* What concerns one job is told with its folder and does not stop the others. A no is about all
 * that was shown. */
static void failed(struct pending *p, const char *folder, struct err *e)
{
    if (e->kind != ERR_CANCELLED)
        err_wrap(e, "cmd.run.about", folder, NULL);
    out_error(e, p->cmd->json);
    p->status = err_status_worst(p->status, (int)e->kind);
    err_clear(e);
}

/* ---- which ---- */
static int job_waits(const char *folder, const struct cmd *cmd, bool *waits, struct err *e)
{
    struct job *job = NULL;
    struct jv *status;

    if (job_open(folder, false, cmd->clock, &job, e) != 0)
        return -1;
    status = job_status(job);
    for (size_t f = 0; f < job_forms(job); f++)
        *waits = *waits || pending_kind(job, status, f) != PENDING_NONE;
    jv_free(status);
    job_close(job);
    return 0;
}

/* ---- ready ---- */
static int key_print(struct waiting *w, struct err *e)
{
    static const char *const keys[] = {"token.module",     "token.uri", "token.cert",
                                       "token.pin-source", "sign.hash", "sign.scheme"};

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        for (size_t k = 0; k < config_count(w->cmd.config, keys[i]); k++)
            buf_format(&w->key, "%s=%s\n", keys[i], config_at(w->cmd.config, keys[i], k));
    }
    return buf_check(&w->key, e);
}

/* Signed already with what this configuration asks for: unless the person names a box, it probably
 * waits for somebody else. Where the configuration names token or certificate that is enough, and
 * the token need not say so; two who share a machine without settings are told apart by theirs. */
static bool for_others(const struct waiting *w, const struct jv *status, size_t f)
{
    return w->options.request.spec.field == NULL && pending_key_signed(status, f, w->who);
}

/* Signed already by the holder of this certificate, or of one that it renews: it waits for somebody
 * else. Names may be those of two persons: who names a box signs it. */
static bool signed_by(const struct waiting *w, size_t f, const struct jv *certificate)
{
    enum pending_signer who = pending_signed_by(w->job, f, certificate);

    if (who != PENDING_SAME_PERSON)
        return who == PENDING_SAME_CERTIFICATE;
    if (w->options.request.spec.field != NULL)
        return false;
    out_note(&w->cmd, "cmd.sign.pending-renewed", job_folder(w->job), job_form_name(w->job, f),
             jv_get_text(certificate, "subject"), NULL);
    return true;
}

/* certificate: that of the token, NULL when it is not open: then no further signature is made. */
static int forms_ready(struct waiting *w, const struct jv *certificate, struct err *e)
{
    struct run r = {.cmd = &w->cmd, .job = w->job};
    const struct pades_spec *spec = &w->options.request.spec;
    struct jv *status = job_status(w->job);
    int rc = 0;

    for (size_t f = 0; rc == 0 && f < job_forms(w->job); f++) {
        struct run_signing *s = &w->signings[f];
        enum pending_kind kind = pending_kind(w->job, status, f);
        if (kind == PENDING_NONE ||
            (kind == PENDING_MORE &&
             (certificate == NULL || (w->named && for_others(w, status, f)) ||
              signed_by(w, f, certificate))))
            continue;
        rc = run_sign_ready(&r, f, kind == PENDING_MORE, s, e);
        s->own = w->options.request;
        s->own.lang = config_get(w->cmd.config, "report.lang");
        if (spec->field == NULL)
            s->field = pending_field(w->job, status, f, w->options.request.seal);
        if (s->field != NULL)
            s->own.spec.field = s->field;
        s->file.own = &s->own;
        w->some = true;
    }
    jv_free(status);
    return rc;
}

/* With the lock, and with its settings as `run` would apply them. */
static int job_add(struct pending *p, const char *folder, struct err *e)
{
    struct waiting **more = realloc(p->jobs, (p->count + 1) * sizeof(struct waiting *));
    struct waiting *w = calloc(1, sizeof *w);

    if (more != NULL)
        p->jobs = more;
    if (more == NULL || w == NULL) {
        free(w);
        return err_set_memory(e);
    }
    w->cmd = *p->cmd;
    w->cmd.config = NULL;
    w->options.image = -1;
    buf_init(&w->key, (size_t)ceilings.config_bytes);
    if (job_open(folder, true, p->cmd->clock, &w->job, e) != 0 ||
        config_load(&w->cmd.config, p->cmd->options, e) != 0 ||
        run_settings_join(&w->cmd, w->job, e) != 0 || run_settings_apply(&w->cmd, w->job, e) != 0 ||
        sign_options_read(&w->options, &w->cmd, e) != 0 || key_print(w, e) != 0 ||
        pending_key(&w->cmd, w->who, e) != 0) {
        waiting_free(w);
        return -1;
    }
    w->named = config_count(w->cmd.config, "token.uri") > 0 ||
               config_count(w->cmd.config, "token.cert") > 0;
    w->signings = calloc(job_forms(w->job), sizeof *w->signings);
    if (w->signings == NULL) {
        waiting_free(w);
        return err_set_memory(e);
    }
    for (size_t f = 0; f < job_forms(w->job); f++)
        w->signings[f].fd = -1;
    p->jobs[p->count++] = w;
    return 0;
}

/* ---- sign ---- */
static int consent(void *self, const char *question, struct err *e)
{
    const struct wire *w = self;

    return w->asker.yes(w->asker.self, question, e);
}

static void done(void *self, struct act_sign_file *f)
{
    const struct pending *p = self;

    if (f->result == NULL)
        out_error_of(f->input, NULL, &f->err, p->cmd->json);
}

static bool same_key(const struct waiting *a, const struct waiting *b)
{
    return a->key.len == b->key.len && memcmp(a->key.data, b->key.data, a->key.len) == 0;
}

/* The files of all jobs of the group, side by side as act_sign wants them; back: to their jobs. */
static size_t files_move(struct pending *p, const struct waiting *first,
                         struct act_sign_file *files, bool back)
{
    size_t n = 0;

    for (size_t i = 0; i < p->count; i++) {
        struct waiting *w = p->jobs[i];
        if (!same_key(w, first))
            continue;
        for (size_t f = 0; f < job_forms(w->job); f++) {
            struct act_sign_file *one = &w->signings[f].file;
            if (one->input != NULL && back)
                *one = files[n];
            else if (one->input != NULL && files != NULL)
                files[n] = *one;
            n += one->input != NULL;
        }
    }
    return n;
}

/* A further signature takes its place; what failed was told. */
static int countersigned(struct pending *p, const struct run *r, const struct waiting *w,
                         struct err *e)
{
    for (size_t f = 0; f < job_forms(w->job); f++) {
        const struct run_signing *s = &w->signings[f];
        if (!s->more || s->file.input == NULL)
            continue;
        p->status = err_status_worst(p->status, s->file.result == NULL ? (int)s->file.err.kind
                                                                       : s->file.status);
        if (s->file.result == NULL)
            continue;
        run_sign_say(r, f, s->file.result);
        if (job_countersigned(w->job, f, s->kept == NULL ? w->who : NULL, e) != 0)
            return -1;
        out_note(&w->cmd, "cmd.sign.countersigned", job_form_name(w->job, f),
                 jv_get_text(s->file.result, "field"), NULL);
    }
    return 0;
}

/* The journals go on: sign, then verify, for which nobody is needed. */
static void walk(struct pending *p, struct waiting *w, struct wire *wire, struct err *e)
{
    struct run r = {.cmd = &w->cmd,
                    .wire = wire,
                    .job = w->job,
                    .yes = true,
                    .until = "verify",
                    .signings = w->signings,
                    .said = p->said};
    int status = countersigned(p, &r, w, e) == 0 ? act_run(&r, e) : -1;

    if (status >= 0)
        status = run_say(&w->cmd, w->job, status, p->count == 1, e);
    if (status >= 0)
        p->status = err_status_worst(p->status, status);
    else
        failed(p, job_folder(w->job), e);
}

/* Those who are signed with the same key. Returns -1 when none could be. */
static int group_sign(struct pending *p, struct waiting *first, struct wire *wire, struct err *e)
{
    struct act_sign_request request = first->options.request;
    size_t n = files_move(p, first, NULL, false);
    struct act_sign_file *files = calloc(n, sizeof *files);
    int rc = -1;

    if (files == NULL)
        return err_set_memory(e);
    files_move(p, first, files, false);
    request.done = done;
    request.self = p;
    request.said = p->said;
    if (!opt_given(p->cmd->options, "yes")) {
        request.consent = consent;
        request.consent_self = wire;
    }
    rc = act_sign(wire, &request, files, n, e);
    files_move(p, first, files, true);
    free(files);
    return rc;
}

/* Of the jobs of the group: is one, by kind, there, that may be for this token? asked: also those
 * of which only the token itself can tell. */
static bool any_of_kind(const struct pending *p, const struct waiting *first,
                        enum pending_kind kind, bool asked)
{
    bool found = false;

    for (size_t i = 0; i < p->count; i++) {
        const struct waiting *w = p->jobs[i];
        struct jv *status = same_key(w, first) ? job_status(w->job) : NULL;
        for (size_t f = 0; status != NULL && f < job_forms(w->job); f++)
            found = found ||
                    (pending_kind(w->job, status, f) == kind &&
                     (kind != PENDING_MORE || (asked && !w->named) || !for_others(w, status, f)));
        jv_free(status);
    }
    return found;
}

/* Who signs is asked of the token only when it matters before the signature. */
static int group_ready(struct pending *p, const struct waiting *first, struct wire *wire,
                       struct err *e)
{
    const struct jv *certificate = NULL;
    bool before = token_pin_refused(); /* maybe of another card than this group's */

    if (any_of_kind(p, first, PENDING_MORE, true)) {
        if (wire_token(wire, first->options.request.seal, e) == 0)
            certificate = token_certificate(wire->token);
        else if ((!before && token_pin_refused()) || (any_of_kind(p, first, PENDING_MORE, false) &&
                                                      !any_of_kind(p, first, PENDING_FIRST, false)))
            return -1;
        err_clear(e);
    }
    for (size_t i = 0; i < p->count; i++) {
        struct waiting *w = p->jobs[i];
        if (!same_key(w, first) || forms_ready(w, certificate, e) == 0)
            continue;
        for (size_t f = 0; f < job_forms(w->job); f++)
            run_sign_end(&w->signings[f]);
        w->some = false;
        failed(p, job_folder(w->job), e);
    }
    return 0;
}

/* The boxes that stay empty, whose signers are somebody else. True when there are some. */
static bool say_awaited(const struct pending *p)
{
    bool some = false;

    for (size_t i = 0; i < p->count; i++) {
        const struct job *job = p->jobs[i]->job;
        struct jv *status = job_status(job);
        pending_note(job, status);
        for (size_t f = 0; f < job_forms(job); f++) {
            struct buf boxes = BUF_INIT((size_t)ceilings.json_bytes);
            if (pending_kind(job, status, f) == PENDING_MORE)
                pending_boxes(jv_at(jv_get(status, "forms"), f), &boxes);
            if (boxes.len > 0)
                out_note(p->cmd, "cmd.sign.pending-awaits", job_folder(job), job_form_name(job, f),
                         buf_str(&boxes), NULL);
            some = some || boxes.len > 0;
            buf_free(&boxes);
        }
        jv_free(status);
    }
    return some;
}

static void group(struct pending *p, struct waiting *first)
{
    struct err e = ERR_INIT;
    struct wire wire;

    wire_open(&wire, &first->cmd);
    int rc = group_ready(p, first, &wire, &e);
    bool some = rc == 0 && files_move(p, first, NULL, false) > 0;
    if (some)
        rc = group_sign(p, first, &wire, &e);
    if (rc != 0)
        failed(p, job_folder(first->job), &e);
    for (size_t i = 0; i < p->count; i++) {
        struct waiting *w = p->jobs[i];
        if (w->taken || !same_key(w, first))
            continue;
        w->taken = true;
        p->signed_some = p->signed_some || w->some;
        if (rc == 0 && w->some)
            walk(p, w, &wire, &e);
    }
    wire_close(&wire);
}

/* Options that are about one document, or that a job has fixed. */
static int options_check(const struct cmd *cmd, struct err *e)
{
    static const char *const other[] = {"output", "out-dir", "visible", "image",
                                        "qr",     "certify", "repair",  "password-source"};
    char option[32];

    for (size_t i = 0; i < sizeof other / sizeof other[0]; i++) {
        snprintf(option, sizeof option, "--%s", other[i]);
        if (opt_given(cmd->options, other[i]))
            return err_set(e, ERR_USAGE, "err.cmd.pending-option", option, NULL);
    }
    return 0;
}

int sign_pending(struct cmd *cmd, struct err *e)
{
    struct pending p = {.cmd = cmd, .said = jv_array()};
    struct pending_folders folders = {NULL, 0};
    struct err why = ERR_INIT;
    int rc = -1;

    if (options_check(cmd, e) != 0 || pending_folders(cmd, &folders, e) != 0)
        goto out;
    for (size_t i = 0; i < folders.count; i++) {
        bool waits = false;
        if (job_waits(folders.paths[i], cmd, &waits, &why) != 0 ||
            (waits && job_add(&p, folders.paths[i], &why) != 0))
            failed(&p, folders.paths[i], &why);
    }
    cancel_sentence_set("cmd.sign.pending-cancelled", NULL);
    for (size_t i = 0; i < p.count; i++) {
        if (!p.jobs[i]->taken)
            group(&p, p.jobs[i]);
    }
    if (!p.signed_some && !say_awaited(&p) && p.status == 0 && !cmd->json && !cmd->quiet)
        out_say("cmd.sign.pending-none", NULL);
    rc = p.status;
out:
    for (size_t i = 0; i < p.count; i++)
        waiting_free(p.jobs[i]);
    free(p.jobs);
    jv_free(p.said);
    pending_folders_free(&folders);
    return rc;
}

/* Task "verify-update": before a PIN is asked for, a fresh reader says whether an update adds one
 * signature and nothing else. */
#include <stdlib.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/text.h"
#include "verify/diff.h"
#include "verify/read.h"
#include "verify/verify.h"
#include "verify/watch.h"

struct refusal {
    const char *reason; /* NULL: none */
    char what[128];
};

static void refuse(struct refusal *r, const char *reason, const char *what)
{
    if (r->reason != NULL)
        return;
    r->reason = reason;
    text_copy_whole(r->what, sizeof r->what, what != NULL ? what : "");
}

/* One revision more, all of it behind what was there. */
static bool one_revision(const struct pdf *pdf, int64_t before)
{
    int n = pdf_revision_count(pdf);
    const struct pdf_revision *last = pdf_revision_at(pdf, PDF_LATEST);
    const struct pdf_revision *old = n >= 2 ? pdf_revision_at(pdf, n - 2) : NULL;

    return old != NULL && last != NULL && old->eof <= before && last->startxref >= before &&
           last->sections == 1 && pdf_tail(pdf) == 0;
}

/* <000...0> of even length, behind what was there. */
static int hole_check(struct pdf *pdf, const struct sig *s, int64_t before, struct refusal *r,
                      struct err *e)
{
    enum { WINDOW = 1 << 16 };
    int64_t at = s->span.contents_start + 1, end = s->span.contents_end - 1;
    unsigned char *window;
    int rc = -1;

    if (s->span.contents_start < before || s->span.object_start < before || end <= at ||
        (end - at) % 2 != 0 || (end - at) / 2 > ceilings.cms_bytes) {
        refuse(r, "pdf.contents", NULL);
        return 0;
    }
    window = malloc(WINDOW);
    if (window == NULL)
        return err_set_memory(e);
    while (at < end) {
        size_t take = end - at > WINDOW ? WINDOW : (size_t)(end - at);
        if (pdf_pread(pdf, window, take, at, e) != 0)
            goto out;
        for (size_t i = 0; i < take; i++) {
            if (window[i] != '0')
                refuse(r, "pdf.contents", NULL);
        }
        at += (int64_t)take;
    }
    rc = 0;
out:
    free(window);
    return rc;
}

/* The one signature of the last revision; NULL and a refusal when there is none or more than one.
 */
static struct sig *sig_of_update(struct sigs *sigs, int last, struct refusal *r)
{
    struct sig *found = NULL;

    for (size_t i = 0; i < sigs->count; i++) {
        if (sigs->items[i]->first_seen != last)
            continue;
        if (found != NULL)
            refuse(r, "update.several-signatures", sigs->items[i]->field);
        found = sigs->items[i];
    }
    if (found == NULL)
        refuse(r, "update.no-signature", NULL);
    return found;
}

/* The signatures that are there already, by the criterion of the final reading: another signature
 * does not go on top of one that is broken, and the person knows it before the PIN. */
static int earlier_check(struct pdf *pdf, struct sigs *sigs, const struct sig *fresh,
                         struct env *env, struct refusal *r, struct err *e)
{
    size_t odd = 0;

    if (sigs->count < 2)
        return 0;
    if (dss_read(pdf, env, &odd, e) != 0)
        return -1;
    for (size_t i = 0; i < sigs->count; i++) {
        if (sigs->items[i] == fresh)
            continue;
        if (sig_read(pdf, sigs->items[i], env, e) != 0)
            return -1;
        pdf_drop_cache(pdf);
        if (!sigs->items[i]->intact)
            refuse(r, sig_is_bare(sigs->items[i]) ? "earlier.unread" : "earlier.broken",
                   sigs->items[i]->field);
    }
    if (r->reason != NULL)
        return 0;
    if (changes_judge_to(pdf, sigs, pdf_revision_count(pdf) - 2, e) != 0)
        return -1;
    for (size_t i = 0; i < sigs->count; i++) {
        if (sigs->items[i]->modified)
            refuse(r, "earlier.modified", sigs->items[i]->field);
    }
    return 0;
}

static int changes_check(struct pdf *pdf, struct sigs *sigs, struct sig *fresh, struct jv *kinds,
                         struct refusal *r, struct err *e)
{
    int last = pdf_revision_count(pdf) - 1;
    struct effort effort = {0};
    struct awaited awaited = {0};
    struct step step = {0};
    bool found = false;
    int rc = -1;

    fresh->intact = true; /* it will be: the hole is filled after this */
    if (awaited_scan(pdf, last - 1, &awaited, e) != 0 ||
        diff_step(pdf, sigs, last, &awaited, &effort, &step, e) != 0)
        goto out;
    for (size_t i = 0; i < step.count; i++) {
        const struct change *c = &step.items[i];
        jv_add_text(kinds, c->kind);
        found = found || c->sig == fresh;
        if (c->grade > GRADE_PLACE)
            refuse(r, c->kind, c->what);
        for (size_t k = 0; k < sigs->count; k++) {
            if (sigs->items[k] != fresh && !change_allowed(sigs, sigs->items[k], c))
                refuse(r, "change.not-allowed", sigs->items[k]->field);
        }
    }
    if (!found)
        refuse(r, "update.no-signature", NULL);
    rc = 0;
out:
    step_free(&step);
    awaited_free(&awaited);
    return rc;
}

static int look(struct pdf *pdf, struct sigs *sigs, struct env *env, int64_t before, struct jv *out,
                struct refusal *r, struct err *e)
{
    struct jv *kinds = jv_array(), *hole, *ranges;
    int last = pdf_revision_count(pdf) - 1, rc = -1;
    struct sig *fresh = NULL;
    int64_t covered = 0;

    if (!one_revision(pdf, before)) {
        refuse(r, "update.revision", NULL);
        rc = 0;
        goto out;
    }
    if (pdf_double_view_count(pdf) > 0)
        refuse(r, "pdf.double-view", NULL);
    if (sigs_find(pdf, sigs, e) != 0)
        goto out;
    fresh = sig_of_update(sigs, last, r);
    if (fresh != NULL)
        sig_place(pdf, fresh);
    if (sigs->count == 1) /* nothing was signed before: what stands there is what will be signed */
        sigs->since = before;
    if (r->reason == NULL && earlier_check(pdf, sigs, fresh, env, r, e) != 0)
        goto out;
    if (fresh == NULL || r->reason != NULL) {
        rc = 0;
        goto out;
    }
    if (fresh->f.worst >= EFFECT_FAILED || !fresh->readable)
        refuse(r, fresh->f.code != NULL ? fresh->f.code : "pdf.signature-malformed", fresh->field);
    if (!fresh->covers_whole || fresh->revision != last)
        refuse(r, "pdf.range", fresh->field);
    if (hole_check(pdf, fresh, before, r, e) != 0 ||
        changes_check(pdf, sigs, fresh, kinds, r, e) != 0 ||
        covers_page(pdf, sigs, fresh, &covered, e) != 0)
        goto out;
    jv_put_int(out, "covers", covered); /* a verifier will doubt the earlier signatures */
    jv_put_text(out, "field", fresh->field);
    jv_put_bool(out, "stamp", fresh->stamp);
    jv_put_int(out, "docmdp", fresh->docmdp);
    hole = jv_object();
    jv_put_int(hole, "start", fresh->span.contents_start);
    jv_put_int(hole, "end", fresh->span.contents_end);
    jv_put_take(out, "hole", hole);
    ranges = jv_array();
    for (int i = 0; i < 4; i++)
        jv_add_take(ranges, jv_int(fresh->span.range[i]));
    jv_put_take(out, "ranges", ranges);
    rc = 0;
out:
    jv_put_take(out, "changes", kinds);
    return rc;
}

struct jv *update_read(const struct task_io *io, int64_t before, struct beginning *b, struct err *e)
{
    struct jv *out = jv_object();
    struct refusal refusal = {NULL, ""};
    struct reading r;
    int rc = -1;

    if (reading_begin(&r, io, e) == 0) {
        beginning_lend(b, &r.env);
        if (reading_open(&r, io, e) == 0)
            rc = look(r.pdf, r.sigs, &r.env, before, out, &refusal, e);
        beginning_take(b, &r.env, before);
    }
    reading_end(&r);
    if (rc != 0) {
        jv_free(out);
        return NULL;
    }
    jv_put_bool(out, "ok", refusal.reason == NULL);
    jv_put_text(out, "reason", refusal.reason);
    jv_put_text(out, "what",
                refusal.reason != NULL && refusal.what[0] != '\0' ? refusal.what : NULL);
    return out;
}

static int run(const struct task_io *io, struct err *e)
{
    struct jv *params = jv_parse((const char *)io->params, io->params_len, "parameters", e), *out;
    int64_t before = jv_get_int(params, "before", -1);

    jv_free(params);
    if (params == NULL || (out = update_read(io, before, NULL, e)) == NULL)
        return -1;
    return reading_answer_take(io, out, e);
}

const struct task verify_update_task = {
    .name = "verify-update",
    .run = run,
    .warm = verify_warm,
    .limits = {.seconds = 120, .memory = 0, .output = 0},
};

int update_refused(const struct err *why, struct jv **out, struct err *e)
{
    if (why->kind != ERR_INPUT && why->kind != ERR_SIGNATURE) {
        if (e != NULL)
            *e = *why;
        return -1;
    }
    *out = jv_object();
    jv_put_bool(*out, "ok", false);
    jv_put_text(*out, "reason", why->id);
    jv_put_text(*out, "what", why->sentence);
    return 0;
}

int verify_update(const struct runner *runner, int fd, int64_t before,
                  const unsigned char *password, size_t password_len, struct jv **out,
                  struct err *e)
{
    struct jv *params = jv_object();
    struct err why = ERR_INIT;
    struct buf text, reply;
    int rc = -1;

    buf_init(&text, (size_t)ceilings.json_bytes);
    buf_init(&reply, (size_t)ceilings.json_bytes);
    jv_put_int(params, "before", before);
    if (password != NULL)
        jv_put_hex(params, "password", password, password_len);
    if (jv_print(params, false, &text, e) != 0)
        goto out;
    struct task_call call = {.name = "verify-update",
                             .fds = &fd,
                             .nfds = 1,
                             .params = text.data,
                             .params_len = text.len,
                             .reply = &reply};
    if (runner->call(runner->self, &call, &why) != 0) {
        rc = update_refused(&why, out, e);
        goto out;
    }
    *out = jv_parse(buf_str(&reply), reply.len, "verify-update", e);
    rc = *out != NULL ? 0 : -1;
out:
    jv_free(params);
    buf_wipe(&text);
    buf_free(&reply);
    return rc;
}

#include "cmd/pending_form.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "job/job.h"
#include "x509/person.h"

static bool state_is(const struct jv *stages, const char *stage, const char *a, const char *b)
{
    const char *state = jv_get_text(jv_get(stages, stage), "state");

    return state != NULL && (strcmp(state, a) == 0 || strcmp(state, b) == 0);
}

static bool same(const struct jv *a, const struct jv *b, const char *key)
{
    const char *x = jv_get_text(a, key), *y = jv_get_text(b, key);

    return x != NULL && y != NULL && strcmp(x, y) == 0;
}

/* verdict.json, which the journal says is that of the signed report; NULL. */
static struct jv *verdict_of(const struct job *job, size_t form)
{
    struct buf text = BUF_INIT((size_t)ceilings.json_bytes);
    char *path = job_path(job, form, JOB_FILE_VERDICT);
    struct jv *verdict = NULL;

    if (path != NULL && file_read(path, text.max - 1, &text, NULL) == 0)
        verdict = jv_parse(buf_str(&text), text.len, path, NULL);
    free(path);
    buf_free(&text);
    return verdict;
}

static bool is_used(const struct jv *verdict, const char *field)
{
    const struct jv *list = jv_get(verdict, "signatures");

    for (size_t i = 0; i < jv_count(list); i++) {
        const char *name = jv_get_text(jv_at(list, i), "field");
        if (name != NULL && strcmp(name, field) == 0)
            return true;
    }
    return false;
}

/* Signatures, not time-stamps. */
static size_t signers(const struct jv *verdict)
{
    const struct jv *list = jv_get(verdict, "signatures");
    size_t n = 0;

    for (size_t i = 0; i < jv_count(list); i++) {
        const char *type = jv_get_text(jv_at(list, i), "type");
        n += type != NULL && strcmp(type, "signature") == 0;
    }
    return n;
}

static const struct jv *stages_of(const struct jv *status, size_t form)
{
    return jv_get(jv_at(jv_get(status, "forms"), form), "stages");
}

/* The empty ones of the boxes; all of them while nothing is signed. */
static struct jv *empty_boxes(const struct job *job, const struct jv *stages, size_t form)
{
    const struct jv *fields = jv_get(jv_get(jv_get(stages, "report"), "result"), "fields");
    struct jv *verdict = state_is(stages, "sign", "done", "taken") ? verdict_of(job, form) : NULL;
    struct jv *found = jv_array();

    for (size_t i = 0; signers(verdict) < jv_count(fields) && i < jv_count(fields); i++) {
        const char *name = jv_str(jv_at(fields, i));
        if (name != NULL && !is_used(verdict, name))
            jv_add_text(found, name);
    }
    jv_free(verdict);
    return found;
}

char *pending_field(const struct job *job, const struct jv *status, size_t form, bool last)
{
    struct jv *boxes = empty_boxes(job, stages_of(status, form), form);
    size_t n = jv_count(boxes);
    const char *found = n > 0 ? jv_str(jv_at(boxes, last ? n - 1 : 0)) : NULL;
    char *copy = found != NULL ? strdup(found) : NULL;

    jv_free(boxes);
    return copy;
}

struct jv *pending_awaited(const struct job *job, const struct jv *status, size_t form)
{
    const struct jv *stages = stages_of(status, form);

    return !jv_get_bool(status, "purged") && state_is(stages, "sign", "done", "taken") &&
                   state_is(stages, "verify", "done", "done")
               ? empty_boxes(job, stages, form)
               : jv_array();
}

enum pending_kind pending_kind(const struct job *job, const struct jv *status, size_t form)
{
    const struct jv *stages = stages_of(status, form);
    const struct jv *whole = jv_get(status, "stages");

    if (jv_get_bool(status, "purged") ||
        jv_get_bool(jv_get(jv_get(stages, "check"), "result"), "stop") ||
        !state_is(stages, "report", "done", "taken"))
        return PENDING_NONE;
    if (state_is(stages, "sign", "open", "changed"))
        return PENDING_FIRST;
    if (!state_is(stages, "verify", "done", "done") || !state_is(whole, "bundle", "open", "open") ||
        !state_is(whole, "submit", "open", "open"))
        return PENDING_NONE;
    char *field = pending_field(job, status, form, false);
    enum pending_kind kind = field != NULL ? PENDING_MORE : PENDING_NONE;
    free(field);
    return kind;
}

enum pending_signer pending_signed_by(const struct job *job, size_t form,
                                      const struct jv *certificate)
{
    struct jv *verdict = verdict_of(job, form);
    const struct jv *list = jv_get(verdict, "signatures");
    const char *holder = jv_get_text(certificate, "subject");
    enum pending_signer found = PENDING_NOBODY;

    for (size_t i = 0; i < jv_count(list) && found != PENDING_SAME_CERTIFICATE; i++) {
        const struct jv *signer = jv_get(jv_at(list, i), "signer");
        const char *subject = jv_get_text(signer, "subject");
        if (same(signer, certificate, "issuer") && same(signer, certificate, "serial"))
            found = PENDING_SAME_CERTIFICATE;
        else if (holder != NULL && subject != NULL && person_same(holder, subject))
            found = PENDING_SAME_PERSON;
    }
    jv_free(verdict);
    return found;
}

/* ---- what is said of it ---- */

/* The forms whose last day is over: what is left to be done for them leads to no deposit. */
static void note_expired(const struct job *job, struct jv *status)
{
    const struct jv *forms = jv_get(status, "forms");
    const char *day = job_setting_text(job, "deposit-date");
    const char *sent = jv_get_text(jv_get(jv_get(status, "stages"), "submit"), "state");
    struct jv *names = jv_array();

    for (size_t f = 0; day != NULL && f < jv_count(forms); f++) {
        const struct jv *check = jv_get(jv_get(jv_at(forms, f), "stages"), "check");
        const char *until = jv_get_text(jv_get(check, "result"), "deposit_until");
        if (until != NULL && strcmp(day, until) > 0 && (sent == NULL || strcmp(sent, "done") != 0))
            jv_add_text(names, jv_get_text(jv_at(forms, f), "name"));
    }
    if (jv_count(names) > 0)
        jv_put_take(jv_get(status, "next"), "expired", names);
    else
        jv_free(names);
}

void pending_note(const struct job *job, struct jv *status)
{
    struct jv *next = jv_get(status, "next");
    const char *code = jv_get_text(next, "code");
    bool first = code != NULL && (strcmp(code, "hand-over") == 0 || strcmp(code, "run") == 0);

    note_expired(job, status);
    for (size_t f = 0; f < job_forms(job); f++) {
        struct jv *awaited = pending_awaited(job, status, f);
        if (jv_count(awaited) > 0 && first && pending_kind(job, status, f) == PENDING_MORE) {
            first = false;
            jv_put_take(next, "then", jv_copy(jv_get(next, "code")));
            jv_put_text(next, "code", "countersign");
            jv_put_text(next, "form", job_form_name(job, f));
        }
        if (jv_count(awaited) > 0)
            jv_put_take(jv_at(jv_get(status, "forms"), f), "awaited", awaited);
        else
            jv_free(awaited);
    }
}

/* The files that the sentence is about: reports that wait for a signature, or all that are signed.
 */
static void files_list(const struct jv *status, bool to_sign, struct buf *out)
{
    const struct jv *forms = jv_get(status, "forms");
    const char *folder = jv_get_text(status, "folder");

    for (size_t f = 0; folder != NULL && f < jv_count(forms); f++) {
        if (state_is(stages_of(status, f), "sign", "open", "changed") == to_sign)
            buf_format(out, "%s%s/%zu/%s", out->len > 0 ? ", " : "", folder, f + 1,
                       to_sign ? JOB_FILE_REPORT : JOB_FILE_SIGNED);
    }
}

static void next_line(struct buf *out, const struct jv *status, const char *code, const char *form,
                      const char *boxes)
{
    char id[80], sentence[ERR_SENTENCE_MAX];
    struct buf files = BUF_INIT(ERR_SENTENCE_MAX);

    files_list(status, strcmp(code, "sign") == 0, &files);
    snprintf(id, sizeof id, "cmd.status.next.%s", code);
    const char *const args[] = {jv_get_text(status, "folder"), form != NULL ? form : "", boxes,
                                buf_str(&files)};
    text_format_line(sentence, sizeof sentence, text(id), args, sizeof args / sizeof args[0]);
    buf_text(out, sentence);
    buf_free(&files);
}

static void expired_line(struct buf *out, const struct jv *names)
{
    char sentence[ERR_SENTENCE_MAX];
    struct buf list = BUF_INIT(ERR_SENTENCE_MAX);

    for (size_t i = 0; i < jv_count(names); i++)
        buf_format(&list, "%s%s", i > 0 ? ", " : "", jv_str(jv_at(names, i)));
    if (jv_count(names) > 0) {
        const char *const args[] = {buf_str(&list)};
        text_format_line(sentence, sizeof sentence, text("cmd.status.next.expired"), args, 1);
        buf_text(out, sentence);
        buf_char(out, '\n');
    }
    buf_free(&list);
}

void pending_boxes(const struct jv *form, struct buf *out)
{
    const struct jv *awaited = jv_get(form, "awaited");

    for (size_t i = 0; i < jv_count(awaited); i++)
        buf_format(out, "%s%s", i > 0 ? ", " : "", jv_str(jv_at(awaited, i)));
}

char *pending_next_sentence(const struct jv *status)
{
    const struct jv *next = jv_get(status, "next"), *forms = jv_get(status, "forms");
    const char *form = jv_get_text(next, "form"), *then = jv_get_text(next, "then");
    struct buf out = BUF_INIT((size_t)ceilings.json_bytes), boxes = BUF_INIT(out.max);

    for (size_t f = 0; then != NULL && form != NULL && f < jv_count(forms); f++) {
        const char *name = jv_get_text(jv_at(forms, f), "name");
        if (boxes.len == 0 && name != NULL && strcmp(name, form) == 0)
            pending_boxes(jv_at(forms, f), &boxes);
    }
    expired_line(&out, jv_get(next, "expired"));
    next_line(&out, status, jv_get_text(next, "code"), form, buf_str(&boxes));
    if (then != NULL) {
        buf_char(&out, '\n');
        next_line(&out, status, then, NULL, "");
    }
    char *sentence = buf_check(&out, NULL) == 0 ? strdup(buf_str(&out)) : NULL;
    buf_free(&boxes);
    buf_free(&out);
    return sentence;
}

/* ---- who has signed ---- */
int pending_key(const struct cmd *cmd, char hex[DIGEST_HEX_MAX], struct err *e)
{
    static const char *const keys[] = {"token.module", "token.uri", "token.cert"};
    struct buf text = BUF_INIT((size_t)ceilings.config_bytes);
    int rc;

    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        for (size_t k = 0; k < config_count(cmd->config, keys[i]); k++)
            buf_format(&text, "%s=%s\n", keys[i], config_at(cmd->config, keys[i], k));
    }
    if (opt_given(cmd->options, "seal"))
        buf_text(&text, "seal\n");
    rc = buf_check(&text, e);
    if (rc == 0)
        rc = digest_bytes_hex(text.data, text.len, hex, e);
    buf_free(&text);
    return rc;
}

bool pending_key_signed(const struct jv *status, size_t form, const char *key)
{
    const struct jv *keys =
        jv_get(jv_get(jv_get(stages_of(status, form), "sign"), "result"), "keys");

    for (size_t i = 0; i < jv_count(keys); i++) {
        const char *one = jv_str(jv_at(keys, i));
        if (one != NULL && strcmp(one, key) == 0)
            return true;
    }
    return false;
}

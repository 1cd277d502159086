#include "cmd/pending_form.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "cmd/pending_form.h"
#include "job/job.h"

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

char *pending_field(const struct job *job, const struct jv *status, size_t form, bool last)
{
    const struct jv *stages = jv_get(jv_at(jv_get(status, "forms"), form), "stages");
    const struct jv *fields = jv_get(jv_get(jv_get(stages, "report"), "result"), "fields");
    struct jv *verdict = state_is(stages, "sign", "done", "taken") ? verdict_of(job, form) : NULL;
    const char *found = NULL;

    for (size_t i = 0; i < jv_count(fields); i++) {
        const char *name = jv_str(jv_at(fields, i));
        if (name != NULL && (found == NULL || last) && !is_used(verdict, name))
            found = name;
    }
    char *copy = found != NULL ? strdup(found) : NULL;
    jv_free(verdict);
    return copy;
}

enum pending_kind pending_kind(const struct job *job, const struct jv *status, size_t form)
{
    const struct jv *stages = jv_get(jv_at(jv_get(status, "forms"), form), "stages");
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

bool pending_signed_by(const struct job *job, size_t form, const struct jv *certificate)
{
    struct jv *verdict = verdict_of(job, form);
    const struct jv *list = jv_get(verdict, "signatures");
    bool found = false;

    for (size_t i = 0; i < jv_count(list); i++) {
        const struct jv *signer = jv_get(jv_at(list, i), "signer");
        found =
            found || (same(signer, certificate, "issuer") && same(signer, certificate, "serial"));
    }
    jv_free(verdict);
    return found;
}

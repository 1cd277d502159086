#include "cmd/act_finish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_sign_part.h"
#include "cmd/tsa.h"
#include "cmd/wire.h"
#include "verify/verify.h"

/* Strict always: what is older than the signature is then known, and --now decides what that means.
 */
static int gather(struct wire *w, const struct pades_job *job, const char *name,
                  const struct act_finish_request *r, struct jv **out, struct err *e)
{
    const struct fetcher *fetcher = wire_fetcher(w, e);
    struct verify_request request = {
        .name = name,
        .trust = r->trust,
        .trust_tsa = r->trust_tsa != NULL && r->trust_tsa->count > 0 ? r->trust_tsa : NULL,
        .at = w->clock.now(w->clock.self),
        .password = r->password,
        .password_len = r->password_len};

    if (fetcher == NULL)
        return -1;
    return verify_gather(&w->runner, pades_fd(job), &request, true, fetcher, out, e);
}

/* Signatures that are broken are not carried further; a file without any has no level. */
static int check_signatures(const struct jv *found, const char *name, bool *timeless, struct err *e)
{
    const struct jv *list = jv_get(found, "signatures");
    size_t signatures = 0;

    *timeless = false;
    for (size_t i = 0; i < jv_count(list); i++) {
        const struct jv *s = jv_at(list, i);
        const char *field = jv_get_text(s, "field");
        if (!jv_get_bool(s, "intact"))
            return err_set(e, ERR_SIGNATURE, "err.cmd.finish-broken", name,
                           field != NULL ? field : "?", NULL);
        if (jv_get_bool(s, "stamp"))
            continue;
        signatures++;
        *timeless = *timeless || jv_get(s, "time") == NULL;
    }
    if (signatures == 0)
        return err_set(e, ERR_SIGNATURE, "err.cmd.finish-unsigned", name, NULL);
    return 0;
}

static const struct jv *problem_of(const struct jv *found, const char *code)
{
    const struct jv *list = jv_get(found, "problems");

    for (size_t i = 0; i < jv_count(list); i++) {
        if (strcmp(jv_get_text(jv_at(list, i), "code"), code) == 0)
            return jv_at(list, i);
    }
    return NULL;
}

/* The latest of the dates from which on newer revocation data are due; 0 when none says. */
static int64_t provable_from(const struct jv *found)
{
    const struct jv *list = jv_get(found, "problems");
    int64_t latest = 0;

    for (size_t i = 0; i < jv_count(list); i++) {
        int64_t until = jv_get_int(jv_at(list, i), "until", 0);
        if (strcmp(jv_get_text(jv_at(list, i), "code"), "early") == 0 && until > latest)
            latest = until;
    }
    return latest;
}

static int check_problems(const struct jv *found, const struct act_finish_request *r,
                          struct jv *result, struct jv *warnings, struct err *e)
{
    static const struct {
        const char *code, *id;
        enum err_kind kind;
    } fatal[] = {{"revoked", "err.cmd.finish-revoked", ERR_SIGNATURE},
                 {"issuer", "err.cmd.finish-issuer", ERR_NETWORK},
                 {"missing", "err.cmd.finish-missing", ERR_NETWORK}};
    char day[DATE_TEXT_MAX] = "-", sentence[ERR_SENTENCE_MAX];

    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
        const struct jv *one = problem_of(found, fatal[i].code);
        if (one == NULL)
            continue;
        date_instant_iso(jv_get_int(one, "until", 0), day);
        const char *refused = jv_get_text(found, "refused");
        if (refused != NULL && fatal[i].kind == ERR_NETWORK)
            return err_set(e, ERR_NETWORK, "err.cmd.finish-refused", jv_get_text(one, "name"),
                           refused, NULL);
        return err_set(e, fatal[i].kind, fatal[i].id, jv_get_text(one, "name"), day, NULL);
    }
    const struct jv *early = problem_of(found, "early");
    if (early == NULL)
        return 0;
    if (provable_from(found) != 0) {
        date_instant_iso(provable_from(found), day);
        jv_put_text(result, "provable", day);
    }
    if (!r->now)
        return err_set(e, ERR_NETWORK, "err.cmd.finish-early", jv_get_text(early, "name"), day,
                       NULL);
    text_say(text_lang_get(), sentence, sizeof sentence, "cmd.finish.warn-early",
             jv_get_text(early, "name"), day, NULL);
    act_sign_warn(warnings, "early", sentence);
    return 0;
}

struct asked {
    struct pades_job *job;
    const struct jv *evidence;
};

static int ask_extend(void *self, const struct stamp_server *server, struct stamp *stamp,
                      struct err *e)
{
    const struct asked *a = self;
    const struct pades_extension x = {
        .evidence = a->evidence, .server = server, .token_room = tsa_room(server)};

    return pades_extend(a->job, &x, stamp, e);
}

/* The update, with a document time-stamp by the first server that gives one; else revocation data
 * alone. */
static int extend(struct wire *w, struct pades_job *job, const struct act_finish_request *r,
                  const struct jv *evidence, bool stamped, struct jv *result, struct jv *warnings,
                  struct err *e)
{
    struct asked a = {job, evidence};
    const struct pades_extension plain = {.evidence = evidence};
    const struct stamp_server *used = NULL;
    struct stamp stamp;
    char when[DATE_TEXT_MAX];
    int rc;

    if (!stamped)
        return pades_extend(job, &plain, NULL, e);
    if (r->nservers == 0)
        return err_set(e, ERR_USAGE, "err.cmd.finish-no-tsa", NULL);
    stamp_init(&stamp);
    rc = tsa_ask(w, r->servers, r->nservers, ask_extend, &a, &stamp, &used, warnings, e);
    if (rc == 0) {
        date_instant_iso(stamp.gen_time, when);
        jv_put_text(result, "document_time", when);
        jv_put_text(result, "document_tsa", used->url);
    }
    stamp_free(&stamp);
    return rc;
}

int act_extend(struct wire *w, struct pades_job *job, const char *name,
               const struct act_finish_request *r, struct jv *result, struct jv *warnings,
               struct err *e)
{
    struct jv *found = NULL;
    bool timeless = false;
    int rc = -1;

    if (r->stamp_only)
        return extend(w, job, r, NULL, true, result, warnings, e);
    if (gather(w, job, name, r, &found, e) != 0 || check_signatures(found, name, &timeless, e) != 0)
        goto out;
    if (timeless) { /* first a proof of time, then what was published after it */
        if (extend(w, job, r, NULL, true, result, warnings, e) != 0)
            goto out;
        jv_free(found);
        found = NULL;
        if (r->level > PADES_B_T && gather(w, job, name, r, &found, e) != 0)
            goto out;
    }
    pades_reach(job, PADES_B_T);
    if (r->level <= PADES_B_T) {
        rc = 0;
        goto out;
    }
    if (check_problems(found, r, result, warnings, e) != 0)
        goto out;
    if (r->level == PADES_B_LT && !jv_get_bool(found, "fresh"))
        rc = 0; /* it is all there already */
    else
        rc = extend(w, job, r, found, r->level == PADES_B_LTA, result, warnings, e);
    if (rc == 0)
        pades_reach(job, r->level);
out:
    jv_free(found);
    return rc;
}

int act_finish(struct wire *w, const struct act_finish_request *r, struct act_finish_file *f,
               struct err *e)
{
    struct pades_ports ports = {.runner = &w->runner,
                                .fetcher = wire_fetcher(w, e),
                                .examine = act_sign_examine,
                                .watch = act_sign_watch,
                                .watch_moved = act_sign_watch_moved,
                                .watch_end = act_sign_watch_end,
                                .judge = act_sign_judge,
                                .reader_self = w};
    struct pades_job *job = NULL;
    struct jv *result = jv_object(), *warnings = jv_array();
    char sha256[DIGEST_HEX_MAX];
    int rc = -1;

    if (ports.fetcher == NULL || pades_open(&job, &ports, f->input, f->output, false,
                                            !r->stamp_only, r->password, r->password_len, e) != 0)
        goto out;
    jv_put_text(result, "format", "paraphe-finished");
    jv_put_int(result, "version", 1);
    jv_put_text(result, "input", f->input);
    jv_put_text(result, "input_sha256", pades_facts(job)->input_sha256);
    jv_put_text(result, "output", f->output);
    if (act_extend(w, job, f->input, r, result, warnings, e) != 0 ||
        pades_commit(job, sha256, e) != 0)
        goto out;
    jv_put_text(result, "sha256", sha256);
    if (r->stamp_only)
        jv_put_null(result, "level");
    else
        jv_put_text(result, "level", pades_level_name(pades_reached(job)));
    jv_put_int(result, "grown", pades_size(job) - pades_facts(job)->input_bytes);
    jv_put_take(result, "warnings", jv_keep(warnings));
    f->result = jv_keep(result);
    rc = 0;
out:
    f->warnings = jv_keep(warnings);
    if (rc != 0) /* several are finished in one go */
        err_about(e, f->input);
    pades_free(job);
    jv_free(result);
    jv_free(warnings);
    return rc;
}

/* One document, from the token to the finished file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_finish.h"
#include "cmd/act_sign_part.h"
#include "cmd/cancel.h"
#include "cmd/tsa.h"
#include "cmd/wire.h"
#include "pkcs11/token.h"
#include "x509/cert.h"

enum { SENTENCE = 1536, CLOCK_SLACK = 300 };

void act_sign_warn(struct jv *warnings, const char *code, const char *sentence)
{
    struct jv *o = jv_object();

    jv_put_text(o, "code", code);
    jv_put_text(o, "message", sentence);
    jv_add_take(warnings, o);
}

void act_sign_remarks(const struct jv *list, const char *prefix, struct jv *warnings)
{
    for (size_t i = 0; i < jv_count(list); i++) {
        const struct jv *one = jv_at(list, i);
        const char *code = jv_get_text(one, "code"), *detail = jv_get_text(one, "detail");
        char id[96], sentence[SENTENCE], page[24] = "";
        int64_t number = jv_get_int(one, "page", 0);
        snprintf(page, sizeof page, "%lld", (long long)number);
        snprintf(id, sizeof id, "%s%s%s", prefix, code != NULL ? code : "",
                 number > 0 ? ".page" : "");
        if (code == NULL || !text_exists(id))
            continue; /* the worker has read a foreign file: unknown words are not passed on */
        text_say(text_lang_get(), sentence, sizeof sentence, id,
                 number > 0       ? page
                 : detail != NULL ? detail
                                  : "-",
                 NULL);
        act_sign_warn(warnings, code, sentence);
    }
}

/* The machine's clock against the server's: more than five minutes is said. */
static void compare_clocks(const struct act_sign *a, const struct stamp *stamp, struct jv *warnings)
{
    int64_t now = a->wire->clock.now(a->wire->clock.self), away = now - stamp->gen_time;
    char here[DATE_TEXT_MAX], there[DATE_TEXT_MAX], sentence[SENTENCE];

    if (away <= CLOCK_SLACK && away >= -CLOCK_SLACK)
        return;
    date_instant_iso(now, here);
    date_instant_iso(stamp->gen_time, there);
    text_say(text_lang_get(), sentence, sizeof sentence, "cmd.sign.warn-clock", here, there, NULL);
    act_sign_warn(warnings, "clock", sentence);
}

static int ask_stamp(void *self, const struct stamp_server *server, struct stamp *stamp,
                     struct err *e)
{
    return pades_stamp(self, server, stamp, e);
}

/* What fails after C_Sign costs the level, with a remark; but a file that the disk did not take is
 * not called signed: a later sync may succeed and prove nothing. */
static void costs_level(struct act_sign_file *f, const struct err *e, struct jv *warnings)
{
    if (e->kind == ERR_DISK)
        f->err = *e;
    else
        act_sign_warn(warnings, e->id, e->sentence);
}

/* B-T from the first server that gives an acceptable time-stamp. True when the last one's was too
 * large for the hole: then a document time-stamp takes its place. */
static bool stamp_it(struct act_sign *a, size_t i, struct jv *result, struct jv *warnings)
{
    const struct act_sign_request *r = act_sign_asked(a, i);
    const struct stamp_server *used = NULL;
    struct stamp stamp;
    struct err e = ERR_INIT;
    char when[DATE_TEXT_MAX];

    stamp_init(&stamp);
    if (tsa_ask(a->wire, r->servers, r->nservers, ask_stamp, a->jobs[i], &stamp, &used, warnings,
                &e) != 0) {
        costs_level(&a->files[i], &e, warnings);
        stamp_free(&stamp);
        return strcmp(e.id, "err.sign-pades.hole-small") == 0;
    }
    date_instant_iso(stamp.gen_time, when);
    jv_put_text(result, "tsa", used->url);
    jv_put_text(result, "time", when);
    jv_put_text(result, "tsa_name", stamp.tsa_name);
    compare_clocks(a, &stamp, warnings);
    stamp_free(&stamp);
    return false;
}

/* The later levels in the same file; whatever fails there leaves what is signed as it is. */
static void extend_it(struct act_sign *a, size_t i, enum pades_level level, struct jv *result,
                      struct jv *warnings)
{
    const struct act_sign_request *r = act_sign_asked(a, i);
    struct act_finish_request later = {.level = level,
                                       .now = r->early,
                                       .servers = r->servers,
                                       .nservers = r->nservers,
                                       .trust = r->trust,
                                       .trust_tsa = r->trust_tsa,
                                       .password = r->spec.password,
                                       .password_len = r->spec.password_len};
    struct err e = ERR_INIT;

    if (act_extend(a->wire, a->jobs[i], a->files[i].input, &later, result, warnings, &e) != 0)
        costs_level(&a->files[i], &e, warnings);
}

static void warn_level(struct act_sign *a, size_t i, enum pades_level reached, struct jv *warnings)
{
    char sentence[SENTENCE];

    if (reached >= act_sign_asked(a, i)->level)
        return;
    text_say(text_lang_get(), sentence, sizeof sentence, "cmd.sign.warn-level",
             pades_level_name(reached), pades_level_name(act_sign_asked(a, i)->level), NULL);
    act_sign_warn(warnings, "level", sentence);
    if (reached < act_sign_asked(a, i)->min_level)
        a->files[i].status = ERR_NETWORK;
}

static void put_facts(const struct act_sign *a, size_t i, struct jv *result)
{
    const struct pades_facts *facts = pades_facts(a->jobs[i]);
    const struct cms_plan *plan = pades_plan(a->jobs[i]);

    jv_put_text(result, "format", "paraphe-signed");
    jv_put_int(result, "version", 1);
    jv_put_text(result, "input", a->files[i].input);
    jv_put_text(result, "input_sha256",
                a->files[i].repaired ? a->files[i].source_sha256 : facts->input_sha256);
    jv_put_text(result, "output", a->files[i].output);
    jv_put_null(result, "sha256");
    jv_put_text(result, "level", pades_level_name(PADES_NONE));
    jv_put_text(result, "requested_level", pades_level_name(act_sign_asked(a, i)->level));
    jv_put_text(result, "field", facts->field);
    if (facts->page > 0)
        jv_put_int(result, "page", facts->page);
    else
        jv_put_null(result, "page");
    struct jv *certificate = cert_json(plan->leaf);
    jv_put_text(certificate, "name", plan->leaf->name);
    jv_put_text(certificate, "organisation", plan->leaf->organisation);
    const struct jv *trust = act_sign_trust(a, plan->leaf);
    const struct jv *choice = act_sign_choice(a, plan->leaf);
    jv_put_take(certificate, "trust", jv_is_null(trust) ? jv_null() : jv_copy(trust));
    jv_put_take(result, "certificate", certificate);
    jv_put_take(result, "choice", choice != NULL ? jv_copy(choice) : jv_null());
    jv_put_text(result, "scheme", sign_scheme_name(plan->alg.scheme));
    jv_put_text(result, "digest", digest_name(plan->alg.digest));
    jv_put_text(result, "mechanism",
                a->wire->token != NULL ? token_mechanism(a->wire->token, &plan->alg) : NULL);
    jv_put_null(result, "tsa");
}

void act_sign_done(struct act_sign *a, size_t i)
{
    pades_free(a->jobs[i]);
    a->jobs[i] = NULL;
    act_sign_copy_close(&a->files[i]);
    if (a->request->done == NULL)
        return;
    pthread_mutex_lock(&a->telling);
    a->request->done(a->request->self, &a->files[i]);
    pthread_mutex_unlock(&a->telling);
}

struct act_sign_half {
    struct jv *result, *warnings;
    bool is_signed;
};

struct act_sign_half *act_sign_value(struct act_sign *a, size_t i)
{
    struct act_sign_file *f = &a->files[i];
    struct act_sign_half *d = calloc(1, sizeof *d);
    char named[SENTENCE];

    if (d == NULL) {
        err_set_memory(&f->err);
        return NULL;
    }
    d->result = jv_object();
    d->warnings = jv_array();
    act_sign_remarks(pades_facts(a->jobs[i])->notes, "cmd.sign.note.", d->warnings);
    act_sign_remarks(pades_facts(a->jobs[i])->scan, "cmd.sign.scan.", d->warnings);
    if (err_is_set(&a->chain_remark) && f->kept == NULL)
        act_sign_warn(d->warnings, a->chain_remark.id, a->chain_remark.sentence);
    act_sign_issuer(a, pades_plan(a->jobs[i])->leaf, d->warnings);
    act_sign_algorithm_end(a->algorithms, pades_plan(a->jobs[i]), a->request->now, d->warnings);
    if (f->repaired)
        act_sign_warn(d->warnings, "repaired", text("cmd.sign.repaired"));
    act_sign_named(a, i, named, sizeof named);
    if (*named != '\0')
        act_sign_warn(d->warnings, "other-person", named);
    /* without its name the value is of no use to a later run, and is not kept: sign_batch.c */
    if (f->has_copy && f->keep != NULL && f->kept == NULL)
        act_sign_copy_name(f);
    cancel_hold(token_busy, a->wire->token);
    d->is_signed = pades_reached(a->jobs[i]) != PADES_NONE || pades_sign(a->jobs[i], &f->err) == 0;
    cancel_release();
    put_facts(a, i, d->result);
    return d;
}

void act_sign_token_done(struct act_sign *a, bool alone)
{
    a->wire->token_over = a->request->last;
    a->wire->readers_over = a->request->last && alone;
}

/* Time-stamp and later levels. */
static void raise_level(struct act_sign *a, size_t i, enum pades_level level,
                        struct act_sign_half *d)
{
    struct act_sign_file *f = &a->files[i];

    pthread_mutex_lock(&a->network);
    bool too_large = stamp_it(a, i, d->result, d->warnings);
    if (!err_is_set(&f->err) &&
        (too_large || (level >= PADES_B_LT && pades_reached(a->jobs[i]) >= PADES_B_T)))
        extend_it(a, i, level, d->result, d->warnings);
    pthread_mutex_unlock(&a->network);
}

void act_sign_finish(struct act_sign *a, size_t i, struct act_sign_half *d)
{
    struct act_sign_file *f = &a->files[i];
    char sha256[DIGEST_HEX_MAX];

    if (d == NULL || !d->is_signed)
        goto out;
    enum pades_level level = act_sign_asked(a, i)->level;
    if (level >= PADES_B_T)
        raise_level(a, i, level, d);
    enum pades_level reached = pades_reached(a->jobs[i]);
    if (err_is_set(&f->err) || pades_read_back(a->jobs[i], sha256, &f->err) != 0)
        goto out;
    warn_level(a, i, reached, d->warnings);
    jv_put_text(d->result, "sha256", sha256);
    jv_put_text(d->result, "level", pades_level_name(reached));
    jv_put_take(d->result, "warnings", jv_keep(d->warnings));
    if (f->naming != NULL)
        f->naming(f->keep_self, d->result);
    if (pades_commit(a->jobs[i], sha256, &f->err) != 0)
        goto out;
    f->result = jv_keep(d->result);
out:
    if (a->n > 1 && err_is_set(&f->err)) /* which of them */
        err_about(&f->err, f->input);
    if (d != NULL) {
        jv_free(d->result);
        jv_free(d->warnings);
    }
    free(d);
    act_sign_done(a, i);
}

/* The verdict as JSON, without sentences: codes and arguments. */
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/jv.h"
#include "verify/read.h"

static void put_time(struct jv *o, const char *key, bool known, int64_t when)
{
    char text[DATE_TEXT_MAX];

    if (known) {
        date_instant_iso(when, text);
        jv_put_text(o, key, text);
    } else {
        jv_put_null(o, key);
    }
}

static struct jv *cert_facts(const struct cert *c)
{
    struct jv *o = jv_object();

    jv_put_text(o, "subject", c->subject);
    jv_put_text(o, "issuer", c->issuer);
    jv_put_text(o, "serial", c->serial);
    put_time(o, "not_before", true, c->not_before);
    put_time(o, "not_after", true, c->not_after);
    jv_put_text(o, "name", c->name);
    jv_put_text(o, "key", c->key_name);
    jv_put_text(o, "sha256", c->sha256);
    if (c->qc_compliance || c->qc_types != 0) {
        struct jv *qc = jv_object(), *types = jv_array();
        jv_put_bool(qc, "compliance", c->qc_compliance);
        jv_put_bool(qc, "device", c->qc_sscd);
        if (c->qc_types & CERT_QC_ESIGN)
            jv_add_text(types, "esign");
        if (c->qc_types & CERT_QC_ESEAL)
            jv_add_text(types, "eseal");
        if (c->qc_types & CERT_QC_WEB)
            jv_add_text(types, "web");
        jv_put_take(qc, "types", types);
        jv_put_take(o, "qc_statements", qc);
    }
    return o;
}

static struct jv *chain_json(const struct chain *chain)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < chain->count; i++)
        jv_add_take(list, cert_facts(chain->certs[i]));
    return list;
}

static struct jv *stamp_json(const struct stamp *t, bool trusted)
{
    struct jv *o = jv_object();

    put_time(o, "time", t->imprint_md != NULL, t->gen_time);
    jv_put_text(o, "unit", t->unit != NULL ? t->unit->name : NULL);
    jv_put_text(o, "digest", t->imprint_digest);
    jv_put_bool(o, "trusted", trusted);
    jv_put_take(o, "findings", jv_keep(t->f.list));
    return o;
}

static void put_qualification(struct jv *o, const struct sig *s, const struct env *env)
{
    const char *provider = NULL, *result = NULL;

    if (!s->stamp && s->signer_state.trusted && s->intact)
        result =
            service_qualification(env->services, &s->signer_state.chain, s->best_time, &provider);
    jv_put_text(o, "qualification", result);
    jv_put_text(o, "qualification_provider", provider);
}

static struct jv *sig_json(const struct sig *s, const struct env *env)
{
    struct jv *o = jv_object(), *stamps = jv_array();
    const struct validated *v = s->stamp ? &s->stamp_state : &s->signer_state;

    jv_put_text(o, "field", s->field);
    jv_put_text(o, "type", s->stamp ? "document-timestamp" : "signature");
    jv_put_text(o, "indication", findings_indication(&s->f));
    jv_put_text(o, "sub_indication", s->f.worst >= EFFECT_INDETERMINATE ? s->f.sub : NULL);
    jv_put_text(o, "code", s->f.worst >= EFFECT_INDETERMINATE ? s->f.code : NULL);
    jv_put_text(o, "level", s->level[0] != '\0' ? s->level : NULL);
    jv_put_text(o, "level_code", s->level[0] != '\0' ? s->level_code : NULL);
    jv_put_bool(o, "intact", s->intact);
    if (s->signer != NULL)
        jv_put_take(o, "signer", cert_facts(s->signer));
    else
        jv_put_null(o, "signer");
    jv_put_take(o, "chain", chain_json(&v->chain));
    put_time(o, "claimed_time", s->claimed, s->claimed_time);
    put_time(o, "best_signature_time", s->revision >= 0, s->best_time);
    jv_put_text(o, "best_signature_time_source",
                !s->proven ? "validation-time"
                           : (s->best_kind == 1 ? "signature-timestamp" : "document-timestamp"));
    jv_put_text(o, "digest", s->alg.digest[0] != '\0' ? s->alg.digest : NULL);
    jv_put_text(o, "scheme", s->alg.scheme[0] != '\0' ? s->alg.scheme : NULL);
    jv_put_text(o, "sub_filter", s->subfilter);
    put_qualification(o, s, env);
    jv_put_bool(o, "covers_whole_file", s->covers_whole);
    if (s->revision >= 0)
        jv_put_int(o, "revision", s->revision + 1);
    else
        jv_put_null(o, "revision");
    jv_put_bool(o, "modified", s->modified);
    if (s->docmdp != 0)
        jv_put_int(o, "docmdp", s->docmdp);
    jv_put_take(o, "changes", jv_keep(s->changes));
    if (s->stamp && s->document_stamp.f.list != NULL) /* it could be read */
        jv_add_take(stamps, stamp_json(&s->document_stamp, s->stamp_state.trusted));
    for (size_t i = 0; i < s->nstamps; i++)
        jv_add_take(stamps, stamp_json(s->stamps[i], s->stamp_trusted[i]));
    jv_put_take(o, "timestamps", stamps);
    jv_put_take(o, "findings", jv_keep(s->f.list));
    return o;
}

static struct jv *evidence_json(const struct evidence *ev)
{
    static const char *const kinds[] = {"ocsp", "crl"};
    static const char *const sources[] = {"dss", "cms", "network"};
    struct jv *list = jv_array();

    for (size_t i = 0; i < ev->count; i++) {
        struct jv *o = jv_object();
        jv_put_text(o, "kind", kinds[ev->items[i]->kind]);
        jv_put_text(o, "source", sources[ev->items[i]->source]);
        jv_put_text(o, "sha256", ev->items[i]->sha256);
        put_time(o, "proven", true, ev->items[i]->poe);
        jv_add_take(list, o);
    }
    return list;
}

/* One verdict for the file: a definite fact against one signature makes it invalid, missing data
 * undetermined. */
static const char *verdict_of(const struct sigs *sigs, const char **code)
{
    const struct sig *worst = NULL;
    bool stamps_only = true;

    for (size_t i = 0; i < sigs->count; i++) {
        stamps_only = stamps_only && sigs->items[i]->stamp;
        if (worst == NULL || sigs->items[i]->f.worst > worst->f.worst)
            worst = sigs->items[i];
    }
    if (worst == NULL) {
        *code = "unsigned";
        return "unsigned";
    }
    if (worst->f.worst < EFFECT_INDETERMINATE && stamps_only) {
        *code = "only-stamps"; /* anybody can have a time-stamp made of anything */
        return "unsigned";
    }
    if (worst->f.worst < EFFECT_INDETERMINATE) {
        *code = "valid";
        return "valid";
    }
    *code = worst->f.code;
    return worst->f.worst == EFFECT_FAILED ? "invalid" : "undetermined";
}

struct jv *verdict_json(const struct sigs *sigs, const struct env *env, int revisions)
{
    struct jv *o = jv_object(), *list = jv_array();
    const char *code = NULL;

    jv_put_text(o, "verdict", verdict_of(sigs, &code));
    jv_put_text(o, "code", code);
    jv_put_int(o, "revisions", revisions);
    put_time(o, "validation_time", true, env->now);
    jv_put_text(o, "policy", env->policy.id);
    jv_put_bool(o, "online", env->online);
    for (size_t i = 0; i < sigs->count; i++)
        jv_add_take(list, sig_json(sigs->items[i], env));
    jv_put_take(o, "signatures", list);
    jv_put_take(o, "revocation_data", evidence_json(&env->evidence));
    return o;
}

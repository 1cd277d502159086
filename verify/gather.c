/* Task "verify-gather": the certificates and revocation data that a later verifier will need for
 * every signature and time-stamp of a file (EN 319 142-1 5.4, 6.3 LT). Unlike a verdict it needs no
 * anchors: chains go up as far as certificates can be found. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "verify/read.h"
#include "verify/verify.h"

enum { CERTS_MAX = 256, RESPONDER_DEPTH = 2 };

struct gather {
    struct env *env;
    bool strict; /* data about a signer must be as late as the signature (TS 119 172-4) */
    const struct cert *certs[CERTS_MAX];
    size_t ncerts;
    const struct evidence_item *items[EVIDENCE_MAX];
    size_t nitems;
    struct jv *problems; /* {"code","name","until"} */
};

static void problem(struct gather *g, const char *code, const struct cert *c, int64_t until)
{
    struct jv *o = jv_object();

    for (size_t i = 0; i < jv_count(g->problems); i++) { /* once a certificate and code */
        const struct jv *old = jv_at(g->problems, i);
        if (strcmp(jv_get_text(old, "sha256"), c->sha256) == 0 &&
            strcmp(jv_get_text(old, "code"), code) == 0) {
            jv_free(o);
            return;
        }
    }
    jv_put_text(o, "code", code);
    jv_put_text(o, "name", c->name);
    jv_put_text(o, "sha256", c->sha256);
    jv_put_int(o, "until", until);
    jv_add_take(g->problems, o);
}

static bool add_cert(struct gather *g, const struct cert *c)
{
    for (size_t i = 0; i < g->ncerts; i++) {
        if (g->certs[i] == c || strcmp(g->certs[i]->sha256, c->sha256) == 0)
            return false;
    }
    if (g->ncerts == CERTS_MAX)
        return false;
    g->certs[g->ncerts++] = c;
    return true;
}

static void add_item(struct gather *g, const struct evidence_item *item)
{
    for (size_t i = 0; i < g->nitems; i++) {
        if (g->items[i] == item)
            return;
    }
    if (g->nitems < EVIDENCE_MAX)
        g->items[g->nitems++] = item;
}

static const struct cert *issuer_known(const struct gather *g, const struct cert *c)
{
    const struct pool *pools[] = {&g->env->pool, &g->env->signers.certs, &g->env->stamps.certs};

    for (size_t p = 0; p < sizeof pools / sizeof pools[0]; p++) {
        for (size_t i = 0; i < pools[p]->count; i++) {
            const struct cert *one = pools[p]->entries[i].cert;
            if (one != c && one->ca && cert_issued_by(c, one))
                return one;
        }
    }
    return NULL;
}

static const struct cert *issuer_of(struct gather *g, const struct cert *c)
{
    const struct cert *found = issuer_known(g, c);

    return found == NULL && fetch_issuer(g->env, c) ? issuer_known(g, c) : found;
}

static bool anchor(const struct gather *g, const struct cert *c)
{
    return c->self_signed || anchors_have(&g->env->signers, c) || anchors_have(&g->env->stamps, c);
}

static void walk(struct gather *g, const struct cert *leaf, int64_t at, bool signer, int depth);

/* Revocation of one certificate at its control time; the responder's own chain goes in too. */
static void revocation(struct gather *g, const struct cert *c, const struct cert *issuer,
                       int64_t at, bool strict, int depth)
{
    struct revocation r;
    struct stored ignored;

    if (c->no_revocation)
        return;
    g->env->policy.revocation_strict = strict;
    switch (revocation_check(g->env, c, issuer, at, &r, &ignored)) {
    case ANSWER_GOOD:
        break;
    case ANSWER_STALE:
        problem(g, "early", c, r.next_update);
        break;
    case ANSWER_REVOKED:
    case ANSWER_HOLD:
        problem(g, "revoked", c, r.revoked_at);
        break;
    case ANSWER_NONE:
        problem(g, "missing", c, 0);
        return;
    }
    add_item(g, r.item);
    if (r.base != NULL)
        add_item(g, r.base);
    if (r.responder != NULL && r.responder != issuer && depth < RESPONDER_DEPTH) {
        if (r.responder->no_check)
            add_cert(g, r.responder);
        else
            walk(g, r.responder, at, false, depth + 1);
    }
}

/* Where an authority has several certificates, the chain that a verdict rests on: its data are
 * wanted, not those of another way. False: there is one way only, or none ends in an anchor. */
static bool trusted_chain(struct gather *g, const struct cert *leaf, int64_t at, bool signer,
                          struct chain *out)
{
    struct anchors *anchors = signer ? &g->env->signers : &g->env->stamps;
    struct chain_paths *ways = malloc(sizeof *ways);
    struct findings ignored = {0};
    struct validated v;
    bool found = false;

    if (ways == NULL || findings_init(&ignored) != 0)
        goto out;
    chain_paths_find(leaf, &g->env->pool, anchors, g->env->own, &g->env->climbs, ways);
    if (ways->count > 1 && validate_at(g->env, leaf, anchors, at, &v, &ignored, NULL) == 0 &&
        v.chain.anchored) {
        *out = v.chain;
        found = true;
    }
out:
    findings_free(&ignored);
    free(ways);
    return found;
}

static void walk(struct gather *g, const struct cert *leaf, int64_t at, bool signer, int depth)
{
    const struct cert *c = leaf;
    struct chain chain;

    if (depth == 0 && trusted_chain(g, leaf, at, signer, &chain)) {
        for (size_t i = 0; i < chain.count; i++) {
            add_cert(g, chain.certs[i]);
            if (anchor(g, chain.certs[i]) || i + 1 == chain.count)
                return;
            revocation(g, chain.certs[i], chain.certs[i + 1], at, signer && i == 0 && g->strict,
                       depth);
        }
    }
    for (int64_t i = 0; c != NULL && i < ceilings.chain_length; i++) {
        const struct cert *issuer;
        add_cert(g, c);
        if (anchor(g, c))
            return;
        issuer = issuer_of(g, c);
        if (issuer == NULL) {
            problem(g, "issuer", c, 0);
            return;
        }
        /* Lists of authorities appear months apart: only what is about the signer must be that
         * late. */
        revocation(g, c, issuer, at, signer && i == 0 && g->strict, depth);
        c = issuer;
    }
}

/* The earliest time that the file itself proves for this signature, trusted or not: its own
 * time-stamps, then the document time-stamps that cover it. INT64_MAX: none. */
static int64_t time_of(const struct sigs *sigs, const struct sig *s)
{
    int64_t best = INT64_MAX;

    for (size_t i = 0; i < s->nstamps; i++) {
        if (s->stamp_intact[i] && s->stamps[i]->gen_time < best)
            best = s->stamps[i]->gen_time;
    }
    for (size_t i = 0; i < sigs->count; i++) {
        const struct sig *d = sigs->items[i];
        if (d->stamp && d->intact && d != s && d->revision > s->revision &&
            d->document_stamp.gen_time < best)
            best = d->document_stamp.gen_time;
    }
    return best;
}

static void gather_one(struct gather *g, const struct sigs *sigs, const struct sig *s,
                       struct jv *list)
{
    struct jv *o = jv_object();
    int64_t at = s->stamp ? s->document_stamp.gen_time : time_of(sigs, s);

    jv_put_text(o, "field", s->field);
    jv_put_bool(o, "stamp", s->stamp);
    jv_put_bool(o, "intact", s->intact);
    jv_put_int(o, "revision", s->revision);
    if (at != INT64_MAX)
        jv_put_int(o, "time", at);
    jv_add_take(list, o);
    if (!s->intact || s->signer == NULL)
        return;
    walk(g, s->signer, at != INT64_MAX ? at : g->env->now, !s->stamp, 0);
    for (size_t i = 0; i < s->nstamps; i++) {
        if (s->stamps[i]->unit != NULL && s->stamp_intact[i])
            walk(g, s->stamps[i]->unit, s->stamps[i]->gen_time, false, 0);
    }
}

/* Whether anything is needed that the DSS of the file does not hold yet. */
static bool fresh_data(const struct gather *g)
{
    for (size_t i = 0; i < g->nitems; i++) {
        if (g->items[i]->source != EVIDENCE_DSS)
            return true;
    }
    for (size_t i = 0; i < g->ncerts; i++) {
        if ((pool_sources(&g->env->pool, g->certs[i]) & POOL_DSS) == 0)
            return true;
    }
    return false;
}

static int print(struct gather *g, struct jv *signatures, const struct task_io *io, struct err *e)
{
    struct jv *o = jv_object(), *certs = jv_array(), *ocsps = jv_array(), *crls = jv_array();

    for (size_t i = 0; i < g->ncerts; i++)
        jv_add_take(certs, jv_hex(g->certs[i]->der, g->certs[i]->der_len));
    for (size_t i = 0; i < g->nitems; i++)
        jv_add_take(g->items[i]->kind == EVIDENCE_OCSP ? ocsps : crls,
                    jv_hex(g->items[i]->der, g->items[i]->len));
    jv_put_take(o, "signatures", jv_keep(signatures));
    jv_put_take(o, "problems", jv_keep(g->problems));
    jv_put_bool(o, "fresh", fresh_data(g));
    jv_put_take(o, "certs", certs);
    jv_put_take(o, "ocsps", ocsps);
    jv_put_take(o, "crls", crls);
    return reading_answer_take(io, o, e);
}

static int run(const struct task_io *io, struct err *e)
{
    struct gather *g = calloc(1, sizeof *g);
    struct jv *signatures = jv_array();
    struct reading r;
    int rc = -1;

    if (reading_begin(&r, io, e) != 0)
        goto out;
    if (g == NULL) {
        err_set_memory(e);
        goto out;
    }
    g->env = &r.env;
    g->problems = jv_array();
    g->strict = jv_get_bool(r.params, "strict");
    r.env.online = false; /* what a verdict alone would ask for is not wanted yet */
    if (reading_open(&r, io, e) != 0 || read_all(r.pdf, r.sigs, &r.env, e) != 0)
        goto out;
    r.env.online = io->ask != NULL;
    r.env.complete_only = true;
    r.env.now++; /* a signature of this very second is before now, so that its data must be as late
                    as it is */
    for (size_t i = 0; i < r.sigs->count; i++)
        gather_one(g, r.sigs, r.sigs->items[i], signatures);
    rc = print(g, signatures, io, e);
out:
    jv_free(signatures);
    if (g != NULL)
        jv_free(g->problems);
    free(g);
    reading_end(&r);
    return rc;
}

const struct task verify_gather_task = {
    .name = "verify-gather",
    .run = run,
    .warm = verify_warm,
    .limits = {.seconds = 120, .memory = 0, .output = 0},
};

#include "verify/chain.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/err.h"

static void add(struct anchors *a, X509 *x, bool named)
{
    (void)X509_STORE_add_cert(a->store, x);
    if (named && a->named != NULL)
        (void)X509_STORE_add_cert(a->named, x);
}

int anchors_init(struct anchors *a, const struct der_list *ders, size_t given, struct err *e)
{
    /* a judge of integrity has none, and its time goes into fewer things */
    *a = (struct anchors){.store = ders->count > 0 ? X509_STORE_new() : NULL,
                          .given = calloc(given + 1, 65)};
    if (given > 0 && given < ders->count && (a->named = X509_STORE_new()) == NULL)
        return err_set_memory(e);
    if ((a->store == NULL && ders->count > 0) || a->given == NULL)
        return err_set_memory(e);
    for (; a->ngiven < given; a->ngiven++) {
        char hex[DIGEST_HEX_MAX];
        const struct der_item *item = &ders->items[a->ngiven];
        if (digest_bytes_hex(item->data, item->len, hex, e) != 0)
            return -1;
        memcpy(a->given[a->ngiven], hex, 65);
    }
    for (size_t i = 0; i < ders->count; i++) {
        const unsigned char *p = ders->items[i].data;
        X509 *x = d2i_X509(NULL, &p, (long)ders->items[i].len);

        if (x != NULL && p == ders->items[i].data + ders->items[i].len)
            add(a, x, i < given);
        X509_free(x);
    }
    ERR_clear_error();
    return 0;
}

void anchors_free(struct anchors *a)
{
    X509_STORE_free(a->store);
    X509_STORE_free(a->named);
    pool_free(&a->certs);
    free(a->given);
    *a = (struct anchors){0};
}

bool anchors_given(const struct anchors *a, const struct cert *c)
{
    for (size_t i = 0; i < a->ngiven; i++) {
        if (strcmp(a->given[i], c->sha256) == 0)
            return true;
    }
    return false;
}

bool anchors_have(const struct anchors *a, const struct cert *c)
{
    STACK_OF(X509_OBJECT) *objects = a->store != NULL ? X509_STORE_get0_objects(a->store) : NULL;

    for (int i = 0; objects != NULL && i < sk_X509_OBJECT_num(objects); i++) {
        X509 *x = X509_OBJECT_get0_X509(sk_X509_OBJECT_value(objects, i));
        if (x != NULL && X509_cmp(x, c->x509) == 0)
            return true;
    }
    return false;
}

/* Errors after which the chain may still stand, were the time another. */
static const char *problem_of(int error)
{
    switch (error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return "chain.out-of-time";
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_UNTRUSTED:
        return "chain.no-anchor";
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
        return "chain.critical-extension";
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
        return "chain.signature";
    default:
        return "chain.refused";
    }
}

static STACK_OF(X509) * stack_of(const struct pool *pool)
{
    STACK_OF(X509) *all = sk_X509_new_null();

    for (size_t i = 0; all != NULL && i < pool->count; i++) {
        if (sk_X509_push(all, pool->entries[i].cert->x509) == 0) {
            sk_X509_free(all);
            return NULL;
        }
    }
    return all;
}

/* One run of the path builder. Returns the error code, X509_V_OK when a path stands; `chain` may be
 * partial. */
static int path_run(const struct cert *leaf, STACK_OF(X509) * untrusted, const struct anchors *a,
                    int64_t at, unsigned long flags, STACK_OF(X509) * *chain, int *depth)
{
    X509_STORE *none = a->store == NULL ? X509_STORE_new() : NULL,
               *store = a->store == NULL ? none : a->store;
    X509_STORE_CTX *ctx = X509_STORE_CTX_new();
    int error = X509_V_ERR_OUT_OF_MEM;

    if (ctx == NULL || store == NULL || X509_STORE_CTX_init(ctx, store, leaf->x509, untrusted) != 1)
        goto out;
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_flags(param,
                                X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_POLICY_CHECK | flags);
    if ((flags & X509_V_FLAG_NO_CHECK_TIME) == 0) /* setting a time would win over the flag */
        X509_VERIFY_PARAM_set_time(param, (time_t)at);
    X509_VERIFY_PARAM_set_depth(param, CHAIN_MAX - 2);
    X509_VERIFY_PARAM_set_auth_level(param, 0); /* algorithms have their own dates: algo.c */
    int rc = X509_verify_cert(ctx);
    error = X509_STORE_CTX_get_error(ctx);
    if (rc != 1 && error == X509_V_OK)
        error = X509_V_ERR_UNSPECIFIED;
    *depth = X509_STORE_CTX_get_error_depth(ctx);
    *chain = X509_STORE_CTX_get1_chain(ctx);
out:
    X509_STORE_CTX_free(ctx);
    X509_STORE_free(none);
    ERR_clear_error();
    return error;
}

/* Facts of each certificate of the path: from the pool, or parsed into the anchors' pool. */
static void facts_fill(STACK_OF(X509) * path, const struct cert *leaf, struct pool *facts,
                       struct chain *out)
{
    out->count = 0;
    for (int i = 0; i < sk_X509_num(path) && out->count < CHAIN_MAX; i++) {
        unsigned char *der = NULL;
        int n = i2d_X509(sk_X509_value(path, i), &der);
        const struct cert *c = i == 0 ? leaf : NULL;

        if (c == NULL && n > 0)
            c = pool_add(facts, der, (size_t)n, POOL_ANCHOR);
        OPENSSL_free(der);
        if (c == NULL)
            break;
        out->certs[out->count++] = c;
    }
}

int chain_build(const struct cert *leaf, const struct pool *pool, struct anchors *anchors,
                int64_t at, struct chain *out, struct err *e)
{
    STACK_OF(X509) *untrusted = stack_of(pool), *path = NULL;
    int depth = 0, rc = -1;

    memset(out, 0, sizeof *out);
    if (untrusted == NULL)
        return err_set_memory(e);
    int error = path_run(leaf, untrusted, anchors, at, 0, &path, &depth);
    out->in_time = error == X509_V_OK;
    if (error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID) {
        /* Out of time: is the rest right? Then it is a matter of proof of existence, not of trust.
         */
        sk_X509_pop_free(path, X509_free);
        path = NULL;
        int late = depth;
        int again =
            path_run(leaf, untrusted, anchors, at, X509_V_FLAG_NO_CHECK_TIME, &path, &depth);
        error = again == X509_V_OK ? error : again;
        depth = again == X509_V_OK ? late : depth;
        out->anchored = again == X509_V_OK;
    } else {
        out->anchored = error == X509_V_OK;
    }
    if (error == X509_V_ERR_OUT_OF_MEM) {
        err_set_memory(e);
        goto out;
    }
    if (path != NULL)
        facts_fill(path, leaf, &anchors->certs, out);
    if (out->anchored && out->count != (size_t)sk_X509_num(path))
        out->anchored = false;
    for (size_t i = 0; i < out->count; i++)
        out->anchored = out->anchored && !out->certs[i]->key_void;
    if (error != X509_V_OK || !out->anchored) {
        snprintf(out->problem, sizeof out->problem, "%s",
                 error == X509_V_OK ? "chain.refused" : problem_of(error));
        if (depth >= 0 && (size_t)depth < out->count && out->in_time == false && out->anchored)
            snprintf(out->detail, sizeof out->detail, "%s", out->certs[depth]->name);
        else
            snprintf(out->detail, sizeof out->detail, "%s", X509_verify_cert_error_string(error));
    }
    rc = 0;
out:
    sk_X509_pop_free(path, X509_free);
    sk_X509_free(untrusted);
    return rc;
}

void usage_check_signer(const struct cert *c, bool non_repudiation, struct findings *f)
{
    bool seal =
        (c->qc_types & CERT_QC_ESEAL) != 0 && (c->usage & CERT_USAGE_DIGITAL_SIGNATURE) != 0;
    uint32_t other = CERT_EKU_SERVER | CERT_EKU_TIME_STAMPING | CERT_EKU_OCSP | CERT_EKU_CODE;

    if (c->ca)
        findings_add(f, "usage.ca", NULL);
    if (non_repudiation && c->usage_given && (c->usage & CERT_USAGE_NON_REPUDIATION) == 0 && !seal)
        findings_add(f, "usage.no-non-repudiation", NULL);
    if (c->eku_given && (c->eku & ~other) == 0)
        findings_add(f, "usage.other-purpose", NULL);
}

void usage_check_stamp(const struct cert *c, struct findings *f)
{
    if (!c->eku_given || !c->eku_critical || c->eku_count != 1 || c->eku != CERT_EKU_TIME_STAMPING)
        findings_add(f, "stamp.purpose", NULL);
    if (c->ca)
        findings_add(f, "stamp.ca", NULL);
    if (c->usage_given &&
        (c->usage & (CERT_USAGE_DIGITAL_SIGNATURE | CERT_USAGE_NON_REPUDIATION)) == 0)
        findings_add(f, "stamp.purpose", NULL);
}

/* The worker has no network: it asks its caller for one address at a time; what comes back is
 * sniffed before it is kept. */
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "verify/validate.h"

/* Each question is asked once, and not more than FETCHES_MAX of them. */
static bool first_time(struct env *env, const char *url, const struct buf *body)
{
    unsigned char md[DIGEST_MAX];
    uint64_t key = 0;
    struct buf all;

    buf_init(&all, (size_t)ceilings.http_bytes);
    buf_text(&all, url);
    if (body != NULL)
        buf_append(&all, body->data, body->len);
    if (digest_bytes(DIGEST_SHA256, all.data, all.len, md, NULL) == 0)
        memcpy(&key, md, sizeof key);
    buf_free(&all);
    for (size_t i = 0; i < env->nasked; i++) {
        if (env->asked[i] == key)
            return false;
    }
    if (env->nasked == FETCHES_MAX)
        return false;
    env->asked[env->nasked++] = key;
    return true;
}

static int ask(struct env *env, const char *kind, const char *url, const struct buf *body,
               struct buf *out)
{
    struct jv *o = NULL;
    struct buf question;
    int rc = -1;

    if (!env->online || env->io == NULL || env->io->ask == NULL || !first_time(env, url, body))
        return -1;
    buf_init(&question, (size_t)ceilings.json_bytes);
    o = jv_object();
    jv_put_text(o, "ask", "fetch");
    jv_put_text(o, "kind", kind);
    jv_put_text(o, "url", url);
    if (body != NULL)
        jv_put_hex(o, "body", body->data, body->len);
    if (jv_print(o, false, &question, NULL) == 0)
        rc = env->io->ask(env->io, question.data, question.len, out, NULL);
    jv_free(o);
    buf_free(&question);
    return rc == 0 && out->len > 0 ? 0 : -1;
}

bool fetch_ocsp(struct env *env, const struct cert *cert, const struct cert *issuer)
{
    bool added = false;

    for (size_t i = 0; i < cert->ocsp_urls.count && !added; i++) {
        struct buf request, reply;
        buf_init(&request, (size_t)ceilings.ocsp_bytes);
        buf_init(&reply, (size_t)ceilings.ocsp_bytes);
        if (ocsp_request(cert, issuer, &request, NULL) == 0 &&
            ask(env, "ocsp", cert->ocsp_urls.items[i], &request, &reply) == 0)
            added = evidence_add_answer(&env->evidence, EVIDENCE_OCSP, reply.data, reply.len,
                                        env->now) == 0;
        buf_free(&request);
        buf_free(&reply);
    }
    return added;
}

/* The first of the addresses that answers. */
static bool list_fetch(struct env *env, const struct cert_texts *urls)
{
    bool added = false;

    for (size_t i = 0; i < urls->count && !added; i++) {
        struct buf reply;
        buf_init(&reply, (size_t)ceilings.crl_bytes);
        if (ask(env, "crl", urls->items[i], NULL, &reply) == 0)
            added = evidence_add_answer(&env->evidence, EVIDENCE_CRL, reply.data, reply.len,
                                        env->now) == 0;
        buf_free(&reply);
    }
    return added;
}

bool fetch_crl(struct env *env, const struct cert *cert)
{
    return list_fetch(env, &cert->crl_urls);
}

bool fetch_delta(struct env *env, const struct cert *cert)
{
    struct cert_texts urls = {NULL, 0};
    bool added;

    if (!env->online || env->complete_only)
        return false;
    for (size_t i = 0; i < env->evidence.count; i++)
        (void)crl_delta_urls(env->evidence.items[i], cert, &urls, NULL);
    added = list_fetch(env, &cert->delta_urls) || list_fetch(env, &urls);
    cert_texts_free(&urls);
    return added;
}

bool fetch_issuer(struct env *env, const struct cert *cert)
{
    bool added = false;

    for (size_t i = 0; i < cert->issuer_urls.count && !added; i++) {
        struct der_list found = {NULL, 0};
        struct buf reply;
        buf_init(&reply, (size_t)ceilings.http_bytes);
        /* AIA may serve DER, PEM or a PKCS#7 bag (RFC 5280 4.2.2.1); HTML gives none. */
        if (ask(env, "aia", cert->issuer_urls.items[i], NULL, &reply) == 0 &&
            certs_from_bytes(&found, reply.data, reply.len, "AIA", NULL) == 0) {
            for (size_t k = 0; k < found.count; k++)
                added = pool_add(&env->pool, found.items[k].data, found.items[k].len,
                                 POOL_FETCHED) != NULL ||
                        added;
        }
        der_list_free(&found);
        buf_free(&reply);
    }
    return added;
}

#include "pkcs11/issuers.h"

#include <string.h>

#include "base/buf.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "pkcs11/modules.h"

enum { CERT_ROOM = 1 << 20 };

static void pool_add(struct der_list *pool, const struct jv *certificate)
{
    struct buf der = BUF_INIT(CERT_ROOM);
    struct err ignored = ERR_INIT;

    if (jv_get_bytes(certificate, "der", &der) == 0 && der.len > 0)
        (void)der_list_add(pool, der.data, der.len, &ignored);
    buf_free(&der);
}

static void pool_add_list(struct der_list *pool, const struct der_list *more)
{
    struct err ignored = ERR_INIT;

    for (size_t i = 0; more != NULL && i < more->count; i++)
        (void)der_list_add(pool, more->items[i].data, more->items[i].len, &ignored);
}

/* The certificate, the others of its token, and those that the person gave. */
static struct jv *judged(const struct modules *m, const struct jv *certificates, size_t i)
{
    const struct token_options *o = &m->request.options;
    struct der_list pool = {NULL, 0};
    struct jv *trust = NULL;

    pool_add(&pool, jv_at(certificates, i));
    if (pool.count == 1) {
        for (size_t k = 0; k < jv_count(certificates); k++) {
            if (k != i && jv_get_bool(jv_at(certificates, k), "ca"))
                pool_add(&pool, jv_at(certificates, k));
        }
        pool_add_list(&pool, &m->request.file_certs);
        pool_add_list(&pool, o->extra);
        trust = o->issuer(o->issuer_self, &pool, o->seal);
    }
    der_list_free(&pool);
    return trust;
}

static void reject(struct jv *certificate, const char *message)
{
    struct jv *reason = jv_object();

    jv_put_text(reason, "code", "issuer-withdrawn");
    jv_put_text(reason, "message", message);
    jv_add_take(jv_get(certificate, "reasons"), reason);
    jv_put_text(certificate, "signs", "no");
    jv_put_bool(certificate, "certificate_at_fault", true);
}

static void token_judge(const struct modules *m, const struct jv *certificates)
{
    const struct selector *selector = &m->request.selector;
    bool named = selector->count > 0 || selector->file != NULL;

    for (size_t i = 0; i < jv_count(certificates); i++) {
        struct jv *c = jv_at(certificates, i);
        struct jv *trust = m->request.options.issuer != NULL && !jv_get_bool(c, "ca")
                               ? judged(m, certificates, i)
                               : NULL;
        const char *state = jv_get_text(trust, "state");
        if (state != NULL && strcmp(state, "withdrawn") == 0 &&
            !(named && jv_get_bool(c, "selected")))
            reject(c, jv_get_text(trust, "message"));
        jv_put_take(c, "trust", trust != NULL ? trust : jv_null());
    }
    for (size_t i = 0; i < jv_count(certificates); i++)
        jv_remove(jv_at(certificates, i), "der");
}

void issuers_judge(const struct modules *m, struct module *one)
{
    const struct jv *slots = jv_get(one->listing, "slots");

    for (size_t s = 0; s < jv_count(slots); s++)
        token_judge(m, jv_get(jv_get(jv_at(slots, s), "token"), "certificates"));
}

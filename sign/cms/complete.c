#include "sign/cms/complete.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "sign/cms/cms.h"
#include "x509/cert.h"
#include "x509/warm.h"

enum { STEPS_MAX = 4, URLS_MAX = 4 };

/* ---- the worker: which of the fetched certificates issued this one ---- */
static void put_issuer(struct jv *out, const struct cert *issuer)
{
    struct jv *urls = jv_array();

    for (size_t i = 0; i < issuer->issuer_urls.count && i < URLS_MAX; i++)
        jv_add_text(urls, issuer->issuer_urls.items[i]);
    jv_put_hex(out, "issuer", issuer->der, issuer->der_len);
    jv_put_bool(out, "self_signed", issuer->self_signed);
    jv_put_take(out, "urls", urls);
}

static void find_issuer(const struct cert *child, const unsigned char *bytes, size_t n,
                        struct jv *out)
{
    struct der_list found = {NULL, 0};
    bool done = false;

    if (certs_from_bytes(&found, bytes, n, "-", NULL) == 0) {
        for (size_t i = 0; i < found.count && !done; i++) {
            struct cert *one = NULL;
            if (cert_parse(&one, found.items[i].data, found.items[i].len, "-", NULL) == 0 &&
                one->ca && cert_issued_by(child, one)) {
                put_issuer(out, one);
                done = true;
            }
            cert_free(one);
        }
    }
    der_list_free(&found);
}

/* Parameters: the child's certificate as hexadecimal, a line end, the bytes that were fetched. */
static int run(const struct task_io *io, struct err *e)
{
    const unsigned char *end = memchr(io->params, '\n', io->params_len);
    size_t n = end != NULL ? (size_t)(end - io->params) : 0;
    unsigned char *der = malloc(n / 2 + 1);
    struct cert *child = NULL;
    struct jv *out = jv_object();
    int rc = -1;

    if (der == NULL || end == NULL || n == 0 || hex_decode((const char *)io->params, n, der) != 0) {
        err_set_bug(e, "sign-issuer: parameters");
    } else if (cert_parse(&child, der, n / 2, "sign-issuer", e) == 0) {
        find_issuer(child, end + 1, io->params_len - n - 1, out);
        rc = jv_print(out, false, io->reply, e);
    }
    jv_free(out);
    cert_free(child);
    free(der);
    return rc;
}

const struct task sign_issuer_task = {"sign-issuer", run, x509_warm, {10, 0, 0}, NULL};

/* ---- the parent ---- */
static struct cert *last_cert(const struct cms_plan *plan)
{
    const struct der_item *last = &plan->chain.items[plan->chain.count - 1];
    struct cert *c = NULL;

    return plan->chain.count > 0 && cert_parse(&c, last->data, last->len, "-", NULL) == 0 ? c
                                                                                          : NULL;
}

bool cms_plan_open_ended(const struct cms_plan *plan)
{
    struct cert *c = plan->chain.count == 1 ? last_cert(plan) : NULL;
    bool open = c != NULL && !c->self_signed && c->issuer_urls.count > 0;

    cert_free(c);
    return open;
}

/* {"issuer","self_signed","urls"} or an empty object; NULL when there is no answer. */
static struct jv *ask_worker(const struct runner *runner, const struct der_item *child,
                             const struct buf *bytes)
{
    struct buf params = BUF_INIT((size_t)ceilings.http_bytes), text = BUF_INIT(1u << 18);
    char *hex = malloc(2 * child->len + 1);
    struct jv *out = NULL;

    if (hex != NULL) {
        hex_lower(child->data, child->len, hex);
        buf_text(&params, hex);
        buf_char(&params, '\n');
        buf_append(&params, bytes->data, bytes->len);
        struct task_call call = {.name = sign_issuer_task.name,
                                 .params = params.data,
                                 .params_len = params.len,
                                 .reply = &text};
        if (buf_check(&params, NULL) == 0 && runner->call(runner->self, &call, NULL) == 0)
            out = jv_parse(buf_str(&text), text.len, call.name, NULL);
    }
    free(hex);
    buf_free(&params);
    buf_free(&text);
    return out;
}

/* The issuer of the last certificate of the chain from the first address that has it. */
static struct jv *fetch_issuer(const struct cms_plan *plan, const struct jv *urls,
                               const struct runner *runner, const struct fetcher *fetcher)
{
    for (size_t i = 0; i < jv_count(urls); i++) {
        struct buf bytes = BUF_INIT(1u << 20);
        struct fetch_request ask = {
            .kind = FETCH_AIA, .url = jv_str(jv_at(urls, i)), .max_bytes = bytes.max};
        struct fetch_reply reply = {.body = &bytes};
        struct jv *found = NULL;
        if (fetcher->fetch(fetcher->self, &ask, &reply, NULL) == 0 && reply.status == 200)
            found = ask_worker(runner, &plan->chain.items[plan->chain.count - 1], &bytes);
        buf_free(&bytes);
        if (jv_get_text(found, "issuer") != NULL)
            return found;
        jv_free(found);
    }
    return NULL;
}

int cms_plan_complete(struct cms_plan *plan, const struct runner *runner,
                      const struct fetcher *fetcher, struct err *e)
{
    struct cert *last = last_cert(plan);
    struct jv *urls = jv_array();
    int rc = -1;

    for (size_t i = 0; last != NULL && i < last->issuer_urls.count; i++)
        jv_add_text(urls, last->issuer_urls.items[i]);
    cert_free(last);
    for (int step = 0; step < STEPS_MAX; step++) {
        struct jv *found = fetch_issuer(plan, urls, runner, fetcher);
        bool top = jv_get_bool(found, "self_signed");
        if (found == NULL && step == 0)
            err_set(e, ERR_NETWORK, "err.sign-cms.issuer", plan->leaf->name, NULL);
        else
            rc = found == NULL || top ||
                         der_list_add_hex(&plan->chain, jv_get(found, "issuer"), e) == 0
                     ? 0
                     : -1;
        jv_free(urls);
        urls = rc == 0 && found != NULL && !top ? jv_keep(jv_get(found, "urls")) : NULL;
        jv_free(found);
        if (urls == NULL)
            break;
    }
    jv_free(urls);
    return rc;
}

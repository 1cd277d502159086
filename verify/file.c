/* The caller's side: parameters out, fetching what the worker asks for, sentences in. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "verify/call.h"
#include "verify/say.h"
#include "verify/verify.h"

enum { FETCH_BUDGET = 64 };

struct answerer {
    const struct fetcher *fetcher;
    int left; /* fetches that this verification may still cause */
    /* The first address that was not asked because it leads into a private network: no later try
     * helps, a setting does. */
    struct err refused;
};

/* A sealed memory file: {"signers": [hex...], "stamps": [hex...] or absent, "services": of trusted
 * lists or absent}. */
static int trust_file(const struct verify_request *r, struct err *e)
{
    struct jv *o = jv_object();
    struct buf text;
    int fd = -1;

    buf_init(&text, (size_t)ceilings.json_bytes);
    jv_put_take(o, "signers", der_list_json(r->trust));
    if (r->trust_tsa != NULL)
        jv_put_take(o, "stamps", der_list_json(r->trust_tsa));
    if (r->services != NULL)
        jv_put_take(o, "services", jv_copy(r->services));
    if (jv_print(o, false, &text, e) == 0)
        fd = file_seal_bytes("anchors", text.data, text.len, e);
    jv_free(o);
    buf_free(&text);
    return fd;
}

static int params_print(const struct verify_request *r, bool online, bool strict, struct buf *out,
                        struct err *e)
{
    struct jv *o = jv_object();
    int rc;

    jv_put_bool(o, "strict", strict);
    jv_put_int(o, "time", r->at);
    jv_put_bool(o, "online", online);
    if (r->policy != NULL)
        jv_put_take(o, "policy", jv_copy(r->policy));
    if (r->password != NULL)
        jv_put_hex(o, "password", r->password, r->password_len);
    rc = jv_print(o, false, out, e);
    jv_free(o);
    return rc;
}

/* One question of the worker: {"ask":"fetch","kind","url","body"}; an empty answer when nothing
 * came. What may be fetched is decided here and by the fetcher: only the kinds of this list, over
 * HTTP(S), within the budget. */
static int answer(void *self, const void *question, size_t len, struct buf *out, struct err *e)
{
    static const struct {
        const char *kind, *sent, *accept;
        enum fetch_kind fetch;
    } kinds[] = {
        {"ocsp", "application/ocsp-request", "application/ocsp-response", FETCH_OCSP},
        {"crl", NULL, NULL, FETCH_CRL},
        {"aia", NULL, NULL, FETCH_AIA},
    };
    struct answerer *a = self;
    struct jv *o = jv_parse(question, len, "question", e);
    const char *kind = jv_get_text(o, "kind"), *url = jv_get_text(o, "url");
    struct buf body = BUF_INIT((size_t)ceilings.ocsp_bytes);
    struct err ignored = ERR_INIT;

    if (o == NULL)
        return -1;
    for (size_t i = 0; kind != NULL && url != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kind, kinds[i].kind) != 0 || a->left-- <= 0 ||
            (strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0))
            continue;
        if (jv_get_bytes(o, "body", &body) != 0)
            break;
        struct fetch_request request = {.kind = kinds[i].fetch,
                                        .url = url,
                                        .body = body.data,
                                        .body_len = body.len,
                                        .content_type = kinds[i].sent,
                                        .accept = kinds[i].accept};
        struct fetch_reply reply = {.body = out};
        if (a->fetcher->fetch(a->fetcher->self, &request, &reply, &ignored) != 0 ||
            reply.status != 200)
            buf_clear(out); /* nothing came: the verdict says what it misses */
        if (!err_is_set(&a->refused) && strcmp(ignored.id, "err.net.address") == 0)
            a->refused = ignored;
        break;
    }
    buf_free(&body);
    jv_free(o);
    return 0;
}

static struct jv *verdict_new(const struct verify_request *r, const struct jv *parsed)
{
    struct jv *o = jv_object();

    jv_put_text(o, "format", "paraphe-verdict");
    jv_put_int(o, "version", 1);
    jv_put_text(o, "file", r->name);
    jv_put_text(o, "sha256", ""); /* its place; the digest comes when it is known */
    for (void *it = jv_iter(parsed); it != NULL; it = jv_next(parsed, it)) {
        jv_put_take(o, jv_key(it), jv_keep(jv_value(it)));
        if (strcmp(jv_key(it), "code") == 0)
            jv_put_take(o, "reason", jv_null());
    }
    return o;
}

static struct jv *unreadable(const struct verify_request *r, const struct err *why)
{
    struct jv *o = verdict_new(r, NULL);

    jv_put_text(o, "verdict", "unreadable");
    jv_put_text(o, "code", why->id);
    jv_put_text(o, "reason", why->sentence);
    jv_put_take(o, "signatures", jv_array());
    return o;
}

/* A worker reads the file, with the anchors beside it. */
static int worker_ask(const struct runner *runner, const char *task, int fd,
                      const struct verify_request *request, struct answerer *answerer, bool strict,
                      struct buf *reply, struct err *e)
{
    struct buf params = BUF_INIT((size_t)ceilings.json_bytes);
    int fds[2] = {fd, trust_file(request, e)}, rc = -1;

    if (fds[1] < 0 || params_print(request, answerer->fetcher != NULL, strict, &params, e) != 0)
        goto out;
    struct task_call call = {.name = task,
                             .fds = fds,
                             .nfds = 2,
                             .params = params.data,
                             .params_len = params.len,
                             .reply = reply,
                             .answer = answerer->fetcher != NULL ? answer : NULL,
                             .answer_self = answerer};
    rc = runner->call(runner->self, &call, e);
out:
    if (fds[1] >= 0)
        close(fds[1]);
    buf_wipe(&params);
    return rc;
}

static int verdict_ask(const struct runner *runner, int fd, const struct verify_request *request,
                       struct answerer *answerer, struct jv **out, struct err *e)
{
    struct buf reply = BUF_INIT((size_t)ceilings.json_bytes);
    struct err why = ERR_INIT;
    struct jv *parsed = NULL;
    int rc = -1;

    if (worker_ask(runner, "verify-read", fd, request, answerer, false, &reply, &why) != 0) {
        if (why.kind != ERR_INPUT && why.kind != ERR_SIGNATURE) {
            if (e != NULL)
                *e = why;
            goto out;
        }
        *out = unreadable(request, &why);
        rc = 0;
        goto out;
    }
    parsed = jv_parse(buf_str(&reply), reply.len, "verify-read", e);
    if (parsed == NULL)
        goto out;
    *out = verdict_new(request, parsed);
    verdict_say(*out, err_is_set(&answerer->refused) ? answerer->refused.sentence : NULL);
    rc = 0;
out:
    jv_free(parsed);
    buf_free(&reply);
    return rc;
}

/* The file's own digest, by a second thread while the worker reads the file; for a small one what
 * goes on beside it is that both processes set up libcrypto. */
struct hashing {
    int fd, rc;
    char sha256[DIGEST_HEX_MAX];
    struct err err;
};

static void *hash(void *self)
{
    struct hashing *h = self;

    h->rc = digest_file_hex(h->fd, h->sha256, &h->err);
    return NULL;
}

int verify_file(const struct runner *runner, int fd, const struct verify_request *request,
                const struct fetcher *fetcher, struct jv **out, struct err *e)
{
    struct answerer a = {fetcher, FETCH_BUDGET, ERR_INIT};
    struct hashing h = {.fd = fd, .err = ERR_INIT};
    struct jv *verdict = NULL;
    pthread_t thread;
    bool beside = !request->no_digest && pthread_create(&thread, NULL, hash, &h) == 0;

    if (!beside && !request->no_digest)
        hash(&h);
    int rc = !beside && h.rc != 0 ? -1 : verdict_ask(runner, fd, request, &a, &verdict, e);
    if (beside)
        pthread_join(thread, NULL);
    if (h.rc != 0) {
        if (e != NULL)
            *e = h.err;
        jv_free(verdict);
        return -1;
    }
    if (rc == 0) {
        jv_put_text(verdict, "sha256", h.sha256);
        *out = verdict;
    }
    return rc;
}

int verify_gather(const struct runner *runner, int fd, const struct verify_request *request,
                  bool strict, const struct fetcher *fetcher, struct jv **out, struct err *e)
{
    struct answerer a = {fetcher, FETCH_BUDGET, ERR_INIT};
    struct buf reply = BUF_INIT(2 * (size_t)ceilings.json_bytes);
    int rc = worker_ask(runner, "verify-gather", fd, request, &a, strict, &reply, e);

    if (rc == 0) {
        *out = jv_parse(buf_str(&reply), reply.len, "verify-gather", e);
        rc = *out != NULL ? 0 : -1;
    }
    if (rc == 0 && err_is_set(&a.refused))
        jv_put_text(*out, "refused", a.refused.sentence);
    buf_free(&reply);
    return rc;
}

int verify_status(const struct jv *verdict)
{
    const char *v = jv_get_text(verdict, "verdict");

    if (v != NULL && strcmp(v, "valid") == 0)
        return 0;
    return v != NULL && strcmp(v, "unreadable") == 0 ? ERR_INPUT : ERR_SIGNATURE;
}

int verdict_integrity(const struct jv *verdict, const char *name, struct err *e)
{
    const struct jv *list = jv_get(verdict, "signatures");
    const char *why = jv_get_text(verdict, "reason");
    bool good = jv_count(list) > 0;

    for (size_t i = 0; i < jv_count(list); i++) {
        const struct jv *s = jv_at(list, i);
        if (!jv_get_bool(s, "intact") || jv_get_bool(s, "modified"))
            good = false;
    }
    return good ? 0
                : err_set(e, ERR_SIGNATURE, "err.verify.not-intact", name, why != NULL ? why : "",
                          NULL);
}

int verify_integrity(const struct runner *runner, int fd, const char *name,
                     const unsigned char *password, size_t password_len, struct err *e)
{
    struct verify_request request = {
        .name = name, .password = password, .password_len = password_len, .no_digest = true};
    struct jv *verdict = NULL;
    int rc;

    if (verify_file(runner, fd, &request, NULL, &verdict, e) != 0)
        return -1;
    rc = verdict_integrity(verdict, name, e);
    jv_free(verdict);
    return rc;
}

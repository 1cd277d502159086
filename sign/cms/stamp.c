#include "sign/cms/stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/ceilings.h"
#include "base/date.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/text.h"
#include "sign/cms/stamp_read.h"
#include "x509/alg.h"
#include "x509/cert.h"
#include "x509/der.h"
#include "x509/warm.h"

void stamp_init(struct stamp *s)
{
    memset(s, 0, sizeof *s);
    buf_init(&s->token, (size_t)ceilings.tst_bytes);
}

void stamp_free(struct stamp *s)
{
    buf_free(&s->token);
    free(s->tsa_name);
    free(s->tsa_subject);
    stamp_init(s);
}

static enum digest_kind imprint_digest(const struct stamp_server *server)
{
    return server->digest != DIGEST_NONE ? server->digest : DIGEST_SHA256;
}

int stamp_request(const struct stamp_server *server, const unsigned char *digest,
                  unsigned char nonce[STAMP_NONCE], struct buf *out, struct err *e)
{
    static const unsigned char one = 1, yes = 0xff;
    enum digest_kind kind = imprint_digest(server);
    size_t part;

    if (getrandom(nonce, STAMP_NONCE, 0) != STAMP_NONCE)
        return err_set_bug(e, "stamp_request: getrandom");
    nonce[0] = (unsigned char)((nonce[0] & 0x7f) | 0x40); /* positive, and of full length */
    buf_clear(out);
    der_put(out, DER_INTEGER, &one, 1);
    part = out->len;
    der_put_nid(out, alg_digest_nid(kind));
    der_put(out, 0x05, NULL, 0); /* NULL parameters: some servers compare the bytes */
    der_wrap(out, part, DER_SEQUENCE);
    der_put(out, DER_OCTETS, digest, digest_size(kind));
    der_wrap(out, part, DER_SEQUENCE);
    if (server->policy != NULL && der_put_oid(out, server->policy) != 0)
        return err_set(e, ERR_USAGE, "err.sign-cms.tsa-policy-text", server->policy, NULL);
    der_put(out, DER_INTEGER, nonce, STAMP_NONCE);
    der_put(out, 0x01, &yes, 1); /* certReq TRUE */
    der_wrap(out, 0, DER_SEQUENCE);
    return buf_check(out, e);
}

static const struct {
    const char *code, *id;
} refusals[] = {
    {"answer", "err.sign-cms.tsa-answer"},
    {"refused", "err.sign-cms.tsa-refused"},
    {"certificate-missing", "err.sign-cms.tsa-certificate-missing"},
    {"certificate-other", "err.sign-cms.tsa-certificate-other"},
    {"signature", "err.sign-cms.tsa-signature"},
    {"imprint", "err.sign-cms.tsa-imprint"},
    {"nonce", "err.sign-cms.tsa-nonce"},
    {"policy", "err.sign-cms.tsa-policy"},
    {"purpose", "err.sign-cms.tsa-purpose"},
    {"tsa-validity", "err.sign-cms.tsa-validity"},
};

static int refusal(const struct jv *reply, const char *url, struct err *e)
{
    const char *code = jv_get_text(reply, "code"), *detail = jv_get_text(reply, "detail");
    char foreign[64] = "";

    if (jv_get(reply, "status") != NULL)
        snprintf(foreign, sizeof foreign, "PKIStatus %d", (int)jv_get_int(reply, "status", -1));
    for (size_t i = 0; code != NULL && i < sizeof refusals / sizeof refusals[0]; i++) {
        if (strcmp(code, refusals[i].code) == 0)
            return err_set_foreign(e, ERR_NETWORK, foreign, refusals[i].id, url,
                                   detail != NULL ? detail : "-", NULL);
    }
    return err_set(e, ERR_NETWORK, "err.sign-cms.tsa-answer", url, NULL);
}

static int read_reply(const struct jv *reply, const struct buf *answer, struct stamp *out,
                      struct err *e)
{
    int64_t at = jv_get_int(reply, "token_at", -1), len = jv_get_int(reply, "token_len", -1);
    const char *name = jv_get_text(reply, "tsa_name"), *subject = jv_get_text(reply, "tsa_subject");
    const char *policy = jv_get_text(reply, "policy"), *serial = jv_get_text(reply, "serial");

    /* The worker's word about places is checked: it has read hostile bytes. */
    if (at < 0 || len <= 0 || at > (int64_t)answer->len || len > (int64_t)answer->len - at ||
        name == NULL || subject == NULL || policy == NULL || serial == NULL)
        return err_set_bug(e, "sign-stamp: reply");
    buf_append(&out->token, answer->data + at, (size_t)len);
    out->gen_time = jv_get_int(reply, "gen_time", 0);
    out->accuracy_ms = jv_get_int(reply, "accuracy_ms", 0);
    out->tsa_not_after = jv_get_int(reply, "tsa_not_after", 0);
    text_copy_whole(out->policy, sizeof out->policy, policy);
    text_copy_whole(out->serial, sizeof out->serial, serial);
    out->tsa_name = strdup(name);
    out->tsa_subject = strdup(subject);
    if (out->tsa_name == NULL || out->tsa_subject == NULL)
        return err_set_memory(e);
    return buf_check(&out->token, e);
}

/* The answer goes to the worker in the parameters: a line of JSON, then the bytes. */
static int check_answer(const struct runner *runner, const struct stamp_server *server,
                        const unsigned char *digest, const unsigned char *nonce,
                        const struct buf *answer, struct stamp *out, struct err *e)
{
    char imprint[DIGEST_HEX_MAX], nonce_hex[2 * STAMP_NONCE + 1];
    struct buf params = BUF_INIT((size_t)ceilings.tst_bytes + 4096), text_reply = BUF_INIT(65536);
    struct jv *o = jv_object(), *reply = NULL;
    int rc = -1;

    hex_lower(digest, digest_size(imprint_digest(server)), imprint);
    hex_lower(nonce, STAMP_NONCE, nonce_hex);
    jv_put_text(o, "digest", digest_name(imprint_digest(server)));
    jv_put_text(o, "imprint", imprint);
    jv_put_text(o, "nonce", nonce_hex);
    jv_put_text(o, "policy", server->policy);
    if (jv_print(o, false, &params, e) != 0)
        goto out;
    buf_char(&params, '\n');
    buf_append(&params, answer->data, answer->len);
    struct task_call call = {.name = sign_stamp_task.name,
                             .params = params.data,
                             .params_len = params.len,
                             .reply = &text_reply};
    if (buf_check(&params, e) != 0 || runner->call(runner->self, &call, e) != 0)
        goto out;
    reply = jv_parse(buf_str(&text_reply), text_reply.len, sign_stamp_task.name, e);
    if (reply == NULL)
        goto out;
    rc = jv_get_bool(reply, "ok") ? read_reply(reply, answer, out, e)
                                  : refusal(reply, server->url, e);
out:
    jv_free(o);
    jv_free(reply);
    buf_free(&params);
    buf_free(&text_reply);
    return rc;
}

static int fetch_answer(const struct fetcher *fetcher, const struct stamp_server *server,
                        const struct buf *request, struct buf *answer, struct err *e)
{
    struct fetch_request ask = {.kind = FETCH_TSA,
                                .url = server->url,
                                .body = request->data,
                                .body_len = request->len,
                                .content_type = "application/timestamp-query",
                                .timeout_ms = server->timeout_ms,
                                .max_bytes = (size_t)ceilings.tst_bytes,
                                .auth_profile = server->auth_profile};
    struct fetch_reply reply = {.body = answer};
    char status[32];

    if (fetcher->fetch(fetcher->self, &ask, &reply, e) != 0)
        return -1;
    if (reply.status != 200) {
        snprintf(status, sizeof status, "HTTP %d", reply.status);
        return err_set_foreign(e, ERR_NETWORK, status, "err.sign-cms.tsa-http", server->url, NULL);
    }
    return buf_check(answer, e);
}

int stamp_get_digest(const struct runner *runner, const struct fetcher *fetcher,
                     const struct stamp_server *server, const unsigned char *digest,
                     struct stamp *out, struct err *e)
{
    unsigned char nonce[STAMP_NONCE];
    struct buf request = BUF_INIT(4096), answer = BUF_INIT((size_t)ceilings.tst_bytes);
    struct stamp got;
    int rc = -1;

    stamp_init(&got);
    if (stamp_request(server, digest, nonce, &request, e) == 0 &&
        fetch_answer(fetcher, server, &request, &answer, e) == 0 &&
        check_answer(runner, server, digest, nonce, &answer, &got, e) == 0) {
        *out = got;
        stamp_init(&got);
        rc = 0;
    }
    stamp_free(&got);
    buf_free(&request);
    buf_free(&answer);
    return rc;
}

int stamp_get(const struct runner *runner, const struct fetcher *fetcher,
              const struct stamp_server *server, const void *data, size_t len, struct stamp *out,
              struct err *e)
{
    unsigned char digest[DIGEST_MAX];

    if (digest_bytes(imprint_digest(server), data, len, digest, e) != 0)
        return -1;
    return stamp_get_digest(runner, fetcher, server, digest, out, e);
}

int stamp_fits(const struct stamp *s, const struct cert *signer, struct err *e)
{
    char when[DATE_TEXT_MAX];

    if (s->gen_time >= signer->not_before && s->gen_time <= signer->not_after)
        return 0;
    date_instant_iso(s->gen_time, when);
    return err_set(e, ERR_NETWORK, "err.sign-cms.stamp-outside", when, signer->name, NULL);
}

static int run(const struct task_io *io, struct err *e)
{
    const unsigned char *end = memchr(io->params, '\n', io->params_len);
    struct stamp_wanted wanted = {.digest = DIGEST_NONE};
    struct jv *ask = NULL, *out = NULL;
    int rc = -1;

    if (end == NULL)
        return err_set_bug(e, "sign-stamp: parameters");
    size_t n = (size_t)(end - io->params);
    ask = jv_parse((const char *)io->params, n, sign_stamp_task.name, e);
    out = jv_object();
    if (ask == NULL)
        goto out;
    const char *imprint = jv_get_text(ask, "imprint"), *nonce = jv_get_text(ask, "nonce"),
               *digest = jv_get_text(ask, "digest");
    wanted.policy = jv_get_text(ask, "policy");
    wanted.digest = digest != NULL ? digest_from_name(digest) : DIGEST_NONE;
    if (imprint == NULL || nonce == NULL || wanted.digest == DIGEST_NONE ||
        strlen(imprint) != 2 * digest_size(wanted.digest) ||
        hex_decode(imprint, strlen(imprint), wanted.imprint) != 0 ||
        strlen(nonce) > 2 * sizeof wanted.nonce ||
        hex_decode(nonce, strlen(nonce), wanted.nonce) != 0) {
        err_set_bug(e, "sign-stamp: parameters");
        goto out;
    }
    wanted.nonce_len = strlen(nonce) / 2;
    stamp_read(end + 1, io->params_len - n - 1, &wanted, out);
    rc = jv_print(out, false, io->reply, e);
out:
    jv_free(ask);
    jv_free(out);
    return rc;
}

const struct task sign_stamp_task = {"sign-stamp", run, x509_warm, {10, 64 << 20, 0}, NULL};

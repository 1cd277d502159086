/* paraphe-net: the process that talks to the network. Started by net/net_open.c with its socket as
 * descriptor 3; reads one request at a time, answers it, ends when the other side closes. It prints
 * nothing. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/frame.h"
#include "base/jv.h"
#include "net/http.h"

struct incoming {
    struct buf head, body;
    struct jv *json;
    int fds[FRAME_FDS_MAX];
    size_t nfds;
};

static void incoming_clear(struct incoming *in)
{
    for (size_t i = 0; i < in->nfds; i++)
        close(in->fds[i]);
    in->nfds = 0;
    jv_free(in->json);
    in->json = NULL;
    buf_free(&in->head);
    buf_free(&in->body);
}

static int receive(struct incoming *in)
{
    uint32_t kind = 0;
    size_t none = 0;

    in->nfds = FRAME_FDS_MAX;
    if (frame_receive(NET_HELPER_FD, &kind, &in->head, in->fds, &in->nfds, FRAME_FOREVER) !=
        FRAME_OK) {
        in->nfds = 0;
        return -1;
    }
    in->json = jv_parse(buf_str(&in->head), in->head.len, "request", NULL);
    if (kind != NET_FRAME_HEAD || in->json == NULL)
        return -1;
    if (frame_receive(NET_HELPER_FD, &kind, &in->body, NULL, &none, FRAME_FOREVER) != FRAME_OK)
        return -1;
    return kind == NET_FRAME_BODY ? 0 : -1;
}

static void request_from(const struct incoming *in, struct http_request *r)
{
    const struct jv *j = in->json, *headers = jv_get(j, "headers");

    *r = (struct http_request){
        .kind = (enum fetch_kind)jv_get_int(j, "kind", FETCH_AIA),
        .url = jv_get_text(j, "url"),
        .method = jv_get_text(j, "method"),
        .content_type = jv_get_text(j, "content_type"),
        .accept = jv_get_text(j, "accept"),
        .user_agent = jv_get_text(j, "user_agent"),
        .proxy = jv_get_text(j, "proxy"),
        .ca = jv_get_text(j, "ca"),
        .client_cert = jv_get_text(j, "client_cert"),
        .client_key = jv_get_text(j, "client_key"),
        .secret = jv_get_text(j, "secret"),
        .body = in->body.data,
        .body_len = jv_get_int(j, "body_len", 0),
        .file_fd = in->nfds > 0 ? in->fds[0] : -1,
        .has_body = jv_get_bool(j, "has_body"),
        .hash_only = jv_get_bool(j, "hash_only"),
        .private_addresses = jv_get_bool(j, "private_addresses"),
        .timeout_ms = (int)jv_get_int(j, "timeout_ms", 10000),
        .max_bytes = jv_get_int(j, "max_bytes", 0),
    };
    if (in->nfds == 0 && (r->body_len < 0 || (uint64_t)r->body_len > in->body.len))
        r->body_len = (int64_t)in->body.len; /* no more is there */
    if (r->kind > FETCH_UPLOAD)
        r->kind = FETCH_AIA;
    for (size_t i = 0; i < jv_count(headers) && i < FETCH_HEADERS_MAX; i++) {
        const struct jv *pair = jv_at(headers, i);
        r->headers[r->headers_count++] =
            (struct fetch_header){jv_str(jv_at(pair, 0)), jv_str(jv_at(pair, 1))};
    }
}

static struct jv *outcome_json(const struct http_outcome *out)
{
    const struct fetch_reply *reply = &out->reply;
    struct jv *j = jv_object();

    jv_put_text(j, "cause", net_cause_name(out->cause));
    jv_put_int(j, "curl_code", out->curl_code);
    jv_put_text(j, "curl_text", out->curl_text);
    jv_put_text(j, "host", out->host);
    jv_put_int(j, "status", reply->status);
    jv_put_bool(j, "sent", reply->sent);
    jv_put_int(j, "body_bytes", reply->body_bytes);
    jv_put_text(j, "body_sha256", reply->body_sha256);
    jv_put_text(j, "content_type", reply->content_type);
    jv_put_text(j, "date", reply->date);
    jv_put_text(j, "etag", reply->etag);
    jv_put_text(j, "server", reply->server);
    jv_put_text(j, "location", reply->location);
    jv_put_int(j, "retry_after", reply->retry_after);
    jv_put_text(j, "peer_subject", reply->peer_subject);
    jv_put_text(j, "peer_sha256", reply->peer_sha256);
    jv_put_text(j, "peer_ip", reply->peer_ip);
    return j;
}

static int answer(const struct http_outcome *out)
{
    struct buf text = BUF_INIT(NET_HEAD_BYTES);
    struct jv *j = outcome_json(out);
    bool whole = out->cause == NET_CAUSE_NONE;
    int rc = -1;

    if (jv_print(j, false, &text, NULL) == 0 &&
        frame_send(NET_HELPER_FD, NET_FRAME_HEAD, text.data, text.len, NULL, 0, FRAME_FOREVER) ==
            FRAME_OK &&
        frame_send(NET_HELPER_FD, NET_FRAME_BODY, out->body.data, whole ? out->body.len : 0, NULL,
                   0, FRAME_FOREVER) == FRAME_OK)
        rc = 0;
    jv_free(j);
    buf_free(&text);
    return rc;
}

static int serve_one(void)
{
    struct incoming in = {.head = BUF_INIT(NET_HEAD_BYTES), .nfds = 0};
    struct http_request request;
    struct http_outcome out = {.cause = NET_CAUSE_OTHER};
    int rc = -1;

    buf_init(&in.body, (size_t)ceilings.frame_bytes);
    if (receive(&in) == 0) {
        request_from(&in, &request);
        if (request.url != NULL && request.method != NULL && request.user_agent != NULL)
            http_run(&request, &out);
        rc = answer(&out);
    }
    buf_free(&out.body);
    incoming_clear(&in);
    return rc;
}

int main(void)
{
    struct rlimit none = {0, 0};

    /* It may hold a client key: no core file, nobody else's debugger; Ctrl-C is the caller's
     * affair, its end is ours. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    setrlimit(RLIMIT_CORE, &none);
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    if (http_start() != 0)
        return 1;
    while (serve_one() == 0) {
    }
    return 0;
}

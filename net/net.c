#include "net/net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/frame.h"
#include "base/jv.h"
#include "net/answer.h"
#include "net/call.h"
#include "net/helper_process.h"

/* Beyond the budget of the request itself, for a helper that hangs. */
enum { GRACE_MS = 5000 };

struct net {
    struct net_options options;
    pid_t pid;
    int fd;
};

int net_open(const struct net_options *options, struct net **out, struct err *e)
{
    struct net *net = calloc(1, sizeof *net);

    if (net == NULL)
        return err_set_memory(e);
    net->options = *options;
    net->pid = -1;
    net->fd = -1;
    *out = net;
    return 0;
}

void net_close(struct net *net)
{
    if (net == NULL)
        return;
    helper_stop(&net->pid, &net->fd);
    free(net);
}

/* ---- request ---- */
static bool one_line(const char *s)
{
    for (; s != NULL && *s != '\0'; s++) {
        if ((unsigned char)*s < 0x20 || *s == 0x7f)
            return false;
    }
    return true;
}

static int check(const struct fetch_request *r, char *host, size_t size, struct err *e)
{
    if (net_url_host(r->url, host, size) != 0)
        return err_set(e, ERR_NETWORK, "err.net.url", NULL);
    if (!one_line(r->content_type) || !one_line(r->accept) || !one_line(r->method) ||
        r->headers_count > FETCH_HEADERS_MAX)
        return err_set_bug(e, "fetch: headers");
    for (size_t i = 0; i < r->headers_count; i++) {
        if (!one_line(r->headers[i].name) || !one_line(r->headers[i].value))
            return err_set_bug(e, "fetch: header with a line end");
    }
    return 0;
}

static const struct net_auth *auth_find(const struct net *net, const char *name)
{
    for (size_t i = 0; name != NULL && i < net->options.auth_count; i++) {
        if (strcmp(net->options.auth[i].name, name) == 0)
            return &net->options.auth[i];
    }
    return NULL;
}

static void put_if(struct jv *j, const char *key, const char *value)
{
    if (value != NULL)
        jv_put_text(j, key, value);
}

static int64_t body_length(const struct fetch_request *r)
{
    return r->file != NULL ? r->file->length : (int64_t)r->body_len;
}

static int64_t answer_ceiling(const struct fetch_request *r, const struct fetch_reply *reply)
{
    int64_t max = net_kind_of(r->kind)->max_bytes;

    if (r->max_bytes > 0 && (int64_t)r->max_bytes < max)
        max = (int64_t)r->max_bytes;
    if (reply->body != NULL && reply->body->max - reply->body->len < (size_t)max)
        max = (int64_t)(reply->body->max - reply->body->len);
    return max;
}

static struct jv *request_json(const struct net *net, const struct fetch_request *r, int timeout_ms,
                               int64_t max)
{
    const struct net_auth *auth = auth_find(net, r->auth_profile);
    bool has_body = r->file != NULL || r->body != NULL;
    struct jv *j = jv_object(), *headers = jv_array();

    jv_put_int(j, "kind", r->kind);
    jv_put_text(j, "url", r->url);
    jv_put_text(j, "method", r->method != NULL ? r->method : has_body ? "POST" : "GET");
    put_if(j, "content_type", r->content_type);
    put_if(j, "accept", r->accept);
    jv_put_text(j, "user_agent",
                net->options.user_agent != NULL ? net->options.user_agent : "paraphe");
    put_if(j, "proxy", net->options.proxy);
    if (auth != NULL) {
        put_if(j, "ca", auth->ca);
        put_if(j, "client_cert", auth->client_cert);
        put_if(j, "client_key", auth->client_key);
        put_if(j, "secret", auth->secret);
    }
    jv_put_bool(j, "has_body", has_body);
    jv_put_int(j, "body_len", body_length(r));
    jv_put_bool(j, "hash_only", r->hash_only);
    jv_put_bool(j, "private_addresses", net->options.private_addresses);
    jv_put_int(j, "timeout_ms", timeout_ms);
    jv_put_int(j, "max_bytes", max);
    for (size_t i = 0; i < r->headers_count; i++) {
        struct jv *pair = jv_array();
        jv_add_text(pair, r->headers[i].name);
        jv_add_text(pair, r->headers[i].value);
        jv_add_take(headers, pair);
    }
    jv_put_take(j, "headers", headers);
    return j;
}

static enum frame_result send_request(const struct net *net, const struct jv *j,
                                      const struct fetch_request *r, int64_t deadline,
                                      struct err *e)
{
    struct buf text = BUF_INIT(NET_HEAD_BYTES);
    int file = r->file != NULL ? r->file->fd : -1;
    enum frame_result result = FRAME_MEMORY;

    if (jv_print(j, false, &text, e) == 0)
        result =
            frame_send(net->fd, NET_FRAME_HEAD, text.data, text.len, &file, file >= 0, deadline);
    if (result == FRAME_OK)
        result = frame_send(net->fd, NET_FRAME_BODY, file < 0 ? r->body : NULL,
                            file < 0 ? r->body_len : 0, NULL, 0, deadline);
    buf_free(&text);
    return result;
}

static int net_fetch(void *self, const struct fetch_request *r, struct fetch_reply *reply,
                     struct err *e)
{
    struct net *net = self;
    int timeout_ms = r->timeout_ms > 0 ? r->timeout_ms
                     : net->options.timeout_ms > 0 && r->kind != FETCH_UPLOAD
                         ? net->options.timeout_ms
                         : net_kind_of(r->kind)->timeout_ms;
    int64_t max = answer_ceiling(r, reply), deadline = frame_deadline(timeout_ms + GRACE_MS);
    struct buf *kept = reply->body, body = BUF_INIT((size_t)max);
    struct jv *json = NULL, *asked = NULL;
    char host[304] = "";
    int rc = -1;

    *reply = (struct fetch_reply){.body = kept};
    if (check(r, host, sizeof host, e) != 0)
        return -1;
    if (r->auth_profile != NULL && auth_find(net, r->auth_profile) == NULL)
        return err_set_bug(e, "fetch: unknown auth_profile");
    if (net->fd < 0 && helper_start(&net->options, &net->pid, &net->fd, e) != 0)
        return -1;
    asked = request_json(net, r, timeout_ms, max);
    enum frame_result result = send_request(net, asked, r, deadline, e);
    if (result == FRAME_OK) {
        reply->sent = true; /* until the helper says better */
        result = answer_receive(net->fd, &json, &body, deadline);
    }
    if (result == FRAME_OK) {
        rc = answer_take(json, &body, reply, timeout_ms, max, e);
    } else {
        /* Out of step or dead: the next request starts another one. */
        helper_stop(&net->pid, &net->fd);
        if (result == FRAME_LATE)
            err_set(e, ERR_NETWORK, "err.net.helper-late", host, NULL);
        else
            err_set(e, ERR_NETWORK, "err.net.helper-gone", host, NULL);
    }
    jv_free(asked);
    jv_free(json);
    buf_free(&body);
    return rc;
}

void net_begin(struct net *net)
{
    if (net->fd < 0)
        (void)helper_start(&net->options, &net->pid, &net->fd, NULL);
}

struct fetcher net_fetcher(struct net *net)
{
    return (struct fetcher){net, net_fetch};
}

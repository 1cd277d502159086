/* What paraphe-net says, read with the distrust that a process with the network deserves. */
#include "net/answer.h"

#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "net/call.h"

static void copy_text(char *out, size_t size, const struct jv *j, const char *key)
{
    const char *s = jv_get_text(j, key);

    snprintf(out, size, "%s", s != NULL ? s : "");
}

static void reply_from(const struct jv *j, struct fetch_reply *reply)
{
    reply->status = (int)jv_get_int(j, "status", 0);
    reply->sent = jv_get_bool(j, "sent");
    reply->body_bytes = jv_get_int(j, "body_bytes", 0);
    reply->retry_after = jv_get_int(j, "retry_after", 0);
    copy_text(reply->body_sha256, sizeof reply->body_sha256, j, "body_sha256");
    copy_text(reply->content_type, sizeof reply->content_type, j, "content_type");
    copy_text(reply->date, sizeof reply->date, j, "date");
    copy_text(reply->etag, sizeof reply->etag, j, "etag");
    copy_text(reply->server, sizeof reply->server, j, "server");
    copy_text(reply->location, sizeof reply->location, j, "location");
    copy_text(reply->peer_subject, sizeof reply->peer_subject, j, "peer_subject");
    copy_text(reply->peer_sha256, sizeof reply->peer_sha256, j, "peer_sha256");
    copy_text(reply->peer_ip, sizeof reply->peer_ip, j, "peer_ip");
}

static bool cause_known(const char *cause)
{
    for (int i = NET_CAUSE_NONE + 1; i <= NET_CAUSE_OTHER; i++) {
        if (strcmp(cause, net_cause_name((enum net_cause)i)) == 0)
            return true;
    }
    return false;
}

/* The helper's word for the cause becomes a sentence that names the host and what to do. */
static int say_cause(const struct jv *j, int timeout_ms, int64_t max, struct err *e)
{
    const char *cause = jv_get_text(j, "cause"), *host = jv_get_text(j, "host");
    const char *said = jv_get_text(j, "curl_text");
    int64_t code = jv_get_int(j, "curl_code", 0);
    char id[64], foreign[96] = "", seconds[24], bytes[24];
    enum err_kind kind = ERR_NETWORK;

    if (cause == NULL || host == NULL || !cause_known(cause))
        return err_set_bug(e, "paraphe-net: answer");
    snprintf(id, sizeof id, "err.net.%.40s", cause);
    snprintf(seconds, sizeof seconds, "%d", (timeout_ms + 999) / 1000);
    snprintf(bytes, sizeof bytes, "%lld", (long long)max);
    if (code != 0)
        snprintf(foreign, sizeof foreign, "CURLcode %d: %.70s", (int)code,
                 said != NULL ? said : "");
    if (strcmp(cause, "tls-client") == 0 || strcmp(cause, "tls-ca") == 0)
        kind = ERR_USAGE;
    return err_set_foreign(e, kind, foreign, id, host, seconds, bytes, NULL);
}

enum frame_result answer_receive(int fd, struct jv **json, struct buf *body, int64_t deadline)
{
    struct buf head = BUF_INIT(NET_HEAD_BYTES);
    uint32_t kind = 0;
    enum frame_result result = frame_receive(fd, &kind, &head, NULL, NULL, deadline);

    if (result == FRAME_OK && kind != NET_FRAME_HEAD)
        result = FRAME_GARBAGE;
    if (result == FRAME_OK)
        result = frame_receive(fd, &kind, body, NULL, NULL, deadline);
    if (result == FRAME_OK) {
        *json = jv_parse(buf_str(&head), head.len, "paraphe-net", NULL);
        if (*json == NULL || kind != NET_FRAME_BODY)
            result = FRAME_GARBAGE;
    }
    buf_free(&head);
    return result;
}

int answer_take(const struct jv *json, const struct buf *body, struct fetch_reply *reply,
                int timeout_ms, int64_t max, struct err *e)
{
    const char *cause = jv_get_text(json, "cause");

    reply_from(json, reply);
    if (cause == NULL || strcmp(cause, net_cause_name(NET_CAUSE_NONE)) != 0)
        return say_cause(json, timeout_ms, max, e);
    if (reply->body != NULL) {
        buf_append(reply->body, body->data, body->len);
        return buf_check(reply->body, e);
    }
    return 0;
}

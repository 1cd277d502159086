/* One HTTP exchange by libcurl, redirects included. net/helper/http.c, which alone includes curl.h,
 * holds the two functions. */
#ifndef PARAPHE_NET_HTTP_H
#define PARAPHE_NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/ports.h"
#include "net/call.h"

struct http_request {
    enum fetch_kind kind;
    const char *url, *method, *content_type, *accept, *user_agent;
    const char *proxy; /* NULL: the environment's; "none" */
    const char *ca, *client_cert, *client_key, *secret;
    struct fetch_header headers[FETCH_HEADERS_MAX];
    size_t headers_count;
    const unsigned char *body; /* or, when file_fd >= 0, from there */
    int64_t body_len;
    int file_fd;
    bool has_body, hash_only;
    bool private_addresses;
    int timeout_ms;
    int64_t max_bytes;
};
struct http_outcome {
    enum net_cause cause; /* NET_CAUSE_NONE: a whole answer came */
    int curl_code;
    char curl_text[96];
    char host[304];           /* of the last address tried */
    struct fetch_reply reply; /* reply.body points to `body` below */
    struct buf body;
};

int http_start(void); /* once; -1 when libcurl does not start */
void http_run(const struct http_request *request, struct http_outcome *out);

#endif

/* The state of one exchange, and the parts of it that need no libcurl. */
#ifndef PARAPHE_NET_EXCHANGE_H
#define PARAPHE_NET_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "net/http.h"

struct exchange {
    const struct http_request *request;
    struct http_outcome *out;
    char *url;          /* of this hop, ours */
    const char *method; /* of this hop */
    bool guarded;       /* private addresses are refused */
    bool proxied; /* a proxy may stand between: addresses connected to are not the service's */
    struct digest *digest;
    int64_t bytes, read_at;
    size_t header_bytes;
    enum net_cause cause; /* set by a callback that stopped the transfer */
    char error[256];      /* CURL_ERROR_SIZE */
};

int exchange_start(struct exchange *x);
void exchange_reset(struct exchange *x); /* before each hop */
/* One header line as received. */
void exchange_header(struct exchange *x, const char *data, size_t n);
/* One "Name:value" line about the server's certificate, as libcurl lists them. */
void exchange_certificate(struct fetch_reply *reply, const char *line);
/* Goes to `next`; -1 when the rules of net.h forbid it. */
int exchange_redirect(struct exchange *x, const char *next, bool from_public);
void exchange_end(
    struct exchange *x); /* the digest, when one was asked for, is in the reply after it */

#endif

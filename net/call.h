/* What the two sides of the room share: words of the frames, ceilings of the kinds, addresses. */
#ifndef PARAPHE_NET_CALL_H
#define PARAPHE_NET_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ports.h"

struct sockaddr;

/* Kinds of frames. A request is HEAD (JSON) then BODY (bytes); the answer is HEAD then BODY too. */
enum { NET_FRAME_HEAD = 1, NET_FRAME_BODY = 2 };
/* The helper finds its socket here. */
enum { NET_HELPER_FD = 3 };
enum { NET_HEAD_BYTES = 64 << 10, NET_REDIRECTS_MAX = 5 };

/* Why no whole answer came; the texts are "err.net.NAME". */
#define NET_CAUSE_TABLE(X)                                                                         \
    X(NONE, "none")                                                                                \
    X(RESOLVE, "resolve")                                                                          \
    X(CONNECT, "connect")                                                                          \
    X(TIMEOUT, "timeout")                                                                          \
    X(TLS, "tls")                                                                                  \
    X(TLS_SERVER, "tls-server")                                                                    \
    X(TLS_CLIENT, "tls-client")                                                                    \
    X(TLS_CA, "tls-ca")                                                                            \
    X(CUT, "cut")                                                                                  \
    X(TOO_LARGE, "too-large")                                                                      \
    X(REDIRECTS, "redirects")                                                                      \
    X(REDIRECT, "redirect")                                                                        \
    X(ADDRESS, "address")                                                                          \
    X(PROXY, "proxy")                                                                              \
    X(READ, "read")                                                                                \
    X(OTHER, "other")
enum net_cause {
#define NET_CAUSE_ENUM(name, text) NET_CAUSE_##name,
    NET_CAUSE_TABLE(NET_CAUSE_ENUM)
#undef NET_CAUSE_ENUM
};
const char *net_cause_name(enum net_cause cause);

struct net_kind {
    int timeout_ms;
    int64_t max_bytes;
    bool from_certificate; /* the address was written by somebody unknown */
    bool follows;          /* redirects */
};
const struct net_kind *net_kind_of(enum fetch_kind kind);

/* Loopback, private, link-local, shared, documentation, multicast, unspecified: everything that is
 * not the public Internet (RFC 6890; IPv4 addresses inside IPv6 ones are looked at as IPv4). */
bool net_address_private(const struct sockaddr *address);
/* The same for the host of a URL when it is written as a number or "localhost": what a proxy would
 * be asked to reach. */
bool net_host_private(const char *url);
/* The scheme of a URL that may be fetched: 1 for https, 0 for http, -1 for anything else. */
int net_url_secure(const char *url);

#endif

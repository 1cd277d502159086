/* All network of the program: a helper process, paraphe-net, is the only one that talks HTTP
 * (libcurl). It is given neither PIN nor signing key, only the path of a client key. This side
 * speaks to it in frames (base/frame.h) and offers a struct fetcher. Nothing starts before the
 * first request.
 *
 * Rules that hold for every request: http and https only; TLS 1.2 at least, server certificate and
 * name always checked; no cookies, no .netrc, no compression; at most 5 redirects, never from https
 * to http, never from a public address to a private one, never at all for uploads or with a client
 * certificate; a ceiling of bytes and a total time for each kind. Addresses that come out of
 * certificates (OCSP, CRL, AIA) may not lead to loopback, private or link-local networks unless the
 * user allows it. */
#ifndef PARAPHE_NET_NET_H
#define PARAPHE_NET_NET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "base/ports.h"

struct net;

/* Who we are for one service; named by fetch_request.auth_profile. The strings are borrowed until
 * net_close. */
struct net_auth {
    const char *name;
    const char
        *ca; /* PEM file of the authorities taken for this service in place of the system's; NULL */
    const char *client_cert; /* PEM file, leaf first; NULL */
    const char *client_key;  /* PEM file without passphrase; NULL */
    const char *secret; /* file whose first line is "user:password" or "Bearer TOKEN"; read by the
                           helper only, sent over https or to this machine only; NULL */
};
struct net_options {
    const char *proxy;   /* URL, "none", or NULL for the environment's (https_proxy, no_proxy...) */
    const char *helper;  /* path of paraphe-net; NULL: beside the running program, else in the
                            installed libexec folder */
    const char *libexec; /* that folder; NULL when unknown */
    const char *user_agent; /* NULL: "paraphe" */
    int timeout_ms;         /* total time of one request but uploads; 0: each kind's own */
    bool private_addresses; /* OCSP, CRL and AIA may lead to loopback and private networks */
    const struct net_auth *auth;
    size_t auth_count;
};

/* The strings of `options` are borrowed until net_close, which ends the helper. */
int net_open(const struct net_options *options, struct net **out, struct err *e);
void net_close(struct net *net); /* NULL is allowed */
struct fetcher net_fetcher(struct net *net);
/* Starts the helper now; otherwise the first request does. It ends with the thread that started it,
 * so that one that several threads are going to use is started by who outlives them. What fails is
 * told by the request. */
void net_begin(struct net *net);

/* The host (and port when one is written) of an http or https URL without user, path and query: fit
 * for messages. -1 when the URL is no such one, has a user or password in it, or holds a blank or
 * control character. out may be NULL. */
int net_url_host(const char *url, char *out, size_t size);

#endif

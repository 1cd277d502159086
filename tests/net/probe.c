/* One request through net/: net_probe KIND METHOD URL [name=value]... ; prints what came as
 * name=value lines; ends with the kind of the error. Names: body, file (paths), private, timeout,
 * max, hash, ca, cert, key, proxy, helper, header (NAME:VALUE), repeat. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "net/net.h"

static const char *option(int argc, char **argv, const char *name)
{
    size_t n = strlen(name);

    for (int i = 4; i < argc; i++) {
        if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
            return argv[i] + n + 1;
    }
    return NULL;
}

static long number(int argc, char **argv, const char *name)
{
    const char *s = option(argc, argv, name);

    return s != NULL ? strtol(s, NULL, 10) : 0;
}

static int print(const struct fetch_reply *r, int rc, const struct err *e)
{
    printf("status=%d\nsent=%d\nbytes=%lld\nsha256=%s\ntype=%s\ndate=%s\nlocation=%s\nretry=%lld\n"
           "peer=%s\npeer_sha256=%s\nip=%s\nhtml=%d\n",
           r->status, r->sent, (long long)r->body_bytes, r->body_sha256, r->content_type, r->date,
           r->location, (long long)r->retry_after, r->peer_subject, r->peer_sha256, r->peer_ip,
           rc == 0 && fetch_reply_is_html(r));
    if (rc == 0)
        return 0;
    printf("id=%s\nsentence=%s\nforeign=%s\n", e->id, e->sentence, e->foreign);
    return (int)e->kind;
}

/* KIND METHOD URL and the options that are plain values. */
static void request_read(int argc, char **argv, struct net_auth *auth, struct net_options *options,
                         struct fetch_request *request)
{
    static const char *const kinds[] = {"tsa", "ocsp", "crl", "aia", "list", "upload"};

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(argv[1], kinds[i]) == 0)
            request->kind = (enum fetch_kind)i;
    }
    auth->ca = option(argc, argv, "ca");
    auth->client_cert = option(argc, argv, "cert");
    auth->client_key = option(argc, argv, "key");
    options->proxy = option(argc, argv, "proxy");
    options->helper = option(argc, argv, "helper");
    options->private_addresses = option(argc, argv, "private") != NULL;
    request->method = argv[2];
    request->url = argv[3];
    request->timeout_ms = (int)number(argc, argv, "timeout");
    request->max_bytes = (size_t)number(argc, argv, "max");
    request->hash_only = option(argc, argv, "hash") != NULL;
    request->auth_profile = auth->ca != NULL ? "it" : NULL;
}

int main(int argc, char **argv)
{
    struct err e = ERR_INIT;
    struct net_auth auth = {.name = "it"};
    struct net_options options = {.auth = &auth, .auth_count = 1};
    struct fetch_request request = {0};
    struct fetch_reply reply = {0};
    struct fetch_header header = {NULL, NULL};
    struct fetch_file file = {-1, 0};
    struct buf body = BUF_INIT((size_t)ceilings.http_bytes),
               sent = BUF_INIT((size_t)ceilings.http_bytes);
    struct net *net = NULL;
    int status = 0;

    if (argc < 4)
        return 2;
    request_read(argc, argv, &auth, &options, &request);
    char *pair = option(argc, argv, "header") != NULL ? strdup(option(argc, argv, "header")) : NULL;
    if (pair != NULL) {
        header.name = pair;
        pair[strcspn(pair, ":")] = '\0';
        header.value = pair + strlen(pair) + 1;
        request.headers = &header;
        request.headers_count = 1;
    }
    if (option(argc, argv, "body") != NULL) {
        if (file_read(option(argc, argv, "body"), sent.max, &sent, &e) != 0)
            return 4;
        request.body = sent.data;
        request.body_len = sent.len;
    }
    if (option(argc, argv, "file") != NULL) {
        file.fd = file_open(option(argc, argv, "file"), &file.length, &e);
        request.file = &file;
    }
    if (net_open(&options, &net, &e) != 0)
        return 1;
    struct fetcher fetcher = net_fetcher(net);
    for (long i = 0; i <= number(argc, argv, "repeat"); i++) {
        buf_clear(&body);
        reply.body = &body;
        status = print(&reply, fetcher.fetch(fetcher.self, &request, &reply, &e), &e);
    }
    net_close(net);
    buf_free(&body);
    buf_free(&sent);
    free(pair);
    return status;
}

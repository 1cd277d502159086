#include "net/http.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "net/exchange.h"
#include "net/net.h"

enum { CONNECT_MS = 10000, STALL_SECONDS = 60, HEADERS_BYTES_MAX = 64 << 10 };

static CURL *handle; /* kept, so that its connections are */

int http_start(void)
{
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != 0)
        return -1;
    handle = curl_easy_init();
    return handle != NULL ? 0 : -1;
}

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- what libcurl calls ---- */
static size_t on_body(char *data, size_t one, size_t n, void *self)
{
    struct exchange *x = self;

    (void)one;
    x->bytes += (int64_t)n;
    if (x->digest != NULL)
        return digest_add(x->digest, data, n, NULL) == 0 ? n : 0;
    if (x->bytes > x->request->max_bytes) {
        x->cause = NET_CAUSE_TOO_LARGE;
        return 0;
    }
    buf_append(&x->out->body, data, n);
    return x->out->body.failed ? 0 : n;
}

static size_t on_header(char *data, size_t one, size_t n, void *self)
{
    struct exchange *x = self;

    (void)one;
    x->header_bytes += n;
    if (x->header_bytes > HEADERS_BYTES_MAX) {
        x->cause = NET_CAUSE_TOO_LARGE;
        return 0;
    }
    exchange_header(x, data, n);
    return n;
}

static size_t on_read(char *to, size_t one, size_t room, void *self)
{
    struct exchange *x = self;
    int64_t left = x->request->body_len - x->read_at;
    size_t n = (int64_t)(one * room) < left ? one * room : (size_t)left;

    if (n == 0)
        return 0;
    if (x->request->file_fd < 0) {
        memcpy(to, x->request->body + x->read_at, n);
    } else {
        ssize_t got;
        do {
            got = pread(x->request->file_fd, to, n, x->read_at);
        } while (got < 0 && errno == EINTR);
        if (got <= 0) { /* a file that got shorter */
            x->cause = NET_CAUSE_READ;
            return CURL_READFUNC_ABORT;
        }
        n = (size_t)got;
    }
    x->read_at += (int64_t)n;
    return n;
}

static int on_seek(void *self, curl_off_t offset, int origin)
{
    struct exchange *x = self;

    if (origin != SEEK_SET || offset < 0 || offset > x->request->body_len)
        return CURL_SEEKFUNC_FAIL;
    x->read_at = offset;
    return CURL_SEEKFUNC_OK;
}

/* The one place that sees the address really connected to, whatever the name resolved to. */
static curl_socket_t on_socket(void *self, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct exchange *x = self;

    (void)purpose;
    if (x->guarded && !x->proxied && net_address_private(&address->addr)) {
        x->cause = NET_CAUSE_ADDRESS;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

/* ---- one hop ---- */
static void set_tls(const struct http_request *r)
{
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle, CURLOPT_CERTINFO, 1L);
    if (r->ca != NULL) {
        curl_easy_setopt(handle, CURLOPT_CAINFO, r->ca);
        curl_easy_setopt(handle, CURLOPT_CAPATH, NULL);
    }
    if (r->client_cert != NULL) {
        curl_easy_setopt(handle, CURLOPT_SSLCERT, r->client_cert);
        curl_easy_setopt(handle, CURLOPT_SSLKEY,
                         r->client_key != NULL ? r->client_key : r->client_cert);
        curl_easy_setopt(handle, CURLOPT_KEYPASSWD, ""); /* else OpenSSL asks on the terminal */
    }
}

/* "user:password" or "Bearer TOKEN", the first line of a file that others cannot read. Sent to the
 * first address only, over https or to this machine: a redirect leads elsewhere. */
static void set_secret(struct exchange *x)
{
    const struct http_request *r = x->request;
    char line[1024];
    struct stat st;
    int fd = r->secret != NULL && strcmp(x->url, r->url) == 0 &&
                     (strncasecmp(x->url, "https://", 8) == 0 || net_host_private(x->url))
                 ? open(r->secret, O_RDONLY | O_CLOEXEC)
                 : -1;
    ssize_t n = fd >= 0 && fstat(fd, &st) == 0 && (st.st_mode & 077) == 0
                    ? read(fd, line, sizeof line - 1)
                    : -1;

    if (fd >= 0)
        close(fd);
    if (n <= 0)
        return; /* the service says that it wants to know who we are */
    line[n] = '\0';
    line[strcspn(line, "\r\n")] = '\0';
    if (strncmp(line, "Bearer ", 7) == 0) {
        curl_easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER);
        curl_easy_setopt(handle, CURLOPT_XOAUTH2_BEARER, line + 7);
    } else {
        curl_easy_setopt(handle, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(handle, CURLOPT_USERPWD, line);
    }
    explicit_bzero(line, sizeof line);
}

static void set_method(struct exchange *x)
{
    const struct http_request *r = x->request;

    if (r->has_body && strcmp(x->method, "POST") == 0) {
        curl_easy_setopt(handle, CURLOPT_POST, 1L);
        curl_easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body_len);
    } else if (r->has_body) {
        curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->body_len);
    } else if (strcmp(x->method, "HEAD") == 0) {
        curl_easy_setopt(handle, CURLOPT_NOBODY, 1L);
    }
    if (strcmp(x->method, "GET") != 0 && strcmp(x->method, "HEAD") != 0) {
        curl_easy_setopt(handle, CURLOPT_CUSTOMREQUEST, x->method);
        /* On a kept connection that died libcurl silently sends again; these must not go twice. */
        curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    }
}

static void set_callbacks(struct exchange *x)
{
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(handle, CURLOPT_WRITEDATA, x);
    curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(handle, CURLOPT_HEADERDATA, x);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(handle, CURLOPT_READDATA, x);
    curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, on_seek);
    curl_easy_setopt(handle, CURLOPT_SEEKDATA, x);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, on_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, x);
    curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, x->error);
}

static void set_hop(struct exchange *x, int64_t left_ms)
{
    const struct http_request *r = x->request;

    curl_easy_reset(handle);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(handle, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(handle, CURLOPT_URL, x->url);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)left_ms);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                     (long)(left_ms < CONNECT_MS ? left_ms : CONNECT_MS));
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS);
    curl_easy_setopt(handle, CURLOPT_USERAGENT, r->user_agent);
    if (r->proxy != NULL)
        curl_easy_setopt(handle, CURLOPT_PROXY, strcmp(r->proxy, "none") == 0 ? "" : r->proxy);
    if (x->guarded) /* a kept connection was not looked at by on_socket */
        curl_easy_setopt(handle, CURLOPT_FRESH_CONNECT, 1L);
    set_tls(r);
    set_secret(x);
    set_method(x);
    set_callbacks(x);
}

static struct curl_slist *header_list(const struct http_request *r)
{
    struct curl_slist *list = NULL;
    char line[2048];

    if (r->content_type != NULL) {
        snprintf(line, sizeof line, "Content-Type: %s", r->content_type);
        list = curl_slist_append(list, line);
    }
    if (r->accept != NULL) {
        snprintf(line, sizeof line, "Accept: %s", r->accept);
        list = curl_slist_append(list, line);
    }
    for (size_t i = 0; i < r->headers_count; i++) {
        snprintf(line, sizeof line, "%s: %s", r->headers[i].name, r->headers[i].value);
        list = curl_slist_append(list, line);
    }
    return list;
}

static enum net_cause cause_of(const struct exchange *x, CURLcode code)
{
    static const struct {
        CURLcode code;
        enum net_cause cause;
    } causes[] = {
        {CURLE_OK, NET_CAUSE_NONE},
        {CURLE_COULDNT_RESOLVE_HOST, NET_CAUSE_RESOLVE},
        {CURLE_COULDNT_CONNECT, NET_CAUSE_CONNECT},
        {CURLE_OPERATION_TIMEDOUT, NET_CAUSE_TIMEOUT},
        {CURLE_COULDNT_RESOLVE_PROXY, NET_CAUSE_PROXY},
        {CURLE_PROXY, NET_CAUSE_PROXY},
        {CURLE_SSL_CONNECT_ERROR, NET_CAUSE_TLS},
        {CURLE_SSL_CIPHER, NET_CAUSE_TLS},
        {CURLE_PEER_FAILED_VERIFICATION, NET_CAUSE_TLS_SERVER},
        {CURLE_SSL_ISSUER_ERROR, NET_CAUSE_TLS_SERVER},
        {CURLE_SSL_CERTPROBLEM, NET_CAUSE_TLS_CLIENT},
        {CURLE_SSL_CACERT_BADFILE, NET_CAUSE_TLS_CA},
        {CURLE_PARTIAL_FILE, NET_CAUSE_CUT},
        {CURLE_GOT_NOTHING, NET_CAUSE_CUT},
        {CURLE_RECV_ERROR, NET_CAUSE_CUT},
        {CURLE_SEND_ERROR, NET_CAUSE_CUT},
        {CURLE_FILESIZE_EXCEEDED, NET_CAUSE_TOO_LARGE},
    };
    long connect_code = 0;

    if (code != CURLE_OK && x->cause != NET_CAUSE_NONE)
        return x->cause;
    curl_easy_getinfo(handle, CURLINFO_HTTP_CONNECTCODE, &connect_code);
    if (code != CURLE_OK && connect_code >= 300)
        return NET_CAUSE_PROXY;
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
        if (causes[i].code == code)
            return causes[i].cause;
    }
    return NET_CAUSE_OTHER;
}

/* TLS says more in its own words ("certificate has expired") than the number does. */
static void note_failure(struct exchange *x, CURLcode code)
{
    bool tls = code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
               code == CURLE_SSL_CERTPROBLEM;
    const char *said = tls && x->error[0] != '\0' ? x->error : curl_easy_strerror(code);

    x->out->curl_code = (int)code;
    snprintf(x->out->curl_text, sizeof x->out->curl_text, "%.90s", said);
    x->out->curl_text[strcspn(x->out->curl_text, "\r\n")] = '\0';
}

static void note_peer(struct fetch_reply *reply)
{
    struct curl_certinfo *chain = NULL;
    const char *ip = NULL;

    if (curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &ip) == CURLE_OK && ip != NULL)
        snprintf(reply->peer_ip, sizeof reply->peer_ip, "%s", ip);
    if (curl_easy_getinfo(handle, CURLINFO_CERTINFO, &chain) != CURLE_OK || chain == NULL ||
        chain->num_of_certs < 1)
        return;
    for (struct curl_slist *s = chain->certinfo[0]; s != NULL; s = s->next)
        exchange_certificate(reply, s->data);
}

static bool was_public(void)
{
    const char *ip = NULL;
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (curl_easy_getinfo(handle, CURLINFO_PRIMARY_IP, &ip) != CURLE_OK || ip == NULL)
        return false;
    if (inet_pton(AF_INET, ip, &in4.sin_addr) == 1)
        return !net_address_private((struct sockaddr *)&in4);
    return inet_pton(AF_INET6, ip, &in6.sin6_addr) == 1 &&
           !net_address_private((struct sockaddr *)&in6);
}

static CURLcode hop(struct exchange *x, int64_t left_ms)
{
    struct curl_slist *headers = header_list(x->request);
    long status = 0, sent = 0;
    const char *type = NULL;

    exchange_reset(x);
    set_hop(x, left_ms);
    curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    CURLcode code = curl_easy_perform(handle);
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(handle, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
    struct fetch_reply *reply = &x->out->reply;
    reply->status = (int)status;
    reply->sent = reply->sent || sent > 0;
    snprintf(reply->content_type, sizeof reply->content_type, "%s", type != NULL ? type : "");
    note_peer(reply);
    curl_slist_free_all(headers);
    return code;
}

void http_run(const struct http_request *request, struct http_outcome *out)
{
    struct exchange x = {.request = request, .out = out};
    int64_t deadline = now_ms() + request->timeout_ms;

    if (exchange_start(&x) != 0) {
        out->cause = NET_CAUSE_OTHER;
        return;
    }
    for (int hops = 0;; hops++) {
        int64_t left = deadline - now_ms();
        const char *next = NULL;
        if (x.guarded && net_host_private(x.url)) {
            out->cause = NET_CAUSE_ADDRESS;
            break;
        }
        CURLcode code = left > 0 ? hop(&x, left) : CURLE_OPERATION_TIMEDOUT;
        out->cause = cause_of(&x, code);
        if (out->cause != NET_CAUSE_NONE) {
            note_failure(&x, code);
            break;
        }
        if (!net_kind_of(request->kind)->follows ||
            curl_easy_getinfo(handle, CURLINFO_REDIRECT_URL, &next) != CURLE_OK || next == NULL)
            break;
        if (hops == NET_REDIRECTS_MAX) {
            out->cause = NET_CAUSE_REDIRECTS;
            break;
        }
        if (exchange_redirect(&x, next, was_public()) != 0) {
            out->cause = NET_CAUSE_REDIRECT;
            break;
        }
    }
    exchange_end(&x);
}

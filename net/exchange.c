#include "net/exchange.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/utf8.h"
#include "net/net.h"

static bool proxy_possible(const struct http_request *r)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                        "ALL_PROXY"};

    if (r->proxy != NULL)
        return strcmp(r->proxy, "none") != 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value != NULL && *value != '\0')
            return true;
    }
    return false;
}

int exchange_start(struct exchange *x)
{
    const struct http_request *r = x->request;

    buf_init(&x->out->body, (size_t)r->max_bytes);
    x->url = strdup(r->url);
    x->method = r->method;
    x->proxied = proxy_possible(r);
    x->guarded = net_kind_of(r->kind)->from_certificate && !r->private_addresses;
    net_url_host(r->url, x->out->host, sizeof x->out->host);
    return x->url != NULL ? 0 : -1;
}

void exchange_reset(struct exchange *x)
{
    struct fetch_reply *reply = &x->out->reply;
    bool sent = reply->sent;

    *reply = (struct fetch_reply){.sent = sent, .body = &x->out->body};
    buf_clear(&x->out->body);
    digest_free(x->digest);
    x->digest = x->request->hash_only ? digest_new(DIGEST_SHA256, NULL) : NULL;
    x->bytes = x->read_at = 0;
    x->header_bytes = 0;
    x->cause = NET_CAUSE_NONE;
    x->error[0] = '\0';
}

static void header_copy(char *out, size_t size, const char *data, size_t n)
{
    while (n > 0 && isspace((unsigned char)*data)) {
        data++;
        n--;
    }
    while (n > 0 && isspace((unsigned char)data[n - 1]))
        n--;
    snprintf(out, size, "%.*s", (int)(n < size ? n : size - 1), data);
}

void exchange_header(struct exchange *x, const char *data, size_t n)
{
    struct fetch_reply *reply = &x->out->reply;
    char seconds[16] = "";
    const struct {
        const char *name;
        char *out;
        size_t size;
    } wanted[] = {
        {"date:", reply->date, sizeof reply->date},
        {"etag:", reply->etag, sizeof reply->etag},
        {"server:", reply->server, sizeof reply->server},
        {"location:", reply->location, sizeof reply->location},
        {"retry-after:", seconds, sizeof seconds},
    };

    if (n > 5 && memcmp(data, "HTTP/", 5) == 0) { /* a new answer: after 100, or of a proxy */
        for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
            wanted[i].out[0] = '\0';
        return;
    }
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        size_t len = strlen(wanted[i].name);
        if (n > len && strncasecmp(data, wanted[i].name, len) == 0)
            header_copy(wanted[i].out, wanted[i].size, data + len, n - len);
    }
    if (seconds[0] >= '0' && seconds[0] <= '9' && strlen(seconds) < 9)
        reply->retry_after = strtol(seconds, NULL, 10);
}

static int sextet(char c)
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c != '\0' ? strchr(letters, c) : NULL;

    return at != NULL ? (int)(at - letters) : -1;
}

/* The DER inside a PEM text is hashed as it is decoded. */
static void hash_pem(const char *pem, char out[65])
{
    const char *p = strstr(pem, "-----BEGIN CERTIFICATE-----");
    struct buf der = BUF_INIT((size_t)ceilings.certificate_bytes);
    unsigned word = 0;
    char hex[DIGEST_HEX_MAX];
    int bits = 0;

    if (p == NULL)
        return;
    for (p += 27; *p != '\0' && *p != '-'; p++) {
        int value = sextet(*p);
        if (value < 0)
            continue;
        word = word << 6 | (unsigned)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            buf_char(&der, (char)(word >> bits & 0xff));
        }
    }
    if (!der.failed && digest_bytes_hex(der.data, der.len, hex, NULL) == 0)
        snprintf(out, 65, "%.64s", hex);
    buf_free(&der);
}

/* OpenSSL's one-line form writes each byte above ASCII as \XX (XN_FLAG_ONELINE escapes them): back
 * to UTF-8. Escapes of ASCII characters stay, so that a name holds no control character. */
static void subject_decode(char *s)
{
    char text[sizeof((struct fetch_reply *)0)->peer_subject];
    size_t n = 0;

    for (const char *p = s; *p != '\0' && n < sizeof text - 1;) {
        unsigned char byte = 0;
        size_t left = strlen(p);
        if (*p == '\\' && left >= 3 && hex_decode(p + 1, 2, &byte) == 0 && byte >= 0x80) {
            text[n++] = (char)byte;
            p += 3;
        } else {
            size_t step = *p == '\\' && left >= 2 && n + 2 < sizeof text ? 2 : 1;
            memcpy(text + n, p, step);
            n += step;
            p += step;
        }
    }
    if (utf8_valid(text, n)) {
        memcpy(s, text, n);
        s[n] = '\0';
    }
}

void exchange_certificate(struct fetch_reply *reply, const char *line)
{
    if (strncmp(line, "Subject:", 8) == 0) {
        header_copy(reply->peer_subject, sizeof reply->peer_subject, line + 8, strlen(line + 8));
        subject_decode(reply->peer_subject);
    } else if (strncmp(line, "Cert:", 5) == 0)
        hash_pem(line + 5, reply->peer_sha256);
}

int exchange_redirect(struct exchange *x, const char *next, bool from_public)
{
    int was = net_url_secure(x->url), is = net_url_secure(next);
    int status = x->out->reply.status;
    char *copy;

    if (is < 0 || is < was || x->request->client_cert != NULL ||
        net_url_host(next, x->out->host, sizeof x->out->host) != 0)
        return -1;
    /* The services that we post to may be asked twice without harm, so a 301 or 302 keeps the
     * method too. */
    if (x->request->has_body && status == 303)
        return -1;
    x->guarded = x->guarded || from_public;
    copy = strdup(next);
    if (copy == NULL)
        return -1;
    free(x->url);
    x->url = copy;
    return 0;
}

void exchange_end(struct exchange *x)
{
    struct fetch_reply *reply = &x->out->reply;
    unsigned char sum[DIGEST_MAX];

    reply->body_bytes = x->bytes;
    if (x->digest != NULL && x->out->cause == NET_CAUSE_NONE &&
        digest_end(x->digest, sum, NULL) == 0)
        hex_lower(sum, 32, reply->body_sha256);
    digest_free(x->digest);
    free(x->url);
    x->digest = NULL;
    x->url = NULL;
}

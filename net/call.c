#include "net/call.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "base/ceilings.h"
#include "net/net.h"

static const char *const cause_names[] = {
#define NET_CAUSE_TEXT(name, text) text,
    NET_CAUSE_TABLE(NET_CAUSE_TEXT)
#undef NET_CAUSE_TEXT
};

const char *net_cause_name(enum net_cause cause)
{
    return cause_names[cause];
}

const struct net_kind *net_kind_of(enum fetch_kind kind)
{
    static struct net_kind kinds[] = {
        [FETCH_TSA] = {15000, 0, false, true},  [FETCH_OCSP] = {10000, 0, true, true},
        [FETCH_CRL] = {60000, 0, true, true},   [FETCH_AIA] = {10000, 0, true, true},
        [FETCH_LIST] = {60000, 0, false, true}, [FETCH_UPLOAD] = {1800000, 0, false, false},
    };

    kinds[FETCH_TSA].max_bytes = ceilings.tst_bytes;
    kinds[FETCH_OCSP].max_bytes = ceilings.ocsp_bytes;
    kinds[FETCH_CRL].max_bytes = ceilings.crl_bytes;
    kinds[FETCH_AIA].max_bytes = ceilings.certificate_bytes;
    kinds[FETCH_LIST].max_bytes = ceilings.http_bytes;
    kinds[FETCH_UPLOAD].max_bytes = ceilings.http_bytes;
    return &kinds[kind];
}

struct block4 {
    uint32_t base, mask;
};

static bool private4(uint32_t a)
{
    static const struct block4 blocks[] = {
        {0x00000000, 0xff000000}, /* 0/8 this network */
        {0x0a000000, 0xff000000}, /* 10/8 */
        {0x64400000, 0xffc00000}, /* 100.64/10 shared */
        {0x7f000000, 0xff000000}, /* 127/8 loopback */
        {0xa9fe0000, 0xffff0000}, /* 169.254/16 link-local, metadata of clouds */
        {0xac100000, 0xfff00000}, /* 172.16/12 */
        {0xc0000000, 0xffffff00}, /* 192.0.0/24 */
        {0xc0000200, 0xffffff00}, /* 192.0.2/24 documentation */
        {0xc0a80000, 0xffff0000}, /* 192.168/16 */
        {0xc6120000, 0xfffe0000}, /* 198.18/15 benchmark */
        {0xc6336400, 0xffffff00}, /* 198.51.100/24 documentation */
        {0xcb007100, 0xffffff00}, /* 203.0.113/24 documentation */
        {0xe0000000, 0xe0000000}, /* 224/3 multicast, reserved, broadcast */
    };

    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        if ((a & blocks[i].mask) == blocks[i].base)
            return true;
    }
    return false;
}

static uint32_t word4(const unsigned char *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool private6(const unsigned char a[16])
{
    static const unsigned char zeros[12], mapped[12] = {[10] = 0xff, [11] = 0xff},
                                          nat64[12] = {0x00, 0x64, 0xff, 0x9b};

    if (memcmp(a, zeros, 12) == 0 || memcmp(a, mapped, 12) == 0 || memcmp(a, nat64, 12) == 0)
        return private4(word4(a + 12)); /* ::, ::1 too: they fall into 0/8 */
    if (a[0] == 0x20 && a[1] == 0x02)   /* 6to4 carries the IPv4 address after its prefix */
        return private4(word4(a + 2));
    return (a[0] & 0xe0) != 0x20 || (a[0] == 0x20 && a[1] == 0x01 && a[2] == 0x0d && a[3] == 0xb8);
}

bool net_address_private(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in in;
        memcpy(&in, address, sizeof in);
        return private4(ntohl(in.sin_addr.s_addr));
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 in;
        memcpy(&in, address, sizeof in);
        return private6(in.sin6_addr.s6_addr);
    }
    return true; /* no address of the Internet at all */
}

int net_url_secure(const char *url)
{
    if (strncasecmp(url, "https://", 8) == 0)
        return 1;
    return strncasecmp(url, "http://", 7) == 0 ? 0 : -1;
}

int net_url_host(const char *url, char *out, size_t size)
{
    int secure = net_url_secure(url);
    const char *host = url + (secure == 1 ? 8 : 7);

    if (secure < 0)
        return -1;
    for (const char *p = url; *p != '\0'; p++) {
        if ((unsigned char)*p <= ' ' || *p == 0x7f)
            return -1;
    }
    size_t n = strcspn(host, "/?#");
    if (n == 0 || *host == ':' || memchr(host, '@', n) != NULL || memchr(host, '\\', n) != NULL)
        return -1;
    if (out != NULL)
        snprintf(out, size, "%.*s", (int)(n < 300 ? n : 300), host);
    return 0;
}

bool net_host_private(const char *url)
{
    char host[304];
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (net_url_host(url, host, sizeof host) != 0)
        return true;
    if (host[0] == '[') {
        host[strcspn(host, "]%")] = '\0';
        return inet_pton(AF_INET6, host + 1, &in6.sin6_addr) != 1 ||
               net_address_private((struct sockaddr *)&in6);
    }
    host[strcspn(host, ":")] = '\0';
    size_t n = strlen(host);
    while (n > 0 && host[n - 1] == '.')
        host[--n] = '\0';
    if (strcasecmp(host, "localhost") == 0 ||
        (n > 10 && strcasecmp(host + n - 10, ".localhost") == 0))
        return true;
    /* inet_aton also reads 0x7f.1 and 2130706433, which resolvers take for addresses */
    return inet_aton(host, &in4.sin_addr) == 1 && net_address_private((struct sockaddr *)&in4);
}

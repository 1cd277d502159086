#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/ports.h"
#include "net/call.h"
#include "net/exchange.h"
#include "net/net.h"

static bool is_private(const char *text)
{
    struct sockaddr_in in4 = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

    if (inet_pton(AF_INET, text, &in4.sin_addr) == 1)
        return net_address_private((struct sockaddr *)&in4);
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return net_address_private((struct sockaddr *)&in6);
}

static void private_addresses_are_known(void **state)
{
    static const char *const inside[] = {"0.0.0.0",
                                         "10.1.2.3",
                                         "100.64.0.1",
                                         "100.127.255.255",
                                         "127.0.0.1",
                                         "127.255.255.254",
                                         "169.254.169.254",
                                         "172.16.0.1",
                                         "172.31.255.255",
                                         "192.168.1.1",
                                         "198.18.0.1",
                                         "224.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "fe80::1",
                                         "fc00::1",
                                         "fd12::1",
                                         "ff02::1",
                                         "::ffff:127.0.0.1",
                                         "::ffff:10.0.0.1",
                                         "64:ff9b::7f00:1",
                                         "2002:7f00:1::",
                                         "2001:db8::1"};
    static const char *const outside[] = {"1.1.1.1",        "9.255.255.255",   "11.0.0.0",
                                          "100.63.255.255", "100.128.0.0",     "172.15.255.255",
                                          "172.32.0.0",     "192.167.255.255", "2606:4700::1111",
                                          "::ffff:8.8.8.8", "64:ff9b::808:808"};

    (void)state;
    for (size_t i = 0; i < sizeof inside / sizeof inside[0]; i++)
        assert_true(is_private(inside[i]));
    for (size_t i = 0; i < sizeof outside / sizeof outside[0]; i++)
        assert_false(is_private(outside[i]));
}

static void hosts_written_as_numbers(void **state)
{
    (void)state;
    assert_true(net_host_private("http://localhost/x"));
    assert_true(net_host_private("http://LOCALHOST.:80/x"));
    assert_true(net_host_private("http://a.localhost/"));
    assert_true(net_host_private("http://0x7f.1/"));
    assert_true(net_host_private("http://2130706433/"));
    assert_true(net_host_private("http://[::1]:8080/"));
    assert_true(net_host_private("https://[fe80::1%25eth0]/"));
    assert_true(net_host_private("file:///etc/passwd"));
    assert_false(net_host_private("http://ocsp.example.fr/"));
    assert_false(net_host_private("http://[2606:4700::1111]/"));
    assert_false(net_host_private("http://8.8.8.8:8080/"));
}

static void urls(void **state)
{
    static const char *const bad[] = {
        "",         "http",        "http://",     "http:///x",   "http://:80/",  "file:///x",
        "ftp://h/", "http://a@b/", "http://h/ x", "http://h/\n", "http://a\\b/", "https:/h/",
        "//h/"};
    char host[32];

    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(net_url_host(bad[i], NULL, 0), -1);
    assert_int_equal(net_url_host("HTTPS://h.example:8443/depot/?a=b", host, sizeof host), 0);
    assert_string_equal(host, "h.example:8443");
    assert_int_equal(net_url_secure("https://x"), 1);
    assert_int_equal(net_url_secure("http://x"), 0);
    assert_int_equal(net_url_secure("ldap://x"), -1);
}

static bool page(const char *type, const char *text)
{
    struct buf body = BUF_INIT(1000);
    struct fetch_reply reply = {.body = &body};

    strncpy(reply.content_type, type, sizeof reply.content_type - 1);
    buf_text(&body, text);
    bool is = fetch_reply_is_html(&reply);
    buf_free(&body);
    return is;
}

static void pages_are_seen(void **state)
{
    (void)state;
    assert_true(page("text/html; charset=utf-8", ""));
    assert_true(page("application/ocsp-response", " \n<!DOCTYPE html><html>"));
    assert_true(page("", "\xef\xbb\xbf<HTML>"));
    assert_false(page("application/pkix-crl", "0\x82"));
    assert_false(page("text/plain", ""));
    assert_false(page("application/xml", "<?xml version='1.0'?><TrustServiceStatusList/>"));
}

static void subjects_are_utf8(void **state)
{
    static const char *const names[][2] = {
        {"Subject:C = FR, CN = R\\C3\\A9ception", "C = FR, CN = R\xc3\xa9"
                                                  "ception"},
        {"Subject: CN = a\\0Ab ", "CN = a\\0Ab"}, /* a control character stays escaped */
        {"Subject:CN = a\\\\C3\\A9",
         "CN = a\\\\C3\\A9"},               /* a backslash, then the text C3; half a character */
        {"Subject:CN = \\C3", "CN = \\C3"}, /* no UTF-8 */
        {"Subject:CN = a\\", "CN = a\\"},
        {"Subject:", ""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct fetch_reply reply = {0};
        exchange_certificate(&reply, names[i][0]);
        assert_string_equal(reply.peer_subject, names[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(private_addresses_are_known),
        cmocka_unit_test(hosts_written_as_numbers),
        cmocka_unit_test(urls),
        cmocka_unit_test(subjects_are_utf8),
        cmocka_unit_test(pages_are_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

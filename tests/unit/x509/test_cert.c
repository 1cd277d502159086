#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"
#include "tests/unit/make_cert.h"
#include "x509/der.h"

enum { NOW = 1795000000 };

static const struct made_ext ca_exts[] = {{NID_basic_constraints, "critical,CA:TRUE"},
                                          {NID_key_usage, "critical,keyCertSign,cRLSign"},
                                          {NID_subject_key_identifier, "hash"},
                                          {0, NULL}};
static const struct made_ext leaf_exts[] = {
    {NID_basic_constraints, "critical,CA:FALSE"},
    {NID_key_usage, "critical,nonRepudiation"},
    {NID_ext_key_usage, "critical,timeStamping"},
    {NID_authority_key_identifier, "keyid:always"},
    {NID_info_access,
     "OCSP;URI:http://ocsp.test/a,OCSP;URI:ldap://no/,caIssuers;URI:https://aia.test/b"},
    {NID_crl_distribution_points, "URI:http://crl.test/c,URI:ftp://no/"},
    {NID_certificate_policies, "0.4.0.194112.1.2,2.5.29.32.0"},
    /* SEQUENCE of compliance, SSCD, type esign */
    {NID_qcStatements,
     "DER:30:2f:30:08:06:06:04:00:8e:46:01:01:30:08:06:06:04:00:8e:46:01:04:30:19:06:06:04:"
     "00:8e:46:01:06:30:0f:06:07:04:00:8e:46:01:06:01:06:04:2a:03:04:05"},
    {0, NULL}};

static void facts_of_a_qualified_leaf(void **state)
{
    struct made root = {0}, leaf = {0};
    struct cert *c, *r;

    (void)state;
    made_cert(&root, "rsa:2048", "Racine, « œuvre »", NULL, ca_exts, NOW);
    made_cert(&leaf, "ec:P-384", "Élodie Martin", &root, leaf_exts, NOW);
    c = made_facts(&leaf);
    r = made_facts(&root);
    assert_string_equal(c->subject, "CN=Élodie Martin,C=FR");
    assert_string_equal(c->issuer, "CN=Racine\\, « œuvre »,C=FR");
    assert_string_equal(c->name, "Élodie Martin");
    assert_null(c->organisation);
    assert_string_equal(c->issuer_name, "Racine, « œuvre »");
    assert_true(c->key_kind == CERT_KEY_EC && c->key_bits == 384);
    assert_string_equal(c->key_name, "EC P-384");
    assert_string_equal(r->key_name, "RSA 2048");
    assert_true(c->not_before == NOW - 86400 && c->not_after == NOW + 365 * 86400);
    assert_int_equal(strncmp(c->serial, "5a", 2), 0);
    assert_true(c->usage_given && c->usage == CERT_USAGE_NON_REPUDIATION && !c->ca && r->ca);
    assert_true(c->eku == CERT_EKU_TIME_STAMPING && c->eku_critical && c->eku_count == 1);
    assert_true(!r->eku_given && r->self_signed && !c->self_issued);
    assert_int_equal(c->ocsp_urls.count, 1);
    assert_string_equal(c->ocsp_urls.items[0], "http://ocsp.test/a");
    assert_string_equal(c->issuer_urls.items[0], "https://aia.test/b");
    assert_int_equal(c->crl_urls.count, 1);
    assert_int_equal(c->policies.count, 2);
    assert_string_equal(c->policies.items[0], "0.4.0.194112.1.2");
    assert_true(c->qc_compliance && c->qc_sscd && c->qc_types == CERT_QC_ESIGN);
    assert_true(cert_issued_by(c, r) && !cert_issued_by(r, c) && cert_issued_by(r, r));

    struct jv *j = cert_json(c);
    assert_string_equal(jv_get_text(j, "sha256"), c->sha256);
    jv_free(j);
    cert_free(c);
    cert_free(r);
    made_free(&leaf);
    made_free(&root);
}

static void the_chain_goes_up_and_leaves_the_root_out(void **state)
{
    struct made root = {0}, ca = {0}, leaf = {0}, other = {0};
    struct der_list pool = {0}, out = {0}, whole = {0};
    struct err e = ERR_INIT;

    (void)state;
    made_cert(&root, "ec:P-256", "Root", NULL, ca_exts, NOW);
    made_cert(&ca, "ec:P-256", "CA", &root, ca_exts, NOW);
    made_cert(&leaf, "ec:P-256", "Leaf", &ca, leaf_exts, NOW);
    made_cert(&other, "ec:P-256", "CA", NULL, ca_exts, NOW); /* same name, another key */
    made_add(&pool, &leaf);
    made_add(&pool, &other);
    made_add(&pool, &root);
    made_add(&pool, &ca);
    assert_int_equal(der_list_add(&pool, "junk", 4, &e), 0);
    assert_int_equal(cert_chain_build(&pool, false, &out, &e), 0);
    assert_int_equal(out.count, 2);
    assert_memory_equal(out.items[1].data, pool.items[3].data, pool.items[3].len);
    assert_int_equal(cert_chain_build(&pool, true, &whole, &e), 0);
    assert_int_equal(whole.count, 3);
    der_list_free(&out);
    assert_int_equal(cert_chain_build(&out, true, &whole, &e), -1);
    der_list_free(&pool);
    der_list_free(&whole);
    made_free(&root);
    made_free(&ca);
    made_free(&leaf);
    made_free(&other);
}

/* The authority has a certificate of somebody who is not there, one of somebody whom it signed
 * itself, and one of the root. */
static void the_way_to_a_root_is_found(void **state)
{
    static const struct made_ext plain[] = {{NID_basic_constraints, "critical,CA:TRUE"}, {0, NULL}};
    struct made root = {0}, other = {0}, ca = {0}, leaf = {0};
    struct der_list pool = {0}, out = {0};
    struct err e = ERR_INIT;

    (void)state;
    made_cert(&root, "ec:P-256", "Root", NULL, plain, NOW);
    made_cert(&other, "ec:P-256", "Other", NULL, plain, NOW);
    made_cert(&ca, "ec:P-256", "CA", &root, plain, NOW);
    made_cert(&leaf, "ec:P-256", "Leaf", &ca, plain, NOW);
    X509 *again = X509_dup(ca.x509), *loop = X509_dup(other.x509);
    made_must(X509_set_issuer_name(again, X509_get_subject_name(other.x509)) == 1 &&
              ASN1_INTEGER_set(X509_get_serialNumber(again), 77) == 1 &&
              X509_sign(again, other.key, EVP_sha256()) > 0 &&
              X509_set_issuer_name(loop, X509_get_subject_name(ca.x509)) == 1 &&
              ASN1_INTEGER_set(X509_get_serialNumber(loop), 78) == 1 &&
              X509_sign(loop, ca.key, EVP_sha256()) > 0);
    made_add(&pool, &leaf);
    made_add(&pool, &(struct made){.x509 = again});
    made_add(&pool, &(struct made){.x509 = loop});
    made_add(&pool, &ca);
    made_add(&pool, &root);
    assert_int_equal(cert_chain_build(&pool, false, &out, &e), 0);
    assert_int_equal(out.count, 2);
    assert_memory_equal(out.items[1].data, pool.items[3].data, pool.items[3].len);
    der_list_free(&out);
    der_list_free(&pool);
    X509_free(again);
    X509_free(loop);
    made_free(&leaf);
    made_free(&ca);
    made_free(&other);
    made_free(&root);
}

static void lists_come_as_pem_der_or_pkcs7(void **state)
{
    struct made root = {0};
    struct der_list out = {0};
    struct err e = ERR_INIT;
    BIO *bio = BIO_new(BIO_s_mem());
    char *data = NULL;
    PKCS7 *bag = PKCS7_new();
    unsigned char *der = NULL;

    (void)state;
    made_cert(&root, "ec:P-256", "Root", NULL, ca_exts, NOW);
    PEM_write_bio_PrivateKey(bio, root.key, NULL, NULL, 0, NULL, NULL);
    PEM_write_bio_X509(bio, root.x509);
    PEM_write_bio_X509(bio, root.x509);
    long n = BIO_get_mem_data(bio, &data);
    assert_int_equal(certs_from_bytes(&out, data, (size_t)n, "x", &e), 0);
    assert_int_equal(out.count, 2);
    assert_int_equal(certs_from_bytes(&out, out.items[0].data, out.items[0].len, "x", &e), 0);
    assert_int_equal(out.count, 3);

    PKCS7_set_type(bag, NID_pkcs7_signed);
    PKCS7_content_new(bag, NID_pkcs7_data);
    PKCS7_add_certificate(bag, root.x509);
    int len = i2d_PKCS7(bag, &der);
    assert_int_equal(certs_from_bytes(&out, der, (size_t)len, "x", &e), 0);
    assert_int_equal(out.count, 4);
    BIO_reset(bio);
    PEM_write_bio_PKCS7(bio, bag);
    n = BIO_get_mem_data(bio, &data);
    assert_int_equal(certs_from_bytes(&out, data, (size_t)n, "x", &e), 0);
    assert_int_equal(out.count, 5);

    assert_int_equal(certs_from_bytes(&out, "<html>", 6, "page.html", &e), -1);
    assert_int_equal(e.kind, ERR_INPUT);
    assert_non_null(strstr(e.sentence, "page.html"));
    assert_int_equal(certs_from_bytes(&out, "", 0, "empty", &e), -1);
    assert_int_equal(certs_from_file(&out, "/nowhere/x.pem", &e), -1);
    OPENSSL_free(der);
    PKCS7_free(bag);
    BIO_free(bio);
    der_list_free(&out);
    made_free(&root);
}

static void what_is_no_certificate_is_refused(void **state)
{
    struct made root = {0};
    struct der_list list = {0};
    struct cert *c = NULL;
    struct err e = ERR_INIT;

    (void)state;
    made_cert(&root, "ec:P-256", "Root", NULL, NULL, NOW);
    made_add(&list, &root);
    assert_int_equal(der_list_add(&list, list.items[0].data, list.items[0].len, &e), 0);
    size_t n = list.items[0].len;
    unsigned char *longer = calloc(1, n + 1);
    assert_non_null(longer);
    memcpy(longer, list.items[0].data, n);
    assert_int_equal(cert_parse(&c, longer, n + 1, "tail", &e), -1);
    assert_int_equal(cert_parse(&c, longer, n - 1, "short", &e), -1);
    assert_int_equal(cert_parse(&c, longer, 0, "none", &e), -1);
    for (size_t i = 0; i < n; i++) { /* any flipped bit: an error or facts, never a crash */
        longer[i] ^= 0x41;
        if (cert_parse(&c, longer, n, "flip", &e) == 0)
            cert_free(c);
        longer[i] ^= 0x41;
    }
    assert_int_equal(cert_parse(&c, longer, n, "good", &e), 0);
    assert_true(!c->usage_given && c->usage == CERT_USAGE_ALL && !c->eku_given && c->eku == 0);
    cert_free(c);
    cert_free(NULL);
    free(longer);
    der_list_free(&list);
    made_free(&root);
}

static void points_of_bytes(void **state)
{
    static const unsigned char good[] = {0x30, 0x19, 0x30, 0x17, 0xa0, 0x15, 0xa0, 0x13, 0x86,
                                         0x11, 'h',  't',  't',  'p',  ':',  '/',  '/',  'a',
                                         '.',  'f',  'r',  '/',  'd',  '.',  'c',  'r',  'l'};
    static const unsigned char ldap[] = {0x30, 0x0f, 0x30, 0x0d, 0xa0, 0x0b, 0xa0, 0x09, 0x86,
                                         0x07, 'l',  'd',  'a',  'p',  ':',  '/',  'a'};
    struct cert_texts urls = {NULL, 0};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(cert_points_add(&urls, good, sizeof good, &e), 0);
    assert_int_equal(cert_points_add(&urls, ldap, sizeof ldap, &e), 0);
    assert_int_equal(cert_points_add(&urls, good, sizeof good - 1, &e), 0);
    assert_int_equal(urls.count, 1);
    assert_string_equal(urls.items[0], "http://a.fr/d.crl");
    cert_texts_free(&urls);
}

/* OpenSSL reads the certificate with an indefinite length; what is signed is DER, and the subject
 * is not looked for in one that is none. */
static void a_certificate_in_ber_is_refused(void **state)
{
    static const struct made_ext none[] = {{0, NULL}};
    struct made root = {0}, leaf = {0};
    struct der_list pool = {0}, out = {0};
    struct buf ber = BUF_INIT(1 << 16);
    struct cert *c = NULL;
    struct err e = ERR_INIT;

    (void)state;
    made_cert(&root, "ec:P-256", "Root", NULL, ca_exts, NOW);
    made_cert(&leaf, "ec:P-256", "Leaf", &root, none, NOW);
    made_add(&pool, &leaf);
    made_add(&pool, &root);
    struct der_item *item = &pool.items[1];
    assert_true(item->data[0] == 0x30 && item->data[1] == 0x82);
    assert_true(der_definite(item->data, item->len));
    buf_append(&ber, "\x30\x80", 2);
    buf_append(&ber, item->data + 4, item->len - 4);
    buf_append(&ber, "\0\0", 2);
    const unsigned char *p = ber.data;
    X509 *read = d2i_X509(NULL, &p, (long)ber.len);
    assert_non_null(read);
    X509_free(read);
    assert_false(der_definite(ber.data, ber.len));
    assert_int_equal(cert_parse(&c, ber.data, ber.len, "x", &e), -1);
    assert_string_equal(e.id, "err.x509.cert");
    assert_int_equal(der_list_add(&out, pool.items[0].data, pool.items[0].len, &e), 0);
    assert_int_equal(der_list_add(&out, ber.data, ber.len, &e), 0);
    struct der_list chain = {0};
    assert_int_equal(cert_chain_build(&out, true, &chain, &e), 0);
    assert_int_equal(chain.count, 1);
    der_list_free(&chain);
    der_list_free(&out);
    der_list_free(&pool);
    buf_free(&ber);
    made_free(&leaf);
    made_free(&root);
}

/* The very bytes are known, and only they; each owner frees it. */
static void a_certificate_of_ones_own_is_read_once(void **state)
{
    struct made root = {0};
    struct der_list pool = {0};
    struct cert *first = NULL, *again = NULL, *other = NULL;
    struct err e = ERR_INIT;

    (void)state;
    made_cert(&root, "rsa:2048", "R", NULL, ca_exts, NOW);
    made_add(&pool, &root);
    struct der_item *own = &pool.items[0];
    cert_learn("no certificate", 14);
    cert_learn(own->data, own->len);
    assert_int_equal(cert_parse(&first, own->data, own->len, "x", &e), 0);
    assert_int_equal(cert_parse(&again, own->data, own->len, "x", &e), 0);
    assert_ptr_equal(first, again);
    assert_true(first->self_signed && cert_issued_by(first, again));
    own->data[own->len - 1] ^= 1; /* of its signature */
    assert_int_equal(cert_parse(&other, own->data, own->len, "x", &e), 0);
    assert_ptr_not_equal(first, other);
    assert_false(other->self_signed);
    cert_free(other);
    cert_free(first);
    cert_learn("no certificate", 14); /* forgotten, but not by who has it */
    assert_string_equal(again->name, "R");
    own->data[own->len - 1] ^= 1;
    assert_int_equal(cert_parse(&other, own->data, own->len, "x", &e), 0);
    assert_ptr_not_equal(again, other);
    cert_free(other);
    cert_free(again);
    der_list_free(&pool);
    made_free(&root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(facts_of_a_qualified_leaf),
        cmocka_unit_test(the_chain_goes_up_and_leaves_the_root_out),
        cmocka_unit_test(the_way_to_a_root_is_found),
        cmocka_unit_test(lists_come_as_pem_der_or_pkcs7),
        cmocka_unit_test(what_is_no_certificate_is_refused),
        cmocka_unit_test(points_of_bytes),
        cmocka_unit_test(a_certificate_in_ber_is_refused),
        cmocka_unit_test(a_certificate_of_ones_own_is_read_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

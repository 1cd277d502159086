/* Lists of certificates: from files, and put into the order of a chain. */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs7.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/file.h"
#include "base/ports.h"
#include "x509/cert.h"

enum { CLIMB_CHECKS = 256 };

static int add_x509(struct der_list *out, X509 *x, struct err *e)
{
    unsigned char *der = NULL;
    int n = i2d_X509(x, &der);

    if (n <= 0)
        return err_set_memory(e);
    int rc = der_list_add(out, der, (size_t)n, e);
    OPENSSL_free(der);
    return rc;
}

static int add_pkcs7(struct der_list *out, const PKCS7 *bag, struct err *e)
{
    if (bag == NULL || !PKCS7_type_is_signed(bag) || bag->d.sign == NULL)
        return 0;
    for (int i = 0; i < sk_X509_num(bag->d.sign->cert); i++) {
        if (add_x509(out, sk_X509_value(bag->d.sign->cert, i), e) != 0)
            return -1;
    }
    return 0;
}

static int add_pem(struct der_list *out, const void *data, size_t len, struct err *e)
{
    BIO *bio = BIO_new_mem_buf(data, (int)len);
    char *name = NULL, *header = NULL;
    unsigned char *block = NULL;
    long n = 0;
    int rc = 0;

    if (bio == NULL)
        return err_set_memory(e);
    while (rc == 0 && PEM_read_bio(bio, &name, &header, &block, &n) == 1) {
        const unsigned char *p = block;
        if (strcmp(name, PEM_STRING_X509) == 0 || strcmp(name, PEM_STRING_X509_OLD) == 0) {
            rc = der_list_add(out, block, (size_t)n, e);
        } else if (strcmp(name, PEM_STRING_PKCS7) == 0) {
            PKCS7 *bag = d2i_PKCS7(NULL, &p, n);
            rc = add_pkcs7(out, bag, e);
            PKCS7_free(bag);
        }
        OPENSSL_free(name);
        OPENSSL_free(header);
        OPENSSL_clear_free(block, (size_t)n); /* a bundle may hold a key as well */
        name = header = NULL;
        block = NULL;
    }
    BIO_free(bio);
    return rc;
}

static int add_der(struct der_list *out, const unsigned char *data, size_t len, struct err *e)
{
    const unsigned char *p = data;
    X509 *x = d2i_X509(NULL, &p, (long)len);
    int rc = 0;

    if (x != NULL && p == data + len) {
        rc = der_list_add(out, data, len, e);
    } else {
        p = data;
        PKCS7 *bag = d2i_PKCS7(NULL, &p, (long)len);
        rc = add_pkcs7(out, bag, e);
        PKCS7_free(bag);
    }
    X509_free(x);
    return rc;
}

int certs_from_bytes(struct der_list *out, const void *data, size_t len, const char *what,
                     struct err *e)
{
    size_t before = out->count;
    int rc;

    if (len > (size_t)ceilings.http_bytes)
        return err_set(e, ERR_INPUT, "err.x509.no-cert", what, NULL);
    ERR_set_mark();
    rc = add_der(out, data, len, e);
    if (rc == 0 && out->count == before)
        rc = add_pem(out, data, len, e);
    ERR_pop_to_mark();
    if (rc == 0 && out->count == before)
        rc = err_set(e, ERR_INPUT, "err.x509.no-cert", what, NULL);
    return rc;
}

int certs_from_file(struct der_list *out, const char *path, struct err *e)
{
    struct buf bytes = BUF_INIT((size_t)ceilings.http_bytes);
    int rc = file_read(path, bytes.max, &bytes, e);

    if (rc == 0)
        rc = certs_from_bytes(out, bytes.data, bytes.len, path, e);
    buf_wipe(&bytes);
    return rc;
}

bool cert_issued_by(const struct cert *c, const struct cert *issuer)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer->x509);

    ERR_set_mark();
    bool is = key != NULL && X509_check_issued(issuer->x509, c->x509) == X509_V_OK &&
              X509_verify(c->x509, key) == 1;
    ERR_pop_to_mark();
    return is;
}

bool cert_same_holder(const struct cert *a, const struct cert *b)
{
    return X509_NAME_cmp(X509_get_subject_name(a->x509), X509_get_subject_name(b->x509)) == 0 &&
           EVP_PKEY_eq(X509_get0_pubkey(a->x509), X509_get0_pubkey(b->x509)) == 1;
}

/* Steps over one element; false when it is none of this tag. */
static bool step(const unsigned char **p, const unsigned char *end, int tag, int class, bool enter)
{
    enum { FAULT = 0x80, INDEFINITE = 0x01 }; /* of what ASN1_get_object says */
    const unsigned char *at = *p;
    long n = 0;
    int found = 0, kind = 0;

    if ((ASN1_get_object(&at, &n, &found, &kind, end - *p) & (FAULT | INDEFINITE)) != 0 ||
        found != tag || kind != class)
        return false;
    *p = enter ? at : at + n;
    return true;
}

/* The subject of a certificate that need not be read for it, which takes a hundred times as long;
 * NULL when it is not where it should be. */
static X509_NAME *subject_of(const struct der_item *d)
{
    const unsigned char *p = d->data, *end = d->data + d->len;

    if (!step(&p, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, true) ||
        !step(&p, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, true))
        return NULL;
    (void)step(&p, end, 0, V_ASN1_CONTEXT_SPECIFIC, false);         /* version */
    if (!step(&p, end, V_ASN1_INTEGER, V_ASN1_UNIVERSAL, false) ||  /* serial number */
        !step(&p, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, false) || /* algorithm */
        !step(&p, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, false) || /* issuer */
        !step(&p, end, V_ASN1_SEQUENCE, V_ASN1_UNIVERSAL, false))   /* validity */
        return NULL;
    return d2i_X509_NAME(NULL, &p, end - p);
}

/* False only when its subject is another than the issuer of c. */
static bool may_have_issued(const struct der_item *d, const struct cert *c)
{
    ERR_set_mark();
    X509_NAME *subject = subject_of(d);
    bool may = subject == NULL || X509_NAME_cmp(subject, X509_get_issuer_name(c->x509)) == 0;

    X509_NAME_free(subject);
    ERR_pop_to_mark();
    return may;
}

/* A way upwards through the pool, by places in it; the first one that ends in a root, else the
 * first that goes as far as it can: an authority that several others signed has several
 * certificates. */
struct climb {
    const struct der_list *pool;
    size_t at[CERT_CHAIN_MAX], count;
    const struct cert *certs[CERT_CHAIN_MAX]; /* those of `at` */
    size_t best[CERT_CHAIN_MAX], nbest;
    int checks; /* signatures looked at */
};

static void keep(struct climb *c)
{
    memcpy(c->best, c->at, sizeof c->best);
    c->nbest = c->count;
}

static bool is_below(const struct climb *c, const struct cert *next)
{
    for (size_t i = 0; i < c->count; i++) {
        if (cert_same_holder(c->certs[i], next))
            return true;
    }
    return false;
}

/* The issuer at this place, when it is one; what cannot be read is passed over. cert_free. */
static struct cert *issuer_at(struct climb *c, size_t place, const struct cert *below)
{
    const struct der_item *d = &c->pool->items[place];
    struct cert *one = NULL;

    if (c->checks == CLIMB_CHECKS || !may_have_issued(d, below) ||
        cert_parse(&one, d->data, d->len, "", NULL) != 0)
        return NULL;
    c->checks++;
    if (!is_below(c, one) && cert_issued_by(below, one))
        return one;
    cert_free(one);
    return NULL;
}

/* True when a root was reached. */
static bool climb_from(struct climb *c, const struct cert *cert)
{
    bool higher = false, done = false;

    for (size_t i = 0;
         i < c->pool->count && !cert->self_signed && !done && c->count < CERT_CHAIN_MAX; i++) {
        struct cert *issuer = issuer_at(c, i, cert);
        if (issuer == NULL)
            continue;
        higher = true;
        c->at[c->count] = i;
        c->certs[c->count++] = issuer;
        done = climb_from(c, issuer);
        c->count--;
        cert_free(issuer);
    }
    if (!done && (cert->self_signed || (!higher && c->nbest == 0)))
        keep(c);
    return done || cert->self_signed;
}

int cert_chain_build(const struct der_list *pool, bool with_root, struct der_list *out,
                     struct err *e)
{
    struct climb c = {.pool = pool, .count = 1};
    struct cert *leaf = NULL;
    int rc = -1;

    if (pool->count == 0)
        return err_set_bug(e, "cert_chain_build: empty pool");
    if (cert_parse(&leaf, pool->items[0].data, pool->items[0].len, "-", e) != 0)
        return -1;
    c.certs[0] = leaf;
    ERR_set_mark();
    bool rooted = climb_from(&c, leaf);
    size_t n = rooted && !with_root && c.nbest > 1 ? c.nbest - 1 : c.nbest;
    for (size_t i = 0; i < n; i++) {
        const struct der_item *d = &pool->items[c.best[i]];
        if (der_list_add(out, d->data, d->len, e) != 0)
            goto out;
    }
    rc = 0;
out:
    ERR_pop_to_mark();
    cert_free(leaf);
    return rc;
}

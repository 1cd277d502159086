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

/* The certificate of the pool that issued c, or NULL; what cannot be read is passed over. */
static struct cert *issuer_in(const struct der_list *pool, const struct cert *c)
{
    for (size_t i = 0; i < pool->count; i++) {
        struct cert *one = NULL;
        if (!may_have_issued(&pool->items[i], c) ||
            cert_parse(&one, pool->items[i].data, pool->items[i].len, "", NULL) != 0)
            continue;
        if (strcmp(one->sha256, c->sha256) != 0 && cert_issued_by(c, one))
            return one;
        cert_free(one);
    }
    return NULL;
}

int cert_chain_build(const struct der_list *pool, bool with_root, struct der_list *out,
                     struct err *e)
{
    struct cert *at = NULL;
    int rc = -1;

    if (pool->count == 0)
        return err_set_bug(e, "cert_chain_build: empty pool");
    if (cert_parse(&at, pool->items[0].data, pool->items[0].len, "-", e) != 0)
        return -1;
    for (int64_t depth = 0; at != NULL && depth < ceilings.chain_length; depth++) {
        struct cert *next = NULL;
        if ((depth == 0 || !at->self_signed || with_root) &&
            der_list_add(out, at->der, at->der_len, e) != 0)
            goto out;
        if (!at->self_signed)
            next = issuer_in(pool, at);
        cert_free(at);
        at = next;
    }
    rc = 0;
out:
    cert_free(at);
    return rc;
}

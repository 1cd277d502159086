#include "x509/cert.h"

#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/err.h"
#include "base/jv.h"
#include "base/ports.h"
#include "x509/alg.h"
#include "x509/cert_part.h"
#include "x509/der.h"

static char *name_text(X509_NAME *name)
{
    /* UTF-8 stays readable: only what RFC 4514 2.4 and control characters need is escaped. */
    unsigned long flags = XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB &
                          ~(unsigned long)XN_FLAG_DUMP_UNKNOWN_FIELDS;
    BIO *bio = BIO_new(BIO_s_mem());
    char *out = NULL, *data = NULL;

    if (bio != NULL && X509_NAME_print_ex(bio, name, 0, flags) >= 0) {
        long n = BIO_get_mem_data(bio, &data);
        out = strndup(data != NULL ? data : "", n > 0 ? (size_t)n : 0);
    }
    BIO_free(bio);
    return out;
}

/* The first entry of this kind; NULL when there is none that can be shown. */
static char *name_part(X509_NAME *name, int nid)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    unsigned char *utf8 = NULL;
    char *out = NULL;

    if (at >= 0) {
        int n = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
        if (n > 0 && memchr(utf8, 0, (size_t)n) == NULL)
            out = strndup((char *)utf8, (size_t)n);
        OPENSSL_free(utf8);
    }
    return out;
}

static char *serial_text(const ASN1_INTEGER *serial)
{
    BIGNUM *bn = ASN1_INTEGER_to_BN(serial, NULL);
    char *hex = bn != NULL ? BN_bn2hex(bn) : NULL, *out = hex != NULL ? strdup(hex) : NULL;

    OPENSSL_free(hex);
    BN_free(bn);
    for (char *p = out; p != NULL && *p != '\0'; p++) {
        if (*p >= 'A' && *p <= 'F')
            *p = (char)(*p - 'A' + 'a');
    }
    return out;
}

static int instant(const ASN1_TIME *t, int64_t *out)
{
    struct tm tm;

    if (t == NULL || ASN1_TIME_to_tm(t, &tm) != 1)
        return -1;
    *out = (int64_t)timegm(&tm);
    return 0;
}

/* With the exponent 1 a padded digest is its own signature; an even one has no inverse. */
static bool exponent_void(EVP_PKEY *key)
{
    BIGNUM *e = NULL;
    bool bad =
        EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) != 1 || BN_is_one(e) || !BN_is_odd(e);

    BN_free(e);
    return bad;
}

static void read_key(struct cert *c)
{
    EVP_PKEY *key = X509_get0_pubkey(c->x509);
    char group[64] = "";

    snprintf(c->key_name, sizeof c->key_name, "?");
    if (key == NULL)
        return;
    c->key_bits = EVP_PKEY_get_bits(key);
    switch (EVP_PKEY_get_base_id(key)) {
    case EVP_PKEY_RSA:
    case EVP_PKEY_RSA_PSS:
        c->key_kind = CERT_KEY_RSA;
        c->key_void = exponent_void(key);
        snprintf(c->key_name, sizeof c->key_name, "RSA %d", c->key_bits);
        break;
    case EVP_PKEY_EC:
        c->key_kind = CERT_KEY_EC;
        EVP_PKEY_get_group_name(key, group, sizeof group, NULL);
        const char *nist = EC_curve_nid2nist(OBJ_sn2nid(group));
        snprintf(c->key_name, sizeof c->key_name, "EC %.26s", nist != NULL ? nist : group);
        break;
    default: {
        const char *name = EVP_PKEY_get0_type_name(key);
        snprintf(c->key_name, sizeof c->key_name, "%s", name != NULL ? name : "?");
    }
    }
}

static int read_facts(struct cert *c, const char *what, struct err *e)
{
    X509 *x = c->x509;
    X509_NAME *subject = X509_get_subject_name(x), *issuer = X509_get_issuer_name(x);

    if (digest_bytes_hex(c->der, c->der_len, c->sha256, e) != 0)
        return -1;
    c->subject = name_text(subject);
    c->issuer = name_text(issuer);
    c->serial = serial_text(X509_get0_serialNumber(x));
    c->organisation = name_part(subject, NID_organizationName);
    c->name = name_part(subject, NID_commonName);
    if (c->name == NULL && c->subject != NULL)
        c->name = strdup(c->subject);
    c->issuer_name = name_part(issuer, NID_commonName);
    if (c->issuer_name == NULL && c->issuer != NULL)
        c->issuer_name = strdup(c->issuer);
    if (c->subject == NULL || c->issuer == NULL || c->serial == NULL || c->name == NULL ||
        c->issuer_name == NULL)
        return err_set_memory(e);
    if (instant(X509_get0_notBefore(x), &c->not_before) != 0 ||
        instant(X509_get0_notAfter(x), &c->not_after) != 0)
        return err_set(e, ERR_INPUT, "err.x509.cert", what, NULL);
    read_key(c);
    c->self_issued = X509_NAME_cmp(subject, issuer) == 0;
    c->self_signed =
        c->self_issued && X509_get0_pubkey(x) != NULL && X509_verify(x, X509_get0_pubkey(x)) == 1;
    return cert_read_extensions(c, e);
}

static struct cert *learned;

static bool is_learned(const void *der, size_t len)
{
    return learned != NULL && learned->der_len == len && memcmp(learned->der, der, len) == 0;
}

/* A first use of the key makes what later ones need. */
static void use_key(const struct cert *c)
{
    struct sign_alg alg = {c->key_kind == CERT_KEY_EC ? SCHEME_ECDSA : SCHEME_RSA_PKCS1,
                           DIGEST_SHA256};
    unsigned char value[1 << 10] = {0};
    size_t n = ((size_t)c->key_bits + 7) / 8;

    if (n <= sizeof value)
        (void)alg_verify(&alg, c, "", 0, value, n);
}

void cert_learn(const void *der, size_t len)
{
    if (is_learned(der, len))
        return;
    cert_free(learned);
    learned = NULL;
    if (cert_parse(&learned, der, len, "-", NULL) == 0)
        use_key(learned);
}

int cert_parse(struct cert **out, const void *der, size_t len, const char *what, struct err *e)
{
    const unsigned char *p = der;
    struct cert *c = NULL;
    int rc = -1;

    if (is_learned(der, len)) {
        learned->owners++;
        *out = learned;
        return 0;
    }
    ERR_set_mark();
    /* OpenSSL reads BER too; what is signed is DER (RFC 5280 4.1.1.3), and two readers of one
     * certificate in BER need not agree on it */
    if (len == 0 || len > (size_t)ceilings.certificate_bytes || !der_definite(der, len)) {
        err_set(e, ERR_INPUT, "err.x509.cert", what, NULL);
        goto out;
    }
    c = calloc(1, sizeof *c);
    if (c == NULL || (c->der = malloc(len)) == NULL) {
        err_set_memory(e);
        goto out;
    }
    memcpy(c->der, der, len);
    c->der_len = len;
    c->x509 = d2i_X509(NULL, &p, (long)len);
    if (c->x509 == NULL || p != (const unsigned char *)der + len) {
        err_set(e, ERR_INPUT, "err.x509.cert", what, NULL);
        goto out;
    }
    if (read_facts(c, what, e) != 0)
        goto out;
    *out = c;
    c = NULL;
    rc = 0;
out:
    ERR_pop_to_mark();
    cert_free(c);
    return rc;
}

void cert_texts_free(struct cert_texts *t)
{
    for (size_t i = 0; i < t->count; i++)
        free(t->items[i]);
    free(t->items);
}

void cert_free(struct cert *c)
{
    if (c == NULL || c->owners-- > 0)
        return;
    X509_free(c->x509);
    free(c->der);
    free(c->subject);
    free(c->issuer);
    free(c->name);
    free(c->organisation);
    free(c->issuer_name);
    free(c->serial);
    cert_texts_free(&c->policies);
    cert_texts_free(&c->ocsp_urls);
    cert_texts_free(&c->issuer_urls);
    cert_texts_free(&c->crl_urls);
    cert_texts_free(&c->delta_urls);
    free(c);
}

struct jv *cert_json(const struct cert *c)
{
    struct jv *o = jv_object();
    char day[DATE_TEXT_MAX];

    jv_put_text(o, "subject", c->subject);
    jv_put_text(o, "issuer", c->issuer);
    jv_put_text(o, "serial", c->serial);
    date_instant_iso(c->not_before, day);
    jv_put_text(o, "not_before", day);
    date_instant_iso(c->not_after, day);
    jv_put_text(o, "not_after", day);
    jv_put_text(o, "sha256", c->sha256);
    jv_put_text(o, "key", c->key_name);
    return o;
}

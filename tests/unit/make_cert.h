/* For unit tests: keys and certificates made on the spot. A test that cannot make one stops. */
#ifndef PARAPHE_TESTS_MAKE_CERT_H
#define PARAPHE_TESTS_MAKE_CERT_H

#include <openssl/conf.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdlib.h>
#include <string.h>

#include "base/ports.h"
#include "x509/cert.h"

struct made {
    EVP_PKEY *key;
    X509 *x509;
};
struct made_ext {
    int nid;
    const char *value; /* as in openssl.cnf, sections excluded */
};

static inline void made_must(int good)
{
    if (!good)
        abort();
}

/* kind: "rsa:2048", "ec:P-256"... issuer NULL: self-signed. Valid from 1 day before to 365 days
 * after `now`. */
static inline void made_cert(struct made *out, const char *kind, const char *name,
                             const struct made *issuer, const struct made_ext *exts, int64_t now)
{
    static long serial = 0x5a01;
    const struct made *by = issuer != NULL ? issuer : out;
    X509_NAME *subject = X509_NAME_new();
    X509V3_CTX ctx;
    CONF *conf = NCONF_new(NULL); /* policies and CRL points want one, though empty */

    out->key = strncmp(kind, "rsa:", 4) == 0
                   ? EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)atoi(kind + 4))
                   : EVP_PKEY_Q_keygen(NULL, NULL, "EC", kind + 3);
    out->x509 = X509_new();
    made_must(out->key != NULL && out->x509 != NULL && subject != NULL);
    made_must(X509_NAME_add_entry_by_txt(subject, "C", MBSTRING_UTF8, (const unsigned char *)"FR",
                                         -1, -1, 0));
    made_must(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name,
                                         -1, -1, 0));
    made_must(X509_set_version(out->x509, X509_VERSION_3));
    made_must(ASN1_INTEGER_set(X509_get_serialNumber(out->x509), serial++));
    made_must(X509_set_subject_name(out->x509, subject));
    made_must(X509_set_issuer_name(out->x509,
                                   issuer != NULL ? X509_get_subject_name(issuer->x509) : subject));
    ASN1_TIME_set(X509_getm_notBefore(out->x509), (time_t)(now - 86400));
    ASN1_TIME_set(X509_getm_notAfter(out->x509), (time_t)(now + 365 * 86400));
    made_must(X509_set_pubkey(out->x509, out->key));
    X509V3_set_ctx(&ctx, by->x509, out->x509, NULL, NULL, 0);
    X509V3_set_nconf(&ctx, conf);
    for (size_t i = 0; exts != NULL && exts[i].value != NULL; i++) {
        X509_EXTENSION *ext = X509V3_EXT_nconf_nid(conf, &ctx, exts[i].nid, exts[i].value);
        made_must(ext != NULL && X509_add_ext(out->x509, ext, -1));
        X509_EXTENSION_free(ext);
    }
    made_must(X509_sign(out->x509, by->key, EVP_sha256()) > 0);
    NCONF_free(conf);
    X509_NAME_free(subject);
}

static inline void made_free(struct made *m)
{
    EVP_PKEY_free(m->key);
    X509_free(m->x509);
    m->key = NULL;
    m->x509 = NULL;
}

static inline void made_add(struct der_list *list, const struct made *m)
{
    unsigned char *der = NULL;
    int n = i2d_X509(m->x509, &der);

    made_must(n > 0 && der_list_add(list, der, (size_t)n, NULL) == 0);
    OPENSSL_free(der);
}

static inline struct cert *made_facts(const struct made *m)
{
    struct cert *c = NULL;
    unsigned char *der = NULL;
    int n = i2d_X509(m->x509, &der);

    made_must(n > 0 && cert_parse(&c, der, (size_t)n, "made", NULL) == 0);
    OPENSSL_free(der);
    return c;
}

/* Signs as a token would: the value as CMS wants it. Returns its length; value has 1024 places. */
static inline size_t made_sign(const struct made *m, const struct sign_alg *alg,
                               const void *message, size_t len, unsigned char *value)
{
    const char *name = alg->digest == DIGEST_SHA512   ? "SHA512"
                       : alg->digest == DIGEST_SHA384 ? "SHA384"
                                                      : "SHA256";
    const EVP_MD *md = EVP_get_digestbyname(name);
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pctx = NULL;
    size_t n = 1024;

    made_must(ctx != NULL && EVP_DigestSignInit(ctx, &pctx, md, NULL, m->key) == 1);
    if (alg->scheme == SCHEME_RSA_PSS)
        made_must(EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) == 1 &&
                  EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) == 1);
    made_must(EVP_DigestSign(ctx, value, &n, message, len) == 1);
    EVP_MD_CTX_free(ctx);
    return n;
}

#endif

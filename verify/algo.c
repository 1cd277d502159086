#include "verify/algo.h"

#include <limits.h>
#include <openssl/x509.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "verify/cms.h"
#include "x509/cert.h"

struct end {
    const char *name;
    int below_bits; /* keys with fewer bits than this; 0 for digests */
    int64_t days;   /* since 1970; -1: no end known */
};
/* The days of data/algorithms/eu.json, with its source (a unit test compares): 2010-08-01 = 14822,
 * 2012-08-01 = 15553, 2019-10-01 = 18170, 2021-10-01 = 18901, 2029-01-01 = 21550 */
static const struct end digest_ends[] = {
    {"SHA-1", 0, 15553}, {"SHA-224", 0, 21550}, {"SHA-256", 0, -1},
    {"SHA-384", 0, -1},  {"SHA-512", 0, -1},    {"SHA3-256", 0, -1},
    {"SHA3-384", 0, -1}, {"SHA3-512", 0, -1},   {"SHAKE256", 0, -1},
};
static const struct end rsa_ends[] = {
    {"RSA", 1024, 14822}, {"RSA", 1900, 18170}, {"RSA", 3000, 21550}, {"RSA", INT_MAX, -1}};
static const struct end ec_ends[] = {
    {"EC", 224, 15553}, {"EC", 256, 18901}, {"EC", INT_MAX, -1}, {"EC", INT_MAX, -1}};
static const struct end scheme_end = {"RSA-PKCS1", 0, 21550};

static int64_t instant(int64_t days)
{
    return days < 0 ? ALGO_NO_END : days * 86400;
}

int64_t algo_digest_end(const char *name)
{
    for (size_t i = 0; i < sizeof digest_ends / sizeof digest_ends[0]; i++) {
        if (strcmp(digest_ends[i].name, name) == 0)
            return instant(digest_ends[i].days);
    }
    return 0;
}

int64_t algo_key_end(const struct cert *c)
{
    const struct end *table = c->key_kind == CERT_KEY_RSA ? rsa_ends : ec_ends;

    if (c->key_kind == CERT_KEY_OTHER) /* Ed25519, Ed448 (ISO/TS 32002); others have no scheme */
        return ALGO_NO_END;
    for (size_t i = 0; i < sizeof rsa_ends / sizeof rsa_ends[0]; i++) {
        if (c->key_bits < table[i].below_bits)
            return instant(table[i].days);
    }
    return 0;
}

int64_t algo_scheme_end(const char *scheme)
{
    return strcmp(scheme, scheme_end.name) == 0 ? instant(scheme_end.days) : ALGO_NO_END;
}

void algo_check(const struct sigalg *alg, const struct cert *key_of, int64_t when, const char *what,
                struct findings *f)
{
    /* EdDSA digests by itself; what it signs may hold the digest of something else */
    int64_t end = alg->digest[0] != '\0' ? algo_digest_end(alg->digest) : ALGO_NO_END;
    int64_t key_end = algo_key_end(key_of), scheme = algo_scheme_end(alg->scheme);
    char day[DATE_TEXT_MAX], name[64];

    if (end > key_end)
        end = key_end;
    if (end > scheme)
        end = scheme;
    if (when < end)
        return;
    date_iso(date_from_days(end / 86400), day);
    snprintf(name, sizeof name, "%s, %s", alg->digest, key_of->key_name);
    findings_add(f, "algo.weak", what, name, day, NULL);
}

void algo_check_cert(const struct cert *cert, const struct cert *issuer, int64_t at,
                     struct findings *f)
{
    const X509_ALGOR *alg = NULL;
    unsigned char *der = NULL;
    struct findings ignored;
    struct sigalg read;

    X509_get0_signature(NULL, &alg, cert->x509);
    int n = i2d_X509_ALGOR(alg, &der);
    if (findings_init(&ignored) != 0 || n <= 0 ||
        sigalg_read((struct span){der, (size_t)n}, (struct span){NULL, 0}, &read, &ignored) != 0)
        findings_add(f, "algo.certificate-unknown", cert->name, NULL);
    else
        algo_check(&read, issuer, at, cert->name, f);
    findings_free(&ignored);
    OPENSSL_free(der);
}

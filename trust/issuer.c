#include "trust/issuer.h"

#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/text.h"
#include "x509/cert.h"

enum { POOL_MAX = 64, SENTENCE = 700, TERRITORIES = 200 };

enum standing { UNLISTED, WITHDRAWN, OTHER_USE, LISTED };

/* The issuer's name and key identifier, in the hexadecimal that the lists' certificates are kept
 * in: of thousands only those in which one of them stands are decoded. */
struct marks {
    char *name, *key; /* NULL for none */
};

static char *hex_new(const unsigned char *data, size_t n)
{
    char *hex = malloc(2 * n + 1);

    if (hex != NULL)
        hex_lower(data, n, hex);
    return hex;
}

static void marks_of(const struct cert *c, struct marks *m)
{
    unsigned char *name = NULL;
    int n = i2d_X509_NAME(X509_get_issuer_name(c->x509), &name);
    const ASN1_OCTET_STRING *key = X509_get0_authority_key_id(c->x509);

    m->name = n > 0 ? hex_new(name, (size_t)n) : NULL;
    m->key = key != NULL && ASN1_STRING_length(key) > 0
                 ? hex_new(ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key))
                 : NULL;
    OPENSSL_free(name);
}

static bool marked(const struct marks *m, const char *hex)
{
    return (m->key != NULL && strstr(hex, m->key) != NULL) ||
           (m->name != NULL && strstr(hex, m->name) != NULL);
}

static bool issued_by(const struct cert *c, const struct marks *m, const struct jv *hex)
{
    struct buf der = BUF_INIT(1 << 20);
    struct cert *issuer = NULL;
    struct err ignored = ERR_INIT;
    const char *text = jv_str(hex);
    bool is = text != NULL && marked(m, text) && jv_bytes(hex, &der) == 0 &&
              cert_parse(&issuer, der.data, der.len, "list", &ignored) == 0 &&
              cert_issued_by(c, issuer);

    cert_free(issuer);
    buf_free(&der);
    return is;
}

static bool names_issuer(const struct jv *service, const struct cert *c, const struct marks *m)
{
    const struct jv *certs = jv_get(service, "certs");

    for (size_t i = 0; i < jv_count(certs); i++) {
        if (issued_by(c, m, jv_at(certs, i)))
            return true;
    }
    return false;
}

/* The period in force at an instant; NULL when there is none. */
static const struct jv *period_at(const struct jv *service, int64_t at)
{
    const struct jv *periods = jv_get(service, "periods");

    for (size_t i = 0; i < jv_count(periods); i++) {
        const struct jv *p = jv_at(periods, i);
        const char *from = jv_get_text(p, "from"), *until = jv_get_text(p, "until");
        int64_t a, b;
        if (from != NULL && date_instant_parse(from, &a) == 0 && a <= at &&
            (until == NULL || (date_instant_parse(until, &b) == 0 && at < b)))
            return p;
    }
    return NULL;
}

static bool granted_at(const struct jv *service, int64_t at)
{
    static const char *const good[] = {"granted", "undersupervision", "accredited",
                                       "supervisionincessation"};
    const char *status = jv_get_text(period_at(service, at), "status");

    for (size_t i = 0; status != NULL && i < sizeof good / sizeof good[0]; i++) {
        if (strcmp(good[i], status) == 0)
            return true;
    }
    return false;
}

static bool is_seal(const struct cert *c, bool wanted)
{
    uint32_t types = c->qc_types & (CERT_QC_ESIGN | CERT_QC_ESEAL);

    return types == 0 ? wanted : (types & CERT_QC_ESEAL) != 0;
}

/* A list that does not say for what (before eIDAS, or kept by an earlier version) says nothing
 * against it. */
static bool for_this_use(const struct jv *service, bool seal)
{
    const struct jv *uses = jv_get(service, "uses");

    return jv_count(uses) == 0 || jv_has_text(uses, seal ? "seals" : "signatures");
}

/* The best of the services that issued c; *found stays where there is none. */
static enum standing best_of(const struct trust_issuer_request *r, const struct cert *c, bool seal,
                             const struct jv **found)
{
    enum standing best = UNLISTED;
    struct marks marks;

    marks_of(c, &marks);
    for (size_t i = 0; i < jv_count(r->services) && best < LISTED; i++) {
        const struct jv *s = jv_at(r->services, i);
        const char *type = jv_get_text(s, "type");
        if (type == NULL || strcmp(type, "CA/QC") != 0 || !names_issuer(s, c, &marks))
            continue;
        enum standing one = !granted_at(s, r->now)  ? WITHDRAWN
                            : for_this_use(s, seal) ? LISTED
                                                    : OTHER_USE;
        if (one > best) {
            best = one;
            *found = s;
        }
    }
    free(marks.name);
    free(marks.key);
    return best;
}

/* From the certificate upwards until a service issued one of them. */
static enum standing climb(const struct trust_issuer_request *r, struct cert *const *pool, size_t n,
                           bool seal, const struct jv **found)
{
    const struct cert *at = pool[0];
    bool used[POOL_MAX] = {true};

    for (int depth = 0; depth < CERT_CHAIN_MAX && at != NULL; depth++) {
        enum standing best = best_of(r, at, seal, found);
        const struct cert *next = NULL;
        if (best != UNLISTED)
            return best;
        for (size_t i = 1; i < n && next == NULL; i++) {
            if (used[i] || pool[i] == NULL || !pool[i]->ca || !cert_issued_by(at, pool[i]))
                continue;
            used[i] = true;
            next = pool[i];
        }
        at = next;
    }
    return UNLISTED;
}

static void expired_text(const struct jv *expired, char out[TERRITORIES])
{
    struct buf list = BUF_INIT(TERRITORIES - 1);

    for (size_t i = 0; i < jv_count(expired); i++) {
        const char *t = jv_get_text(jv_at(expired, i), "territory");
        buf_format(&list, "%s%s", i > 0 ? ", " : "", t != NULL ? t : "?");
    }
    snprintf(out, TERRITORIES, "%s", buf_str(&list));
    buf_free(&list);
}

static void put_message(struct jv *o, enum standing standing, const struct jv *expired)
{
    const char *provider = jv_get_text(o, "provider"), *territory = jv_get_text(o, "territory");
    const char *since = jv_get_text(o, "since");
    char sentence[SENTENCE], day[DATE_TEXT_MAX] = "?", lists[TERRITORIES];
    const char *id = "trust.issuer.unlisted";

    provider = provider != NULL ? provider : "?";
    territory = territory != NULL ? territory : "?";
    if (since != NULL)
        text_day_of(since, day);
    if (standing == LISTED)
        id = jv_is_null(jv_get(o, "qualified"))   ? "trust.issuer.listed"
             : jv_is_true(jv_get(o, "qualified")) ? "trust.issuer.listed-qualified"
                                                  : "trust.issuer.listed-not-qualified";
    else if (standing == OTHER_USE)
        id = "trust.issuer.other-use";
    else if (standing == WITHDRAWN)
        id = "trust.issuer.withdrawn";
    else if (jv_count(expired) > 0)
        id = "trust.issuer.unknown";
    expired_text(expired, lists);
    if (strcmp(id, "trust.issuer.unknown") == 0)
        text_say(text_lang_get(), sentence, sizeof sentence, id, lists, NULL);
    else
        text_say(text_lang_get(), sentence, sizeof sentence, id, provider, territory, day, NULL);
    jv_put_text(o, "message", sentence);
}

static struct jv *issuer_json(const struct trust_issuer_request *r, const struct cert *c,
                              enum standing standing, const struct jv *service)
{
    static const char *const names[] = {"unlisted", "withdrawn", "other-use", "listed"};
    const struct jv *period = period_at(service, r->now);
    struct jv *o = jv_object();
    bool unknown = standing == UNLISTED && jv_count(r->expired) > 0;

    jv_put_text(o, "state", unknown ? "unknown" : names[standing]);
    if (standing == LISTED && jv_get_bool(service, "qualifications"))
        jv_put_null(o, "qualified"); /* the list has corrections (5.5.9.2), which are not read */
    else
        jv_put_bool(o, "qualified",
                    standing == LISTED && c->qc_compliance && granted_at(service, c->not_before));
    jv_put_text(o, "territory", jv_get_text(service, "territory"));
    jv_put_text(o, "provider", jv_get_text(service, "provider"));
    jv_put_text(o, "service", jv_get_text(service, "name"));
    jv_put_text(o, "status", jv_get_text(period, "status"));
    jv_put_text(o, "since", jv_get_text(period, "from"));
    put_message(o, standing, r->expired);
    return o;
}

struct jv *trust_issuer(const struct trust_issuer_request *r)
{
    struct cert *pool[POOL_MAX] = {NULL};
    size_t n = r->certs->count < POOL_MAX ? r->certs->count : POOL_MAX;
    const struct jv *service = NULL;
    struct jv *out = NULL;

    for (size_t i = 0; i < n; i++) { /* one that cannot be read stays NULL */
        struct err ignored = ERR_INIT;
        (void)cert_parse(&pool[i], r->certs->items[i].data, r->certs->items[i].len, "token",
                         &ignored);
    }
    if (n > 0 && pool[0] != NULL) {
        enum standing s = climb(r, pool, n, is_seal(pool[0], r->seal), &service);
        out = issuer_json(r, pool[0], s, service);
    }
    for (size_t i = 0; i < n; i++)
        cert_free(pool[i]);
    return out;
}

/* Services of trusted lists: granted when, and what follows for a signature (TS 119 612, TS 119
 * 615). */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/digest.h"
#include "base/jv.h"
#include "verify/validate.h"

static bool in_period(const struct jv *period, int64_t at)
{
    static const char *const good[] = {"granted", "undersupervision", "accredited",
                                       "supervisionincessation"};
    const char *from = jv_get_text(period, "from"), *until = jv_get_text(period, "until");
    const char *status = jv_get_text(period, "status");
    int64_t a, b;

    if (from == NULL || status == NULL || date_instant_parse(from, &a) != 0 || at < a)
        return false;
    if (until != NULL && (date_instant_parse(until, &b) != 0 || at >= b))
        return false;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (strcmp(good[i], status) == 0)
            return true;
    }
    return false;
}

static bool names(const struct jv *service, const char *hex)
{
    const struct jv *certs = jv_get(service, "certs");

    for (size_t i = 0; i < jv_count(certs); i++) {
        const char *own = jv_str(jv_at(certs, i));
        if (own != NULL && strcmp(own, hex) == 0)
            return true;
    }
    return false;
}

/* A list that does not say for what a service is (before eIDAS, or kept by an earlier version) says
 * nothing against any use. */
static bool serves(const struct jv *service, const char *use)
{
    const struct jv *uses = jv_get(service, "uses");

    return use == NULL || jv_count(uses) == 0 || jv_has_text(uses, use);
}

/* The service of this kind, and for this use unless NULL, that names the certificate and was
 * granted at both times; NULL. */
static const struct jv *service_of(const struct jv *services, const struct cert *c,
                                   const char *kind, const char *use, int64_t at, int64_t also)
{
    const struct jv *found = NULL;
    char *hex = malloc(c->der_len * 2 + 1);

    if (hex == NULL)
        return NULL;
    hex_lower(c->der, c->der_len, hex);
    for (size_t i = 0; i < jv_count(services) && found == NULL; i++) {
        const struct jv *s = jv_at(services, i), *periods = jv_get(s, "periods");
        const char *type = jv_get_text(s, "type");
        bool first = false, second = false;

        if (type == NULL || strncmp(type, kind, strlen(kind)) != 0 || !serves(s, use) ||
            !names(s, hex))
            continue;
        for (size_t k = 0; k < jv_count(periods); k++) {
            first = first || in_period(jv_at(periods, k), at);
            second = second || in_period(jv_at(periods, k), also);
        }
        if (first && second)
            found = s;
    }
    free(hex);
    return found;
}

bool service_granted(const struct jv *services, const struct cert *c, bool stamps, int64_t at)
{
    return service_of(services, c, stamps ? "TSA" : "CA/QC", NULL, at, at) != NULL;
}

const char *service_qualification(const struct jv *services, const struct chain *chain,
                                  int64_t best_time, const char **provider)
{
    const struct cert *leaf = chain->count > 0 ? chain->certs[0] : NULL;
    const struct jv *service = NULL;

    *provider = NULL;
    if (services == NULL || leaf == NULL)
        return NULL;
    /* a service for signatures says nothing of its seals (TS 119 612 5.5.9.4) */
    bool seal = (leaf->qc_types & CERT_QC_ESEAL) != 0;
    const char *use = seal ? "seals" : "signatures";
    for (size_t i = 1; i < chain->count && service == NULL; i++)
        service = service_of(services, chain->certs[i], "CA/QC", use, leaf->not_before, best_time);
    if (service == NULL)
        return "AdES";
    *provider = jv_get_text(service, "provider");
    /* the list may correct what the certificate says of itself (TS 119 612 5.5.9.2): not read here
     */
    if (jv_get_bool(service, "qualifications"))
        return "indeterminate";
    if (!leaf->qc_compliance || leaf->qc_types == CERT_QC_WEB)
        return "AdES"; /* of websites there are no signatures */
    if (seal && (leaf->qc_types & CERT_QC_ESIGN) != 0)
        return "indeterminate"; /* it says both, and is one (EN 319 412-5 4.2.3) */
    if (leaf->qc_sscd)
        return seal ? "QESeal" : "QESig";
    return seal ? "AdESeal-QC" : "AdESig-QC";
}

/* When the EU's list of algorithms ends what is about to be used: data/algorithms/eu.json, with its
 * source. */
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_sign_part.h"
#include "data/data.h"
#include "x509/cert.h"

enum { SOON_DAYS = 3 * 366, SENTENCE = 1536 };

static bool concerns(const struct jv *one, const struct cms_plan *plan)
{
    const char *key = jv_get_text(one, "key"), *digest = jv_get_text(one, "digest");
    const char *scheme = jv_get_text(one, "scheme");
    const char *own = plan->leaf->key_kind == CERT_KEY_RSA ? "RSA" : "EC";

    if (digest != NULL)
        return strcmp(digest, digest_name(plan->alg.digest)) == 0;
    if (scheme != NULL)
        return strcmp(scheme, sign_scheme_name(plan->alg.scheme)) == 0;
    return key != NULL && strcmp(key, own) == 0 &&
           plan->leaf->key_bits < jv_get_int(one, "below_bits", 0);
}

struct jv *act_sign_algorithms(void)
{
    const unsigned char *bytes = NULL;
    size_t n = 0;

    return data_find("algorithms/eu.json", &bytes, &n) == 0
               ? jv_parse((const char *)bytes, n, "eu.json", NULL)
               : NULL;
}

void act_sign_algorithm_end(const struct jv *list, const struct cms_plan *plan, int64_t now,
                            struct jv *warnings)
{
    const struct jv *ends = jv_get(list, "ends");
    struct date first = {0, 0, 0}, d;
    bool scheme = false; /* it is the scheme that ends, and not the key as well */
    char day[DATE_TEXT_MAX], sentence[SENTENCE];

    for (size_t i = 0; i < jv_count(ends); i++) {
        const char *end = jv_get_text(jv_at(ends, i), "end");
        if (end != NULL && concerns(jv_at(ends, i), plan) && date_parse_iso(end, &d) == 0 &&
            (first.year == 0 || date_compare(d, first) < 0)) {
            first = d;
            scheme = jv_get(jv_at(ends, i), "scheme") != NULL;
        }
    }
    if (first.year != 0 && date_to_days(first) - now / 86400 < SOON_DAYS) {
        if (text_lang_get() == TEXT_FR)
            date_french(first, day);
        else
            date_iso(first, day);
        text_say(text_lang_get(), sentence, sizeof sentence,
                 scheme ? "cmd.sign.warn-scheme" : "cmd.sign.warn-algorithm",
                 scheme ? sign_scheme_name(plan->alg.scheme) : plan->leaf->key_name, day, NULL);
        act_sign_warn(warnings, "algorithm-end", sentence);
    }
}

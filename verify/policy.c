#include "verify/policy.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"

static const struct {
    const char *id, *revocation, *freshness, *key_usage, *time_stamp;
} known[] = {
    /* The published texts of EDC PSC name neither level nor list: integrity, identity and an anchor
       are asked for. */
    {"eidas", "required", "next-update", "non-repudiation", "optional"},
    {"dss", "required", "next-update", "any", "optional"},
    {"edc-psc", "if-available", "next-update", "non-repudiation", "optional"},
};

static struct jv *known_json(size_t i)
{
    struct jv *o = jv_object();

    jv_put_text(o, "format", "paraphe-policy");
    jv_put_int(o, "version", 1);
    jv_put_text(o, "id", known[i].id);
    jv_put_text(o, "revocation", known[i].revocation);
    jv_put_text(o, "freshness", known[i].freshness);
    jv_put_int(o, "max_age", 86400);
    jv_put_text(o, "key_usage", known[i].key_usage);
    jv_put_text(o, "time_stamp", known[i].time_stamp);
    return o;
}

static bool one_of(const struct jv *o, const char *key, const char *a, const char *b)
{
    const char *v = jv_get_text(o, key);

    return jv_get(o, key) == NULL || (v != NULL && (strcmp(v, a) == 0 || strcmp(v, b) == 0));
}

int policy_load(const char *name, struct jv **out, struct err *e)
{
    struct buf text;
    struct jv *o = NULL;

    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i].id) == 0) {
            *out = known_json(i);
            return 0;
        }
    }
    buf_init(&text, (size_t)ceilings.config_bytes);
    if (file_read(name, (size_t)ceilings.config_bytes, &text, e) != 0 ||
        (o = jv_parse(buf_str(&text), text.len, name, e)) == NULL)
        goto out;
    const char *format = jv_get_text(o, "format"), *id = jv_get_text(o, "id");
    if (format == NULL || strcmp(format, "paraphe-policy") != 0 ||
        jv_get_int(o, "version", 0) != 1 || id == NULL || id[0] == '\0' ||
        !one_of(o, "revocation", "required", "if-available") ||
        !one_of(o, "freshness", "next-update", "after-signature") ||
        !one_of(o, "key_usage", "non-repudiation", "any") ||
        !one_of(o, "time_stamp", "required", "optional")) {
        err_set(e, ERR_USAGE, "err.verify.policy", name, NULL);
        goto out;
    }
    *out = o;
    o = NULL;
    buf_free(&text);
    return 0;
out:
    jv_free(o);
    buf_free(&text);
    return -1;
}

static bool is(const struct jv *json, const char *key, const char *value)
{
    const char *v = jv_get_text(json, key);

    return v != NULL && strcmp(v, value) == 0;
}

void policy_read(const struct jv *json, struct policy *out)
{
    const char *id = jv_get_text(json, "id");

    snprintf(out->id, sizeof out->id, "%s", id != NULL ? id : "eidas");
    out->revocation_required = !is(json, "revocation", "if-available");
    out->revocation_strict = is(json, "freshness", "after-signature");
    out->max_age = jv_get_int(json, "max_age", 86400);
    out->non_repudiation = !is(json, "key_usage", "any");
    out->time_stamp_required = is(json, "time_stamp", "required");
}

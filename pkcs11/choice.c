#include "pkcs11/choice.h"

#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "base/text.h"

static void add(struct choice *c, const char *code, bool about_certificate)
{
    if (c->count < CHOICE_REASONS_MAX)
        c->reasons[c->count++] = code;
    c->about_certificate = c->about_certificate || about_certificate;
}

struct mech_key choice_mech_key(const struct cert *c, const struct object *key)
{
    struct mech_key limits = {.kind = CERT_KEY_OTHER};

    if (key != NULL)
        limits = key->limits;
    limits.kind = c->key_kind;
    limits.bits = c->key_bits;
    return limits;
}

/* Curves that CMS, TS 119 312 and the readers know; others (brainpool, Ed25519) are verified but
 * not made. */
static bool curve_known(const struct cert *c)
{
    return strcmp(c->key_name, "EC P-256") == 0 || strcmp(c->key_name, "EC P-384") == 0 ||
           strcmp(c->key_name, "EC P-521") == 0;
}

static void about_usage(const struct choice_facts *f, struct choice *out)
{
    const struct cert *c = f->cert;
    bool seal = (c->qc_types & CERT_QC_ESEAL) != 0;
    uint32_t natural =
        CERT_USAGE_NON_REPUDIATION | (seal ? (uint32_t)CERT_USAGE_DIGITAL_SIGNATURE : 0U);
    uint32_t enough = natural | (f->by_hand ? (uint32_t)CERT_USAGE_DIGITAL_SIGNATURE : 0U);

    out->by_hand_only = (c->usage & natural) == 0;
    if ((c->usage & enough) == 0)
        add(out,
            (c->usage & CERT_USAGE_DIGITAL_SIGNATURE) != 0 ? "no-nonrepudiation"
                                                           : "no-signature-use",
            true);
    else if (!c->usage_given && !f->by_hand && c->eku_given &&
             (c->eku & (CERT_EKU_EMAIL | CERT_EKU_ANY | CERT_EKU_OTHER)) == 0)
        add(out, "other-purpose", true); /* a TLS or time-stamp certificate without key usage */
}

static void about_key_kind(const struct choice_facts *f, struct choice *out)
{
    const struct cert *c = f->cert;
    struct mech_key limits = choice_mech_key(c, f->key);
    struct sign_alg algs[SIGN_ALGS_MAX];

    if (c->key_kind == CERT_KEY_OTHER || (c->key_kind == CERT_KEY_EC && !curve_known(c)))
        add(out, "key-unsupported", true);
    else if (c->key_kind == CERT_KEY_RSA && c->key_bits < RSA_BITS_MIN)
        add(out, "key-weak", true);
    else if (mech_algorithms(f->mechanisms, &limits, algs) == 0)
        add(out, "no-mechanism", false);
}

void choice_make(const struct choice_facts *f, struct choice *out)
{
    const struct cert *c = f->cert;

    memset(out, 0, sizeof *out);
    if (c == NULL) {
        add(out, "unreadable", true);
        return;
    }
    if (c->ca)
        add(out, "ca", true);
    if (f->now > c->not_after)
        add(out, "expired", true);
    if (f->now < c->not_before)
        add(out, "not-yet-valid", true);
    if (!c->ca)
        about_usage(f, out);
    about_key_kind(f, out);
    if (f->key != NULL && f->key->no_sign)
        add(out, "key-no-sign", false);
    if (f->key == NULL && !f->key_may_hide)
        add(out, "no-private-key", false);
    if (out->count > 0)
        out->signs = SIGNS_NO;
    else
        out->signs = f->key != NULL ? SIGNS_YES : SIGNS_PROBABLY;
}

const char *choice_signs_name(enum choice_signs signs)
{
    static const char *const names[] = {"no", "probably", "yes"};

    return names[signs];
}

struct jv *choice_reasons_json(const struct choice *c)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < c->count; i++) {
        char id[64];
        struct jv *o = jv_object();
        snprintf(id, sizeof id, "pkcs11.reason.%s", c->reasons[i]);
        jv_put_text(o, "code", c->reasons[i]);
        jv_put_text(o, "message", text(id));
        jv_add_take(list, o);
    }
    return list;
}

struct jv *choice_usage_json(const struct cert *c)
{
    static const struct {
        uint32_t bit;
        const char *name;
    } rows[] = {
        {CERT_USAGE_DIGITAL_SIGNATURE, "digital-signature"},
        {CERT_USAGE_NON_REPUDIATION, "non-repudiation"},
        {CERT_USAGE_KEY_ENCIPHERMENT, "key-encipherment"},
        {CERT_USAGE_DATA_ENCIPHERMENT, "data-encipherment"},
        {CERT_USAGE_KEY_AGREEMENT, "key-agreement"},
        {CERT_USAGE_KEY_CERT_SIGN, "certificate-sign"},
        {CERT_USAGE_CRL_SIGN, "crl-sign"},
    };
    struct jv *list = jv_array();

    for (size_t i = 0; c->usage_given && i < sizeof rows / sizeof rows[0]; i++) {
        if ((c->usage & rows[i].bit) != 0)
            jv_add_text(list, rows[i].name);
    }
    return list;
}

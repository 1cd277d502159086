#include <stdio.h>
#include <string.h>

#include "base/digest.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/utf8.h"
#include "pkcs11/choice.h"
#include "pkcs11/inventory.h"

enum { FIELD_ROOM = 200, HEX_ROOM = 2 * OBJECT_ID_MAX + 1 };

static void put_field(struct jv *o, const char *key, const unsigned char *field, size_t n)
{
    char text[FIELD_ROOM];

    inventory_text(field, n, text, sizeof text);
    jv_put_text(o, key, text);
}

static void put_version(struct jv *o, const char *key, CK_VERSION v)
{
    char text[16];

    snprintf(text, sizeof text, "%u.%u", v.major, v.minor);
    jv_put_text(o, key, text);
}

struct jv *inventory_module_json(const CK_INFO *info)
{
    struct jv *o = jv_object();

    put_field(o, "manufacturer", info->manufacturerID, sizeof info->manufacturerID);
    put_field(o, "description", info->libraryDescription, sizeof info->libraryDescription);
    put_version(o, "version", info->libraryVersion);
    put_version(o, "cryptoki", info->cryptokiVersion);
    return o;
}

static struct jv *flags_json(const CK_TOKEN_INFO *info)
{
    static const struct {
        CK_FLAGS bit;
        const char *name;
    } rows[] = {
        {CKF_TOKEN_INITIALIZED, "initialized"},
        {CKF_LOGIN_REQUIRED, "login-required"},
        {CKF_USER_PIN_INITIALIZED, "pin-set"},
        {CKF_PROTECTED_AUTHENTICATION_PATH, "pad"},
        {CKF_WRITE_PROTECTED, "write-protected"},
        {CKF_USER_PIN_COUNT_LOW, "pin-count-low"},
        {CKF_USER_PIN_FINAL_TRY, "pin-final-try"},
        {CKF_USER_PIN_LOCKED, "pin-locked"},
        {CKF_USER_PIN_TO_BE_CHANGED, "pin-to-be-changed"},
    };
    struct jv *list = jv_array();

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if ((info->flags & rows[i].bit) != 0)
            jv_add_text(list, rows[i].name);
    }
    return list;
}

bool inventory_selected(const struct inventory *inv, const struct inventory_wishes *w, size_t cert)
{
    const struct object *o = &inv->certs.items[cert];
    char id[HEX_ROOM];

    if (!inv->matches || o->cert == NULL)
        return false;
    if (w->selector->file != NULL && !o->from_file)
        return false;
    hex_lower(o->id.data, o->id.len, id);
    struct selector_facts facts = {o->cert->subject, o->cert->issuer, o->cert->serial,
                                   o->cert->sha256, id};
    if (!selector_fits(w->selector, &facts))
        return false;
    return o->from_file || uri_matches_object(w->uri, o->id.data, o->id.len, o->label);
}

static void algorithms_put(struct jv *o, const struct inventory *inv, const struct cert *c,
                           const struct object *key)
{
    struct mech_key limits = choice_mech_key(c, key);
    struct sign_alg algs[SIGN_ALGS_MAX];
    size_t n = mech_algorithms(&inv->mechanisms, &limits, algs);
    struct jv *list = jv_array();

    for (size_t i = 0; i < n; i++) {
        struct jv *one = jv_object();
        jv_put_text(one, "scheme", sign_scheme_name(algs[i].scheme));
        jv_put_text(one, "digest", digest_name(algs[i].digest));
        jv_put_text(one, "mechanism", mech_choose(&inv->mechanisms, &limits, &algs[i])->name);
        jv_add_take(list, one);
    }
    jv_put_take(o, "algorithms", list);
}

static struct jv *qc_json(const struct cert *c)
{
    struct jv *list = jv_array();

    if (c->qc_compliance)
        jv_add_text(list, "compliance");
    if (c->qc_sscd)
        jv_add_text(list, "sscd");
    if ((c->qc_types & CERT_QC_ESIGN) != 0)
        jv_add_text(list, "esign");
    if ((c->qc_types & CERT_QC_ESEAL) != 0)
        jv_add_text(list, "eseal");
    return list;
}

/* The issuer's common name, or the whole name when it has none: RFC 4514 text, where "," and "\\"
 * inside are escaped. */
static void put_issuer_name(struct jv *o, const char *issuer)
{
    char name[FIELD_ROOM];
    size_t n = 0;
    const char *at = strncmp(issuer, "CN=", 3) == 0 ? issuer : strstr(issuer, ",CN=");

    if (at == NULL || (at != issuer && at[-1] == '\\')) {
        jv_put_text(o, "issuer_name", issuer);
        return;
    }
    for (at += *at == ',' ? 4 : 3; *at != '\0' && *at != ',' && *at != '+' && n + 1 < sizeof name;
         at++) {
        if (*at == '\\' && at[1] != '\0')
            at++;
        name[n++] = *at;
    }
    name[utf8_whole_length(name, n)] = '\0';
    jv_put_text(o, "issuer_name", name);
}

static struct jv *cert_entry(const struct inventory *inv, const struct inventory_wishes *w,
                             size_t i)
{
    const struct object *o = &inv->certs.items[i];
    const struct object *key = object_private_of(o, &inv->certs, &inv->privates, &inv->publics);
    bool hides =
        !inv->logged_in && (inv->token.flags & (CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED |
                                                CKF_PROTECTED_AUTHENTICATION_PATH)) != 0;
    bool selected = inventory_selected(inv, w, i);
    bool named = w->selector->count > 0 || w->selector->file != NULL;
    struct choice_facts facts = {o->cert, key,   &inv->mechanisms,
                                 w->now,  hides, (selected && named) || w->seal};
    struct jv *e = o->cert != NULL ? cert_json(o->cert) : jv_object();
    struct choice choice;
    char id[HEX_ROOM];

    choice_make(&facts, &choice);
    hex_lower(o->id.data, o->id.len, id);
    jv_put_text(e, "id", id);
    jv_put_text(e, "label", o->label);
    jv_put_bool(e, "from_file", o->from_file);
    jv_put_bool(e, "selected", selected);
    if (o->cert != NULL) {
        jv_put_text(e, "name", o->cert->name);
        put_issuer_name(e, o->cert->issuer);
        jv_put_take(e, "key_usage", choice_usage_json(o->cert));
        jv_put_take(e, "qualified", qc_json(o->cert));
        jv_put_bool(e, "ca", o->cert->ca);
        if (w->with_der)
            jv_put_hex(e, "der", o->cert->der, o->cert->der_len);
        algorithms_put(e, inv, o->cert, key);
    }
    jv_put_text(e, "private_key", key != NULL ? "seen" : hides ? "hidden" : "absent");
    jv_put_bool(e, "public_key_seen", object_public_seen(o, &inv->publics));
    if (key != NULL)
        jv_put_bool(e, "always_authenticate", key->always_authenticate);
    else
        jv_put_null(e, "always_authenticate");
    jv_put_text(e, "signs", choice_signs_name(choice.signs));
    jv_put_bool(e, "by_hand_only", choice.signs != SIGNS_NO && choice.by_hand_only);
    jv_put_bool(e, "certificate_at_fault", choice.about_certificate);
    jv_put_take(e, "reasons", choice_reasons_json(&choice));
    return e;
}

static struct jv *token_json(const struct inventory *inv, const struct inventory_wishes *w)
{
    struct jv *o = jv_object(), *certs = jv_array();

    jv_put_text(o, "label", inv->label);
    put_field(o, "manufacturer", inv->token.manufacturerID, sizeof inv->token.manufacturerID);
    put_field(o, "model", inv->token.model, sizeof inv->token.model);
    jv_put_text(o, "serial", inv->serial);
    put_version(o, "hardware", inv->token.hardwareVersion);
    put_version(o, "firmware", inv->token.firmwareVersion);
    jv_put_take(o, "flags", flags_json(&inv->token));
    jv_put_int(o, "pin_min", (int64_t)inv->token.ulMinPinLen);
    jv_put_int(o, "pin_max", (int64_t)inv->token.ulMaxPinLen);
    jv_put_bool(o, "logged_in", inv->logged_in);
    jv_put_bool(o, "matches", inv->matches);
    jv_put_take(o, "mechanisms", mech_json(&inv->mechanisms));
    for (size_t i = 0; i < inv->certs.count; i++)
        jv_add_take(certs, cert_entry(inv, w, i));
    jv_put_take(o, "certificates", certs);
    jv_put_int(o, "private_keys", (int64_t)inv->privates.count);
    jv_put_int(o, "public_keys", (int64_t)inv->publics.count);
    return o;
}

struct jv *inventory_json(const struct inventory *inv, const struct inventory_wishes *w)
{
    struct jv *o = jv_object();

    jv_put_int(o, "slot", (int64_t)inv->slot);
    put_field(o, "description", inv->slot_info.slotDescription,
              sizeof inv->slot_info.slotDescription);
    put_field(o, "manufacturer", inv->slot_info.manufacturerID,
              sizeof inv->slot_info.manufacturerID);
    jv_put_bool(o, "removable", (inv->slot_info.flags & CKF_REMOVABLE_DEVICE) != 0);
    jv_put_bool(o, "hardware", (inv->slot_info.flags & CKF_HW_SLOT) != 0);
    if (inv->present)
        jv_put_take(o, "token", token_json(inv, w));
    else
        jv_put_null(o, "token");
    if (!err_is_set(&inv->error)) {
        jv_put_null(o, "error");
        return o;
    }
    struct jv *error = jv_object();
    jv_put_text(error, "id", inv->error.id);
    jv_put_text(error, "sentence", inv->error.sentence);
    jv_put_text(error, "foreign", inv->error.foreign);
    jv_put_int(error, "status", (int64_t)inv->error.kind);
    jv_put_take(o, "error", error);
    return o;
}

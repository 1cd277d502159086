/* The token child's work once a certificate is chosen: session, login, key, signature. */
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/text.h"
#include "pkcs11/calm.h"
#include "pkcs11/child.h"
#include "pkcs11/choice.h"
#include "pkcs11/rv.h"
#include "x509/alg.h"

void child_close(struct child *c)
{
    login_forget(&c->login);
    if (c->session != CK_INVALID_HANDLE) {
        if (c->login.logged_in)
            ck_logout(c->ck, c->session);
        ck_session_close(c->ck, c->session);
    }
    c->session = CK_INVALID_HANDLE;
    c->login.logged_in = c->login.accepted = false; /* the next token may have another PIN */
    cert_free(c->leaf);
    c->leaf = NULL;
    c->key = NULL;
    c->open = NULL;
    c->away = false; /* which was said of the one that is closed */
}

static struct inventory *slot_find(struct child *c, CK_SLOT_ID slot)
{
    for (size_t i = 0; i < c->nslots; i++) {
        if (c->slots[i].slot == slot && c->slots[i].present)
            return &c->slots[i];
    }
    return NULL;
}

int child_session(struct child *c, struct inventory *inv, struct err *e)
{
    CK_RV rv = ck_session_open(c->ck, inv->slot, &c->session);

    if (rv != CKR_OK)
        return rv_err(rv, "C_OpenSession", ck_path(c->ck), e);
    c->open = inv;
    c->login.ck = c->ck;
    c->login.slot = inv->slot;
    c->login.session = c->session;
    c->login.label = inv->label;
    c->login.logged_in = inv->logged_in;
    return 0;
}

static int open_slot(struct child *c, const struct jv *request, struct err *e)
{
    struct inventory *inv = slot_find(c, (CK_SLOT_ID)jv_get_int(request, "slot", -1));

    if (inv == NULL)
        return err_set_bug(e, "child: no such slot");
    if (c->open == inv)
        return 0;
    child_close(c);
    return child_session(c, inv, e);
}

static int objects_again(struct child *c, struct err *e)
{
    c->key = NULL;
    if (inventory_read(c->ck, c->open->slot, c->session, &c->wishes, c->open, e) != 0)
        return -1;
    if (err_is_set(&c->open->error)) {
        *e = c->open->error;
        return -1;
    }
    return 0;
}

/* The PIN stays for the keys that ask for it at each signature, and is of no use without one. */
static bool pin_of_use(const struct inventory *inv)
{
    for (size_t i = 0; i < inv->privates.count; i++) {
        if (inv->privates.items[i].always_authenticate)
            return true;
    }
    return false;
}

static int login_and_look(struct child *c, bool force, struct err *e)
{
    int rc = login_user(&c->login, true, force, e);

    if (rc == 0)
        rc = objects_again(c, e);
    if (rc != 0 || !pin_of_use(c->open))
        login_forget(&c->login);
    return rc;
}

int child_login(struct child *c, const struct jv *request, struct jv **reply, struct err *e)
{
    if (open_slot(c, request, e) != 0 || login_and_look(c, false, e) != 0)
        return -1;
    *reply = jv_object();
    return 0;
}

/* Leaf, the token's other certificates, the person's own; up to the root when it is there: what is
 * signed goes without it, which is cms_plan_make's to see to. */
static int chain_make(struct child *c, const struct object *leaf, struct der_list *out,
                      struct err *e)
{
    struct der_list pool = {NULL, 0};
    const struct der_list *more[] = {&c->setup.file_certs, &c->setup.extra};
    int rc = der_list_add(&pool, leaf->cert->der, leaf->cert->der_len, e);

    for (size_t i = 0; rc == 0 && i < c->open->certs.count; i++) {
        const struct object *o = &c->open->certs.items[i];
        if (o != leaf && o->cert != NULL)
            rc = der_list_add(&pool, o->cert->der, o->cert->der_len, e);
    }
    for (size_t m = 0; rc == 0 && m < 2; m++) {
        for (size_t i = 0; rc == 0 && i < more[m]->count; i++)
            rc = der_list_add(&pool, more[m]->items[i].data, more[m]->items[i].len, e);
    }
    if (rc == 0)
        rc = cert_chain_build(&pool, true, out, e);
    der_list_free(&pool);
    return rc;
}

const struct object *child_leaf(const struct inventory *inv, const char *sha256)
{
    for (size_t i = 0; i < inv->certs.count; i++) {
        const struct cert *cert = inv->certs.items[i].cert;
        if (cert != NULL && strcmp(cert->sha256, sha256) == 0)
            return &inv->certs.items[i];
    }
    return NULL;
}

int child_open(struct child *c, const struct jv *request, struct jv **reply, struct err *e)
{
    const char *sha256 = jv_get_text(request, "sha256");
    struct der_list chain = {NULL, 0};

    if (open_slot(c, request, e) != 0)
        return -1;
    const struct object *leaf = sha256 != NULL ? child_leaf(c->open, sha256) : NULL;
    if (leaf == NULL)
        return err_set_bug(e, "child: no such certificate");
    cert_free(c->leaf);
    c->leaf = NULL;
    if (cert_parse(&c->leaf, leaf->cert->der, leaf->cert->der_len, "token", e) != 0 ||
        chain_make(c, leaf, &chain, e) != 0) {
        der_list_free(&chain);
        return -1;
    }
    *reply = jv_object();
    jv_put_take(*reply, "chain", der_list_json(&chain));
    der_list_free(&chain);
    return 0;
}

/* The private key of the chosen certificate, among what is visible now. */
static void key_find(struct child *c)
{
    const struct object *leaf = child_leaf(c->open, c->leaf->sha256);

    c->key = leaf != NULL
                 ? object_private_of(leaf, &c->open->certs, &c->open->privates, &c->open->publics)
                 : NULL;
}

static int key_judge(struct child *c, struct err *e)
{
    struct choice choice;
    struct choice_facts facts = {c->leaf, c->key, &c->open->mechanisms, c->wishes.now, false, true};

    choice_make(&facts, &choice);
    for (size_t i = 0; i < choice.count; i++) {
        char id[64];
        if (strcmp(choice.reasons[i], "no-private-key") == 0)
            return err_set(e, ERR_TOKEN, "err.pkcs11.key-missing", c->leaf->name, c->open->label,
                           NULL);
        snprintf(id, sizeof id, "pkcs11.reason.%s", choice.reasons[i]);
        return err_set(e, choice.about_certificate ? ERR_SIGNATURE : ERR_TOKEN,
                       "err.pkcs11.cannot-sign", c->leaf->name, text(id), NULL);
    }
    return 0;
}

static struct jv *algorithms_json(const struct child *c)
{
    struct mech_key limits = choice_mech_key(c->leaf, c->key);
    struct sign_alg algs[SIGN_ALGS_MAX];
    size_t n = mech_algorithms(&c->open->mechanisms, &limits, algs);
    struct jv *list = jv_array();

    for (size_t i = 0; i < n; i++) {
        struct jv *o = jv_object();
        jv_put_text(o, "scheme", sign_scheme_name(algs[i].scheme));
        jv_put_text(o, "digest", digest_name(algs[i].digest));
        jv_put_text(o, "mechanism", mech_choose(&c->open->mechanisms, &limits, &algs[i])->name);
        jv_add_take(list, o);
    }
    return list;
}

int child_prepare(struct child *c, struct jv **reply, struct err *e)
{
    if (c->open == NULL || c->leaf == NULL)
        return err_set_bug(e, "child: nothing is open");
    if (c->away && child_back(c, 0, e) != 0)
        return -1;
    if (c->key == NULL) {
        if (login_and_look(c, false, e) != 0)
            return -1;
        key_find(c);
        /* a token that says it needs no login, yet shows no key and has a PIN */
        if (c->key == NULL && !c->login.logged_in &&
            (c->open->token.flags & CKF_USER_PIN_INITIALIZED) != 0) {
            if (login_and_look(c, true, e) != 0)
                return -1;
            key_find(c);
        }
        if (key_judge(c, e) != 0) {
            login_forget(&c->login);
            c->key = NULL;
            return -1;
        }
        if (!c->key->always_authenticate)
            login_forget(&c->login);
    }
    *reply = jv_object();
    jv_put_take(*reply, "algorithms", algorithms_json(c));
    jv_put_bool(*reply, "always_authenticate", c->key->always_authenticate);
    return 0;
}

/* A value that is not the key's size is never handed on. Whether it is the signature that was asked
 * for says the program, not the process that has the driver in it: cms_value_check. */
static int value_take(const struct child *c, const struct sign_alg *alg, const unsigned char *raw,
                      size_t n, struct buf *value, struct err *e)
{
    size_t wanted = ((size_t)c->leaf->key_bits + 7) / 8;

    if (alg->scheme == SCHEME_ECDSA)
        wanted *= 2;
    if (n != wanted)
        return err_set(e, ERR_TOKEN, "err.pkcs11.value-size", path_name(c->setup.path), NULL);
    if (alg->scheme == SCHEME_ECDSA) {
        if (alg_ecdsa_value(raw, n, value, e) != 0)
            return -1;
    } else {
        buf_append(value, raw, n);
    }
    return buf_check(value, e);
}

static int call_failed(struct child *c, CK_RV rv, const char *call, struct err *e)
{
    return rv_err_as(rv, ck_cause(c->ck, c->open->slot, rv), call, ck_path(c->ck), e);
}

/* C_SignInit, for some keys C_Login(CKU_CONTEXT_SPECIFIC), C_Sign: nothing else in between. */
static int sign_do(struct child *c, const CK_MECHANISM *mechanism, const struct buf *data,
                   unsigned char *raw, CK_ULONG *n, struct err *e)
{
    bool context = c->key->always_authenticate;

    if (context && login_context_ready(&c->login, e) != 0)
        return -1;
    CK_RV rv = ck_sign_init(c->ck, c->session, mechanism, c->key->handle);
    if (rv != CKR_OK)
        return call_failed(c, rv, "C_SignInit", e);
    if (context && login_context(&c->login, e) != 0)
        return -1;
    /* What the token gives must reach the program, which waits with its own end: from here on
     * Ctrl-C and a closing terminal are its affair, and this process ends with it. */
    calm_deaf();
    atomic_store(&c->page->valuable, 1);
    rv = ck_sign(c->ck, c->session, data->data, data->len, raw, n);
    return rv == CKR_OK ? 0 : call_failed(c, rv, "C_Sign", e);
}

int child_sign(struct child *c, const struct jv *request, struct jv **reply, struct err *e)
{
    const char *scheme = jv_get_text(request, "scheme"), *digest = jv_get_text(request, "digest");
    struct buf message = BUF_INIT((size_t)ceilings.cms_bytes),
               data = BUF_INIT((size_t)ceilings.cms_bytes),
               value = BUF_INIT((size_t)ceilings.signature_bytes);
    unsigned char *raw = malloc((size_t)ceilings.signature_bytes);
    CK_ULONG n = (CK_ULONG)ceilings.signature_bytes;
    CK_RSA_PKCS_PSS_PARAMS pss;
    CK_MECHANISM mechanism;
    int rc = -1;

    if (raw == NULL || c->key == NULL || scheme == NULL || digest == NULL) {
        err_set_bug(e, "child: sign before prepare");
        goto out;
    }
    struct sign_alg alg = {sign_scheme_from_name(scheme), digest_from_name(digest)};
    struct mech_key limits = choice_mech_key(c->leaf, c->key);
    const struct mech_row *row = mech_choose(&c->open->mechanisms, &limits, &alg);
    if (row == NULL) {
        err_set(e, ERR_TOKEN, "err.pkcs11.algorithm", scheme, digest, NULL);
        goto out;
    }
    mech_fill(row, &alg, &mechanism, &pss);
    if (jv_bytes(jv_get(request, "message"), &message) != 0) {
        err_set_bug(e, "child: a message that is not hexadecimal");
        goto out;
    }
    if (mech_data(row, &alg, c->leaf->key_bits, message.data, message.len, &data, e) != 0 ||
        sign_do(c, &mechanism, &data, raw, &n, e) != 0)
        goto out;
    ERR_clear_error(); /* SoftHSM2 leaves its own errors in the queue that it shares with us */
    if (value_take(c, &alg, raw, n, &value, e) != 0)
        goto out;
    *reply = jv_object();
    jv_put_hex(*reply, "value", value.data, value.len);
    jv_put_text(*reply, "mechanism", row->name);
    rc = 0;
out:
    free(raw);
    buf_free(&message);
    buf_free(&data);
    buf_free(&value);
    return rc;
}

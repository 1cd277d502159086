#include "pkcs11/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/text.h"
#include "pkcs11/modules.h"

struct token {
    struct modules modules;
    struct module *module;  /* the one kept */
    struct jv *certificate; /* with "module" and "token" */
    struct jv *algorithms;
    struct der_list chain;
    bool prepared;
    char key[128]; /* of the token, for refused_before */
};

/* Tokens whose PIN was refused, for the life of this process: a token that is opened again, for the
 * next form or job, has another child, which does not know it. */
static struct {
    char keys[16][128];
    size_t n;
} refused;

static void refused_add(const char *key)
{
    if (refused.n < sizeof refused.keys / sizeof refused.keys[0])
        snprintf(refused.keys[refused.n], sizeof refused.keys[0], "%s", key);
    refused.n++; /* with more than there is room for, nothing is tried any more */
}

static bool refused_before(const char *key)
{
    bool found = refused.n > sizeof refused.keys / sizeof refused.keys[0];

    for (size_t i = 0; !found && i < refused.n; i++)
        found = strcmp(refused.keys[i], key) == 0;
    return found;
}

bool token_pin_refused(void)
{
    return refused.n > 0;
}

/* What tells one PIN from another: two slots of a card differ by their names. */
static void key_make(struct token *t, const struct jv *token)
{
    const char *serial = jv_get_text(token, "serial"), *label = jv_get_text(token, "label");

    snprintf(t->key, sizeof t->key, "%s\n%s", serial != NULL ? serial : "",
             label != NULL ? label : "");
}

/* What the driver printed is a remark, shown when something failed or the person wants to see all.
 */
static void noise_tell(struct token *t, bool failed)
{
    const char *noise = t->module != NULL ? link_noise(&t->module->link) : NULL;
    struct asker *asker = t->modules.asker;
    char line[512];

    if (noise == NULL || (!failed && !t->modules.request.options.verbose) || asker == NULL ||
        asker->tell == NULL)
        return;
    text_say(text_lang_get(), line, sizeof line, "pkcs11.remark.noise", path_name(t->module->path),
             noise, NULL);
    asker->tell(asker->self, line);
    buf_clear(&t->module->link.noise);
}

static int call(struct token *t, uint32_t kind, const struct jv *request, struct jv **reply,
                struct err *e)
{
    bool spent = t->module->link.refused;
    int rc = link_call(&t->module->link, kind, request, reply, e);

    if (t->module->link.refused && !spent)
        refused_add(t->key);
    noise_tell(t, rc != 0);
    return rc;
}

static int chosen_open(struct token *t, const struct candidate *c, struct jv *rejected,
                       struct err *e)
{
    struct jv *request = jv_object(), *reply = NULL, *choice = jv_object();

    t->module = c->module;
    key_make(t, c->token);
    modules_keep(&t->modules, c->module);
    t->certificate = jv_copy(c->certificate);
    jv_put_text(t->certificate, "module", c->module->path);
    jv_put_text(t->certificate, "token", jv_get_text(c->token, "label"));
    jv_put_text(choice, "why", c->why);
    jv_put_take(choice, "rejected", jv_keep(rejected));
    jv_put_take(t->certificate, "choice", choice);
    t->algorithms = jv_keep(jv_get(c->certificate, "algorithms"));
    jv_put_int(request, "slot", jv_get_int(c->slot, "slot", 0));
    jv_put_text(request, "sha256", jv_get_text(c->certificate, "sha256"));
    int rc = call(t, LINK_OPEN, request, &reply, e);
    if (rc == 0)
        rc = der_list_read(&t->chain, jv_get(reply, "chain"), e);
    if (rc == 0 && t->chain.count == 0)
        rc = err_set_bug(e, "token: no chain");
    jv_free(request);
    jv_free(reply);
    return rc;
}

/* A token that shows its certificates only after the PIN. */
static int hidden_login(struct token *t, const struct candidate *c, int64_t slot, struct err *e)
{
    struct module *m = c->module;

    key_make(t, c->token);
    if (refused_before(t->key))
        return err_set(e, ERR_TOKEN, "err.pkcs11.no-second-try", NULL);
    struct jv *request = jv_object(), *reply = NULL;
    t->module = m;
    jv_put_int(request, "slot", slot);
    int rc = call(t, LINK_LOGIN, request, &reply, e);
    if (rc == 0)
        rc = module_list_again(&t->modules, m, e);
    jv_free(request);
    jv_free(reply);
    return rc;
}

static int choose_and_open(struct token *t, struct err *e)
{
    struct candidate chosen;
    struct jv *rejected = NULL;
    int64_t slot = 0;
    int rc = choice_of_modules(&t->modules, &chosen, &rejected, &slot, e);

    if (rc == 1) {
        jv_free(rejected);
        rejected = NULL;
        if (hidden_login(t, &chosen, slot, e) != 0)
            return -1;
        rc = choice_of_modules(&t->modules, &chosen, &rejected, &slot, e);
        if (rc == 1)
            rc = err_set(e, ERR_TOKEN, "err.pkcs11.no-certificate", "", NULL);
    }
    if (rc == 0)
        rc = chosen_open(t, &chosen, rejected, e);
    jv_free(rejected);
    return rc;
}

int token_open(struct token **out, const struct token_options *options, struct asker *asker,
               struct err *e)
{
    struct token *t = calloc(1, sizeof *t);
    int rc = -1;

    if (t == NULL)
        return err_set_memory(e);
    if (modules_init(&t->modules, options, asker, e) == 0 && modules_list(&t->modules, e) == 0)
        rc = choose_and_open(t, e);
    if (rc == 0)
        *out = t;
    else
        token_close(t);
    return rc;
}

void token_dismiss(struct token *t)
{
    if (t != NULL && t->module != NULL)
        link_dismiss(&t->module->link);
}

void token_close(struct token *t)
{
    if (t == NULL)
        return;
    modules_free(&t->modules);
    jv_free(t->certificate);
    jv_free(t->algorithms);
    der_list_free(&t->chain);
    free(t);
}

static int signer_chain(void *self, struct der_list *out, struct err *e)
{
    const struct token *t = self;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < t->chain.count; i++)
        rc = der_list_add(out, t->chain.items[i].data, t->chain.items[i].len, e);
    return rc;
}

static int signer_algorithms(void *self, struct sign_alg out[SIGN_ALGS_MAX], size_t *n,
                             struct err *e)
{
    const struct token *t = self;
    size_t room = *n < SIGN_ALGS_MAX ? *n : SIGN_ALGS_MAX, used = 0;

    (void)e;
    for (size_t i = 0; i < jv_count(t->algorithms) && used < room; i++) {
        const struct jv *one = jv_at(t->algorithms, i);
        out[used].scheme = sign_scheme_from_name(jv_get_text(one, "scheme"));
        out[used++].digest = digest_from_name(jv_get_text(one, "digest"));
    }
    *n = used;
    return 0;
}

static void algorithms_take(struct token *t, const struct jv *reply)
{
    jv_free(t->algorithms);
    t->algorithms = jv_keep(jv_get(reply, "algorithms"));
    t->prepared = true;
}

/* A card that was pulled out is waited for when the person wants that; token_wait logs in again. */
static int back_again(struct token *t, struct err *e)
{
    struct asker *asker = t->modules.asker;
    char line[512], seconds[24];

    if (!token_removed(t) || t->modules.request.options.wait_s <= 0)
        return -1;
    snprintf(seconds, sizeof seconds, "%d", t->modules.request.options.wait_s);
    if (asker != NULL && asker->tell != NULL)
        asker->tell(asker->self, text_say(text_lang_get(), line, sizeof line,
                                          "pkcs11.remark.removed", seconds, NULL));
    err_clear(e);
    return token_wait(t, t->modules.request.options.wait_s, e);
}

static int signer_prepare(void *self, struct err *e)
{
    struct token *t = self;
    struct jv *reply = NULL;

    if (t->prepared)
        return 0;
    if (refused_before(t->key))
        return err_set(e, ERR_TOKEN, "err.pkcs11.no-second-try", NULL);
    if (call(t, LINK_PREPARE, NULL, &reply, e) != 0)
        return back_again(t, e);
    algorithms_take(t, reply);
    jv_free(reply);
    return 0;
}

static int value_take(const struct jv *reply, struct buf *value, struct err *e)
{
    if (jv_bytes(jv_get(reply, "value"), value) == 0 && value->len > 0)
        return 0;
    return buf_check(value, e) != 0 ? -1 : err_set_bug(e, "token: no value");
}

static int signer_sign(void *self, const struct sign_alg *alg, const void *message, size_t len,
                       struct buf *value, struct err *e)
{
    struct token *t = self;
    struct jv *request, *reply = NULL;
    int rc;

    if (signer_prepare(t, e) != 0)
        return -1;
    request = jv_object();
    jv_put_text(request, "scheme", sign_scheme_name(alg->scheme));
    jv_put_text(request, "digest", digest_name(alg->digest));
    jv_put_hex(request, "message", message, len);
    rc = call(t, LINK_SIGN, request, &reply, e);
    if (rc != 0)
        link_value_over(&t->module->link);
    if (rc != 0 && back_again(t, e) == 0) /* it gave no value */
        rc = call(t, LINK_SIGN, request, &reply, e);
    if (rc == 0)
        rc = value_take(reply, value, e);
    jv_free(request);
    jv_free(reply);
    return rc;
}

bool token_busy(const void *self)
{
    const struct token *t = self;

    return t != NULL && t->module != NULL && t->module->link.page != NULL &&
           atomic_load(&t->module->link.page->valuable) != 0;
}

struct signer token_signer(struct token *t)
{
    struct signer s = {t, signer_chain, signer_algorithms, signer_prepare, signer_sign};

    return s;
}

const struct jv *token_certificate(const struct token *t)
{
    return t->certificate;
}

const char *token_mechanism(struct token *t, const struct sign_alg *alg)
{
    for (size_t i = 0; i < jv_count(t->algorithms); i++) {
        const struct jv *one = jv_at(t->algorithms, i);
        if (sign_scheme_from_name(jv_get_text(one, "scheme")) == alg->scheme &&
            digest_from_name(jv_get_text(one, "digest")) == alg->digest)
            return jv_get_text(one, "mechanism");
    }
    return NULL;
}

bool token_removed(const struct token *t)
{
    return t->module != NULL && t->module->link.removed && !t->module->link.dead;
}

int token_wait(struct token *t, int seconds, struct err *e)
{
    struct jv *request = jv_object(), *reply = NULL;

    jv_put_int(request, "seconds", seconds);
    t->prepared = false;
    int rc = call(t, LINK_WAIT, request, &reply, e);
    if (rc == 0)
        algorithms_take(t, reply);
    jv_free(request);
    jv_free(reply);
    return rc;
}

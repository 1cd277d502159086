/* `paraphe token`: what is plugged in, and the record of a card for its support. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/jv.h"
#include "pkcs11/find.h"
#include "pkcs11/modules.h"

static struct jv *error_json(const struct err *error)
{
    struct jv *o = jv_object();

    jv_put_text(o, "id", error->id);
    jv_put_text(o, "sentence", error->sentence);
    jv_put_text(o, "foreign", error->foreign);
    jv_put_int(o, "status", (int64_t)error->kind);
    return o;
}

static struct jv *module_json(struct module *m)
{
    struct jv *o = jv_object();
    const struct jv *info = jv_get(m->listing, "module");

    jv_put_text(o, "path", m->path);
    if (m->init != NULL)
        jv_put_text(o, "init", m->init);
    for (void *it = jv_iter(info); it != NULL; it = jv_next(info, it))
        jv_put_take(o, jv_key(it), jv_keep(jv_value(it)));
    if (err_is_set(&m->error))
        jv_put_take(o, "error", error_json(&m->error));
    else
        jv_put_null(o, "error");
    jv_put_text(o, "remark", link_noise(&m->link));
    struct jv *slots = jv_get(m->listing, "slots");
    jv_put_take(o, "slots", slots != NULL ? jv_keep(slots) : jv_array());
    return o;
}

static bool wants_login(const struct jv *slot)
{
    const struct jv *token = jv_get(slot, "token");

    return !jv_is_null(token) && jv_get_bool(token, "matches") && !jv_get_bool(token, "logged_in");
}

/* --login: the one token that the URI names, or the only one. */
static int login(struct modules *m, struct err *e)
{
    struct module *chosen = NULL;
    const struct jv *slot = NULL;
    size_t n = 0;

    for (size_t i = 0; i < m->count; i++) {
        const struct jv *slots = jv_get(m->items[i].listing, "slots");
        for (size_t s = 0; s < jv_count(slots); s++) {
            if (!wants_login(jv_at(slots, s)))
                continue;
            chosen = &m->items[i];
            slot = jv_at(slots, s);
            n++;
        }
    }
    if (n != 1)
        return err_set(e, n == 0 ? ERR_TOKEN : ERR_USAGE,
                       n == 0 ? "err.pkcs11.login-none" : "err.pkcs11.login-several", NULL);
    struct jv *request = jv_object(), *reply = NULL;
    jv_put_int(request, "slot", jv_get_int(slot, "slot", 0));
    int rc = link_call(&chosen->link, LINK_LOGIN, request, &reply, e);
    if (rc == 0)
        rc = module_list_again(m, chosen, e);
    jv_free(request);
    jv_free(reply);
    return rc;
}

static struct jv *found_json(const struct modules *m)
{
    struct jv *list = find_installed();

    for (size_t i = 0; i < jv_count(list); i++) {
        struct jv *o = jv_at(list, i);
        bool listed = false;
        for (size_t k = 0; k < m->count; k++)
            listed = listed || strcmp(m->items[k].path, jv_get_text(o, "path")) == 0;
        jv_put_bool(o, "listed", listed);
    }
    return list;
}

int token_list(const struct token_list_options *options, struct asker *asker, struct jv **out,
               struct err *e)
{
    struct modules m;
    int rc = -1;

    if (modules_init(&m, &options->token, asker, e) == 0 && modules_list(&m, e) == 0 &&
        (!options->login || login(&m, e) == 0))
        rc = 0;
    if (rc == 0) {
        struct jv *top = jv_object(), *modules = jv_array();
        jv_put_text(top, "format", "paraphe-tokens");
        jv_put_int(top, "version", 1);
        for (size_t i = 0; i < m.count; i++)
            jv_add_take(modules, module_json(&m.items[i]));
        jv_put_take(top, "modules", modules);
        if (options->find)
            jv_put_take(top, "found", found_json(&m));
        *out = top;
    }
    modules_free(&m);
    return rc;
}

/* ---- the card record: only what is named here is copied ---- */

static void copy_keys(struct jv *to, const struct jv *from, const char *const *keys)
{
    for (; *keys != NULL; keys++) {
        struct jv *v = jv_get(from, *keys);
        if (v != NULL)
            jv_put_take(to, *keys, jv_keep(v));
    }
}

static struct jv *report_certificate(const struct jv *c)
{
    static const char *const keys[] = {
        "key",         "key_usage",       "qualified",           "ca", "algorithms", "signs",
        "private_key", "public_key_seen", "always_authenticate", NULL};
    struct jv *o = jv_object(), *codes = jv_array();
    const struct jv *reasons = jv_get(c, "reasons");
    const char *id = jv_get_text(c, "id"), *label = jv_get_text(c, "label");

    copy_keys(o, c, keys);
    for (size_t i = 0; i < jv_count(reasons); i++)
        jv_add_text(codes, jv_get_text(jv_at(reasons, i), "code"));
    jv_put_take(o, "reasons", codes);
    jv_put_int(o, "id_bytes", id != NULL ? (int64_t)strlen(id) / 2 : 0);
    jv_put_int(o, "label_bytes", label != NULL ? (int64_t)strlen(label) : 0);
    return o;
}

static struct jv *report_token(const struct jv *token)
{
    static const char *const keys[] = {"manufacturer", "model",        "hardware",    "firmware",
                                       "flags",        "pin_min",      "pin_max",     "logged_in",
                                       "mechanisms",   "private_keys", "public_keys", NULL};
    struct jv *o = jv_object(), *list = jv_array();
    const struct jv *certificates = jv_get(token, "certificates");
    const char *label = jv_get_text(token, "label"), *serial = jv_get_text(token, "serial");

    copy_keys(o, token, keys);
    jv_put_int(o, "label_bytes", label != NULL ? (int64_t)strlen(label) : 0);
    jv_put_int(o, "serial_bytes", serial != NULL ? (int64_t)strlen(serial) : 0);
    for (size_t i = 0; i < jv_count(certificates); i++)
        jv_add_take(list, report_certificate(jv_at(certificates, i)));
    jv_put_take(o, "certificates", list);
    return o;
}

static struct jv *report_slot(const struct jv *slot)
{
    static const char *const keys[] = {"removable", "hardware", NULL};
    struct jv *o = jv_object();
    const struct jv *error = jv_get(slot, "error");

    copy_keys(o, slot, keys);
    if (jv_is_null(jv_get(slot, "token")))
        jv_put_null(o, "token");
    else
        jv_put_take(o, "token", report_token(jv_get(slot, "token")));
    jv_put_text(o, "error", jv_get_text(error, "foreign"));
    return o;
}

struct jv *token_report(const struct jv *listing)
{
    static const char *const keys[] = {"manufacturer", "description", "version", "cryptoki", NULL};
    struct jv *top = jv_object(), *list = jv_array();
    const struct jv *modules = jv_get(listing, "modules");

    jv_put_text(top, "format", "paraphe-card-record");
    jv_put_int(top, "version", 1);
    for (size_t i = 0; i < jv_count(modules); i++) {
        const struct jv *m = jv_at(modules, i), *slots = jv_get(m, "slots"),
                        *error = jv_get(m, "error");
        struct jv *o = jv_object(), *own = jv_array();
        jv_put_text(o, "file", path_name(jv_get_text(m, "path")));
        copy_keys(o, m, keys);
        jv_put_text(o, "error", jv_get_text(error, "id")); /* a loader's words hold paths */
        for (size_t s = 0; s < jv_count(slots); s++)
            jv_add_take(own, report_slot(jv_at(slots, s)));
        jv_put_take(o, "slots", own);
        jv_add_take(list, o);
    }
    jv_put_take(top, "modules", list);
    return top;
}

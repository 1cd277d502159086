#include "pkcs11/setup.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/text.h"

struct jv *setup_json(const struct setup *s)
{
    const struct token_options *o = &s->options;
    struct jv *j = jv_object();

    jv_put_text(j, "path", s->path);
    jv_put_text(j, "init", s->init);
    jv_put_text(j, "lang", text_lang_name(text_lang_get()));
    jv_put_text(j, "uri", o->uri);
    jv_put_text(j, "cert", o->cert);
    jv_put_int(j, "pin_kind", (int64_t)s->pin_source.kind);
    jv_put_int(j, "pin_number", s->pin_source.number);
    jv_put_text(j, "pin_path", s->pin_source.path);
    jv_put_text(j, "pinentry", o->pinentry);
    jv_put_bool(j, "with_der", o->issuer != NULL);
    jv_put_bool(j, "seal", o->seal);
    jv_put_bool(j, "use_last_try", o->use_last_try);
    jv_put_bool(j, "verbose", o->verbose);
    jv_put_int(j, "timeout", o->timeout_s);
    jv_put_int(j, "now", o->now);
    jv_put_take(j, "file_certs", der_list_json(&s->file_certs));
    jv_put_take(j, "extra", der_list_json(o->extra));
    return j;
}

/* A driver may go to another folder; what the person named is meant from where it was named. */
static int path_fix(struct jv *json, const char *key, bool bare, struct err *e)
{
    const char *path = jv_get_text(json, key);
    char *here, *whole;

    if (path == NULL || path[0] == '/' || (!bare && strchr(path, '/') == NULL))
        return 0;
    here = getcwd(NULL, 0);
    whole = here != NULL ? path_join(here, path) : NULL;
    if (whole != NULL)
        jv_put_text(json, key, whole);
    int rc = whole != NULL ? 0 : err_set_memory(e);
    free(here);
    free(whole);
    return rc;
}

int setup_take(struct setup *s, struct jv *json, struct err *e)
{
    const char *lang = jv_get_text(json, "lang");

    memset(s, 0, sizeof *s);
    s->json = json;
    if (path_fix(json, "pin_path", true, e) != 0 || path_fix(json, "pinentry", false, e) != 0)
        return -1;
    if (lang != NULL)
        text_lang_set(lang);
    s->path = jv_get_text(json, "path");
    s->init = jv_get_text(json, "init");
    s->options.uri = jv_get_text(json, "uri");
    s->options.cert = jv_get_text(json, "cert");
    s->options.pinentry = jv_get_text(json, "pinentry");
    s->with_der = jv_get_bool(json, "with_der");
    s->options.seal = jv_get_bool(json, "seal");
    s->options.use_last_try = jv_get_bool(json, "use_last_try");
    s->options.verbose = jv_get_bool(json, "verbose");
    s->options.timeout_s = (int)jv_get_int(json, "timeout", 0);
    s->options.now = jv_get_int(json, "now", 0);
    s->options.extra = &s->extra;
    s->pin_source.kind = (enum pin_kind)jv_get_int(json, "pin_kind", PIN_DEFAULT);
    s->pin_source.path = jv_get_text(json, "pin_path");
    s->pin_source.number = (int)jv_get_int(json, "pin_number", 0);
    s->pin_source.fd = CHILD_PIN;
    if (uri_parse(s->options.uri, &s->uri, e) != 0 ||
        selector_parse(s->options.cert, &s->selector, e) != 0 ||
        der_list_read(&s->file_certs, jv_get(json, "file_certs"), e) != 0 ||
        der_list_read(&s->extra, jv_get(json, "extra"), e) != 0)
        return -1;
    return 0;
}

void setup_free(struct setup *s)
{
    uri_free(s->uri);
    selector_free(&s->selector);
    der_list_free(&s->file_certs);
    der_list_free(&s->extra);
    jv_free(s->json);
    memset(s, 0, sizeof *s);
}

#include "pkcs11/modules.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/jv.h"
#include "pkcs11/issuers.h"
#include "x509/cert.h"
#include "x509/warm.h"

enum { TIMEOUT_S = 60, MODULES_MAX = 32 };

int modules_init(struct modules *m, const struct token_options *options, struct asker *asker,
                 struct err *e)
{
    bool from_uri = options->pin_source == NULL;

    memset(m, 0, sizeof *m);
    m->request.options = *options;
    m->asker = asker;
    if (m->request.options.timeout_s <= 0)
        m->request.options.timeout_s = TIMEOUT_S;
    if (m->request.options.pinentry == NULL)
        m->request.options.pinentry = "pinentry";
    if (uri_parse(options->uri, &m->request.uri, e) != 0 ||
        selector_parse(options->cert, &m->request.selector, e) != 0)
        return -1;
    if (pin_source_parse(from_uri ? uri_pin_source(m->request.uri) : options->pin_source, from_uri,
                         &m->request.pin_source, e) != 0)
        return -1;
    if (m->request.selector.file != NULL &&
        certs_from_file(&m->request.file_certs, m->request.selector.file, e) != 0)
        return -1;
    return 0;
}

static int module_add(struct modules *m, const char *path, size_t path_len, const char *init,
                      struct err *e)
{
    struct module *items =
        m->count < MODULES_MAX ? realloc(m->items, (m->count + 1) * sizeof *items) : NULL;

    if (items == NULL)
        return err_set_memory(e);
    m->items = items;
    struct module *one = &items[m->count++];
    memset(one, 0, sizeof *one);
    char *given = strndup(path, path_len);
    /* a bare name is looked for in p11-kit's folder; what has a slash is a path from here */
    one->path = given != NULL && strchr(given, '/') != NULL ? realpath(given, NULL) : NULL;
    if (one->path == NULL)
        one->path = given;
    else
        free(given);
    one->init = init != NULL ? strdup(init) : NULL;
    if (one->path == NULL || (init != NULL && one->init == NULL))
        return err_set_memory(e);
    for (size_t i = 0; i + 1 < m->count; i++) { /* the same driver under two names is asked once */
        if (strcmp(items[i].path, one->path) == 0 &&
            (items[i].init == NULL) == (one->init == NULL) &&
            (one->init == NULL || strcmp(items[i].init, one->init) == 0)) {
            free(one->path);
            free(one->init);
            m->count--;
            break;
        }
    }
    return 0;
}

static int registered_add(struct modules *m, struct err *e)
{
    struct jv *reply = NULL;
    struct link link;
    int rc = link_start(&link, &m->request, m->asker, e); /* no path: it lists them */

    if (rc == 0)
        rc = link_call(&link, LINK_LIST, NULL, &reply, e);
    const struct jv *list = jv_get(reply, "modules");
    for (size_t i = 0; rc == 0 && i < jv_count(list); i++) {
        const char *path = jv_get_text(jv_at(list, i), "path");
        if (path != NULL)
            rc = module_add(m, path, strlen(path), jv_get_text(jv_at(list, i), "init"), e);
    }
    link_stop(&link);
    jv_free(reply);
    return rc;
}

static int modules_find(struct modules *m, struct err *e)
{
    const char *path = uri_module_path(m->request.uri);
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < m->request.options.nmodules; i++) {
        const char *text = m->request.options.modules[i], *bar = strchr(text, '|');
        size_t n = bar != NULL ? (size_t)(bar - text) : strlen(text);
        if (n == 0)
            return err_set(e, ERR_USAGE, "err.pkcs11.module-empty", NULL);
        rc = module_add(m, text, n, bar != NULL ? bar + 1 : NULL, e);
    }
    if (rc == 0 && m->count == 0 && path != NULL)
        rc = module_add(m, path, strlen(path), NULL, e);
    if (rc == 0 && m->count == 0)
        rc = registered_add(m, e);
    return rc;
}

static int module_start(struct modules *m, struct module *one, struct err *e)
{
    struct setup setup = m->request; /* borrows all of it */

    setup.path = one->path;
    setup.init = one->init;
    if (link_start(&one->link, &setup, m->asker, e) != 0)
        return -1;
    return link_ask(&one->link, LINK_LIST, NULL, e);
}

int modules_list(struct modules *m, struct err *e)
{
    if (modules_find(m, e) != 0)
        return -1;
    for (size_t i = 0; i < m->count; i++)
        (void)module_start(m, &m->items[i], &m->items[i].error);
    if (m->request.options.started != NULL)
        m->request.options.started(m->request.options.started_self);
    x509_warm(); /* what their answers need, while they work */
    for (size_t i = 0; i < m->count; i++) {
        struct module *one = &m->items[i];
        if (!err_is_set(&one->error) && link_reply(&one->link, &one->listing, &one->error) == 0)
            issuers_judge(m, one);
    }
    return 0;
}

int module_list_again(const struct modules *m, struct module *one, struct err *e)
{
    jv_free(one->listing);
    one->listing = NULL;
    if (link_call(&one->link, LINK_LIST, NULL, &one->listing, e) != 0)
        return -1;
    issuers_judge(m, one);
    return 0;
}

void modules_keep(struct modules *m, const struct module *kept)
{
    for (size_t i = 0; i < m->count; i++) {
        if (&m->items[i] != kept)
            link_stop(&m->items[i].link);
    }
}

void modules_free(struct modules *m)
{
    for (size_t i = 0; i < m->count; i++) {
        link_stop(&m->items[i].link);
        jv_free(m->items[i].listing);
        free(m->items[i].path);
        free(m->items[i].init);
    }
    free(m->items);
    setup_free(&m->request);
    memset(m, 0, sizeof *m);
}

#include "cmd/sign_options.h"
#include "cmd/anchors.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ceilings.h"
#include "base/file.h"
#include "base/secret.h"
#include "base/text.h"
#include "cmd/cmd.h"
#include "cmd/password.h"
#include "trust/trust.h"

static int add_anchors(struct der_list *list, const struct cmd *cmd, const char *key, struct err *e)
{
    for (size_t i = 0; i < config_count(cmd->config, key); i++) {
        const char *path = config_at(cmd->config, key, i);
        /* lists serve the choice of the key and verify */
        if (!anchors_is_snapshot(path) && trust_add_path(list, path, e) != 0)
            return -1;
    }
    return 0;
}

int sign_options_anchors(struct der_list *trust, struct der_list *trust_tsa, const struct cmd *cmd,
                         struct err *e)
{
    if (add_anchors(trust, cmd, "trust.anchors", e) != 0)
        return -1;
    return add_anchors(trust_tsa, cmd, "trust.tsa-anchors", e);
}

/* A page from 1, or "last"; *end stands behind it, at `text` when there is none. 0: no such page.
 */
static int64_t read_page(const char *text, const char **end)
{
    static const char last[] = "last";
    size_t n = sizeof last - 1;
    char *stop = NULL;
    long page;

    if (strncmp(text, last, n) == 0) {
        *end = text + n;
        return PADES_PAGE_LAST;
    }
    page = strtol(text, &stop, 10);
    *end = stop;
    return page >= 1 ? page : 0;
}

/* ":x,y,w,h" */
static bool read_rect(double rect[4], const char *text)
{
    const char *at = text + 1;
    char *end = NULL;

    for (size_t i = 0; i < 4; i++) {
        /* a point whatever the locale: whole part and decimals by hand would gain nothing over
         * strtod in the C locale, which is the one of this program */
        rect[i] = strtod(at, &end);
        if (end == at || *end != (i < 3 ? ',' : '\0') || !(fabs(rect[i]) <= 32000))
            return false;
        at = end + 1;
    }
    return rect[2] >= 1 && rect[3] >= 1;
}

/* PAGE:x,y,w,h in points, or the name of a field. What begins with "last" may be either. */
static int read_visible(struct pades_spec *spec, const char *text, struct err *e)
{
    const char *end = NULL;
    int64_t page = read_page(text, &end);
    bool place = end != text && *end == ':', fits = place && read_rect(spec->rect, end);

    if (!place || (!fits && page == PADES_PAGE_LAST)) {
        if (spec->field != NULL)
            return err_set(e, ERR_USAGE, "err.cmd.sign-visible", text, NULL);
        spec->field = text;
        spec->existing = true; /* nothing says where a new one would be seen */
        return 0;
    }
    spec->page = page;
    spec->place = page == PADES_PAGE_LAST ? text : NULL;
    return fits && page != 0 ? 0 : err_set(e, ERR_USAGE, "err.cmd.sign-visible", text, NULL);
}

/* --after-text, --page, --size. */
static int read_after(struct pades_spec *spec, const struct cmd *cmd, struct err *e)
{
    const char *page = opt_get(cmd->options, "page"), *size = opt_get(cmd->options, "size");
    bool rich = spec->image != NULL || spec->code;
    const char *behind = NULL;
    char *end = NULL;

    spec->after_text = opt_get(cmd->options, "after-text");
    if (spec->after_text == NULL)
        return page == NULL && size == NULL ? 0
                                            : err_set(e, ERR_USAGE, "err.cmd.sign-after",
                                                      page != NULL ? "--page" : "--size", NULL);
    if (*spec->after_text == '\0' || opt_given(cmd->options, "visible"))
        return err_set(e, ERR_USAGE, "err.cmd.sign-after", "--after-text", NULL);
    spec->size[0] = rich ? 260 : 200;
    spec->size[1] = rich ? 80 : 60;
    if (page != NULL) {
        spec->page = read_page(page, &behind);
        if (behind == page || *behind != '\0' || spec->page == 0)
            return err_set(e, ERR_USAGE, "err.cmd.sign-page", page, NULL);
    }
    for (size_t i = 0; size != NULL && i < 2; i++) {
        const char *at = i == 0 ? size : end + 1;
        spec->size[i] = strtod(at, &end);
        if (end == at || *end != (i == 0 ? ',' : '\0') || !(spec->size[i] >= 10) ||
            spec->size[i] > 32000)
            return err_set(e, ERR_USAGE, "err.cmd.sign-size", size, NULL);
    }
    return 0;
}

/* The image and the code of a visible signature, with what a screen reader says of them. */
static int read_look(struct sign_options *o, const struct cmd *cmd, struct err *e)
{
    struct pades_spec *spec = &o->request.spec;
    const char *image = config_get(cmd->config, "sign.image");

    const char *code = config_get(cmd->config, "sign.qr");

    spec->code = opt_given(cmd->options, "qr") || (code != NULL && strcmp(code, "on") == 0);
    spec->code_alt = text("cmd.sign.code-alt");
    spec->image_alt = text("cmd.sign.image-alt");
    if (image == NULL || *image == '\0')
        return 0;
    o->image = file_read_sealed(image, (size_t)ceilings.image_bytes, e);
    spec->image = &o->image;
    return o->image >= 0 ? 0 : -1;
}

static int read_wish(struct cms_wish *wish, const struct cmd *cmd, struct err *e)
{
    const char *hash = config_get(cmd->config, "sign.hash"),
               *scheme = config_get(cmd->config, "sign.scheme");

    if (scheme != NULL)
        wish->scheme = sign_scheme_from_name(scheme);
    if (hash == NULL)
        return 0;
    wish->digest = digest_from_name(hash);
    if (wish->digest == DIGEST_NONE || wish->digest == DIGEST_SHA1)
        return err_set(e, ERR_USAGE, "err.cmd.sign-hash", hash, NULL);
    return 0;
}

int sign_options_read(struct sign_options *o, const struct cmd *cmd, struct err *e)
{
    struct act_sign_request *r = &o->request;
    const char *level = config_get(cmd->config, "sign.level"),
               *least = config_get(cmd->config, "sign.min-level"),
               *visible = opt_get(cmd->options, "visible");

    memset(o, 0, sizeof *o);
    o->image = -1;
    r->level = level != NULL ? pades_level_from_name(level) : PADES_NONE;
    r->min_level = least != NULL ? pades_level_from_name(least) : PADES_NONE;
    o->asked = level != NULL;
    r->seal = opt_given(cmd->options, "seal");
    r->now = cmd->clock.now(cmd->clock.self);
    r->spec.field = opt_get(cmd->options, "field");
    r->spec.reason = config_get(cmd->config, "sign.reason");
    r->spec.location = config_get(cmd->config, "sign.location");
    if (opt_given(cmd->options, "certify")) {
        const char *p = opt_get(cmd->options, "certify");
        r->spec.certify = p != NULL && *p != '\0' ? *p - '0' : 2;
    }
    r->trust = &o->trust;
    r->trust_tsa = &o->trust_tsa;
    r->early = opt_given(cmd->options, "now");
    r->repair = opt_given(cmd->options, "repair");
    r->strict = opt_given(cmd->options, "strict");
    if (opt_given(cmd->options, "password-source")) {
        if (password_read(opt_get(cmd->options, "password-source"), &o->password, e) != 0)
            return -1;
        r->spec.password = secret_bytes(o->password);
        r->spec.password_len = secret_length(o->password);
    }
    if (read_wish(&r->wish, cmd, e) != 0 || tsa_read(&o->tsa, cmd, e) != 0 ||
        sign_options_anchors(&o->trust, &o->trust_tsa, cmd, e) != 0 || read_look(o, cmd, e) != 0 ||
        read_after(&r->spec, cmd, e) != 0 ||
        (visible != NULL && read_visible(&r->spec, visible, e) != 0))
        return -1;
    r->servers = o->tsa.servers;
    r->nservers = o->tsa.count;
    if (act_sign_level(r, e) != 0)
        return -1;
    return r->level >= PADES_B_T ? tsa_known(&o->tsa, cmd, e) : 0;
}

void sign_options_free(struct sign_options *o)
{
    if (o->image >= 0)
        close(o->image);
    o->image = -1;
    secret_free(o->password);
    o->password = NULL;
    tsa_free(&o->tsa);
    der_list_free(&o->trust);
    der_list_free(&o->trust_tsa);
}

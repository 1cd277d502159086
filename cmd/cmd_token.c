#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd_table.h"
#include "cmd/issuers.h"
#include "cmd/out.h"
#include "cmd/token_config.h"
#include "pkcs11/token.h"

enum { LINE_ROOM = 2000, SHORT_DIGEST = 16 };

const struct opt cmd_token_options[] = {
    {"module", OPT_LIST, NULL},      {"token", OPT_VALUE, NULL},       {"cert", OPT_VALUE, NULL},
    {"pin-source", OPT_VALUE, NULL}, {"use-last-try", OPT_FLAG, NULL}, {"find", OPT_FLAG, NULL},
    {"login", OPT_FLAG, NULL},       {"report", OPT_FLAG, NULL},       {NULL, OPT_FLAG, NULL},
};

static void tell(void *self, const char *sentence)
{
    out_note(self, "cmd.token.tell", sentence, NULL);
}

static const char *get(const struct jv *o, const char *key)
{
    const char *s = jv_get_text(o, key);

    return s != NULL ? s : "";
}

static void say_certificate(const struct jv *c)
{
    const struct jv *reasons = jv_get(c, "reasons"), *algorithms = jv_get(c, "algorithms");
    const char *signs = get(c, "signs");
    char digest[SHORT_DIGEST + 1], until[DATE_TEXT_MAX];
    struct buf line = BUF_INIT(LINE_ROOM);

    snprintf(digest, sizeof digest, "%s", get(c, "sha256"));
    if (*digest == '\0')
        out_say("cmd.token.unreadable", NULL);
    else
        out_say("cmd.token.certificate", get(c, "name"), get(c, "key"), get(c, "issuer_name"),
                text_day_of(get(c, "not_after"), until), digest, NULL);
    if (jv_get_text(jv_get(c, "trust"), "message") != NULL)
        out_say("cmd.token.trust", get(jv_get(c, "trust"), "message"), NULL);
    for (size_t i = 0; i < jv_count(reasons); i++)
        out_say("cmd.token.signs.no", get(jv_at(reasons, i), "message"), NULL);
    if (jv_count(reasons) > 0)
        return;
    if (!jv_get_bool(c, "selected"))
        out_say("cmd.token.signs.not-selected", NULL);
    else if (strcmp(signs, "yes") == 0)
        out_say("cmd.token.signs.yes", NULL);
    else
        out_say("cmd.token.signs.probably", NULL);
    for (size_t i = 0; i < jv_count(algorithms); i++) {
        const struct jv *a = jv_at(algorithms, i);
        buf_format(&line, "%s%s %s", i > 0 ? ", " : "", get(a, "scheme"), get(a, "digest"));
    }
    if (line.len > 0)
        out_say("cmd.token.algorithms", buf_str(&line), NULL);
    if (jv_get_bool(c, "always_authenticate"))
        out_say("cmd.token.always", NULL);
    buf_free(&line);
}

static void say_flags(const struct jv *token)
{
    const struct jv *flags = jv_get(token, "flags");

    for (size_t i = 0; i < jv_count(flags); i++) {
        char id[64];
        const char *flag = jv_str(jv_at(flags, i));
        snprintf(id, sizeof id, "cmd.token.flag.%s", flag != NULL ? flag : "");
        if (text_exists(id)) /* the others matter to programs only */
            out_say(id, NULL);
    }
}

static void say_slot(const struct jv *slot)
{
    const struct jv *token = jv_get(slot, "token"), *error = jv_get(slot, "error");
    char number[32];

    snprintf(number, sizeof number, "%lld", (long long)jv_get_int(slot, "slot", 0));
    if (!jv_is_null(token) && !jv_has_text(jv_get(token, "flags"), "initialized")) {
        out_say("cmd.token.slot-blank", number, get(slot, "description"), NULL);
    } else if (!jv_is_null(token)) {
        const struct jv *certificates = jv_get(token, "certificates");
        out_say("cmd.token.slot", number, get(slot, "description"), get(token, "label"),
                get(token, "manufacturer"), get(token, "model"), get(token, "serial"), NULL);
        say_flags(token);
        for (size_t i = 0; i < jv_count(certificates); i++)
            say_certificate(jv_at(certificates, i));
        if (jv_count(certificates) == 0)
            out_say("cmd.token.no-certificate", NULL);
    } else if (jv_is_null(error)) {
        out_say("cmd.token.slot-empty", number, get(slot, "description"), NULL);
    }
    if (!jv_is_null(error))
        out_say("cmd.token.slot-error", number, get(slot, "description"), get(error, "sentence"),
                NULL);
}

static void say_module(const struct jv *m)
{
    const struct jv *error = jv_get(m, "error"), *slots = jv_get(m, "slots");

    if (!jv_is_null(error) && *get(error, "foreign") != '\0')
        out_say("cmd.token.module-error", get(m, "path"), get(error, "sentence"),
                get(error, "foreign"), NULL);
    else if (!jv_is_null(error))
        out_say("cmd.token.module-error-plain", get(m, "path"), get(error, "sentence"), NULL);
    else
        out_say("cmd.token.module", get(m, "path"), get(m, "description"), get(m, "version"),
                get(m, "cryptoki"), NULL);
    if (!jv_is_null(jv_get(m, "remark")))
        out_say("cmd.token.remark", get(m, "remark"), NULL);
    for (size_t i = 0; i < jv_count(slots); i++)
        say_slot(jv_at(slots, i));
}

static void say_found(const struct jv *found)
{
    for (size_t i = 0; i < jv_count(found); i++) {
        const struct jv *o = jv_at(found, i);
        out_say(jv_get_bool(o, "listed") ? "cmd.token.found-listed" : "cmd.token.found",
                get(o, "family"), get(o, "path"), NULL);
    }
    if (found != NULL && jv_count(found) == 0)
        out_say("cmd.token.found-none", NULL);
}

static void say_listing(const struct jv *listing)
{
    const struct jv *modules = jv_get(listing, "modules");

    for (size_t i = 0; i < jv_count(modules); i++)
        say_module(jv_at(modules, i));
    if (jv_count(modules) == 0)
        out_say("cmd.token.none", NULL);
    say_found(jv_get(listing, "found"));
}

/* 5 when the drivers that were asked for all failed, or none shows a token; looking itself went
 * well otherwise. */
static int status_of(const struct jv *listing)
{
    const struct jv *modules = jv_get(listing, "modules");

    for (size_t i = 0; i < jv_count(modules); i++) {
        const struct jv *slots = jv_get(jv_at(modules, i), "slots");
        for (size_t s = 0; s < jv_count(slots); s++) {
            if (!jv_is_null(jv_get(jv_at(slots, s), "token")))
                return 0;
        }
    }
    return ERR_TOKEN;
}

int cmd_token_run(struct cmd *cmd, struct err *e)
{
    const char *modules[TOKEN_MODULES_MAX];
    struct token_list_options o = {.login = opt_given(cmd->options, "login"),
                                   .find = opt_given(cmd->options, "find")};
    struct asker asker = {cmd, NULL, NULL, tell};
    struct issuers issuers = {.config = NULL};
    struct jv *listing = NULL;
    int status = -1;

    if (token_config(cmd, modules, &o.token, e) != 0)
        return -1;
    issuers_join(&issuers, cmd->config, &asker, &o.token);
    int rc = token_list(&o, &asker, &listing, e);
    issuers_close(&issuers);
    if (rc != 0)
        return -1;
    status = status_of(listing);
    if (opt_given(cmd->options, "report")) {
        struct jv *record = token_report(listing);
        if (out_json(record, true, e) != 0)
            status = -1;
        jv_free(record);
    } else if (cmd->json) {
        if (out_json(listing, true, e) != 0)
            status = -1;
    } else {
        say_listing(listing);
    }
    jv_free(listing);
    return status;
}

/* What a job freezes at its start. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_check.h"
#include "cmd/act_run.h"
#include "cmd/config_table.h"
#include "submit/bundle/bundle.h"

/* Settings by the names of their options. `file`: the value may name a file or folder, whose
 * content is frozen by its digest. */
static const struct frozen {
    const char *option, *key;
    bool list, file;
} frozen[] = {
    {"role", "job.role", false, false},
    {"ruleset", "check.ruleset", false, true}, /* with layout: kept whole as well, see "rules" */
    {"layout", "check.layout", false, true},
    {"report-lang", "report.lang", false, false},
    {"look", "report.look", false, true},
    {"attach", "report.attach", false, false},
    {"level", "sign.level", false, false},
    {"min-level", "sign.min-level", false, false},
    {"tsa", "sign.tsa", true, false},
    {"hash", "sign.hash", false, false},
    {"scheme", "sign.scheme", false, false},
    {"reason", "sign.reason", false, false},
    {"location", "sign.location", false, false},
    {"image", "sign.image", false, true},
    {"qr", "sign.qr", false, false}, /* no option of `run`: from the configuration alone */
    {"trust", "trust.anchors", true, true},
    {"trust-tsa", "trust.tsa-anchors", true, true},
    {"policy", "verify.policy", false, true},
    {"to", "submit.to", false, false},
    {"ca", "submit.ca", false, true},
    {NULL, NULL, false, false},
};
/* What each run may give anew, kept from the run that gave it so that the folder alone is enough to
 * go on. */
static const struct frozen kept[] = {
    {"module", "token.module", true, true},
    {"token", "token.uri", false, false},
    {"cert", "token.cert", false, true},
    {"pin-source", "token.pin-source", false, false},
    {"client-cert", "submit.client-cert", false, true},
    {"client-key", "submit.client-key", false, true},
    {NULL, NULL, false, false},
};
/* Options of `run` alone. */
static const char *const own[] = {
    "deposit-date", "encrypt-to", "allow-rejected", "proxy-of", "reference", "no-proxy", NULL};

/* "file:PATH" of a PIN source, with the whole path; NULL for another value. */
static struct jv *pin_file_json(const char *value)
{
    static const char head[] = "file:";
    char *absolute = NULL, *whole = NULL;
    struct jv *v = NULL;

    if (strncmp(value, head, sizeof head - 1) == 0)
        absolute = realpath(value + sizeof head - 1, NULL);
    if (absolute != NULL && asprintf(&whole, "%s%s", head, absolute) >= 0) {
        v = jv_text(whole);
        free(whole);
    }
    free(absolute);
    return v;
}

/* A path that also holds from another folder; other words (an id, an address) stay as they are. */
static struct jv *value_json(const struct frozen *f, const char *value)
{
    struct jv *pin = strcmp(f->option, "pin-source") == 0 ? pin_file_json(value) : NULL;

    if (pin != NULL)
        return pin;
    char *absolute = f->file ? realpath(value, NULL) : NULL;
    struct jv *v = jv_text(absolute != NULL ? absolute : value);

    free(absolute);
    return v;
}

static struct jv *setting_json(const struct config *c, const struct frozen *f)
{
    if (config_count(c, f->key) == 0)
        return jv_null();
    if (!f->list)
        return value_json(f, config_get(c, f->key));
    struct jv *all = jv_array();
    for (size_t i = 0; i < config_count(c, f->key); i++)
        jv_add_take(all, value_json(f, config_at(c, f->key, i)));
    return all;
}

static int digest_add_path(struct digest *d, const char *path, struct err *e)
{
    char hex[65];

    if (path == NULL || *path != '/')
        return 0;
    if (job_digest(path, hex, e) != 0)
        return -1;
    return digest_add(d, hex, strlen(hex), e);
}

/* One digest over the contents of the files that a setting names. */
static struct jv *content_digest(const struct jv *value, struct err *e)
{
    unsigned char out[DIGEST_MAX];
    char hex[DIGEST_HEX_MAX] = "";
    struct digest *d = digest_new(DIGEST_SHA256, e);
    int rc = d != NULL ? 0 : -1;

    if (rc == 0 && jv_is_array(value)) {
        for (size_t i = 0; rc == 0 && i < jv_count(value); i++)
            rc = digest_add_path(d, jv_str(jv_at(value, i)), e);
    } else if (rc == 0) {
        rc = digest_add_path(d, jv_str(value), e);
    }
    if (rc == 0)
        rc = digest_end(d, out, e);
    if (rc == 0)
        hex_lower(out, digest_size(DIGEST_SHA256), hex);
    digest_free(d);
    return rc == 0 ? jv_text(hex) : NULL;
}

/* The whole configuration by its digest, so that a later reader of the job can tell whether it was
 * this one. */
static int config_digest(const struct config *c, char hex[DIGEST_HEX_MAX], struct err *e)
{
    struct buf text = BUF_INIT((size_t)ceilings.config_bytes);

    for (const struct config_key *k = config_table; k->name != NULL; k++) {
        for (size_t i = 0; i < config_count(c, k->name); i++)
            buf_format(&text, "%s=%s\n", k->name, config_at(c, k->name, i));
    }
    int rc = buf_check(&text, e);
    if (rc == 0)
        rc = digest_bytes_hex(text.data, text.len, hex, e);
    buf_free(&text);
    return rc;
}

static int deposit_date(const struct cmd *cmd, char out[DATE_TEXT_MAX], struct err *e)
{
    const char *given = opt_get(cmd->options, "deposit-date");
    struct date d = date_in_paris(cmd->clock.now(cmd->clock.self));

    if (given != NULL && date_parse_iso(given, &d) != 0)
        return err_set(e, ERR_USAGE, "err.cmd.run-date", given, NULL);
    date_iso(d, out);
    return 0;
}

static struct jv *own_json(const struct cmd *cmd, const char *name)
{
    if (strcmp(name, "allow-rejected") == 0)
        return opt_given(cmd->options, name) ? jv_bool(true) : jv_null();
    const char *value = opt_get(cmd->options, name);
    char *absolute =
        value != NULL && strcmp(name, "encrypt-to") == 0 ? realpath(value, NULL) : NULL;
    struct jv *v = jv_text(absolute != NULL ? absolute : value);
    free(absolute);
    return v;
}

/* Looked at before it is fixed and a PIN is used: a job whose certificate does not serve could
 * never be ended. */
static int receiver_check(const struct cmd *cmd, struct err *e)
{
    const char *path = opt_get(cmd->options, "encrypt-to");

    return path == NULL ? 0 : bundle_receiver_check(path, cmd->clock.now(cmd->clock.self), e);
}

struct jv *run_settings(const struct cmd *cmd, struct err *e)
{
    char date[DATE_TEXT_MAX], hex[DIGEST_HEX_MAX];
    struct jv *settings = jv_object(), *digests = jv_object(), *rules = NULL;

    if (deposit_date(cmd, date, e) != 0 || receiver_check(cmd, e) != 0 ||
        config_digest(cmd->config, hex, e) != 0)
        goto failed;
    jv_put_text(settings, "lang", text_lang_name(text_lang_get()));
    jv_put_text(settings, "deposit-date", date);
    for (size_t i = 1; own[i] != NULL; i++)
        jv_put_take(settings, own[i], own_json(cmd, own[i]));
    for (const struct frozen *f = frozen; f->option != NULL; f++) {
        struct jv *value = setting_json(cmd->config, f);
        if (f->file && !jv_is_null(value)) {
            struct jv *digest = content_digest(value, e);
            if (digest == NULL) {
                jv_free(value);
                goto failed;
            }
            jv_put_take(digests, f->option, digest);
        }
        jv_put_take(settings, f->option, value);
    }
    if (act_check_freeze(jv_get_text(settings, "ruleset"), jv_get_text(settings, "layout"), &rules,
                         e) != 0)
        goto failed;
    jv_put_take(settings, "rules", rules);
    jv_put_take(settings, "digests", digests);
    jv_put_text(settings, "config-sha256", hex);
    for (const struct frozen *f = kept; f->option != NULL; f++) {
        if (opt_given(cmd->options, f->option))
            jv_put_take(settings, f->option, setting_json(cmd->config, f));
    }
    return settings;
failed:
    jv_free(settings);
    jv_free(digests);
    return NULL;
}

static int own_join(const struct cmd *cmd, struct job *job, struct err *e)
{
    char date[DATE_TEXT_MAX];

    if (receiver_check(cmd, e) != 0)
        return -1;
    if (opt_given(cmd->options, "deposit-date") &&
        (deposit_date(cmd, date, e) != 0 ||
         job_setting_add_take(job, "deposit-date", jv_text(date), e) != 0))
        return -1;
    for (size_t i = 1; own[i] != NULL; i++) {
        if (opt_given(cmd->options, own[i]) &&
            job_setting_add_take(job, own[i], own_json(cmd, own[i]), e) != 0)
            return -1;
    }
    return 0;
}

static int contents_check(const struct job *job, struct err *e)
{
    const struct jv *digests = job_setting(job, "digests");

    for (void *it = jv_iter(digests); it != NULL; it = jv_next(digests, it)) {
        /* Of these the job has its own copy, which stays what it was. */
        if (job_setting(job, "rules") != NULL &&
            (strcmp(jv_key(it), "ruleset") == 0 || strcmp(jv_key(it), "layout") == 0))
            continue;
        struct jv *now = content_digest(job_setting(job, jv_key(it)), e);
        if (now == NULL)
            return -1;
        bool same = jv_equal(now, jv_value(it));
        jv_free(now);
        if (!same)
            return err_set(e, ERR_USAGE, "err.cmd.run-changed", jv_key(it), job_folder(job), NULL);
    }
    return 0;
}

int run_settings_join(const struct cmd *cmd, struct job *job, struct err *e)
{
    for (const struct frozen *f = frozen; f->option != NULL; f++) {
        if (!opt_given(cmd->options, f->option))
            continue;
        if (job_setting_add_take(job, f->option, setting_json(cmd->config, f), e) != 0)
            return -1;
    }
    if (own_join(cmd, job, e) != 0)
        return -1;
    return contents_check(job, e);
}

/* The values of a setting of the job, at most `max`, in places that borrow them. */
static size_t values_of(const struct jv *setting, const char **out, size_t max)
{
    size_t n = 0;

    if (jv_str(setting) != NULL) {
        out[n++] = jv_str(setting);
    } else if (jv_is_array(setting)) {
        for (size_t i = 0; i < jv_count(setting) && n < max; i++)
            out[n++] = jv_str(jv_at(setting, i));
    }
    return n;
}

int run_settings_apply(const struct cmd *cmd, const struct job *job, struct err *e)
{
    enum { VALUES_MAX = 256 };
    const char *values[VALUES_MAX];

    for (const struct frozen *f = frozen; f->option != NULL; f++) {
        size_t n = values_of(job_setting(job, f->option), values, VALUES_MAX);
        if (config_set(cmd->config, f->key, values, n, job_folder(job), e) != 0)
            return -1;
    }
    for (const struct frozen *f = kept; f->option != NULL; f++) {
        size_t n = values_of(job_setting(job, f->option), values, VALUES_MAX);
        if (n > 0 && !opt_given(cmd->options, f->option) &&
            config_set(cmd->config, f->key, values, n, job_folder(job), e) != 0)
            return -1;
    }
    return 0;
}

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/date.h"
#include "base/file.h"
#include "base/jv.h"
#include "cmd/anchors.h"
#include "cmd/cmd.h"
#include "cmd/doctor.h"
#include "cmd/net_config.h"
#include "cmd/token_config.h"
#include "pkcs11/token.h"
#include "sign/cms/stamp.h"
#include "submit/upload/upload.h"
#include "trust/trust.h"
#include "x509/cert.h"

enum { SOON = 30 * 86400 };

/* ---- token ---- */
static void count_tokens(const struct jv *listing, size_t *modules, size_t *tokens)
{
    const struct jv *list = jv_get(listing, "modules");

    *modules = jv_count(list);
    *tokens = 0;
    for (size_t i = 0; i < jv_count(list); i++) {
        const struct jv *slots = jv_get(jv_at(list, i), "slots");
        for (size_t k = 0; k < jv_count(slots); k++)
            *tokens += jv_is_object(jv_get(jv_at(slots, k), "token"));
    }
}

static void pin_source(struct doctor *d)
{
    const char *source = config_get(d->cmd->config, "token.pin-source");
    struct stat st;

    if (source == NULL || strncmp(source, "file:", 5) != 0)
        return;
    if (stat(source + 5, &st) != 0)
        doctor_say(d, DOCTOR_BAD, "pin-file-missing", source + 5, NULL);
    else if ((st.st_mode & 077) != 0)
        doctor_say(d, DOCTOR_BAD, "pin-file-open", source + 5, NULL);
}

static void silent(void *self, const char *sentence)
{
    (void)self;
    (void)sentence;
}

void doctor_token(struct doctor *d)
{
    const char *modules[TOKEN_MODULES_MAX];
    struct token_list_options options = {.login = false};
    struct asker nobody = {.tell = silent};
    struct jv *listing = NULL;
    struct err e = ERR_INIT;
    size_t found = 0, tokens = 0;
    char a[24], b[24];

    if (access("/run/pcscd/pcscd.comm", F_OK) != 0)
        doctor_say(d, DOCTOR_INFO, "no-pcscd", NULL);
    pin_source(d);
    if (token_config(d->cmd, modules, &options.token, &e) != 0 ||
        token_list(&options, &nobody, &listing, &e) != 0) {
        doctor_say(d, DOCTOR_WARN, "modules-bad", e.sentence, NULL);
        return;
    }
    count_tokens(listing, &found, &tokens);
    snprintf(a, sizeof a, "%zu", found);
    snprintf(b, sizeof b, "%zu", tokens);
    doctor_say(d, tokens > 0 ? DOCTOR_OK : DOCTOR_WARN, tokens > 0 ? "tokens" : "no-token", a, b,
               NULL);
    jv_free(listing);
}

/* ---- trust ---- */
static void anchor_dates(struct doctor *d, const struct der_list *anchors, size_t *over)
{
    int64_t now = d->cmd->clock.now(d->cmd->clock.self);

    for (size_t i = 0; i < anchors->count; i++) {
        struct cert *cert = NULL;
        if (cert_parse(&cert, anchors->items[i].data, anchors->items[i].len, "anchor", NULL) == 0)
            *over += cert->not_after < now;
        cert_free(cert);
    }
}

void doctor_trust(struct doctor *d)
{
    const struct config *c = d->cmd->config;
    struct der_list anchors = {NULL, 0};
    struct err e = ERR_INIT;
    size_t over = 0, lists = doctor_lists(d);
    char count[24], old[24];

    if (config_count(c, "trust.anchors") == 0) {
        if (lists == 0)
            doctor_say(d, DOCTOR_WARN, "no-anchors", NULL);
        return;
    }
    for (size_t i = 0; i < config_count(c, "trust.anchors"); i++) {
        const char *path = config_at(c, "trust.anchors", i);
        if (!anchors_is_snapshot(path) && trust_add_path(&anchors, path, &e) != 0) {
            doctor_say(d, DOCTOR_BAD, "anchors-bad", e.sentence, NULL);
            goto out;
        }
    }
    if (anchors.count == 0) /* lists alone */
        return;
    anchor_dates(d, &anchors, &over);
    snprintf(count, sizeof count, "%zu", anchors.count);
    snprintf(old, sizeof old, "%zu", over);
    doctor_say(d, DOCTOR_OK, "anchors", count, NULL);
    if (over > 0)
        doctor_say(d, DOCTOR_WARN, "anchors-over", old, count, NULL);
out:
    der_list_free(&anchors);
}

/* ---- services ---- */
/* A real time-stamp over nothing in particular; its time against the machine's. */
static void time_stamp(struct doctor *d, const char *url)
{
    struct stamp_server server = {.url = url};
    struct net_auth auth;
    struct net *net = NULL;
    struct stamp got;
    struct err e = ERR_INIT;
    char host[304] = "?", seconds[24];

    net_url_host(url, host, sizeof host);
    if (net_from_config(d->cmd->config, &auth, &net, &e) != 0) {
        doctor_say(d, DOCTOR_BAD, "tsa-bad", host, e.sentence, NULL);
        return;
    }
    struct fetcher fetcher = net_fetcher(net);
    stamp_init(&got);
    if (stamp_get(&d->cmd->runner, &fetcher, &server, "doctor", 6, &got, &e) != 0) {
        doctor_say(d, DOCTOR_BAD, "tsa-bad", host, e.sentence, NULL);
    } else {
        int64_t off = d->cmd->clock.now(d->cmd->clock.self) - got.gen_time;
        snprintf(seconds, sizeof seconds, "%lld", (long long)(off < 0 ? -off : off));
        doctor_say(d, DOCTOR_OK, "tsa", host, got.tsa_name != NULL ? got.tsa_name : "?", NULL);
        if (off > 60 || off < -60)
            doctor_say(d, DOCTOR_WARN, "clock-off", seconds, host, NULL);
    }
    stamp_free(&got);
    net_close(net);
}

static void client_certificate(struct doctor *d)
{
    const char *path = config_get(d->cmd->config, "submit.client-cert");
    const char *key = config_get(d->cmd->config, "submit.client-key");
    struct der_list found = {NULL, 0};
    struct cert *cert = NULL;
    struct err e = ERR_INIT;
    struct stat st;
    char day[DATE_TEXT_MAX];

    if (path == NULL)
        return;
    if (trust_add_path(&found, path, &e) != 0 ||
        cert_parse(&cert, found.items[0].data, found.items[0].len, path, &e) != 0) {
        doctor_say(d, DOCTOR_BAD, "client-bad", e.sentence, NULL);
    } else {
        int64_t left = cert->not_after - d->cmd->clock.now(d->cmd->clock.self);
        date_iso(date_in_paris(cert->not_after), day);
        doctor_say(d,
                   left < 0      ? DOCTOR_BAD
                   : left < SOON ? DOCTOR_WARN
                                 : DOCTOR_OK,
                   left < SOON ? "client-over" : "client", cert->name, day, NULL);
    }
    if (key != NULL && (stat(key, &st) != 0 || (st.st_mode & 077) != 0))
        doctor_say(d, DOCTOR_WARN, "client-key", key, NULL);
    cert_free(cert);
    der_list_free(&found);
}

void doctor_services(struct doctor *d)
{
    const struct config *c = d->cmd->config;
    const char *to = config_get(c, "submit.to");
    struct err e = ERR_INIT;
    char count[24];

    snprintf(count, sizeof count, "%zu", config_count(c, "sign.tsa"));
    if (config_count(c, "sign.tsa") == 0)
        doctor_say(d, DOCTOR_WARN, "no-tsa", NULL);
    else if (!d->online)
        doctor_say(d, DOCTOR_INFO, "tsa-not-asked", count, NULL);
    for (size_t i = 0; d->online && i < config_count(c, "sign.tsa"); i++)
        time_stamp(d, config_at(c, "sign.tsa", i));
    if (to == NULL || strcmp(to, "folder") == 0)
        doctor_say(d, DOCTOR_INFO, "by-hand", NULL);
    else if (upload_check_url(to, &e) != 0)
        doctor_say(d, DOCTOR_BAD, "to-bad", e.sentence, NULL);
    else
        client_certificate(d);
}

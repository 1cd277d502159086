#include "cmd/tsa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/date.h"
#include "base/jv.h"
#include "cmd/act_sign_part.h"
#include "cmd/cmd.h"
#include "cmd/wire.h"
#include "net/net.h"

/* A whole number above 0, ended by `end`. */
static int read_number(const char *s, char end, int *out, const char **rest)
{
    char *at = NULL;
    long n = strtol(s, &at, 10);

    if (at == s || *at != end || n < 1 || n > 1000000)
        return -1;
    *out = (int)n;
    if (rest != NULL)
        *rest = at + 1;
    return 0;
}

static int read_word(struct stamp_server *s, const char *word)
{
    const char *value = strchr(word, '=');
    size_t n = value != NULL ? (size_t)(value - word) : 0;

    if (value == NULL || value[1] == '\0')
        return -1;
    value++;
    if (n == 6 && strncmp(word, "policy", n) == 0) {
        s->policy = value;
        return strspn(value, "0123456789.") == strlen(value) ? 0 : -1;
    }
    if (n == 4 && strncmp(word, "hash", n) == 0) {
        s->digest = digest_from_name(value);
        return s->digest != DIGEST_NONE && s->digest != DIGEST_SHA1 ? 0 : -1;
    }
    if (n == 4 && strncmp(word, "auth", n) == 0) {
        s->auth_profile = value;
        return 0;
    }
    if (n == 7 && strncmp(word, "timeout", n) == 0) {
        int seconds = 0;
        if (read_number(value, '\0', &seconds, NULL) != 0 || seconds > 3600)
            return -1;
        s->timeout_ms = 1000 * seconds;
        return 0;
    }
    if (n == 5 && strncmp(word, "limit", n) == 0)
        return read_number(value, '/', &s->limit, &value) == 0 &&
                       read_number(value, '\0', &s->limit_minutes, NULL) == 0
                   ? 0
                   : -1;
    return -1;
}

static int read_one(struct stamp_server *s, char *text)
{
    char *rest = text, *word = strsep(&rest, " \t");

    *s = (struct stamp_server){.url = word};
    if (net_url_host(word, NULL, 0) != 0)
        return -1;
    while ((word = strsep(&rest, " \t")) != NULL) {
        if (*word != '\0' && read_word(s, word) != 0)
            return -1;
    }
    return 0;
}

/* One that net.auth does not name would be found out behind the signature. */
static bool auth_known(const struct config *config, const char *name)
{
    size_t len = strlen(name);

    for (size_t i = 0; i < config_count(config, "net.auth"); i++) {
        const char *one = config_at(config, "net.auth", i);
        if (strncmp(one, name, len) == 0 &&
            (one[len] == '\0' || one[len] == ' ' || one[len] == '\t'))
            return true;
    }
    return false;
}

int tsa_read(struct tsa_list *out, const struct cmd *cmd, struct err *e)
{
    size_t n = config_count(cmd->config, "sign.tsa");

    *out = (struct tsa_list){.count = 0};
    if (n > TSA_MAX)
        return err_set(e, ERR_USAGE, "err.cmd.tsa-many", NULL);
    for (size_t i = 0; i < n; i++) {
        const char *text = config_at(cmd->config, "sign.tsa", i);
        out->texts[i] = strdup(text);
        if (out->texts[i] == NULL)
            return err_set_memory(e);
        out->count = i + 1;
        if (read_one(&out->servers[i], out->texts[i]) != 0)
            return err_set(e, ERR_USAGE, "err.cmd.sign-tsa", text, NULL);
    }
    return 0;
}

int tsa_known(const struct tsa_list *list, const struct cmd *cmd, struct err *e)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct stamp_server *one = &list->servers[i];
        if (one->auth_profile != NULL && !auth_known(cmd->config, one->auth_profile))
            return err_set(e, ERR_USAGE, "err.cmd.tsa-auth", one->auth_profile, one->url, NULL);
    }
    return 0;
}

void tsa_free(struct tsa_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->texts[i]);
    *list = (struct tsa_list){.count = 0};
}

static int64_t milliseconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* What is left of the budget for this server; 0: nothing. One that says no time of its own leaves
 * those behind it their share: a server that hangs would keep the others from being asked. */
static int time_for(const struct stamp_server *server, int64_t deadline, size_t behind)
{
    int64_t left = deadline - milliseconds();

    if (left < 100)
        return 0;
    if (server->timeout_ms == 0)
        return (int)(left / (int64_t)(behind + 1));
    return server->timeout_ms < left ? server->timeout_ms : (int)left;
}

int tsa_ask(struct wire *w, const struct stamp_server *servers, size_t n,
            int (*ask)(void *self, const struct stamp_server *server, struct stamp *stamp,
                       struct err *e),
            void *self, struct stamp *stamp, const struct stamp_server **used, struct jv *warnings,
            struct err *e)
{
    const char *budget = config_get(w->config, "sign.tsa-budget");
    int64_t deadline = milliseconds() + 1000 * (budget != NULL ? atoi(budget) : 60);
    struct err why = ERR_INIT;

    for (size_t i = 0; i < n; i++) {
        struct stamp_server server = servers[i];
        int64_t free_at = 0;
        char when[DATE_TEXT_MAX];
        if (err_is_set(&why)) /* there is another one to try */
            act_sign_warn(warnings, why.id, why.sentence);
        err_clear(&why);
        server.timeout_ms = time_for(&server, deadline, n - i - 1);
        if (server.timeout_ms > 0) /* one that is not asked is not counted either */
            free_at = tsa_count(&server, w->clock.now(w->clock.self));
        if (free_at != 0) {
            date_instant_iso(free_at, when);
            err_set(&why, ERR_NETWORK, "err.cmd.tsa-limit", server.url, when, NULL);
        } else if (server.timeout_ms == 0) {
            err_set(&why, ERR_NETWORK, "err.cmd.tsa-budget", server.url, NULL);
        } else if (ask(self, &server, stamp, &why) == 0) {
            tsa_learn(&server, stamp->token.len);
            *used = &servers[i];
            return 0;
        } else if (why.kind != ERR_NETWORK) {
            break;
        }
        if (stamp->token.len > 0) /* it came, and did not fit: the next hole will */
            tsa_learn(&server, stamp->token.len);
        stamp_free(stamp);
    }
    if (e != NULL)
        *e = why;
    return -1;
}

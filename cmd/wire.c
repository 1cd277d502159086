#include "cmd/wire.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/net_config.h"
#include "cmd/terminal.h"
#include "pkcs11/token.h"

enum { MODULES_MAX = 32 };

void wire_open(struct wire *w, const struct cmd *cmd)
{
    memset(w, 0, sizeof *w);
    w->cmd = cmd;
    w->config = cmd->config;
    w->runner = cmd->runner;
    w->clock = cmd->clock;
    w->asker = terminal_asker(cmd);
}

void wire_close(struct wire *w)
{
    token_close(w->token);
    net_close(w->net);
    der_list_free(&w->extra);
    w->token = NULL;
    w->net = NULL;
}

const struct fetcher *wire_fetcher(struct wire *w, struct err *e)
{
    if (w->net == NULL) {
        if (net_from_config(w->config, &w->auth, &w->net, e) != 0)
            return NULL;
        w->fetcher = net_fetcher(w->net);
    }
    return &w->fetcher;
}

int wire_token(struct wire *w, bool seal, struct err *e)
{
    const char *modules[MODULES_MAX], *timeout = config_get(w->config, "token.timeout");
    struct token_options o = {
        .modules = modules,
        .uri = config_get(w->config, "token.uri"),
        .cert = config_get(w->config, "token.cert"),
        .pin_source = config_get(w->config, "token.pin-source"),
        .pinentry = config_get(w->config, "token.pinentry"),
        .extra = &w->extra,
        .seal = seal,
        .use_last_try = opt_given(w->cmd->options, "use-last-try"),
        .verbose = w->cmd->verbose,
        .timeout_s = timeout != NULL ? atoi(timeout) : 0,
        .now = w->clock.now(w->clock.self),
    };

    if (w->token != NULL)
        return 0;
    for (size_t i = 0; i < config_count(w->config, "token.module") && i < MODULES_MAX; i++)
        modules[o.nmodules++] = config_at(w->config, "token.module", i);
    return token_open(&w->token, &o, &w->asker, e);
}

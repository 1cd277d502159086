#include "cmd/wire.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "cmd/judges.h"
#include "cmd/net_config.h"
#include "cmd/second_reader.h"
#include "cmd/terminal.h"
#include "cmd/token_config.h"
#include "pkcs11/token.h"

void wire_open(struct wire *w, const struct cmd *cmd)
{
    memset(w, 0, sizeof *w);
    w->cmd = cmd;
    w->config = cmd->config;
    w->runner = cmd->runner;
    w->clock = cmd->clock;
    w->asker = terminal_asker(cmd);
    w->second = second_reader_new();
}

void wire_close(struct wire *w)
{
    second_reader_dismiss(w->second);
    token_close(w->token);
    net_close(w->net);
    second_reader_free(w->second);
    judges_stop(w);
    issuers_close(&w->issuers);
    der_list_free(&w->extra);
    w->token = NULL;
    w->net = NULL;
    w->second = NULL;
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

static void waiting(void *self)
{
    struct wire *w = self;

    if (w->waiting != NULL)
        w->waiting(w);
    issuers_load(&w->issuers);
}

int wire_token(struct wire *w, bool seal, struct err *e)
{
    const char *modules[TOKEN_MODULES_MAX];
    struct token_options o;

    if (w->token != NULL)
        return 0;
    if (token_config(w->cmd, modules, &o, e) != 0)
        return -1;
    o.extra = &w->extra;
    issuers_join(&w->issuers, w->config, &w->asker, &o);
    o.seal = seal;
    o.started = waiting;
    o.started_self = w;
    return token_open(&w->token, &o, &w->asker, e);
}

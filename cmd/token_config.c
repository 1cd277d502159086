#include "cmd/token_config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/cmd.h"

/* Somebody who sees the remark can insert the card again; a script cannot. */
enum { WAIT_FOR_A_PERSON = 300 };

static int seconds(const struct cmd *cmd, const char *key, int *out, struct err *e)
{
    const char *value = config_get(cmd->config, key);

    if (value != NULL && strcmp(value, "auto") == 0 && strcmp(key, "token.wait-card") == 0) {
        *out = isatty(STDERR_FILENO) ? WAIT_FOR_A_PERSON : 0;
        return 0;
    }
    return config_seconds(cmd->config, key, out, e);
}

int token_config(const struct cmd *cmd, const char *modules[TOKEN_MODULES_MAX],
                 struct token_options *o, struct err *e)
{
    const struct config *c = cmd->config;

    memset(o, 0, sizeof *o);
    o->modules = modules;
    for (size_t i = 0; i < config_count(c, "token.module") && i < TOKEN_MODULES_MAX; i++)
        modules[o->nmodules++] = config_at(c, "token.module", i);
    o->uri = config_get(c, "token.uri");
    o->cert = config_get(c, "token.cert");
    o->pin_source = config_get(c, "token.pin-source");
    o->pinentry = config_get(c, "token.pinentry");
    o->use_last_try = opt_given(cmd->options, "use-last-try");
    o->verbose = cmd->verbose;
    o->libexec = PARAPHE_LIBEXEC_DIR;
    o->now = cmd->clock.now(cmd->clock.self);
    if (seconds(cmd, "token.timeout", &o->timeout_s, e) != 0 ||
        seconds(cmd, "token.wait-card", &o->wait_s, e) != 0)
        return -1;
    return 0;
}

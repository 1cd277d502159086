/* The [token] settings as options of the token room; for sign, run and token alike. */
#ifndef PARAPHE_CMD_TOKEN_CONFIG_H
#define PARAPHE_CMD_TOKEN_CONFIG_H

#include "base/err.h"
#include "pkcs11/token.h"

struct cmd;

enum { TOKEN_MODULES_MAX = 32 };

/* Fills *o from configuration and options; the texts and `modules` are borrowed. */
int token_config(const struct cmd *cmd, const char *modules[TOKEN_MODULES_MAX],
                 struct token_options *o, struct err *e);

#endif

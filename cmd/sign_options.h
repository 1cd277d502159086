/* The options of a signature, shared by the verbs that sign; into a request of act_sign. */
#ifndef PARAPHE_CMD_SIGN_OPTIONS_H
#define PARAPHE_CMD_SIGN_OPTIONS_H

#include "cmd/act_sign.h"
#include "cmd/opt.h"

struct cmd;
struct secret;

enum { SIGN_SERVERS_MAX = 8 };
struct sign_options {
    struct act_sign_request request;
    struct stamp_server servers[SIGN_SERVERS_MAX];
    struct secret *password; /* of a protected PDF; NULL without --password-source */
    bool asked;              /* a level was given, by option or configuration */
};
/* The strings stay those of cmd. sign_options_free also after a failure. */
int sign_options_read(struct sign_options *out, const struct cmd *cmd, struct err *e);
void sign_options_free(struct sign_options *options);

#endif

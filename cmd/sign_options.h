/* The options of a signature, shared by the verbs that sign; into a request of act_sign. */
#ifndef PARAPHE_CMD_SIGN_OPTIONS_H
#define PARAPHE_CMD_SIGN_OPTIONS_H

#include "cmd/act_sign.h"
#include "cmd/opt.h"
#include "cmd/tsa.h"

struct cmd;
struct secret;

struct sign_options {
    struct act_sign_request request;
    struct tsa_list tsa;
    struct secret *password; /* of a protected PDF; NULL without --password-source */
    int image;               /* sealed copy of the image to show; -1 without */
    struct der_list trust, trust_tsa;
    bool asked; /* a level was given, by option or configuration */
};
/* The strings stay those of cmd. sign_options_free also after a failure. */
int sign_options_read(struct sign_options *out, const struct cmd *cmd, struct err *e);
void sign_options_free(struct sign_options *options);
/* Part of it, for the verbs that add later levels. */
int sign_options_anchors(struct der_list *trust, struct der_list *trust_tsa, const struct cmd *cmd,
                         struct err *e);

#endif

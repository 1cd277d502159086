/* Joins the ports to the real things, each opened when first needed: token child, net child,
 * terminal. */
#ifndef PARAPHE_CMD_WIRE_H
#define PARAPHE_CMD_WIRE_H

#include <stdbool.h>

#include "base/err.h"
#include "base/ports.h"
#include "cmd/issuers.h"
#include "net/net.h"

struct cmd;
struct config;
struct second_reader;
struct token;
struct workers;

struct wire {
    const struct cmd *cmd;
    const struct config *config;
    struct runner runner;
    struct clock clock;
    struct asker asker;
    struct net *net; /* NULL until wire_fetcher */
    struct net_auth auth;
    struct fetcher fetcher;
    struct token *token;             /* NULL until wire_token */
    struct issuers issuers;          /* what is known of the token's certificates */
    void (*waiting)(struct wire *w); /* called by wire_token while the drivers load; NULL */
    /* All is signed; and nothing but the last file is to be judged: who is not needed any more ends
     * while that goes to the disk. */
    _Atomic bool token_over, readers_over;
    struct second_reader *second; /* its process starts when a look comes, or is expected */
    struct workers *judges;       /* of a batch: judges.h; NULL: runner judges */
    struct runner judge;
    struct der_list extra; /* certificates beside the token's */
};

void wire_open(struct wire *w, const struct cmd *cmd);
void wire_close(struct wire *w);
/* The fetcher, or NULL and err. */
const struct fetcher *wire_fetcher(struct wire *w, struct err *e);
/* The token that the configuration and the options choose (--module, --token, --cert,
 * --pin-source); its PIN is asked for by the signer's prepare(). */
int wire_token(struct wire *w, bool seal, struct err *e);

#endif

/* For the choice of a key: what the trusted lists of this machine say of the certificates on a
 * token. The lists are those of verify (cmd/anchors.h), read when a token is being listed, while
 * its driver loads; where none is kept nothing is read at all. */
#ifndef PARAPHE_CMD_ISSUERS_H
#define PARAPHE_CMD_ISSUERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ports.h"

struct config;
struct jv;
struct token_options;

struct issuers {
    const struct config *config;
    struct asker *asker; /* told when the lists cannot be read: nothing is known then */
    int64_t now;
    struct jv *services, *expired;
    bool tried;
};

/* Fills o->issuer when lists are kept; *i starts as zeros, must outlive the call that takes the
 * options. issuers_close. */
void issuers_join(struct issuers *i, const struct config *config, struct asker *asker,
                  struct token_options *o);
/* Reads the lists, once; nothing where o->issuer was not filled. */
void issuers_load(struct issuers *i);
void issuers_close(struct issuers *i);

#endif

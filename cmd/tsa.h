/* Time-stamp servers: how they are written, and asking them in order within a budget of time and
 * their own limits. */
#ifndef PARAPHE_CMD_TSA_H
#define PARAPHE_CMD_TSA_H

#include <stddef.h>

#include "base/err.h"
#include "sign/cms/stamp.h"

struct cmd;
struct jv;
struct wire;

enum { TSA_MAX = 8 };
struct tsa_list {
    struct stamp_server servers[TSA_MAX];
    size_t count;
    char *texts[TSA_MAX]; /* owned; the servers point into them */
};
/* Setting sign.tsa, a server each: "URL [policy=OID] [hash=NAME] [auth=NAME] [timeout=SECONDS]
 * [limit=N/MINUTES]". tsa_free also after a failure. */
int tsa_read(struct tsa_list *out, const struct cmd *cmd, struct err *e);
/* ERR_USAGE when the configuration does not name the authentication of a server: for those that are
 * going to be asked. */
int tsa_known(const struct tsa_list *list, const struct cmd *cmd, struct err *e);
void tsa_free(struct tsa_list *list);

/* Asks each server in turn until ask() is satisfied: 0, and *used is that server; or -1 with the
 * error of the last one. The reason of each one that failed goes to warnings (but for the last).
 * All of it takes at most sign.tsa-budget seconds. An error that is none of the network's ends it
 * at once. Each request is written to the ledger, and a server over its limit is passed over. */
int tsa_ask(struct wire *w, const struct stamp_server *servers, size_t n,
            int (*ask)(void *self, const struct stamp_server *server, struct stamp *stamp,
                       struct err *e),
            void *self, struct stamp *stamp, const struct stamp_server **used, struct jv *warnings,
            struct err *e);

/* The ledger, $XDG_STATE_HOME/paraphe/tsa.json. Not vital: what cannot be read or written is done
 * without. */
/* One and a half times the largest token seen from this server; 16 KB when none was seen. */
size_t tsa_room(const struct stamp_server *server);
void tsa_learn(const struct stamp_server *server, size_t size);
/* 0 when a request may be sent now, and it is counted; else the instant from which on one may. */
int64_t tsa_count(const struct stamp_server *server, int64_t now);

#endif

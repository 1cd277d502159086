/* How large the time-stamp tokens of each server were, remembered so that the hole fits and wastes
 * little. Not vital: what cannot be read or written is done without. Kept in
 * $XDG_STATE_HOME/paraphe/tsa.json. */
#ifndef PARAPHE_CMD_ACT_TOKEN_H
#define PARAPHE_CMD_ACT_TOKEN_H

#include <stddef.h>

struct stamp_server;
struct wire;

/* One and a half times the largest token seen from this server; 16 KB when none was seen. */
size_t act_token_room(struct wire *w, const struct stamp_server *server);
void act_token_learn(struct wire *w, const struct stamp_server *server, size_t size);

#endif

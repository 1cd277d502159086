/* The network as the configuration says. */
#ifndef PARAPHE_CMD_NET_CONFIG_H
#define PARAPHE_CMD_NET_CONFIG_H

#include "base/err.h"
#include "net/net.h"

struct config;

/* The name of the one authentication that the configuration knows: submit.ca, submit.client-cert,
 * submit.client-key. For fetch_request.auth_profile. */
#define NET_AUTH_SUBMIT "submit"

/* Others are named by setting net.auth, one each: "NAME [secret=FILE] [ca=FILE] [cert=FILE]
 * [key=FILE]"; secret is a file with "user:password" or "Bearer TOKEN". */
/* `auth` is of the caller, filled here, and must live until net_close. The helper process starts at
 * the first request only. */
int net_from_config(const struct config *config, struct net_auth *auth, struct net **out,
                    struct err *e);

#endif

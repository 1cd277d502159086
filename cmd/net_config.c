#include "cmd/net_config.h"

#include <string.h>

#include "cmd/config.h"

int net_from_config(const struct config *config, struct net_auth *auth, struct net **out,
                    struct err *e)
{
    struct net_options options = {
        .proxy = config_get(config, "net.proxy"),
        .libexec = PARAPHE_LIBEXEC_DIR,
        .user_agent = "paraphe/" PARAPHE_VERSION,
        .private_addresses = strcmp(config_get(config, "net.private-addresses"), "allow") == 0,
        .auth = auth,
        .auth_count = 1,
    };

    *auth = (struct net_auth){
        .name = NET_AUTH_SUBMIT,
        .ca = config_get(config, "submit.ca"),
        .client_cert = config_get(config, "submit.client-cert"),
        .client_key = config_get(config, "submit.client-key"),
    };
    return net_open(&options, out, e);
}

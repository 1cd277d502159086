#include "cmd/net_config.h"

#include <stdlib.h>
#include <string.h>

#include "cmd/config.h"

enum { AUTHS_MAX = 8 };

static int read_word(struct net_auth *a, const char *word)
{
    static const char *const names[] = {"secret=", "ca=", "cert=", "key="};
    const char **const places[] = {&a->secret, &a->ca, &a->client_cert, &a->client_key};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t n = strlen(names[i]);
        if (strncmp(word, names[i], n) == 0 && word[n] != '\0') {
            *places[i] = word + n;
            return 0;
        }
    }
    return -1;
}

/* The texts stay for the life of the program, as the configuration does. */
static int read_auth(const char *text, struct net_auth *a, struct err *e)
{
    char *copy = strdup(text), *rest = copy, *word;

    if (copy == NULL)
        return err_set_memory(e);
    *a = (struct net_auth){.name = strsep(&rest, " \t")};
    while ((word = strsep(&rest, " \t")) != NULL) {
        if (*word != '\0' && read_word(a, word) != 0) {
            free(copy);
            return err_set(e, ERR_USAGE, "err.cmd.net-auth", text, NULL);
        }
    }
    return 0;
}

int net_from_config(const struct config *config, struct net_auth *auth, struct net **out,
                    struct err *e)
{
    static struct net_auth all[AUTHS_MAX + 1]; /* [0] is the deposit's */
    static size_t more;
    size_t n = config_count(config, "net.auth");
    int timeout_s = 0;

    *auth = (struct net_auth){
        .name = NET_AUTH_SUBMIT,
        .ca = config_get(config, "submit.ca"),
        .client_cert = config_get(config, "submit.client-cert"),
        .client_key = config_get(config, "submit.client-key"),
    };
    all[0] = *auth;
    for (; more < n && more < AUTHS_MAX; more++) {
        if (read_auth(config_at(config, "net.auth", more), &all[more + 1], e) != 0)
            return -1;
    }
    if (config_seconds(config, "net.timeout", &timeout_s, e) != 0)
        return -1;
    struct net_options options = {
        .timeout_ms = timeout_s * 1000,
        .proxy = config_get(config, "net.proxy"),
        .libexec = PARAPHE_LIBEXEC_DIR,
        .user_agent = "paraphe/" PARAPHE_VERSION,
        .private_addresses = strcmp(config_get(config, "net.private-addresses"), "allow") == 0,
        .auth = all,
        .auth_count = more + 1,
    };
    return net_open(&options, out, e);
}

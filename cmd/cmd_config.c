#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "cmd/cmd_table.h"
#include "cmd/config_table.h"
#include "cmd/out.h"

/* Every option that sets a key is taken here too, so that `paraphe config --tsa URL` shows what a
 * run with it would use. */
const struct opt cmd_config_options[] = {
    {"role", OPT_VALUE, NULL},        {"ruleset", OPT_VALUE, NULL},
    {"layout", OPT_VALUE, NULL},      {"report-lang", OPT_VALUE, NULL},
    {"look", OPT_VALUE, NULL},        {"attach", OPT_VALUE, NULL},
    {"module", OPT_LIST, NULL},       {"token", OPT_VALUE, NULL},
    {"cert", OPT_VALUE, NULL},        {"pin-source", OPT_VALUE, NULL},
    {"wait-card", OPT_VALUE, NULL},   {"level", OPT_VALUE, NULL},
    {"min-level", OPT_VALUE, NULL},   {"tsa", OPT_LIST, NULL},
    {"hash", OPT_VALUE, NULL},        {"scheme", OPT_VALUE, NULL},
    {"reason", OPT_VALUE, NULL},      {"location", OPT_VALUE, NULL},
    {"trust", OPT_LIST, NULL},        {"trust-tsa", OPT_LIST, NULL},
    {"policy", OPT_VALUE, NULL},      {"to", OPT_VALUE, NULL},
    {"client-cert", OPT_VALUE, NULL}, {"client-key", OPT_VALUE, NULL},
    {"ca", OPT_VALUE, NULL},          {NULL, OPT_FLAG, NULL},
};

static struct jv *key_json(const struct config *c, const char *key)
{
    struct jv *o = jv_object(), *values = jv_array();

    for (size_t i = 0; i < config_count(c, key); i++)
        jv_add_text(values, config_at(c, key, i));
    jv_put_text(o, "key", key);
    jv_put_take(o, "values", values);
    jv_put_text(o, "source", config_source(c, key));
    return o;
}

static int print_json(const struct config *c, struct err *e)
{
    struct jv *top = jv_object(), *keys = jv_array();

    for (const struct config_key *k = config_table; k->name != NULL; k++)
        jv_add_take(keys, key_json(c, k->name));
    jv_put_text(top, "format", "paraphe-config");
    jv_put_int(top, "version", 1);
    jv_put_take(top, "settings", keys);
    int rc = out_json(top, true, e);
    jv_free(top);
    return rc;
}

int cmd_config_run(struct cmd *cmd, struct err *e)
{
    char source[4200];

    if (cmd->json)
        return print_json(cmd->config, e);
    for (const struct config_key *k = config_table; k->name != NULL; k++) {
        if (config_count(cmd->config, k->name) == 0)
            out_say("cmd.config.unset", k->name, NULL);
        for (size_t i = 0; i < config_count(cmd->config, k->name); i++)
            out_say("cmd.config.line", k->name, config_at(cmd->config, k->name, i),
                    config_source_say(cmd->config, k->name, source, sizeof source), NULL);
    }
    return 0;
}

#include "cmd/judge.h"

#include "base/jv.h"
#include "cmd/cmd.h"
#include "cmd/net_config.h"
#include "trust/trust.h"
#include "verify/policy.h"

static int anchors_load(const struct config *config, const char *key, struct der_list *out,
                        struct err *e)
{
    for (size_t i = 0; i < config_count(config, key); i++) {
        if (trust_add_path(out, config_at(config, key, i), e) != 0)
            return -1;
    }
    return 0;
}

int judge_open(struct judge *j, const struct cmd *cmd, struct err *e)
{
    const char *policy = config_get(cmd->config, "verify.policy");

    j->runner = &cmd->runner;
    j->online = !opt_given(cmd->options, "offline");
    j->at = cmd->clock.now(cmd->clock.self);
    if (policy_load(policy != NULL ? policy : "eidas", &j->policy, e) != 0 ||
        anchors_load(cmd->config, "trust.anchors", &j->trust, e) != 0 ||
        anchors_load(cmd->config, "trust.tsa-anchors", &j->trust_tsa, e) != 0)
        return -1;
    if (!j->online)
        return 0;
    if (net_from_config(cmd->config, &j->auth, &j->net, e) != 0)
        return -1;
    j->fetcher = net_fetcher(j->net);
    return 0;
}

void judge_close(struct judge *j)
{
    der_list_free(&j->trust);
    der_list_free(&j->trust_tsa);
    jv_free(j->policy);
    net_close(j->net);
    *j = (struct judge){0};
}

int judge_file(const struct judge *j, int fd, const char *name, struct jv **verdict, struct err *e)
{
    struct verify_request request = {.name = name,
                                     .trust = &j->trust,
                                     .trust_tsa = j->trust_tsa.count > 0 ? &j->trust_tsa : NULL,
                                     .policy = j->policy,
                                     .at = j->at};

    return verify_file(j->runner, fd, &request, j->online ? &j->fetcher : NULL, verdict, e);
}

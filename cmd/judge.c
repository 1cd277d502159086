#include "cmd/judge.h"

#include "base/jv.h"
#include "cmd/cmd.h"
#include "cmd/net_config.h"
#include "verify/policy.h"

int judge_open(struct judge *j, const struct cmd *cmd, struct err *e)
{
    const char *policy = config_get(cmd->config, "verify.policy");

    j->runner = &cmd->runner;
    j->online = !opt_given(cmd->options, "offline");
    j->at = cmd->clock.now(cmd->clock.self);
    if (policy_load(policy != NULL ? policy : "eidas", &j->policy, e) != 0 ||
        anchors_open(&j->anchors, cmd->config, j->at, e) != 0)
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
    anchors_close(&j->anchors);
    jv_free(j->policy);
    net_close(j->net);
    *j = (struct judge){0};
}

int judge_file(const struct judge *j, int fd, const char *name, struct jv **verdict, struct err *e)
{
    struct verify_request request = {.name = name,
                                     .trust = &j->anchors.signers,
                                     .trust_tsa =
                                         j->anchors.stamps.count > 0 ? &j->anchors.stamps : NULL,
                                     .services = j->anchors.services,
                                     .policy = j->policy,
                                     .at = j->at};

    return verify_file(j->runner, fd, &request, j->online ? &j->fetcher : NULL, verdict, e);
}

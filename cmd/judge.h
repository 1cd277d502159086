/* With what signatures are judged: anchors, policy, time and network, as options and configuration
 * say. */
#ifndef PARAPHE_CMD_JUDGE_H
#define PARAPHE_CMD_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ports.h"
#include "cmd/anchors.h"
#include "net/net.h"
#include "verify/verify.h"

struct cmd;
struct jv;

struct judge {
    const struct runner *runner;
    struct anchor_set anchors;
    struct jv *policy;
    struct net *net;
    struct net_auth auth;
    struct fetcher fetcher;
    int64_t at;
    bool online;
};

/* Settings trust.anchors, trust.tsa-anchors, verify.policy; flag --offline. judge_close also after
 * a failure; *j starts as zeros. */
int judge_open(struct judge *j, const struct cmd *cmd, struct err *e);
void judge_close(struct judge *j);
/* The verdict on an open file. */
int judge_file(const struct judge *j, int fd, const char *name, struct jv **verdict, struct err *e);

#endif

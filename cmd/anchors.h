/* Whom this machine trusts: what --trust and the configuration name, and the trusted lists that the
 * user keeps. */
#ifndef PARAPHE_CMD_ANCHORS_H
#define PARAPHE_CMD_ANCHORS_H

#include <stdint.h>

#include "base/err.h"
#include "base/ports.h"

struct config;
struct jv;

struct anchor_set {
    struct der_list signers, stamps; /* stamps empty: the same */
    struct jv *services;             /* of lists in force; NULL: none */
    struct jv *expired;              /* {"territory","next_update"} of lists that are not */
};

/* Settings trust.anchors (a path that ends in .json is a snapshot) and trust.tsa-anchors, and the
 * user's folder of lists, which are in force at `now`, the clock's. *set starts as zeros;
 * anchors_close also after a failure. */
int anchors_open(struct anchor_set *set, const struct config *config, int64_t now, struct err *e);
/* A path of trust.anchors that is a snapshot of lists, not a certificate. */
bool anchors_is_snapshot(const char *path);
/* The lists alone: snapshots named in trust.anchors, and the user's folder. services is an array
 * then, also an empty one. */
int anchors_lists(struct anchor_set *set, const struct config *config, int64_t now, struct err *e);
/* Whether there is any list; nothing is read for it. */
bool anchors_any_list(const struct config *config);
void anchors_close(struct anchor_set *set);

#endif

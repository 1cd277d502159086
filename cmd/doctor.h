/* The examinations of `paraphe doctor`: each looks at one thing of this machine and says ok, info,
 * warn or bad. */
#ifndef PARAPHE_CMD_DOCTOR_H
#define PARAPHE_CMD_DOCTOR_H

#include <stdbool.h>

#include "base/err.h"

struct cmd;
struct jv;

enum doctor_state { DOCTOR_OK, DOCTOR_INFO, DOCTOR_WARN, DOCTOR_BAD };
const char *doctor_state_name(enum doctor_state state);

struct doctor {
    struct cmd *cmd;
    struct jv *checks; /* array that the examinations fill */
    bool online;       /* may ask the configured services */
};
/* Adds {"id","state","message","remedy"}: texts "cmd.doctor.ID" and, unless ok or info,
 * "cmd.doctor.ID-remedy", with NULL-ended arguments. */
void doctor_say(struct doctor *d, enum doctor_state state, const char *id, ...)
    __attribute__((sentinel));

void doctor_machine(
    struct doctor *d); /* program, workers, network helper, clock, memory locking, languages */
void doctor_token(struct doctor *d);    /* modules, card service, PIN source */
void doctor_trust(struct doctor *d);    /* anchors and trusted lists */
size_t doctor_lists(struct doctor *d);  /* those alone; how many are in force */
void doctor_services(struct doctor *d); /* time-stamps, deposit, proxy */

#endif

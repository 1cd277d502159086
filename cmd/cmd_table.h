/* The verbs' functions; one file each, cmd_VERB.c. */
#ifndef PARAPHE_CMD_CMD_TABLE_H
#define PARAPHE_CMD_CMD_TABLE_H

#include "cmd/cmd.h"

/* VERB(name, least arguments, most arguments): cmd_NAME_run and cmd_NAME_options stand in
 * cmd/cmd_NAME.c. */
/* clang-format off */
#define VERB_TABLE(VERB) \
    VERB(check, 1, 10000) \
    VERB(watch, 1, 1) \
    VERB(form, 1, 3) \
    VERB(report, 1, 12) \
    VERB(sign, 0, 10000) \
    VERB(finish, 1, 10000) \
    VERB(stamp, 1, 10000) \
    VERB(verify, 1, 10000) \
    VERB(extract, 1, 1) \
    VERB(trust, 1, 64) \
    VERB(token, 0, 0) \
    VERB(dossier, 2, 10000) \
    VERB(bundle, 1, 1) \
    VERB(submit, 1, 1) \
    VERB(receipts, 1, 1) \
    VERB(run, 0, 64) \
    VERB(status, 1, 1) \
    VERB(purge, 1, 1) \
    VERB(config, 0, 0) \
    VERB(setup, 0, 0) \
    VERB(doctor, 0, 0) \
    VERB(demo, 0, 1) \
    VERB(explain, 0, 1)
/* clang-format on */

#define VERB_DECLARE(name, least, most)                                                            \
    int cmd_##name##_run(struct cmd *cmd, struct err *e);                                          \
    extern const struct opt cmd_##name##_options[];
VERB_TABLE(VERB_DECLARE)
#undef VERB_DECLARE

#endif

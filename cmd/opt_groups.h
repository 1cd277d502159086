/* Options that several verbs take in the same sense: rows for their tables (cmd/opt.h). */
#ifndef PARAPHE_CMD_OPT_GROUPS_H
#define PARAPHE_CMD_OPT_GROUPS_H

#include "cmd/opt.h"

/* clang-format off */
/* Which key signs, and how its PIN is had. */
#define OPTIONS_TOKEN             \
    {"token", OPT_VALUE, NULL},   \
    {"module", OPT_LIST, NULL},   \
    {"cert", OPT_VALUE, NULL},    \
    {"pin-source", OPT_VALUE, NULL},  \
    {"use-last-try", OPT_FLAG, NULL}, \
    {"wait-card", OPT_VALUE, NULL}
/* What the signature is to be. */
#define OPTIONS_SIGNATURE                              \
    {"level", OPT_VALUE, "B-B|B-T|B-LT|B-LTA"},        \
    {"min-level", OPT_VALUE, "B-B|B-T|B-LT|B-LTA"},    \
    {"tsa", OPT_LIST, NULL},                           \
    {"hash", OPT_VALUE, NULL},                         \
    {"scheme", OPT_VALUE, "pkcs1|pss|ecdsa"},          \
    {"reason", OPT_VALUE, NULL},                       \
    {"location", OPT_VALUE, NULL},                     \
    {"image", OPT_VALUE, NULL}
/* Whom to believe. */
#define OPTIONS_TRUST          \
    {"trust", OPT_LIST, NULL}, \
    {"trust-tsa", OPT_LIST, NULL}
/* How forms are read, and reports judged. */
#define OPTIONS_RULES             \
    {"ruleset", OPT_VALUE, NULL}, \
    {"layout", OPT_VALUE, NULL}
#define OPTIONS_JUDGE            \
    {"deposit-date", OPT_VALUE, NULL},  \
    {"allow-rejected", OPT_FLAG, NULL}, \
    OPTIONS_RULES,               \
    OPTIONS_TRUST,               \
    {"policy", OPT_VALUE, NULL}, \
    {"offline", OPT_FLAG, NULL}
/* Who answers for the proxy that is not in the dossier. */
#define OPTIONS_PROXY               \
    {"proxy-of", OPT_VALUE, NULL},  \
    {"reference", OPT_VALUE, NULL}, \
    {"no-proxy", OPT_VALUE, NULL}
/* clang-format on */

#endif

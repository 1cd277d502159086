#include "cmd/config_table.h"

#include <stddef.h>

const struct config_key config_table[] = {
    {"general.lang", "lang", NULL, "fr|en", false, false},
    {"general.color", "color", "auto", "auto|always|never", false, false},
    {"job.role", "role", "editeur", "auditeur|editeur|cabinet", false, false},
    {"check.ruleset", "ruleset", NULL, NULL, false, true},
    {"check.layout", "layout", NULL, NULL, false, false},
    {"report.lang", "report-lang", "fr", "fr|en", false, false},
    {"report.look", "look", NULL, NULL, false, false},
    {"report.attach", "attach", NULL, NULL, false, false},
    {"token.module", "module", NULL, NULL, true, true},
    {"token.uri", "token", NULL, NULL, false, true},
    {"token.cert", "cert", NULL, NULL, false, true},
    {"token.pin-source", "pin-source", NULL, NULL, false, true},
    {"sign.level", "level", NULL, "B-B|B-T|B-LT|B-LTA", false, false},
    {"sign.min-level", "min-level", NULL, "B-B|B-T|B-LT|B-LTA", false, false},
    {"sign.tsa", "tsa", NULL, NULL, true, true},
    {"sign.hash", "hash", NULL, NULL, false, false},
    {"sign.scheme", "scheme", NULL, "pkcs1|pss|ecdsa", false, false},
    {"sign.reason", "reason", NULL, NULL, false, false},
    {"sign.location", "location", NULL, NULL, false, false},
    {"trust.anchors", "trust", NULL, NULL, true, true},
    {"trust.tsa-anchors", "trust-tsa", NULL, NULL, true, true},
    {"verify.policy", "policy", NULL, NULL, false, true},
    {"submit.to", "to", NULL, NULL, false, true},
    {"submit.client-cert", "client-cert", NULL, NULL, false, true},
    {"submit.client-key", "client-key", NULL, NULL, false, true},
    {"submit.ca", "ca", NULL, NULL, false, true},
    {"net.proxy", NULL, NULL, NULL, false, true},
    {NULL, NULL, NULL, NULL, false, false},
};

/* The stage "bundle": a complete dossier to a deposit folder. No printing, no options. */
#ifndef PARAPHE_CMD_ACT_BUNDLE_H
#define PARAPHE_CMD_ACT_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/err.h"

struct bundle_stamp;
struct dossier;
struct jv;

struct act_bundle_request {
    const struct dossier *dossier;
    const struct jv *status; /* of dossier_assess; its "status" is 0, or the caller has told why it
                                is not and stopped */
    const char *out;
    struct date deposit;
    int64_t instant;
    const char *encrypt_to; /* NULL, or a certificate that is valid at encrypt_at */
    int64_t encrypt_at;
    const struct bundle_stamp *stamp; /* adds dossier.asice; NULL */
    bool with_forms;                  /* the workbooks too, each at a place of its own */
};
/* The manifest of the deposit; *already: it was there. */
int act_bundle(const struct act_bundle_request *request, struct jv **manifest, bool *already,
               struct err *e);

#endif

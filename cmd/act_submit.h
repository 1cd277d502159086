/* The stage "submit": a deposit folder to a service, or what a person has to upload. No printing,
 * no options. */
#ifndef PARAPHE_CMD_ACT_SUBMIT_H
#define PARAPHE_CMD_ACT_SUBMIT_H

#include <stdbool.h>

#include "base/err.h"
#include "base/ports.h"
#include "submit/upload/upload.h"

struct jv;

struct act_submit_request {
    const char *folder; /* made by the stage "bundle" */
    const char *to;     /* https address of a collection; NULL or "folder": by hand */
    bool dry_run, allow_rejected;
    struct clock clock;
    struct upload_watch watch; /* may be all NULL */
};

bool act_submit_by_hand(const char *to);
/* ERR_USAGE for an address that cannot be; before anything else is done. */
int act_submit_check(const char *to, struct err *e);
/* "paraphe-submitted": of upload_run, or by hand with "by_hand": true, "places" (of the manifest)
 * and "checklist" (path). A form whose last day is over is ERR_FORM unless all of it was
 * deposited before, one that does not pass ERR_NOT_PASS unless allowed. *result may be set although
 * -1 is returned: what was deposited before the failure. `fetcher` is not used by hand or with
 * dry_run. */
int act_submit(const struct fetcher *fetcher, const struct act_submit_request *request,
               struct jv **result, struct err *e);

#endif

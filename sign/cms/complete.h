/* A chain that the token knows only in part is completed from the addresses in its certificates
 * (AIA, RFC 5280 4.2.2.1). */
#ifndef PARAPHE_SIGN_CMS_COMPLETE_H
#define PARAPHE_SIGN_CMS_COMPLETE_H

#include <stdbool.h>

#include "base/ports.h"

struct cms_plan;
struct err;

/* Whether the chain ends at a certificate that is not self-signed and says where its issuer is. */
bool cms_plan_open_ended(const struct cms_plan *plan);
/* Adds what can be had, without the root; what was fetched is read in task "sign-issuer" only. -1
 * (ERR_NETWORK) when something is still missing; the plan is good all the same. */
int cms_plan_complete(struct cms_plan *plan, const struct runner *runner,
                      const struct fetcher *fetcher, struct err *e);

extern const struct task sign_issuer_task;

#endif

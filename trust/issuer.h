/* What trusted lists say of whoever issued a certificate, without network (TS 119 612 5.5; the
 * qualified status as TS 119 615 4.4 has it, for a certificate that is about to be used now). */
#ifndef PARAPHE_TRUST_ISSUER_H
#define PARAPHE_TRUST_ISSUER_H

#include "base/ports.h"

struct jv;

struct trust_issuer_request {
    const struct jv *services;    /* of lists in force, trust_services */
    const struct jv *expired;     /* lists that are not, as from trust_services; may be NULL */
    const struct der_list *certs; /* the certificate, then others that may lie between it and a
                                     service */
    bool seal; /* a seal is meant when the certificate does not say which it is for */
    int64_t now;
};

/* {"state","qualified","territory","provider","service","status","since","message"}, all but state,
 * qualified and message null when no service is found; or NULL when the first certificate cannot be
 * read.
 *
 * state: "listed", a CA/QC service that issued it is granted; "other-use", it is, but not for
 * signatures (or seals); "withdrawn", none is granted any more; "unlisted"; "unknown", likewise,
 * but a list that might name it has expired.
 *
 * qualified: true, false, or null where the list corrects what certificates say of themselves.
 *
 * message: of the language of the messages. */
struct jv *trust_issuer(const struct trust_issuer_request *r);

#endif

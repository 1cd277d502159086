/* Whether a person whom a form names is the one of a certificate, as far as names can tell: without
 * regard to accents, case, order, titles, initials and half of a double name. */
#ifndef PARAPHE_X509_PERSON_H
#define PARAPHE_X509_PERSON_H

#include <stdbool.h>

/* True when the two clearly name different persons. `named` may name several, with whatever is in
 * brackets; `name` is the common name of a certificate. What cannot be compared does not differ. */
bool person_differs(const char *named, const char *name);
/* Whether the certificate is an organisation's, by its subject (RFC 4514): it has an
 * organizationIdentifier and neither surname nor given name (ETSI EN 319 412-2 and -3). */
bool person_is_none(const char *subject);

/* Whether two subjects (RFC 4514) are taken for one holder, whose certificate was renewed, by
 * whichever authority: given name and surname, or the common name, are equal without regard to case
 * and accents, and the organisation where both have one. The serialNumber is not looked at: many
 * authorities give another one to each certificate. */
bool person_same(const char *a, const char *b);

#endif

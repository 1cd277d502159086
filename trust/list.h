/* Trusted lists (ETSI TS 119 612): read and verified in a worker, kept as JSON in a folder of the
 * user.
 *
 * A list of JSON:
 * {"format":"paraphe-trusted-list","version":1,"territory","type","operator","sequence","issued","next_update"
 * (instants as text; null when closed),"sha256","signer" (SHA-256 of the certificate that
 * signed),"signers" (hex DER, pinned),
 * "url","pointers":[{"territory","url","certs":[hex]}],"services":[{"territory","provider","name","type":"CA/QC"...,
 * "uses":["signatures","seals","websites"] (empty when the list does not say),
 * "periods":[{"from","until"|null,"status"}],"certs":[hex]}]}. */
#ifndef PARAPHE_TRUST_LIST_H
#define PARAPHE_TRUST_LIST_H

#include "base/ports.h"

struct jv;

extern const struct task trust_list_task; /* "trust-list"; fds: the XML; params {"signers":[hex]} */

/* Reads and verifies a list; signers are the certificates (DER) of whom may have signed it.
 * err.trust.list-* otherwise. */
int trust_list_read(const struct runner *runner, int fd, const struct der_list *signers,
                    struct jv **out, struct err *e);
/* The user's folder of lists, made when `make`; malloc'ed. */
char *trust_folder(bool make, struct err *e);
/* The list of a territory; NULL without an error when there is none. */
struct jv *trust_list_load(const char *folder, const char *territory, struct err *e);
/* Keeps a list. Refused: an expired one (err.trust.list-expired), an older one than that kept or
 * another with the same number (err.trust.list-rollback). */
int trust_list_keep(const char *folder, const struct jv *list, int64_t now, struct err *e);
/* All lists kept, in the order of their territories: an array. */
int trust_lists(const char *folder, struct jv **out, struct err *e);
/* Whether any is kept, without reading it. */
bool trust_any(const char *folder);
/* Adds the services of the lists that are not expired to `services`, and
 * {"territory","next_update"} of others to `expired`. */
void trust_services(const struct jv *lists, int64_t now, struct jv *services, struct jv *expired);
/* Where a territory's next list is and who signs it: as kept, or as a list of lists that is kept
 * says; borrowed from `lists`. */
bool trust_list_source(const struct jv *lists, const char *territory, const char **url,
                       const struct jv **signers);
bool trust_list_expired(const struct jv *list, int64_t now);
/* {"format":"paraphe-trust-snapshot","version":1,"made","lists"}: the lists of a file made by
 * `paraphe trust snapshot`. */
int trust_snapshot_read(const char *path, struct jv **lists, struct err *e);

#endif

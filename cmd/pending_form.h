/* What the report of a form waits for, by its job: `sign --pending`. */
#ifndef PARAPHE_CMD_PENDING_FORM_H
#define PARAPHE_CMD_PENDING_FORM_H

#include <stdbool.h>
#include <stddef.h>

struct job;
struct jv;

enum pending_kind {
    PENDING_NONE,
    PENDING_FIRST, /* the report is there, and not signed */
    PENDING_MORE /* it is signed and verified, a reserved field is empty, and it is not deposited */
};
/* status: job_status. */
enum pending_kind pending_kind(const struct job *job, const struct jv *status, size_t form);
/* The reserved field that is to be signed, the first empty one, or the last; malloc'ed. NULL when
 * none is known: signing chooses. */
char *pending_field(const struct job *job, const struct jv *status, size_t form, bool last);
/* Whether the signed report holds a signature of this certificate ("issuer" and "serial"). */
bool pending_signed_by(const struct job *job, size_t form, const struct jv *certificate);

#endif

/* What the report of a form waits for, by its job: `sign --pending`, `status`, and what `run` says
 * last. */
#ifndef PARAPHE_CMD_PENDING_FORM_H
#define PARAPHE_CMD_PENDING_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/digest.h"

struct buf;
struct cmd;
struct err;
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
/* The names of the boxes of a signed and verified report that nobody has filled, an array; empty
 * also when as many have signed as there are boxes (elsewhere, in fields of their own). */
struct jv *pending_awaited(const struct job *job, const struct jv *status, size_t form);
/* Puts "awaited" into the forms of a job_status, and where that is what is to be done first the
 * code "countersign" into its "next", with "then", what comes after it. */
void pending_note(const struct job *job, struct jv *status);
/* The names in "awaited" of a form so noted, with commas. */
void pending_boxes(const struct jv *form, struct buf *out);
/* The sentences of "next", one line or, with "then", two; malloc'ed, NULL on want of memory. */
char *pending_next_sentence(const struct jv *status);

/* Which token and certificate the configuration asks for, by digest: what the journal of a job says
 * of who has signed (`keys` in the result of "sign"), without a name in it. */
int pending_key(const struct cmd *cmd, char hex[DIGEST_HEX_MAX], struct err *e);
bool pending_key_signed(const struct jv *status, size_t form, const char *key);
/* Whether the signed report holds a signature of this certificate ("issuer" and "serial"), or else
 * of another one of the same holder, as far as "subject" tells. */
enum pending_signer { PENDING_NOBODY, PENDING_SAME_PERSON, PENDING_SAME_CERTIFICATE };
enum pending_signer pending_signed_by(const struct job *job, size_t form,
                                      const struct jv *certificate);

#endif

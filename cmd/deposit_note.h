/* What a person noted as deposited by hand (`paraphe receipts --deposited`), for what is to be done
 * next about a job. */
#ifndef PARAPHE_CMD_DEPOSIT_NOTE_H
#define PARAPHE_CMD_DEPOSIT_NOTE_H

struct job;
struct jv;

/* Of job_status(): where a deposit by hand has begun, "next" has the code "deposit-noted" (all of
 * it is) or "deposit-rest", in place of what the journal alone knows. */
void deposit_note(const struct job *job, struct jv *status);

#endif

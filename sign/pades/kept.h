/* Private to sign/pades/: what outlives a crash between C_Sign and the finished file. */
#ifndef PARAPHE_SIGN_PADES_KEPT_H
#define PARAPHE_SIGN_PADES_KEPT_H

struct err;
struct jv;
struct pades_job;
struct pades_ports;

struct pades_job *job_new(const struct pades_ports *ports); /* NULL: memory */
/* {"format":"paraphe-kept","version":1,...}: places, algorithm, chain, signed attributes, value.
 * NULL and err. */
struct jv *kept_print(const struct pades_job *job, struct err *e);

/* Reads the update, with its empty hole, into job->update. */
int kept_update(struct pades_job *job, struct err *e);

#endif

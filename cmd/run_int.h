/* What the stages of `run` share. */
#ifndef PARAPHE_CMD_RUN_INT_H
#define PARAPHE_CMD_RUN_INT_H

#include "cmd/act_run.h"

struct jv;

/* Writes a document of the job whole or not at all, replacing what an earlier run made. */
int run_put_json(const char *path, const struct jv *v, struct err *e);
/* Reads one back; NULL and err. */
struct jv *run_get_json(struct run *r, size_t form, const char *name, struct err *e);
/* Whether a signed file begins with the very bytes of the job's report: a signature is added
 * behind, it changes nothing before. ERR_SIGNATURE when it does not. */
int run_is_this_report(const struct job *job, size_t form, const char *path, struct err *e);

#endif

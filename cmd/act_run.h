/* The walk of `paraphe run` through a job: what makes each stage, joined from the acts of the
 * single verbs. No option is parsed and nothing is printed here but progress. */
#ifndef PARAPHE_CMD_ACT_RUN_H
#define PARAPHE_CMD_ACT_RUN_H

#include <stdbool.h>

#include "cmd/cmd.h"
#include "job/job.h"

struct run_signing;
struct wire;

struct run {
    struct cmd *cmd;
    struct wire *wire;
    struct job *job;
    bool yes;           /* said beforehand what a person would be asked */
    const char *until;  /* the last stage */
    const char *walked; /* the last stage that this command walked to already; NULL */
    /* One a form, when the reports were signed beforehand; else NULL. */
    const struct run_signing *signings;
    struct jv *said; /* remarks that hold for all reports and were said (cmd/sign_say.h) */
};

/* The stages, each in a file of its own: makes the outputs of the step and fills `result` (job.h).
 */
int run_check(struct run *r, const struct job_step *s, struct jv *result, struct err *e);
int run_report(struct run *r, const struct job_step *s, struct jv *result, struct err *e);
int run_sign(struct run *r, const struct job_step *s, struct jv *result, struct err *e);
int run_verify(struct run *r, const struct job_step *s, struct jv *result, struct err *e);
int run_bundle(struct run *r, const struct job_step *s, struct jv *result, struct err *e);
int run_submit(struct run *r, const struct job_step *s, struct jv *result, struct err *e);

/* Walks up to r->until; returns the exit status of the findings, or -1 and err. */
int act_run(struct run *r, struct err *e);

/* Whether what the options set, for a new job (fresh) the configuration too, serves, before the job
 * freezes it. */
int run_settings_check(const struct cmd *cmd, bool fresh, struct err *e);
/* What a new job freezes, from options, environment and configuration: an object for job_create.
 * NULL and err. */
struct jv *run_settings(const struct cmd *cmd, struct err *e);
/* The options of this command against those of an existing job: what is new is added, what differs
 * is err.job.frozen, what the files named by the settings hold now is err.cmd.run-changed when it
 * is not what they held. */
int run_settings_join(const struct cmd *cmd, struct job *job, struct err *e);
/* Puts what the job fixed into the configuration, so that everything that reads it works with the
 * job's values. */
int run_settings_apply(const struct cmd *cmd, const struct job *job, struct err *e);

#endif

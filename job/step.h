/* One step: a stage for one form or for the job, and how it is known to be finished. Private to
 * job/. */
#ifndef PARAPHE_JOB_STEP_H
#define PARAPHE_JOB_STEP_H

#include "base/digest.h"
#include "job/job.h"

enum step_state {
    STEP_OPEN,    /* no line in the journal */
    STEP_DONE,    /* its line fits inputs, settings and outputs as they are */
    STEP_CHANGED, /* its line does not fit any more: to be done again */
    STEP_FAILED   /* err tells why it cannot be known */
};

/* {"1/grid.json": "SHA-256" or "" when it is not there, ...}; NULL and err. */
struct jv *step_inputs(const struct job_step *s, struct err *e);
struct jv *step_outputs(const struct job_step *s, struct err *e);
/* The digest of the settings that the stage uses. */
int step_settings(const struct job_step *s, char hex[DIGEST_HEX_MAX], struct err *e);
/* *line: the last line of the step, NULL when STEP_OPEN. */
enum step_state step_state_of(const struct job_step *s, const struct jv **line, struct err *e);
/* Writes the line that makes it finished; `result` is taken, also on failure. */
int step_done_take(const struct job_step *s, struct jv *result, bool taken, struct err *e);

#endif

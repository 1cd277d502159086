/* What the files of job/ share. */
#ifndef PARAPHE_JOB_JOB_INT_H
#define PARAPHE_JOB_JOB_INT_H

#include "job/job.h"
#include "job/journal.h"

struct job {
    char *folder;
    struct clock clock; /* of now, for the lines of the journal */
    int lock;
    bool locked;         /* false on a disk without locks: there may be another run */
    struct jv *file;     /* job.json */
    struct jv *settings; /* those of job.json and the later ones */
    struct journal *journal;
    bool tail_was_cut;
};

struct jv *job_forms_json(const struct job *job);
/* Removes a file or a folder with what is in it; what is not there is removed already. */
int job_remove(const char *path, struct err *e);
/* Removes the hidden half-made files (.NAME.xxxxxxxx.part) and folders (NAME.part) of a killed run,
 * everywhere in the folder. */
int job_sweep(const char *folder, struct err *e);
int job_mkdir(const char *path, struct err *e); /* 0700; an existing folder is fine */

/* Whether the file `more` begins with all the bytes of `path`, and goes on: 1, 0, -1. */
int job_continues(const char *more, const char *path, struct err *e);

/* The last line of the journal with this event and these members; NULL. stage or what may be NULL.
 */
const struct jv *job_last(const struct job *job, const char *event, const char *stage, size_t form);
int job_append_take(struct job *job, const char *event, struct jv *line, struct err *e);
int64_t job_form_number(size_t form); /* from 1; 0 for JOB_WHOLE */

#endif

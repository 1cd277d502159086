/* A job: one folder in which the chain is walked for one or more forms. Everything that could
 * change between two runs is frozen in job.json when the folder is made; what was done stands in
 * journal.jsonl (journal.h). A stage is skipped when its inputs, its settings and its outputs match
 * the digests of its last line.
 *
 *   JOB/job.json  journal.jsonl  lock          0700, files 0600
 *   JOB/1/FORM  grid.json  rapport.pdf  signature.kept  rapport-signe.pdf  verdict.json      one
 * folder a form JOB/depot/  recus/ bundle, submit
 *
 * This room knows neither tokens nor networks: cmd/ hands in what makes each step (struct
 * job_actions). Killed at any instruction and run again, a job ends with the same artefacts.
 * Errors: ERR_DISK for what is damaged or cannot be written, ERR_USAGE for a folder that is no job,
 * is another's, or is at work. */
#ifndef PARAPHE_JOB_JOB_H
#define PARAPHE_JOB_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/ports.h"

struct buf;
struct job;
struct jv;

#define JOB_FILE_GRID "grid.json"
#define JOB_FILE_REPORT "rapport.pdf"
#define JOB_FILE_SIGNED "rapport-signe.pdf"
#define JOB_FILE_COUNTERSIGNED "rapport-contresigne.pdf"
#define JOB_FILE_VERDICT "verdict.json"
#define JOB_FILE_KEPT "signature.kept"
#define JOB_FOLDER_DEPOSIT "depot"
#define JOB_FOLDER_RECEIPTS "recus"
enum { JOB_FORMS_MAX = 64 };
/* In place of the number of a form: the step is of the whole job. */
#define JOB_WHOLE SIZE_MAX

/* ---- the folder ---- */
/* True when the folder holds a job.json. */
bool job_exists(const char *folder);
/* Makes the folder (mode 0700; an empty one is taken, and one whose making was cut short is
 * finished), copies the forms and the optional form of the first evaluation, and freezes `settings`
 * (borrowed). `clock` gives the instant that is frozen too. */
int job_create(const char *folder, const char *const *forms, size_t nforms, const char *initial,
               const struct jv *settings, struct clock clock, struct job **out, struct err *e);
/* Opens it. `writable`: takes the lock (another run at work: err.job.locked), sweeps what a killed
 * run left half made, and demands that the folder belong to the user and that nobody else may write
 * to it. */
int job_open(const char *folder, bool writable, struct clock clock, struct job **out,
             struct err *e);
void job_close(struct job *job); /* NULL is allowed */

/* True when something was signed or sent: the job stands for good. */
bool job_binds(const struct job *job);
/* Makes the folder free for job_create: job.json goes, the rest is cleared by job_create. Only for
 * a job that binds nobody. The job is closed, also on failure. */
int job_forget_take(struct job *job, struct err *e);

const char *job_folder(const struct job *job);
size_t job_forms(const struct job *job);
const char *job_form_name(const struct job *job,
                          size_t form); /* as it was given, without folders */
const char *job_form_sha256(const struct job *job, size_t form); /* lower-case hex */
const char *job_initial_name(const struct job *job);             /* NULL when there is none */
int64_t job_clock(const struct job *job);                        /* the frozen instant */
bool job_tail_was_cut(const struct job *job); /* the journal's last line was torn and is gone */
bool job_purged(const struct job *job);
/* JOB/1/NAME, or JOB/NAME for JOB_WHOLE; malloc'ed, NULL on want of memory. */
char *job_path(const struct job *job, size_t form, const char *name);

/* The digest of a file or, for a folder, of the sorted list of what it holds: "" when it is not
 * there. */
int job_digest(const char *path, char hex[65], struct err *e);

/* ---- settings ---- */
/* Text values and lists of texts by the names of the options; NULL when not set. Borrowed. */
const struct jv *job_setting(const struct job *job, const char *name);
const char *job_setting_text(const struct job *job, const char *name);
/* Sets (`value` taken) what was left open at the creation, e.g. a TSA. A value that is set already
 * to something else, or that a finished stage has used, is err.job.frozen. The same value again is
 * no change. */
int job_setting_add_take(struct job *job, const char *name, struct jv *value, struct err *e);

/* ---- stages ---- */
enum { JOB_STAGE_FILES_MAX = 4, JOB_STAGE_SETTINGS_MAX = 12 };
struct job_stage {
    const char *name;
    bool whole; /* once for the job; else once a form */
    /* what it reads and makes, in the form's folder or, for `whole`, in each form's (inputs) and in
     * the job's (outputs) */
    const char *inputs[JOB_STAGE_FILES_MAX + 1];
    const char *outputs[JOB_STAGE_FILES_MAX + 1]; /* a name without a dot is a folder */
    const char *settings[JOB_STAGE_SETTINGS_MAX + 1];
};
extern const struct job_stage
    job_stages[]; /* check report sign verify bundle submit, ended by a NULL name */
const struct job_stage *job_stage_find(const char *name); /* NULL when unknown */
/* The place in the table: stages compare by it. */
int job_stage_rank(const char *name);

enum job_event { JOB_STEP_STARTS, JOB_STEP_DONE, JOB_STEP_SKIPPED };
struct job_step {
    struct job *job;
    const struct job_stage *stage;
    size_t form; /* from 0, or JOB_WHOLE */
};
struct job_actions {
    void *self;
    /* Makes the outputs of the step, each whole or not at all. Fills `result`, an object for the
     * journal: codes and digests, never text of a cell. Members that count here: "status" exit
     * status of the finding (absent: 0); "stop"   true: the chain ends here for this form and for
     * the whole job; "again"  true: not finished; the next run does it again. */
    int (*run)(void *self, const struct job_step *step, struct jv *result, struct err *e);
    /* Progress; may be NULL. `result` only for DONE and SKIPPED. */
    void (*tell)(void *self, const struct job_step *step, enum job_event event,
                 const struct jv *result);
};
/* Walks the stages up to and with `until`: every form through a stage, then the next stage. Returns
 * the status of the findings, or -1 and err of the first step that failed. */
int job_walk(struct job *job, const char *until, const struct job_actions *actions, struct err *e);

/* The result of a finished step, NULL when it is not finished or its files changed. Borrowed from
 * the journal. */
const struct jv *job_step_result(const struct job_step *step);
/* Takes a file made elsewhere as the output of a stage, in place of making it: copies it and writes
 * the line of the step. A step that is already finished with the same bytes is no change; with
 * others it is err.job.taken; but a further signature of the signed report takes its place. */
int job_take(struct job *job, const char *stage, size_t form, const char *path, size_t max,
             struct jv *result_taken, struct err *e);

/* A further signature of the form's signed report, made whole as JOB_FILE_COUNTERSIGNED, takes the
 * place of JOB_FILE_SIGNED, and the journal says so: the stage stays finished, what uses it is to
 * be done again. Without such a file nothing happens. job_open does it for what a killed run left.
 * key: added to the result's "keys", a list of texts that the caller knows; NULL for none. */
int job_countersigned(struct job *job, size_t form, const char *key, struct err *e);

/* ---- what may happen once only ---- */
/* A place for what C_Sign gives, made ready before it is asked for. keep writes the bytes by one
 * call and syncs them, so that a killed run has them whole or not at all; kept reads them back: 1,
 * 0 when there are none, JOB_KEPT_DAMAGED when there is something else (a disk that lost its power
 * or its bytes, or had no room for them), which a signature may have been, -1. */
enum { JOB_KEPT_DAMAGED = 2 };
int job_keep_ready(struct job *job, size_t form, int *fd, struct err *e);
int job_keep(int fd, const void *data, size_t n, struct err *e);
int job_kept(const struct job *job, size_t form, struct buf *out, struct err *e);
void job_keep_forget(struct job *job, size_t form);
/* What is there gets another name in the same folder, *aside (malloc'ed), which the journal tells:
 * nobody signs again as if nothing had been. */
int job_keep_aside(struct job *job, size_t form, char **aside, struct err *e);

/* An effect outside the machine: the intent is synced before it, under a key that names it to the
 * service for ever, and the acknowledgement after it. `about`: what it is, for readers of the
 * journal. *doubt: an earlier run had the same intent and no acknowledgement, so the service is
 * asked first; then no line is written. */
int job_intent(struct job *job, const char *stage, const char *key, const char *about, bool *doubt,
               struct err *e);
/* `receipt` is taken; NULL for none. */
int job_acknowledge_take(struct job *job, const char *stage, const char *key, struct jv *receipt,
                         struct err *e);
/* Acknowledges what an earlier run left open, once the whole effect is known to have happened. */
int job_acknowledge_rest(struct job *job, const char *stage, struct err *e);
/* True when an intent of the stage has no acknowledgement. */
bool job_in_doubt(const struct job *job, const char *stage);

/* ---- from outside ---- */
/* {"format":"paraphe-status","version":1,"folder","created","role","purged","forms":[{"name","sha256","stages":{"check":{"state",
 * "status","result"}}}],"stages":{"bundle":...},"next":{"code","stage","form"}}; state is done,
 * taken, open or changed. The codes of next: correct-form, see-verdict, see-result,
 * complete-dossier, hand-over, run, sign, deposit-by-hand, ask-service, purged, nothing; cmd/ adds
 * countersign. */
struct jv *job_status(const struct job *job);
/* Removes everything but job.json, the journal and the receipts; may be called again after a kill.
 */
int job_purge(struct job *job, struct err *e);

#endif

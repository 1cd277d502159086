/* What the stages of `run` share. */
#ifndef PARAPHE_CMD_RUN_INT_H
#define PARAPHE_CMD_RUN_INT_H

#include "cmd/act_run.h"
#include "cmd/act_sign.h"

struct jv;

/* The signing of one form's report: what an earlier run kept, or a place for what C_Sign gives. */
struct run_signing {
    bool more; /* a further signature, on the signed report */
    char *in, *out, *field, *kept_in;
    struct act_sign_request own; /* of `sign --pending`; file.own leads there */
    struct jv *kept;
    int fd;
    bool lost; /* what C_Sign gave could not be kept: the disk is full */
    struct act_sign_file file;
};
/* It must not move afterwards. run_sign_end also after a failure. */
int run_sign_ready(struct run *r, size_t form, bool more, struct run_signing *s, struct err *e);
void run_sign_end(struct run_signing *s);
/* Once the journal has the line that the form's report is signed. */
void run_sign_done(const struct run *r, size_t form);
/* What is worth a remark in a paraphe-signed. */
void run_sign_say(const struct run *r, size_t form, const struct jv *signed_json);

/* Whether the deposit folder has receipts, intents or what a person put beside them; a place for
 * them that is empty holds nothing, one that cannot be read counts as full. */
bool run_receipts_there(const char *deposit);
/* Copies the receipts and intents of the deposit folder, and the manifest that they speak of, to
 * the folder `to`, in place of what is there: they outlive a purge. */
int run_receipts_keep(const char *deposit, const char *to, struct err *e);
/* Reads one back; NULL and err. */
struct jv *run_get_json(const struct run *r, size_t form, const char *name, struct err *e);
/* After "the chain ends here": what is to be corrected in the form, as `check` says it. */
void run_check_say_stop(const struct run *r, size_t form);
/* Whether a file made elsewhere is about this form: a signed one that begins with the job's report
 * is; else its data or its text are compared with the form. What differs is refused
 * (ERR_SIGNATURE); a signed file that cannot be compared is refused too, an official report that
 * cannot be is taken with a remark. */
int run_taken_check(struct run *r, size_t form, const char *path, bool is_signed, struct err *e);

#endif

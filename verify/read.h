/* Private to verify/: the worker's side. */
#ifndef PARAPHE_VERIFY_READ_H
#define PARAPHE_VERIFY_READ_H

#include "verify/sig.h"

struct jv;

/* The verdict without "file", "sha256" and sentences. */
struct jv *verdict_json(const struct sigs *sigs, const struct env *env, int revisions);
/* What each task of this room holds while it works on one file. */
struct reading {
    struct jv *params;
    struct env env;
    struct buf password;
    struct pdf *pdf;
    struct sigs *sigs; /* empty */
};
/* Anchors, policy, time and password out of the parameters and the memory file. reading_end in any
 * case. */
int reading_begin(struct reading *r, const struct task_io *io, struct err *e);
/* Opens the PDF; an encrypted one with the password. */
int reading_open(struct reading *r, const struct task_io *io, struct err *e);
/* The answer of the task; takes it, also on failure. */
int reading_answer_take(const struct task_io *io, struct jv *answer, struct err *e);
void reading_end(struct reading *r);
/* Warms what the sandbox would forbid later: OpenSSL's algorithms and its tables. */
void verify_warm(void);
/* "revision" of the parameters, from 0; the newest when absent or out of range. */
int reading_revision(const struct reading *r);
/* The caller's side of a task on one file: parameters "revision" and "password". */
int read_call(const struct runner *runner, const char *task, int fd, int revision,
              const unsigned char *password, size_t password_len, struct buf *reply, struct err *e);
/* Everything up to the verdict: find, read, prove, judge. For env->integrity_only what decides
 * `intact` and `modified`. */
int read_all(struct pdf *pdf, struct sigs *sigs, struct env *env, struct err *e);

#endif

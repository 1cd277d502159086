/* Private to verify/: the worker's side. */
#ifndef PARAPHE_VERIFY_READ_H
#define PARAPHE_VERIFY_READ_H

#include "verify/sig.h"

struct jv;

/* The verdict without "file", "sha256" and sentences. */
struct jv *verdict_json(const struct sigs *sigs, const struct env *env, int revisions);
/* Anchors, policy, time and password out of the parameters and the memory file. */
int env_read(struct env *env, const struct task_io *io, struct buf *password, struct err *e);
/* Warms what the sandbox would forbid later: OpenSSL's algorithms and its tables. */
void verify_warm(void);
/* Opens the PDF; an encrypted one with the password. */
int read_open(struct pdf **out, const struct task_io *io, const struct buf *password,
              struct err *e);
/* Everything up to the verdict: find, read, prove, judge. */
int read_all(struct pdf *pdf, struct sigs *sigs, struct env *env, struct err *e);

#endif

/* Private to verify/: the worker's side. */
#ifndef PARAPHE_VERIFY_READ_H
#define PARAPHE_VERIFY_READ_H

#include "verify/sig.h"

struct jv;

/* The verdict without "file", "sha256" and sentences. */
struct jv *verdict_json(const struct sigs *sigs, const struct env *env, int revisions);
/* Anchors, policy, time and password out of the parameters and the memory file. With "ahead" in the
 * parameters it returns when the file is whole. */
int env_read(struct env *env, const struct task_io *io, struct buf *password, struct err *e);
/* Digests the first `size` bytes as the caller says that they are there, then waits for the rest;
 * ahead_read.c. */
int ahead_read(struct env *env, int64_t size, const char *digest, struct err *e);
/* Warms what the sandbox would forbid later: OpenSSL's algorithms and its tables. */
void verify_warm(void);
/* Opens the PDF; an encrypted one with the password. */
int read_open(struct pdf **out, const struct task_io *io, const struct buf *password,
              struct err *e);
/* "revision" of the parameters, from 0; the newest when absent or out of range. */
int read_revision(const struct pdf *pdf, const struct task_io *io);
/* The caller's side of a task on one file: parameters "revision" and "password". */
int read_call(const struct runner *runner, const char *task, int fd, int revision,
              const unsigned char *password, size_t password_len, struct buf *reply, struct err *e);
/* Everything up to the verdict: find, read, prove, judge. */
int read_all(struct pdf *pdf, struct sigs *sigs, struct env *env, struct err *e);

#endif

/* Private to verify/: the caller's side of task "verify-read". */
#ifndef PARAPHE_VERIFY_CALL_H
#define PARAPHE_VERIFY_CALL_H

#include "verify/verify.h"

/* Who answers what the worker asks. */
struct verify_questions {
    int (*answer)(void *self, const void *question, size_t len, struct buf *out, struct err *e);
    void *self;
    const struct err *refused; /* that `answer` may set: an address that was not asked; NULL */
    bool online;               /* it may ask for revocation data */
};

/* As verify_file; `sha256` goes into the verdict, "" for none. */
int verify_call(const struct runner *runner, int fd, const struct verify_request *request,
                const char *sha256, const struct verify_questions *questions, struct jv **out,
                struct err *e);
/* As verify_integrity, of a verdict. */
int verdict_integrity(const struct jv *verdict, const char *name, struct err *e);

#endif

/* Private to verify/: task "verify-watch", which shares its readings with "verify-update" and
 * "verify-read". */
#ifndef PARAPHE_VERIFY_WATCH_H
#define PARAPHE_VERIFY_WATCH_H

#include <stdint.h>

#include "base/ports.h"
#include "verify/validate.h"

struct jv;

/* The digest of the file's beginning, up to where the first signature leaves its first range: what
 * one reading found out is not read again by the next one. NULL: none. */
struct beginning {
    EVP_MD_CTX *digest;
    int64_t size;
};
/* Into the environment of a reading, and out of it: not beyond `most`, behind which the file may
 * still change. */
void beginning_lend(const struct beginning *b, struct env *env);
void beginning_take(struct beginning *b, const struct env *env, int64_t most);

/* What task "verify-update" answers; NULL and err. b: NULL for none. */
struct jv *update_read(const struct task_io *io, int64_t before, struct beginning *b,
                       struct err *e);
/* What verify_update makes of an error of its worker: an answer, when the file is the reason. */
int update_refused(const struct err *why, struct jv **out, struct err *e);

#endif

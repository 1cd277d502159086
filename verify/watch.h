/* Private to verify/: task "verify-watch", which shares its readings with "verify-update" and
 * "verify-read". */
#ifndef PARAPHE_VERIFY_WATCH_H
#define PARAPHE_VERIFY_WATCH_H

#include <stdint.h>

#include "base/ports.h"

struct jv;

/* What task "verify-update" answers; NULL and err. */
struct jv *update_read(const struct task_io *io, int64_t before, struct err *e);
/* What verify_update makes of an error of its worker: an answer, when the file is the reason. */
int update_refused(const struct err *why, struct jv **out, struct err *e);

#endif

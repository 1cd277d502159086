/* The two readings by verify/: of the update before the PIN, and of the finished file before it
 * gets its name. */
#include "cmd/act_sign_part.h"
#include "verify/verify.h"

int act_sign_examine(void *self, int fd, int64_t before, const unsigned char *password,
                     size_t password_len, struct jv **out, struct err *e)
{
    return verify_update(self, fd, before, password, password_len, out, e);
}

int act_sign_judge(void *self, int fd, const char *name, const unsigned char *password,
                   size_t password_len, struct err *e)
{
    return verify_integrity(self, fd, name, password, password_len, e);
}

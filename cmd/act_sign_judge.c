/* The finished file, read back before it gets its name. */
#include "cmd/act_sign_part.h"

int act_sign_judge(void *self, int fd, struct err *e)
{
    (void)self;
    (void)fd;
    (void)e;
    return 0;
}

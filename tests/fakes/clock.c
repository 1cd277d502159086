/* Loaded before the C library: the clock of a program stands PARAPHE_FAKE_CLOCK seconds beside the
 * machine's. The kernel has no way to say this of the real-time clock (time_namespaces(7)). */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *t)
{
    const char *away = getenv("PARAPHE_FAKE_CLOCK");
    int rc = (int)syscall(SYS_clock_gettime, clock, t);

    if (rc == 0 && clock == CLOCK_REALTIME && away != NULL)
        t->tv_sec += atol(away);
    return rc;
}

time_t time(time_t *out)
{
    struct timespec t;
    time_t now = clock_gettime(CLOCK_REALTIME, &t) == 0 ? t.tv_sec : -1;

    if (out != NULL)
        *out = now;
    return now;
}

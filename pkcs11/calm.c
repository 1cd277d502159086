#include "pkcs11/calm.h"

#include <signal.h>
#include <stdbool.h>
#include <sys/prctl.h>

static bool begun;
static void (*interrupt)(int), (*hangup)(int); /* SIG_IGN for one started by nohup */

void calm_end_with(int number)
{
    prctl(PR_SET_PDEATHSIG, number);
}

void calm_again(void)
{
    sigset_t none;

    if (!begun)
        return;
    signal(SIGINT, interrupt);
    signal(SIGHUP, hangup);
    signal(SIGTERM, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_DUMPABLE, 0);
    calm_end_with(SIGKILL);
}

void calm_begin(void)
{
    interrupt = signal(SIGINT, SIG_IGN);
    hangup = signal(SIGHUP, SIG_IGN);
    begun = true;
    calm_again();
}

void calm_deaf(void)
{
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
}

#include <fcntl.h>
#include <locale.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/fakes/fake.h"

enum { DAEMON_S = 20, LAST_FD = 64 };

static void pull(void)
{
    for (size_t k = 0; k < SLOTS; k++) {
        int fd = fake.slots[k].gone[0] != '\0'
                     ? open(fake.slots[k].gone, O_WRONLY | O_CREAT | O_CLOEXEC, 0600)
                     : -1;
        if (fd >= 0)
            close(fd);
    }
}

/* What a library should leave to the program that loads it. */
static void meddle(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    sigset_t all;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        signal(numbers[i], SIG_IGN);
    signal(SIGPIPE, SIG_DFL);
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    prctl(PR_SET_DUMPABLE, 1);
    setlocale(LC_ALL, "");
    umask(0);
    if (chdir("/") != 0)
        _exit(99);
}

static void *flood(void *self)
{
    char line[512];

    (void)self;
    memset(line, 'x', sizeof line);
    line[sizeof line - 1] = '\n';
    for (;;) {
        ssize_t ignored = write(STDERR_FILENO, line, sizeof line);
        (void)ignored;
    }
    return NULL;
}

static void flood_start(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, flood, NULL) == 0)
        pthread_detach(thread);
}

static void linger(void)
{
    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, 0);
    sleep(DAEMON_S);
    _exit(0);
}

/* Acts; true when the call itself then goes on as if nothing were. */
static bool done(const struct fake_fault *f)
{
    switch (f->kind) {
    case FAULT_CRASH:
        signal(SIGSEGV, SIG_DFL); /* also under a sanitizer, which has a handler of its own */
        raise(SIGSEGV);
        return true;
    case FAULT_PULL:
        pull();
        return true;
    case FAULT_EXIT:
        _exit(3);
    case FAULT_QUIT:
        exit((int)f->ms);
    case FAULT_HANG:
        for (;;)
            pause();
    case FAULT_SLEEP: {
        struct timespec t = {f->ms / 1000, (f->ms % 1000) * 1000000L};
        while (nanosleep(&t, &t) != 0) {
        }
        return true;
    }
    case FAULT_FORK:
        (void)!fork();
        return true;
    case FAULT_DAEMON:
        linger();
        return true;
    case FAULT_MEDDLE:
        meddle();
        return true;
    case FAULT_CLOSE:
        close_range(STDERR_FILENO + 1, LAST_FD, 0);
        return true;
    case FAULT_FLOOD:
        flood_start();
        return true;
    default:
        return false;
    }
}

const struct fake_fault *fake_fault(const char *function)
{
    for (size_t i = 0; i < fake.nfaults; i++) {
        struct fake_fault *f = &fake.faults[i];
        if (strcmp(f->function, function) != 0)
            continue;
        f->calls++;
        if (f->calls < f->from || f->calls >= f->from + f->times)
            continue;
        if (!done(f))
            return f;
    }
    return NULL;
}

/* What a command costs, its workers included:   bench_peak COMMAND [ARGUMENT...]
 * prints seconds of wall clock, seconds of CPU of all its processes, the KiB of the largest one,
 * and the exit status. The kernel counts for a process also the memory of the program that it was
 * before exec, so that a large launcher (Python) would be measured in place of a small command;
 * this one is smaller than any. What the command says on standard error passes; status 2 when there
 * is no such command. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    posix_spawn_file_actions_t quiet;
    struct rusage usage;
    double cpu = 0, started, ended = 0;
    long peak = 0;
    int status, own = 0;
    pid_t pid, which;

    if (argc < 2 || posix_spawn_file_actions_init(&quiet) != 0)
        return 2;
    for (int fd = 0; fd < 2; fd++)
        posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_RDWR, 0);
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); /* what outlives the command is counted too */
    started = now();
    if (posix_spawnp(&pid, argv[1], &quiet, NULL, argv + 1, environ) != 0)
        return 2;
    while ((which = wait4(-1, &status, 0, &usage)) >= 0 || errno == EINTR) {
        if (which < 0)
            continue;
        if (which == pid) {
            ended = now();
            own = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        }
        cpu += seconds(usage.ru_utime) + seconds(usage.ru_stime);
        peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
    }
    posix_spawn_file_actions_destroy(&quiet);
    printf("%.6f %.6f %ld %d\n", ended - started, cpu, peak, own);
    return 0;
}

#include "net/helper_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/helper.h"
#include "net/call.h"

/* What the helper may see of the environment: proxies, and what sanitizers want. */
static const char *const kept[] = {"http_proxy",    "https_proxy", "HTTPS_PROXY", "all_proxy",
                                   "ALL_PROXY",     "no_proxy",    "NO_PROXY",    "ASAN_OPTIONS",
                                   "UBSAN_OPTIONS", "LSAN_OPTIONS"};
enum { KEPT = sizeof kept / sizeof kept[0] };

/* Made before fork, because malloc is not to be called after it. */
static int environment_make(char *out[KEPT + 1])
{
    size_t n = 0;

    for (size_t i = 0; i < KEPT; i++) {
        const char *value = getenv(kept[i]);
        if (value == NULL)
            continue;
        size_t size = strlen(kept[i]) + strlen(value) + 2;
        out[n] = malloc(size);
        if (out[n] == NULL)
            return -1;
        stpcpy(stpcpy(stpcpy(out[n], kept[i]), "="), value);
        n++;
    }
    return 0;
}

_Noreturn static void helper_become(const char *path, int socket, char **environment)
{
    char *const args[] = {(char *)(uintptr_t) "paraphe-net", NULL};
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);

    /* The socket may already be 3, where dup2 would leave close-on-exec set. */
    int high = fcntl(socket, F_DUPFD, 10);
    if (high < 0 || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(nothing, STDOUT_FILENO) < 0 || dup2(high, NET_HELPER_FD) < 0)
        _exit(127);
    close_range(NET_HELPER_FD + 1, ~0U, 0);
    execve(path, args, environment);
    _exit(127);
}

int helper_start(const struct net_options *options, pid_t *pid, int *fd, struct err *e)
{
    char *environment[KEPT + 1] = {NULL};
    char *path = options->helper != NULL ? strdup(options->helper)
                                         : helper_path("paraphe-net", options->libexec);
    int pair[2] = {-1, -1}, rc = -1;

    if (path == NULL)
        return err_set(e, ERR_USAGE, "err.net.helper-missing", NULL);
    if (environment_make(environment) != 0) {
        err_set_memory(e);
        goto out;
    }
    if (frame_pair(pair, e) != 0)
        goto out;
    pid_t child = fork();
    if (child < 0) {
        err_set_bug(e, "fork");
        goto out;
    }
    if (child == 0)
        helper_become(path, pair[1], environment);
    *pid = child;
    *fd = pair[0];
    pair[0] = -1;
    rc = 0;
out:
    for (size_t i = 0; i < KEPT; i++)
        free(environment[i]);
    for (size_t i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            close(pair[i]);
    }
    free(path);
    return rc;
}

void helper_stop(pid_t *pid, int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    if (*pid <= 0)
        return;
    /* Idle it ends by itself; in the middle of an exchange that nobody waits for it must not go on.
     */
    kill(*pid, SIGKILL);
    while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR) {
    }
    *pid = -1;
}

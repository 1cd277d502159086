/* Starting the token child: another program, so that a driver finds no document in its memory. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/frame.h"
#include "base/helper.h"
#include "base/jv.h"
#include "pkcs11/link.h"

enum { ABOVE = 20, NOT_STARTED = 127 };

struct plan {
    char *helper;
    int socket, page, noise, pin; /* pin -1: none */
    bool verbose;
    pid_t parent;
};

/* Puts a descriptor at its fixed number; the sources were moved above all of them before. */
static void place(int from, int to)
{
    if (from >= 0 && dup2(from, to) < 0)
        _exit(NOT_STARTED);
}

static int moved(int fd)
{
    return fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, ABOVE) : -1;
}

/* After fork: no malloc. Handlers of the parent, which remove its half files, must not run here. */
_Noreturn static void become(const struct plan *p)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGPIPE};
    struct rlimit no_core = {0, 0};
    char *const args[] = {(char[]){"paraphe-token"}, NULL};
    sigset_t none;

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct sigaction was;
        /* what nohup keeps from the program does not end its helper either */
        if (sigaction(numbers[i], NULL, &was) == 0 && was.sa_handler != SIG_IGN)
            signal(numbers[i], SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM); /* stays over exec */
    if (getppid() != p->parent)
        _exit(NOT_STARTED);
    setrlimit(RLIMIT_CORE, &no_core);
    int socket = moved(p->socket), page = moved(p->page), noise = moved(p->noise),
        pin = moved(p->pin), log = p->verbose ? moved(STDERR_FILENO) : -1,
        nothing = moved(open("/dev/null", O_RDWR | O_CLOEXEC));
    close_range(CHILD_SOCKET, ABOVE - 1, 0);
    place(nothing, STDIN_FILENO);
    place(noise, STDOUT_FILENO); /* some drivers print there too */
    place(noise, STDERR_FILENO);
    place(socket, CHILD_SOCKET);
    place(page, CHILD_PAGE);
    place(pin, CHILD_PIN);
    place(log, CHILD_LOG);
    close_range(CHILD_FDS_END, ~0U, 0);
    execv(p->helper, args);
    _exit(NOT_STARTED);
}

static int page_make(struct link *l, int *fd, struct err *e)
{
    *fd = memfd_create("paraphe-token-page", MFD_CLOEXEC);
    if (*fd < 0 || ftruncate(*fd, sizeof *l->page) != 0)
        return err_set_errno(e, ERR_BUG, errno, "err.pkcs11.child", NULL);
    l->page = mmap(NULL, sizeof *l->page, PROT_READ | PROT_WRITE, MAP_SHARED, *fd, 0);
    if (l->page != MAP_FAILED)
        return 0;
    l->page = NULL;
    return err_set_memory(e);
}

static int child_start(struct link *l, const struct setup *setup, struct err *e)
{
    int pair[2] = {-1, -1}, noise[2] = {-1, -1}, rc = -1;
    struct plan plan = {.helper = setup->options.helper != NULL
                                      ? strdup(setup->options.helper)
                                      : helper_path("paraphe-token", setup->options.libexec),
                        .page = -1,
                        .pin = setup->pin_source.kind == PIN_FD ? setup->pin_source.fd : -1,
                        .verbose = setup->options.verbose,
                        .parent = getpid()};

    if (plan.helper == NULL) {
        err_set(e, ERR_USAGE, "err.pkcs11.helper-missing", "paraphe-token", NULL);
        goto out;
    }
    if (page_make(l, &plan.page, e) != 0 || frame_pair(pair, e) != 0)
        goto out;
    /* a full pipe must not stop the driver: what does not fit is lost */
    if (pipe2(noise, O_CLOEXEC | O_NONBLOCK) == 0) {
        plan.socket = pair[1];
        plan.noise = noise[1];
        l->pid = fork();
    }
    if (l->pid == 0)
        become(&plan);
    if (l->pid < 0) {
        err_set_errno(e, ERR_BUG, errno, "err.pkcs11.child", NULL);
        goto out;
    }
    l->end_fd = pidfd_open(l->pid, 0);
    l->socket = pair[0];
    l->noise_fd = noise[0];
    pair[0] = noise[0] = -1;
    rc = 0;
out:
    for (size_t i = 0; i < 2; i++) {
        if (pair[i] >= 0)
            close(pair[i]);
        if (noise[i] >= 0)
            close(noise[i]);
    }
    if (plan.page >= 0)
        close(plan.page);
    free(plan.helper);
    return rc;
}

int link_start(struct link *l, const struct setup *setup, struct asker *asker, struct err *e)
{
    struct jv *json = NULL;
    int rc = -1;

    memset(l, 0, sizeof *l);
    l->pid = -1;
    l->socket = l->noise_fd = l->end_fd = -1;
    l->asker = asker;
    buf_init(&l->noise, LINK_NOISE_MAX);
    l->module = strdup(setup->path != NULL ? setup->path : "p11-kit");
    if (l->module == NULL)
        err_set_memory(e);
    else if (child_start(l, setup, e) == 0) {
        json = setup_json(setup);
        rc = link_ask(l, LINK_SETUP, json, e);
    }
    if (rc != 0)
        link_stop(l);
    jv_free(json);
    return rc;
}

/* paraphe-qpdf: another reader's opinion of a PDF, and the repair of one that nothing is signed in.
 * Started once by cmd/second_reader.c, with a socket as descriptor 0; it loads and warms the
 * libraries, then forks a child for each look (pdf/qpdf/proto.h). It parses nothing itself and
 * never sees a password; the child, which parses hostile bytes, closes itself in first. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/jv.h"
#include "pdf/qpdf/look.h"
#include "pdf/qpdf/proto.h"
#include "worker/proto.h"
#include "worker/sandbox.h"

enum { SOCKET = STDIN_FILENO, PASSWORD_MAX = 512, PLACES = 3, HIGH_FD = 64 };

static void read_password(int fd, char password[PASSWORD_MAX])
{
    size_t len = 0;
    ssize_t n;

    while (len < PASSWORD_MAX - 1 && (n = read(fd, password + len, PASSWORD_MAX - 1 - len)) > 0)
        len += (size_t)n;
    password[len] = '\0';
}

/* Memory by objects, never by the size of streams; the mapped file does not count. A repair holds
 * its result. */
static int close_in(const struct sandbox *s, bool repair, struct err *e)
{
    struct worker_limits limits = {.cpu_seconds = 60,
                                   .wall_ms = 120000,
                                   .memory = repair ? INT64_C(2) << 30 : INT64_C(1) << 30,
                                   .output = INT64_C(1) << 40};
#ifdef PARAPHE_SANITIZED
    limits.memory = 0;
#endif
    return sandbox_limits_set(&limits, e) != 0 ? -1 : sandbox_enter(s, e);
}

/* The descriptors of the look become 3, 4, ...; the socket and all else that was open is closed. */
static bool descriptors_place(int *fds, size_t nfds)
{
    int high[LOOK_FDS_MAX], null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (size_t i = 0; i < nfds; i++) {
        high[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, HIGH_FD);
        if (high[i] < 0)
            return false;
    }
    if (null < 0 || dup2(null, SOCKET) < 0)
        return false;
    for (size_t i = 0; i < nfds; i++) {
        fds[i] = PLACES + (int)i;
        if (dup2(high[i], fds[i]) < 0)
            return false;
    }
    return close_range((unsigned)(PLACES + nfds), ~0U, 0) == 0;
}

/* One look, in its own process. Status 0 when an answer was written. */
_Noreturn static void look(bool repair, int *fds, size_t nfds, const struct sandbox *s)
{
    struct buf text = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    struct stat st;
    char password[PASSWORD_MAX];

    if (!descriptors_place(fds, nfds))
        _exit(3);
    read_password(fds[LOOK_PASSWORD], password);
    if (fstat(fds[LOOK_PDF], &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0)
        _exit(2);
    void *pdf = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fds[LOOK_PDF], 0);
    if (pdf == MAP_FAILED || close_in(s, repair, &e) != 0)
        _exit(3);
    struct jv *out = jv_object();
    jv_put_text(out, "format", "paraphe-qpdf");
    jv_put_int(out, "version", 1);
    if (repair)
        look_repair(pdf, (size_t)st.st_size, password, fds[LOOK_OUTPUT], out);
    else
        look_check(pdf, (size_t)st.st_size, password, out);
    explicit_bzero(password, sizeof password);
    if (jv_print(out, false, &text, &e) != 0 ||
        file_write_all(fds[LOOK_ANSWER], text.data, text.len, "answer", &e) != 0)
        _exit(1);
    _exit(0); /* exit handlers of libraries would try what is forbidden by now */
}

static void on_child(int number)
{
    (void)number; /* only there to interrupt ppoll */
}

/* Until the child is gone; false when the program is gone first. */
static bool child_wait(pid_t pid, const sigset_t *calm, int *status)
{
    for (;;) {
        struct pollfd p = {.fd = SOCKET, .events = POLLRDHUP};
        pid_t done = waitpid(pid, status, WNOHANG);
        if (done == pid)
            return true;
        if (done < 0 && errno != EINTR)
            return false;
        if (ppoll(&p, 1, NULL, calm) > 0) {
            kill(pid, SIGKILL);
            return false;
        }
    }
}

/* False at the end of the program, or when it says what it cannot say. */
static bool serve_one(const struct sandbox *s, const sigset_t *calm)
{
    struct buf body = BUF_INIT(16);
    int fds[LOOK_FDS_MAX], status = 0;
    size_t nfds = LOOK_FDS_MAX;
    uint32_t kind = 0;
    pid_t self = getpid();

    if (frame_receive(SOCKET, &kind, &body, fds, &nfds, FRAME_FOREVER) != FRAME_OK ||
        body.len != 0 ||
        !((kind == LOOK_CHECK && nfds == LOOK_OUTPUT) ||
          (kind == LOOK_REPAIR && nfds == LOOK_FDS_MAX)))
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        if (getppid() != self)
            _exit(3);
        sigprocmask(SIG_SETMASK, calm, NULL);
        signal(SIGCHLD, SIG_DFL);
        look(kind == LOOK_REPAIR, fds, nfds, s);
    }
    for (size_t i = 0; i < nfds; i++)
        close(fds[i]);
    if (pid < 0 || !child_wait(pid, calm, &status))
        return false;
    int32_t said = status;
    return frame_send(SOCKET, LOOK_ENDED, &said, sizeof said, NULL, 0, FRAME_FOREVER) == FRAME_OK;
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_child};
    const struct rlimit no_core = {0, 0};
    struct err e = ERR_INIT;
    sigset_t calm, held;

    if (argc != 2 || strcmp(argv[1], "serve") != 0)
        return 2;
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    setrlimit(RLIMIT_CORE, &no_core);
    signal(SIGINT, SIG_IGN); /* Ctrl-C is for the program, whose end is ours */
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&calm);
    held = calm;
    sigaddset(&held, SIGCHLD);
    sigprocmask(SIG_SETMASK, &held, NULL);
    sigaction(SIGCHLD, &action, NULL);
    struct sandbox *s = sandbox_prepare(&e);
    if (s == NULL)
        return 3;
    look_warm();
    while (serve_one(s, &calm)) {
    }
    _exit(0);
}

#include "worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "worker/proto.h"

struct sandbox {
    struct sock_fprog program;
};

/* What parsing needs once everything is loaded: the descriptors at hand, memory, time, randomness,
 * its own end. */
static const int allowed[] = {
    SCMP_SYS(read),          SCMP_SYS(readv),        SCMP_SYS(pread64),
    SCMP_SYS(preadv),        SCMP_SYS(write),        SCMP_SYS(writev),
    SCMP_SYS(pwrite64),      SCMP_SYS(pwritev),      SCMP_SYS(lseek),
    SCMP_SYS(fstat),         SCMP_SYS(ftruncate),    SCMP_SYS(fallocate),
    SCMP_SYS(fadvise64),     SCMP_SYS(close),        SCMP_SYS(copy_file_range),
    SCMP_SYS(poll),          SCMP_SYS(ppoll),        SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),       SCMP_SYS(munmap),       SCMP_SYS(mremap),
    SCMP_SYS(madvise),       SCMP_SYS(brk),          SCMP_SYS(futex),
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday),
    SCMP_SYS(time),          SCMP_SYS(getrandom),    SCMP_SYS(getpid),
    SCMP_SYS(gettid),        SCMP_SYS(getrusage),    SCMP_SYS(times),
    SCMP_SYS(sched_yield),   SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),  SCMP_SYS(sigaltstack),  SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),          SCMP_SYS(exit_group),
};
/* What libraries try in their ordinary course and do without: told that it is forbidden. */
static const int refused_softly[] = {
    SCMP_SYS(open),
    SCMP_SYS(openat),
    SCMP_SYS(creat),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(statx),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(prlimit64),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prctl),
    SCMP_SYS(memfd_create),
    SCMP_SYS(umask),
    SCMP_SYS(unlink),
    SCMP_SYS(unlinkat),
    SCMP_SYS(rename),
    SCMP_SYS(renameat2),
    SCMP_SYS(mkdir),
    SCMP_SYS(mkdirat),
};
/* Questions about a descriptor, and its copy; nothing that changes it for the program. */
static const int fcntls[] = {F_GETFD, F_SETFD, F_GETFL, F_GET_SEALS, F_DUPFD, F_DUPFD_CLOEXEC};

/* A rule for calls whose argument number `arg`, under the mask, is `value`. */
static int rule_when(scmp_filter_ctx c, uint32_t action, int number, unsigned arg, uint64_t mask,
                     uint64_t value)
{
    struct scmp_arg_cmp when = {arg, SCMP_CMP_MASKED_EQ, mask, value};

    return seccomp_rule_add_array(c, action, number, 1, &when);
}

static int rules_add(scmp_filter_ctx c)
{
    /* The kernel tries the filter on every call's number when a worker enters: a tree of numbers,
     * not a list, makes that ten times cheaper. */
    int rc = seccomp_attr_set(c, SCMP_FLTATR_CTL_OPTIMIZE, 2);

    for (size_t i = 0; rc == 0 && i < sizeof allowed / sizeof allowed[0]; i++)
        rc = seccomp_rule_add(c, SCMP_ACT_ALLOW, allowed[i], 0);
    for (size_t i = 0; rc == 0 && i < sizeof refused_softly / sizeof refused_softly[0]; i++)
        rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(EACCES), refused_softly[i], 0);
    for (size_t i = 0; rc == 0 && i < sizeof fcntls / sizeof fcntls[0]; i++)
        rc = rule_when(c, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 1, ~UINT64_C(0), (uint64_t)fcntls[i]);
    /* stdio asks whether a descriptor is a terminal */
    if (rc == 0)
        rc = seccomp_rule_add(c, SCMP_ACT_ERRNO(ENOTTY), SCMP_SYS(ioctl), 0);
    /* fstat of glibc 2.33 and later */
    if (rc == 0)
        rc = rule_when(c, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 3, AT_EMPTY_PATH, AT_EMPTY_PATH);
    if (rc == 0)
        rc = rule_when(c, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(newfstatat), 3, AT_EMPTY_PATH, 0);
    /* no memory becomes code */
    if (rc == 0)
        rc = rule_when(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
    if (rc == 0)
        rc = rule_when(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
    return rc;
}

/* The filter as a BPF program: compiled once, so that a worker enters in microseconds. */
static int program_read(scmp_filter_ctx c, struct sock_fprog *out, struct err *e)
{
    struct stat st;
    int fd = file_memory("filter", e), rc = -1;

    if (fd < 0)
        return -1;
    if (rules_add(c) == 0 && seccomp_export_bpf(c, fd) == 0 && fstat(fd, &st) == 0 &&
        st.st_size > 0 && st.st_size % (off_t)sizeof(struct sock_filter) == 0) {
        out->len = (unsigned short)(st.st_size / (off_t)sizeof(struct sock_filter));
        out->filter = malloc((size_t)st.st_size);
        rc = out->filter == NULL
                 ? err_set_memory(e)
                 : file_pread_all(fd, out->filter, (size_t)st.st_size, 0, "filter", e);
    } else {
        err_set(e, ERR_USAGE, "err.worker.sandbox", NULL);
    }
    close(fd);
    return rc;
}

struct sandbox *sandbox_prepare(struct err *e)
{
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_KILL_PROCESS);
    struct sandbox *s = calloc(1, sizeof *s);
    int rc = -1;

    if (c == NULL || s == NULL)
        err_set_memory(e);
    else
        rc = program_read(c, &s->program, e);
    if (c != NULL)
        seccomp_release(c);
    if (rc == 0)
        return s;
    free(s);
    return NULL;
}

/* Landlock, linux/landlock.h; the numbers stand here because the headers of a system may be older
 * than its kernel. */
enum { LANDLOCK_VERSION_ASKED = 1 };
struct landlock_handled {
    uint64_t fs, net, scoped;
};

int sandbox_landlock_version(void)
{
#ifdef SYS_landlock_create_ruleset
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_VERSION_ASKED);

    return version > 0 ? (int)version : 0;
#else
    return 0;
#endif
}

static int landlock_enter(void)
{
#ifdef SYS_landlock_create_ruleset
    int version = sandbox_landlock_version();
    /* 13 rights in version 1, then REFER, TRUNCATE, IOCTL_DEV; from 4 TCP, from 6 abstract sockets
     * and signals */
    struct landlock_handled handled = {(UINT64_C(1) << 13) - 1, 0, 0};

    if (version <= 0)
        return 0;
    if (version >= 2)
        handled.fs |= UINT64_C(1) << 13;
    if (version >= 3)
        handled.fs |= UINT64_C(1) << 14;
    if (version >= 5)
        handled.fs |= UINT64_C(1) << 15;
    if (version >= 4)
        handled.net = 3;
    if (version >= 6)
        handled.scoped = 3;
    size_t size = version >= 6   ? sizeof handled
                  : version >= 4 ? 2 * sizeof(uint64_t)
                                 : sizeof(uint64_t);
    long fd = syscall(SYS_landlock_create_ruleset, &handled, size, 0);
    if (fd < 0)
        return -1;
    long done = syscall(SYS_landlock_restrict_self, (int)fd, 0);
    close((int)fd);
    return done == 0 ? 0 : -1;
#else
    return 0;
#endif
}

int sandbox_enter(const struct sandbox *s, struct err *e)
{
    if (s == NULL)
        return err_set(e, ERR_USAGE, "err.worker.sandbox", NULL);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_set_errno(e, ERR_USAGE, errno, "err.worker.sandbox", NULL);
    if (landlock_enter() != 0)
        return err_set_errno(e, ERR_USAGE, errno, "err.worker.sandbox", NULL);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &s->program, 0, 0) != 0)
        return err_set_errno(e, ERR_USAGE, errno, "err.worker.sandbox", NULL);
    return 0;
}

static int limit(int resource, int64_t soft, int64_t hard)
{
    struct rlimit r = {(rlim_t)soft, (rlim_t)hard}, now;

    /* never above what the process was given */
    if (getrlimit((__rlimit_resource_t)resource, &now) == 0 && now.rlim_max < r.rlim_max)
        r.rlim_max = now.rlim_max;
    if (r.rlim_cur > r.rlim_max)
        r.rlim_cur = r.rlim_max;
    return setrlimit((__rlimit_resource_t)resource, &r);
}

int sandbox_limits_set(const struct worker_limits *limits, struct err *e)
{
    enum { DESCRIPTORS = 64 };
    int rc = 0;

    rc |= limit(RLIMIT_CPU, limits->cpu_seconds, limits->cpu_seconds + 1);
    rc |= limit(RLIMIT_FSIZE, limits->output, limits->output);
    rc |= limit(RLIMIT_CORE, 0, 0);
    rc |= limit(RLIMIT_NPROC, 0, 0);
    rc |= limit(RLIMIT_NOFILE, DESCRIPTORS, DESCRIPTORS);
    if (limits->memory > 0)
        rc |= limit(RLIMIT_DATA, limits->memory, limits->memory);
    return rc == 0 ? 0 : err_set_errno(e, ERR_BUG, errno, "err.worker.spawn", NULL);
}

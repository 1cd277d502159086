/* Loaded before the C library (LD_PRELOAD): counts, over all processes of one run, the calls at
 * which a crash shows: renames, syncs, and what goes to the network; kills all of the run at the
 * n-th, before or after it; or lets calls fail.
 *
 *   PARAPHE_SHIM_RECORD=FILE   shared by the processes: a counter, then a line for each call (made
 * when missing) PARAPHE_SHIM_KILL=N        at the N-th call, SIGKILL for the whole process group
 *   PARAPHE_SHIM_WHEN=before|after
 *   PARAPHE_SHIM_FAIL=WHAT:N   in the first process, from its start: the N-th write, sync, rename
 * or alloc fails (ENOSPC, EIO, EACCES, ENOMEM); with N+ also all after it PARAPHE_SHIM_INT=N at the
 * N-th call, SIGINT for the whole process group, as Ctrl-C does */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { RECORD_SIZE = 1 << 20 };
struct record {
    _Atomic long calls;
    _Atomic size_t used;
    char text[];
};
static struct record *record;
static long kill_at, int_at, fail_at;
static bool kill_after, fail_on;
static char fail_what[16];
static pid_t first;
static _Atomic long fail_count;

int rename(const char *from, const char *to);
int renameat2(int a, const char *from, int b, const char *to, unsigned flags);

/* libcrypto 3.0 itself falls over a failed allocation in its first moments: its own allocations do
 * not fail here. */
static uintptr_t spared_from, spared_to;

static int spare(struct dl_phdr_info *info, size_t size, void *self)
{
    (void)size;
    (void)self;
    if (strstr(info->dlpi_name, "libcrypto") == NULL)
        return 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t end = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr + info->dlpi_phdr[i].p_memsz;
        if (info->dlpi_phdr[i].p_type == PT_LOAD && end > spared_to)
            spared_to = end;
    }
    spared_from = info->dlpi_addr;
    return 1;
}

__attribute__((constructor)) static void start(void)
{
    const char *path = getenv("PARAPHE_SHIM_RECORD"), *kill_text = getenv("PARAPHE_SHIM_KILL");
    const char *when = getenv("PARAPHE_SHIM_WHEN"), *fail = getenv("PARAPHE_SHIM_FAIL");
    const char *int_text = getenv("PARAPHE_SHIM_INT");
    int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

    kill_at = kill_text != NULL ? atol(kill_text) : 0;
    int_at = int_text != NULL ? atol(int_text) : 0;
    kill_after = when != NULL && strcmp(when, "after") == 0;
    if (fail != NULL && strchr(fail, ':') != NULL) {
        snprintf(fail_what, sizeof fail_what, "%.*s", (int)(strchr(fail, ':') - fail), fail);
        fail_at = atol(strchr(fail, ':') + 1);
        fail_on = strchr(fail, '+') != NULL;
    }
    if (fd >= 0 && ftruncate(fd, RECORD_SIZE) == 0) {
        void *map = mmap(NULL, RECORD_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        record = map != MAP_FAILED ? map : NULL;
    }
    if (fd >= 0)
        close(fd);
    if (strcmp(fail_what, "alloc") == 0)
        dl_iterate_phdr(spare, NULL);
    /* a helper that is executed loads this library again: only the first process of the run fails
     * its calls */
    if (getenv("PARAPHE_SHIM_FIRST") == NULL) {
        first = getpid();
        setenv("PARAPHE_SHIM_FIRST", "1", 1);
    }
}

static long note(const char *call, const char *about)
{
    char line[400];

    if (record == NULL)
        return 0;
    long n = atomic_fetch_add(&record->calls, 1) + 1;
    int length = snprintf(line, sizeof line, "%ld %s %s\n", n, call, about != NULL ? about : "");
    if (length >= (int)sizeof line)
        length = (int)sizeof line - 1;
    size_t at = atomic_fetch_add(&record->used, (size_t)length);
    if (at + (size_t)length < RECORD_SIZE - sizeof *record)
        memcpy(record->text + at, line, (size_t)length);
    return n;
}

static void strike(long n, bool after)
{
    if (n > 0 && n == kill_at && after == kill_after)
        kill(0, SIGKILL);
    if (n > 0 && n == int_at && !after)
        kill(0, SIGINT);
}

/* True when this call is the one that fails. */
static bool fails(const char *what)
{
    if (fail_at == 0 || first == 0 || strcmp(fail_what, what) != 0 || getpid() != first)
        return false;
    long n = atomic_fetch_add(&fail_count, 1) + 1;
    return fail_on ? n >= fail_at : n == fail_at;
}

int rename(const char *from, const char *to)
{
    if (fails("rename"))
        return (errno = EACCES, -1);
    long n = note("rename", to);
    strike(n, false);
    int rc = (int)syscall(SYS_rename, from, to);
    strike(n, true);
    return rc;
}

int renameat2(int a, const char *from, int b, const char *to, unsigned flags)
{
    if (fails("rename"))
        return (errno = EACCES, -1);
    long n = note("renameat2", to);
    strike(n, false);
    int rc = (int)syscall(SYS_renameat2, a, from, b, to, flags);
    strike(n, true);
    return rc;
}

static const char *fd_name(int fd, char *out, size_t size)
{
    char link[64];

    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, out, size - 1);
    out[n > 0 ? n : 0] = '\0';
    return out;
}

int fsync(int fd)
{
    char name[256];

    if (fails("sync"))
        return (errno = EIO, -1);
    long n = note("fsync", fd_name(fd, name, sizeof name));
    strike(n, false);
    int rc = (int)syscall(SYS_fsync, fd);
    strike(n, true);
    return rc;
}

int fdatasync(int fd)
{
    char name[256];

    if (fails("sync"))
        return (errno = EIO, -1);
    long n = note("fdatasync", fd_name(fd, name, sizeof name));
    strike(n, false);
    int rc = (int)syscall(SYS_fdatasync, fd);
    strike(n, true);
    return rc;
}

/* Only regular files: pipes and sockets between our processes are no disk. */
ssize_t write(int fd, const void *data, size_t size)
{
    struct stat st;

    if (fail_at > 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink > 0 &&
        fails("write"))
        return (errno = ENOSPC, -1);
    return syscall(SYS_write, fd, data, size);
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at)
{
    struct stat st;

    if (fail_at > 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink > 0 &&
        fails("write"))
        return (errno = ENOSPC, -1);
    return syscall(SYS_pwrite64, fd, data, size, at);
}

static bool is_net(int fd)
{
    int domain = 0;
    socklen_t size = sizeof domain;

    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
           (domain == AF_INET || domain == AF_INET6);
}

int connect(int fd, const struct sockaddr *address, socklen_t size)
{
    long n = is_net(fd) ? note("connect", NULL) : 0;

    strike(n, false);
    int rc = (int)syscall(SYS_connect, fd, address, size);
    strike(n, true);
    return rc;
}

ssize_t send(int fd, const void *data, size_t size, int flags)
{
    long n = is_net(fd) ? note("send", NULL) : 0;

    strike(n, false);
    ssize_t rc = syscall(SYS_sendto, fd, data, size, flags, NULL, 0);
    strike(n, true);
    return rc;
}

ssize_t recv(int fd, void *data, size_t size, int flags)
{
    ssize_t rc = syscall(SYS_recvfrom, fd, data, size, flags, NULL, NULL);

    /* an answer has come: the moment after which it may be lost */
    if (rc > 0 && is_net(fd))
        strike(note("recv", NULL), false);
    return rc;
}

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);

static bool alloc_fails(const void *caller)
{
    uintptr_t at = (uintptr_t)caller;

    return (at < spared_from || at >= spared_to) && fails("alloc");
}

#define CALLER __builtin_return_address(0)
void *malloc(size_t size)
{
    return alloc_fails(CALLER) ? (errno = ENOMEM, NULL) : __libc_malloc(size);
}
void *calloc(size_t n, size_t size)
{
    return alloc_fails(CALLER) ? (errno = ENOMEM, NULL) : __libc_calloc(n, size);
}
void *realloc(void *p, size_t size)
{
    return alloc_fails(CALLER) ? (errno = ENOMEM, NULL) : __libc_realloc(p, size);
}

/* System calls that fail from here on, as on a machine that is short of something or a disk that
 * goes bad: a seccomp filter answers an error in their place. It stays for the whole life of the
 * process, so a test uses it in a child of its own (refused_run). */
#ifndef PARAPHE_TESTS_REFUSE_H
#define PARAPHE_TESTS_REFUSE_H

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct refuse {
    long call;    /* SYS_... */
    int argument; /* its number from 0, which must have this value; -1: any */
    uint32_t value;
    int error;
};

/* -1 when the kernel takes no filter. */
static inline int refuse_install(const struct refuse *list, size_t n)
{
    enum { MAX = 32, EACH = 5 };
    struct sock_filter code[MAX * EACH + 2];
    struct sock_fprog program = {0, code};
    unsigned short at = 0;

    if (n > MAX)
        return -1;
    code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                              (uint32_t)offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < n; i++) {
        const struct refuse *r = &list[i];
        bool any = r->argument < 0;
        code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)r->call, 0,
                                                  any ? 1 : 4);
        if (!any) {
            size_t from = offsetof(struct seccomp_data, args) + 8 * (size_t)r->argument;
            code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)from);
            code[at++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, r->value, 0, 1);
        }
        code[at++] = (struct sock_filter)BPF_STMT(
            BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ((uint32_t)r->error & SECCOMP_RET_DATA));
        if (!any) /* the number again, for the next */
            code[at++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
                                                      (uint32_t)offsetof(struct seccomp_data, nr));
    }
    code[at++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    program.len = at;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
        prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) != 0)
        return -1;
    return 0;
}

/* Runs `work` in a child where these calls fail; true when it returned 0. */
static inline bool refused_run(const struct refuse *list, size_t n, int (*work)(void *self),
                               void *self)
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0)
        _exit(refuse_install(list, n) != 0 ? 99 : work(self) != 0);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

#endif

/* refuse NAME[:ARGUMENT=VALUE]=ERROR... -- PROGRAM ARG...   runs a program, all of whose processes
 * get the error (a number) in place of these system calls. Status 125: it cannot be set up. */
#include <seccomp.h>
#include <stdio.h>
#include <string.h>

#include "tests/refuse.h"

static int one(const char *text, struct refuse *out)
{
    char name[64];
    long value = 0;
    int n = -1;

    *out = (struct refuse){-1, -1, 0, 0};
    if (sscanf(text, "%63[a-z0-9_]:%d=%ld=%d%n", name, &out->argument, &value, &out->error, &n) <
            4 &&
        sscanf(text, "%63[a-z0-9_]=%d%n", name, &out->error, &n) < 2)
        return -1;
    out->value = (uint32_t)value;
    out->call = seccomp_syscall_resolve_name(name);
    return n == (int)strlen(text) && out->call >= 0 ? 0 : -1;
}

int main(int argc, char **argv)
{
    struct refuse list[16];
    int n = 0;

    for (n = 0; n + 1 < argc && strcmp(argv[n + 1], "--") != 0; n++) {
        if (n == 16 || one(argv[n + 1], &list[n]) != 0) {
            fprintf(stderr, "refuse: %s?\n", argv[n + 1]);
            return 125;
        }
    }
    if (n + 2 >= argc || refuse_install(list, (size_t)n) != 0)
        return 125;
    execvp(argv[n + 2], &argv[n + 2]);
    return 125;
}

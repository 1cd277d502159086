/* The client of the second reader by itself: second_probe check|repair FILE [PASSWORD [OUT]]: "CODE
 * PAGES WARNINGS MESSAGE", or the error's id and sentence. second_probe many WHAT...: one line
 * each by the same process; WHAT is a file, "lose" (that process is killed) or "die" (this one is
 * killed, having printed that one's number). */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/second_reader.h"

static int child_of_mine(void)
{
    FILE *f = fopen("/proc/thread-self/children", "re");
    int pid = 0;

    if (f != NULL && fscanf(f, "%d", &pid) != 1)
        pid = 0;
    if (f != NULL)
        fclose(f);
    return pid;
}

static int many(char **what)
{
    struct second_reader *r = second_reader_new();

    for (; *what != NULL; what++) {
        struct second_reading said = {.pages = -1};
        struct err e = ERR_INIT;
        int pid = child_of_mine();
        if (strcmp(*what, "lose") == 0 && pid > 0) {
            kill(pid, SIGKILL);
        } else if (strcmp(*what, "die") == 0 && pid > 0) {
            printf("%d\n", pid);
            fflush(stdout);
            raise(SIGKILL);
        } else {
            int fd = open(*what, O_RDONLY | O_CLOEXEC);
            if (second_reader_check(r, fd, NULL, 0, &said, &e) == 0)
                printf("%s ", said.code);
            else
                printf("%s(%s) ", e.id, e.foreign);
            printf("%s\n", pid == 0 ? "first" : pid == child_of_mine() ? "again" : "anew");
            close(fd);
        }
    }
    second_reader_free(r);
    printf("left %d\n", child_of_mine());
    return 0;
}

int main(int argc, char **argv)
{
    struct err e = ERR_INIT;
    struct second_reading said = {.pages = -1};
    int rc = -1;

    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "many") == 0)
        return many(argv + 2);
    const char *password = argc > 3 ? argv[3] : "";
    int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (strcmp(argv[1], "check") == 0)
        rc = second_reader_check(NULL, fd, (const unsigned char *)password, strlen(password), &said,
                                 &e);
    else if (strcmp(argv[1], "agrees") == 0)
        rc = second_reader_agrees(NULL, fd, argv[2], NULL, 0, 1, &e);
    else if (argc > 4)
        rc = second_reader_repair(
            NULL, fd, argv[2], (const unsigned char *)password, strlen(password),
            open(argv[4], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), &said, &e);
    if (rc == 0)
        printf("%s %lld %zu %s\n", said.code, (long long)said.pages, said.warnings, said.message);
    else
        printf("%s: %s (%s)\n", e.id, e.sentence, e.foreign);
    return rc == 0 ? 0 : (int)e.kind;
}

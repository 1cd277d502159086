/* The client of the second reader by itself: second_probe check|repair FILE [PASSWORD [OUT]]: "CODE
 * PAGES WARNINGS MESSAGE", or the error's id and sentence. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cmd/second_reader.h"

int main(int argc, char **argv)
{
    struct err e = ERR_INIT;
    struct second_reading said = {.pages = -1};
    int rc = -1;

    if (argc < 3)
        return 2;
    const char *password = argc > 3 ? argv[3] : "";
    int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
    if (strcmp(argv[1], "check") == 0)
        rc = second_reader_check(fd, (const unsigned char *)password, strlen(password), &said, &e);
    else if (strcmp(argv[1], "agrees") == 0)
        rc = second_reader_agrees(fd, argv[2], NULL, 0, 1, &e);
    else if (argc > 4)
        rc = second_reader_repair(fd, argv[2], (const unsigned char *)password, strlen(password),
                                  open(argv[4], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600),
                                  &said, &e);
    if (rc == 0)
        printf("%s %lld %zu %s\n", said.code, (long long)said.pages, said.warnings, said.message);
    else
        printf("%s: %s (%s)\n", e.id, e.sentence, e.foreign);
    return rc == 0 ? 0 : (int)e.kind;
}

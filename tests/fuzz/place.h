/* For targets that read files: a folder of their own in memory, made once and removed at the end,
 * and socketpairs that hold what a peer said before it closed. */
#ifndef PARAPHE_TESTS_FUZZ_PLACE_H
#define PARAPHE_TESTS_FUZZ_PLACE_H

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/tree.h"

static char place_folder[64];

static inline void place_remove(void)
{
    tree_remove(place_folder);
}

static inline const char *place(void)
{
    if (place_folder[0] == '\0') {
        strcpy(place_folder, access("/dev/shm", W_OK) == 0 ? "/dev/shm/paraphe-fuzz.XXXXXX"
                                                           : "/tmp/paraphe-fuzz.XXXXXX");
        if (mkdtemp(place_folder) == NULL)
            abort();
        atexit(place_remove);
    }
    return place_folder;
}

/* "PLACE/NAME"; good until the next call but three. */
static inline const char *place_path(const char *name)
{
    static char paths[4][128];
    static unsigned turn;
    char *out = paths[turn++ % 4];

    snprintf(out, sizeof paths[0], "%s/%s", place(), name);
    return out;
}

static inline void place_write(const char *name, const void *data, size_t n)
{
    int fd = open(place_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    if (fd < 0 || write(fd, data, n) != (ssize_t)n)
        abort();
    close(fd);
}

/* A memory file with these bytes, at its start. */
static inline int place_memory(const void *data, size_t n)
{
    int fd = memfd_create("fuzz", MFD_CLOEXEC);

    if (fd < 0 || write(fd, data, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)
        abort();
    return fd;
}

/* The end of a socket whose peer said this and closed; at most 128 KiB are said. */
static inline int place_said(const void *data, size_t n)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        abort();
    if (n > 0 && send(ends[1], data, n < 131072 ? n : 131072, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
        abort();
    close(ends[1]);
    return ends[0];
}

#endif

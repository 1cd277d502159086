/* A file mapped and shared by all processes of a test run: the sandbox of the workers forbids
 * writing files, not memory. */
#include "base/err.h"

#ifdef PARAPHE_SANITIZED
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECORD_SIZE = 8 << 20, SEEN = 4096, LINE_ROOM = 256 };

struct record {
    _Atomic size_t used;
    char text[];
};
static struct record *record;
static unsigned char seen[SEEN];

__attribute__((constructor)) static void record_open(void)
{
    const char *path = getenv("PARAPHE_ERR_SITES");
    int fd = path != NULL ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
    struct stat st;

    if (fd < 0)
        return;
    /* a test may refuse ftruncate to all of a program */
    if ((fstat(fd, &st) == 0 && st.st_size == RECORD_SIZE) || ftruncate(fd, RECORD_SIZE) == 0) {
        void *map = mmap(NULL, RECORD_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        record = map != MAP_FAILED ? map : NULL;
    }
    close(fd);
}

void err_site_hit(const char *file, int line)
{
    char text[LINE_ROOM];
    unsigned slot = (unsigned)line;

    if (record == NULL)
        return;
    for (const char *p = file; *p != '\0'; p++)
        slot = slot * 31 + (unsigned char)*p;
    if (seen[slot % SEEN] == (unsigned char)(slot / SEEN | 1))
        return; /* most likely this very place; a rare loss only hides a hit that other processes
                   record too */
    seen[slot % SEEN] = (unsigned char)(slot / SEEN | 1);
    int n = snprintf(text, sizeof text, "%s:%d\n", file, line);
    if (n <= 0 || n >= (int)sizeof text)
        return;
    size_t at = atomic_fetch_add(&record->used, (size_t)n);
    if (at + (size_t)n < RECORD_SIZE - sizeof *record)
        memcpy(record->text + at, text, (size_t)n);
}
#endif

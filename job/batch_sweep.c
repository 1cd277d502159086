/* What a killed run left half made of the outputs of a batch. */
#include <dirent.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "job/batch.h"

enum { NAME_TAIL = 14 /* ".xxxxxxxx.part" */ };

/* ".NAME.xxxxxxxx.part" of one of the outputs. */
static bool half_made(const char *entry, const char *const *outputs, size_t n)
{
    size_t len = strlen(entry);

    if (entry[0] != '.' || len <= NAME_TAIL + 1 || strcmp(entry + len - 5, ".part") != 0)
        return false;
    for (size_t i = 0; i < n; i++) {
        const char *name = path_name(outputs[i]);
        if (strlen(name) == len - NAME_TAIL - 1 && memcmp(name, entry + 1, strlen(name)) == 0)
            return true;
    }
    return false;
}

void batch_sweep(const char *folder, const char *const *outputs, size_t n)
{
    DIR *d = opendir(folder);

    for (struct dirent *entry; d != NULL && (entry = readdir(d)) != NULL;) {
        if (half_made(entry->d_name, outputs, n))
            (void)unlinkat(dirfd(d), entry->d_name, 0);
    }
    if (d != NULL)
        closedir(d);
}

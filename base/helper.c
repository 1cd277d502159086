#include "base/helper.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

static char *there(const char *folder, const char *name)
{
    char *path = folder != NULL ? path_join(folder, name) : NULL;

    if (path != NULL && access(path, R_OK) == 0)
        return path;
    free(path);
    return NULL;
}

char *helper_path(const char *name, const char *libexec)
{
    char self[4096], *folder = NULL, *moved = NULL, *path = NULL;
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

    if (n > 0) {
        self[n] = '\0';
        folder = path_folder(self);
        moved = folder != NULL ? path_join(folder, "../libexec/paraphe") : NULL;
        path = there(folder, name);
        if (path == NULL)
            path = there(moved, name);
    }
    free(folder);
    free(moved);
    return path != NULL ? path : there(libexec, name);
}

#include "base/lazy.h"

#include <dlfcn.h>
#include <string.h>

int lazy_open(struct lazy *library, struct err *e)
{
    unsigned char *slot = library->slots;

    if (library->open)
        return 0;
    void *handle = dlopen(library->soname, RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; i < library->n; i++) {
        void *found = handle != NULL ? dlsym(handle, library->names[i]) : NULL;
        if (found == NULL)
            return err_set(e, ERR_USAGE, "err.base.library", library->soname, NULL);
        /* ISO C knows no cast between data and function */
        memcpy(slot + i * sizeof found, &found, sizeof found);
    }
    library->open = true;
    return 0;
}

/* paraphe-xmlsig.so beside the program, else in the installed libexec folder: opened when the task
 * is warmed up. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "trust/list_part.h"
#include "trust/xmlsig/xmlsig.h"

static xmlsig_verify_fn *verify;
static bool tried; /* opening is for the warm-up: the sandbox allows none later */

static void *module_open(void)
{
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    void *module = NULL;

    if (n > 0) {
        self[n] = '\0';
        char *folder = path_folder(self);
        char *path = folder != NULL ? path_join(folder, "paraphe-xmlsig.so") : NULL;
        if (path != NULL && access(path, R_OK) == 0)
            module = dlopen(path, RTLD_NOW | RTLD_LOCAL);
        free(path);
        free(folder);
    }
    return module != NULL ? module
                          : dlopen(PARAPHE_LIBEXEC_DIR "/paraphe-xmlsig.so", RTLD_NOW | RTLD_LOCAL);
}

int list_module_start(void)
{
    void *module;

    if (tried)
        return verify != NULL ? 0 : -1;
    tried = true;
    module = module_open();
    if (module == NULL)
        return -1;
    void *start = dlsym(module, "xmlsig_start"), *found = dlsym(module, "xmlsig_verify");
    xmlsig_start_fn *start_fn;
    if (start == NULL || found == NULL)
        return -1;
    memcpy(&start_fn, &start, sizeof start_fn); /* ISO C knows no cast between data and function */
    if (start_fn() != 0)
        return -1;
    memcpy(&verify, &found, sizeof verify);
    return 0;
}

int list_module_verify(struct _xmlDoc *doc, const unsigned char *const *certs, const size_t *lens,
                       unsigned long n)
{
    return verify != NULL ? verify(doc, certs, lens, n) : -4;
}

/* paraphe-xmlsig.so: opened when the task is warmed up. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/helper.h"
#include "trust/list_part.h"
#include "trust/xmlsig/xmlsig.h"

static xmlsig_verify_fn *verify;
static bool tried; /* opening is for the warm-up: the sandbox allows none later */

static void *module_open(void)
{
    char *path = helper_path("paraphe-xmlsig.so", PARAPHE_LIBEXEC_DIR);
    void *module = path != NULL ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;

    free(path);
    return module;
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

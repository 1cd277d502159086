#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/file.h"
#include "trust/trust.h"
#include "x509/cert.h"

static int wanted(const struct dirent *entry)
{
    static const char *const ends[] = {".pem", ".crt", ".cer", ".der"};
    size_t n = strlen(entry->d_name);

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (n > 4 && strcasecmp(entry->d_name + n - 4, ends[i]) == 0)
            return 1;
    }
    return 0;
}

static int order(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int file_add(struct der_list *out, const char *path, struct err *e)
{
    if (out->count >= (size_t)ceilings.anchors)
        return err_set(e, ERR_USAGE, "err.trust.anchors-many", path, NULL);
    return certs_from_file(out, path, e);
}

static int folder_add(struct der_list *out, const char *path, struct err *e)
{
    struct dirent **names = NULL;
    int n = scandir(path, &names, wanted, order), rc = 0;

    if (n < 0)
        return err_set_errno(e, ERR_USAGE, errno, "err.trust.path", path, NULL);
    for (int i = 0; i < n; i++) {
        char *file = rc == 0 ? path_join(path, names[i]->d_name) : NULL;
        if (rc == 0)
            rc = file != NULL ? file_add(out, file, e) : err_set_memory(e);
        free(file);
        free(names[i]);
    }
    free(names);
    return rc;
}

int trust_add_path(struct der_list *out, const char *path, struct err *e)
{
    struct stat st;
    size_t before = out->count;

    if (stat(path, &st) != 0)
        return err_set_errno(e, ERR_USAGE, errno, "err.trust.path", path, NULL);
    if ((S_ISDIR(st.st_mode) ? folder_add(out, path, e) : file_add(out, path, e)) != 0) {
        if (e != NULL)
            e->kind = e->kind == ERR_INPUT ? ERR_USAGE : e->kind;
        return -1;
    }
    return out->count > before ? 0 : err_set(e, ERR_USAGE, "err.trust.none", path, NULL);
}

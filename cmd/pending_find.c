#include "cmd/pending_find.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "cmd/cmd.h"
#include "job/job.h"

void pending_folders_free(struct pending_folders *f)
{
    for (size_t i = 0; i < f->count; i++)
        free(f->paths[i]);
    free(f->paths);
    *f = (struct pending_folders){NULL, 0};
}

static int add_take(struct pending_folders *f, char *path, struct err *e)
{
    char **more = path != NULL ? realloc(f->paths, (f->count + 1) * sizeof *more) : NULL;

    if (more == NULL) {
        free(path);
        return err_set_memory(e);
    }
    f->paths = more;
    f->paths[f->count++] = path;
    return 0;
}

/* The jobs right in a folder, by name. */
static int add_inside(struct pending_folders *f, const char *folder, struct err *e)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, NULL, alphasort), rc = 0;

    if (n < 0)
        return err_set_errno(e, errno == ENOMEM ? ERR_BUG : ERR_USAGE, errno,
                             "err.cmd.pending-folder", folder, NULL);
    for (int i = 0; i < n; i++) {
        bool here = strcmp(folder, ".") == 0;
        char *path = names[i]->d_name[0] == '.' ? NULL
                     : here                     ? strdup(names[i]->d_name)
                                                : path_join(folder, names[i]->d_name);
        if (rc == 0 && path != NULL && job_exists(path))
            rc = add_take(f, path, e);
        else
            free(path);
        free(names[i]);
    }
    free(names);
    return rc;
}

static int add_of(struct pending_folders *f, const char *path, bool given, struct err *e)
{
    size_t before = f->count;

    if (job_exists(path))
        return add_take(f, strdup(path), e);
    if (add_inside(f, path, e) != 0)
        return -1;
    return given && f->count == before ? err_set(e, ERR_USAGE, "err.cmd.pending-no-job", path, NULL)
                                       : 0;
}

int pending_folders(const struct cmd *cmd, struct pending_folders *out, struct err *e)
{
    const char *usual = config_get(cmd->config, "job.folder");

    *out = (struct pending_folders){NULL, 0};
    for (size_t i = 0; i < cmd->nargs; i++) {
        if (add_of(out, cmd->args[i], true, e) != 0)
            return -1;
    }
    return cmd->nargs > 0 ? 0 : add_of(out, usual != NULL ? usual : ".", false, e);
}

#include "cmd/output.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* The --out-dir, once it was made here: a signal that ends the command takes it away as well. */
static char *made;

static int folder_make(const char *folder, struct err *e)
{
    struct stat st;

    if (mkdir(folder, 0700) == 0) {
        made = strdup(folder);
        if (made != NULL)
            file_temp_add(made);
        /* what is signed in it must not go with its name */
        return file_sync_folder_of(folder, e);
    }
    if (errno != EEXIST)
        return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", folder, NULL);
    if (stat(folder, &st) == 0 && !S_ISDIR(st.st_mode))
        return err_set(e, ERR_USAGE, "err.cmd.output-no-folder", folder, NULL);
    return 0;
}

void output_end(void)
{
    if (made == NULL)
        return;
    file_temp_remove(made);
    (void)rmdir(made); /* unless it holds something */
    free(made);
    made = NULL;
}

int output_for(const struct cmd *cmd, const char *input, char **out, struct err *e)
{
    const char *output = opt_get(cmd->options, "output"),
               *folder = opt_get(cmd->options, "out-dir");
    struct stat st;

    if (output != NULL && folder != NULL)
        return err_set(e, ERR_USAGE, "err.cmd.output-both", NULL);
    if (output != NULL && stat(output, &st) == 0 && S_ISDIR(st.st_mode))
        return err_set(e, ERR_USAGE, "err.cmd.output-folder", output, NULL);
    if (output != NULL && folder == NULL && cmd->nargs == 1) {
        *out = strdup(output);
    } else if (folder != NULL && output == NULL) {
        if (folder_make(folder, e) != 0)
            return -1;
        *out = path_join(folder, path_name(input));
    } else {
        return err_set(e, ERR_USAGE,
                       cmd->nargs > 1 ? "err.cmd.sign-out-dir" : "err.cmd.sign-output", NULL);
    }
    return *out != NULL ? 0 : err_set_memory(e);
}

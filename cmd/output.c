#include "cmd/output.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

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
        if (mkdir(folder, 0700) == 0) {
            /* what is signed in it must not go with its name */
            if (file_sync_folder_of(folder, e) != 0)
                return -1;
        } else if (errno != EEXIST) {
            return err_set_errno(e, ERR_DISK, errno, "err.base.file-write", folder, NULL);
        } else if (stat(folder, &st) == 0 && !S_ISDIR(st.st_mode)) {
            return err_set(e, ERR_USAGE, "err.cmd.output-no-folder", folder, NULL);
        }
        *out = path_join(folder, path_name(input));
    } else {
        return err_set(e, ERR_USAGE,
                       cmd->nargs > 1 ? "err.cmd.sign-out-dir" : "err.cmd.sign-output", NULL);
    }
    return *out != NULL ? 0 : err_set_memory(e);
}

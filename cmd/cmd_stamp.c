/* paraphe stamp */
#include "cmd/cmd_table.h"
#include "cmd/finish_files.h"

const struct opt cmd_stamp_options[] = {
    {"output", OPT_VALUE, NULL},          {"out-dir", OPT_VALUE, NULL}, {"tsa", OPT_LIST, NULL},
    {"password-source", OPT_VALUE, NULL}, {NULL, OPT_FLAG, NULL},
};

int cmd_stamp_run(struct cmd *cmd, struct err *e)
{
    return finish_files(cmd, true, e);
}

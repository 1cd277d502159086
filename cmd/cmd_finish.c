/* paraphe finish */
#include "cmd/cmd_table.h"
#include "cmd/finish_files.h"
#include "cmd/opt_groups.h"

const struct opt cmd_finish_options[] = {
    {"output", OPT_VALUE, NULL},
    {"out-dir", OPT_VALUE, NULL},
    {"level", OPT_VALUE, "B-T|B-LT|B-LTA"},
    {"now", OPT_FLAG, NULL},
    {"tsa", OPT_LIST, NULL},
    OPTIONS_TRUST,
    {"password-source", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

int cmd_finish_run(struct cmd *cmd, struct err *e)
{
    return finish_files(cmd, false, e);
}

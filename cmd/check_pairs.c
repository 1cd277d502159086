#include "cmd/check_pairs.h"

#include <string.h>

#include "base/jv.h"
#include "grid/group.h"

static struct jv *look(struct cmd *cmd, struct act_check_request request, const char *path)
{
    struct jv *grid = NULL;
    struct err ignored = ERR_INIT;

    request.form = path;
    request.initial = NULL;
    if (strcmp(path, "-") == 0 || act_check(&cmd->runner, &request, &grid, &ignored) != 0)
        return NULL; /* standard input is read once */
    return grid;
}

/* The form of --initial beside those of its type; beside all when it fits none, which is then told
 * of each. */
static void pair_given(struct cmd *cmd, const struct act_check_request *request,
                       struct check_pair pairs[PAIRS_MAX])
{
    struct jv *given = look(cmd, *request, request->initial);
    size_t fits = 0;

    for (size_t i = 0; given != NULL && i < cmd->nargs; i++) {
        if (group_same_type(pairs[i].grid, given)) {
            pairs[i].initial = request->initial;
            fits++;
        }
    }
    for (size_t i = 0; fits == 0 && i < cmd->nargs; i++)
        pairs[i].initial = request->initial;
    jv_free(given);
}

static void pair_found(struct cmd *cmd, struct check_pair pairs[PAIRS_MAX])
{
    for (size_t i = 0; i < cmd->nargs; i++) {
        for (size_t k = 0; k < cmd->nargs; k++) {
            if (pairs[i].grid != NULL && pairs[k].grid != NULL &&
                group_takes_up(pairs[i].grid, pairs[k].grid))
                pairs[i].initial = cmd->args[k];
        }
    }
}

void check_pairs(struct cmd *cmd, const struct act_check_request *request,
                 struct check_pair pairs[PAIRS_MAX])
{
    for (size_t i = 0; i < cmd->nargs; i++)
        pairs[i] = (struct check_pair){NULL, look(cmd, *request, cmd->args[i])};
    if (request->initial != NULL)
        pair_given(cmd, request, pairs);
    else
        pair_found(cmd, pairs);
    for (size_t i = 0; i < cmd->nargs; i++) {
        if (pairs[i].initial == NULL)
            continue;
        jv_free(pairs[i].grid); /* checked again, beside the earlier one */
        pairs[i].grid = NULL;
    }
}

void check_pairs_free(struct check_pair pairs[PAIRS_MAX])
{
    for (size_t i = 0; i < PAIRS_MAX; i++)
        jv_free(pairs[i].grid);
}

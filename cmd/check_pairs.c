#include "cmd/check_pairs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/jv.h"
#include "grid/group.h"

static struct jv *look(struct cmd *cmd, struct act_check_request request, const char *path,
                       struct err *failed)
{
    struct jv *grid = NULL;

    request.form = path;
    request.initial = NULL;
    if (strcmp(path, "-") == 0 || act_check(&cmd->runner, &request, &grid, failed) != 0)
        return NULL; /* standard input is read once */
    return grid;
}

/* The form of --initial beside those of its type; beside all when it fits none, which is then told
 * of each. */
static void pair_given(struct cmd *cmd, const struct act_check_request *request,
                       struct check_pair *pairs, size_t n)
{
    struct err ignored = ERR_INIT; /* told of each form that it is for */
    struct jv *given = look(cmd, *request, request->initial, &ignored);
    size_t fits = 0;

    for (size_t i = 0; given != NULL && i < n; i++) {
        if (group_same_type(pairs[i].grid, given)) {
            pairs[i].initial = request->initial;
            fits++;
        }
    }
    for (size_t i = 0; fits == 0 && i < n; i++)
        pairs[i].initial = request->initial;
    jv_free(given);
}

static void pair_found(struct cmd *cmd, struct check_pair *pairs, size_t n)
{
    struct jv *grids = jv_array();

    for (size_t i = 0; i < n; i++)
        jv_add_take(grids, pairs[i].grid != NULL ? jv_keep(pairs[i].grid) : jv_null());
    for (size_t i = 0; i < n; i++) {
        const char *last_day = NULL;
        size_t k = group_initial(grids, i, &last_day);
        if (k == n)
            continue;
        pairs[i].initial = cmd->args[k];
        snprintf(pairs[i].last_day, sizeof pairs[i].last_day, "%s",
                 last_day != NULL ? last_day : "");
    }
    jv_free(grids);
}

struct check_pair *check_pairs(struct cmd *cmd, const struct act_check_request *request, size_t n,
                               struct err *e)
{
    struct check_pair *pairs = calloc(n + 1, sizeof *pairs);

    if (pairs == NULL) {
        err_set_memory(e);
        return NULL;
    }
    for (size_t i = 0; i < n; i++)
        pairs[i].grid = look(cmd, *request, cmd->args[i], &pairs[i].failed);
    if (request->initial != NULL)
        pair_given(cmd, request, pairs, n);
    else
        pair_found(cmd, pairs, n);
    for (size_t i = 0; i < n; i++) {
        if (pairs[i].initial == NULL)
            continue;
        jv_free(pairs[i].grid); /* checked again, beside the earlier one */
        pairs[i].grid = NULL;
    }
    return pairs;
}

void check_pairs_free(struct check_pair *pairs, size_t n)
{
    for (size_t i = 0; pairs != NULL && i < n; i++)
        jv_free(pairs[i].grid);
    free(pairs);
}

#include <string.h>

#include "base/jv.h"
#include "cmd/cmd_table.h"
#include "cmd/out.h"
#include "submit/upload/upload.h"

const struct opt cmd_receipts_options[] = {
    {NULL, OPT_FLAG, NULL},
};

/* A changed file is worse than a deposit that is not complete yet. */
static int status_of(const struct jv *result)
{
    const struct jv *receipts = jv_get(result, "receipts");

    for (size_t i = 0; i < jv_count(receipts); i++) {
        if (strcmp(jv_get_text(jv_at(receipts, i), "state"), "good") != 0)
            return (int)ERR_DISK;
    }
    if (jv_count(jv_get(result, "pending")) > 0)
        return (int)ERR_UNKNOWN;
    return jv_get_bool(result, "complete") ? 0 : (int)ERR_NETWORK;
}

static void print_text(const struct jv *result, int status)
{
    const struct jv *receipts = jv_get(result, "receipts"), *pending = jv_get(result, "pending");

    for (size_t i = 0; i < jv_count(receipts); i++) {
        const struct jv *r = jv_at(receipts, i);
        const char *state = jv_get_text(r, "state");
        out_say(strcmp(state, "good") == 0           ? "cmd.receipts.good"
                : strcmp(state, "file-changed") == 0 ? "cmd.receipts.changed"
                                                     : "cmd.receipts.other",
                jv_get_text(r, "path"), jv_get_text(r, "time"), jv_get_text(r, "url"), NULL);
    }
    for (size_t i = 0; i < jv_count(pending); i++)
        out_say("cmd.receipts.pending", jv_str(jv_at(pending, i)), NULL);
    if (status == 0)
        out_say("cmd.receipts.complete", NULL);
    else if (status == (int)ERR_NETWORK)
        out_say(jv_count(receipts) > 0 ? "cmd.receipts.partial" : "cmd.receipts.none", NULL);
}

int cmd_receipts_run(struct cmd *cmd, struct err *e)
{
    struct jv *result = NULL;
    int rc = receipts_check(cmd->args[0], &result, e);

    if (rc != 0)
        return -1;
    int status = status_of(result);
    if (cmd->json)
        rc = out_json(result, true, e);
    else
        print_text(result, status);
    jv_free(result);
    return rc == 0 ? status : -1;
}

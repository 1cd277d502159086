#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/jv.h"
#include "cmd/cmd_table.h"
#include "cmd/out.h"
#include "job/job.h"
#include "submit/bundle/bundle.h"
#include "submit/upload/upload.h"

const struct opt cmd_receipts_options[] = {
    {"deposited", OPT_LIST, NULL},
    {"acknowledgement", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

enum { PLACES_MAX = 256 };

/* --deposited 01 --deposited 02, or all: what a person did by hand. */
static int declare(const struct cmd *cmd, const char *folder, struct err *e)
{
    const char *numbers[PLACES_MAX];
    size_t n = opt_count(cmd->options, "deposited");

    if (n == 0 && opt_given(cmd->options, "acknowledgement"))
        return err_set(e, ERR_USAGE, "err.cmd.receipts-which", NULL);
    if (n == 0)
        return 0;
    for (size_t i = 0; i < n && i < PLACES_MAX; i++)
        numbers[i] = opt_at(cmd->options, "deposited", i);
    return receipts_declare(folder, numbers, n < PLACES_MAX ? n : PLACES_MAX,
                            opt_get(cmd->options, "acknowledgement"),
                            cmd->clock.now(cmd->clock.self), e);
}

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

static void print_text(const struct jv *result, const char *folder, int status)
{
    const struct jv *receipts = jv_get(result, "receipts"), *pending = jv_get(result, "pending");
    const struct jv *missing = jv_get(result, "missing");

    for (size_t i = 0; i < jv_count(receipts); i++) {
        const struct jv *r = jv_at(receipts, i);
        const char *state = jv_get_text(r, "state");
        out_say(strcmp(state, "good") == 0           ? "cmd.receipts.good"
                : strcmp(state, "file-changed") == 0 ? "cmd.receipts.changed"
                                                     : "cmd.receipts.other",
                jv_get_text(r, "path"), jv_get_text(r, "time"), jv_get_text(r, "url"), NULL);
    }
    for (size_t i = 0; i < jv_count(missing); i++) {
        if (!jv_has_text(pending,
                         jv_str(jv_at(missing, i)))) /* it may be there: not by hand as well */
            out_say("cmd.receipts.missing", jv_str(jv_at(missing, i)), NULL);
    }
    for (size_t i = 0; i < jv_count(pending); i++)
        out_say("cmd.receipts.pending", jv_str(jv_at(pending, i)), NULL);
    if (status == 0)
        out_say("cmd.receipts.complete", NULL);
    else if (status == (int)ERR_NETWORK)
        out_say(jv_count(receipts) > 0 ? "cmd.receipts.partial" : "cmd.receipts.none", folder,
                NULL);
}

static bool there(const char *folder, const char *name)
{
    char *path = path_join(folder, name);
    bool yes = path != NULL && access(path, F_OK) == 0;

    free(path);
    return yes;
}

/* The deposit folder that is meant: for a job folder the one in it. A purged job has none left, and
 * to say that nothing was deposited would be false. */
static char *deposit_of(const char *given, struct err *e)
{
    char *folder = NULL;

    if (there(given, JOB_FOLDER_DEPOSIT "/" DEPOSIT_MANIFEST))
        folder = path_join(given, JOB_FOLDER_DEPOSIT);
    else if (there(given, JOB_FOLDER_RECEIPTS "/" DEPOSIT_MANIFEST) ||
             (there(given, DEPOSIT_MANIFEST) && there(given, "../journal.jsonl") &&
              !there(given, DEPOSIT_SUMS))) {
        err_set(e, ERR_INPUT, "err.cmd.receipts-copies", given, NULL);
        return NULL;
    } else
        folder = strdup(given);
    if (folder == NULL)
        err_set_memory(e);
    return folder;
}

int cmd_receipts_run(struct cmd *cmd, struct err *e)
{
    struct jv *result = NULL;
    char *folder = deposit_of(cmd->args[0], e);
    int rc = folder != NULL ? declare(cmd, folder, e) : -1;

    if (rc == 0)
        rc = receipts_check(folder, &result, e);
    free(folder);

    if (rc != 0)
        return -1;
    int status = status_of(result);
    if (cmd->json)
        rc = out_json(result, true, e);
    else
        print_text(result, cmd->args[0], status);
    jv_free(result);
    return rc == 0 ? status : -1;
}

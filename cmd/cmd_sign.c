/* paraphe sign */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_sign.h"
#include "cmd/cmd_table.h"
#include "cmd/opt_groups.h"
#include "cmd/out.h"
#include "cmd/output.h"
#include "cmd/sign_batch.h"
#include "cmd/sign_options.h"
#include "cmd/sign_pending.h"
#include "cmd/sign_say.h"
#include "cmd/wire.h"

const struct opt cmd_sign_options[] = {
    {"output", OPT_VALUE, NULL},
    {"out-dir", OPT_VALUE, NULL},
    OPTIONS_TOKEN,
    OPTIONS_SIGNATURE,
    {"field", OPT_VALUE, NULL},
    {"visible", OPT_VALUE, NULL},
    {"after-text", OPT_VALUE, NULL},
    {"page", OPT_VALUE, NULL},
    {"size", OPT_VALUE, NULL},
    {"qr", OPT_FLAG, NULL},
    {"certify", OPT_OPTIONAL, "1|2|3"},
    {"seal", OPT_FLAG, NULL},
    {"password-source", OPT_VALUE, NULL},
    {"strict", OPT_FLAG, NULL},
    {"repair", OPT_FLAG, NULL},
    OPTIONS_TRUST,
    {"now", OPT_FLAG, NULL},
    {"yes", OPT_FLAG, NULL},
    {"pending", OPT_FLAG, NULL},
    {NULL, OPT_FLAG, NULL},
};

static int consent(void *self, const char *question, struct err *e)
{
    const struct wire *w = self;

    return w->asker.yes(w->asker.self, question, e);
}

static int status_of(const struct act_sign_file *files, size_t n)
{
    int status = 0;

    for (size_t i = 0; i < n; i++)
        status = err_status_worst(status, files[i].result == NULL && err_is_set(&files[i].err)
                                              ? (int)files[i].err.kind
                                              : files[i].status);
    return status;
}

/* As each is finished. */
struct told {
    struct sign_say say;
    struct sign_batch batch;
};

static void done(void *self, struct act_sign_file *f)
{
    struct told *t = self;

    sign_batch_done(f);
    sign_say_file(&t->say, f);
}

static int sign_all(struct cmd *cmd, struct wire *w, struct sign_options *options, struct told *t,
                    struct act_sign_file *files, struct err *e)
{
    size_t already = 0;

    options->request.done = done;
    options->request.self = t;
    options->request.said = t->say.said;
    options->request.last = true;
    if (!opt_given(cmd->options, "yes")) {
        options->request.consent = consent;
        options->request.consent_self = w;
    }
    if (sign_batch_open(&t->batch, cmd, options, files, cmd->nargs, &already, e) != 0)
        return -1;
    for (size_t i = 0; i < already; i++)
        sign_say_already(&t->say, &files[i]);
    if (already < cmd->nargs &&
        act_sign(w, &options->request, files + already, cmd->nargs - already, e) != 0)
        return -1;
    return status_of(files, cmd->nargs);
}

static int by_output(const void *a, const void *b)
{
    const struct act_sign_file *const *x = a, *const *y = b;

    return strcmp((*x)->output, (*y)->output);
}

/* Two inputs of one name in different folders: the second signature would be made for nothing. */
static int outputs_differ(const struct act_sign_file *files, size_t n, struct err *e)
{
    const struct act_sign_file **sorted = calloc(n, sizeof *sorted);
    int rc = sorted != NULL ? 0 : err_set_memory(e);

    for (size_t i = 0; rc == 0 && i < n; i++)
        sorted[i] = &files[i];
    if (rc == 0)
        qsort(sorted, n, sizeof *sorted, by_output);
    for (size_t i = 1; rc == 0 && i < n; i++) {
        if (strcmp(sorted[i - 1]->output, sorted[i]->output) == 0)
            rc = err_set(e, ERR_USAGE, "err.cmd.sign-twice", sorted[i - 1]->input, sorted[i]->input,
                         sorted[i]->output, NULL);
    }
    free(sorted);
    return rc;
}

static int run(struct cmd *cmd, struct act_sign_file *files, char **rooms, struct err *e)
{
    struct sign_options options = {0};
    struct told told = {.batch = {0}};
    struct wire w;
    int rc = -1;

    wire_open(&w, cmd);
    sign_say_init(&told.say, cmd, cmd->nargs == 1);
    if (sign_options_read(&options, cmd, e) != 0)
        goto out;
    for (size_t i = 0; i < cmd->nargs; i++) {
        files[i].input = cmd->args[i];
        if (output_for(cmd, files[i].input, &rooms[i], e) != 0)
            goto out;
        files[i].output = rooms[i];
    }
    if (outputs_differ(files, cmd->nargs, e) != 0)
        goto out;
    if (!options.asked && options.request.level == PADES_B_B)
        out_note(cmd, "cmd.sign.without-tsa", NULL);
    rc = sign_all(cmd, &w, &options, &told, files, e);
    if (rc > 0 && cmd->nargs == 1 && files[0].result == NULL) {
        *e = files[0].err; /* the one error is told by main */
        rc = -1;
    }
out:
    sign_batch_close(&told.batch, rc >= 0);
    output_end();
    sign_say_free(&told.say);
    sign_options_free(&options);
    wire_close(&w);
    return rc;
}

int cmd_sign_run(struct cmd *cmd, struct err *e)
{
    struct act_sign_file *files;
    char **rooms;
    int rc = -1;

    if (opt_given(cmd->options, "pending"))
        return sign_pending(cmd, e);
    if (cmd->nargs == 0)
        return err_set(e, ERR_USAGE, "err.cmd.args-few", "sign", NULL);
    files = calloc(cmd->nargs, sizeof *files);
    rooms = calloc(cmd->nargs, sizeof *rooms);
    if (files == NULL || rooms == NULL)
        err_set_memory(e);
    else
        rc = run(cmd, files, rooms, e);
    for (size_t i = 0; files != NULL && rooms != NULL && i < cmd->nargs; i++) {
        act_sign_file_free(&files[i]);
        free(rooms[i]);
    }
    free(files);
    free(rooms);
    return rc;
}

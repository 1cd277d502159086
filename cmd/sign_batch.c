#include "cmd/sign_batch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "cmd/act_sign.h"
#include "cmd/cancel.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "cmd/sign_options.h"
#include "job/batch.h"

struct sign_batch_slot {
    struct sign_batch *of;
    const char *output;
    struct jv *kept; /* by an earlier run */
    struct act_sign_file *file;
};

/* From the first signature on an interruption says that it stays. */
static void say_kept(struct sign_batch *b)
{
    const char *folder = opt_get(b->cmd->options, "out-dir");

    if (b->has_some)
        return;
    b->has_some = true;
    if (folder != NULL)
        cancel_sentence_set("cmd.sign.cancelled", folder);
    else
        cancel_sentence_set("cmd.sign.pending-cancelled", NULL);
}

/* When it cannot be kept (a full disk) the signing goes on all the same: the room for the finished
 * file was taken before. */
static int keep(void *self, const struct jv *kept, struct err *e)
{
    const struct sign_batch_slot *slot = self;
    struct act_sign_file *f = slot->file;
    struct jv *more = NULL;

    (void)e;
    if (f->repaired) {
        if (f->copy_path == NULL || (more = jv_copy(kept)) == NULL)
            return 0;
        jv_put_text(more, "source_sha256", f->source_sha256);
    }
    int rc = batch_keep(slot->of->journal, slot->output, more != NULL ? more : kept, NULL);
    jv_free(more);
    if (rc != 0)
        return 0;
    act_sign_copy_keep(f);
    say_kept(slot->of);
    return 1;
}

static int settle(void *self, struct err *e)
{
    const struct sign_batch_slot *slot = self;

    return batch_settle(slot->of->journal, e);
}

/* A journal holds no text of a form: neither does the remark about whom it names stay. The paths
 * are those of the run, and the next one may say them otherwise. */
static struct jv *to_be_noted(const struct jv *result)
{
    const struct jv *warnings = jv_get(result, "warnings");
    struct jv *copy = jv_copy(result), *kept = jv_array();

    jv_remove(copy, "input");
    jv_remove(copy, "output");
    for (size_t i = 0; i < jv_count(warnings); i++) {
        const char *code = jv_get_text(jv_at(warnings, i), "code");
        if (code == NULL || strcmp(code, "other-person") != 0)
            jv_add_take(kept, jv_copy(jv_at(warnings, i)));
    }
    jv_put_take(copy, "warnings", kept);
    return copy;
}

/* Before the name, so that no kill leaves a file of which the journal does not know. */
static void naming(void *self, const struct jv *result)
{
    const struct sign_batch_slot *slot = self;
    struct jv *noted = to_be_noted(result);

    batch_done(slot->of->journal, slot->output, noted);
    jv_free(noted);
}

/* What the signer asked for, as far as a signature that exists cannot be changed any more. */
static int wish_print(const struct cmd *cmd, struct buf *out, struct err *e)
{
    static const char *const options[] = {"field", "visible", "after-text", "certify", "image"};
    static const char *const keys[] = {"sign.reason", "sign.location", "sign.hash",
                                       "sign.scheme", "token.cert",    "token.uri"};

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        const char *value = opt_get(cmd->options, options[i]);
        if (opt_given(cmd->options, options[i]))
            buf_format(out, "%s=%s\n", options[i], value != NULL ? value : "");
    }
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *value = config_get(cmd->config, keys[i]);
        if (value != NULL)
            buf_format(out, "%s=%s\n", keys[i], value);
    }
    if (opt_given(cmd->options, "seal"))
        buf_text(out, "seal\n");
    if (opt_given(cmd->options, "qr"))
        buf_text(out, "qr\n");
    return buf_check(out, e);
}

static int journal_open(struct sign_batch *b, struct err *e)
{
    struct buf wish = BUF_INIT((size_t)ceilings.config_bytes);
    const char **names = calloc(2 * b->n, sizeof *names);
    struct batch_request request = {.folder = opt_get(b->cmd->options, "out-dir"),
                                    .inputs = names,
                                    .outputs = names + b->n,
                                    .n = b->n};
    int rc = -1;

    for (size_t i = 0; names != NULL && i < b->n; i++) {
        names[i] = b->files[i].input;
        names[b->n + i] = b->files[i].output;
    }
    if (names == NULL) {
        err_set_memory(e);
    } else if (wish_print(b->cmd, &wish, e) == 0) {
        request.wish = buf_str(&wish);
        rc = batch_open(&b->journal, &request, e);
    }
    free(names);
    buf_free(&wish);
    return rc;
}

/* Level and status of one that was finished before: below --min-level it is told again. */
static void take_result(const struct act_sign_request *r, struct act_sign_file *f,
                        struct jv *result_taken)
{
    const char *level = jv_get_text(result_taken, "level");

    f->result = result_taken;
    jv_put_text(f->result, "input", f->input);
    jv_put_text(f->result, "output", f->output);
    if (level == NULL || pades_level_from_name(level) < r->min_level)
        f->status = ERR_NETWORK;
}

/* A level that was not asked for then: "signed already" would hide that it is not reached. */
static bool asked_less(const struct act_sign_request *r, const struct jv *result)
{
    const char *level = jv_get_text(result, "requested_level");

    return level == NULL || pades_level_from_name(level) < r->level;
}

static void look_up(struct sign_batch *b, const struct act_sign_request *r, size_t *already,
                    size_t *values)
{
    for (size_t i = 0; i < b->n; i++) {
        struct act_sign_file *f = &b->files[i];
        struct sign_batch_slot *slot = &b->slots[i];
        struct jv *what = NULL;
        *slot = (struct sign_batch_slot){b, f->output, NULL, NULL};
        f->keep = keep;
        f->settle = settle;
        f->naming = naming;
        f->keep_self = slot;
        enum batch_state state = batch_known(b->journal) == 0
                                     ? BATCH_NEW
                                     : batch_find(b->journal, f->input, f->output, &what);
        if (state != BATCH_VALUE &&
            batch_alone(b->journal)) /* a run that was killed just before its value was kept */
            act_sign_copy_remove(f->output);
        switch (state) {
        case BATCH_NEW:
            break;
        case BATCH_VALUE:
            f->kept = slot->kept = what;
            f->kept_in = batch_path(b->journal);
            f->kept_many = opt_get(b->cmd->options, "out-dir") != NULL;
            f->replace = access(f->output, F_OK) == 0; /* then it is this very signature */
            *values += jv_get(what, "source_sha256") == NULL || act_sign_copy_is_there(f->output);
            break;
        case BATCH_DONE: {
            if (asked_less(r, what)) { /* it stands in the way, as any other file would */
                jv_free(what);
                break;
            }
            take_result(r, f, what);
            struct act_sign_file other = b->files[*already];
            b->files[(*already)++] = *f;
            if (f != &b->files[*already - 1])
                *f = other;
        }
        }
    }
    for (size_t i = 0; i < b->n; i++) /* now that they stay in their places */
        ((struct sign_batch_slot *)b->files[i].keep_self)->file = &b->files[i];
}

/* What an interrupted run left. */
static void say_begin(struct sign_batch *b, const char *folder, size_t already, size_t values)
{
    char done[24], signed_only[24];

    if (already + values == 0 || already == b->n) /* nothing to go on with */
        return;
    say_kept(b);
    snprintf(done, sizeof done, "%zu", already);
    snprintf(signed_only, sizeof signed_only, "%zu", values);
    if (folder != NULL)
        out_note(b->cmd, "cmd.sign.goes-on", folder, done, signed_only, NULL);
    else if (values > 0)
        out_note(b->cmd, "cmd.sign.goes-on-one", b->files[0].output, NULL);
}

int sign_batch_open(struct sign_batch *b, const struct cmd *cmd, const struct sign_options *options,
                    struct act_sign_file *files, size_t n, size_t *already, struct err *e)
{
    size_t values = 0;

    *b = (struct sign_batch){.cmd = cmd, .files = files, .n = n};
    *already = 0;
    b->slots = calloc(n, sizeof *b->slots);
    if (b->slots == NULL)
        return err_set_memory(e);
    if (journal_open(b, e) != 0)
        return -1;
    look_up(b, &options->request, already, &values);
    /* a run that was killed, or told that the disk did not take it, may have left a name unsynced
     */
    if (*already > 0 && file_sync_folder_of(files[0].output, e) != 0)
        return -1;
    say_begin(b, opt_get(cmd->options, "out-dir"), *already, values);
    return 0;
}

void sign_batch_done(const struct act_sign_file *f)
{
    const struct sign_batch_slot *slot = f->keep_self;

    if (f->result == NULL)
        return;
    batch_named(slot->of->journal, f->output, f->result);
    if (f->repaired)
        act_sign_copy_remove(f->output);
}

/* Else something that was read for the finished file is at fault, and the value may be good. */
static bool readers_refused(const struct err *e)
{
    return e->kind == ERR_INPUT && (strncmp(e->id, "err.second-reader.", 18) == 0 ||
                                    strcmp(e->id, "err.sign-pades.update-refused") == 0);
}

void sign_batch_close(struct sign_batch *b, bool ended)
{
    char *journal = b->journal != NULL ? strdup(batch_path(b->journal)) : NULL;
    size_t left = 0, waiting = 0;

    for (size_t i = 0; i < b->n; i++) {
        left += b->files[i].result == NULL;
        waiting += b->files[i].result == NULL && b->files[i].err.kind == ERR_TOKEN;
    }
    if (ended && b->journal != NULL && waiting > 0 && b->n > 1)
        out_note(b->cmd, "cmd.sign.again", NULL);
    bool stays = batch_close(b->journal, ended && left == 0);
    if (stays && b->n == 1 && b->has_some && !b->files[0].unfit && journal != NULL)
        out_note(b->cmd,
                 readers_refused(&b->files[0].err) ? "cmd.sign.value-refused"
                                                   : "cmd.sign.value-kept",
                 journal, NULL);
    free(journal);
    for (size_t i = 0; b->slots != NULL && i < b->n; i++)
        jv_free(b->slots[i].kept);
    free(b->slots);
}

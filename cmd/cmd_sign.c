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
#include "cmd/out.h"
#include "cmd/output.h"
#include "cmd/sign_options.h"
#include "cmd/wire.h"

const struct opt cmd_sign_options[] = {
    {"output", OPT_VALUE, NULL},
    {"out-dir", OPT_VALUE, NULL},
    {"token", OPT_VALUE, NULL},
    {"module", OPT_LIST, NULL},
    {"cert", OPT_VALUE, NULL},
    {"pin-source", OPT_VALUE, NULL},
    {"use-last-try", OPT_FLAG, NULL},
    {"wait-card", OPT_VALUE, NULL},
    {"level", OPT_VALUE, "B-B|B-T|B-LT|B-LTA"},
    {"min-level", OPT_VALUE, "B-B|B-T|B-LT|B-LTA"},
    {"tsa", OPT_LIST, NULL},
    {"field", OPT_VALUE, NULL},
    {"visible", OPT_VALUE, NULL},
    {"image", OPT_VALUE, NULL},
    {"qr", OPT_FLAG, NULL},
    {"reason", OPT_VALUE, NULL},
    {"location", OPT_VALUE, NULL},
    {"certify", OPT_OPTIONAL, "1|2|3"},
    {"hash", OPT_VALUE, NULL},
    {"scheme", OPT_VALUE, "pkcs1|pss|ecdsa"},
    {"seal", OPT_FLAG, NULL},
    {"password-source", OPT_VALUE, NULL},
    {"strict", OPT_FLAG, NULL},
    {"repair", OPT_FLAG, NULL},
    {"trust", OPT_LIST, NULL},
    {"trust-tsa", OPT_LIST, NULL},
    {"now", OPT_FLAG, NULL},
    {"yes", OPT_FLAG, NULL},
    {NULL, OPT_FLAG, NULL},
};

static int consent(void *self, const char *question, struct err *e)
{
    const struct wire *w = self;

    return w->asker.yes(w->asker.self, question, e);
}

struct told {
    struct cmd *cmd;
    bool alone;
    struct jv *said; /* remarks that were said and hold for every document: an array of texts */
};

/* True when the remark is about this document, not about the key, a server or the machine. */
static bool of_document(const char *code)
{
    char id[96];

    if (code == NULL || strcmp(code, "repaired") == 0)
        return true;
    snprintf(id, sizeof id, "cmd.sign.note.%s", code);
    if (text_exists(id))
        return true;
    snprintf(id, sizeof id, "cmd.sign.scan.%s", code);
    if (text_exists(id))
        return true;
    snprintf(id, sizeof id, "cmd.sign.scan.%s.page", code);
    return text_exists(id);
}

static bool said_before(struct told *t, const char *code, const char *message)
{
    if (strcmp(code, "clock") == 0) /* its sentence holds the second in which it was noticed */
        message = code;
    for (size_t i = 0; i < jv_count(t->said); i++) {
        if (strcmp(jv_str(jv_at(t->said, i)), message) == 0)
            return true;
    }
    jv_add_text(t->said, message);
    return false;
}

/* What holds for a whole batch is said once; JSON has it with each document. */
static void say_warnings(struct told *t, const struct act_sign_file *f)
{
    const struct jv *warnings = jv_get(f->result, "warnings");

    for (size_t i = 0; i < jv_count(warnings); i++) {
        const char *message = jv_get_text(jv_at(warnings, i), "message");
        const char *code = jv_get_text(jv_at(warnings, i), "code");
        bool own = of_document(code);
        if (own && !t->alone)
            out_note(t->cmd, "cmd.sign.warning-of", f->input, message, NULL);
        else if (own || !said_before(t, code, message))
            out_note(t->cmd, "cmd.sign.warning", message, NULL);
    }
}

/* A person is known by name and firm; the whole name of the certificate is for --verbose. */
static const char *signer_name(const struct cmd *cmd, const struct jv *certificate, char *out,
                               size_t size)
{
    const char *firm = jv_get_text(certificate, "organisation");

    if (cmd->verbose)
        return jv_get_text(certificate, "subject");
    return text_say(text_lang_get(), out, size, firm != NULL ? "cmd.sign.by-firm" : "cmd.sign.by",
                    jv_get_text(certificate, "name"), firm != NULL ? firm : "", NULL);
}

static void say_result(struct told *t, const struct act_sign_file *f)
{
    const char *time = jv_get_text(f->result, "time");
    char name[1024];

    say_warnings(t, f);
    if (t->cmd->quiet)
        return;
    out_say("cmd.sign.done", f->output, jv_get_text(f->result, "level"),
            signer_name(t->cmd, jv_get(f->result, "certificate"), name, sizeof name), NULL);
    if (!t->alone && !t->cmd->verbose) /* a line each */
        return;
    if (time != NULL)
        out_say("cmd.sign.time", time, jv_get_text(f->result, "tsa_name"), NULL);
    out_say("cmd.sign.digest", jv_get_text(f->result, "sha256"), NULL);
    if (time == NULL && strcmp(jv_get_text(f->result, "level"), "B-B") == 0)
        out_say("cmd.sign.later", f->output, NULL);
}

/* A line each, as each is finished. */
static void done(void *self, struct act_sign_file *f)
{
    struct told *t = self;
    struct err ignored = ERR_INIT;

    if (f->result == NULL) {
        if (!t->alone)
            out_error(&f->err, t->cmd->json);
        return;
    }
    if (t->cmd->json)
        out_json(f->result, t->alone, &ignored);
    else
        say_result(t, f);
    fflush(stdout);
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

static int run(struct cmd *cmd, struct act_sign_file *files, char **rooms, struct err *e)
{
    struct sign_options options = {0};
    struct told told = {cmd, cmd->nargs == 1, jv_array()};
    struct wire w;
    int rc = -1;

    wire_open(&w, cmd);
    if (sign_options_read(&options, cmd, e) != 0)
        goto out;
    for (size_t i = 0; i < cmd->nargs; i++) {
        files[i].input = cmd->args[i];
        if (output_for(cmd, files[i].input, &rooms[i], e) != 0)
            goto out;
        files[i].output = rooms[i];
    }
    options.request.done = done;
    options.request.self = &told;
    if (!opt_given(cmd->options, "yes")) {
        options.request.consent = consent;
        options.request.consent_self = &w;
    }
    if (!options.asked && options.request.level == PADES_B_B)
        out_note(cmd, "cmd.sign.without-tsa", NULL);
    if (act_sign(&w, &options.request, files, cmd->nargs, e) == 0)
        rc = status_of(files, cmd->nargs);
    if (rc > 0 && cmd->nargs == 1 && files[0].result == NULL) {
        *e = files[0].err; /* the one error is told by main */
        rc = -1;
    }
out:
    jv_free(told.said);
    sign_options_free(&options);
    wire_close(&w);
    return rc;
}

int cmd_sign_run(struct cmd *cmd, struct err *e)
{
    struct act_sign_file *files = calloc(cmd->nargs, sizeof *files);
    char **rooms = calloc(cmd->nargs, sizeof *rooms);
    int rc = -1;

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

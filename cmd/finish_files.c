#include "cmd/finish_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/jv.h"
#include "base/secret.h"
#include "cmd/act_finish.h"
#include "cmd/cmd.h"
#include "cmd/out.h"
#include "cmd/output.h"
#include "cmd/password.h"
#include "cmd/sign_options.h"
#include "cmd/sign_say.h"
#include "cmd/wire.h"

struct finishing {
    struct cmd *cmd;
    struct wire wire;
    struct act_finish_request request;
    struct tsa_list tsa;
    struct der_list trust, trust_tsa;
    struct secret *password;
    struct jv *said; /* remarks, each said once (cmd/sign_say.h) */
};

static int read_options(struct finishing *f, struct err *e)
{
    const struct cmd *cmd = f->cmd;
    struct act_finish_request *r = &f->request;
    const char *level = r->stamp_only ? NULL : opt_get(cmd->options, "level");
    const char *source = opt_get(cmd->options, "password-source");

    if (tsa_read(&f->tsa, cmd, e) != 0 || tsa_known(&f->tsa, cmd, e) != 0)
        return -1;
    r->servers = f->tsa.servers;
    r->nservers = f->tsa.count;
    r->level = level != NULL     ? pades_level_from_name(level)
               : r->nservers > 0 ? PADES_B_LTA
                                 : PADES_B_LT;
    if (r->nservers == 0 && (r->stamp_only || r->level != PADES_B_LT))
        return err_set(e, ERR_USAGE, "err.cmd.finish-no-tsa", NULL);
    if (!r->stamp_only) {
        r->now = opt_given(cmd->options, "now");
        if (sign_options_anchors(&f->trust, &f->trust_tsa, cmd, e) != 0)
            return -1;
        r->trust = &f->trust;
        r->trust_tsa = &f->trust_tsa;
    }
    if (source != NULL) {
        if (password_read(source, &f->password, e) != 0)
            return -1;
        r->password = secret_bytes(f->password);
        r->password_len = secret_length(f->password);
    }
    return 0;
}

/* Of a file that failed too: why each server but the last did not help. */
static void say_warnings(const struct cmd *cmd, const struct jv *warnings, struct jv *said)
{
    for (size_t i = 0; i < jv_count(warnings); i++) {
        const char *code = jv_get_text(jv_at(warnings, i), "code"),
                   *message = jv_get_text(jv_at(warnings, i), "message");
        if (!sign_say_before(said, code, message))
            out_note(cmd, "cmd.sign.warning", message, NULL);
    }
}

static void say(const struct cmd *cmd, const struct act_finish_file *file)
{
    const char *level = jv_get_text(file->result, "level"),
               *time = jv_get_text(file->result, "document_time");

    if (cmd->quiet)
        return;
    if (level != NULL)
        out_say("cmd.finish.done", file->output, level, NULL);
    else
        out_say("cmd.stamp.done", file->output, NULL);
    if (time != NULL)
        out_say("cmd.finish.time", time, jv_get_text(file->result, "document_tsa"), NULL);
    out_say("cmd.sign.digest", jv_get_text(file->result, "sha256"), NULL);
}

/* 0, or the status of this file's failure; *e is filled then, and *remarks what came before it. */
static int one(struct finishing *f, const char *input, struct jv **remarks, struct err *e)
{
    struct act_finish_file file = {.input = input};
    char *output = NULL;
    int rc = -1;

    if (output_for(f->cmd, input, &output, e) == 0) {
        file.output = output;
        rc = act_finish(&f->wire, &f->request, &file, e);
    }
    if (rc != 0 || !f->cmd->json)
        say_warnings(f->cmd, file.warnings, f->said);
    if (rc == 0 && f->cmd->json)
        rc = out_json(file.result, f->cmd->nargs == 1, e);
    else if (rc == 0)
        say(f->cmd, &file);
    jv_free(file.result);
    *remarks = file.warnings;
    free(output);
    return rc == 0 ? 0 : (int)e->kind;
}

int finish_files(struct cmd *cmd, bool stamp_only, struct err *e)
{
    struct finishing f = {.cmd = cmd, .request = {.stamp_only = stamp_only}, .said = jv_array()};
    int status = -1;

    wire_open(&f.wire, cmd);
    if (read_options(&f, e) != 0)
        goto out;
    status = 0;
    for (size_t i = 0; i < cmd->nargs; i++) {
        struct err why = ERR_INIT;
        struct jv *remarks = NULL;
        int s = one(&f, cmd->args[i], &remarks, &why);
        if (s != 0 && cmd->nargs == 1) {
            *e = why;
            cmd->remarks = remarks;
            status = -1;
            goto out;
        }
        if (s != 0)
            out_error_of(cmd->args[i], remarks, &why, cmd->json);
        jv_free(remarks);
        status = err_status_worst(status, s);
    }
out:
    output_end();
    secret_free(f.password);
    tsa_free(&f.tsa);
    der_list_free(&f.trust);
    der_list_free(&f.trust_tsa);
    jv_free(f.said);
    wire_close(&f.wire);
    return status;
}

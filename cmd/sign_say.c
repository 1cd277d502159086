#include "cmd/sign_say.h"

#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/act_sign.h"
#include "cmd/cmd.h"
#include "cmd/out.h"

void sign_say_init(struct sign_say *s, const struct cmd *cmd, bool alone)
{
    *s = (struct sign_say){cmd, alone, jv_array()};
}

void sign_say_free(struct sign_say *s)
{
    jv_free(s->said);
    s->said = NULL;
}

/* True when the remark is about this document, not about the key, a server or the machine. */
bool sign_say_of_document(const char *code)
{
    char id[96];

    if (code == NULL || strcmp(code, "repaired") == 0 || strcmp(code, "other-person") == 0)
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

bool sign_say_before(struct jv *said, const char *code, const char *message)
{
    if (strcmp(code, "clock") == 0) /* its sentence holds the second in which it was noticed */
        message = code;
    for (size_t i = 0; i < jv_count(said); i++) {
        if (strcmp(jv_str(jv_at(said, i)), message) == 0)
            return true;
    }
    jv_add_text(said, message);
    return false;
}

/* What holds for a whole batch is said once; JSON has it with each document. */
static void say_warnings(struct sign_say *s, const struct act_sign_file *f)
{
    const struct jv *warnings = jv_get(f->result, "warnings");

    for (size_t i = 0; i < jv_count(warnings); i++) {
        const char *message = jv_get_text(jv_at(warnings, i), "message");
        const char *code = jv_get_text(jv_at(warnings, i), "code");
        bool own = sign_say_of_document(code);
        if (own && !s->alone)
            out_note(s->cmd, "cmd.sign.warning-of", f->input, message, NULL);
        else if (own || !sign_say_before(s->said, code, message))
            out_note(s->cmd, "cmd.sign.warning", message, NULL);
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

static void say_result(struct sign_say *s, const struct act_sign_file *f)
{
    const char *time = jv_get_text(f->result, "time");
    char name[1024];

    say_warnings(s, f);
    if (s->cmd->quiet)
        return;
    out_say("cmd.sign.done", f->output, jv_get_text(f->result, "level"),
            signer_name(s->cmd, jv_get(f->result, "certificate"), name, sizeof name), NULL);
    if (!s->alone && !s->cmd->verbose) /* a line each */
        return;
    if (time != NULL)
        out_say("cmd.sign.time", time, jv_get_text(f->result, "tsa_name"), NULL);
    out_say("cmd.sign.digest", jv_get_text(f->result, "sha256"), NULL);
    if (time == NULL && strcmp(jv_get_text(f->result, "level"), "B-B") == 0)
        out_say("cmd.sign.later", f->output, NULL);
}

void sign_say_file(struct sign_say *s, const struct act_sign_file *f)
{
    struct err ignored = ERR_INIT;

    if (f->result == NULL) {
        if (!s->alone)
            out_error_of(f->input, NULL, &f->err, s->cmd->json);
        return;
    }
    if (s->cmd->json)
        out_json(f->result, s->alone, &ignored);
    else
        say_result(s, f);
    fflush(stdout);
}

void sign_say_already(struct sign_say *s, const struct act_sign_file *f)
{
    struct err ignored = ERR_INIT;

    jv_put_bool(f->result, "already", true);
    if (s->cmd->json)
        out_json(f->result, s->alone, &ignored);
    else if (!s->cmd->quiet)
        out_say("cmd.sign.already", f->output, jv_get_text(f->result, "level"), NULL);
    fflush(stdout);
}

/* paraphe extract: the document as it was when one of its signatures was made. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/jv_hex.h"
#include "base/secret.h"
#include "cmd/cmd_table.h"
#include "cmd/out.h"
#include "cmd/password.h"
#include "sign/pades/pades.h"

const struct opt cmd_extract_options[] = {
    {"output", OPT_VALUE, NULL},
    {"signature", OPT_VALUE, NULL},
    {"password-source", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

static int ask_worker(const struct cmd *cmd, int fd, struct jv **out, struct err *e)
{
    const char *source = opt_get(cmd->options, "password-source");
    struct buf params = BUF_INIT(4096), reply = BUF_INIT(4u << 20);
    struct secret *password = NULL;
    struct jv *o = jv_object();
    int rc = -1;

    if (source != NULL) {
        if (password_read(source, &password, e) != 0)
            goto out;
        jv_put_hex(o, "password", secret_bytes(password), secret_length(password));
    }
    if (jv_print(o, false, &params, e) != 0)
        goto out;
    struct task_call call = {.name = pades_revisions_task.name,
                             .fds = &fd,
                             .nfds = 1,
                             .params = params.data,
                             .params_len = params.len,
                             .reply = &reply};
    if (cmd->runner.call(cmd->runner.self, &call, e) != 0)
        goto out;
    *out = jv_parse(buf_str(&reply), reply.len, call.name, e);
    rc = *out != NULL ? 0 : -1;
out:
    jv_free(o);
    secret_free(password);
    buf_wipe(&params);
    buf_free(&reply);
    return rc;
}

/* By number from 1 in the order of the file, or by the name of its field. */
static const struct jv *signature_of(const struct jv *found, const char *which)
{
    const struct jv *list = jv_get(found, "signatures");
    char *end = NULL;
    long number = strtol(which, &end, 10);

    if (*which != '\0' && *end == '\0')
        return number >= 1 ? jv_at(list, (size_t)number - 1) : NULL;
    for (size_t i = 0; i < jv_count(list); i++) {
        const char *field = jv_get_text(jv_at(list, i), "field");
        if (field != NULL && strcmp(field, which) == 0)
            return jv_at(list, i);
    }
    return NULL;
}

static int write_part(int fd, int64_t end, const char *output, char sha256[DIGEST_HEX_MAX],
                      struct err *e)
{
    struct file_out out = FILE_OUT_INIT;
    int rc = -1;

    if (file_begin(&out, output, false, e) == 0 &&
        file_copy_range(fd, out.fd, end, output, e) == 0 && digest_file_hex(out.fd, sha256, e) == 0)
        rc = file_commit(&out, e);
    file_abort(&out);
    return rc;
}

static int print(const struct cmd *cmd, const struct jv *signature, const char *output,
                 const char *sha256, struct err *e)
{
    struct jv *o;
    int rc;

    if (!cmd->json) {
        out_done(cmd, "cmd.extract.done", output, jv_get_text(signature, "field"), sha256, NULL);
        return 0;
    }
    o = jv_object();
    jv_put_text(o, "format", "paraphe-extracted");
    jv_put_int(o, "version", 1);
    jv_put_text(o, "input", cmd->args[0]);
    jv_put_text(o, "output", output);
    jv_put_text(o, "field", jv_get_text(signature, "field"));
    jv_put_int(o, "bytes", jv_get_int(signature, "end", 0));
    jv_put_text(o, "sha256", sha256);
    rc = out_json(o, true, e);
    jv_free(o);
    return rc;
}

int cmd_extract_run(struct cmd *cmd, struct err *e)
{
    const char *output = opt_get(cmd->options, "output"), *input = cmd->args[0],
               *which = opt_get(cmd->options, "signature");
    struct jv *found = NULL;
    char sha256[DIGEST_HEX_MAX];
    int64_t size = 0;
    int fd = -1, rc = -1;

    if (output == NULL)
        return err_set(e, ERR_USAGE, "err.cmd.sign-output", NULL);
    if (which == NULL)
        which = "1";
    fd = file_open(input, &size, e);
    if (fd < 0)
        goto out;
    if (ask_worker(cmd, fd, &found, e) != 0) {
        err_about(e, input);
        goto out;
    }
    const struct jv *signature = signature_of(found, which);
    int64_t end = jv_get_int(signature, "end", -1);
    if (signature == NULL)
        err_set(e, ERR_USAGE, "err.cmd.extract-none", input, which, NULL);
    else if (end <= 0 || end > size) /* also the word of a worker that read a hostile file */
        err_set(e, ERR_SIGNATURE, "err.cmd.extract-ranges", input, which, NULL);
    else if (write_part(fd, end, output, sha256, e) == 0)
        rc = print(cmd, signature, output, sha256, e);
out:
    jv_free(found);
    if (fd >= 0)
        close(fd);
    return rc;
}

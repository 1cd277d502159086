/* What a job would freeze, looked at before: a setting that does not serve could never be changed
 * again, and would show itself after the PIN. */
#include <string.h>
#include <unistd.h>

#include "base/jv.h"
#include "base/ports.h"
#include "cmd/act_report.h"
#include "cmd/act_run.h"
#include "cmd/config.h"
#include "cmd/sign_options.h"
#include "submit/upload/upload.h"
#include "verify/policy.h"
#include "x509/cert.h"

/* Servers, algorithms, anchors, the image. A level without its server is no fault yet: the server
 * may be given to a later run, before the signature. */
static int signing_check(const struct cmd *cmd, struct err *e)
{
    struct sign_options options;
    struct err own = ERR_INIT;
    int rc = sign_options_read(&options, cmd, &own);

    sign_options_free(&options);
    if (rc == 0 || strcmp(own.id, "err.cmd.sign-no-tsa") == 0 ||
        strcmp(own.id, "err.cmd.sign-min-level") == 0)
        return 0;
    if (e != NULL)
        *e = own;
    return -1;
}

static int look_check(const char *path, struct err *e)
{
    struct jv *look = NULL;
    int logo = -1, rc = act_report_look(path, &look, &logo, e);

    jv_free(look);
    if (logo >= 0)
        close(logo);
    return rc;
}

/* The value that would be frozen: an option, or for a new job the configuration. */
static const char *value_of(const struct cmd *cmd, bool fresh, const char *option, const char *key)
{
    return fresh || opt_given(cmd->options, option) ? config_get(cmd->config, key) : NULL;
}

static bool signing_given(const struct cmd *cmd)
{
    static const char *const options[] = {"tsa", "hash", "scheme", "image", "trust", "trust-tsa"};

    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (opt_given(cmd->options, options[i]))
            return true;
    }
    return false;
}

int run_settings_check(const struct cmd *cmd, bool fresh, struct err *e)
{
    const char *look = value_of(cmd, fresh, "look", "report.look"),
               *policy = value_of(cmd, fresh, "policy", "verify.policy"),
               *to = value_of(cmd, fresh, "to", "submit.to"),
               *ca = value_of(cmd, fresh, "ca", "submit.ca");
    struct der_list list = {NULL, 0};
    struct jv *read = NULL;
    int rc = fresh || signing_given(cmd) ? signing_check(cmd, e) : 0;

    if (rc == 0 && look != NULL)
        rc = look_check(look, e);
    if (rc == 0 && policy != NULL)
        rc = policy_load(policy, &read, e);
    if (rc == 0 && to != NULL && strcmp(to, "folder") != 0)
        rc = upload_check_url(to, e);
    if (rc == 0 && ca != NULL)
        rc = certs_from_file(&list, ca, e);
    jv_free(read);
    der_list_free(&list);
    return rc;
}

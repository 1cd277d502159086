/* The user's configuration file, written from options and a few questions. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd_table.h"
#include "cmd/config_table.h"
#include "cmd/out.h"
#include "cmd/terminal.h"
#include "cmd/token_config.h"
#include "net/net.h"
#include "pkcs11/token.h"
#include "submit/upload/upload.h"

const struct opt cmd_setup_options[] = {
    {"yes", OPT_FLAG, NULL},
    {"role", OPT_VALUE, "auditeur|editeur|cabinet"},
    {"report-lang", OPT_VALUE, "fr|en"},
    {"module", OPT_LIST, NULL},
    {"token", OPT_VALUE, NULL},
    {"cert", OPT_VALUE, NULL},
    {"pin-source", OPT_VALUE, NULL},
    {"tsa", OPT_LIST, NULL},
    {"level", OPT_VALUE, NULL},
    {"trust", OPT_LIST, NULL},
    {"trust-tsa", OPT_LIST, NULL},
    {"to", OPT_VALUE, NULL},
    {"client-cert", OPT_VALUE, NULL},
    {"client-key", OPT_VALUE, NULL},
    {"ca", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

enum { CHOICES_MAX = 16, LINE_LONGEST = 197 };

struct setup {
    struct cmd *cmd;
    struct asker asker;
    bool asks; /* a person is there */
    struct buf text;
    const char *role, *module; /* answered */
    struct jv *listing;        /* holds `module` */
};

/* ---- questions ---- */
static int ask_role(struct setup *s, struct err *e)
{
    static const char *const roles[] = {"auditeur", "editeur", "cabinet"};
    const char *choices[] = {text("cmd.setup.role-auditeur"), text("cmd.setup.role-editeur"),
                             text("cmd.setup.role-cabinet")};

    if (!s->asks || opt_given(s->cmd->options, "role"))
        return 0;
    int chosen = s->asker.choose(s->asker.self, text("cmd.setup.ask-role"), choices, 3, e);
    if (chosen < 0)
        return -1;
    s->role = roles[chosen];
    return 0;
}

/* Drivers that lie on this machine but are registered nowhere are what a person has to name. */
static int ask_module(struct setup *s, struct err *e)
{
    const char *modules[TOKEN_MODULES_MAX], *choices[CHOICES_MAX + 1], *paths[CHOICES_MAX + 1];
    struct token_list_options options = {.find = true};
    size_t n = 1;

    if (!s->asks || opt_given(s->cmd->options, "module"))
        return 0;
    if (token_config(s->cmd, modules, &options.token, e) != 0 ||
        token_list(&options, &s->asker, &s->listing, e) != 0)
        return -1;
    const struct jv *found = jv_get(s->listing, "found");
    choices[0] = text("cmd.setup.module-none");
    paths[0] = NULL;
    for (size_t i = 0; i < jv_count(found) && n <= CHOICES_MAX; i++) {
        const struct jv *f = jv_at(found, i);
        if (!jv_get_bool(f, "installed") || jv_get_bool(f, "registered"))
            continue;
        choices[n] = paths[n] = jv_get_text(f, "path");
        n++;
    }
    if (n == 1)
        return 0;
    int chosen = s->asker.choose(s->asker.self, text("cmd.setup.ask-module"), choices, n, e);
    if (chosen < 0)
        return -1;
    s->module = paths[chosen];
    return 0;
}

/* ---- the file ---- */
/* One line of an INI file as config.c reads it back: no line end, no " ;", which begins a remark.
 */
static int value_check(const char *name, const char *value, struct err *e)
{
    size_t n = strlen(value);

    for (const char *p = value; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f || (*p == ';' && p > value && p[-1] == ' '))
            return err_set(e, ERR_USAGE, "err.cmd.setup-value", name, NULL);
    }
    if (n == 0 || value[0] == ' ' || value[n - 1] == ' ' || strlen(name) + n + 3 > LINE_LONGEST)
        return err_set(e, ERR_USAGE, "err.cmd.setup-value", name, NULL);
    return 0;
}

/* Settings whose value may be a path are written whole, because the file is read from anywhere. */
static bool is_path_setting(const char *name)
{
    static const char *const names[] = {"token.module",      "trust.anchors",
                                        "trust.tsa-anchors", "submit.client-cert",
                                        "submit.client-key", "submit.ca"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(names[i], name) == 0)
            return true;
    }
    return false;
}

static int put_value(struct setup *s, const char *name, const char *value, struct err *e)
{
    const char *key = strchr(name, '.') + 1;
    char *whole = NULL, *pin = NULL;
    int rc = -1;

    if (is_path_setting(name) && access(value, F_OK) != 0) {
        err_set(e, ERR_USAGE, "err.cmd.setup-path", value, NULL);
        goto out;
    }
    if (is_path_setting(name))
        whole = realpath(value, NULL);
    if (strncmp(value, "file:", 5) == 0) {
        pin = realpath(value + 5, NULL);
        if (pin != NULL && asprintf(&whole, "file:%s", pin) < 0)
            whole = NULL;
    }
    if (value_check(key, whole != NULL ? whole : value, e) != 0)
        goto out;
    buf_format(&s->text, "%s = %s\n", key, whole != NULL ? whole : value);
    rc = 0;
out:
    free(whole);
    free(pin);
    return rc;
}

/* Kept: what this command gave, and what the user's own file said before. */
static bool is_kept(const struct setup *s, const struct config_key *k, const char *file)
{
    const char *source = config_source(s->cmd->config, k->name);

    if (config_count(s->cmd->config, k->name) == 0 || source == NULL)
        return false;
    return strncmp(source, "--", 2) == 0 ||
           (strncmp(source, file, strlen(file)) == 0 && source[strlen(file)] == ':');
}

static int put_setting(struct setup *s, const struct config_key *k, const char *file,
                       const char *answer, struct err *e)
{
    if (answer != NULL)
        return put_value(s, k->name, answer, e);
    for (size_t i = 0; is_kept(s, k, file) && i < config_count(s->cmd->config, k->name); i++) {
        if (put_value(s, k->name, config_at(s->cmd->config, k->name, i), e) != 0)
            return -1;
    }
    return 0;
}

static int compose(struct setup *s, const char *file, struct err *e)
{
    const char *section = "";

    buf_text(&s->text, text("cmd.setup.head"));
    buf_char(&s->text, '\n');
    for (const struct config_key *k = config_table; k->name != NULL; k++) {
        size_t n = strcspn(k->name, "."), before = s->text.len;
        const char *answer = strcmp(k->name, "job.role") == 0       ? s->role
                             : strcmp(k->name, "token.module") == 0 ? s->module
                                                                    : NULL;
        bool fresh = strlen(section) < n || strncmp(section, k->name, n) != 0;
        if (fresh)
            buf_format(&s->text, "\n[%.*s]\n", (int)n, k->name);
        size_t headed = s->text.len;
        if (put_setting(s, k, file, answer, e) != 0)
            return -1;
        if (s->text.len == headed && s->text.data != NULL) { /* nothing: not even its head */
            s->text.len = before;
            s->text.data[before] = '\0';
        } else if (fresh) {
            section = k->name;
        }
    }
    return buf_check(&s->text, e);
}

static int check_addresses(const struct config *c, struct err *e)
{
    const char *to = config_get(c, "submit.to");

    for (size_t i = 0; i < config_count(c, "sign.tsa"); i++) {
        if (net_url_host(config_at(c, "sign.tsa", i), NULL, 0) != 0)
            return err_set(e, ERR_USAGE, "err.cmd.setup-tsa", config_at(c, "sign.tsa", i), NULL);
    }
    return to == NULL || strcmp(to, "folder") == 0 ? 0 : upload_check_url(to, e);
}

static int make_folders(const char *file, struct err *e)
{
    char *folder = path_folder(file), *above = folder != NULL ? path_folder(folder) : NULL;
    int rc = 0;

    if (above == NULL)
        rc = err_set_memory(e);
    else if ((mkdir(above, 0700) != 0 && errno != EEXIST) ||
             (mkdir(folder, 0700) != 0 && errno != EEXIST))
        rc = err_set_errno(e, ERR_DISK, errno, "err.base.file-write", file, NULL);
    free(folder);
    free(above);
    return rc;
}

/* Yes beforehand, or from the person who has seen the text. */
static int consent(struct setup *s, const char *file, struct err *e)
{
    char question[1024];

    if (opt_given(s->cmd->options, "yes"))
        return 0;
    if (!s->asks)
        return err_set(e, ERR_USAGE, "err.cmd.setup-yes", NULL);
    out_lines(buf_str(&s->text));
    fflush(stdout);
    text_say(text_lang_get(), question, sizeof question, "cmd.setup.ask-write", file, NULL);
    int said = s->asker.yes(s->asker.self, question, e);
    if (said == 0)
        return err_set(e, ERR_CANCELLED, "err.cmd.setup-no", file, NULL);
    return said < 0 ? -1 : 0;
}

static int report(struct setup *s, const char *file, struct err *e)
{
    if (!s->cmd->json) {
        out_done(s->cmd, "cmd.setup.done", file, NULL);
        return 0;
    }
    struct jv *o = jv_object();
    jv_put_text(o, "format", "paraphe-setup");
    jv_put_int(o, "version", 1);
    jv_put_text(o, "file", file);
    int rc = out_json(o, true, e);
    jv_free(o);
    return rc;
}

int cmd_setup_run(struct cmd *cmd, struct err *e)
{
    const char *named = opt_get(cmd->options, "config");
    char *file = named != NULL ? strdup(named) : config_user_path();
    struct setup s = {.cmd = cmd,
                      .asker = terminal_asker(cmd),
                      .asks = !opt_given(cmd->options, "yes") && isatty(STDIN_FILENO),
                      .text = BUF_INIT((size_t)ceilings.config_bytes)};
    int rc = -1;

    if (file == NULL)
        err_set(e, ERR_USAGE, "err.cmd.setup-home", NULL);
    else if (check_addresses(cmd->config, e) == 0 && ask_role(&s, e) == 0 &&
             ask_module(&s, e) == 0 && compose(&s, file, e) == 0 && consent(&s, file, e) == 0 &&
             make_folders(file, e) == 0 && file_put(file, s.text.data, s.text.len, true, e) == 0)
        rc = report(&s, file, e);
    buf_free(&s.text);
    jv_free(s.listing);
    free(file);
    return rc;
}

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/echo.h"
#include "base/file.h"
#include "base/jv.h"
#include "base/text.h"
#include "base/tree.h"
#include "cmd/cancel.h"
#include "cmd/cmd.h"
#include "cmd/help.h"
#include "cmd/out.h"
#include "cmd/task_table.h"

/* Ctrl-C and a closing terminal: hidden half files go, what is committed stays. */
static void on_signal(int number)
{
    if (cancel_waits(number))
        return;
    echo_back();
    file_abort_all_from_signal();
    tree_abort_from_signal();
    cancel_sentence_write();
    _exit(ERR_CANCELLED);
}

/* A closed descriptor 0, 1 or 2 would be given to the next file that is opened, and messages would
 * be written into it. What takes the place fails as a closed one does. */
static void standard_descriptors_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
}

/* Passwords of documents and the answers of forms go through this memory: no core file, and none of
 * the person's other programs looks into it. Helpers and workers do the same. */
static void memory_close(void)
{
    const struct rlimit none = {0, 0};

    setrlimit(RLIMIT_CORE, &none);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

static void signals_set(void)
{
    struct sigaction action = {.sa_handler = on_signal}, was;

    sigfillset(&action.sa_mask); /* a second signal must not end it before all is put back */
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    if (sigaction(SIGHUP, NULL, &was) == 0 && was.sa_handler != SIG_IGN) /* nohup */
        sigaction(SIGHUP, &action, NULL);
    signal(SIGXFSZ, SIG_IGN); /* a limit on the size of files is an error of write */
    signal(SIGPIPE, SIG_IGN); /* a closed pipe is an error of write, told once by out_finish */
}

static const struct verb *verb_find(const char *name)
{
    for (const struct verb *v = verb_table; v->name != NULL; v++) {
        if (strcmp(v->name, name) == 0)
            return v;
    }
    return NULL;
}

/* --lang counts before anything can be said, so it is looked for before the options are parsed. */
static void lang_set(int argc, char **argv)
{
    const char *lang = getenv("PARAPHE_LANG");

    text_lang_set(text_lang_name(text_lang_from_environment()));
    if (lang != NULL)
        text_lang_set(lang);
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--lang=", 7) == 0)
            text_lang_set(argv[i] + 7);
        else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
            text_lang_set(argv[i + 1]);
    }
}

/* Also for an error in the options themselves, which stops their reading before --json is seen. */
static bool json_wanted(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0)
            return true;
    }
    return false;
}

static bool color_wanted(const struct config *c)
{
    const char *when = config_get(c, "general.color"), *no = getenv("NO_COLOR");

    if (strcmp(when, "always") == 0)
        return true;
    return strcmp(when, "auto") == 0 && (no == NULL || *no == '\0') && isatty(STDOUT_FILENO);
}

static int args_check(const struct verb *verb, size_t nargs, struct err *e)
{
    if (nargs < verb->args_min)
        return err_set(e, ERR_USAGE, "err.cmd.args-few", verb->name, NULL);
    if (nargs > verb->args_max)
        return err_set(e, ERR_USAGE, "err.cmd.args-many", verb->name, NULL);
    return 0;
}

/* "-" is standard output where a text or JSON goes, no file of that name. */
static int dash_check(const struct verb *verb, const struct opt_values *options, struct err *e)
{
    static const char *const outputs[] = {"output", "out-dir", "findings", "grid",
                                          "html",   "png",     "job"};
    bool takes = strcmp(verb->name, "form") == 0 || strcmp(verb->name, "verify") == 0;

    for (size_t i = takes ? 1 : 0; i < sizeof outputs / sizeof outputs[0]; i++) {
        const char *value = opt_get(options, outputs[i]);
        if (value != NULL && strcmp(value, "-") == 0)
            return err_set(e, ERR_USAGE, "err.cmd.dash", NULL);
    }
    return 0;
}

static int verb_run(const struct verb *verb, struct cmd *cmd, struct err *e)
{
    struct workers *workers = NULL;
    int status = -1;

    if (args_check(verb, cmd->nargs, e) != 0)
        return -1;
    if (tasks_needed(verb->name) &&
        tasks_start(&workers, &cmd->runner,
                    strcmp(config_get(cmd->config, "worker.sandbox"), "off") != 0, e) != 0)
        return -1;
    status = verb->run(cmd, e);
    tasks_stop(workers);
    return status;
}

/* Its exit status. */
static int failed(const struct jv *remarks, const struct err *e, bool json)
{
    out_error_after(remarks, e, json);
    return e->kind != ERR_NONE ? (int)e->kind : (int)ERR_BUG;
}

static int cmd_run(const struct verb *verb, int argc, char **argv, bool json, struct err *e)
{
    struct opt_values *options = NULL;
    struct cmd cmd = {.verb = verb->name, .clock = clock_real()};
    int status = -1;

    cmd.args = calloc((size_t)argc + 1, sizeof *cmd.args);
    if (cmd.args == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (opt_parse(verb->name, verb->options, argc, argv, &options, cmd.args, &cmd.nargs, e) != 0)
        goto out;
    cmd.options = options;
    cmd.json = json = opt_given(options, "json");
    cmd.quiet = opt_given(options, "quiet");
    cmd.verbose = opt_given(options, "verbose");
    if (opt_given(options, "help") || opt_given(options, "version")) {
        status = opt_given(options, "help") ? help_verb(verb->name) : help_version();
        goto out;
    }
    if (dash_check(verb, options, e) != 0 || config_load(&cmd.config, options, e) != 0)
        goto out;
    const char *lang = config_get(cmd.config, "general.lang");
    if (lang != NULL)
        text_lang_set(lang);
    cancel_sentence_set("cmd.main.cancelled", NULL);
    cancel_waits_set("cmd.main.cancel-waits");
    cmd.color = color_wanted(cmd.config);
    status = verb_run(verb, &cmd, e);
out:
    if (status < 0)
        status = failed(cmd.remarks, e, json);
    jv_free(cmd.remarks);
    config_free(cmd.config);
    opt_free(options);
    free(cmd.args);
    return status;
}

/* `paraphe FORM` alone checks it. */
static const struct verb *verb_of(int argc, char **argv, int *skip, struct err *e)
{
    const struct verb *verb = verb_find(argv[1]);

    *skip = 2;
    if (verb != NULL)
        return verb;
    verb = verb_find("check");
    if (verb != NULL && argv[1][0] != '-' && access(argv[1], F_OK) == 0) {
        *skip = 1;
        return verb;
    }
    (void)argc;
    err_set(e, ERR_USAGE, argv[1][0] == '-' ? "err.cmd.verb-first" : "err.cmd.verb-unknown",
            argv[1], NULL);
    return NULL;
}

/* `paraphe --lang fr check FORM`: the options of every verb may stand before it, and before --help
 * or --version where no verb follows. */
static void verb_to_front(int argc, char **argv)
{
    int at = 1 + opt_skip_common(argc - 1, argv + 1);

    if (at == argc) {
        do
            at--;
        while (at > 1 && strcmp(argv[at], "--help") != 0 && strcmp(argv[at], "--version") != 0);
    } else if (argv[at][0] == '-') {
        return;
    }
    if (at <= 1)
        return;
    char *verb = argv[at];
    memmove(argv + 2, argv + 1, (size_t)(at - 1) * sizeof *argv);
    argv[1] = verb;
}

int main(int argc, char **argv)
{
    struct err e = ERR_INIT, late = ERR_INIT;
    bool json = json_wanted(argc, argv);
    int skip = 2, status;

    standard_descriptors_open();
    memory_close();
    signals_set();
    lang_set(argc, argv);
    verb_to_front(argc, argv);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
        strcmp(argv[1], "help") == 0) {
        status = argc > 2 && argv[1][0] == 'h' ? help_verb(argv[2]) : help_all();
        return out_finish(&e) != 0 ? (int)e.kind : argc < 2 ? (int)ERR_USAGE : status;
    }
    if (strcmp(argv[1], "--version") == 0)
        return help_version();
    const struct verb *verb = verb_of(argc, argv, &skip, &e);
    status =
        verb != NULL ? cmd_run(verb, argc - skip, argv + skip, json, &e) : failed(NULL, &e, json);
    if (out_finish(&late) != 0) {
        out_error(&late, false);
        status = err_status_worst(status, (int)late.kind);
    }
    return status;
}

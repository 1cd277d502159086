#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd_table.h"
#include "cmd/doctor.h"
#include "cmd/out.h"

const struct opt cmd_doctor_options[] = {
    {"online", OPT_FLAG, NULL},       {"module", OPT_LIST, NULL},      {"trust", OPT_LIST, NULL},
    {"tsa", OPT_LIST, NULL},          {"pin-source", OPT_VALUE, NULL}, {"to", OPT_VALUE, NULL},
    {"client-cert", OPT_VALUE, NULL}, {"client-key", OPT_VALUE, NULL}, {"ca", OPT_VALUE, NULL},
    {NULL, OPT_FLAG, NULL},
};

enum { SENTENCE_ROOM = 2048 };

const char *doctor_state_name(enum doctor_state state)
{
    static const char *const names[] = {"ok", "info", "warn", "bad"};

    return names[state];
}

void doctor_say(struct doctor *d, enum doctor_state state, const char *id, ...)
{
    const char *args[TEXT_ARGS_MAX] = {0};
    char name[96], sentence[SENTENCE_ROOM];
    struct jv *check = jv_object();
    size_t n = 0;
    va_list list;
    const char *arg;

    va_start(list, id);
    while (n < TEXT_ARGS_MAX && (arg = va_arg(list, const char *)) != NULL)
        args[n++] = arg;
    va_end(list);
    jv_put_text(check, "id", id);
    jv_put_text(check, "state", doctor_state_name(state));
    snprintf(name, sizeof name, "cmd.doctor.%.60s", id);
    text_format(sentence, sizeof sentence, text(name), args, n);
    jv_put_text(check, "message", sentence);
    snprintf(name, sizeof name, "cmd.doctor.%.60s-remedy", id);
    text_format(sentence, sizeof sentence, text_exists(name) ? text(name) : "", args, n);
    jv_put_text(check, "remedy", state >= DOCTOR_WARN && sentence[0] != '\0' ? sentence : NULL);
    jv_add_take(d->checks, check);
}

static bool has_state(const struct jv *checks, const char *state)
{
    for (size_t i = 0; i < jv_count(checks); i++) {
        if (strcmp(jv_get_text(jv_at(checks, i), "state"), state) == 0)
            return true;
    }
    return false;
}

static void print_text(const struct cmd *cmd, const struct jv *checks)
{
    char id[64];

    for (size_t i = 0; i < jv_count(checks); i++) {
        const struct jv *c = jv_at(checks, i);
        const char *state = jv_get_text(c, "state"), *remedy = jv_get_text(c, "remedy");
        if (cmd->quiet && (strcmp(state, "ok") == 0 || strcmp(state, "info") == 0))
            continue;
        snprintf(id, sizeof id, "cmd.doctor.line-%.20s", state);
        out_say(id, jv_get_text(c, "message"), NULL);
        if (remedy != NULL)
            out_say("cmd.doctor.remedy", remedy, NULL);
    }
    out_say(has_state(checks, "bad")    ? "cmd.doctor.end-bad"
            : has_state(checks, "warn") ? "cmd.doctor.end-warn"
                                        : "cmd.doctor.end-ok",
            NULL);
}

int cmd_doctor_run(struct cmd *cmd, struct err *e)
{
    struct doctor d = {cmd, jv_array(), opt_given(cmd->options, "online")};
    int rc = 0;

    doctor_machine(&d);
    doctor_token(&d);
    doctor_trust(&d);
    doctor_services(&d);
    int status = has_state(d.checks, "bad") ? (int)ERR_USAGE : 0;
    if (cmd->json) {
        struct jv *top = jv_object();
        jv_put_text(top, "format", "paraphe-doctor");
        jv_put_int(top, "version", 1);
        jv_put_bool(top, "ok", status == 0);
        jv_put_take(top, "checks", jv_keep(d.checks));
        rc = out_json(top, true, e);
        jv_free(top);
    } else {
        print_text(cmd, d.checks);
    }
    jv_free(d.checks);
    return rc == 0 ? status : -1;
}

#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "base/text.h"
#include "cmd/cmd_table.h"
#include "cmd/out.h"

const struct opt cmd_explain_options[] = {
    {NULL, OPT_FLAG, NULL},
};

/* Where codes have their sentences: PREFIX.CODE, and what to do about it in PREFIX.CODE.remedy or
 * OTHER.CODE. */
static const struct kind {
    const char *name, *prefix, *remedy;
} kinds[] = {
    {"rule", "grid.rule", NULL},
    {"note", "grid.note", NULL},
    {"verify", "verify.find", NULL},
    {"change", "verify.change", NULL},
    {"dossier", "dossier.problem", "dossier.remedy"},
    {"certificate", "pkcs11.reason", NULL},
    {"doctor", "cmd.doctor", NULL},
    {"status", "cmd.explain.status", NULL},
};
enum { ROOM = 2048, STATUS_MAX = 130 };

/* The sentence with "…" where a run puts a value. */
static void sentence(const char *id, char out[ROOM])
{
    const char *args[TEXT_ARGS_MAX];

    for (size_t i = 0; i < TEXT_ARGS_MAX; i++)
        args[i] = "…";
    text_format(out, ROOM, text(id), args, TEXT_ARGS_MAX);
}

static struct jv *entry(const char *kind, const char *id, const char *remedy_id)
{
    struct jv *o = jv_object();
    char line[ROOM];

    jv_put_text(o, "kind", kind);
    sentence(id, line);
    jv_put_text(o, "message", line);
    if (remedy_id != NULL && text_exists(remedy_id)) {
        sentence(remedy_id, line);
        jv_put_text(o, "remedy", line);
    } else {
        jv_put_null(o, "remedy");
    }
    return o;
}

static bool is_plain(const char *code)
{
    return strlen(code) <= 100 &&
           code[strspn(code, "abcdefghijklmnopqrstuvwxyz0123456789.-")] == '\0';
}

static void find_in(const struct kind *k, const char *code, struct jv *found)
{
    char id[200], remedy[200];

    snprintf(id, sizeof id, "%s.%s", k->prefix, code);
    if (!text_exists(id))
        return;
    snprintf(remedy, sizeof remedy, "%s.%s%s", k->remedy != NULL ? k->remedy : k->prefix, code,
             k->remedy != NULL ? "" : ".remedy");
    if (k->remedy == NULL && !text_exists(remedy))
        snprintf(remedy, sizeof remedy, "%s.%s-remedy", k->prefix, code);
    jv_add_take(found, entry(k->name, id, remedy));
}

static struct jv *find(const char *code)
{
    struct jv *found = jv_array();

    if (!is_plain(code))
        return found;
    if (strncmp(code, "err.", 4) == 0 && text_exists(code))
        jv_add_take(found, entry("error", code, NULL));
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        find_in(&kinds[i], code, found);
    return found;
}

static void print_statuses(void)
{
    char id[64], number[8];

    for (int i = 0; i <= STATUS_MAX; i++) {
        snprintf(id, sizeof id, "cmd.explain.status.%d", i);
        snprintf(number, sizeof number, "%d", i);
        if (text_exists(id))
            out_say("cmd.explain.line", number, text(id), NULL);
    }
}

/* {"format":"paraphe-explained","version":1,"code":null,"meanings":[{"kind":"status","code",...}]}
 */
static int print_statuses_json(struct err *e)
{
    struct jv *top = jv_object(), *all = jv_array();
    char id[64], remedy[80], number[8];

    for (int i = 0; i <= STATUS_MAX; i++) {
        snprintf(id, sizeof id, "cmd.explain.status.%d", i);
        snprintf(remedy, sizeof remedy, "%s.remedy", id);
        snprintf(number, sizeof number, "%d", i);
        if (!text_exists(id))
            continue;
        struct jv *one = entry("status", id, remedy);
        jv_put_text(one, "code", number);
        jv_add_take(all, one);
    }
    jv_put_text(top, "format", "paraphe-explained");
    jv_put_int(top, "version", 1);
    jv_put_null(top, "code");
    jv_put_take(top, "meanings", all);
    int rc = out_json(top, true, e);
    jv_free(top);
    return rc;
}

static void print_found(const char *code, const struct jv *found)
{
    char id[64];

    for (size_t i = 0; i < jv_count(found); i++) {
        const struct jv *o = jv_at(found, i);
        snprintf(id, sizeof id, "cmd.explain.kind-%.20s", jv_get_text(o, "kind"));
        out_say("cmd.explain.found", code, text(id), NULL);
        out_say("cmd.explain.message", jv_get_text(o, "message"), NULL);
        if (jv_get_text(o, "remedy") != NULL)
            out_say("cmd.explain.message", jv_get_text(o, "remedy"), NULL);
    }
}

int cmd_explain_run(struct cmd *cmd, struct err *e)
{
    int rc = 0;

    if (cmd->nargs == 0 && !cmd->json) {
        out_say("cmd.explain.statuses", NULL);
        print_statuses();
        return 0;
    }
    if (cmd->nargs == 0)
        return print_statuses_json(e);
    struct jv *found = find(cmd->args[0]);
    if (jv_count(found) == 0) {
        rc = err_set(e, ERR_USAGE, "err.cmd.explain-unknown", cmd->args[0], NULL);
    } else if (cmd->json) {
        struct jv *top = jv_object();
        jv_put_text(top, "format", "paraphe-explained");
        jv_put_int(top, "version", 1);
        jv_put_text(top, "code", cmd->args[0]);
        jv_put_take(top, "meanings", jv_keep(found));
        rc = out_json(top, true, e);
        jv_free(top);
    } else {
        print_found(cmd->args[0], found);
    }
    jv_free(found);
    return rc;
}

#include "cmd/dossier_print.h"

#include <stdio.h>
#include <string.h>

#include "base/jv.h"
#include "base/text.h"
#include "cmd/out.h"
#include "dossier/dossier.h"

static void print_problems(const struct jv *problems)
{
    char sentence[2048], remedy[2048];

    for (size_t i = 0; i < jv_count(problems); i++) {
        const struct jv *p = jv_at(problems, i);
        bool remark = strcmp(jv_get_text(p, "level"), "remark") == 0;
        dossier_say_problem(p, sentence, sizeof sentence, remedy, sizeof remedy);
        out_say(remark ? "cmd.dossier.remark" : "cmd.dossier.problem", sentence, NULL);
        if (remedy[0] != '\0')
            out_say("cmd.dossier.remedy", remedy, NULL);
    }
}

static void print_component(const struct jv *c)
{
    const char *type = jv_get_text(c, "type"), *company = jv_get_text(c, "company");
    const char *infrastructure = jv_get_text(c, "infrastructure");
    bool proxy = type == NULL && strcmp(jv_get_text(c, "kind"), "proxy") == 0;
    const char *label = dossier_type_word(
        text_lang_get(), type, text(proxy ? "dossier.type.proxy-psc" : "dossier.type.other"));

    if (company != NULL) {
        const char *reference = jv_get_text(c, "reference");
        out_say("cmd.dossier.elsewhere", jv_get_text(c, "id"), label, company,
                reference != NULL ? reference : "?", NULL);
    } else if (jv_get_text(c, "exemption") != NULL) {
        out_say("cmd.dossier.exempt", jv_get_text(c, "id"), label, jv_get_text(c, "exemption"),
                NULL);
    } else if (infrastructure != NULL) {
        out_say("cmd.dossier.component-on", jv_get_text(c, "id"), label, infrastructure, NULL);
    } else {
        out_say("cmd.dossier.component", jv_get_text(c, "id"), label, NULL);
    }
    print_problems(jv_get(c, "problems"));
}

void dossier_print(const struct jv *status)
{
    const struct jv *components = jv_get(status, "components"), *proofs = jv_get(status, "proofs");
    const char *solution = jv_get_text(jv_get(status, "solution"), "name");

    if (solution != NULL)
        out_say("cmd.dossier.solution", solution, NULL);
    for (size_t i = 0; i < jv_count(components); i++)
        print_component(jv_at(components, i));
    for (size_t i = 0; i < jv_count(proofs); i++)
        out_say("cmd.dossier.proof", jv_get_text(jv_at(proofs, i), "id"),
                jv_get_text(jv_at(proofs, i), "title"), NULL);
    print_problems(jv_get(status, "problems"));
}

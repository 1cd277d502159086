#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dossier/dossier_part.h"

/* "Application web", "Proxy PSC": our words for the type, never the form's. */
static const char *label_of(const struct jv *problem)
{
    static char id[96];
    const char *type = jv_get_text(problem, "type"), *kind = jv_get_text(problem, "kind");

    snprintf(id, sizeof id, "dossier.type.%.60s", type != NULL ? type : "");
    if (type != NULL && text_exists(id))
        return text(id);
    return text(kind != NULL && strcmp(kind, "proxy") == 0 ? "dossier.type.proxy-psc"
                                                           : "dossier.type.other");
}

void dossier_say_problem(const struct jv *problem, char *sentence, size_t sentence_size,
                         char *remedy, size_t remedy_size)
{
    const char *code = jv_get_text(problem, "code");
    const char *arg = jv_str(jv_at(jv_get(problem, "args"), 0));
    const char *args[] = {label_of(problem), arg != NULL ? arg : ""};
    char id[96], day[DATE_TEXT_MAX];
    struct date date;

    if (arg != NULL && text_lang_get() == TEXT_FR && date_parse_iso(arg, &date) == 0) {
        date_french(date, day);
        args[1] = day;
    }

    snprintf(id, sizeof id, "dossier.problem.%.60s", code);
    text_format(sentence, sentence_size, text(id), args, 2);
    snprintf(id, sizeof id, "dossier.remedy.%.60s", code);
    text_format(remedy, remedy_size, text_exists(id) ? text(id) : "", args, 2);
}

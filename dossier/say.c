#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dossier/dossier_part.h"
#include "grid/group.h"

const char *dossier_type_word(enum text_lang lang, const char *type, const char *otherwise)
{
    char id[96];

    snprintf(id, sizeof id, "dossier.type.%.60s", type != NULL ? type : "");
    return type != NULL && text_exists(id) ? text_in(lang, id) : otherwise;
}

static const char *label_of(const struct jv *problem)
{
    const char *kind = jv_get_text(problem, "kind");

    return dossier_type_word(text_lang_get(), jv_get_text(problem, "type"),
                             text(kind != NULL && strcmp(kind, "proxy") == 0
                                      ? "dossier.type.proxy-psc"
                                      : "dossier.type.other"));
}

void dossier_say_problem(const struct jv *problem, char *sentence, size_t sentence_size,
                         char *remedy, size_t remedy_size)
{
    const char *code = jv_get_text(problem, "code");
    const char *arg = jv_str(jv_at(jv_get(problem, "args"), 0));
    const char *args[] = {label_of(problem), arg != NULL ? arg : ""};
    char id[96], day[DATE_TEXT_MAX];
    struct date date;

    if (jv_is_array(jv_get(problem, "forms"))) { /* found by grid/ in forms taken together */
        char message[SAY_MAX], advice[SAY_MAX];
        say_group_problem(text_lang_get(), problem, message, advice);
        text_copy_whole(sentence, sentence_size, message);
        text_copy_whole(remedy, remedy_size, advice);
        return;
    }
    if (arg != NULL && text_lang_get() == TEXT_FR && date_parse_iso(arg, &date) == 0) {
        date_french(date, day);
        args[1] = day;
    }

    snprintf(id, sizeof id, "dossier.problem.%.60s", code);
    text_format(sentence, sentence_size, text(id), args, 2);
    snprintf(id, sizeof id, "dossier.remedy.%.60s", code);
    text_format(remedy, remedy_size, text_exists(id) ? text(id) : "", args, 2);
}

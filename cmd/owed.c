#include "cmd/owed.h"

#include <string.h>

#include "base/jv.h"
#include "base/text.h"
#include "cmd/out.h"

void owed_turn(struct owed *o, const char *remedy)
{
    const char *now = remedy != NULL ? remedy : "";

    if (o->remedy[0] != '\0' && strcmp(o->remedy, now) != 0)
        o->remarks != NULL ? out_note(o->remarks, "cmd.check.remedy", o->remedy, NULL)
                           : out_say("cmd.check.remedy", o->remedy, NULL);
    text_copy_whole(o->remedy, sizeof o->remedy, now);
}

size_t owed_findings(const struct cmd *remarks, const struct jv *findings,
                     bool (*wanted)(const struct jv *finding), size_t most)
{
    enum text_lang lang = text_lang_get();
    char place[SAY_MAX], message[SAY_MAX], remedy[SAY_MAX];
    struct owed owed = {remarks, ""};
    size_t n = 0;

    for (size_t i = 0; i < jv_count(findings); i++) {
        const struct jv *f = jv_at(findings, i);
        if (!wanted(f) || ++n > most)
            continue;
        say_place(lang, f, place);
        say_finding(lang, f, message, remedy);
        owed_turn(&owed, remedy);
        remarks != NULL ? out_note(remarks, "cmd.check.finding", place, message, NULL)
                        : out_say("cmd.check.finding", place, message, NULL);
    }
    owed_turn(&owed, NULL);
    return n;
}

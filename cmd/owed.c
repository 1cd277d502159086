#include "cmd/owed.h"

#include <string.h>

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

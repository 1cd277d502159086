#include "cmd/help.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cmd/cmd.h"

int help_all(void)
{
    char id[80];

    puts(text("cmd.main.help"));
    for (const struct verb *v = verb_table; v->name != NULL; v++) {
        snprintf(id, sizeof id, "cmd.%s.short", v->name);
        printf("  %-10s %s\n", v->name, text(id));
    }
    puts("");
    puts(text("cmd.main.common"));
    return 0;
}

int help_verb(const char *verb)
{
    char id[80];

    snprintf(id, sizeof id, "cmd.%s.help", verb);
    if (!text_exists(id)) {
        help_all();
        return (int)ERR_USAGE;
    }
    puts(text(id));
    puts("");
    puts(text("cmd.main.common"));
    return 0;
}

int help_version(void)
{
    puts("paraphe " PARAPHE_VERSION);
    return 0;
}

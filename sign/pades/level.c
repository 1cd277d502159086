#include <stddef.h>
#include <string.h>

#include "sign/pades/pades.h"

static const char *const names[] = {"none", "B-B", "B-T", "B-LT", "B-LTA"};
enum { NAMES = sizeof names / sizeof names[0] };

const char *pades_level_name(enum pades_level level)
{
    return (size_t)level < NAMES ? names[level] : "?";
}

enum pades_level pades_level_from_name(const char *name)
{
    for (size_t i = 1; i < NAMES; i++) {
        if (strcmp(name, names[i]) == 0)
            return (enum pades_level)i;
    }
    return PADES_NONE;
}

#include "grid/fault.h"

#include <stdio.h>

#include "base/err.h"

int fault_set(struct err *e, const char *rule)
{
    if (e == NULL)
        return -1;
    e->kind = ERR_FORM;
    snprintf(e->id, sizeof e->id, "%s", rule);
    snprintf(e->sentence, sizeof e->sentence, "%s", rule);
    e->foreign[0] = '\0';
    return -1;
}

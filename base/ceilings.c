#include "base/ceilings.h"

const struct ceilings ceilings = {
#define CEILING_VALUE(name, value, reason) .name = (value),
    CEILING_TABLE(CEILING_VALUE)
#undef CEILING_VALUE
};

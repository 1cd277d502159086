#include "cmd/cmd_table.h"

#define VERB_ROW(name, least, most) {#name, cmd_##name##_run, cmd_##name##_options, least, most},
const struct verb verb_table[] = {
    VERB_TABLE(VERB_ROW){NULL, NULL, NULL, 0, 0},
};
#undef VERB_ROW

/* A folder of its own for a unit test that writes files: the group's set-up makes it current, the
 * tear-down removes it. */
#ifndef PARAPHE_TESTS_OWN_FOLDER_H
#define PARAPHE_TESTS_OWN_FOLDER_H

#include <stdlib.h>
#include <unistd.h>

#include "tests/unit/remove_tree.h"

static char folder[] = "/tmp/paraphe-unit.XXXXXX";

static inline int folder_make(void **state)
{
    (void)state;
    return mkdtemp(folder) == NULL || chdir(folder) != 0;
}

static inline int folder_remove(void **state)
{
    (void)state;
    return remove_tree(folder);
}

#endif

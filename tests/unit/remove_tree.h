/* For the tear-down of a unit test: a folder and all in it, whatever its permissions. */
#ifndef PARAPHE_TESTS_REMOVE_TREE_H
#define PARAPHE_TESTS_REMOVE_TREE_H

#include <stdio.h>
#include <stdlib.h>

static inline int remove_tree(const char *path)
{
    char command[256];

    snprintf(command, sizeof command, "chmod -R u+rwx '%s' && rm -rf '%s'", path, path);
    return system(command);
}

#endif

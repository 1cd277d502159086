#include "data/data.h"

#include <string.h>

#include "data/data_table.h"

int data_find(const char *name, const unsigned char **bytes, size_t *n)
{
    for (unsigned i = 0; i < data_table_count; i++) {
        if (strcmp(data_table[i].name, name) != 0)
            continue;
        if (bytes != NULL)
            *bytes = data_table[i].bytes;
        if (n != NULL)
            *n = (size_t)(data_table[i].end - data_table[i].bytes);
        return 0;
    }
    return -1;
}

const char *data_name(size_t i)
{
    return i < data_table_count ? data_table[i].name : NULL;
}

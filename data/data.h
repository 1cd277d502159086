/* The data files that are compiled into the program (data/CMakeLists.txt lists them): fonts, colour
 * profile, layouts, rule sets. A copied program needs no folder beside it. */
#ifndef PARAPHE_DATA_DATA_H
#define PARAPHE_DATA_DATA_H

#include <stddef.h>

/* Finds the file by its path under data/ ("fonts/LiberationSans-Regular.ttf"). 0 and the bytes
 * (static storage, followed by one NUL that is not counted), or -1 when no such file was compiled
 * in; bytes and n may be NULL. */
int data_find(const char *name, const unsigned char **bytes, size_t *n);
/* The i-th name, in the order of strcmp; NULL after the last one. */
const char *data_name(size_t i);

#endif

/* The table that po/po_compile makes of the .po files, sorted by id. */
#ifndef PARAPHE_BASE_TEXT_TABLE_H
#define PARAPHE_BASE_TEXT_TABLE_H

#include <stddef.h>

struct text_entry {
    const char *id;
    const char *en;
    const char *fr;
};

extern const struct text_entry text_table[];
extern const size_t text_table_count;

#endif

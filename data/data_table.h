/* The table made by cmake/Embed.cmake. */
#ifndef PARAPHE_DATA_DATA_TABLE_H
#define PARAPHE_DATA_DATA_TABLE_H

struct data_entry {
    const char *name;
    const unsigned char *bytes, *end;
};

extern const struct data_entry data_table[]; /* sorted by name */
extern const unsigned data_table_count;

#endif

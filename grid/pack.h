/* The workbook as a package of parts (ISO/IEC 29500-2): the only file that uses libzip. Names are
 * looked up without regard to ASCII case, as OPC wants, and their percent escapes stand for what
 * they mean. Every fault is a rule of RULES.md
 * (grid/fault.h). */
#ifndef PARAPHE_GRID_PACK_H
#define PARAPHE_GRID_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct pack;
struct pack_part;

/* The bytes are borrowed and must outlive the package. */
int pack_open(struct pack **out, const void *bytes, size_t n, struct err *e);
void pack_close(struct pack *p);
/* Percent escapes of a name, in place; what is no escape stays, and what stands for a slash, a
 * backslash or a control. */
void pack_name_decode(char *s);
size_t pack_count(const struct pack *p);
const char *pack_name(const struct pack *p, size_t i);
/* Index of the part, without or with a leading slash; -1 when there is none. */
int64_t pack_find(const struct pack *p, const char *name);

int pack_part_open(struct pack *p, size_t i, struct pack_part **out, struct err *e);
/* Bytes read, 0 at the end, -1 on a fault (file-truncated, zip-bomb). */
int64_t pack_part_read(struct pack_part *part, void *out, size_t n, struct err *e);
void pack_part_close(struct pack_part *part);

#endif

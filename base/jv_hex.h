/* Bytes in JSON: hexadecimal text, lower case. */
#ifndef PARAPHE_BASE_JV_HEX_H
#define PARAPHE_BASE_JV_HEX_H

#include <stddef.h>

struct buf;
struct der_list;
struct err;
struct jv;

/* What stood in between is wiped: passwords go this way. NULL, for want of memory, is what
 * jv_put_take and jv_add_take make jv_print refuse. */
struct jv *jv_hex(const void *data, size_t n);
void jv_put_hex(struct jv *object, const char *key, const void *data, size_t n);
/* Appends the bytes of such a text; out->data is not NULL afterwards, even for none. -1 when it is
 * no hexadecimal text or does not fit. */
int jv_bytes(const struct jv *v, struct buf *out);
/* The same of a member that may be absent or null: 0 then, and nothing is appended. */
int jv_get_bytes(const struct jv *object, const char *key, struct buf *out);

/* Certificates: an array of such texts. Empty or broken ones are ERR_BUG. */
struct jv *der_list_json(const struct der_list *list); /* NULL is allowed */
int der_list_add_hex(struct der_list *out, const struct jv *v, struct err *e);
int der_list_read(struct der_list *out, const struct jv *array, struct err *e);

#endif

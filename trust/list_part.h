/* Private to trust/. */
#ifndef PARAPHE_TRUST_LIST_PART_H
#define PARAPHE_TRUST_LIST_PART_H

#include "base/err.h"

struct jv;
struct _xmlDoc;

/* The list's JSON out of the document, not yet verified. list_parse.c */
struct jv *list_parse(struct _xmlDoc *doc, struct err *e);
/* Loads the module; -1 when it is missing. list_module.c */
int list_module_start(void);
int list_module_verify(struct _xmlDoc *doc, const unsigned char *const *certs, const size_t *lens,
                       unsigned long n);

#endif

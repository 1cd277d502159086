/* What qpdf says of a PDF in memory. */
#ifndef PARAPHE_PDF_QPDF_LOOK_H
#define PARAPHE_PDF_QPDF_LOOK_H

#include <stdbool.h>
#include <stddef.h>

struct jv;

/* Fills `out` (docs/formats.md, paraphe-qpdf): "code" is "ok", "damaged", "password", "pages" or
 * "signed"; "message" what qpdf says. Nothing is repaired. Returns 0 when "code" is "ok". */
int look_check(const void *pdf, size_t len, const char *password, struct jv *out);
/* Repairs as qpdf can and writes the whole file to fd, unless something in it is signed. */
int look_repair(const void *pdf, size_t len, const char *password, int fd, struct jv *out);
/* Does once, on a document of our own, what libraries do at their first use. */
void look_warm(void);

#endif

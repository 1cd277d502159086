/* The two files of the incremental writer share this. */
#ifndef PARAPHE_PDF_FILE_PDF_UPDATE_INTERNAL_H
#define PARAPHE_PDF_FILE_PDF_UPDATE_INTERNAL_H

#include "pdf/file/pdf_internal.h"
#include "pdf/file/pdf_update.h"

struct pdf_update {
    struct pdf *pdf;
    int64_t base;
    uint32_t next; /* the next number that no object has */
    struct pdf_xent *items;
    size_t count, cap;
    struct buf bytes;
    int64_t hole_start, hole_end, ranges_start, ranges_end;
    bool finished;
};

/* Appends cross-reference, trailer, startxref and %%EOF; *startxref: where the section starts. */
int update_write_xref(struct pdf_update *u, int64_t *startxref, struct err *e);

#endif

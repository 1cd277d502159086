/* The files of the scan share this. */
#ifndef PARAPHE_PDF_FILE_SCAN_INTERNAL_H
#define PARAPHE_PDF_FILE_SCAN_INTERNAL_H

#include "pdf/file/pdf_internal.h"
#include "pdf/file/pdf_scan.h"

enum {
    SCAN_PAGES = 2000,            /* pages looked into */
    SCAN_SAME = 10,               /* pages named one by one for one code */
    SCAN_PAGE_BYTES = 4 << 20,    /* decoded content of one page */
    SCAN_ALL_BYTES = 48 << 20,    /* of all pages */
    SCAN_ALL_OPERATORS = 4000000, /* of all pages */
    SCAN_OPERATORS = 400000,      /* of one page */
    SCAN_FORMS = 8,               /* depth of forms in forms */
    SCAN_TEXTS = 8000,            /* pieces of text remembered a page */
    SCAN_PAINTS = 1000            /* painted places remembered a page */
};

struct box {
    double x0, y0, x1, y1;
};

struct scan {
    struct pdf *pdf;
    struct jv *findings;
    int64_t bytes, operators; /* content looked into so far */
};

/* Adds the finding unless it is there. page: from 1; 0: the document. */
void scan_found(struct scan *s, const char *code, int64_t page);
/* An entry, resolved; NULL when absent or damaged. */
const struct pdf_value *scan_get(struct scan *s, const struct pdf_value *dict, const char *key);
struct box scan_box(const struct pdf_value *rect); /* corners put in order; all 0 when it is none */
bool scan_holds(const struct box *b, double x, double y);

/* Content of one page: `boxes` are the fields on it. */
int scan_content(struct scan *s, const struct pdf_value *page, const struct pdf_value *resources,
                 const struct box *visible, const struct box *fields, size_t nfields,
                 int64_t number, struct err *e);
/* Whether things that nothing refers to lie in the file. */
int scan_unused(struct scan *s, struct err *e);

#endif

/* Where the text of a page stands: each character with its place in the page's own space (8.3.2.3),
 * before /Rotate. */
#ifndef PARAPHE_PDF_TEXT_PAGE_H
#define PARAPHE_PDF_TEXT_PAGE_H

#include <stddef.h>
#include <stdint.h>

#include "pdf/file/pdf.h"

struct err;

struct text_mark {
    uint32_t c;           /* Unicode; 0: a code whose meaning the font does not say */
    float x0, y0, x1, y1; /* on the base line, where it begins and ends */
    float up_x, up_y;     /* from the base line, as long as the text size */
};
struct text_page {
    struct text_mark *marks; /* in the order of drawing, blanks too */
    size_t count;
};
struct text_reader; /* of one document: keeps fonts from page to page */

int text_reader_new(struct text_reader **out, struct pdf *pdf, int revision, struct err *e);
void text_reader_free(struct text_reader *r); /* NULL is allowed */
struct pdf *text_reader_pdf(const struct text_reader *r);
int text_reader_revision(const struct text_reader *r);
/* Damaged content shows what came before it. ERR_INPUT err.pdf-text.large: more content than is
 * looked into. text_page_free also after a failure. */
int text_page_read(struct text_reader *r, struct pdf_ref ref, const struct pdf_value *page,
                   struct text_page *out, struct err *e);
void text_page_free(struct text_page *page);

/* Looks for a text: blanks of all kinds do not count, nor whether an apostrophe is straight. page:
 * from 0, or -1 for all. Stops at the second; what is drawn twice in one place (bold by hand)
 * counts once. What the pdf has cached is dropped after each page. find.c */
struct text_match {
    int64_t page;
    size_t first, last; /* marks of that page */
};
int text_find(struct text_reader *r, int64_t page, const char *wanted, struct text_match out[2],
              size_t *n, struct err *e);

#endif

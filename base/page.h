/* The frame of the small HTML pages that people open from a folder: the findings of a form, the
 * check-list of a deposit, the verdict on signatures. Nothing in them is loaded, run or sent; they
 * read on a telephone, on paper and by ear. */
#ifndef PARAPHE_BASE_PAGE_H
#define PARAPHE_BASE_PAGE_H

#include "base/err.h"
#include "base/text.h"

struct buf;

/* Up to and with <main>, and from </main> on. */
int page_begin(struct buf *out, enum text_lang lang, const char *title, struct err *e);
void page_end(struct buf *out);
/* Foreign text, escaped, in the typography of the language. NULL appends nothing. */
void page_text(struct buf *out, enum text_lang lang, const char *s);
/* The same as an element; `open` may hold attributes: "th scope=\"col\"". */
void page_element(struct buf *out, enum text_lang lang, const char *open, const char *s);

#endif

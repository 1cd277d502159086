/* Pieces of the HTML page, shared by its files. Texts are escaped, French spaces are set. */
#ifndef PARAPHE_PDF_REPORT_HTML_INT_H
#define PARAPHE_PDF_REPORT_HTML_INT_H

#include "pdf/report/report_int.h"

void html_put(struct report *r, struct buf *b, const char *s);
void html_id(struct report *r, struct buf *b, const char *id);
void html_say(struct report *r, struct buf *b, const char *id, const char *one, const char *two);
void html_in(struct report *r, struct buf *b, const char *tag, const char *s);
void html_own(struct report *r, struct buf *b, const char *said); /* a paragraph of ours */
/* Label and value of a list; nothing for an empty value. */
void html_pair(struct report *r, struct buf *b, const char *label, const char *value);
/* "10 septembre 2026" in `said` for a date, else the value itself. */
const char *html_date(const struct report *r, const char *value, char said[DATE_SAID_MAX]);

/* html_head.c: all before the result, and how to read the report. */
void html_head(struct report *r, struct buf *b, const struct buf *logo);
void html_guide(struct report *r, struct buf *b);
/* html_more.c: the limit, eliminatory points and categories; before and after; method and
 * evidence. */
void html_summary(struct report *r, struct buf *b);
void html_again(struct report *r, struct buf *b);
void html_method(struct report *r, struct buf *b, const char *grid_sha256);

#endif

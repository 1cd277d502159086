/* What the files of the workbook's reader share. */
#ifndef PARAPHE_GRID_BOOK_PART_H
#define PARAPHE_GRID_BOOK_PART_H

#include "base/err.h"
#include "grid/book.h"
#include "grid/pack.h"
#include "grid/xml.h"

struct shared_text {
    const char *text;
    uint32_t len;
    bool is_long, pale;
};
struct shared_texts {
    struct shared_text *items;
    size_t count, room;
};

/* ST_Xstring (ISO/IEC 29500-1 22.9.2.19): decodes _xHHHH_, joins surrogates, into the arena. U+0000
 * becomes U+0001, which is a control character as well but fits a C string. `is_long`: more than 32
 * 767 UTF-16 units. NULL without memory. */
const char *text_unescape(struct arena *a, const char *s, size_t n, uint32_t *len, bool *is_long);

bool text_exceeds_cell(const char *s, size_t n); /* more than 32 767 UTF-16 units */

enum { TINY_POINTS = 3 }; /* smaller text cannot be read */
/* Colours as 0xRRGGBB; what is not known compares unequal to all. */
enum { COLOR_UNKNOWN = -1, COLOR_NONE = -2, COLOR_WHITE = 0xffffff };
int32_t style_color(const struct xml_node *node);
/* Whether text of this colour cannot be seen on this fill, or hardly. */
bool style_same_color(int32_t font, int32_t fill);
/* The look of the fragments of one text ("rich text"): whether one of them cannot be seen. */
struct fragments {
    bool look_pale; /* of the fragment being read */
    bool pale;
};
/* At each element of the text, and with its characters. */
void fragments_start(struct fragments *f, const struct xml_node *node);
void fragments_text(struct fragments *f, const char *s, size_t n);

/* Whether a number format shows other text than the cell stores. */
bool style_format_hides(const char *code);

/* Conditional formats of the extension of 2009 ([MS-XLSX] 2.6.9), which carry their look in
 * themselves. */
struct cond_reader {
    bool in_look, in_sqref, in_font, in_fill, hides;
    int32_t font, fill;
    char sqref[512];
};
/* Ranges that are too many to be kept count as the whole sheet. */
extern const char cond_everywhere[];
/* True when the element belonged to such a format. */
bool cond_start(struct cond_reader *c, const struct xml_node *node);
void cond_text(struct cond_reader *c, const char *s, size_t n);
/* True at the end of one whose ranges (c->sqref) are to be kept as hiding. */
bool cond_end(struct cond_reader *c, const struct xml_node *node);

/* Keeps the ranges of a conditional format that hides ("A1:B5 C7"). */
int cond_add_ranges(struct sheet *s, size_t *room, const char *sqref, struct err *e);

int book_read_styles(struct book *b, struct pack *p, size_t part, bool **dxf_hides,
                     size_t *dxf_count, struct err *e);
int book_read_strings(struct book *b, struct pack *p, size_t part, struct shared_texts *out,
                      struct err *e);
/* `dxf_hides`: for each differential format whether it hides or replaces text. */
int book_read_sheet(struct book *b, struct pack *p, size_t part, struct sheet *s,
                    const struct shared_texts *texts, const bool *dxf_hides, size_t dxf_count,
                    struct err *e);
/* Merged cells but the first count as covered, those of array formulas as formulas; cells sorted.
 */
int book_mark_ranges(struct sheet *s, struct err *e);
/* Room for one more element of *items, doubling; 0 or -1 with err. */
int book_grow(void **items, size_t *room, size_t count, size_t size, struct err *e);
/* "A1:B5", "A1", whole columns "A:B" or whole rows "1:5" -> range. -1 when it is none or out of
 * bounds. */
int book_parse_range(const char *s, size_t n, struct range *out);
/* "AB12" at *s, moves *s; -1 when it is none or out of bounds. `$` allowed. */
int book_parse_address(const char **s, const char *end, uint32_t *row, uint32_t *column);

#endif

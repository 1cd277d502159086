/* Text out of content streams (ISO 32000-2 9), as far as fonts say what their
 * codes mean. */
#ifndef PARAPHE_PDF_TEXT_TEXT_H
#define PARAPHE_PDF_TEXT_TEXT_H

#include <stdint.h>

#include "base/buf.h"
#include "pdf/file/pdf.h"

struct jv;

/* What the codes of one font mean. */
struct text_range {
    uint32_t from, to; /* codes */
    uint32_t first;    /* Unicode of `from` */
};
enum { TEXT_RANGES_MAX = 65536, TEXT_MORE_MAX = 1 << 20 };
#define TEXT_LONG                                                                                  \
    UINT32_C(0x80000000) /* in `first`: where in `more` a text of several characters stands */
struct text_font {
    bool wide;                 /* codes of two bytes (Type0) */
    struct text_range *ranges; /* from ToUnicode */
    size_t count;
    struct buf more;      /* texts, each ended by a NUL */
    uint16_t simple[256]; /* Unicode of one-byte codes; 0: unknown */
    bool has_unicode;     /* a ToUnicode map was read */
    bool encoded; /* an /Encoding, or Latin letters by the descriptor, which hold for codes that the
                     map leaves out */
};
int text_font_read(struct pdf *pdf, const struct pdf_value *font, int revision,
                   struct text_font *out, struct err *e);
void text_font_free(struct text_font *f);
/* Appends the text of these bytes; counts characters that could and could not be mapped. */
void text_font_show(const struct text_font *f, const unsigned char *s, size_t n, struct buf *out,
                    size_t *mapped, size_t *unmapped);
/* Parses a ToUnicode CMap into ranges. cmap.c */
int text_cmap_read(struct text_font *f, const unsigned char *data, size_t n, struct err *e);
/* Unicode of a glyph name: a Latin table, "uniXXXX", "uXXXXX"; 0 when unknown. glyph.c */
uint32_t text_glyph(const char *name);
uint16_t text_winansi(unsigned char code);
uint16_t text_macroman(unsigned char code);

/* Width of each code in thousandths of an em; metrics.c. */
struct text_metrics {
    float simple[256];
    float *wide; /* by CID, taken for the code itself (Identity); NULL for simple fonts */
};
int text_metrics_read(struct pdf *pdf, const struct pdf_value *font, int revision,
                      struct text_metrics *out, struct err *e);
void text_metrics_free(struct text_metrics *m);
double text_metrics_width(const struct text_metrics *m, uint32_t code);

/* ---- content streams: lex.c ---- */
enum text_token_kind {
    TEXT_END,
    TEXT_NUMBER,
    TEXT_STRING,
    TEXT_NAME,
    TEXT_OPERATOR,
    TEXT_OPEN,
    TEXT_CLOSE
};
struct text_token {
    enum text_token_kind kind;
    double number;
    struct buf bytes; /* of a string (decoded), name or operator; the caller's, reused */
};
struct text_lexer {
    const unsigned char *p, *end;
};
/* The next token; arrays and dictionaries give TEXT_OPEN and TEXT_CLOSE. Never fails: odd bytes are
 * skipped. */
void text_next(struct text_lexer *l, struct text_token *t);
/* Behind ID: to after EI. */
void text_skip_image(struct text_lexer *l);

#endif

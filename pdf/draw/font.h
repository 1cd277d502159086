/* A font in use: the characters that were drawn, each with a code of two bytes, and the PDF objects
 * that embed it. Codes are given in the order of first use, so equal calls make equal files. */
#ifndef PARAPHE_PDF_DRAW_FONT_H
#define PARAPHE_PDF_DRAW_FONT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "pdf/draw/face.h"
#include "pdf/draw/pack.h"

struct err;

struct font_char {
    uint16_t c;     /* the character: these fonts cover the Basic Multilingual Plane only */
    uint16_t glyph; /* in the face */
};
struct font_metric {
    uint16_t glyph;
    int16_t advance;
    bool known;
};
struct font_pair {
    uint16_t left, right;
    int16_t kerning;
};
enum { FONT_PAIRS = 1024 };
struct font {
    struct face face;
    struct font_pair pairs[FONT_PAIRS]; /* remembered by a hash of the two glyphs */
    struct font_char *used;             /* used[i] has the code i + 1 */
    size_t nused, room;
    uint16_t *codes;             /* by character; 0: not used yet */
    struct font_metric *metrics; /* by character, filled when asked */
};

int font_open(struct font *f, const char *name, struct err *e);
void font_close(struct font *f);
unsigned font_glyph(struct font *f, uint32_t c); /* 0: not covered */
int font_advance(struct font *f, uint32_t c);    /* thousandths of an em, 0 when not covered */
/* Code of a covered character, marking it as used; 0 when memory ran out. */
unsigned font_code(struct font *f, uint32_t c);
/* Width of a text in thousandths of an em, kerning included. */
long font_width(struct font *f, const char *s, size_t n);
/* Appends the operand and operator that show the text: "[(ab)40(cd)]TJ". -1 when
 * a character is not covered or the text is no UTF-8. */
int font_show(struct font *f, const char *s, size_t n, struct buf *out);

/* An object to be: the entries of its dictionary without << and >>, and its stream. */
struct part {
    struct buf dict;
    struct buf stream;
    bool streamed;
    bool packed; /* to be compressed by who writes it */
};
void part_free(struct part *p);
/* Compresses the stream and says so in the dictionary. */
int part_pack(struct part *p, struct packer *packer, struct err *e);

enum {
    FONT_TYPE0,
    FONT_CID,
    FONT_DESCRIPTOR,
    FONT_FILE,
    FONT_TO_UNICODE,
    FONT_GLYPH_MAP,
    FONT_PARTS
};
/* The six objects of the font, which refer to one another by `numbers`. `parts` is zeroed by the
 * caller; part_free each. */
int font_parts(const struct font *f, const uint32_t numbers[FONT_PARTS],
               struct part parts[FONT_PARTS], struct err *e);

#endif

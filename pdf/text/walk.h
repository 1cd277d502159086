/* The walk through what pages draw (ISO 32000-2 8, 9): content streams and the form XObjects in
 * them, graphics and text state, fonts. What becomes of the strings is the visitor's. */
#ifndef PARAPHE_PDF_TEXT_WALK_H
#define PARAPHE_PDF_TEXT_WALK_H

#include <stddef.h>
#include <stdint.h>

#include "pdf/file/pdf.h"
#include "pdf/text/text.h"

struct err;

struct text_matrix {
    double a, b, c, d, e, f;
};
/* m, then n */
struct text_matrix text_matrix_times(struct text_matrix m, struct text_matrix n);

struct text_slot { /* a font that was met */
    uint32_t num;  /* 0: written into the resources themselves, where `direct` stands */
    const struct pdf_value *direct; /* holds for one page */
    struct text_font font;
    struct text_metrics metrics; /* when the visitor wants widths */
};
struct text_state { /* what q keeps and Q gives back */
    struct text_matrix ctm;
    const struct text_slot *font; /* NULL: none, or none that can be read */
    double size, chars, words, scale, leading, rise;
};
enum { TEXT_FONTS_MAX = 512, TEXT_STATES_MAX = 64, TEXT_NUMBERS = 6 };

struct text_walk;
/* Each function may be NULL. */
struct text_visit {
    bool widths; /* fonts with their metrics */
    bool strict; /* a content stream of the page that cannot be decoded is an error; else what came
                    before the damage is walked */
    /* A string of Tj, ' , " or TJ, in the state of the walk. */
    int (*string)(struct text_walk *w, const struct buf *codes, struct err *e);
    /* A number between the strings of TJ: thousandths of the size, back. */
    void (*adjust)(struct text_walk *w, double thousandths);
    void (*place)(struct text_walk *w); /* what follows stands in another place */
    void (*image)(struct text_walk *w);
};
struct text_walk {
    struct pdf *pdf; /* borrowed */
    int revision;
    const struct text_visit *visit; /* borrowed */
    void *self;                     /* the visitor's */
    struct text_state now;
    struct text_matrix text, line; /* 9.4.1; `string` and `adjust` move `text` */
    /* ---- walk.c only ---- */
    struct text_slot *fonts[TEXT_FONTS_MAX]; /* kept from page to page */
    size_t nfonts;
    int64_t operators, bytes; /* read so far */
    struct text_state saved[TEXT_STATES_MAX];
    int depth, too_deep;
    double numbers[TEXT_NUMBERS]; /* the last ones before an operator */
    size_t nnumbers;
};
/* One page, after setting the first four members (all others zero). ERR_INPUT err.pdf-text.large:
 * more content than is looked into. */
int text_walk_page(struct text_walk *w, struct pdf_ref ref, const struct pdf_value *page,
                   struct err *e);
void text_walk_end(struct text_walk *w);

#endif

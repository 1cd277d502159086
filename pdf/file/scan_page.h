/* State of one page while its content is followed. Private to scan_content.c and scan_draw.c. */
#ifndef PARAPHE_PDF_FILE_SCAN_PAGE_H
#define PARAPHE_PDF_FILE_SCAN_PAGE_H

#include "pdf/file/scan_internal.h"

enum { STATES = 64, OPERANDS = 64 };

struct matrix {
    double a, b, c, d, e, f;
};

struct state {
    struct matrix ctm;
    bool white;   /* fill colour */
    bool clear;   /* transparent */
    bool blended; /* not simply painted over what is there */
    struct box clip;
    bool clip_odd; /* the clip is no upright rectangle */
    int space;     /* components of the fill colour space that can be judged: 1, 3, 4; 0: unknown */
    double size, leading, rise, scale, spacing, word_spacing;
    const struct pdf_value *widths; /* of a simple font, from code `first` on; NULL: not known */
    int64_t first;
    int render; /* text rendering mode */
    bool type3, wide;
};

struct text {
    double x, y;
};

struct canvas {
    struct scan *scan;
    int64_t number; /* of the page */
    const struct box *visible, *fields;
    size_t nfields;
    struct state now, saved[STATES];
    int depth, too_deep; /* saved states; those that found no place */
    struct matrix text, line;
    bool sure; /* the text matrix was set, or moved by known widths: not estimated */
    struct box path;
    bool path_any, path_rect; /* something is in the path; it is one upright rectangle */
    bool clipping;            /* W was met: the path becomes the clip at its end */
    struct text texts[SCAN_TEXTS];
    size_t ntexts;
    struct box paints[SCAN_PAINTS];
    size_t npaints;
    int64_t operators, bytes;
    struct pdf_value operands[OPERANDS];
    size_t noperands;
    const struct pdf_value *resources;
};

struct matrix scan_times(struct matrix m, struct matrix n); /* m, then n */
/* What is drawn, as the operators say. */
void scan_path_add(struct canvas *c, double x, double y);
void scan_rect(struct canvas *c, double x, double y, double w, double h);
void scan_path_end(struct canvas *c, bool fill);
void scan_picture(struct canvas *c, bool opaque); /* the unit square */
void scan_all(struct canvas *c);                  /* a shading: anywhere */
void scan_text(struct canvas *c, const struct pdf_value *string);
void scan_text_back(struct canvas *c, double thousandths);

#endif

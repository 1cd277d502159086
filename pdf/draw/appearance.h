/* Private to pdf/draw/appearance*.c: a visible signature in the making. */
#ifndef PARAPHE_PDF_DRAW_APPEARANCE_H
#define PARAPHE_PDF_DRAW_APPEARANCE_H

#include "base/buf.h"
#include "pdf/draw/draw.h"
#include "pdf/draw/font.h"
#include "pdf/draw/lib_qrencode.h"
#include "pdf/draw/picture.h"

struct area {
    double x, y, w, h;
};
struct look {
    const struct draw_appearance *spec;
    struct font regular, bold;
    struct picture picture; /* columns 0: none */
    QRcode *code;           /* NULL: none */
    struct area text, image, symbol;
    struct buf content;
};

/* Where text, image and code go; -1 when there is no room. */
int look_place(struct look *look, struct err *e);
/* The content stream: resources F1 and F0 (fonts), C (colour space), I (image). */
int look_draw(struct look *look, struct err *e);

extern const unsigned char look_ground[3]; /* colour of the box */

#endif

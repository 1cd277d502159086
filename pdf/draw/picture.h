/* A picture as the data of an image XObject: PNG decoded, JPEG as it is but without what a camera
 * wrote into it. */
#ifndef PARAPHE_PDF_DRAW_PICTURE_H
#define PARAPHE_PDF_DRAW_PICTURE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

struct err;

struct picture {
    unsigned columns, rows;
    unsigned components; /* 1 grey, 3 RGB; 8 bits each */
    bool jpeg;           /* data is a JPEG file, else rows of pixels without padding */
    struct buf data;
    struct buf alpha; /* a byte a pixel, 255 opaque; empty when all is opaque */
    int turn;         /* how it is meant to be seen: 1 to 8 of TIFF's Orientation */
};
/* ERR_INPUT: err.draw.image (broken, or another kind of file), .image-cmyk, .image-size. The bytes
 * are decoded to the end, so what is accepted is whole. picture_free also after a failure; *out
 * need not be initialised. ground: components of the colour that shows through, or NULL to keep
 * the alpha. */
int picture_read(struct picture *out, const void *bytes, size_t n, const unsigned char *ground,
                 struct err *e);
void picture_free(struct picture *p);
/* Width and height as it is meant to be seen. */
void picture_seen(const struct picture *p, unsigned *width, unsigned *height);

/* picture_jpeg.c */
int picture_read_jpeg(struct picture *out, const unsigned char *p, size_t n, struct err *e);
int picture_size_check(unsigned columns, unsigned rows, struct err *e);

#endif

/* libpng, opened at need (base/lazy.h): its functions are called by their own names. */
#ifndef PARAPHE_PDF_DRAW_LIB_PNG_H
#define PARAPHE_PDF_DRAW_LIB_PNG_H

#include <png.h>

#include "base/err.h"

#define LIB_PNG_FUNCTIONS(X)                                                                       \
    X(png_image_begin_read_from_memory)                                                            \
    X(png_image_finish_read)                                                                       \
    X(png_image_free)

struct lib_png {
#define LIB_SLOT(name) __typeof__(&name) name;
    LIB_PNG_FUNCTIONS(LIB_SLOT)
#undef LIB_SLOT
};
extern struct lib_png lib_png;

/* Before the first call of a function. -1: err.base.library. */
int lib_png_open(struct err *e);

#define png_image_begin_read_from_memory lib_png.png_image_begin_read_from_memory
#define png_image_finish_read lib_png.png_image_finish_read
#define png_image_free lib_png.png_image_free

#endif

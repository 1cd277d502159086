/* libjpeg, opened at need (base/lazy.h): its functions are called by their own names. */
#ifndef PARAPHE_PDF_DRAW_LIB_JPEG_H
#define PARAPHE_PDF_DRAW_LIB_JPEG_H

#include <stdio.h>

#include <jpeglib.h>

#include "base/err.h"

#define LIB_JPEG_FUNCTIONS(X)                                                                      \
    X(jpeg_CreateDecompress)                                                                       \
    X(jpeg_destroy_decompress)                                                                     \
    X(jpeg_finish_decompress)                                                                      \
    X(jpeg_mem_src)                                                                                \
    X(jpeg_read_header)                                                                            \
    X(jpeg_read_scanlines)                                                                         \
    X(jpeg_start_decompress)                                                                       \
    X(jpeg_std_error)

struct lib_jpeg {
#define LIB_SLOT(name) __typeof__(&name) name;
    LIB_JPEG_FUNCTIONS(LIB_SLOT)
#undef LIB_SLOT
};
extern struct lib_jpeg lib_jpeg;

/* Before the first call of a function. -1: err.base.library. */
int lib_jpeg_open(struct err *e);

#define jpeg_CreateDecompress lib_jpeg.jpeg_CreateDecompress
#define jpeg_destroy_decompress lib_jpeg.jpeg_destroy_decompress
#define jpeg_finish_decompress lib_jpeg.jpeg_finish_decompress
#define jpeg_mem_src lib_jpeg.jpeg_mem_src
#define jpeg_read_header lib_jpeg.jpeg_read_header
#define jpeg_read_scanlines lib_jpeg.jpeg_read_scanlines
#define jpeg_start_decompress lib_jpeg.jpeg_start_decompress
#define jpeg_std_error lib_jpeg.jpeg_std_error

#endif

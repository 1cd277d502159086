/* The libraries of drawing, each opened by who needs it: reports libharu, pictures libpng or
 * libjpeg, codes libqrencode. Signing without a picture needs none. */
#include "base/lazy.h"
#include "pdf/draw/draw.h"
#include "pdf/draw/lib_hpdf.h"
#include "pdf/draw/lib_jpeg.h"
#include "pdf/draw/lib_png.h"
#include "pdf/draw/lib_qrencode.h"

#define LIB_NAME(name) #name,
#define LIB(low, up)                                                                               \
    struct lib_##low lib_##low;                                                                    \
    int lib_##low##_open(struct err *e)                                                            \
    {                                                                                              \
        static const char *const names[] = {LIB_##up##_FUNCTIONS(LIB_NAME)};                       \
        static struct lazy library = {.soname = PARAPHE_##up##_SONAME,                             \
                                      .names = names,                                              \
                                      .n = sizeof names / sizeof names[0],                         \
                                      .slots = &lib_##low};                                        \
        return lazy_open(&library, e);                                                             \
    }

LIB(hpdf, HPDF)
LIB(png, PNG)
LIB(jpeg, JPEG)
LIB(qrencode, QRENCODE)

void draw_warm(void)
{
    (void)lib_hpdf_open(NULL);
    (void)lib_png_open(NULL);
    (void)lib_jpeg_open(NULL);
}

void draw_appearance_warm(void)
{
    (void)lib_png_open(NULL);
    (void)lib_jpeg_open(NULL);
    (void)lib_qrencode_open(NULL);
}

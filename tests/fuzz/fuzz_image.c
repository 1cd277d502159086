/* A file taken as a logo.
 * LINK: room_pdf_draw */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/err.h"
#include "pdf/draw/draw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct draw_info info = {.title = "t", .lang = "fr-FR", .producer = "fuzz"};
    struct buf out = BUF_INIT(64 << 20);
    struct err e = ERR_INIT;
    struct draw *d = NULL;
    size_t image = 0;
    unsigned columns = 0, rows = 0;

    if (draw_new(&d, &e) != 0)
        abort();
    draw_page_add(d, 200, 200);
    if (draw_image_add(d, data, n, &image, &columns, &rows, &e) == 0) {
        struct draw_elem *figure = draw_elem_add(d, draw_elem_root(d), "Figure");
        if (columns == 0 || rows == 0)
            abort();
        draw_elem_alt(d, figure, "logo");
        draw_begin(d, figure);
        draw_image(d, image, 10, 10, 50, 50);
        draw_end(d);
        if (draw_finish(d, &info, &out, &e) != 0)
            abort(); /* what was taken can be written */
    } else if (e.kind != ERR_INPUT) {
        abort(); /* a bad image is the input's fault */
    }
    draw_free(d);
    buf_free(&out);
    return 0;
}

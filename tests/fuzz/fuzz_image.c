/* A file taken as a logo, or shown in a signature.
 * LINK: room_pdf_draw */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "pdf/draw/draw.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* The same bytes in a signature's appearance: never more than they were before, but whole. */
static void appear(const uint8_t *data, size_t n, bool flat)
{
    static const char *const lines[] = {"Nom"};
    struct draw_appearance spec = {.width = 200,
                                   .height = 60,
                                   .lines = lines,
                                   .nlines = 1,
                                   .image = data,
                                   .image_len = n,
                                   .image_alt = "image",
                                   .flat = flat};
    struct draw_objects objects = {NULL, 0};
    struct err e = ERR_INIT;

    if (draw_appearance_make(&spec, 1, &objects, &e) != 0 && e.kind != ERR_INPUT &&
        e.kind != ERR_USAGE)
        abort();
    draw_objects_free(&objects);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct draw_info info = {.title = "t", .lang = "fr-FR", .producer = "fuzz"};
    struct err e = ERR_INIT;
    struct draw *d = NULL;
    int out = file_memory("out", &e);
    size_t image = 0;
    unsigned columns = 0, rows = 0;

    appear(data, n, n % 2 == 0);
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
        if (draw_finish(d, &info, out, &e) != 0)
            abort(); /* what was taken can be written */
    } else if (e.kind != ERR_INPUT) {
        abort(); /* a bad image is the input's fault */
    }
    draw_free(d);
    close(out);
    return 0;
}

#include "pdf/draw/picture.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "pdf/draw/lib_png.h"

enum { SIDE_MAX = 30000 };

int picture_size_check(unsigned columns, unsigned rows, struct err *e)
{
    if (columns == 0 || rows == 0 || (uint64_t)columns * rows > (uint64_t)ceilings.image_pixels ||
        columns > SIDE_MAX || rows > SIDE_MAX)
        return err_set(e, ERR_INPUT, "err.draw.image-size", NULL);
    return 0;
}

/* Colour and alpha apart: what PDF calls an image and its soft mask (11.6.5.2). */
static int split(struct picture *out, const unsigned char *pixels, struct err *e)
{
    size_t n = (size_t)out->columns * out->rows, colours = out->components;
    unsigned char *data = buf_room(&out->data, n * colours), *alpha = buf_room(&out->alpha, n);
    bool opaque = true;

    if (data == NULL || alpha == NULL)
        return buf_check(&out->data, e) != 0 ? -1 : buf_check(&out->alpha, e);
    for (size_t i = 0; i < n; i++) {
        const unsigned char *from = pixels + i * (colours + 1);
        memcpy(data + i * colours, from, colours);
        alpha[i] = from[colours];
        opaque = opaque && alpha[i] == 255;
    }
    out->data.len = n * colours;
    out->alpha.len = opaque ? 0 : n;
    return 0;
}

static int read_png(struct picture *out, const void *bytes, size_t n, const unsigned char *ground,
                    struct err *e)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    png_color colour = {255, 255, 255};
    unsigned char *pixels = NULL;
    int rc = -1;

    if (lib_png_open(e) != 0)
        return -1;
    if (!png_image_begin_read_from_memory(&image, bytes, n)) {
        err_set_foreign(e, ERR_INPUT, image.message, "err.draw.image", NULL);
        goto out;
    }
    if (picture_size_check(image.width, image.height, e) != 0)
        goto out;
    out->columns = image.width;
    out->rows = image.height;
    out->components = (image.format & PNG_FORMAT_FLAG_COLOR) != 0 || ground != NULL ? 3 : 1;
    image.format = ground != NULL         ? PNG_FORMAT_RGB
                   : out->components == 3 ? PNG_FORMAT_RGBA
                                          : PNG_FORMAT_GA;
    if (ground != NULL)
        colour = (png_color){ground[0], ground[1], ground[2]};
    pixels = malloc(PNG_IMAGE_SIZE(image));
    if (pixels == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (!png_image_finish_read(&image, &colour, pixels, 0, NULL)) {
        err_set_foreign(e, ERR_INPUT, image.message, "err.draw.image", NULL);
        goto out;
    }
    if (ground != NULL)
        buf_append(&out->data, pixels, PNG_IMAGE_SIZE(image));
    rc = ground != NULL ? buf_check(&out->data, e) : split(out, pixels, e);
out:
    png_image_free(&image);
    free(pixels);
    return rc;
}

int picture_read(struct picture *out, const void *bytes, size_t n, const unsigned char *ground,
                 struct err *e)
{
    *out = (struct picture){.turn = 1};
    buf_init(&out->data, 4 * (size_t)ceilings.image_pixels);
    buf_init(&out->alpha, (size_t)ceilings.image_pixels);
    if (n > (size_t)ceilings.image_bytes)
        return err_set(e, ERR_INPUT, "err.draw.image-size", NULL);
    if (n > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0)
        return read_png(out, bytes, n, ground, e);
    if (n > 16 && memcmp(bytes, "\xff\xd8\xff", 3) == 0)
        return picture_read_jpeg(out, bytes, n, e);
    return err_set(e, ERR_INPUT, "err.draw.image", NULL);
}

void picture_free(struct picture *p)
{
    buf_free(&p->data);
    buf_free(&p->alpha);
}

void picture_seen(const struct picture *p, unsigned *width, unsigned *height)
{
    *width = p->turn > 4 ? p->rows : p->columns;
    *height = p->turn > 4 ? p->columns : p->rows;
}

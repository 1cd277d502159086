/* Logos: PNG by libpng's simplified reader (libharu's own loader ends the process on a flipped
 * bit), JPEG by libharu after a look at its header. */
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "pdf/draw/draw_int.h"

static int size_check(unsigned columns, unsigned rows, struct err *e)
{
    if (columns == 0 || rows == 0 || (uint64_t)columns * rows > (uint64_t)ceilings.image_pixels ||
        columns > 30000 || rows > 30000)
        return err_set(e, ERR_INPUT, "err.draw.image-size", NULL);
    return 0;
}

static int png_read(const void *bytes, size_t n, unsigned char **rgb, unsigned *columns,
                    unsigned *rows, struct err *e)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    png_color white = {255, 255, 255};
    unsigned char *pixels = NULL;

    if (!png_image_begin_read_from_memory(&image, bytes, n)) {
        err_set_foreign(e, ERR_INPUT, image.message, "err.draw.image", NULL);
        goto out;
    }
    if (size_check(image.width, image.height, e) != 0)
        goto out;
    image.format = PNG_FORMAT_RGB;
    pixels = malloc(PNG_IMAGE_SIZE(image));
    if (pixels == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (!png_image_finish_read(&image, &white, pixels, 0, NULL)) {
        err_set_foreign(e, ERR_INPUT, image.message, "err.draw.image", NULL);
        free(pixels);
        pixels = NULL;
        goto out;
    }
    *columns = image.width;
    *rows = image.height;
out:
    png_image_free(&image);
    *rgb = pixels;
    return pixels != NULL ? 0 : -1;
}

/* Width, height and number of components of the frame header (ITU-T T.81, B.2.2). */
static int jpeg_size(const unsigned char *p, size_t n, unsigned *columns, unsigned *rows,
                     unsigned *components)
{
    size_t at = 2;

    while (at + 9 < n && p[at] == 0xff) {
        unsigned marker = p[at + 1];
        size_t length = face_u16(p + at + 2);

        if (marker == 0xff) {
            at++;
            continue;
        }
        if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 &&
            marker != 0xcc) {
            *rows = face_u16(p + at + 5);
            *columns = face_u16(p + at + 7);
            *components = p[at + 9];
            return p[at + 4] == 8 ? 0 : -1;
        }
        if (length < 2)
            return -1;
        at += 2 + length;
    }
    return -1;
}

static HPDF_Image jpeg_load(struct draw *d, const unsigned char *bytes, size_t n, unsigned *columns,
                            unsigned *rows, struct err *e)
{
    unsigned components = 0;

    if (jpeg_size(bytes, n, columns, rows, &components) != 0) {
        err_set(e, ERR_INPUT, "err.draw.image", NULL);
        return NULL;
    }
    if (components != 1 && components != 3) { /* CMYK would need another output intent */
        err_set(e, ERR_INPUT, "err.draw.image-cmyk", NULL);
        return NULL;
    }
    if (size_check(*columns, *rows, e) != 0)
        return NULL;
    return HPDF_LoadJpegImageFromMem(d->doc, bytes, (HPDF_UINT)n);
}

int draw_image_add(struct draw *d, const void *bytes, size_t n, size_t *image, unsigned *columns,
                   unsigned *rows, struct err *e)
{
    HPDF_Image loaded = NULL;
    unsigned char *rgb = NULL;

    if (draw_stopped(d)) {
        if (e != NULL)
            *e = d->failure;
        return -1;
    }
    if (n > (size_t)ceilings.image_bytes || d->nimages == IMAGES_MAX)
        return err_set(e, ERR_INPUT, "err.draw.image-size", NULL);
    if (n > 8 && memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) == 0) {
        if (png_read(bytes, n, &rgb, columns, rows, e) != 0)
            return -1;
        loaded = HPDF_LoadRawImageFromMem(d->doc, rgb, *columns, *rows, HPDF_CS_DEVICE_RGB, 8);
        free(rgb);
    } else if (n > 16 && memcmp(bytes, "\xff\xd8\xff", 3) == 0) {
        loaded = jpeg_load(d, bytes, n, columns, rows, e);
        if (loaded == NULL && !draw_stopped(d))
            return -1;
    } else {
        return err_set(e, ERR_INPUT, "err.draw.image", NULL);
    }
    if (draw_stopped(d) ||
        loaded == NULL) { /* libharu found a fault: the document can go on without the image */
        HPDF_ResetError(d->doc);
        d->failed = false;
        return err_set_foreign(e, ERR_INPUT, d->failure.foreign, "err.draw.image", NULL);
    }
    *image = d->nimages;
    d->images[d->nimages++] = loaded;
    return 0;
}

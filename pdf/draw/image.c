/* Logos of the report: decoded by ourselves (libharu's own loader of PNG ends the process on a
 * flipped bit), JPEG handed to libharu after it was decoded once. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "pdf/draw/draw_int.h"
#include "pdf/draw/picture.h"

int draw_image_add(struct draw *d, const void *bytes, size_t n, size_t *image, unsigned *columns,
                   unsigned *rows, struct err *e)
{
    static const unsigned char white[3] = {255, 255, 255};
    struct picture picture = {0};
    HPDF_Image loaded = NULL;
    int rc = -1;

    if (draw_stopped(d)) {
        if (e != NULL)
            *e = d->failure;
        return -1;
    }
    if (d->nimages == IMAGES_MAX)
        return err_set(e, ERR_INPUT, "err.draw.image-size", NULL);
    if (picture_read(&picture, bytes, n, white, e) != 0)
        goto out;
    loaded = picture.jpeg
                 ? HPDF_LoadJpegImageFromMem(d->doc, picture.data.data, (HPDF_UINT)picture.data.len)
                 : HPDF_LoadRawImageFromMem(d->doc, picture.data.data, picture.columns,
                                            picture.rows, HPDF_CS_DEVICE_RGB, 8);
    if (draw_stopped(d) ||
        loaded == NULL) { /* libharu found a fault: the document can go on without the image */
        HPDF_ResetError(d->doc);
        d->failed = false;
        err_set_foreign(e, ERR_INPUT, d->failure.foreign, "err.draw.image", NULL);
        goto out;
    }
    *columns = picture.columns;
    *rows = picture.rows;
    *image = d->nimages;
    d->images[d->nimages++] = loaded;
    rc = 0;
out:
    picture_free(&picture);
    return rc;
}

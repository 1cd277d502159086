/* JPEG: every scan is decoded once to know that it is whole; what goes into the PDF is the file
 * itself without the segments in which cameras and programs write (place, device, thumbnail). */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "pdf/draw/lib_jpeg.h"
#include "pdf/draw/picture.h"

enum { MEMORY_MAX = 256 << 20, SCANS_MAX = 200 };

struct stop {
    struct jpeg_error_mgr mgr;
    struct jpeg_progress_mgr progress;
    jmp_buf out;
};

static void stop(j_common_ptr cinfo)
{
    struct stop *s = (struct stop *)cinfo->err;

    longjmp(s->out, 1);
}

/* A warning is data that ended early or made no sense: no reader shows the same of it. */
static void warned(j_common_ptr cinfo, int level)
{
    if (level < 0)
        stop(cinfo);
}

static void silent(j_common_ptr cinfo)
{
    (void)cinfo;
}

/* Scans without end over few bytes take hours. */
static void watch(j_common_ptr cinfo)
{
    if (cinfo->is_decompressor && ((j_decompress_ptr)cinfo)->input_scan_number > SCANS_MAX)
        stop(cinfo);
}

struct decoding {
    struct jpeg_decompress_struct info;
    struct stop stop;
    JSAMPROW row;
};

static int decode(struct decoding *d, const unsigned char *p, size_t n, size_t *used)
{
    d->info.err = jpeg_std_error(&d->stop.mgr);
    d->stop.mgr.error_exit = stop;
    d->stop.mgr.emit_message = warned;
    d->stop.mgr.output_message = silent;
    if (setjmp(d->stop.out) != 0)
        return -1;
    jpeg_create_decompress(&d->info);
    d->stop.progress.progress_monitor = watch;
    d->info.progress = &d->stop.progress;
    d->info.mem->max_memory_to_use = MEMORY_MAX;
    jpeg_mem_src(&d->info, p, n);
    jpeg_read_header(&d->info, TRUE);
    if (picture_size_check(d->info.image_width, d->info.image_height, NULL) != 0 ||
        (d->info.num_components != 1 && d->info.num_components != 3))
        return 0; /* said by the caller */
    jpeg_start_decompress(&d->info);
    d->row = *(d->info.mem->alloc_sarray)(
        (j_common_ptr)&d->info, JPOOL_IMAGE,
        d->info.output_width * (JDIMENSION)d->info.output_components, 1);
    while (d->info.output_scanline < d->info.output_height)
        jpeg_read_scanlines(&d->info, &d->row, 1);
    jpeg_finish_decompress(&d->info);
    *used = n - d->info.src->bytes_in_buffer;
    return 0;
}

static unsigned number(const unsigned char *p, unsigned bytes, bool small_first)
{
    unsigned v = 0;

    for (unsigned i = 0; i < bytes; i++)
        v |= (unsigned)p[i] << 8 * (small_first ? i : bytes - 1 - i);
    return v;
}

/* Orientation in the first directory of an Exif segment (TIFF 6.0, tag 274); 1 when it says none.
 */
static int orientation(const unsigned char *p, size_t n)
{
    if (n < 14 || memcmp(p, "Exif\0\0", 6) != 0)
        return 1;
    p += 6;
    n -= 6;
    bool small_first = p[0] == 'I';
    size_t at = number(p + 4, 4, small_first);
    if (at > n || n - at < 2)
        return 1;
    size_t count = number(p + at, 2, small_first);
    for (size_t i = 0; i < count && at + 2 + 12 * (i + 1) <= n; i++) {
        const unsigned char *entry = p + at + 2 + 12 * i;
        unsigned value = number(entry + 8, 2, small_first);
        if (number(entry, 2, small_first) == 274)
            return value >= 1 && value <= 8 ? (int)value : 1;
    }
    return 1;
}

/* Copies the file but for application segments other than JFIF (0) and Adobe (14, it says how the
 * colours are meant) and comments. */
static void copy_without(struct picture *out, const unsigned char *p, size_t n)
{
    size_t at = 2;

    buf_append(&out->data, p, 2);
    while (at + 4 <= n && p[at] == 0xff) {
        unsigned marker = p[at + 1];
        if (marker == 0xff) {
            at++;
            continue;
        }
        size_t length = number(p + at + 2, 2, false);
        if (marker == 0xda || marker == 0xd9 || length < 2 || length + 2 > n - at)
            break;
        if (marker == 0xe1 && out->turn == 1)
            out->turn = orientation(p + at + 4, length - 2);
        if (!((marker >= 0xe1 && marker <= 0xef && marker != 0xee) || marker == 0xfe))
            buf_append(&out->data, p + at, length + 2);
        at += length + 2;
    }
    buf_append(&out->data, p + at, n - at);
}

int picture_read_jpeg(struct picture *out, const unsigned char *p, size_t n, struct err *e)
{
    struct decoding d = {.row = NULL};
    size_t used = 0;

    if (lib_jpeg_open(e) != 0)
        return -1;
    int rc = decode(&d, p, n, &used);

    out->jpeg = true;
    out->columns = d.info.image_width;
    out->rows = d.info.image_height;
    out->components = (unsigned)d.info.num_components;
    bool arithmetic = d.info.arith_code; /* DCTDecode knows Huffman codes only (7.4.8) */
    jpeg_destroy_decompress(&d.info);
    if (out->columns > 0 && picture_size_check(out->columns, out->rows, e) != 0)
        return -1;
    if (out->components == 4) /* CMYK would need another output intent */
        return err_set(e, ERR_INPUT, "err.draw.image-cmyk", NULL);
    if (rc != 0 || arithmetic || (out->components != 1 && out->components != 3))
        return err_set(e, ERR_INPUT, "err.draw.image", NULL);
    copy_without(out, p, used);
    return buf_check(&out->data, e);
}

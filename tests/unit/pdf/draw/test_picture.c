/* Images and codes of a visible signature.
 * LIBRARIES: PNG JPEG */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jpeglib.h>
#include <png.h>

#include "base/buf.h"
#include "base/err.h"
#include "pdf/draw/draw.h"
#include "pdf/draw/picture.h"

enum { W = 6, H = 4, ARITHMETIC = 99 };

/* Half of it transparent when `clear`. */
static void make_png(struct buf *out, uint32_t format, bool clear)
{
    png_image image = {.version = PNG_IMAGE_VERSION, .width = W, .height = H, .format = format};
    unsigned char pixels[W * H * 4];
    png_alloc_size_t n = 4096;
    size_t size = PNG_IMAGE_PIXEL_SIZE(format);

    for (size_t i = 0; i < (size_t)W * H; i++) {
        for (size_t k = 0; k < size; k++)
            pixels[i * size + k] = (unsigned char)(10 * i);
        if ((format & PNG_FORMAT_FLAG_ALPHA) != 0)
            pixels[i * size + size - 1] = clear && i % 2 == 0 ? 0 : 255;
    }
    assert_true(png_image_write_to_memory(&image, buf_room(out, n), &n, 0, pixels, 0, NULL));
    out->len = n;
}

/* With an Exif segment that says an orientation, and a comment. */
static void make_jpeg(struct buf *out, J_COLOR_SPACE space, int components, int turn)
{
    unsigned char exif[] = {'E', 'x', 'i', 'f', 0,  0, 'M', 'M', 0, 42, 0, 0, 0,
                            8,   0,   1,   1,   18, 0, 3,   0,   0, 0,  1, 0, (unsigned char)turn,
                            0,   0};
    struct jpeg_compress_struct c;
    struct jpeg_error_mgr errors;
    unsigned char row[W * 4] = {0}, *data = NULL;
    JSAMPROW rows[1] = {row};
    unsigned long n = 0;

    c.err = jpeg_std_error(&errors);
    jpeg_create_compress(&c);
    jpeg_mem_dest(&c, &data, &n);
    c.image_width = W;
    c.image_height = H;
    c.input_components = components;
    c.in_color_space = space;
    jpeg_set_defaults(&c);
    c.arith_code = turn == ARITHMETIC;
    jpeg_start_compress(&c, TRUE);
    jpeg_write_marker(&c, JPEG_APP0 + 1, exif, sizeof exif);
    jpeg_write_marker(&c, JPEG_COM, (const JOCTET *)"secret place", 12);
    while (c.next_scanline < c.image_height) {
        memset(row, (int)c.next_scanline * 50, sizeof row);
        jpeg_write_scanlines(&c, rows, 1);
    }
    jpeg_finish_compress(&c);
    jpeg_destroy_compress(&c);
    buf_append(out, data, n);
    free(data);
}

static void refused(const struct buf *bytes, size_t n, const char *id)
{
    struct picture p;
    struct err e = ERR_INIT;

    assert_int_equal(picture_read(&p, bytes->data, n, NULL, &e), -1);
    assert_string_equal(e.id, id);
    assert_int_equal(e.kind, ERR_INPUT);
    picture_free(&p);
}

static void test_png(void **state)
{
    static const unsigned char ground[3] = {1, 2, 3};
    struct buf bytes = BUF_INIT(1 << 16);
    struct picture p;
    struct err e = ERR_INIT;

    (void)state;
    make_png(&bytes, PNG_FORMAT_RGBA, true);
    assert_int_equal(picture_read(&p, bytes.data, bytes.len, NULL, &e), 0);
    assert_int_equal(p.components, 3);
    assert_int_equal(p.data.len, W * H * 3);
    assert_int_equal(p.alpha.len, W * H);
    assert_int_equal(p.alpha.data[0], 0);
    assert_int_equal(p.alpha.data[1], 255);
    assert_int_equal(p.data.data[5], 10);
    picture_free(&p);
    /* flattened: the ground shows where it is clear */
    assert_int_equal(picture_read(&p, bytes.data, bytes.len, ground, &e), 0);
    assert_int_equal(p.alpha.len, 0);
    assert_memory_equal(p.data.data, ground, 3);
    picture_free(&p);
    refused(&bytes, bytes.len - 20, "err.draw.image");
    bytes.data[60] ^= 0x40;
    refused(&bytes, bytes.len, "err.draw.image");
    buf_clear(&bytes);
    /* opaque: no mask; grey stays grey */
    make_png(&bytes, PNG_FORMAT_GA, false);
    assert_int_equal(picture_read(&p, bytes.data, bytes.len, NULL, &e), 0);
    assert_int_equal(p.components, 1);
    assert_int_equal(p.alpha.len, 0);
    picture_free(&p);
    refused(&bytes, 3, "err.draw.image");
    buf_free(&bytes);
}

static void test_jpeg(void **state)
{
    struct buf bytes = BUF_INIT(1 << 16);
    struct picture p;
    struct err e = ERR_INIT;
    unsigned width = 0, height = 0;

    (void)state;
    make_jpeg(&bytes, JCS_RGB, 3, 6);
    size_t whole = bytes.len;
    buf_text(&bytes, "what a program hangs behind it");
    assert_int_equal(picture_read(&p, bytes.data, bytes.len, NULL, &e), 0);
    assert_true(p.jpeg);
    assert_int_equal(p.turn, 6);
    picture_seen(&p, &width, &height);
    assert_int_equal(width, H);
    assert_int_equal(height, W);
    /* nothing of what the camera wrote goes into the document */
    assert_null(memmem(p.data.data, p.data.len, "Exif", 4));
    assert_null(memmem(p.data.data, p.data.len, "secret", 6));
    assert_null(memmem(p.data.data, p.data.len, "hangs", 5));
    assert_non_null(memmem(p.data.data, p.data.len, "JFIF", 4));
    assert_memory_equal(p.data.data + p.data.len - 2, "\xff\xd9", 2);
    picture_free(&p);
    refused(&bytes, whole - 12, "err.draw.image");
    refused(&bytes, whole / 2, "err.draw.image");
    buf_clear(&bytes);
    make_jpeg(&bytes, JCS_RGB, 3, ARITHMETIC);
    refused(&bytes, bytes.len, "err.draw.image");
    buf_clear(&bytes);
    make_jpeg(&bytes, JCS_CMYK, 4, 1);
    refused(&bytes, bytes.len, "err.draw.image-cmyk");
    buf_free(&bytes);
}

static size_t objects_of(struct draw_appearance *spec, const char *dict)
{
    struct draw_objects objects = {NULL, 0};
    struct err e = ERR_INIT;
    size_t found = 0, n;

    assert_int_equal(draw_appearance_make(spec, 7, &objects, &e), 0);
    n = objects.count;
    for (size_t i = 0; i < n; i++)
        found += strstr(buf_str(objects.items[i].dict), dict) != NULL;
    assert_int_equal(found, 1);
    draw_objects_free(&objects);
    return n;
}

static void test_appearance(void **state)
{
    static const char *const lines[] = {"Élodie Martin", "signé"};
    struct draw_appearance spec = {.width = 300, .height = 90, .lines = lines, .nlines = 2};
    struct draw_objects objects = {NULL, 0};
    struct buf bytes = BUF_INIT(1 << 16);
    struct err e = ERR_INIT;
    char long_text[1200];

    (void)state;
    make_png(&bytes, PNG_FORMAT_RGBA, true);
    spec.image = bytes.data;
    spec.image_len = bytes.len;
    spec.image_alt = "image";
    assert_int_equal(objects_of(&spec, "/SMask 21 0 R"), 15);
    spec.flat = true;
    assert_int_equal(objects_of(&spec, "/Width 6/Height 4"), 14);
    spec.cid_sets = true;
    assert_int_equal(objects_of(&spec, "/CIDSet 21 0 R"), 16);
    spec.cid_sets = false;
    spec.height = 400; /* above the text */
    assert_int_equal(objects_of(&spec, "/XObject<</I 20 0 R>>"), 14);
    spec.width = 16; /* no room for words beside it */
    spec.height = 10;
    assert_int_equal(draw_appearance_make(&spec, 7, &objects, &e), -1);
    assert_string_equal(e.id, "err.draw.appearance");
    err_clear(&e);
    spec.width = 300;
    spec.height = 90;
    spec.image = NULL;
    spec.code = "PARAPHE:1 SHA256:00";
    spec.code_alt = "code";
    assert_int_equal(objects_of(&spec, "/Form"), 13);
    spec.height = 20;
    assert_int_equal(draw_appearance_make(&spec, 7, &objects, &e), -1);
    assert_string_equal(e.id, "err.draw.code-small");
    assert_int_equal(e.kind, ERR_USAGE);
    memset(long_text, 'x', sizeof long_text);
    long_text[sizeof long_text - 1] = '\0';
    spec.code = long_text;
    err_clear(&e);
    assert_int_equal(draw_appearance_make(&spec, 7, &objects, &e), -1);
    assert_string_equal(e.id, "err.draw.code-long");
    buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_png), cmocka_unit_test(test_jpeg),
                                       cmocka_unit_test(test_appearance)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

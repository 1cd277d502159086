/* LIBRARIES: PNG */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <png.h>

#include "base/buf.h"
#include "base/ceilings.h"
#include "base/err.h"
#include "base/file.h"
#include "pdf/draw/draw.h"
#include "pdf/draw/draw_int.h"
#include "pdf/draw/face.h"

static const struct draw_colour ink = {0.1, 0.1, 0.15}, pale = {0.9, 0.93, 0.96};

static void say(struct draw *d, struct draw_elem *parent, const char *tag, enum draw_face face,
                double size, double y, const char *s)
{
    struct draw_elem *elem = draw_elem_add(d, parent, tag);

    draw_begin(d, elem);
    draw_text(d, face, size, ink, 60, y, s, strlen(s));
    draw_end(d);
}

static void table(struct draw *d, struct draw_elem *parent, double y)
{
    struct draw_elem *t = draw_elem_add(d, parent, "Table");

    for (int r = 0; r < 2; r++) {
        struct draw_elem *row = draw_elem_add(d, t, "TR");
        for (int c = 0; c < 2; c++) {
            struct draw_elem *cell = draw_elem_add(d, row, r == 0 ? "TH" : "TD");
            if (r == 0)
                draw_elem_scope(d, cell, "Column");
            draw_begin(d, cell);
            draw_text(d, r == 0 ? DRAW_BOLD : DRAW_REGULAR, 9, ink, 60 + 100 * c, y - 14 * r,
                      "cellule", 7);
            draw_end(d);
        }
    }
}

/* The finished file in memory; nothing after a failure. */
static int finish(struct draw *d, const struct draw_info *info, struct buf *out, struct err *e)
{
    int fd = file_memory("out", e), rc = draw_finish(d, info, fd, e);
    off_t n = rc == 0 ? lseek(fd, 0, SEEK_END) : 0;
    unsigned char *to = buf_room(out, (size_t)n);

    assert_non_null(to);
    assert_int_equal(file_pread_all(fd, to, (size_t)n, 0, "out", e), 0);
    out->len = (size_t)n;
    close(fd);
    return rc;
}

static int make(struct buf *out, struct err *e)
{
    int book_fd = file_seal_bytes("book", "PK..", 4, e);
    struct draw *d = NULL;
    struct draw_property property = {"formDigest", "SHA-256 of the form", "00ff & <x>"};
    struct draw_info info = {.title = "Rapport & <annexe> – « essai »",
                             .author = "Œuvre SARL",
                             .subject = "Essai",
                             .producer = "paraphe test",
                             .lang = "fr-FR",
                             .created = 1790000000,
                             .properties = &property,
                             .nproperties = 1};
    double triangle[6] = {300, 300, 320, 300, 310, 320};

    assert_int_equal(draw_new(&d, e), 0);
    struct draw_elem *root = draw_elem_root(d);
    draw_page_add(d, 595.28, 841.89);
    draw_page_add(d, 595.28, 841.89);
    draw_page_select(d, 0);
    draw_bookmark(d, 1, "Événements", 800);
    draw_bookmark(d, 2, "Détail", 700);
    draw_artifact(d, "Background");
    draw_fill(d, pale, 40, 40, 200, 100);
    draw_alpha(d, 0.2);
    draw_text_turned(d, DRAW_BOLD, 80, ink, 120, 200, 45, "BROUILLON", 9);
    draw_alpha(d, 1);
    draw_rounded(d, pale, 300, 40, 100, 60, 6);
    draw_polygon(d, ink, triangle, 3);
    draw_frame(d, ink, 0.5, 300, 40, 100, 60);
    draw_line(d, ink, 1, 40, 30, 500, 30);
    draw_end(d);
    say(d, root, "H1", DRAW_BOLD, 16, 780, "Événement : l’œuvre coûte 12 345,67 €");
    say(d, root, "P", DRAW_REGULAR, 10, 750,
        "À vérifier ; ÀÂÇÉÈÊËÎÏÔŒÙÛŸ æ ½ « guillemets » … ≤ ≥ AVAT");
    say(d, root, "P", DRAW_ITALIC, 10, 735, "en italique");
    table(d, root, 700);
    struct draw_elem *link = draw_elem_add(d, draw_elem_add(d, root, "P"), "Link");
    draw_begin(d, link);
    draw_text(d, DRAW_REGULAR, 10, ink, 60, 600, "page 2", 6);
    draw_end(d);
    draw_link(d, link, "Page 2", 60, 598, 40, 12, 1, 800);
    draw_page_select(d, 1);
    say(d, root, "H1", DRAW_BOLD, 16, 780, "Signatures");
    draw_signature_field(d, root, "Signature1", "Signature de l’auditeur", 60, 500, 200, 80);
    struct draw_file data = {"grid.json", "Données", "application/json", "Data", "{}",
                             -1,          2,         1790000000};
    struct draw_file book = {"essai.xlsx",
                             "Classeur",
                             "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                             "Source",
                             NULL,
                             book_fd,
                             4,
                             1790000000};
    draw_attach(d, &data);
    draw_attach(d, &book);
    int rc = finish(d, &info, out, e);
    if (rc != 0)
        print_error("%s %s %s\n", e->id, e->sentence, e->foreign);
    draw_free(d);
    close(book_fd);
    return rc;
}

static void test_same_bytes(void **state)
{
    struct buf a = BUF_INIT(1 << 24), b = BUF_INIT(1 << 24);
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(make(&a, &e), 0);
    assert_int_equal(make(&b, &e), 0);
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    assert_true(a.len < 60000);
    assert_null(strstr((char *)a.data + a.len - 300, "<00000000000000000000000000000000>"));
    const char *keep = getenv("DRAW_KEEP"); /* a path, to look at the file */
    FILE *f = keep != NULL ? fopen(keep, "wb") : NULL;
    if (f != NULL) {
        fwrite(a.data, 1, a.len, f);
        fclose(f);
    }
    buf_free(&a);
    buf_free(&b);
}

static void test_widths(void **state)
{
    struct draw *d = NULL;
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(draw_new(&d, &e), 0);
    assert_float_equal(draw_char_width(d, DRAW_REGULAR, 10, 0x20AC), 5.56, 0.011);
    assert_float_equal(draw_char_width(d, DRAW_REGULAR, 10, 0x153), 9.44, 0.011);
    assert_float_equal(draw_char_width(d, DRAW_REGULAR, 10, 0x2019), 2.22, 0.011);
    double apart =
        draw_char_width(d, DRAW_REGULAR, 10, 'A') + draw_char_width(d, DRAW_REGULAR, 10, 'V');
    assert_true(draw_width(d, DRAW_REGULAR, 10, "AV", 2) < apart); /* kerned */
    assert_true(draw_covers(d, DRAW_REGULAR, 0x202F));
    assert_false(draw_covers(d, DRAW_REGULAR, 0x1F600));
    assert_false(draw_covers(d, DRAW_REGULAR, 0x4E00));
    draw_free(d);
}

/* A misuse is remembered and told by draw_finish. */
static void test_misuse(void **state)
{
    static const char *const texts[] = {"\xff", "\xf0\x9f\x98\x80", "\x01"};
    struct draw_info info = {.title = "t", .lang = "fr-FR"};

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        struct draw *d = NULL;
        struct buf out = BUF_INIT(1 << 24);
        struct err e = ERR_INIT;

        assert_int_equal(draw_new(&d, &e), 0);
        if (i != 4)
            draw_page_add(d, 595, 842);
        if (i < 3) {
            draw_begin(d, draw_elem_add(d, draw_elem_root(d), "P"));
            draw_text(d, DRAW_REGULAR, 10, ink, 10, 10, texts[i], strlen(texts[i]));
            draw_end(d);
        } else if (i == 3) {
            draw_text(d, DRAW_REGULAR, 10, ink, 10, 10, "x", 1); /* outside of any mark */
        } else if (i == 5) {
            draw_page_close(d, 0);
            draw_page_close(d, 1); /* no such page: nothing */
            draw_artifact(d, "Layout");
        }
        assert_int_equal(finish(d, &info, &out, &e), -1);
        assert_int_equal(e.kind, ERR_BUG);
        assert_int_equal(out.len, 0);
        draw_free(d);
        buf_free(&out);
    }
}

static void test_images(void **state)
{
    static const unsigned char jpeg_cmyk[] = {0xff, 0xd8, 0xff, 0xc0, 0, 20,   8,    0,
                                              1,    0,    1,    4,    1, 0x11, 0,    2,
                                              0x11, 0,    3,    0x11, 0, 4,    0x11, 0};
    static const unsigned char jpeg_huge[] = {0xff, 0xd8, 0xff, 0xc0, 0, 17,   8,
                                              0xff, 0xff, 0xff, 0xff, 3, 1,    0x11,
                                              0,    2,    0x11, 0,    3, 0x11, 0};
    struct draw *d = NULL;
    struct err e = ERR_INIT;
    size_t image = 99;
    unsigned columns = 0, rows = 0;

    (void)state;
    assert_int_equal(draw_new(&d, &e), 0);
    assert_int_equal(draw_image_add(d, "text", 4, &image, &columns, &rows, &e), -1);
    assert_string_equal(e.id, "err.draw.image");
    assert_int_equal(draw_image_add(d, "\x89PNG\r\n\x1a\n....", 12, &image, &columns, &rows, &e),
                     -1);
    assert_string_equal(e.id, "err.draw.image");
    assert_int_equal(draw_image_add(d, jpeg_cmyk, sizeof jpeg_cmyk, &image, &columns, &rows, &e),
                     -1);
    assert_string_equal(e.id, "err.draw.image-cmyk");
    assert_int_equal(draw_image_add(d, jpeg_huge, sizeof jpeg_huge, &image, &columns, &rows, &e),
                     -1);
    assert_string_equal(e.id, "err.draw.image-size");
    /* libharu itself refuses: fill bytes before the frame header */
    static const unsigned char jpeg_fill[] = {0xff, 0xd8, 0xff, 0xff, 0xc0, 0, 17,   8, 0, 1,    0,
                                              1,    3,    1,    0x11, 0,    2, 0x11, 0, 3, 0x11, 0};
    assert_int_equal(draw_image_add(d, jpeg_fill, sizeof jpeg_fill, &image, &columns, &rows, &e),
                     -1);
    assert_string_equal(e.id, "err.draw.image");
    unsigned char *large = calloc(1, (size_t)9 << 20);
    assert_non_null(large);
    assert_int_equal(draw_image_add(d, large, (size_t)9 << 20, &image, &columns, &rows, &e), -1);
    assert_string_equal(e.id, "err.draw.image-size");
    free(large);
    assert_int_equal(image, 99);
    /* and no more than a report has room for */
    png_image one = {
        .version = PNG_IMAGE_VERSION, .width = 1, .height = 1, .format = PNG_FORMAT_GRAY};
    unsigned char png[512], pixel = 7;
    png_alloc_size_t png_len = sizeof png;
    assert_true(png_image_write_to_memory(&one, png, &png_len, 0, &pixel, 0, NULL));
    for (size_t i = 0; i < 16; i++)
        assert_int_equal(draw_image_add(d, png, png_len, &image, &columns, &rows, &e), 0);
    err_clear(&e);
    assert_int_equal(draw_image_add(d, png, png_len, &image, &columns, &rows, &e), -1);
    assert_string_equal(e.id, "err.draw.image-size");
    assert_int_equal(image, 15);
    /* and the document can go on */
    struct draw_info info = {.title = "t", .lang = "fr-FR", .producer = "p"};
    struct buf out = BUF_INIT(1 << 24);
    draw_page_add(d, 100, 100);
    assert_int_equal(finish(d, &info, &out, &e), 0);
    buf_free(&out);
    draw_free(d);
}

/* What is attached is read while the file is written: a source that fails, and a file over the
 * limit, end it. */
static void test_sources(void **state)
{
    static const struct {
        int64_t holds;
        size_t said;
        bool here;
        const char *id;
    } cases[] = {{0, 0, true, NULL},
                 {300000, 300000, true, NULL},
                 {4, 300000, true, "err.base.file-read"},
                 {0, 4, false, "err.base.file-read"},
                 {0, 4, true, "err.base.file-read"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct draw_info info = {.title = "t", .lang = "fr-FR", .producer = "p"};
        struct draw_file file = {"a", "b", "text/plain", "Data", NULL, -1, cases[i].said, 0};
        struct buf out = BUF_INIT(1 << 24);
        struct err e = ERR_INIT;
        struct draw *d = NULL;

        if (cases[i].here)
            assert_true((file.fd = file_memory("source", &e)) >= 0);
        assert_true(!cases[i].here || ftruncate(file.fd, cases[i].holds) == 0);
        assert_int_equal(draw_new(&d, &e), 0);
        draw_page_add(d, 100, 100);
        draw_attach(d, &file);
        assert_int_equal(finish(d, &info, &out, &e), cases[i].id == NULL ? 0 : -1);
        assert_string_equal(e.id, cases[i].id == NULL ? "" : cases[i].id);
        draw_free(d);
        close(file.fd);
        buf_free(&out);
    }
}

static void test_too_large(void **state)
{
    struct draw_info info = {.title = "t", .lang = "fr-FR", .producer = "p"};
    struct err e = ERR_INIT;
    struct draw_file file = {.name = "a",
                             .description = "b",
                             .mime = "application/zip",
                             .relationship = "Data",
                             .fd = file_memory("source", &e),
                             .n = (size_t)ceilings.report_bytes};
    struct draw *d = NULL;
    int fd = file_memory("out", &e);

    (void)state;
    assert_int_equal(ftruncate(file.fd, ceilings.report_bytes), 0);
    assert_int_equal(file_pwrite_all(file.fd, "PK", 2, 0, "source", &e), 0); /* not packed */
    assert_int_equal(draw_new(&d, &e), 0);
    draw_page_add(d, 100, 100);
    draw_attach(d, &file);
    assert_int_equal(draw_finish(d, &info, fd, &e), -1);
    assert_string_equal(e.id, "err.base.buffer-full");
    draw_free(d);
    close(file.fd);
    close(fd);
}

static void test_limits(void **state)
{
    struct draw *d = NULL;
    struct face face;
    struct err e = ERR_INIT;
    struct buf out = BUF_INIT(1 << 24);
    struct draw_info info = {.title = "t", .lang = "fr-FR"};

    (void)state;
    assert_int_equal(face_load(&face, "NoSuchFont", &e), -1);
    assert_string_equal(e.id, "err.draw.font");
    assert_int_equal(draw_new(&d, &e), 0);
    for (int64_t i = 0; i <= ceilings.report_pages; i++)
        draw_page_add(d, 100, 100);
    assert_int_equal(finish(d, &info, &out, &e), -1);
    assert_string_equal(e.id, "err.draw.pages");
    buf_free(&out);
    draw_free(d);
}

static size_t places(const struct buf *b, const char *what)
{
    size_t n = 0, len = strlen(what);

    for (const unsigned char *p = b->data;
         (p = memmem(p, b->len - (size_t)(p - b->data), what, len)) != NULL; p += len)
        n++;
    return n;
}

/* Contents are packed before the end when there is much of them; such pages go on in another
 * stream. */
static void test_long(void **state)
{
    struct draw_info info = {.title = "long", .lang = "fr", .producer = "test", .created = 0};
    struct buf out = BUF_INIT(64 << 20);
    struct err e = ERR_INIT;
    struct draw *d = NULL;

    (void)state;
    assert_int_equal(draw_new(&d, &e), 0);
    struct draw_elem *root = draw_elem_root(d);
    for (int page = 0; page < 9; page++) {
        draw_page_add(d, 595.28, 841.89);
        for (int i = 0; i < 5000; i++)
            say(d, root, "P", DRAW_REGULAR, 9, 800, "Un constat, parmi beaucoup d'autres.");
    }
    draw_page_select(d, 1);
    say(d, root, "P", DRAW_REGULAR, 9, 20, "1 / 9");
    assert_int_equal(finish(d, &info, &out, &e), 0);
    assert_in_range(places(&out, "/Contents ["), 1, 8);
    assert_in_range(places(&out, "/Contents "), 9, 9);
    draw_free(d);
    buf_free(&out);
}

static void test_appearance(void **state)
{
    const char *lines[] = {"Signé par Élodie Martin", "le 23/11/2026 – 😀", "\x01\xff"};
    struct draw_appearance spec = {.width = 200, .height = 60, .lines = lines, .nlines = 3};
    struct draw_objects objects = {NULL, 0};
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(draw_appearance_make(&spec, 100, &objects, &e), 0);
    assert_int_equal(objects.count, 13);
    for (size_t i = 0; i < objects.count; i++)
        assert_int_equal(objects.items[i].number, 100 + i);
    assert_non_null(strstr(buf_str(objects.items[0].dict), "/F1 101 0 R/F0 107 0 R"));
    assert_non_null(objects.items[0].stream);
    assert_non_null(strstr(buf_str(objects.items[1].dict), "/DescendantFonts[102 0 R]"));
    assert_null(objects.items[1].stream);
    draw_objects_free(&objects);
    spec.width = 3;
    assert_int_equal(draw_appearance_make(&spec, 100, &objects, &e), -1);
    assert_string_equal(e.id, "err.draw.appearance");
}

/* A page beyond the library's own limit: its error is kept until the end. */
static void what_the_library_refuses(void **state)
{
    struct draw_info info = {.title = "x", .producer = "paraphe test", .lang = "fr-FR"};
    struct buf out = BUF_INIT(1 << 20);
    struct draw *d = NULL;
    struct err e = ERR_INIT;

    (void)state;
    assert_int_equal(draw_new(&d, &e), 0);
    draw_page_add(d, 20000, 20000);
    assert_int_equal(finish(d, &info, &out, &e), -1);
    assert_string_equal(e.id, "err.draw.library");
    draw_free(d);
    buf_free(&out);
}

/* Want of memory is nobody's mistake, and told as what it is. */
static void without_memory(void **state)
{
    struct draw_info info = {.title = "x", .producer = "paraphe test", .lang = "fr-FR"};
    struct buf out = BUF_INIT(1 << 20);
    struct draw *d = NULL;
    struct err e = ERR_INIT, memory = ERR_INIT;

    (void)state;
    err_set_memory(&memory);
    assert_int_equal(draw_new(&d, &e), 0);
    draw_page_add(d, 200, 200);
    draw_fail_memory(d);
    assert_int_equal(finish(d, &info, &out, &e), -1);
    assert_int_equal(e.kind, memory.kind);
    assert_string_equal(e.id, memory.id);
    draw_free(d);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bytes), cmocka_unit_test(test_widths),
        cmocka_unit_test(test_misuse),     cmocka_unit_test(test_images),
        cmocka_unit_test(test_sources),    cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_appearance),
        cmocka_unit_test(test_long),       cmocka_unit_test(what_the_library_refuses),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

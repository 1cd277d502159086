/* The look of a visible signature, as objects for another file: a form XObject and the font that it
 * uses. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/utf8.h"
#include "pdf/draw/draw_int.h"

struct look {
    struct font regular, bold;
    struct buf content;
};

/* Characters that the font lacks become "?"; control characters a blank. malloc'ed. */
static char *line_clean(struct font *f, const char *s)
{
    size_t n = strlen(s), at = 0;
    char *out = malloc(n * 3 + 1);

    for (size_t i = 0; out != NULL && i < n;) {
        uint32_t c = 0;
        size_t len = utf8_decode(s + i, n - i, &c);

        if (len == 0) {
            len = 1;
            c = '?';
        }
        i += len;
        if (c < 0x20 || c == 0x7f)
            c = ' ';
        if (font_glyph(f, c) == 0)
            c = '?';
        at += utf8_encode(c, out + at);
    }
    if (out != NULL)
        out[at] = '\0';
    return out;
}

/* The text size at which all lines fit in height, and each in width; 4 to 11 points. A line too
 * wide at 4 points is cut. */
static double size_fit(struct look *look, const struct draw_appearance *spec, char *const *lines)
{
    double pad = 4, size = (spec->height - 2 * pad) / (1.2 * (double)spec->nlines);

    if (size > 11)
        size = 11;
    for (size_t i = 0; i < spec->nlines; i++) {
        struct font *f = i == 0 ? &look->bold : &look->regular;
        double width = (double)font_width(f, lines[i], strlen(lines[i])) / 1000;
        if (width > 0 && size * width > spec->width - 2 * pad)
            size = (spec->width - 2 * pad) / width;
    }
    return size < 4 ? 4 : size;
}

static int content_make(struct look *look, const struct draw_appearance *spec, struct err *e)
{
    char **lines = calloc(spec->nlines + 1, sizeof *lines);
    struct buf *b = &look->content;
    int rc = -1;

    for (size_t i = 0; lines != NULL && i < spec->nlines; i++) {
        lines[i] = line_clean(i == 0 ? &look->bold : &look->regular, spec->lines[i]);
        if (lines[i] == NULL)
            goto out;
    }
    if (lines == NULL)
        goto out;
    double size = size_fit(look, spec, lines), y = spec->height - 4 - size;
    buf_text(b, "q 0.98 0.98 0.99 rg 0 0 ");
    put_real(b, spec->width);
    buf_char(b, ' ');
    put_real(b, spec->height);
    buf_text(b, " re f 0.6 0.66 0.72 RG 0.6 w 0.3 0.3 ");
    put_real(b, spec->width - 0.6);
    buf_char(b, ' ');
    put_real(b, spec->height - 0.6);
    buf_text(b, " re S 0.1 0.14 0.2 rg\n");
    for (size_t i = 0; i < spec->nlines && y > 0; i++, y -= 1.2 * size) {
        struct font *f = i == 0 ? &look->bold : &look->regular;
        size_t n = strlen(lines[i]);
        while (n > 0 && (double)font_width(f, lines[i], n) * size / 1000 > spec->width - 8)
            n = utf8_whole_length(lines[i], n - 1);
        if (n == 0)
            continue;
        buf_format(b, "BT /F%d ", i == 0 ? 1 : 0);
        put_real(b, size);
        buf_text(b, " Tf 4 ");
        put_real(b, y);
        buf_text(b, " Td ");
        if (font_show(f, lines[i], n, b) != 0)
            goto out;
        buf_text(b, " ET\n");
    }
    buf_text(b, "Q");
    rc = 0;
out:
    for (size_t i = 0; lines != NULL && i < spec->nlines; i++)
        free(lines[i]);
    free(lines);
    return rc == 0 ? buf_check(b, e) : err_set_memory(e);
}

static int object_add(struct draw_objects *out, uint32_t number, struct part *part, struct err *e)
{
    struct buf *body = malloc(sizeof *body);

    if (body == NULL)
        return err_set_memory(e);
    if (part->packed && part->stream.len > 0 && part_pack(part, e) != 0) {
        free(body);
        return -1;
    }
    buf_init(body, (size_t)ceilings.pdf_update_bytes);
    out->items[out->count++] = (struct draw_object){number, body};
    buf_text(body, "<<");
    buf_append(body, part->dict.data, part->dict.len);
    if (part->streamed) {
        buf_format(body, "/Length %zu>>\nstream\n", part->stream.len);
        buf_append(body, part->stream.data, part->stream.len);
        buf_text(body, "\nendstream");
    } else {
        buf_text(body, ">>");
    }
    return buf_check(body, e);
}

static int font_add(struct font *f, uint32_t first, struct draw_objects *out, struct err *e)
{
    struct part parts[FONT_PARTS] = {0};
    uint32_t numbers[FONT_PARTS];
    int rc;

    for (uint32_t i = 0; i < FONT_PARTS; i++)
        numbers[i] = first + i;
    rc = font_parts(f, numbers, parts, e);
    for (size_t i = 0; i < FONT_PARTS; i++) {
        if (rc == 0)
            rc = object_add(out, numbers[i], &parts[i], e);
        part_free(&parts[i]);
    }
    return rc;
}

/* Objects: the form, then six of the bold font, then six of the regular one when it is used. */
static int objects_make(struct look *look, const struct draw_appearance *spec, uint32_t first,
                        struct draw_objects *out, struct err *e)
{
    struct part form = {.streamed = true, .packed = true};
    int rc = -1;

    buf_init(&form.dict, 4096);
    buf_init(&form.stream, (size_t)ceilings.report_bytes);
    buf_text(&form.dict, "/Type/XObject/Subtype/Form/BBox[0 0 ");
    put_real(&form.dict, spec->width);
    buf_char(&form.dict, ' ');
    put_real(&form.dict, spec->height);
    buf_format(&form.dict, "]/Resources<</Font<</F1 %u 0 R", first + 1);
    if (look->regular.nused > 0)
        buf_format(&form.dict, "/F0 %u 0 R", first + 1 + FONT_PARTS);
    buf_text(&form.dict, ">>>>");
    buf_append(&form.stream, look->content.data, look->content.len);
    if (buf_check(&form.dict, e) == 0 && buf_check(&form.stream, e) == 0 &&
        object_add(out, first, &form, e) == 0 && font_add(&look->bold, first + 1, out, e) == 0 &&
        (look->regular.nused == 0 || font_add(&look->regular, first + 1 + FONT_PARTS, out, e) == 0))
        rc = 0;
    part_free(&form);
    return rc;
}

int draw_appearance_make(const struct draw_appearance *spec, uint32_t first,
                         struct draw_objects *out, struct err *e)
{
    struct look look = {0};
    struct draw_objects list = {NULL, 0};
    int rc = -1;

    buf_init(&look.content, (size_t)ceilings.report_bytes);
    if (spec->width < 10 || spec->height < 8 || spec->nlines == 0 || spec->nlines > 20)
        return err_set(e, ERR_USAGE, "err.draw.appearance", NULL);
    list.items = calloc(1 + 2 * FONT_PARTS, sizeof *list.items);
    if (list.items == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (font_open(&look.bold, "LiberationSans-Bold", e) != 0 ||
        font_open(&look.regular, "LiberationSans-Regular", e) != 0 ||
        content_make(&look, spec, e) != 0 || objects_make(&look, spec, first, &list, e) != 0)
        goto out;
    *out = list;
    list = (struct draw_objects){NULL, 0};
    rc = 0;
out:
    draw_objects_free(&list);
    font_close(&look.bold);
    font_close(&look.regular);
    buf_free(&look.content);
    return rc;
}

void draw_objects_free(struct draw_objects *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buf_free(list->items[i].body);
        free(list->items[i].body);
    }
    free(list->items);
    list->items = NULL;
    list->count = 0;
}

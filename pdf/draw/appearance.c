/* The look of a visible signature, as objects for another file: a form XObject, the fonts that it
 * uses, and its image. */
#include "pdf/draw/appearance.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "pdf/draw/draw_int.h"

enum { CODE_TEXT_MAX = 1000, LINES_MAX = 20, OBJECTS_MAX = 5 + 2 * FONT_PARTS };

/* sRGB and its grey without a profile (8.6.5.2, 8.6.5.3): no output intent is needed for them. */
static const char rgb[] = "[/CalRGB<</WhitePoint[0.9505 1 1.089]/Gamma[2.2 2.2 2.2]/Matrix"
                          "[0.4124 0.2126 0.0193 0.3576 0.7152 0.1192 0.1805 0.0722 0.9505]>>]";
static const char grey[] = "[/CalGray<</WhitePoint[0.9505 1 1.089]/Gamma 2.2>>]";

static int object_add(struct draw_objects *out, uint32_t number, struct part *part, struct err *e)
{
    struct draw_object *o = &out->items[out->count];
    struct packer packer = {0};
    int rc = part->packed && part->stream.len > 0 ? part_pack(part, &packer, e) : 0;

    packer_close(&packer);
    if (rc != 0)
        return -1;
    *o = (struct draw_object){number, calloc(1, sizeof(struct buf)), NULL};
    if (o->dict == NULL)
        return err_set_memory(e);
    out->count++;
    buf_init(o->dict, (size_t)ceilings.pdf_update_bytes);
    buf_text(o->dict, "<<");
    buf_append(o->dict, part->dict.data, part->dict.len);
    buf_text(o->dict, ">>");
    if (part->streamed) {
        o->stream = malloc(sizeof *o->stream);
        if (o->stream == NULL)
            return err_set_memory(e);
        *o->stream = part->stream;
        buf_init(&part->stream, 1);
    }
    return buf_check(o->dict, e);
}

/* set: number of the list of its characters; 0 for none. */
static int font_add(struct font *f, uint32_t first, uint32_t set, struct draw_objects *out,
                    struct err *e)
{
    struct part parts[FONT_PARTS] = {0};
    uint32_t numbers[FONT_PARTS];
    int rc;

    for (uint32_t i = 0; i < FONT_PARTS; i++)
        numbers[i] = first + i;
    rc = font_parts(f, numbers, parts, e);
    if (rc == 0 && set != 0)
        buf_format(&parts[FONT_DESCRIPTOR].dict, "/CIDSet %u 0 R", set);
    for (size_t i = 0; i < FONT_PARTS; i++) {
        if (rc == 0)
            rc = object_add(out, numbers[i], &parts[i], e);
        part_free(&parts[i]);
    }
    return rc;
}

/* A bit for each character that the subset holds, from 0 (none) on. */
static int set_add(const struct font *f, uint32_t number, struct draw_objects *out, struct err *e)
{
    struct part part = {.streamed = true, .packed = true};
    int rc;

    buf_init(&part.dict, 64);
    buf_init(&part.stream, 1 << 16);
    for (size_t i = 0; i <= f->nused; i += 8) {
        size_t rest = f->nused + 1 - i;
        buf_char(&part.stream, (char)(rest >= 8 ? 0xff : 0xff << (8 - rest) & 0xff));
    }
    rc = buf_check(&part.stream, e) == 0 ? object_add(out, number, &part, e) : -1;
    part_free(&part);
    return rc;
}

/* An image XObject (8.9.5) whose data is moved out of `data`. space: its /ColorSpace. */
static int image_object(const struct picture *p, struct buf *data, const char *space, bool jpeg,
                        uint32_t mask, uint32_t number, struct draw_objects *out, struct err *e)
{
    struct part part = {.streamed = true, .packed = !jpeg};
    int rc;

    buf_init(&part.dict, 4096);
    part.stream = *data;
    buf_init(data, 1);
    buf_format(&part.dict,
               "/Type/XObject/Subtype/Image/Width %u/Height %u/BitsPerComponent 8/ColorSpace%s",
               p->columns, p->rows, space);
    if (mask != 0)
        buf_format(&part.dict, "/SMask %u 0 R", mask);
    if (jpeg)
        buf_text(&part.dict, "/Filter/DCTDecode");
    rc = buf_check(&part.dict, e) == 0 ? object_add(out, number, &part, e) : -1;
    part_free(&part);
    return rc;
}

/* The image, then its mask when some of it is transparent. */
static int image_add(struct picture *p, uint32_t first, struct draw_objects *out, struct err *e)
{
    uint32_t mask = p->alpha.len > 0 ? first + 1 : 0;

    if (image_object(p, &p->data, p->components == 3 ? rgb : grey, p->jpeg, mask, first, out, e) !=
        0)
        return -1;
    return mask == 0 ? 0 : image_object(p, &p->alpha, "/DeviceGray", false, 0, mask, out, e);
}

/* Objects: the form, then six of the bold font, six of the regular one when it is used, the image
 * and its mask, and the lists of the fonts' characters. */
static int objects_make(struct look *look, uint32_t first, struct draw_objects *out, struct err *e)
{
    struct part form = {.streamed = true, .packed = true};
    bool regular = look->regular.nused > 0;
    uint32_t image = first + 1 + FONT_PARTS + (regular ? (uint32_t)FONT_PARTS : 0);
    uint32_t sets = image + (look->picture.columns != 0) + (look->picture.alpha.len > 0);
    bool listed = look->spec->cid_sets;
    int rc = -1;

    buf_init(&form.dict, 4096);
    form.stream = look->content;
    buf_init(&look->content, 1);
    buf_text(&form.dict, "/Type/XObject/Subtype/Form/BBox[0 0 ");
    put_real(&form.dict, look->spec->width);
    buf_char(&form.dict, ' ');
    put_real(&form.dict, look->spec->height);
    buf_format(&form.dict, "]/Resources<</ColorSpace<</C%s>>/Font<</F1 %u 0 R", rgb, first + 1);
    if (regular)
        buf_format(&form.dict, "/F0 %u 0 R", first + 1 + FONT_PARTS);
    buf_text(&form.dict, ">>");
    if (look->picture.columns != 0)
        buf_format(&form.dict, "/XObject<</I %u 0 R>>", image);
    buf_text(&form.dict, ">>");
    if (buf_check(&form.dict, e) == 0 && object_add(out, first, &form, e) == 0 &&
        font_add(&look->bold, first + 1, listed ? sets : 0, out, e) == 0 &&
        (!regular ||
         font_add(&look->regular, first + 1 + FONT_PARTS, listed ? sets + 1 : 0, out, e) == 0) &&
        (look->picture.columns == 0 || image_add(&look->picture, image, out, e) == 0) &&
        (!listed || set_add(&look->bold, sets, out, e) == 0) &&
        (!listed || !regular || set_add(&look->regular, sets + 1, out, e) == 0))
        rc = 0;
    part_free(&form);
    return rc;
}

static int parts_read(struct look *look, struct err *e)
{
    const struct draw_appearance *spec = look->spec;

    if (spec->image != NULL && picture_read(&look->picture, spec->image, spec->image_len,
                                            spec->flat ? look_ground : NULL, e) != 0)
        return -1;
    if (spec->code == NULL)
        return 0;
    if (lib_qrencode_open(e) != 0)
        return -1;
    if (strlen(spec->code) <= CODE_TEXT_MAX)
        look->code = QRcode_encodeString(spec->code, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (look->code == NULL)
        return strlen(spec->code) <= CODE_TEXT_MAX && errno == ENOMEM
                   ? err_set_memory(e)
                   : err_set(e, ERR_USAGE, "err.draw.code-long", NULL);
    return 0;
}

int draw_appearance_make(const struct draw_appearance *spec, uint32_t first,
                         struct draw_objects *out, struct err *e)
{
    struct look look = {.spec = spec};
    struct draw_objects list = {NULL, 0};
    int rc = -1;

    buf_init(&look.content, (size_t)ceilings.report_bytes);
    if (spec->width < 10 || spec->height < 8 || spec->nlines == 0 || spec->nlines > LINES_MAX)
        return err_set(e, ERR_USAGE, "err.draw.appearance", NULL);
    list.items = calloc(OBJECTS_MAX, sizeof *list.items);
    if (list.items == NULL) {
        err_set_memory(e);
        goto out;
    }
    if (parts_read(&look, e) != 0 || look_place(&look, e) != 0 ||
        font_open(&look.bold, "LiberationSans-Bold", e) != 0 ||
        font_open(&look.regular, "LiberationSans-Regular", e) != 0 || look_draw(&look, e) != 0 ||
        objects_make(&look, first, &list, e) != 0)
        goto out;
    *out = list;
    list = (struct draw_objects){NULL, 0};
    rc = 0;
out:
    draw_objects_free(&list);
    font_close(&look.bold);
    font_close(&look.regular);
    picture_free(&look.picture);
    if (look.code != NULL)
        QRcode_free(look.code);
    buf_free(&look.content);
    return rc;
}

void draw_objects_free(struct draw_objects *list)
{
    for (size_t i = 0; i < list->count; i++) {
        buf_free(list->items[i].dict);
        free(list->items[i].dict);
        if (list->items[i].stream != NULL)
            buf_free(list->items[i].stream);
        free(list->items[i].stream);
    }
    free(list->items);
    list->items = NULL;
    list->count = 0;
}

/* The resources that all pages share: fonts, images, graphics states. */
#include "pdf/draw/draw_int.h"

static uint32_t font_finish(struct draw *d, const struct font *font)
{
    struct raw *raws[FONT_PARTS] = {NULL};
    struct part parts[FONT_PARTS] = {0};
    uint32_t numbers[FONT_PARTS];
    struct err e = ERR_INIT;

    for (size_t i = 0; i < FONT_PARTS; i++) {
        raws[i] = raw_new(d, i >= FONT_FILE);
        if (raws[i] == NULL)
            return 0;
        numbers[i] = raws[i]->number;
    }
    if (font_parts(font, numbers, parts, &e) != 0)
        draw_fail(d, &e);
    for (size_t i = 0; i < FONT_PARTS; i++) {
        part_free(&raws[i]->part);
        raws[i]->part = parts[i];
        if (parts[i].streamed)
            raw_close(d, raws[i]);
    }
    return numbers[FONT_TYPE0];
}

void resources_finish(struct draw *d)
{
    struct raw *all = raw_new(d, false);

    if (all == NULL)
        return;
    struct buf *b = &all->part.dict;
    buf_text(b, "/Font<<");
    for (size_t k = 0; k < DRAW_FACES; k++) {
        if (d->fonts[k].nused > 0)
            buf_format(b, "/F%zu %u 0 R", k, font_finish(d, &d->fonts[k]));
    }
    buf_text(b, ">>/XObject<<");
    for (size_t i = 0; i < d->nimages; i++)
        buf_format(b, "/I%zu %u 0 R", i, (unsigned)(d->images[i]->header.obj_id & 0x00ffffff));
    buf_text(b, ">>/ExtGState<<");
    for (size_t i = 0; i <= 100; i++) {
        if (d->alphas[i])
            buf_format(b, "/A%zu<</CA %zu.%02zu/ca %zu.%02zu>>", i, i / 100, i % 100, i / 100,
                       i % 100);
    }
    buf_text(b, ">>");
    for (size_t i = 0; i < d->npages && !draw_stopped(d); i++)
        HPDF_Dict_Add(d->pages[i].page, "Resources", all->dict);
}

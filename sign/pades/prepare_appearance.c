/* The appearance of a visible signature, drawn by pdf/draw and put into the update as it comes. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/jv.h"
#include "pdf/draw/draw.h"
#include "sign/pades/prepare.h"

enum { LINES_MAX = 16, WIDTH_MIN = 24, HEIGHT_MIN = 10 };

/* 12.5.5: the appearance turned by its /Matrix is fitted to the rectangle, so that it stands
 * upright on a turned page. */
static int turn(struct buf *body, int64_t rotate, struct err *e)
{
    const char *matrix = rotate == 90    ? " /Matrix [0 1 -1 0 0 0]"
                         : rotate == 180 ? " /Matrix [-1 0 0 -1 0 0]"
                         : rotate == 270 ? " /Matrix [0 -1 1 0 0 0]"
                                         : NULL;
    const unsigned char *at = memmem(body->data, body->len, "<<", 2);
    struct buf turned = BUF_INIT(body->max + 64);
    int rc;

    if (matrix == NULL)
        return 0;
    if (at == NULL || memmem(body->data, body->len, "/Matrix", 7) != NULL)
        return err_set_bug(e, "prepare_appearance: form");
    buf_append(&turned, body->data, (size_t)(at - body->data) + 2);
    buf_text(&turned, matrix);
    buf_append(&turned, at + 2, body->len - (size_t)(at - body->data) - 2);
    rc = buf_check(&turned, e);
    buf_clear(body);
    buf_append(body, turned.data, turned.len);
    buf_free(&turned);
    return rc != 0 ? rc : buf_check(body, e);
}

static int put_objects(struct prepare *p, const struct draw_objects *objects, struct pdf_ref first,
                       struct err *e)
{
    for (size_t i = 0; i < objects->count; i++) {
        struct pdf_ref ref = i == 0 ? first : pdf_update_reserve(p->update);
        if (ref.num != objects->items[i].number)
            return err_set_bug(e, "prepare_appearance: numbers");
        if (pdf_update_put_raw(p->update, ref, objects->items[i].body->data,
                               objects->items[i].body->len, e) != 0)
            return -1;
    }
    return 0;
}

int prepare_appearance(struct prepare *p, struct err *e)
{
    const struct jv *lines = jv_get(p->ask, "lines");
    const char *texts[LINES_MAX];
    struct draw_objects objects = {NULL, 0};
    struct draw_appearance spec = {.lines = texts};
    struct pdf_ref first;
    int rc = -1;

    spec.width = p->box[2] > p->box[0] ? p->box[2] - p->box[0] : p->box[0] - p->box[2];
    spec.height = p->box[3] > p->box[1] ? p->box[3] - p->box[1] : p->box[1] - p->box[3];
    if (p->timestamp || jv_count(lines) == 0 ||
        (!p->visible && (spec.width < WIDTH_MIN || spec.height < HEIGHT_MIN)))
        return 0; /* a field too small for words is signed all the same */
    if (p->rotate == 90 || p->rotate == 270) {
        double width = spec.width;
        spec.width = spec.height;
        spec.height = width;
    }
    if (pdf_is_encrypted(p->pdf)) {
        /* The drawn objects come with streams in clear, and this file's must be encrypted. */
        if (p->visible)
            return err_set(e, ERR_USAGE, "err.sign-pades.visible-encrypted", NULL);
        prepare_note(p, "appearance-left-out", NULL);
        return 0;
    }
    for (size_t i = 0; i < jv_count(lines) && spec.nlines < LINES_MAX; i++) {
        texts[spec.nlines] = jv_str(jv_at(lines, i));
        if (texts[spec.nlines] != NULL)
            spec.nlines++;
    }
    first = pdf_update_reserve(p->update);
    if (draw_appearance_make(&spec, first.num, &objects, e) == 0 && objects.count > 0 &&
        turn(objects.items[0].body, p->rotate, e) == 0 && put_objects(p, &objects, first, e) == 0) {
        p->appearance_ref = first;
        rc = 0;
    }
    draw_objects_free(&objects);
    return rc;
}

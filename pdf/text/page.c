#include "pdf/text/page.h"

#include <math.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/utf8.h"
#include "pdf/text/walk.h"

enum { MARKS_MAX = 400000 };

struct text_reader {
    struct text_walk walk;
    struct text_page *page;
    size_t room;
};

static int mark_add(struct text_reader *r, const struct text_mark *m, struct err *e)
{
    struct text_page *p = r->page;

    if (p->count == MARKS_MAX)
        return err_set(e, ERR_INPUT, "err.pdf-text.large", NULL);
    if (p->count == r->room) {
        size_t room = r->room == 0 ? 1024 : 2 * r->room;
        struct text_mark *grown = reallocarray(p->marks, room, sizeof *grown);
        if (grown == NULL)
            return err_set_memory(e);
        p->marks = grown;
        r->room = room;
    }
    p->marks[p->count++] = *m;
    return 0;
}

/* The text moves on along its own base line. */
static void advance(struct text_walk *w, double by)
{
    w->text = text_matrix_times((struct text_matrix){1, 0, 0, 1, by, 0}, w->text);
}

static int code_show(struct text_walk *w, const unsigned char *s, size_t n, struct err *e)
{
    const struct text_state *st = &w->now;
    uint32_t code = n == 2 ? (uint32_t)s[0] << 8 | s[1] : s[0];
    double width = text_metrics_width(&st->font->metrics, code) / 1000 * st->size * st->scale;
    struct text_matrix m = text_matrix_times(w->text, st->ctm);
    struct text_mark mark = {.x0 = (float)(st->rise * m.c + m.e),
                             .y0 = (float)(st->rise * m.d + m.f),
                             .up_x = (float)(st->size * m.c),
                             .up_y = (float)(st->size * m.d)};
    struct buf text = BUF_INIT(4096);
    size_t mapped = 0, unmapped = 0;
    int rc = 0;

    mark.x1 = mark.x0 + (float)(width * m.a);
    mark.y1 = mark.y0 + (float)(width * m.b);
    text_font_show(&st->font->font, s, n, &text, &mapped, &unmapped);
    if (isfinite(mark.x0) && isfinite(mark.y0) && isfinite(mark.x1) && isfinite(mark.y1)) {
        if (text.len == 0)
            rc = mark_add(w->self, &mark, e);
        for (size_t at = 0, len; rc == 0 && at < text.len; at += len) {
            len = utf8_decode(buf_str(&text) + at, text.len - at, &mark.c);
            if (len == 0)
                break;
            rc = mark_add(w->self, &mark, e);
        }
    }
    buf_free(&text);
    advance(w, width + (st->chars + (n == 1 && code == ' ' ? st->words : 0)) * st->scale);
    return rc;
}

static int string_show(struct text_walk *w, const struct buf *s, struct err *e)
{
    size_t step = w->now.font != NULL && w->now.font->font.wide ? 2 : 1;

    for (size_t i = 0; w->now.font != NULL && i + step <= s->len; i += step) {
        if (code_show(w, s->data + i, step, e) != 0)
            return -1;
    }
    return 0;
}

static void adjust(struct text_walk *w, double thousandths)
{
    advance(w, -thousandths / 1000 * w->now.size * w->now.scale);
}

static const struct text_visit visit = {.widths = true, .string = string_show, .adjust = adjust};

int text_page_read(struct text_reader *r, struct pdf_ref ref, const struct pdf_value *page,
                   struct text_page *out, struct err *e)
{
    int rc;

    *out = (struct text_page){NULL, 0};
    r->page = out;
    r->room = 0;
    rc = text_walk_page(&r->walk, ref, page, e);
    r->page = NULL;
    return rc;
}

void text_page_free(struct text_page *page)
{
    free(page->marks);
    *page = (struct text_page){NULL, 0};
}

int text_reader_new(struct text_reader **out, struct pdf *pdf, int revision, struct err *e)
{
    struct text_reader *r = calloc(1, sizeof *r);

    if (r == NULL)
        return err_set_memory(e);
    r->walk.pdf = pdf;
    r->walk.revision = revision;
    r->walk.visit = &visit;
    r->walk.self = r;
    *out = r;
    return 0;
}

struct pdf *text_reader_pdf(const struct text_reader *r)
{
    return r->walk.pdf;
}

int text_reader_revision(const struct text_reader *r)
{
    return r->walk.revision;
}

void text_reader_free(struct text_reader *r)
{
    if (r == NULL)
        return;
    text_walk_end(&r->walk);
    free(r);
}

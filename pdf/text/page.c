#include "pdf/text/page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/utf8.h"
#include "pdf/text/text.h"

enum {
    FORM_DEPTH = 12,
    FONTS_MAX = 256,
    FONTS_KEPT = 64, /* from page to page */
    STATES = 64,
    NUMBERS = 6,
    MARKS_MAX = 400000
};
static const int64_t operators_max = 20000000; /* of a document */

struct matrix {
    double a, b, c, d, e, f;
};
struct slot {
    uint32_t num;
    struct text_font font;
    struct text_metrics metrics;
};
struct state {
    struct matrix ctm;
    const struct slot *font;
    double size, chars, words, scale, leading, rise;
};
struct text_reader {
    struct pdf *pdf;
    int revision;
    struct slot *fonts[FONTS_MAX];
    size_t nfonts;
    int64_t operators;
    struct state now, saved[STATES];
    int depth, too_deep;
    struct matrix text, line;
    double numbers[NUMBERS]; /* the last ones before an operator */
    size_t nnumbers;
    struct text_page *page;
    size_t room;
};

static int large(struct err *e)
{
    return err_set(e, ERR_INPUT, "err.pdf-text.large", NULL);
}

/* m, then n */
static struct matrix times(struct matrix m, struct matrix n)
{
    return (struct matrix){m.a * n.a + m.b * n.c,       m.a * n.b + m.b * n.d,
                           m.c * n.a + m.d * n.c,       m.c * n.b + m.d * n.d,
                           m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f};
}

static int mark_add(struct text_reader *r, const struct text_mark *m, struct err *e)
{
    struct text_page *p = r->page;

    if (p->count == MARKS_MAX)
        return large(e);
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

static int code_show(struct text_reader *r, const unsigned char *s, size_t n, struct err *e)
{
    const struct state *st = &r->now;
    uint32_t code = n == 2 ? (uint32_t)s[0] << 8 | s[1] : s[0];
    double width = text_metrics_width(&st->font->metrics, code) / 1000 * st->size * st->scale;
    struct matrix m = times(r->text, st->ctm);
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
            rc = mark_add(r, &mark, e);
        for (size_t at = 0, len; rc == 0 && at < text.len; at += len) {
            len = utf8_decode(buf_str(&text) + at, text.len - at, &mark.c);
            if (len == 0)
                break;
            rc = mark_add(r, &mark, e);
        }
    }
    buf_free(&text);
    double spaced = width + (st->chars + (n == 1 && code == ' ' ? st->words : 0)) * st->scale;
    r->text = times((struct matrix){1, 0, 0, 1, spaced, 0}, r->text);
    return rc;
}

static int show(struct text_reader *r, const struct buf *s, struct err *e)
{
    size_t step = r->now.font != NULL && r->now.font->font.wide ? 2 : 1;

    for (size_t i = 0; r->now.font != NULL && i + step <= s->len; i += step) {
        if (code_show(r, s->data + i, step, e) != 0)
            return -1;
    }
    return 0;
}

static void fonts_free(struct text_reader *r)
{
    for (size_t i = 0; i < r->nfonts; i++) {
        text_font_free(&r->fonts[i]->font);
        text_metrics_free(&r->fonts[i]->metrics);
        free(r->fonts[i]);
    }
    r->nfonts = 0;
}

static int font_set(struct text_reader *r, const struct pdf_value *resources, const char *name,
                    struct err *e)
{
    struct err ignored = ERR_INIT;
    const struct pdf_value *fonts = pdf_get(r->pdf, resources, "Font", r->revision, &ignored);
    uint32_t num = pdf_ref_of(pdf_key(fonts, name)).num;
    const struct pdf_value *font = pdf_get(r->pdf, fonts, name, r->revision, &ignored);
    struct slot *slot;

    r->now.font = NULL;
    for (size_t i = 0; i < r->nfonts && num != 0; i++) {
        if (r->fonts[i]->num == num) {
            r->now.font = r->fonts[i];
            return 0;
        }
    }
    if (!pdf_is(font, PDF_DICT) || r->nfonts == FONTS_MAX)
        return 0;
    slot = calloc(1, sizeof *slot);
    if (slot == NULL)
        return err_set_memory(e);
    slot->num = num;
    r->fonts[r->nfonts++] = slot;
    r->now.font = slot;
    return text_font_read(r->pdf, font, r->revision, &slot->font, e) != 0 ||
                   text_metrics_read(r->pdf, font, r->revision, &slot->metrics, e) != 0
               ? -1
               : 0;
}

static double number(const struct text_reader *r, size_t i)
{
    return i < r->nnumbers ? r->numbers[i] : 0;
}

static struct matrix six(const struct text_reader *r)
{
    return (struct matrix){number(r, 0), number(r, 1), number(r, 2),
                           number(r, 3), number(r, 4), number(r, 5)};
}

static void next_line(struct text_reader *r, double x, double y)
{
    r->text = r->line = times((struct matrix){1, 0, 0, 1, x, y}, r->line);
}

static int content_read(struct text_reader *r, const struct buf *data,
                        const struct pdf_value *resources, int depth, struct err *e);

static int form_show(struct text_reader *r, const struct pdf_value *resources, const char *name,
                     int depth, struct err *e)
{
    struct err ignored = ERR_INIT;
    const struct pdf_value *all = pdf_get(r->pdf, resources, "XObject", r->revision, &ignored);
    const struct pdf_value *form = pdf_get(r->pdf, all, name, r->revision, &ignored);
    const struct pdf_value *m = pdf_get(r->pdf, form, "Matrix", r->revision, &ignored);
    const struct pdf_value *own = pdf_get(r->pdf, form, "Resources", r->revision, &ignored);
    struct state before = r->now;
    struct matrix text = r->text, line = r->line;
    struct buf data = BUF_INIT((size_t)ceilings.pdf_object_bytes);
    int floor = r->depth, rc = 0;

    if (depth >= FORM_DEPTH || !pdf_is(form, PDF_STREAM) ||
        !pdf_is_name(pdf_get(r->pdf, form, "Subtype", r->revision, &ignored), "Form"))
        return 0;
    if (pdf_count(m) == 6)
        r->now.ctm =
            times((struct matrix){pdf_number(pdf_at(m, 0), 1), pdf_number(pdf_at(m, 1), 0),
                                  pdf_number(pdf_at(m, 2), 0), pdf_number(pdf_at(m, 3), 1),
                                  pdf_number(pdf_at(m, 4), 0), pdf_number(pdf_at(m, 5), 0)},
                  r->now.ctm);
    if (pdf_stream_data(r->pdf, form, r->revision, PDF_DECODE_ALL, data.max, &data, &ignored) == 0)
        rc = content_read(r, &data, own != NULL ? own : resources, depth + 1, e);
    buf_free(&data);
    r->now = before;
    r->depth = floor;
    r->text = text;
    r->line = line;
    return rc;
}

static bool is(const struct text_token *t, const char *name)
{
    return strcmp(buf_str(&t->bytes), name) == 0;
}

static bool do_state(struct text_reader *r, const struct text_token *t)
{
    if (is(t, "q")) {
        if (r->depth < STATES)
            r->saved[r->depth++] = r->now;
        else
            r->too_deep++;
    } else if (is(t, "Q")) {
        if (r->too_deep > 0)
            r->too_deep--;
        else if (r->depth > 0)
            r->now = r->saved[--r->depth];
    } else if (is(t, "cm")) {
        r->now.ctm = times(six(r), r->now.ctm);
    } else if (is(t, "Tc")) {
        r->now.chars = number(r, 0);
    } else if (is(t, "Tw")) {
        r->now.words = number(r, 0);
    } else if (is(t, "Tz")) {
        r->now.scale = number(r, 0) / 100;
    } else if (is(t, "TL")) {
        r->now.leading = number(r, 0);
    } else if (is(t, "Ts")) {
        r->now.rise = number(r, 0);
    } else {
        return false;
    }
    return true;
}

static bool do_place(struct text_reader *r, const struct text_token *t)
{
    if (is(t, "BT")) {
        r->text = r->line = (struct matrix){1, 0, 0, 1, 0, 0};
    } else if (is(t, "Tm")) {
        r->text = r->line = six(r);
    } else if (is(t, "Td")) {
        next_line(r, number(r, 0), number(r, 1));
    } else if (is(t, "TD")) {
        r->now.leading = -number(r, 1);
        next_line(r, number(r, 0), number(r, 1));
    } else if (is(t, "T*") || is(t, "'") || is(t, "\"")) {
        if (is(t, "\"")) {
            r->now.words = number(r, 0);
            r->now.chars = number(r, 1);
        }
        next_line(r, 0, -r->now.leading);
    } else {
        return false;
    }
    return true;
}

static int operate(struct text_reader *r, struct text_lexer *l, const struct text_token *t,
                   const struct buf *name, const struct buf *string,
                   const struct pdf_value *resources, int depth, struct err *e)
{
    if (++r->operators > operators_max)
        return large(e);
    if (do_state(r, t))
        return 0;
    (void)do_place(r, t);
    if (is(t, "Tj") || is(t, "'") || is(t, "\""))
        return show(r, string, e);
    if (is(t, "Tf")) {
        r->now.size = number(r, r->nnumbers > 0 ? r->nnumbers - 1 : 0);
        return font_set(r, resources, buf_str(name), e);
    }
    if (is(t, "Do"))
        return form_show(r, resources, buf_str(name), depth, e);
    if (is(t, "ID"))
        text_skip_image(l);
    return 0;
}

/* An adjustment in TJ moves back by thousandths of the size. */
static void adjust(struct text_reader *r, double thousandths)
{
    double back = -thousandths / 1000 * r->now.size * r->now.scale;

    r->text = times((struct matrix){1, 0, 0, 1, back, 0}, r->text);
}

static void number_add(struct text_reader *r, double v)
{
    if (r->nnumbers == NUMBERS) {
        memmove(r->numbers, r->numbers + 1, (NUMBERS - 1) * sizeof *r->numbers);
        r->nnumbers--;
    }
    r->numbers[r->nnumbers++] = v;
}

static int content_read(struct text_reader *r, const struct buf *data,
                        const struct pdf_value *resources, int depth, struct err *e)
{
    struct text_lexer l;
    struct text_token t = {.kind = TEXT_END};
    struct buf name, string;
    int array = 0, rc = 0;

    if (data->len == 0)
        return 0;
    l = (struct text_lexer){data->data, data->data + data->len};
    buf_init(&t.bytes, (size_t)ceilings.pdf_object_bytes);
    buf_init(&name, 4096);
    buf_init(&string, (size_t)ceilings.pdf_object_bytes);
    for (text_next(&l, &t); rc == 0 && t.kind != TEXT_END; text_next(&l, &t)) {
        if (t.kind == TEXT_OPEN) {
            array++;
        } else if (t.kind == TEXT_CLOSE) {
            array -= array > 0;
        } else if (t.kind == TEXT_STRING && array > 0) {
            rc = show(r, &t.bytes, e); /* of TJ; strings of other arrays are rare in content */
        } else if (t.kind == TEXT_NUMBER && array > 0) {
            adjust(r, t.number);
        } else if (t.kind == TEXT_STRING || t.kind == TEXT_NAME) {
            struct buf *to = t.kind == TEXT_NAME ? &name : &string;
            buf_clear(to);
            buf_append(to, t.bytes.data, t.bytes.len);
        } else if (t.kind == TEXT_NUMBER) {
            number_add(r, t.number);
        } else if (t.kind == TEXT_OPERATOR) {
            rc = operate(r, &l, &t, &name, &string, resources, depth, e);
            r->nnumbers = 0;
        }
    }
    buf_free(&t.bytes);
    buf_free(&name);
    buf_free(&string);
    return rc;
}

/* /Contents: one stream, or several that are read as one. */
static void contents_load(struct text_reader *r, const struct pdf_value *page, struct buf *out)
{
    struct err ignored = ERR_INIT;
    const struct pdf_value *contents = pdf_get(r->pdf, page, "Contents", r->revision, &ignored);
    size_t n = pdf_is(contents, PDF_ARRAY) ? pdf_count(contents) : contents != NULL;

    for (size_t i = 0; i < n; i++) {
        const struct pdf_value *one = pdf_is(contents, PDF_ARRAY)
                                          ? pdf_get_at(r->pdf, contents, i, r->revision, &ignored)
                                          : contents;
        if (pdf_is(one, PDF_STREAM) &&
            pdf_stream_data(r->pdf, one, r->revision, PDF_DECODE_ALL, out->max, out, &ignored) != 0)
            return;
        buf_char(out, '\n');
    }
}

int text_page_read(struct text_reader *r, struct pdf_ref ref, const struct pdf_value *page,
                   struct text_page *out, struct err *e)
{
    struct pdf_value *resources = NULL;
    struct buf data = BUF_INIT((size_t)ceilings.pdf_stream_bytes);
    static const struct matrix same = {1, 0, 0, 1, 0, 0};
    int rc = -1;

    *out = (struct text_page){NULL, 0};
    r->page = out;
    r->room = 0;
    r->depth = r->too_deep = 0;
    r->nnumbers = 0;
    r->now = (struct state){.ctm = same, .scale = 1};
    r->text = r->line = same;
    if (r->nfonts > FONTS_KEPT)
        fonts_free(r);
    if (pdf_page_attribute(r->pdf, ref, "Resources", r->revision, &resources, e) == 0) {
        contents_load(r, page, &data);
        rc = content_read(r, &data, resources, 0, e);
    }
    pdf_value_free(resources);
    buf_free(&data);
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
    r->pdf = pdf;
    r->revision = revision;
    *out = r;
    return 0;
}

struct pdf *text_reader_pdf(const struct text_reader *r)
{
    return r->pdf;
}

int text_reader_revision(const struct text_reader *r)
{
    return r->revision;
}

void text_reader_free(struct text_reader *r)
{
    if (r == NULL)
        return;
    fonts_free(r);
    free(r);
}

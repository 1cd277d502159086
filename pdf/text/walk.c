#include "pdf/text/walk.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"

enum { FORM_DEPTH = 12, FONTS_KEPT = 64 /* from page to page */ };
/* Of a document; a form that is drawn again is read again. */
static const int64_t operators_max = 20000000, bytes_max = 512 << 20;
enum { FORM_BYTES = 256 }; /* what drawing an empty form costs */

/* Operators by their bytes (Annex A). */
enum {
    OP_SAVE = 'q',
    OP_RESTORE = 'Q',
    OP_MATRIX = 'c' << 8 | 'm',
    OP_CHARS = 'T' << 8 | 'c',
    OP_WORDS = 'T' << 8 | 'w',
    OP_SCALE = 'T' << 8 | 'z',
    OP_LEADING = 'T' << 8 | 'L',
    OP_RISE = 'T' << 8 | 's',
    OP_FONT = 'T' << 8 | 'f',
    OP_BEGIN = 'B' << 8 | 'T',
    OP_END = 'E' << 8 | 'T',
    OP_TEXT_MATRIX = 'T' << 8 | 'm',
    OP_MOVE = 'T' << 8 | 'd',
    OP_MOVE_LEADING = 'T' << 8 | 'D',
    OP_NEXT = 'T' << 8 | '*',
    OP_SHOW = 'T' << 8 | 'j',
    OP_NEXT_SHOW = '\'',
    OP_SPACED_SHOW = '"',
    OP_DO = 'D' << 8 | 'o',
    OP_IMAGE = 'I' << 8 | 'D'
};
static const struct text_matrix same = {1, 0, 0, 1, 0, 0};

/* The operands and resources of what is being read. */
struct content {
    struct text_lexer lexer;
    struct buf name, string; /* the last ones before an operator */
    const struct pdf_value *resources;
    int depth; /* of form XObjects */
};

struct text_matrix text_matrix_times(struct text_matrix m, struct text_matrix n)
{
    return (struct text_matrix){m.a * n.a + m.b * n.c,       m.a * n.b + m.b * n.d,
                                m.c * n.a + m.d * n.c,       m.c * n.b + m.d * n.d,
                                m.e * n.a + m.f * n.c + n.e, m.e * n.b + m.f * n.d + n.f};
}

/* ---- fonts ---- */

static void slot_free(struct text_slot *slot)
{
    text_font_free(&slot->font);
    text_metrics_free(&slot->metrics);
    free(slot);
}

/* Those without a number are known by where they stand, which the next page may use again. */
static void fonts_drop(struct text_walk *w, bool all)
{
    size_t kept = 0;

    for (size_t i = 0; i < w->nfonts; i++) {
        if (all || w->fonts[i]->num == 0)
            slot_free(w->fonts[i]);
        else
            w->fonts[kept++] = w->fonts[i];
    }
    w->nfonts = kept;
}

static const struct text_slot *font_known(const struct text_walk *w, uint32_t num,
                                          const struct pdf_value *font)
{
    for (size_t i = 0; i < w->nfonts; i++) {
        if (w->fonts[i]->num == num && (num != 0 || w->fonts[i]->direct == font))
            return w->fonts[i];
    }
    return NULL;
}

static int font_set(struct text_walk *w, const struct content *c, struct err *e)
{
    struct err ignored = ERR_INIT;
    const char *name = buf_str(&c->name);
    const struct pdf_value *fonts = pdf_get(w->pdf, c->resources, "Font", w->revision, &ignored);
    uint32_t num = pdf_ref_of(pdf_key(fonts, name)).num;
    const struct pdf_value *font = pdf_get(w->pdf, fonts, name, w->revision, &ignored);
    struct text_slot *slot;

    w->now.font = pdf_is(font, PDF_DICT) ? font_known(w, num, font) : NULL;
    if (w->now.font != NULL || !pdf_is(font, PDF_DICT) || w->nfonts == TEXT_FONTS_MAX)
        return 0;
    slot = calloc(1, sizeof *slot);
    if (slot == NULL)
        return err_set_memory(e);
    slot->num = num;
    slot->direct = num == 0 ? font : NULL;
    w->fonts[w->nfonts++] = slot;
    w->now.font = slot;
    if (text_font_read(w->pdf, font, w->revision, &slot->font, e) != 0)
        return -1;
    return w->visit->widths ? text_metrics_read(w->pdf, font, w->revision, &slot->metrics, e) : 0;
}

/* ---- operators ---- */

static double number(const struct text_walk *w, size_t i)
{
    return i < w->nnumbers ? w->numbers[i] : 0;
}

static struct text_matrix six(const struct text_walk *w)
{
    return (struct text_matrix){number(w, 0), number(w, 1), number(w, 2),
                                number(w, 3), number(w, 4), number(w, 5)};
}

static void next_line(struct text_walk *w, double x, double y)
{
    w->text = w->line = text_matrix_times((struct text_matrix){1, 0, 0, 1, x, y}, w->line);
}

static int content_read(struct text_walk *w, const struct buf *data,
                        const struct pdf_value *resources, int depth, struct err *e);

static int bytes_count(struct text_walk *w, int64_t n, struct err *e)
{
    w->bytes += n;
    return w->bytes > bytes_max ? err_set(e, ERR_INPUT, "err.pdf-text.large", NULL) : 0;
}

static int form_read(struct text_walk *w, const struct pdf_value *form,
                     const struct pdf_value *resources, int depth, struct err *e)
{
    struct err ignored = ERR_INIT;
    const struct pdf_value *m = pdf_get(w->pdf, form, "Matrix", w->revision, &ignored);
    const struct pdf_value *own = pdf_get(w->pdf, form, "Resources", w->revision, &ignored);
    struct text_state before = w->now;
    struct text_matrix text = w->text, line = w->line;
    struct buf data = BUF_INIT((size_t)ceilings.pdf_object_bytes);
    int floor = w->depth, rc = 0;

    if (pdf_count(m) == 6)
        w->now.ctm = text_matrix_times(
            (struct text_matrix){pdf_number(pdf_at(m, 0), 1), pdf_number(pdf_at(m, 1), 0),
                                 pdf_number(pdf_at(m, 2), 0), pdf_number(pdf_at(m, 3), 1),
                                 pdf_number(pdf_at(m, 4), 0), pdf_number(pdf_at(m, 5), 0)},
            w->now.ctm);
    bool whole =
        pdf_stream_data(w->pdf, form, w->revision, PDF_DECODE_ALL, data.max, &data, &ignored) == 0;
    rc = bytes_count(w, (int64_t)data.len + FORM_BYTES, e);
    if (whole && rc == 0)
        rc = content_read(w, &data, own != NULL ? own : resources, depth, e);
    buf_free(&data);
    w->now = before;
    w->depth = floor;
    w->text = text;
    w->line = line;
    return rc;
}

static int object_draw(struct text_walk *w, const struct content *c, struct err *e)
{
    struct err ignored = ERR_INIT;
    const struct pdf_value *all = pdf_get(w->pdf, c->resources, "XObject", w->revision, &ignored);
    const struct pdf_value *object = pdf_get(w->pdf, all, buf_str(&c->name), w->revision, &ignored);
    const struct pdf_value *kind = pdf_get(w->pdf, object, "Subtype", w->revision, &ignored);

    if (pdf_is_name(kind, "Image") && w->visit->image != NULL)
        w->visit->image(w);
    if (!pdf_is_name(kind, "Form") || !pdf_is(object, PDF_STREAM) || c->depth >= FORM_DEPTH)
        return 0;
    return form_read(w, object, c->resources, c->depth + 1, e);
}

static void state_save(struct text_walk *w)
{
    if (w->depth < TEXT_STATES_MAX)
        w->saved[w->depth++] = w->now;
    else
        w->too_deep++;
}

static void state_restore(struct text_walk *w)
{
    if (w->too_deep > 0)
        w->too_deep--;
    else if (w->depth > 0)
        w->now = w->saved[--w->depth];
}

static void state_set(struct text_walk *w, uint32_t op)
{
    switch (op) {
    case OP_SAVE:
        state_save(w);
        break;
    case OP_RESTORE:
        state_restore(w);
        break;
    case OP_MATRIX:
        w->now.ctm = text_matrix_times(six(w), w->now.ctm);
        break;
    case OP_CHARS:
        w->now.chars = number(w, 0);
        break;
    case OP_WORDS:
        w->now.words = number(w, 0);
        break;
    case OP_SCALE:
        w->now.scale = number(w, 0) / 100;
        break;
    case OP_LEADING:
        w->now.leading = number(w, 0);
        break;
    case OP_RISE:
        w->now.rise = number(w, 0);
        break;
    default:
        break;
    }
}

/* Where text stands; the last two show a string there as well. */
static void place_set(struct text_walk *w, uint32_t op)
{
    switch (op) {
    case OP_BEGIN:
        w->text = w->line = same;
        break;
    case OP_END:
        break;
    case OP_TEXT_MATRIX:
        w->text = w->line = six(w);
        break;
    case OP_MOVE_LEADING:
        w->now.leading = -number(w, 1);
        next_line(w, number(w, 0), number(w, 1));
        break;
    case OP_MOVE:
        next_line(w, number(w, 0), number(w, 1));
        break;
    case OP_SPACED_SHOW:
        w->now.words = number(w, 0);
        w->now.chars = number(w, 1);
        next_line(w, 0, -w->now.leading);
        break;
    case OP_NEXT:
    case OP_NEXT_SHOW:
        next_line(w, 0, -w->now.leading);
        break;
    default:
        return;
    }
    if (w->visit->place != NULL)
        w->visit->place(w);
}

static int show(struct text_walk *w, const struct buf *codes, struct err *e)
{
    return w->visit->string != NULL ? w->visit->string(w, codes, e) : 0;
}

static uint32_t operator_of(const struct buf *name)
{
    return name->len == 1   ? name->data[0]
           : name->len == 2 ? (uint32_t)name->data[0] << 8 | name->data[1]
                            : 0;
}

static int operate(struct text_walk *w, struct content *c, uint32_t op, struct err *e)
{
    if (++w->operators > operators_max)
        return err_set(e, ERR_INPUT, "err.pdf-text.large", NULL);
    state_set(w, op);
    place_set(w, op);
    switch (op) {
    case OP_SHOW:
    case OP_NEXT_SHOW:
    case OP_SPACED_SHOW:
        return show(w, &c->string, e);
    case OP_FONT:
        w->now.size = number(w, w->nnumbers > 0 ? w->nnumbers - 1 : 0);
        return font_set(w, c, e);
    case OP_DO:
        return object_draw(w, c, e);
    case OP_IMAGE:
        if (w->visit->image != NULL)
            w->visit->image(w);
        text_skip_image(&c->lexer);
        return 0;
    default:
        return 0;
    }
}

/* ---- content ---- */

static void number_add(struct text_walk *w, double v)
{
    if (w->nnumbers == TEXT_NUMBERS) {
        memmove(w->numbers, w->numbers + 1, (TEXT_NUMBERS - 1) * sizeof *w->numbers);
        w->nnumbers--;
    }
    w->numbers[w->nnumbers++] = v;
}

/* Between brackets: TJ; strings of other arrays are rare in content. */
static int element_take(struct text_walk *w, const struct text_token *t, struct err *e)
{
    if (t->kind == TEXT_STRING)
        return show(w, &t->bytes, e);
    if (t->kind == TEXT_NUMBER && w->visit->adjust != NULL)
        w->visit->adjust(w, t->number);
    return 0;
}

static int token_take(struct text_walk *w, struct content *c, const struct text_token *t,
                      struct err *e)
{
    struct buf *to = t->kind == TEXT_NAME ? &c->name : &c->string;
    int rc = 0;

    switch (t->kind) {
    case TEXT_STRING:
    case TEXT_NAME:
        buf_clear(to);
        buf_append(to, t->bytes.data, t->bytes.len);
        break;
    case TEXT_NUMBER:
        number_add(w, t->number);
        break;
    case TEXT_OPERATOR:
        rc = operate(w, c, operator_of(&t->bytes), e);
        w->nnumbers = 0;
        break;
    default:
        break;
    }
    return rc;
}

static int content_read(struct text_walk *w, const struct buf *data,
                        const struct pdf_value *resources, int depth, struct err *e)
{
    struct content c = {.resources = resources, .depth = depth};
    struct text_token t = {.kind = TEXT_END};
    int array = 0, rc = 0;

    if (data->len == 0)
        return 0;
    c.lexer = (struct text_lexer){data->data, data->data + data->len};
    buf_init(&t.bytes, (size_t)ceilings.pdf_object_bytes);
    buf_init(&c.name, 4096);
    buf_init(&c.string, (size_t)ceilings.pdf_object_bytes);
    for (text_next(&c.lexer, &t); rc == 0 && t.kind != TEXT_END; text_next(&c.lexer, &t)) {
        if (t.kind == TEXT_OPEN)
            array++;
        else if (t.kind == TEXT_CLOSE)
            array -= array > 0;
        else if (array > 0 && (t.kind == TEXT_STRING || t.kind == TEXT_NUMBER))
            rc = element_take(w, &t, e);
        else
            rc = token_take(w, &c, &t, e);
    }
    buf_free(&t.bytes);
    buf_free(&c.name);
    buf_free(&c.string);
    return rc;
}

/* /Contents: one stream, or several that are read as one. */
static int contents_load(struct text_walk *w, const struct pdf_value *page, struct buf *out,
                         struct err *e)
{
    const struct pdf_value *contents = pdf_get(w->pdf, page, "Contents", w->revision, e);
    bool several = pdf_is(contents, PDF_ARRAY);
    size_t n = several ? pdf_count(contents) : contents != NULL;

    for (size_t i = 0; i < n; i++) {
        const struct pdf_value *one =
            several ? pdf_get_at(w->pdf, contents, i, w->revision, e) : contents;
        if (pdf_is(one, PDF_STREAM) &&
            pdf_stream_data(w->pdf, one, w->revision, PDF_DECODE_ALL, out->max, out, e) != 0)
            return -1;
        buf_char(out, '\n');
    }
    return err_is_set(e) ? -1 : 0;
}

static void page_begin(struct text_walk *w)
{
    w->depth = w->too_deep = 0;
    w->nnumbers = 0;
    w->now = (struct text_state){.ctm = same, .scale = 1};
    w->text = w->line = same;
    fonts_drop(w, w->nfonts > FONTS_KEPT);
}

int text_walk_page(struct text_walk *w, struct pdf_ref ref, const struct pdf_value *page,
                   struct err *e)
{
    struct pdf_value *resources = NULL;
    struct buf data = BUF_INIT((size_t)ceilings.pdf_stream_bytes);
    int rc = -1;

    page_begin(w);
    if (pdf_page_attribute(w->pdf, ref, "Resources", w->revision, &resources, e) != 0)
        goto out;
    if (contents_load(w, page, &data, e) != 0) {
        if (w->visit->strict)
            goto out;
        err_clear(e);
    }
    if (bytes_count(w, (int64_t)data.len, e) == 0)
        rc = content_read(w, &data, resources, 0, e);
out:
    pdf_value_free(resources);
    buf_free(&data);
    return rc;
}

void text_walk_end(struct text_walk *w)
{
    fonts_drop(w, true);
}

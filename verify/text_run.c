/* Task "verify-text": the text that pages show, run by run. Nothing is laid out; what is compared
 * later is order and content. */
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "pdf/text/text.h"
#include "verify/read.h"
#include "verify/verify.h"

enum { FORM_DEPTH = 12, FONTS_MAX = 512, PAGES_MAX = 5000, OPERANDS = 8 };
#define TEXT_BYTES_MAX ((size_t)(32u << 20))

struct font_slot {
    uint32_t num;
    struct text_font font;
};
struct reader {
    struct pdf *pdf;
    int revision;
    struct font_slot *fonts[FONTS_MAX];
    size_t nfonts;
    const struct text_font *font; /* current; NULL: none */
    struct buf run;               /* being gathered */
    struct jv *runs;              /* of the page */
    struct jv *pages;
    size_t mapped, unmapped, images, bytes;
};

static void run_end(struct reader *r)
{
    if (r->run.len > 0) {
        jv_add_text(r->runs, buf_str(&r->run));
        r->bytes += r->run.len;
    }
    buf_clear(&r->run);
}

static int font_set(struct reader *r, const struct pdf_value *resources, const char *name,
                    struct err *e)
{
    const struct pdf_value *fonts = pdf_get(r->pdf, resources, "Font", r->revision, e);
    uint32_t num = pdf_ref_of(pdf_key(fonts, name)).num;
    const struct pdf_value *font = pdf_get(r->pdf, fonts, name, r->revision, e);

    r->font = NULL;
    err_clear(e);
    for (size_t i = 0; i < r->nfonts && num != 0; i++) {
        if (r->fonts[i]->num == num) {
            r->font = &r->fonts[i]->font;
            return 0;
        }
    }
    if (font == NULL || r->nfonts == FONTS_MAX)
        return 0;
    struct font_slot *slot = calloc(1, sizeof *slot);
    if (slot == NULL)
        return err_set_memory(e);
    slot->num = num;
    r->fonts[r->nfonts++] = slot;
    r->font = &slot->font;
    return text_font_read(r->pdf, font, r->revision, &slot->font, e);
}

static void show(struct reader *r, const struct buf *s)
{
    if (r->font != NULL && r->bytes < TEXT_BYTES_MAX)
        text_font_show(r->font, s->data, s->len, &r->run, &r->mapped, &r->unmapped);
    else
        r->unmapped += s->len;
}

static int content_read(struct reader *r, const unsigned char *data, size_t n,
                        const struct pdf_value *resources, int depth, struct err *e);

static int object_show(struct reader *r, const struct pdf_value *resources, const char *name,
                       int depth, struct err *e)
{
    const struct pdf_value *objects = pdf_get(r->pdf, resources, "XObject", r->revision, e);
    const struct pdf_value *object = pdf_get(r->pdf, objects, name, r->revision, e);
    const char *kind = pdf_name(pdf_get(r->pdf, object, "Subtype", r->revision, e));
    struct buf data;
    int rc = 0;

    if (kind != NULL && strcmp(kind, "Image") == 0)
        r->images++;
    if (kind == NULL || strcmp(kind, "Form") != 0 || depth >= FORM_DEPTH) {
        err_clear(e);
        return 0;
    }
    const struct pdf_value *own = pdf_get(r->pdf, object, "Resources", r->revision, e);
    buf_init(&data, (size_t)ceilings.pdf_object_bytes);
    if (pdf_stream_data(r->pdf, object, r->revision, PDF_DECODE_ALL, data.max, &data, e) == 0)
        rc = content_read(r, data.data, data.len, own != NULL ? own : resources, depth + 1, e);
    else
        err_clear(e);
    buf_free(&data);
    return rc;
}

static bool is(const struct text_token *t, const char *name)
{
    return strcmp(buf_str(&t->bytes), name) == 0;
}

static bool moves(const struct text_token *t)
{
    return is(t, "Td") || is(t, "TD") || is(t, "Tm") || is(t, "T*") || is(t, "BT") || is(t, "ET") ||
           is(t, "'") || is(t, "\"");
}

/* One operator, with the last string and name before it. */
static int operate(struct reader *r, struct text_lexer *l, struct text_token *t,
                   const struct buf *name, const struct buf *string,
                   const struct pdf_value *resources, int depth, struct err *e)
{
    if (moves(t))
        run_end(r);
    if (is(t, "Tf"))
        return font_set(r, resources, buf_str(name), e);
    if (is(t, "Tj") || is(t, "'") || is(t, "\""))
        show(r, string);
    else if (is(t, "Do"))
        return object_show(r, resources, buf_str(name), depth, e);
    else if (is(t, "ID")) {
        r->images++;
        text_skip_image(l);
    }
    return 0;
}

static int content_read(struct reader *r, const unsigned char *data, size_t n,
                        const struct pdf_value *resources, int depth, struct err *e)
{
    struct text_lexer l;
    struct text_token t = {.kind = TEXT_END};
    struct buf name, string;
    int array = 0, rc = 0;

    if (n == 0)
        return 0;
    l = (struct text_lexer){data, data + n};
    buf_init(&t.bytes, (size_t)ceilings.pdf_object_bytes);
    buf_init(&name, 4096);
    buf_init(&string, (size_t)ceilings.pdf_object_bytes);
    for (text_next(&l, &t); rc == 0 && t.kind != TEXT_END; text_next(&l, &t)) {
        if (t.kind == TEXT_OPEN) {
            array++;
        } else if (t.kind == TEXT_CLOSE) {
            array -= array > 0;
        } else if (t.kind == TEXT_STRING && array > 0) {
            show(r, &t.bytes); /* of TJ; strings of other arrays are rare in content */
        } else if (t.kind == TEXT_NUMBER && array > 0) {
            if (t.number < -180 && r->run.len > 0) /* a gap of a blank */
                buf_char(&r->run, ' ');
        } else if (t.kind == TEXT_STRING) {
            buf_clear(&string);
            buf_append(&string, t.bytes.data, t.bytes.len);
        } else if (t.kind == TEXT_NAME) {
            buf_clear(&name);
            buf_append(&name, t.bytes.data, t.bytes.len);
        } else if (t.kind == TEXT_OPERATOR) {
            rc = operate(r, &l, &t, &name, &string, resources, depth, e);
        }
    }
    buf_free(&t.bytes);
    buf_free(&name);
    buf_free(&string);
    return rc;
}

/* /Contents: one stream, or several that are read as one. */
static int contents_load(struct reader *r, const struct pdf_value *page, struct buf *out,
                         struct err *e)
{
    const struct pdf_value *contents = pdf_get(r->pdf, page, "Contents", r->revision, e);

    if (pdf_is(contents, PDF_STREAM))
        return pdf_stream_data(r->pdf, contents, r->revision, PDF_DECODE_ALL, out->max, out, e);
    for (size_t i = 0; i < pdf_count(contents); i++) {
        const struct pdf_value *one = pdf_get_at(r->pdf, contents, i, r->revision, e);
        if (pdf_is(one, PDF_STREAM) &&
            pdf_stream_data(r->pdf, one, r->revision, PDF_DECODE_ALL, out->max, out, e) != 0)
            return -1;
        buf_char(out, '\n');
    }
    return err_is_set(e) ? -1 : 0;
}

static int page_read(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                     struct err *e)
{
    struct reader *r = self;
    struct pdf_value *resources = NULL;
    struct buf data;
    int rc = -1;

    if (index >= PAGES_MAX)
        return err_set(e, ERR_INPUT, "err.verify.pages-many", NULL);
    buf_init(&data, (size_t)ceilings.pdf_stream_bytes);
    r->runs = jv_array();
    r->font = NULL;
    if (pdf_page_attribute(r->pdf, ref, "Resources", r->revision, &resources, e) != 0 ||
        contents_load(r, page, &data, e) != 0)
        goto out;
    rc = content_read(r, data.data, data.len, resources, 0, e);
    run_end(r);
out:
    jv_add_take(r->pages, r->runs);
    pdf_value_free(resources);
    buf_free(&data);
    return rc;
}

static struct jv *text_json(const struct reader *r)
{
    struct jv *out = jv_object();

    jv_put_take(out, "pages", jv_keep(r->pages));
    jv_put_int(out, "mapped", (int64_t)r->mapped);
    jv_put_int(out, "unmapped", (int64_t)r->unmapped);
    jv_put_int(out, "images", (int64_t)r->images);
    return out;
}

static void reader_free(struct reader *r)
{
    if (r == NULL)
        return;
    for (size_t i = 0; i < r->nfonts; i++) {
        text_font_free(&r->fonts[i]->font);
        free(r->fonts[i]);
    }
    jv_free(r->pages);
    buf_free(&r->run);
    free(r);
}

static int run(const struct task_io *io, struct err *e)
{
    struct reader *r = calloc(1, sizeof *r);
    struct reading reading;
    int rc = -1;

    if (reading_begin(&reading, io, e) != 0 || reading_open(&reading, io, e) != 0)
        goto out;
    if (r == NULL) {
        err_set_memory(e);
        goto out;
    }
    buf_init(&r->run, 1u << 20);
    r->pages = jv_array();
    r->pdf = reading.pdf;
    r->revision = reading_revision(&reading);
    if (pdf_page_walk(r->pdf, r->revision, page_read, r, e) == 0)
        rc = reading_answer_take(io, text_json(r), e);
out:
    reader_free(r);
    reading_end(&reading);
    return rc;
}

const struct task verify_text_task = {
    .name = "verify-text",
    .run = run,
    .warm = verify_warm,
    .limits = {.seconds = 60, .memory = 0, .output = 0},
};

int verify_text(const struct runner *runner, int fd, int revision, const unsigned char *password,
                size_t password_len, struct jv **out, struct err *e)
{
    struct buf reply;
    int rc = -1;

    buf_init(&reply, (size_t)ceilings.json_bytes);
    if (read_call(runner, "verify-text", fd, revision, password, password_len, &reply, e) == 0 &&
        (*out = jv_parse(buf_str(&reply), reply.len, "verify-text", e)) != NULL)
        rc = 0;
    buf_free(&reply);
    return rc;
}

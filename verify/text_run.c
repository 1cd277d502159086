/* Task "verify-text": the text that pages show, run by run: order and content, no places. */
#include <stdlib.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/jv.h"
#include "pdf/text/walk.h"
#include "verify/read.h"
#include "verify/verify.h"

enum { PAGES_MAX = 5000, GAP = -180 /* thousandths of the size: a blank */ };
#define TEXT_BYTES_MAX ((size_t)(32u << 20))

struct reader {
    struct text_walk walk;
    struct buf run;  /* being gathered */
    struct jv *runs; /* of the page */
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

static int string_show(struct text_walk *w, const struct buf *s, struct err *e)
{
    struct reader *r = w->self;

    (void)e;
    if (w->now.font != NULL && r->bytes < TEXT_BYTES_MAX)
        text_font_show(&w->now.font->font, s->data, s->len, &r->run, &r->mapped, &r->unmapped);
    else
        r->unmapped += s->len;
    return 0;
}

static void adjust(struct text_walk *w, double thousandths)
{
    struct reader *r = w->self;

    if (thousandths < GAP && r->run.len > 0)
        buf_char(&r->run, ' ');
}

static void place(struct text_walk *w)
{
    run_end(w->self);
}

static void image(struct text_walk *w)
{
    ((struct reader *)w->self)->images++;
}

static const struct text_visit visit = {
    .strict = true, .string = string_show, .adjust = adjust, .place = place, .image = image};

static int page_read(void *self, int64_t index, struct pdf_ref ref, const struct pdf_value *page,
                     struct err *e)
{
    struct reader *r = self;
    int rc;

    if (index >= PAGES_MAX)
        return err_set(e, ERR_INPUT, "err.verify.pages-many", NULL);
    r->runs = jv_array();
    rc = text_walk_page(&r->walk, ref, page, e);
    run_end(r);
    jv_add_take(r->pages, r->runs);
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
    text_walk_end(&r->walk);
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
    r->walk.pdf = reading.pdf;
    r->walk.revision = reading_revision(&reading);
    r->walk.visit = &visit;
    r->walk.self = r;
    if (pdf_page_walk(reading.pdf, r->walk.revision, page_read, r, e) == 0)
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

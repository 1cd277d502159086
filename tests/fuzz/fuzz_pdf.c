/* A whole file taken as a PDF: opened with the password "secret", every revision's pages, every
 * object and stream, signature spans, text, the scan, and an update appended and read again. */
/* LINK: room_pdf_file */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/jv.h"
#include "pdf/file/pdf.h"
#include "pdf/file/pdf_scan.h"
#include "pdf/file/pdf_update.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const struct pdf_options options = {.password = (const unsigned char *)"secret",
                                           .password_len = 6,
                                           .max_objects = 20000,
                                           .max_cache = 4 << 20};

static void must(int condition)
{
    if (!condition)
        abort();
}

static void look(struct pdf *pdf, uint32_t num, struct err *e)
{
    struct buf out = BUF_INIT(1 << 17);
    struct pdf_sig_span span;
    struct pdf_place place = pdf_place_of(pdf, num, PDF_LATEST);
    struct pdf_value *v = NULL, *copy = NULL;
    int64_t start = 0, end = 0;

    if (pdf_load(pdf, (struct pdf_ref){num, place.gen}, PDF_LATEST, &v, e) != 0)
        return;
    if (pdf_is(v, PDF_STREAM))
        pdf_stream_data(pdf, v, PDF_LATEST, PDF_DECODE_ALL, 1 << 16, &out, e);
    pdf_print(v, &out);
    pdf_text_utf8(v, &out);
    copy = pdf_value_copy(v, e);
    must(copy != NULL && copy->kind == v->kind);
    if (!pdf_is(v, PDF_STREAM)) /* a number or a name always equals its copy, also inside */
        must(pdf_is(v, PDF_ARRAY) || pdf_is(v, PDF_DICT) || pdf_value_equal(v, copy));
    if (pdf_sig_span(pdf, num, PDF_LATEST, &span, e) == 0) {
        must(span.contents_start >= span.object_start && span.contents_end <= span.object_end);
        must(span.ranges_start >= span.object_start && span.ranges_end <= span.object_end);
    }
    if (pdf_object_span(pdf, num, PDF_LATEST, &start, &end, e) == 0)
        must(start >= 0 && start < end && end <= pdf_size(pdf));
    pdf_value_free(copy);
    pdf_value_free(v);
    buf_free(&out);
}

static int leaf(void *self, const struct pdf_value *key, const struct pdf_value *value,
                struct err *e)
{
    (void)self;
    (void)value;
    (void)e;
    must(key != NULL);
    return 0;
}

static void update(struct pdf *pdf, const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct pdf_update *u = NULL;
    struct pdf_update_marks m;
    struct buf out = BUF_INIT(1 << 22);
    struct pdf_value *v = pdf_make_text("h\xc3\xa9");
    struct pdf_ref ref;
    struct pdf *again = NULL;

    buf_append(&out, data, n);
    if (pdf_update_new(&u, pdf, &e) == 0 && pdf_update_add(u, v, &ref, &e) == 0 &&
        pdf_update_finish(u, &out, &m, &e) == 0) {
        int fd = file_seal_bytes("updated", out.data, out.len, &e);
        must(m.size == (int64_t)out.len && m.base == (int64_t)n);
        /* What could be opened and updated can be opened again, with one revision more. */
        if (fd >= 0 && pdf_open(&again, fd, &options, &e) == 0) {
            must(pdf_revision_at(again, PDF_LATEST)->startxref == m.startxref);
            struct pdf_value *back = NULL;
            must(pdf_load(again, ref, PDF_LATEST, &back, &e) == 0 && pdf_value_equal(v, back));
            pdf_value_free(back);
        }
        pdf_close(again);
        if (fd >= 0)
            close(fd);
    }
    pdf_update_free(u);
    pdf_value_free(v);
    buf_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct pdf *pdf = NULL;
    int64_t pages = 0;
    int fd = file_seal_bytes("fuzz", data, n, &e);

    if (fd < 0)
        return 0;
    if (pdf_open(&pdf, fd, &options, &e) != 0) {
        must(err_is_set(&e));
        close(fd);
        return 0;
    }
    for (int r = 0; r < pdf_revision_count(pdf); r++) {
        struct pdf_change change;
        const struct pdf_revision *rev = pdf_revision_at(pdf, r);
        must(rev->start <= rev->eof && rev->eof <= rev->end && rev->end <= pdf_size(pdf));
        pdf_page_count(pdf, r, &pages, &e);
        for (size_t i = 0; i < pdf_change_count(pdf, r) && i < 200; i++)
            must(pdf_change_at(pdf, r, i, &change) == 0);
    }
    pdf_tree_walk(
        pdf, pdf_path(pdf, pdf_catalog(pdf, PDF_LATEST, &e), "Names/EmbeddedFiles", PDF_LATEST, &e),
        PDF_LATEST, leaf, NULL, &e);
    for (uint32_t num = 0; num < pdf_object_limit(pdf, PDF_LATEST) && num < 200; num++)
        look(pdf, num, &e);
    struct jv *found = jv_array();
    if (pdf_scan(pdf, found, &e) != 0)
        must(err_is_set(&e));
    jv_free(found);
    update(pdf, data, n);
    pdf_close(pdf);
    close(fd);
    return 0;
}

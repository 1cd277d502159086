/* PDFs made in memory for the unit tests of pdf/file. */
#ifndef PARAPHE_TESTS_PDF_FIXTURE_H
#define PARAPHE_TESTS_PDF_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/file.h"
#include "pdf/file/pdf.h"
#include "pdf/file/pdf_update.h"

enum { FIX_OBJECTS = 128, FIX_MAX = 1 << 26 };

struct fix {
    struct buf b;
    size_t at[FIX_OBJECTS]; /* offsets of objects written since the last cross-reference */
    size_t xref;            /* offset of the last one */
};

static inline void fix_begin(struct fix *f, const char *header)
{
    memset(f, 0, sizeof *f);
    buf_init(&f->b, FIX_MAX);
    buf_text(&f->b, header);
}

static inline void fix_object(struct fix *f, unsigned num, const char *body)
{
    f->at[num] = f->b.len;
    buf_format(&f->b, "%u 0 obj\n%s\nendobj\n", num, body);
}

static inline void fix_stream(struct fix *f, unsigned num, const char *entries, const void *data,
                              size_t n)
{
    f->at[num] = f->b.len;
    buf_format(&f->b, "%u 0 obj\n<</Length %zu %s>>\nstream\n", num, n, entries);
    buf_append(&f->b, data, n);
    buf_text(&f->b, "\nendstream\nendobj\n");
}

/* A table of what was written since the last one, its trailer, and the end of the revision. */
static inline void fix_table(struct fix *f, unsigned size, const char *entries)
{
    size_t prev = f->xref;

    f->xref = f->b.len;
    buf_text(&f->b, "xref\n");
    if (prev == 0)
        buf_text(&f->b, "0 1\n0000000000 65535 f \n");
    for (unsigned i = 1; i < FIX_OBJECTS; i++) {
        if (f->at[i] != 0)
            buf_format(&f->b, "%u 1\n%010zu 00000 n \n", i, f->at[i]);
    }
    buf_format(&f->b, "trailer\n<</Size %u/Root 1 0 R", size);
    if (prev != 0)
        buf_format(&f->b, "/Prev %zu", prev);
    buf_format(&f->b, "%s>>\nstartxref\n%zu\n%%%%EOF\n", entries, f->xref);
    memset(f->at, 0, sizeof f->at);
}

/* The same as a cross-reference stream, which is object `num`. */
static inline void fix_xref_stream(struct fix *f, unsigned num, unsigned size, const char *entries)
{
    struct buf index = BUF_INIT(4096), rows = BUF_INIT(4096);
    size_t prev = f->xref;

    f->xref = f->b.len;
    f->at[num] = f->b.len;
    for (unsigned i = 1; i < FIX_OBJECTS; i++) {
        if (f->at[i] == 0)
            continue;
        buf_format(&index, "%u 1 ", i);
        const unsigned char row[4] = {1, (unsigned char)(f->at[i] >> 8), (unsigned char)f->at[i],
                                      0};
        buf_append(&rows, row, 4);
    }
    buf_format(&f->b, "%u 0 obj\n<</Type/XRef/W[1 2 1]/Index[%s]/Size %u/Root 1 0 R", num,
               buf_str(&index), size);
    if (prev != 0)
        buf_format(&f->b, "/Prev %zu", prev);
    buf_format(&f->b, "%s/Length %zu>>\nstream\n", entries, rows.len);
    buf_append(&f->b, rows.data, rows.len);
    buf_format(&f->b, "\nendstream\nendobj\nstartxref\n%zu\n%%%%EOF\n", f->xref);
    memset(f->at, 0, sizeof f->at);
    buf_free(&index);
    buf_free(&rows);
}

/* Catalog 1, pages 2, page 3, and a trailer. */
static inline void fix_simple(struct fix *f)
{
    fix_begin(f, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n");
    fix_object(f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(f, 2, "<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 595 842]>>");
    fix_object(f, 3, "<</Type/Page/Parent 2 0 R>>");
    fix_table(f, 4, "/ID[<00112233445566778899aabbccddeeff><00112233445566778899aabbccddeeff>]");
}

static inline int fix_fd(const struct fix *f)
{
    struct err e = ERR_INIT;
    int fd = file_seal_bytes("fixture.pdf", f->b.data, f->b.len, &e);

    assert_true(fd >= 0);
    return fd;
}

struct opened {
    struct pdf *pdf;
    int fd;
};

static inline struct opened fix_open(const struct fix *f)
{
    struct err e = ERR_INIT;
    struct opened o = {NULL, fix_fd(f)};

    if (pdf_open(&o.pdf, o.fd, NULL, &e) != 0)
        fail_msg("%s: %s", e.id, e.sentence);
    return o;
}

static inline void fix_close(struct opened *o)
{
    pdf_close(o->pdf);
    close(o->fd);
}

/* That the file is refused, with this error. */
static inline void fix_refused(const struct fix *f, const char *id)
{
    struct err e = ERR_INIT;
    struct pdf *pdf = NULL;
    int fd = fix_fd(f);

    assert_int_equal(pdf_open(&pdf, fd, NULL, &e), -1);
    assert_null(pdf);
    assert_string_equal(e.id, id);
    assert_true(strlen(e.sentence) > 20);
    close(fd);
}

static inline void fix_done(struct fix *f)
{
    buf_free(&f->b);
}

/* Replaces the first `from` by `to`, of the same length. */
static inline void fix_patch(struct fix *f, const char *from, const char *to)
{
    unsigned char *at = memmem(f->b.data, f->b.len, from, strlen(from));

    assert_non_null(at);
    assert_int_equal(strlen(from), strlen(to));
    memcpy(at, to, strlen(to));
}

#endif

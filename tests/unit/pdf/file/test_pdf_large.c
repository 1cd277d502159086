/* Files beyond 4 GiB and beyond the ten digits of a table: sparse, so that they cost neither disk
 * nor memory. */
#include "fixture.h"

#include <fcntl.h>
#include <sys/resource.h>

struct large {
    int fd;
    int64_t at; /* where the next bytes go */
};

static int64_t put(struct large *l, const char *bytes, size_t n)
{
    struct err e = ERR_INIT;
    int64_t at = l->at;

    assert_int_equal(file_pwrite_all(l->fd, bytes, n, at, "large", &e), 0);
    l->at += (int64_t)n;
    return at;
}

static int64_t say(struct large *l, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int64_t say(struct large *l, const char *format, ...)
{
    char text[512];
    va_list ap;

    va_start(ap, format);
    int n = vsnprintf(text, sizeof text, format, ap);
    va_end(ap);
    return put(l, text, (size_t)n);
}

/* Catalog and page in front, a stream of `hole` zero bytes, the page tree behind it. */
static void make(struct large *l, int64_t hole, bool table)
{
    struct err e = ERR_INIT;
    int64_t at[6];

    l->fd = file_memory("large", &e);
    assert_true(l->fd >= 0);
    l->at = 0;
    say(l, "%%PDF-1.7\n");
    at[1] = say(l, "1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n");
    at[3] = say(l, "3 0 obj <</Type/Page/Parent 2 0 R>> endobj\n");
    at[4] = say(l, "4 0 obj <</Length %lld>> stream\n", (long long)hole);
    l->at += hole;
    say(l, "\nendstream endobj\n");
    at[2] = say(l, "2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n");
    at[5] = l->at;
    if (table) {
        say(l, "xref\n0 5\n0000000000 65535 f \n");
        for (int i = 1; i < 5; i++)
            say(l, "%010lld 00000 n \n", (long long)at[i]);
        say(l, "trailer <</Size 5/Root 1 0 R/ID[<aa><bb>]>>\n");
    } else {
        say(l, "5 0 obj <</Type/XRef/W[1 8 0]/Index[1 5]/Size 6/Root 1 0 R/ID[<aa><bb>]/Length "
               "45>> stream\n");
        for (int i = 1; i < 6; i++) {
            char row[9] = {1};
            for (int k = 0; k < 8; k++)
                row[1 + k] = (char)(at[i] >> (56 - 8 * k));
            put(l, row, 9);
        }
        say(l, "\nendstream endobj\n");
    }
    say(l, "startxref\n%lld\n%%%%EOF\n", (long long)at[5]);
}

static void update(struct large *l, enum pdf_xref_kind before, enum pdf_xref_kind after)
{
    struct err e = ERR_INIT;
    struct pdf *pdf = NULL;
    struct pdf_update *u = NULL;
    struct pdf_update_marks m;
    struct buf out = BUF_INIT(1 << 20);
    struct pdf_value *d = pdf_make_dict();
    struct pdf_ref ref;
    struct pdf_sig_span span;
    int64_t pages = 0;
    char edge[2];

    if (pdf_open(&pdf, l->fd, NULL, &e) != 0)
        fail_msg("%s", e.sentence);
    assert_int_equal(pdf_size(pdf), l->at);
    assert_int_equal(pdf_revision_at(pdf, 0)->kind, before);
    assert_int_equal(pdf_page_count(pdf, PDF_LATEST, &pages, &e), 0);
    assert_int_equal(pages, 1);
    assert_int_equal(pdf_update_new(&u, pdf, &e), 0);
    assert_int_equal(pdf_set_take(d, "Type", pdf_make_name("Sig"), &e), 0);
    assert_int_equal(pdf_set_take(d, "ByteRange", pdf_make_ranges(), &e), 0);
    assert_int_equal(pdf_set_take(d, "Contents", pdf_make_hole(100), &e), 0);
    assert_int_equal(pdf_update_add(u, d, &ref, &e), 0);
    assert_int_equal(pdf_update_finish(u, &out, &m, &e), 0);
    pdf_update_free(u);
    pdf_close(pdf);
    put(l, (const char *)out.data, out.len);
    assert_int_equal(m.size, l->at);
    pdf = NULL;
    if (pdf_open(&pdf, l->fd, NULL, &e) != 0)
        fail_msg("%s", e.sentence);
    assert_int_equal(pdf_revision_count(pdf), 2);
    assert_int_equal(pdf_revision_at(pdf, 1)->kind, after);
    assert_int_equal(pdf_sig_span(pdf, ref.num, PDF_LATEST, &span, &e), 0);
    assert_int_equal(span.contents_start, m.hole_start);
    assert_int_equal(span.range[2] + span.range[3], l->at);
    assert_int_equal(pdf_pread(pdf, edge, 1, span.range[1], &e), 0);
    assert_int_equal(pdf_pread(pdf, edge + 1, 1, span.range[2] - 1, &e), 0);
    assert_memory_equal(edge, "<>", 2);
    pdf_close(pdf);
    pdf_value_free(d);
    buf_free(&out);
}

static void test_beyond_four_gib(void **state)
{
    struct large l;

    (void)state;
    make(&l, (int64_t)5 << 30, true);
    update(&l, PDF_XREF_TABLE, PDF_XREF_TABLE);
    close(l.fd);
    make(&l, (int64_t)5 << 30, false);
    update(&l, PDF_XREF_STREAM, PDF_XREF_STREAM);
    close(l.fd);
}

static void test_beyond_ten_digits(void **state)
{
    struct large l;

    (void)state;
    make(&l, 12000000000, false);
    update(&l, PDF_XREF_STREAM, PDF_XREF_STREAM);
    close(l.fd);
    /* The last offsets that a table holds; its update must become a stream. */
    make(&l, 9999999700, true);
    update(&l, PDF_XREF_TABLE, PDF_XREF_STREAM);
    close(l.fd);
}

/* 300 000 objects: at most 24 bytes each and the windows, whatever the size of the file. */
static void test_memory(void **state)
{
    enum { OBJECTS = 300000 };
    struct err e = ERR_INIT;
    struct buf b = BUF_INIT(1 << 26);
    struct pdf *pdf = NULL;
    struct rusage before, after;
    int64_t pages = 0;

    (void)state;
    buf_text(
        &b, "%PDF-1.7\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Kids[]>> endobj\n");
    size_t *at = malloc(OBJECTS * sizeof *at);
    assert_non_null(at);
    for (int i = 3; i < OBJECTS; i++) {
        at[i] = b.len;
        buf_format(&b, "%d 0 obj <</N %d/Text(some text that makes the object longer)>> endobj\n",
                   i, i);
    }
    size_t xref = b.len;
    buf_format(&b, "xref\n0 %d\n0000000000 65535 f \n0000000009 00000 n \n0000000054 00000 n \n",
               OBJECTS);
    for (int i = 3; i < OBJECTS; i++)
        buf_format(&b, "%010zu 00000 n \n", at[i]);
    buf_format(&b, "trailer <</Size %d/Root 1 0 R>> startxref %zu %%%%EOF", OBJECTS, xref);
    free(at);
    int fd = file_seal_bytes("many", b.data, b.len, &e);
    getrusage(RUSAGE_SELF, &before);
    assert_int_equal(pdf_open(&pdf, fd, NULL, &e), 0);
    assert_int_equal(pdf_page_count(pdf, PDF_LATEST, &pages, &e), 0);
    for (uint32_t num = 3; num < OBJECTS; num += 1000) {
        struct pdf_value *v = NULL;
        assert_int_equal(pdf_load(pdf, (struct pdf_ref){num, 0}, PDF_LATEST, &v, &e), 0);
        assert_int_equal(pdf_int(pdf_key(v, "N"), 0), num);
        pdf_value_free(v);
    }
    getrusage(RUSAGE_SELF, &after);
#ifndef PARAPHE_SANITIZED
    assert_true((after.ru_maxrss - before.ru_maxrss) * 1024L < 30L * OBJECTS + (4L << 20));
#endif
    pdf_close(pdf);
    close(fd);
    buf_free(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_beyond_four_gib),
        cmocka_unit_test(test_beyond_ten_digits),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

#include "fixture.h"

static void pages_fail(const char *two, const char *three, const char *id)
{
    struct err e = ERR_INIT;
    struct fix f;
    int64_t count = 0;

    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, two);
    fix_object(&f, 3, three);
    fix_table(&f, 4, "");
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_page_count(o.pdf, PDF_LATEST, &count, &e), -1);
    assert_string_equal(e.id, id);
    fix_close(&o);
    fix_done(&f);
}

static void tree(struct fix *f, const char *count)
{
    char body[128];

    fix_begin(f, "%PDF-1.7\n");
    fix_object(f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(f, 2,
               "<</Type/Pages/Kids[3 0 R 4 0 R 7 0 R]/Count 4/MediaBox[0 0 1 2]/Rotate 9 0 R>>");
    fix_object(f, 3, "<</Type/Page/Parent 2 0 R>>");
    snprintf(body, sizeof body, "<</Type/Pages/Parent 2 0 R/Kids 8 0 R/Count %s>>", count);
    fix_object(f, 4, body);
    fix_object(f, 5, "<</Type/Page/Parent 4 0 R/MediaBox[0 0 3 4]>>");
    fix_object(f, 6, "<</Type/Page/Parent 4 0 R>>");
    fix_object(f, 7, "<</Type/Page/Parent 2 0 R>>");
    fix_object(f, 8, "[5 0 R 6 0 R]");
    fix_object(f, 9, "90");
    fix_table(f, 10, "");
}

static void test_pages(void **state)
{
    static const uint32_t order[] = {3, 5, 6, 7};
    static const char *const counts[] = {"2", "1", "99", "-4", "(x)"};
    struct err e = ERR_INIT;
    struct fix f;

    (void)state;
    for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
        struct pdf_ref ref;
        int64_t count = 0;
        tree(&f, counts[c]);
        struct opened o = fix_open(&f);
        assert_int_equal(pdf_page_count(o.pdf, PDF_LATEST, &count, &e), 0);
        assert_int_equal(count, 4);
        /* A wrong /Count may shift what is passed over, but each answer is a page and nothing
         * loops. */
        for (int i = 0; i < 4; i++) {
            assert_int_equal(pdf_page_ref(o.pdf, i, PDF_LATEST, &ref, &e), 0);
            if (c != 1)
                assert_int_equal(ref.num, order[i]);
        }
        assert_int_equal(pdf_page_ref(o.pdf, 4, PDF_LATEST, &ref, &e), -1);
        assert_string_equal(e.id, "err.pdf-file.page");
        assert_int_equal(pdf_page_ref(o.pdf, -1, PDF_LATEST, &ref, &e), -1);
        fix_close(&o);
        fix_done(&f);
    }
}

static void test_inherited(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf_value *v = NULL;

    (void)state;
    tree(&f, "2");
    struct opened o = fix_open(&f);
    assert_int_equal(
        pdf_page_attribute(o.pdf, (struct pdf_ref){6, 0}, "MediaBox", PDF_LATEST, &v, &e), 0);
    assert_int_equal(pdf_int(pdf_at(v, 3), 0), 2);
    pdf_value_free(v);
    assert_int_equal(
        pdf_page_attribute(o.pdf, (struct pdf_ref){5, 0}, "MediaBox", PDF_LATEST, &v, &e), 0);
    assert_int_equal(pdf_int(pdf_at(v, 3), 0), 4);
    pdf_value_free(v);
    assert_int_equal(
        pdf_page_attribute(o.pdf, (struct pdf_ref){6, 0}, "Rotate", PDF_LATEST, &v, &e), 0);
    assert_int_equal(pdf_int(v, 0), 90);
    pdf_value_free(v);
    assert_int_equal(pdf_page_attribute(o.pdf, (struct pdf_ref){6, 0}, "None", PDF_LATEST, &v, &e),
                     0);
    assert_null(v);
    fix_close(&o);
    fix_done(&f);
}

static void test_loops(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct pdf_value *v = NULL;

    (void)state;
    pages_fail("<</Kids[3 0 R]>>", "<</Kids[2 0 R]>>", "err.pdf-file.loop");
    pages_fail("<</Kids[3 0 R 3 0 R]>>", "<</Kids[]>>", "err.pdf-file.loop");
    pages_fail("<</Kids[<</Type/Page>>]>>", "null", "err.pdf-file.page");
    pages_fail("<</Kids[3 0 R]>>", "(no page)", "err.pdf-file.page");
    pages_fail("<</Kids[3 0 R 3 0 R 99 0 R]>>", "<<>>", "err.pdf-file.page");
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R>>");
    fix_object(&f, 2, "<</Parent 2 0 R/A 3 0 R>>");
    fix_object(&f, 3, "3 0 R");
    fix_table(&f, 4, "");
    struct opened o = fix_open(&f);
    assert_int_equal(
        pdf_page_attribute(o.pdf, (struct pdf_ref){2, 0}, "Rotate", PDF_LATEST, &v, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.loop");
    err_clear(&e);
    assert_int_equal(pdf_page_attribute(o.pdf, (struct pdf_ref){2, 0}, "A", PDF_LATEST, &v, &e),
                     -1);
    assert_string_equal(e.id, "err.pdf-file.loop");
    fix_close(&o);
    fix_done(&f);
}

static int join(void *self, const struct pdf_value *key, const struct pdf_value *value,
                struct err *e)
{
    size_t n = 0;
    const unsigned char *s = pdf_bytes(key, &n);

    (void)e;
    if (s != NULL)
        buf_append(self, s, n);
    else
        buf_format(self, "%d", (int)pdf_int(key, -1));
    buf_format(self, "=%d;", (int)pdf_int(value, -1));
    return pdf_int(value, -1) == 99 ? 7 : 0;
}

static void test_trees(void **state)
{
    struct err e = ERR_INIT;
    struct fix f;
    struct buf out = BUF_INIT(1000);

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R/N 3 0 R/L 5 0 R/M<</Nums[1 10 2 99 3 30]>>>>");
    fix_object(&f, 2, "<</Kids[]>>");
    fix_object(&f, 3, "<</Kids[4 0 R<</Names[(c) 3]>>]>>");
    fix_object(&f, 4, "<</Names[(a) 1 6 0 R 2 (odd)]>>");
    fix_object(&f, 5, "<</Kids[5 0 R]>>");
    fix_object(&f, 6, "(b)");
    fix_table(&f, 7, "");
    struct opened o = fix_open(&f);
    const struct pdf_value *catalog = pdf_catalog(o.pdf, PDF_LATEST, &e);
    assert_int_equal(pdf_tree_walk(o.pdf, pdf_key(catalog, "N"), PDF_LATEST, join, &out, &e), 0);
    assert_string_equal(buf_str(&out), "a=1;b=2;c=3;");
    buf_clear(&out);
    assert_int_equal(pdf_tree_walk(o.pdf, pdf_key(catalog, "M"), PDF_LATEST, join, &out, &e), 7);
    assert_string_equal(buf_str(&out), "1=10;2=99;");
    assert_int_equal(pdf_tree_walk(o.pdf, pdf_key(catalog, "L"), PDF_LATEST, join, &out, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.loop");
    assert_int_equal(pdf_tree_walk(o.pdf, NULL, PDF_LATEST, join, &out, &e), 0);
    buf_free(&out);
    fix_close(&o);
    fix_done(&f);
}

/* Deeper than any page tree or name tree is. */
static void test_depth(void **state)
{
    enum { LEVELS = 80 };
    struct err e = ERR_INIT;
    struct fix f;
    struct buf body = BUF_INIT(4096);
    int64_t count = 0;

    (void)state;
    fix_begin(&f, "%PDF-1.7\n");
    /* An array and a dictionary a level: more than objects may nest, so the lower half is an object
     * of its own. */
    fix_object(&f, LEVELS + 4, "<</Kids[]>>");
    for (int i = 0; i < 40; i++)
        buf_text(&body, "<</Kids[");
    buf_format(&body, "%d 0 R", LEVELS + 5);
    for (int i = 0; i < 40; i++)
        buf_text(&body, "]>>");
    fix_object(&f, LEVELS + 3, buf_str(&body));
    unsigned char *lower = memmem(body.data, body.len, "85 0 R", 6);
    memcpy(lower, "84 0 R", 6);
    fix_object(&f, LEVELS + 5, buf_str(&body));
    fix_object(&f, 1, "<</Type/Catalog/Pages 2 0 R/N 83 0 R>>");
    for (unsigned i = 2; i < LEVELS + 2; i++) {
        buf_clear(&body);
        buf_format(&body, "<</Kids[%u 0 R]>>", i + 1);
        fix_object(&f, i, buf_str(&body));
    }
    fix_object(&f, LEVELS + 2, "<</Type/Page>>");
    fix_table(&f, LEVELS + 6, "");
    struct opened o = fix_open(&f);
    assert_int_equal(pdf_page_count(o.pdf, PDF_LATEST, &count, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.loop");
    err_clear(&e);
    const struct pdf_value *names = pdf_key(pdf_catalog(o.pdf, PDF_LATEST, &e), "N");
    assert_int_equal(pdf_tree_walk(o.pdf, names, PDF_LATEST, join, NULL, &e), -1);
    assert_string_equal(e.id, "err.pdf-file.loop");
    buf_free(&body);
    fix_close(&o);
    fix_done(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages), cmocka_unit_test(test_inherited),
        cmocka_unit_test(test_loops), cmocka_unit_test(test_trees),
        cmocka_unit_test(test_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

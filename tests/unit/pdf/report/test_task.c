#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/jv.h"
#include "pdf/report/report.h"

static const char form[] = "{\"form\":{\"name\":\"f.xlsx\",\"sha256\":\"00\",\"type\":\"xlsx\"},"
                           "\"fields\":[],\"sheets\":[],\"findings\":[]}";

static struct runner here(void)
{
    static struct task tasks[5];

    tasks[0] = report_draw_task;
    tasks[1] = report_cover_task;
    tasks[2] = report_old_task;
    tasks[3] = report_html_task;
    return runner_here(tasks);
}

static int sparse(off_t size)
{
    struct err e = ERR_INIT;
    int fd = file_memory("sparse", &e);

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, size), 0);
    return fd;
}

static void draw(int form_fd, int logo_fd, int rc, const char *id)
{
    struct runner runner = here();
    struct err e = ERR_INIT;
    struct jv *grid = jv_parse(form, strlen(form), "grid", &e), *out = NULL;
    struct report_request q = {
        .grid = grid, .lang = "fr", .producer = "test", .form_fd = form_fd, .logo_fd = logo_fd};
    int fd = sparse(0);

    assert_non_null(grid);
    assert_int_equal(report_make(&runner, &q, fd, &out, &e), rc);
    if (rc != 0)
        assert_string_equal(e.id, id);
    close(fd);
    jv_free(out);
    jv_free(grid);
}

static void test_inputs(void **state)
{
    int large = sparse((off_t)33 << 20), empty = sparse(0);

    (void)state;
    draw(-1, -1, 0, NULL);
    draw(empty, -1, 0, NULL);
    draw(large, -1, -1, "err.base.file-too-large");
    draw(-1, large, -1, "err.base.file-too-large");
    draw(9999, -1, -1, "err.base.file-read"); /* no such descriptor */
    close(large);
    close(empty);
}

static void test_cover_limit(void **state)
{
    struct runner runner = here();
    struct err e = ERR_INIT;
    struct jv *grids = jv_array(), *out = NULL;
    struct report_request q = {
        .grid = grids, .lang = "fr", .producer = "test", .form_fd = -1, .logo_fd = -1};
    int fd = sparse(0);

    (void)state;
    assert_int_equal(report_cover(&runner, &q, fd, &out, &e), -1); /* of nothing */
    for (int i = 0; i < 12; i++)
        jv_add_take(grids, jv_parse(form, strlen(form), "grid", &e));
    assert_int_equal(report_cover(&runner, &q, fd, &out, &e), 0);
    jv_free(out);
    jv_add_take(grids, jv_parse(form, strlen(form), "grid", &e));
    assert_int_equal(report_cover(&runner, &q, fd, &out, &e), -1);
    assert_string_equal(e.id, "err.report.cover-many");
    close(fd);
    jv_free(grids);
}

/* More tabs than one page of contents lists, with titles of columns that would fill a page. */
static void test_many_tabs(void **state)
{
    struct runner runner = here();
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT(1 << 20);
    struct jv *out = NULL;
    int fd = sparse(0);

    (void)state;
    buf_text(&text,
             "{\"form\":{\"name\":\"f.xlsx\",\"sha256\":\"00\",\"type\":\"xlsx\"},\"fields\":[],"
             "\"findings\":[],\"sheets\":[");
    for (int i = 0; i < 70; i++) {
        buf_format(&text, "%s{\"name\":\"Onglet %d\",\"columns\":[{\"id\":\"point\",\"label\":\"ID",
                   i == 0 ? "" : ",", i);
        for (int k = 0; k < 400; k++)
            buf_text(&text, " intitulé");
        buf_text(&text,
                 "\"},{\"id\":\"answer\",\"label\":\"\"}],\"points\":[{\"id\":\"C-1\",\"answer\":"
                 "\"Oui\",\"cells\":{}}]}");
    }
    buf_text(&text, "]}");
    struct jv *grid = jv_parse(buf_str(&text), text.len, "grid", &e);
    struct report_request q = {
        .grid = grid, .lang = "fr", .producer = "test", .form_fd = -1, .logo_fd = -1};
    assert_non_null(grid);
    assert_int_equal(report_make(&runner, &q, fd, &out, &e), 0);
    /* title, two of contents, guide, synthesis, non-conformities, one a tab, method, signatures */
    assert_in_range(jv_get_int(out, "pages", 0), 70 + 7, 70 + 8);
    buf_free(&text);
    close(fd);
    jv_free(out);
    jv_free(grid);
}

static void old(const char *text, const char *reference, int64_t version)
{
    struct runner runner = here();
    struct err e = ERR_INIT;
    struct jv *out = NULL;
    int fd = file_seal_bytes("old", text, strlen(text), &e);

    assert_true(fd >= 0);
    assert_int_equal(report_old(&runner, fd, "old.pdf", &out, &e), 0);
    if (reference == NULL)
        assert_null(jv_get_text(out, "reference"));
    else
        assert_string_equal(jv_get_text(out, "reference"), reference);
    assert_int_equal(jv_get_int(out, "version", 0), version);
    close(fd);
    jv_free(out);
}

static void test_old(void **state)
{
    struct runner runner = here();
    struct err e = ERR_INIT;
    struct jv *out = NULL;
    int large = sparse((off_t)65 << 20);

    (void)state;
    old("%PDF-1.7\n<paraphe:reference>A &amp; &lt;B&gt;</paraphe:reference>"
        "<paraphe:revision>7</paraphe:revision>",
        "A & <B>", 7);
    old("%PDF-1.7\n<paraphe:reference>&amp;lt;</paraphe:reference>", "&lt;", 1);
    old("%PDF-1.7\nnothing of ours", NULL, 1);
    old("%PDF-1.7\n<paraphe:reference>without an end", NULL, 1);
    old("%PDF-1.7\n<paraphe:revision>-5<", NULL, 1);
    old("%PDF-1.7\n<paraphe:revision>99999999999999999999<", NULL, 1);
    assert_int_equal(report_old(&runner, large, "old.pdf", &out, &e), -1);
    assert_string_equal(e.id, "err.report.old");
    assert_non_null(strstr(e.sentence, "old.pdf"));
    close(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_inputs), cmocka_unit_test(test_cover_limit),
        cmocka_unit_test(test_many_tabs), cmocka_unit_test(test_old)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A visible signature in a document whose structure tree cannot take one more element, and a
 * picture that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/err.h"
#include "sign/pades/pades.h"
#include "tests/unit/make_pdf.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define ASK                                                                                        \
    "{\"kind\":\"signature\",\"hole\":2000,\"time\":1795000000,\"digest\":\"SHA-256\",\"page\":1," \
    "\"rect\":[0,0,50000,20000],\"lines\":[\"Signed\"]"

static void refused(const char *const *objects, size_t n, const char *ask, int third,
                    const char *id)
{
    struct buf reply = BUF_INIT(1 << 20);
    int fds[3] = {made_pdf(objects, n), file_memory("update", NULL), third};
    struct task_io io = {.fds = fds,
                         .nfds = third >= 0 ? 3 : 2,
                         .params = (const unsigned char *)ask,
                         .params_len = strlen(ask),
                         .reply = &reply};
    struct err e = ERR_INIT;

    assert_int_equal(pades_prepare_task.run(&io, &e), -1);
    assert_string_equal(e.id, id);
    assert_int_equal(e.kind, ERR_INPUT);
    buf_free(&reply);
    for (size_t i = 0; i < io.nfds; i++)
        close(fds[i]);
}

#define CATALOG                                                                                    \
    "<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot 4 0 R >>"
#define PAGES "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
#define PAGE "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] >>"

/* The parent tree is said to be at a place where only another reference stands. */
static void a_parent_tree_behind_two_references(void **state)
{
    static const char *const objects[] = {
        CATALOG, PAGES,           PAGE, "<< /Type /StructTreeRoot /K [] /ParentTree 5 0 R >>",
        "6 0 R", "<< /Nums [] >>"};

    (void)state;
    refused(objects, COUNT(objects), ASK "}", -1, "err.sign-pades.tags");
}

/* The root of the structure tree is its own parent tree: it cannot be written twice. */
static void an_object_with_two_roles(void **state)
{
    static const char *const objects[] = {
        CATALOG, PAGES, PAGE, "<< /Type /StructTreeRoot /K [] /ParentTree 4 0 R /Nums [] >>"};

    (void)state;
    refused(objects, COUNT(objects), ASK "}", -1, "err.sign-pades.tags");
}

static void a_picture_of_no_bytes(void **state)
{
    static const char *const objects[] = {"<< /Type /Catalog /Pages 2 0 R >>", PAGES, PAGE};

    (void)state;
    refused(objects, COUNT(objects), ASK ",\"image\":true}", file_memory("image", NULL),
            "err.draw.image-size");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_parent_tree_behind_two_references),
        cmocka_unit_test(an_object_with_two_roles),
        cmocka_unit_test(a_picture_of_no_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

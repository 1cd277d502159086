/* Reads PDFs with our reader, for the tests of real documents: one line a file.
 *
 * pdf_probe [-p PASSWORD] [-s] [-t] [-u OUT_FOLDER] FILE...
 *   every object is loaded and the start of every stream decoded, the pages are walked:
 *   "FILE: opened PAGES REVISIONS KIND ..." or "FILE: refused ID at STEP: SENTENCE"
 *   -s  also prints what a signer could not see, one code and page a line
 *   -t  also prints the decoded content of the first page and the /Info /Title
 *   -u  also writes OUT_FOLDER/NAME: the file with an update that adds a string and a stream and
 * names them in the catalog */
#include <fcntl.h>
#include <stdio.h>
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

static const char *const kinds[] = {"table", "stream", "hybrid"};

struct probe {
    struct pdf_options options;
    bool text, scan;
    const char *out;
};

/* Every object as of the newest revision, and the start of each stream decoded when its filters are
 * ours. */
static int load_all(struct pdf *pdf, struct err *e)
{
    unsigned char piece[4096];

    for (uint32_t num = 1; num < pdf_object_limit(pdf, PDF_LATEST); num++) {
        struct pdf_place place = pdf_place_of(pdf, num, PDF_LATEST);
        struct pdf_value *v = NULL;
        struct pdf_stream *s = NULL;
        if (place.kind == PDF_PLACE_FREE)
            continue;
        if (pdf_load(pdf, (struct pdf_ref){num, place.gen}, PDF_LATEST, &v, e) != 0)
            return -1;
        int rc = 0;
        if (pdf_is(v, PDF_STREAM)) {
            rc = pdf_stream_open(&s, pdf, v, PDF_LATEST, PDF_DECODE_ALL, e);
            if (rc == 0 && pdf_stream_read(s, piece, sizeof piece, e) < 0)
                rc = -1;
            if (rc != 0 && strcmp(e->id, "err.pdf-file.filter") == 0) {
                err_clear(e);
                rc = 0;
            }
        }
        pdf_stream_close(s);
        pdf_value_free(v);
        if (rc != 0)
            return -1;
    }
    return 0;
}

static void print_text(struct pdf *pdf)
{
    struct err e = ERR_INIT;
    struct buf out = BUF_INIT(1 << 20);
    struct pdf_ref page = {0, 0};
    const struct pdf_value *trailer = pdf_trailer(pdf, PDF_LATEST);
    const struct pdf_value *title = pdf_path(pdf, trailer, "Info/Title", PDF_LATEST, &e);

    if (pdf_page_ref(pdf, 0, PDF_LATEST, &page, &e) == 0) {
        const struct pdf_value *content =
            pdf_get(pdf, pdf_fetch(pdf, page, PDF_LATEST, &e), "Contents", PDF_LATEST, &e);
        if (pdf_is(content, PDF_STREAM))
            pdf_stream_data(pdf, content, PDF_LATEST, PDF_DECODE_ALL, 1 << 16, &out, &e);
    }
    buf_text(&out, "\ntitle: ");
    pdf_text_utf8(title, &out);
    printf("%s\n", buf_str(&out));
    buf_free(&out);
}

static void print_scan(struct pdf *pdf)
{
    struct err e = ERR_INIT;
    struct jv *found = jv_array();

    if (pdf_scan(pdf, found, &e) != 0)
        printf("scan %s\n", e.id);
    for (size_t i = 0; i < jv_count(found); i++)
        printf("scan %s %d\n", jv_get_text(jv_at(found, i), "code"),
               (int)jv_get_int(jv_at(found, i), "page", -1));
    jv_free(found);
}

static int make_update(struct pdf *pdf, struct buf *out, struct err *e)
{
    struct pdf_update *u = NULL;
    struct pdf_update_marks marks;
    struct pdf_value *catalog = NULL, *dict = pdf_make_dict(), *text = pdf_make_text("Ajouté (é)");
    struct pdf_ref string = {0, 0};
    int rc = -1;

    if (pdf_update_new(&u, pdf, e) != 0)
        goto out;
    struct pdf_ref stream = pdf_update_reserve(u);
    if (pdf_update_add(u, text, &string, e) != 0 ||
        pdf_update_put_stream(u, stream, dict, "added data", 10, true, e) != 0 ||
        pdf_load(pdf, pdf_catalog_ref(pdf, PDF_LATEST), PDF_LATEST, &catalog, e) != 0 ||
        pdf_set_take(catalog, "ProbeText", pdf_make_ref(string), e) != 0 ||
        pdf_set_take(catalog, "ProbeData", pdf_make_ref(stream), e) != 0 ||
        pdf_update_put(u, pdf_catalog_ref(pdf, PDF_LATEST), catalog, e) != 0)
        goto out;
    rc = pdf_update_finish(u, out, &marks, e);
out:
    pdf_update_free(u);
    pdf_value_free(catalog);
    pdf_value_free(dict);
    pdf_value_free(text);
    return rc;
}

static int write_update(struct pdf *pdf, int fd, const char *path, const char *folder,
                        struct err *e)
{
    struct buf update = BUF_INIT(1 << 24);
    const char *name = strrchr(path, '/');
    char to[4096];
    int out = -1, rc = -1;

    snprintf(to, sizeof to, "%s/%s", folder, name != NULL ? name + 1 : path);
    if (make_update(pdf, &update, e) == 0 &&
        (out = open(to, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) >= 0 &&
        file_copy_range(fd, out, pdf_size(pdf), to, e) == 0)
        rc = file_write_all(out, update.data, update.len, to, e);
    if (out >= 0)
        close(out);
    buf_free(&update);
    return rc;
}

static void probe(const char *path, const struct probe *p)
{
    struct err e = ERR_INIT;
    struct pdf *pdf = NULL;
    int64_t pages = 0;
    const char *step = "open";
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;

    if (fd >= 0)
        rc = pdf_open(&pdf, fd, &p->options, &e);
    if (rc == 0) {
        step = "pages";
        rc = pdf_page_count(pdf, PDF_LATEST, &pages, &e);
    }
    if (rc == 0) {
        step = "objects";
        rc = load_all(pdf, &e);
    }
    if (rc == 0 && p->out != NULL) {
        step = "update";
        rc = write_update(pdf, fd, path, p->out, &e);
    }
    if (rc == 0)
        printf("%s: opened %lld %d %s%s%s tail=%lld doubles=%zu\n", path, (long long)pages,
               pdf_revision_count(pdf), kinds[pdf_revision_at(pdf, PDF_LATEST)->kind],
               pdf_is_linearized(pdf) ? " linearized" : "",
               pdf_is_encrypted(pdf) ? " encrypted" : "", (long long)pdf_tail(pdf),
               pdf_double_view_count(pdf));
    else
        printf("%s: refused %s at %s pages=%lld: %s\n", path, e.id, step, (long long)pages,
               e.sentence);
    if (rc == 0 && p->text)
        print_text(pdf);
    if (rc == 0 && p->scan)
        print_scan(pdf);
    pdf_close(pdf);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    struct probe p = {0};
    int c;

    while ((c = getopt(argc, argv, "p:stu:")) != -1) {
        if (c == 'p') {
            p.options.password = (const unsigned char *)optarg;
            p.options.password_len = strlen(optarg);
        } else if (c == 's') {
            p.scan = true;
        } else if (c == 't') {
            p.text = true;
        } else if (c == 'u') {
            p.out = optarg;
        } else {
            return 2;
        }
    }
    for (int i = optind; i < argc; i++)
        probe(argv[i], &p);
    return 0;
}

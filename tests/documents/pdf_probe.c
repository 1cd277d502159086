/* Opens PDFs with our reader, loads every object, walks the pages: one line a file, for the tests
 * of real documents. pdf_probe [-p PASSWORD] FILE...: "opened PAGES REVISIONS KIND", or "refused ID
 * at STEP: SENTENCE". */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "pdf/file/pdf.h"

static const char *const kinds[] = {"table", "stream", "hybrid"};

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

static void probe(const char *path, const struct pdf_options *options)
{
    struct err e = ERR_INIT;
    struct pdf *pdf = NULL;
    int64_t pages = 0;
    const char *step = "open";
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = -1;

    if (fd >= 0)
        rc = pdf_open(&pdf, fd, options, &e);
    if (rc == 0) {
        step = "pages";
        rc = pdf_page_count(pdf, PDF_LATEST, &pages, &e);
    }
    if (rc == 0) {
        step = "objects";
        rc = load_all(pdf, &e);
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
    pdf_close(pdf);
    if (fd >= 0)
        close(fd);
}

int main(int argc, char **argv)
{
    struct pdf_options options = {0};

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-p") == 0 && i + 1 < argc) {
            options.password = (const unsigned char *)argv[++i];
            options.password_len = strlen(argv[i]);
            continue;
        }
        probe(argv[i], &options);
    }
    return 0;
}

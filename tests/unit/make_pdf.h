/* For unit tests: a file made of objects, the first of which is the catalog. */
#ifndef PARAPHE_TESTS_MAKE_PDF_H
#define PARAPHE_TESTS_MAKE_PDF_H

#include <stdlib.h>

#include "base/buf.h"
#include "base/file.h"

/* Numbered from 1, with a table; a memory file that may be written. */
static inline int made_pdf(const char *const *objects, size_t n)
{
    struct buf b = BUF_INIT(1 << 22);
    size_t *offsets = calloc(n + 1, sizeof *offsets);
    int fd = file_memory("pdf", NULL);

    if (offsets == NULL || fd < 0)
        abort();
    buf_text(&b, "%PDF-1.7\n");
    for (size_t i = 0; i < n; i++) {
        offsets[i] = b.len;
        buf_format(&b, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
    }
    size_t xref = b.len;
    buf_format(&b, "xref\n0 %zu\n0000000000 65535 f \n", n + 1);
    for (size_t i = 0; i < n; i++)
        buf_format(&b, "%010zu 00000 n \n", offsets[i]);
    buf_format(&b, "trailer\n<< /Size %zu /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", n + 1, xref);
    if (b.failed || file_write_all(fd, b.data, b.len, "pdf", NULL) != 0)
        abort();
    buf_free(&b);
    free(offsets);
    return fd;
}

#endif

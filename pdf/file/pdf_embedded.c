/* Embedded files, by the name tree of the catalog. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "pdf/file/pdf.h"

struct look {
    struct pdf *pdf;
    int revision;
    const char *name;
    struct buf *out;
    bool found;
};

static bool named(const struct pdf_value *spec, const char *wanted)
{
    static const char *const keys[] = {"UF", "F"};
    size_t n = 0;

    for (size_t i = 0; i < 2; i++) {
        const unsigned char *name = pdf_bytes(pdf_key(spec, keys[i]), &n);
        if (name != NULL && n == strlen(wanted) && memcmp(name, wanted, n) == 0)
            return true;
    }
    return false;
}

static int spec_look(void *self, const struct pdf_value *key, const struct pdf_value *value,
                     struct err *e)
{
    struct look *l = self;
    const struct pdf_value *spec = pdf_resolve(l->pdf, value, l->revision, e);

    (void)key;
    if (spec == NULL || !named(spec, l->name))
        return err_is_set(e) ? -1 : 0;
    if (l->found) /* who looks at the one does not see the other */
        return err_set(e, ERR_INPUT, "err.pdf-file.embedded-twice", l->name, NULL);
    const struct pdf_value *file = pdf_path(l->pdf, spec, "EF/F", l->revision, e);
    if (file == NULL)
        return err_is_set(e) ? -1 : 0;
    l->found = true;
    return pdf_stream_data(l->pdf, file, l->revision, PDF_DECODE_ALL, l->out->max, l->out, e);
}

int pdf_embedded_file(struct pdf *pdf, int revision, const char *name, struct buf *out,
                      struct err *e)
{
    struct look l = {pdf, revision, name, out, false};
    const struct pdf_value *catalog = pdf_catalog(pdf, revision, e);
    const struct pdf_value *names =
        catalog != NULL ? pdf_path(pdf, catalog, "Names/EmbeddedFiles", revision, e) : NULL;

    if (err_is_set(e) || pdf_tree_walk(pdf, names, revision, spec_look, &l, e) != 0)
        return -1;
    return l.found ? 1 : 0;
}

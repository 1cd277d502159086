#include "pdf/file/pdf_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ceilings.h"

static int windows_new(struct pdf *pdf, struct err *e)
{
    for (int i = 0; i < WINDOWS; i++) {
        pdf->windows[i].base = -1;
        pdf->windows[i].bytes = malloc(WINDOW_BYTES);
        if (pdf->windows[i].bytes == NULL)
            return err_set_memory(e);
    }
    return 0;
}

/* Offsets of the cross-reference count from %PDF- for some readers and from the first byte for
 * others: both must be one. */
static int read_header(struct pdf *pdf, struct err *e)
{
    enum { HEADER_WITHIN = 1024 };
    unsigned char head[8];
    int64_t at = src_find(pdf, 0, HEADER_WITHIN, "%PDF-", 5);

    if (pdf->io_errno != 0)
        return fail_read(pdf, e);
    if (at < 0)
        return err_set(e, ERR_INPUT, "err.pdf-file.not-pdf", NULL);
    if (at > 0)
        return err_set(e, ERR_INPUT, "err.pdf-file.header-shifted", NULL);
    if (pdf->size < 8)
        return err_set(e, ERR_INPUT, "err.pdf-file.truncated", NULL);
    if (pdf_pread(pdf, head, 8, 0, e) != 0)
        return -1;
    pdf->version = 10;
    if (head[5] >= '1' && head[5] <= '2' && head[6] == '.' && head[7] >= '0' && head[7] <= '9')
        pdf->version = (head[5] - '0') * 10 + (head[7] - '0');
    return 0;
}

/* The first object of the file tells whether it is linearised (annex F), if it is still as long as
 * it says or was updated. */
static void read_linearized(struct pdf *pdf)
{
    struct pdf_src src;
    struct parse p = {.src = &src, .num = 1, .e = NULL};
    struct pdf_value v;
    uint32_t gen;
    int64_t start;

    token_init(&p.t);
    src_file(&src, pdf, 0);
    if (src.end > 4096)
        src.end = 4096;
    if (parse_object_head(&p, 0, &gen, &start) == 0 && parse_value(&p, &v) == 0) {
        int64_t length = pdf_int(pdf_key(&v, "L"), -1);
        pdf->linearized = pdf_key(&v, "Linearized") != NULL && length > 0 && length <= pdf->size;
        pdf_value_clear(&v);
    }
    token_free(&p.t);
}

static int read_catalog(struct pdf *pdf, struct err *e)
{
    const struct pdf_value *catalog = pdf_catalog(pdf, PDF_LATEST, e);
    const char *version = pdf_name(pdf_get(pdf, catalog, "Version", PDF_LATEST, NULL));

    if (catalog == NULL)
        return -1;
    if (version != NULL && strlen(version) == 3 && version[1] == '.') {
        int later = (version[0] - '0') * 10 + (version[2] - '0');
        if (later > pdf->version && later >= 10 && later <= 29)
            pdf->version = later;
    }
    return 0;
}

static int open_all(struct pdf *pdf, const struct pdf_options *options, struct err *e)
{
    if (windows_new(pdf, e) != 0 || cache_new(pdf, e) != 0 || read_header(pdf, e) != 0)
        return -1;
    read_linearized(pdf);
    if (chain_read(pdf, e) != 0)
        return -1;
    const struct pdf_value *encrypt = pdf_key(pdf_trailer(pdf, PDF_LATEST), "Encrypt");
    if (encrypt != NULL) {
        /* Its strings are not encrypted, and the key is not known yet: read before the rest. */
        struct err local = ERR_INIT;
        encrypt = pdf_resolve(pdf, encrypt, PDF_LATEST, &local);
        if (err_is_set(&local)) {
            if (e != NULL)
                *e = local;
            return -1;
        }
        if (crypt_open(pdf, encrypt, options, e) != 0)
            return -1;
    }
    return read_catalog(pdf, e);
}

int pdf_open(struct pdf **out, int fd, const struct pdf_options *options, struct err *e)
{
    struct pdf *pdf = calloc(1, sizeof *pdf);
    struct stat st;

    if (pdf == NULL)
        return err_set_memory(e);
    pdf->fd = fd;
    pdf->max_objects =
        options != NULL && options->max_objects > 0 ? options->max_objects : ceilings.pdf_objects;
    pdf->max_cache =
        options != NULL && options->max_cache > 0 ? options->max_cache : ceilings.pdf_cache_bytes;
    if (fstat(fd, &st) != 0) {
        pdf->io_errno = errno;
        fail_read(pdf, e);
        pdf_close(pdf);
        return -1;
    }
    pdf->size = st.st_size;
    if (open_all(pdf, options, e) != 0) {
        pdf_close(pdf);
        return -1;
    }
    *out = pdf;
    return 0;
}

void pdf_close(struct pdf *pdf)
{
    if (pdf == NULL)
        return;
    for (int i = 0; i < WINDOWS; i++)
        free(pdf->windows[i].bytes);
    for (int r = 0; pdf->revs != NULL && r < pdf->nrevs; r++) {
        xlist_free(&pdf->revs[r].entries);
        pdf_value_free(pdf->revs[r].trailer);
    }
    free(pdf->revs);
    free(pdf->reached);
    free(pdf->sections);
    free(pdf->doubles);
    free(pdf->conflicts);
    cache_free(pdf);
    packs_free(pdf);
    crypt_free(pdf->crypt);
    free(pdf);
}

int64_t pdf_size(const struct pdf *pdf)
{
    return pdf->size;
}

int pdf_version(const struct pdf *pdf)
{
    return pdf->version;
}

bool pdf_is_linearized(const struct pdf *pdf)
{
    return pdf->linearized;
}

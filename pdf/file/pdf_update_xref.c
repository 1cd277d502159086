#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "pdf/file/pdf_update_internal.h"

enum { TABLE_OFFSET_DIGITS = 10 };
static const int64_t table_limit = 10000000000; /* ten digits */

static int compare(const void *a, const void *b)
{
    const struct pdf_xent *x = a, *y = b;

    return x->num < y->num ? -1 : x->num > y->num;
}

/* The first part of /ID stays for ever; the second names this version: a digest of what was there
 * and what is added. */
static struct pdf_value *make_id(struct pdf_update *u, struct err *e)
{
    enum { ID_BYTES = 16 };
    unsigned char digest[DIGEST_MAX];
    const struct pdf_value *old =
        pdf_get(u->pdf, pdf_trailer(u->pdf, PDF_LATEST), "ID", PDF_LATEST, NULL);
    const struct pdf_value *first = pdf_get_at(u->pdf, old, 0, PDF_LATEST, NULL);
    /* The first part enters the key of an encrypted file: one that is odd stays as it is. */
    if (pdf_is_encrypted(u->pdf) && !pdf_is(first, PDF_STRING))
        return old != NULL ? pdf_value_copy(old, e) : pdf_make_null();
    struct pdf_value *id = pdf_make_array();
    struct buf input = BUF_INIT(u->bytes.len + 4096);
    size_t n = 0;

    for (size_t i = 0; i < 2; i++) {
        const unsigned char *part = pdf_bytes(pdf_get_at(u->pdf, old, i, PDF_LATEST, NULL), &n);
        if (part != NULL)
            buf_append(&input, part, n < 1024 ? n : 1024);
    }
    buf_format(&input, " %" PRId64 " ", u->base);
    buf_append(&input, u->bytes.data, u->bytes.len);
    int rc = buf_check(&input, e);
    if (rc == 0)
        rc = digest_bytes(DIGEST_SHA256, input.data, input.len, digest, e);
    const unsigned char *keep = pdf_bytes(first, &n);
    if (rc == 0)
        rc = pdf_add_take(id,
                          keep != NULL ? pdf_make_string(keep, n, true)
                                       : pdf_make_string(digest, ID_BYTES, true),
                          e);
    if (rc == 0)
        rc = pdf_add_take(id, pdf_make_string(digest, ID_BYTES, true), e);
    buf_free(&input);
    if (rc != 0) {
        pdf_value_free(id);
        return NULL;
    }
    return id;
}

/* What belongs to one section only: its place, and its own data when it is a stream. */
static bool of_section(const char *key)
{
    static const char *const own[] = {"Size",    "Prev",         "XRefStm", "ID",     "Type",
                                      "W",       "Index",        "Length",  "Filter", "DecodeParms",
                                      "FFilter", "FDecodeParms", "F",       "DL"};

    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
        if (strcmp(key, own[i]) == 0)
            return true;
    }
    return false;
}

/* All other entries are repeated (7.5.6), also those of a producer's own. */
static struct pdf_value *make_trailer(struct pdf_update *u, struct err *e)
{
    const struct pdf_value *old = pdf_trailer(u->pdf, PDF_LATEST);
    struct pdf_value *trailer = pdf_make_dict(), *id = make_id(u, e);
    int rc = id != NULL ? 0 : -1;

    if (rc == 0)
        rc = pdf_set_take(trailer, "Size", pdf_make_int(u->next), e);
    for (size_t i = 0; i < pdf_entry_count(old) && rc == 0; i++) {
        const struct pdf_entry *entry = pdf_entry_at(old, i);
        if (!of_section(entry->key))
            rc = pdf_set_take(trailer, entry->key, pdf_value_copy(&entry->value, e), e);
    }
    if (rc == 0 && !pdf_is_null(id)) {
        rc = pdf_set_take(trailer, "ID", id, e);
        id = NULL;
    }
    if (rc == 0) {
        int64_t prev = pdf_revision_at(u->pdf, PDF_LATEST)->startxref;
        rc = pdf_set_take(trailer, "Prev", pdf_make_int(prev), e);
    }
    pdf_value_free(id);
    if (rc != 0) {
        pdf_value_free(trailer);
        return NULL;
    }
    return trailer;
}

/* Numbers that follow each other make one subsection: its length from i on. */
static size_t run_at(const struct pdf_update *u, size_t i)
{
    size_t n = 1;

    while (i + n < u->count && u->items[i + n].num == u->items[i].num + n)
        n++;
    return n;
}

static int write_table(struct pdf_update *u, struct err *e)
{
    struct pdf_value *trailer = make_trailer(u, e);

    if (trailer == NULL)
        return -1;
    buf_text(&u->bytes, "xref\n");
    for (size_t i = 0; i < u->count;) {
        size_t n = run_at(u, i);
        buf_format(&u->bytes, "%" PRIu32 " %zu\n", u->items[i].num, n);
        for (size_t k = 0; k < n; k++, i++)
            buf_format(&u->bytes, "%0*" PRId64 " %05" PRIu32 " n\r\n", TABLE_OFFSET_DIGITS,
                       u->items[i].where, u->items[i].gen);
    }
    if (u->count == 0)
        buf_text(&u->bytes, "0 0\n");
    buf_text(&u->bytes, "trailer\n");
    pdf_print(trailer, &u->bytes);
    buf_char(&u->bytes, '\n');
    pdf_value_free(trailer);
    return buf_check(&u->bytes, e);
}

static int set_rows(struct pdf_update *u, struct pdf_value *trailer, int width, struct err *e)
{
    const int widths[3] = {1, width, 2};
    struct pdf_value *w = pdf_make_array(), *index = pdf_make_array();
    int rc = 0;

    for (int i = 0; i < 3 && rc == 0; i++)
        rc = pdf_add_take(w, pdf_make_int(widths[i]), e);
    for (size_t i = 0; i < u->count && rc == 0; i += run_at(u, i)) {
        rc = pdf_add_take(index, pdf_make_int(u->items[i].num), e);
        if (rc == 0)
            rc = pdf_add_take(index, pdf_make_int((int64_t)run_at(u, i)), e);
    }
    if (rc == 0) {
        rc = pdf_set_take(trailer, "W", w, e);
        w = NULL;
    }
    if (rc == 0) {
        rc = pdf_set_take(trailer, "Index", index, e);
        index = NULL;
    }
    pdf_value_free(w);
    pdf_value_free(index);
    return rc;
}

/* The stream lists itself too. It is neither compressed nor encrypted. */
static int write_stream(struct pdf_update *u, uint32_t num, struct err *e)
{
    struct pdf_value *trailer = make_trailer(u, e);
    int width = 4, rc = trailer != NULL ? 0 : -1;

    while (width < 8 && (u->base + (int64_t)u->bytes.len) >> (8 * width) != 0)
        width++;
    if (rc == 0)
        rc = pdf_set_take(trailer, "Type", pdf_make_name("XRef"), e);
    if (rc == 0)
        rc = set_rows(u, trailer, width, e);
    if (rc == 0)
        rc = pdf_set_take(trailer, "Length", pdf_make_int((int64_t)u->count * (3 + width)), e);
    if (rc == 0) {
        buf_format(&u->bytes, "%" PRIu32 " 0 obj\n", num);
        pdf_print(trailer, &u->bytes);
        buf_text(&u->bytes, "\nstream\n");
        for (size_t i = 0; i < u->count; i++) {
            buf_char(&u->bytes, 1);
            for (int k = width - 1; k >= 0; k--)
                buf_char(&u->bytes, (char)(u->items[i].where >> (8 * k) & 0xff));
            buf_char(&u->bytes, (char)(u->items[i].gen >> 8));
            buf_char(&u->bytes, (char)(u->items[i].gen & 0xff));
        }
        buf_text(&u->bytes, "\nendstream\nendobj\n");
        rc = buf_check(&u->bytes, e);
    }
    pdf_value_free(trailer);
    return rc;
}

int update_write_xref(struct pdf_update *u, int64_t *startxref, struct err *e)
{
    bool stream = pdf_revision_at(u->pdf, PDF_LATEST)->kind == PDF_XREF_STREAM;
    uint32_t num = 0;

    *startxref = u->base + (int64_t)u->bytes.len;
    if (*startxref >= table_limit)
        stream = true;
    if (stream) {
        num = pdf_update_reserve(u).num;
        struct pdf_xent *items = reallocarray(u->items, u->count + 1, sizeof *items);
        if (items == NULL)
            return err_set_memory(e);
        u->items = items;
        u->items[u->count++] =
            (struct pdf_xent){.where = *startxref, .num = num, .kind = PDF_PLACE_FILE};
    }
    qsort(u->items, u->count, sizeof *u->items, compare);
    if ((stream ? write_stream(u, num, e) : write_table(u, e)) != 0)
        return -1;
    buf_format(&u->bytes, "startxref\n%" PRId64 "\n%%%%EOF\n", *startxref);
    return buf_check(&u->bytes, e);
}

#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

/* The end of line behind "stream": CR LF or LF; a lone CR is tolerated as all readers do. */
static void skip_stream_eol(struct pdf_src *s)
{
    while (src_peek(s) == ' ') /* seen in the wild; the standard forbids it */
        s->pos++;
    if (src_peek(s) == '\r')
        s->pos++;
    if (src_peek(s) == '\n')
        s->pos++;
}

static int stream_length(struct pdf *pdf, const struct pdf_value *dict, uint32_t num, int revision,
                         int64_t *out, struct err *e)
{
    const struct pdf_value *length = pdf_key(dict, "Length");
    struct pdf_value *loaded = NULL;
    int rc = -1;

    if (pdf_is(length, PDF_REF)) {
        if (revision == OBJECT_NO_XREF || pdf->loading > 4)
            return fail_stream(e, num);
        pdf->loading++;
        rc = pdf_load(pdf, length->u.ref, revision, &loaded, e);
        pdf->loading--;
        if (rc != 0)
            return -1;
        length = loaded;
    }
    rc = 0;
    *out = pdf_is(length, PDF_INT) ? length->u.integer : -1;
    if (*out < 0)
        rc = fail_stream(e, num);
    pdf_value_free(loaded);
    return rc;
}

static int read_stream(struct pdf *pdf, struct parse *p, int revision, struct pdf_value *out,
                       struct pdf_ref owner, struct err *e)
{
    struct pdf_value *dict = calloc(1, sizeof *dict);
    int64_t length = 0;

    if (dict == NULL)
        return err_set_memory(e);
    *dict = *out;
    memset(&out->u, 0, sizeof out->u);
    out->kind = PDF_STREAM;
    out->u.stream.dict = dict;
    out->u.stream.owner = owner;
    skip_stream_eol(p->src);
    out->u.stream.offset = p->src->pos;
    if (dict->kind != PDF_DICT)
        return fail_object(e, owner.num, out->start);
    if (stream_length(pdf, dict, owner.num, revision, &length, e) != 0)
        return -1;
    if (length > pdf->size - p->src->pos)
        return fail_stream(e, owner.num);
    out->u.stream.length = length;
    p->src->pos += length;
    lex_next(p->src, &p->t);
    if (!token_is(&p->t, "endstream"))
        return pdf->io_errno != 0 ? fail_read(pdf, e) : fail_stream(e, owner.num);
    out->end = p->t.end;
    lex_next(p->src, &p->t);
    return 0;
}

int object_read(struct pdf *pdf, int64_t offset, uint32_t num, int revision, struct pdf_value *out,
                struct pdf_ref *ref, int64_t *end, struct err *e)
{
    struct pdf_src src;
    struct parse p = {.src = &src, .offsets = true, .num = num, .e = e};
    int64_t start = 0;
    int rc = -1;

    *out = (struct pdf_value){.kind = PDF_NULL, .start = -1, .end = -1};
    token_init(&p.t);
    src_file(&src, pdf, offset);
    if (offset < 0 || offset >= pdf->size) {
        fail_object(e, num, offset);
        goto out;
    }
    if (parse_object_head(&p, num, &ref->gen, &start) != 0)
        goto out;
    ref->num = p.num;
    if (parse_value(&p, out) != 0)
        goto out;
    if (token_is(&p.t, "stream") && read_stream(pdf, &p, revision, out, *ref, e) != 0)
        goto out;
    if (!token_is(&p.t, "endobj")) {
        parse_fail(&p);
        goto out;
    }
    if (end != NULL)
        *end = p.t.end;
    rc = 0;
out:
    if (rc != 0)
        pdf_value_clear(out);
    token_free(&p.t);
    return rc;
}

static int load_into(struct pdf *pdf, struct pdf_ref ref, int revision, struct pdf_value *out,
                     struct err *e)
{
    struct pdf_place place = pdf_place_of(pdf, ref.num, revision);
    struct pdf_ref read = {0, 0};

    *out = (struct pdf_value){.kind = PDF_NULL, .start = -1, .end = -1};
    switch (place.kind) {
    case PDF_PLACE_FREE:
        return 0;
    case PDF_PLACE_PACKED:
        return ref.gen == 0 ? packed_read(pdf, &place, ref.num, revision, out, e) : 0;
    case PDF_PLACE_FILE:
        break;
    }
    if (place.gen != ref.gen)
        return 0;
    if (object_read(pdf, place.offset, ref.num, revision, out, &read, NULL, e) != 0)
        return -1;
    if (read.gen != ref.gen) {
        pdf_value_clear(out);
        return fail_object(e, ref.num, place.offset);
    }
    return pdf->crypt != NULL ? crypt_value(pdf, out, ref, e) : 0;
}

int pdf_load(struct pdf *pdf, struct pdf_ref ref, int revision, struct pdf_value **out,
             struct err *e)
{
    struct pdf_value *v = calloc(1, sizeof *v);

    if (v == NULL)
        return err_set_memory(e);
    if (load_into(pdf, ref, revision, v, e) != 0) {
        pdf_value_free(v);
        return -1;
    }
    *out = v;
    return 0;
}

int pdf_object_span(struct pdf *pdf, uint32_t num, int revision, int64_t *start, int64_t *end,
                    struct err *e)
{
    struct pdf_place place = pdf_place_of(pdf, num, revision);
    struct pdf_value v;
    struct pdf_ref ref;

    if (place.kind != PDF_PLACE_FILE)
        return fail_object(e, num, place.offset);
    if (object_read(pdf, place.offset, num, revision, &v, &ref, end, e) != 0)
        return -1;
    *start = place.offset;
    pdf_value_clear(&v);
    return 0;
}

/* ---- look-ups ---- */
const struct pdf_value *pdf_resolve(struct pdf *pdf, const struct pdf_value *v, int revision,
                                    struct err *e)
{
    enum { HOPS = 16 };

    for (int i = 0; pdf_is(v, PDF_REF); i++) {
        if (i == HOPS) {
            err_set(e, ERR_INPUT, "err.pdf-file.loop", NULL);
            return NULL;
        }
        v = pdf_fetch(pdf, v->u.ref, revision, e);
    }
    return pdf_is_null(v) ? NULL : v;
}

const struct pdf_value *pdf_get(struct pdf *pdf, const struct pdf_value *dict, const char *key,
                                int revision, struct err *e)
{
    return pdf_resolve(pdf, pdf_key(pdf_resolve(pdf, dict, revision, e), key), revision, e);
}

const struct pdf_value *pdf_get_at(struct pdf *pdf, const struct pdf_value *array, size_t i,
                                   int revision, struct err *e)
{
    return pdf_resolve(pdf, pdf_at(pdf_resolve(pdf, array, revision, e), i), revision, e);
}

const struct pdf_value *pdf_path(struct pdf *pdf, const struct pdf_value *dict, const char *path,
                                 int revision, struct err *e)
{
    char key[128];

    while (*path != '\0' && dict != NULL) {
        size_t n = strcspn(path, "/");
        if (n >= sizeof key) {
            err_set_bug(e, "pdf_path: key too long");
            return NULL;
        }
        memcpy(key, path, n);
        key[n] = '\0';
        dict = pdf_get(pdf, dict, key, revision, e);
        path += n + (path[n] == '/');
    }
    return dict;
}

struct pdf_ref pdf_catalog_ref(const struct pdf *pdf, int revision)
{
    return pdf_ref_of(pdf_key(pdf_trailer(pdf, revision), "Root"));
}

const struct pdf_value *pdf_catalog(struct pdf *pdf, int revision, struct err *e)
{
    const struct pdf_value *v = pdf_get(pdf, pdf_trailer(pdf, revision), "Root", revision, e);

    if (pdf_is(v, PDF_DICT))
        return v;
    if (!err_is_set(e)) {
        const struct pdf_revision *rev = pdf_revision_at(pdf, revision);
        fail_xref(e, rev != NULL ? rev->startxref : 0);
    }
    return NULL;
}

#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"

/* Object streams lately decoded. They are kept with the pdf because neighbours are asked for one
 * after the other. */
enum { PACKS = 4 };
struct pack {
    int64_t offset; /* of the container in the file; -1: empty */
    uint64_t used;
    struct buf bytes;
    int64_t first, count;
};
struct pdf_packs {
    struct pack items[PACKS];
};

void packs_free(struct pdf *pdf)
{
    if (pdf->packs == NULL)
        return;
    for (int i = 0; i < PACKS; i++)
        buf_free(&pdf->packs->items[i].bytes);
    free(pdf->packs);
    pdf->packs = NULL;
}

static struct pack *slot(struct pdf *pdf, int64_t offset, struct err *e)
{
    struct pack *oldest;

    if (pdf->packs == NULL) {
        pdf->packs = calloc(1, sizeof *pdf->packs);
        if (pdf->packs == NULL) {
            err_set_memory(e);
            return NULL;
        }
        for (int i = 0; i < PACKS; i++) {
            pdf->packs->items[i].offset = -1;
            buf_init(&pdf->packs->items[i].bytes, (size_t)ceilings.pdf_packed_bytes);
        }
    }
    oldest = &pdf->packs->items[0];
    pdf->clock++;
    for (int i = 0; i < PACKS; i++) {
        struct pack *p = &pdf->packs->items[i];
        if (p->offset == offset) {
            p->used = pdf->clock;
            return p;
        }
        if (p->used < oldest->used)
            oldest = p;
    }
    oldest->offset = -1;
    oldest->used = pdf->clock;
    buf_free(&oldest->bytes);
    return oldest;
}

static struct pack *open_pack(struct pdf *pdf, uint32_t container, int revision, struct err *e)
{
    struct pdf_place outer = pdf_place_of(pdf, container, revision);
    struct pdf_value *v = NULL;
    struct pack *p = NULL, *found = NULL;

    if (outer.kind != PDF_PLACE_FILE) {
        fail_object(e, container, outer.offset);
        return NULL;
    }
    p = slot(pdf, outer.offset, e);
    if (p == NULL || p->offset == outer.offset)
        return p;
    if (pdf->loading > 4) {
        err_set(e, ERR_INPUT, "err.pdf-file.loop", NULL);
        return NULL;
    }
    pdf->loading++;
    if (pdf_load(pdf, (struct pdf_ref){container, outer.gen}, revision, &v, e) != 0)
        goto out;
    p->first = pdf_int(pdf_key(v, "First"), -1);
    p->count = pdf_int(pdf_key(v, "N"), -1);
    if (v->kind != PDF_STREAM || !pdf_is_name(pdf_key(v, "Type"), "ObjStm") || p->first < 0 ||
        p->count < 0) {
        fail_object(e, container, outer.offset);
        goto out;
    }
    if (pdf_stream_data(pdf, v, revision, PDF_DECODE_ALL, (size_t)ceilings.pdf_packed_bytes,
                        &p->bytes, e) != 0)
        goto out;
    if (p->first > (int64_t)p->bytes.len || p->count > p->first / 2 + 1) {
        fail_object(e, container, outer.offset);
        goto out;
    }
    p->offset = outer.offset;
    found = p;
out:
    pdf->loading--;
    if (found == NULL)
        buf_free(&p->bytes);
    pdf_value_free(v);
    return found;
}

/* The number and the offset at place `index` of the header; -1 outside. */
static int header_at(struct pdf_src *s, struct pdf_token *t, int64_t *num, int64_t *offset)
{
    lex_next(s, t);
    *num = t->kind == TOKEN_INT ? t->integer : -1;
    lex_next(s, t);
    *offset = t->kind == TOKEN_INT ? t->integer : -1;
    return *num >= 0 && *offset >= 0 ? 0 : -1;
}

/* Where the object starts in the decoded bytes. The index of the cross-reference holds; when
 * another number stands there the whole header is searched, as readers that go by number do. */
static int64_t find_packed(const struct pack *p, uint32_t num, uint32_t index)
{
    struct pdf_src s;
    struct pdf_token t;
    int64_t other = -1, found = -1;

    token_init(&t);
    src_memory(&s, p->bytes.data, (size_t)p->first);
    for (int64_t i = 0; i < p->count; i++) {
        int64_t n, offset;
        if (header_at(&s, &t, &n, &offset) != 0)
            break;
        if (n == num && i == index)
            found = offset;
        else if (n == num && other < 0)
            other = offset;
        if (i >= index && (found >= 0 || other >= 0))
            break;
    }
    token_free(&t);
    if (found < 0)
        found = other;
    return found >= 0 && found <= (int64_t)p->bytes.len - p->first ? p->first + found : -1;
}

int packed_read(struct pdf *pdf, const struct pdf_place *place, uint32_t num, int revision,
                struct pdf_value *out, struct err *e)
{
    struct pack *pack = open_pack(pdf, place->container, revision, e);
    struct pdf_src src;
    struct parse p = {.src = &src, .num = num, .e = e};
    int rc = -1;

    *out = (struct pdf_value){.kind = PDF_NULL, .start = -1, .end = -1};
    if (pack == NULL)
        return -1;
    int64_t at = find_packed(pack, num, place->index);
    if (at < 0)
        return fail_object(e, num, pack->offset);
    token_init(&p.t);
    src_memory(&src, pack->bytes.data, pack->bytes.len);
    src.pos = at;
    rc = parse_one(&p, out);
    if (rc != 0)
        pdf_value_clear(out);
    token_free(&p.t);
    return rc;
}

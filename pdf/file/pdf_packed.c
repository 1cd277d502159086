#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"

/* Object streams lately decoded. They are kept with the pdf because neighbours are asked for one
 * after the other. */
enum { PACKS = 4 };
struct packed {
    uint32_t num, offset; /* offset: in the decoded bytes */
};
struct pack {
    int64_t offset; /* of the container in the file; -1: empty */
    uint64_t used;
    struct buf bytes;
    struct packed *objects;
    int64_t first, count;
    bool whole; /* as many as /N says, and nothing else in front of the first */
};
struct pdf_packs {
    struct pack items[PACKS];
};

static void pack_empty(struct pack *p)
{
    buf_free(&p->bytes);
    free(p->objects);
    p->objects = NULL;
    p->offset = -1;
}

void packs_free(struct pdf *pdf)
{
    if (pdf->packs == NULL)
        return;
    for (int i = 0; i < PACKS; i++)
        pack_empty(&pdf->packs->items[i]);
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
    pack_empty(oldest);
    oldest->used = pdf->clock;
    return oldest;
}

/* The pairs of number and offset in front, up to the first that is none. */
static int read_pairs(struct pack *p, uint32_t container, struct err *e)
{
    struct pdf_src s;
    struct pdf_token t;
    int64_t said = p->count;

    if (p->count > ceilings.pdf_object_values)
        return fail_limit(e, "pdf-file.limit-values", ceilings.pdf_object_values);
    if (p->first > (int64_t)p->bytes.len || p->count > p->first / 2 + 1)
        return fail_object(e, container, 0);
    p->objects = calloc((size_t)p->count + 1, sizeof *p->objects);
    if (p->objects == NULL)
        return err_set_memory(e);
    token_init(&t);
    src_memory(&s, p->bytes.data, (size_t)p->first);
    for (int64_t i = 0; i < p->count; i++) {
        int64_t pair[2];
        for (int k = 0; k < 2; k++) {
            lex_next(&s, &t);
            pair[k] = t.kind == TOKEN_INT ? t.integer : -1;
        }
        if (pair[0] < 0 || pair[0] > UINT32_MAX || pair[1] < 0 ||
            pair[1] > (int64_t)p->bytes.len - p->first) {
            p->count = i;
            break;
        }
        p->objects[i] = (struct packed){(uint32_t)pair[0], (uint32_t)(p->first + pair[1])};
    }
    lex_next(&s, &t);
    p->whole = p->count == said && t.kind == TOKEN_END;
    token_free(&t);
    return 0;
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
    if (pdf->loading >= PACKS - 1) { /* each nested one holds a place */
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
    if (read_pairs(p, container, e) != 0)
        goto out;
    p->offset = outer.offset;
    found = p;
out:
    pdf->loading--;
    if (found == NULL)
        pack_empty(p);
    pdf_value_free(v);
    return found;
}

/* Where the object starts in the decoded bytes; -1. The index of the cross-reference holds; when
 * another number stands there the pairs are searched, as readers that go by number do, unless there
 * are so many that somebody wants us to be busy. */
static int64_t find_packed(const struct pack *p, uint32_t num, uint32_t index)
{
    enum { SEARCHED = 20000 };

    if (index < p->count && p->objects[index].num == num)
        return p->objects[index].offset;
    for (int64_t i = 0; i < p->count && p->count <= SEARCHED; i++) {
        if (p->objects[i].num == num)
            return p->objects[i].offset;
    }
    return -1;
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

int pdf_packed_number(struct pdf *pdf, uint32_t container, int revision, uint32_t index,
                      uint32_t *num)
{
    struct err ignored = ERR_INIT;
    const struct pack *pack = open_pack(pdf, container, revision, &ignored);

    if (pack == NULL || index >= pack->count)
        return -1;
    *num = pack->objects[index].num;
    return 0;
}

bool pdf_packed_whole(struct pdf *pdf, uint32_t container, int revision)
{
    struct err ignored = ERR_INIT;
    const struct pack *pack = open_pack(pdf, container, revision, &ignored);

    return pack != NULL && pack->whole;
}

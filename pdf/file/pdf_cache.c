#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

/* Objects fetched, in a hash table by number and revision; all stay until the cache is dropped,
 * since they are lent out. */
struct cached {
    struct pdf_ref ref;
    int revision;
    struct pdf_value *value; /* NULL: an empty place */
};
struct pdf_cache {
    struct cached *items;
    size_t count, cap; /* cap: a power of two */
    int64_t bytes;
};

size_t value_size(const struct pdf_value *v)
{
    size_t n = sizeof *v;

    switch (v->kind) {
    case PDF_STRING:
    case PDF_NAME:
        return n + v->u.string.len + 32;
    case PDF_ARRAY:
        for (size_t i = 0; i < v->u.array.count; i++)
            n += value_size(&v->u.array.items[i]);
        return n;
    case PDF_DICT:
        for (size_t i = 0; i < v->u.dict.count; i++)
            n += value_size(&v->u.dict.entries[i].value) + v->u.dict.entries[i].key_len + 48;
        return n;
    case PDF_STREAM:
        return n + value_size(v->u.stream.dict);
    default:
        return n;
    }
}

int cache_new(struct pdf *pdf, struct err *e)
{
    pdf->cache = calloc(1, sizeof *pdf->cache);
    return pdf->cache != NULL ? 0 : err_set_memory(e);
}

static void drop(struct pdf_cache *c)
{
    for (size_t i = 0; i < c->cap; i++)
        pdf_value_free(c->items[i].value);
    free(c->items);
    *c = (struct pdf_cache){NULL, 0, 0, 0};
}

void pdf_drop_cache(struct pdf *pdf)
{
    drop(pdf->cache);
}

void cache_free(struct pdf *pdf)
{
    if (pdf->cache != NULL)
        drop(pdf->cache);
    free(pdf->cache);
    pdf->cache = NULL;
}

static struct cached *find(struct pdf_cache *c, struct pdf_ref ref, int revision)
{
    uint64_t hash =
        (uint64_t)ref.num * 0x9e3779b97f4a7c15u + (uint64_t)revision * 0x2545f4914f6cdd1du;
    size_t at = (size_t)(hash >> 20) & (c->cap - 1);

    while (c->items[at].value != NULL &&
           (c->items[at].ref.num != ref.num || c->items[at].ref.gen != ref.gen ||
            c->items[at].revision != revision))
        at = (at + 1) & (c->cap - 1);
    return &c->items[at];
}

static int grow(struct pdf_cache *c, struct err *e)
{
    struct pdf_cache larger = {NULL, c->count, c->cap == 0 ? 256 : 2 * c->cap, c->bytes};

    larger.items = calloc(larger.cap, sizeof *larger.items);
    if (larger.items == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < c->cap; i++) {
        if (c->items[i].value != NULL)
            *find(&larger, c->items[i].ref, c->items[i].revision) = c->items[i];
    }
    free(c->items);
    *c = larger;
    return 0;
}

const struct pdf_value *pdf_fetch(struct pdf *pdf, struct pdf_ref ref, int revision, struct err *e)
{
    struct pdf_cache *c = pdf->cache;
    struct pdf_value *v = NULL;
    int r = rev_index(pdf, revision);

    if (c->count * 2 >= c->cap && grow(c, e) != 0)
        return NULL;
    struct cached *place = find(c, ref, r);
    if (place->value != NULL)
        return place->value;
    if (pdf_load(pdf, ref, r < 0 ? OBJECT_NO_XREF : r, &v, e) != 0)
        return NULL;
    int64_t bytes = (int64_t)value_size(v) + (int64_t)sizeof *place;
    if (bytes > pdf->max_cache - c->bytes) {
        pdf_value_free(v);
        fail_limit(e, "pdf-file.limit-cache", pdf->max_cache);
        return NULL;
    }
    c->bytes += bytes;
    c->count++;
    place = find(c, ref, r);
    *place = (struct cached){ref, r, v};
    return v;
}

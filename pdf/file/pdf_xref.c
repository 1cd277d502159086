#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/search.h"

int xlist_add(struct pdf *pdf, struct pdf_xlist *list, const struct pdf_xent *x, struct err *e)
{
    if ((int64_t)pdf->nentries >= pdf->max_objects)
        return fail_limit(e, "pdf-file.limit-objects", pdf->max_objects);
    if (list->count == list->cap) {
        size_t cap = list->cap < 64 ? 64 : list->cap + list->cap / 2;
        struct pdf_xent *items = reallocarray(list->items, cap, sizeof *items);
        if (items == NULL)
            return err_set_memory(e);
        list->items = items;
        list->cap = cap;
    }
    list->items[list->count++] = *x;
    pdf->nentries++;
    return 0;
}

void xlist_free(struct pdf_xlist *list)
{
    free(list->items);
    *list = (struct pdf_xlist){NULL, 0, 0};
}

static int compare(const void *a, const void *b)
{
    const struct pdf_xent *x = a, *y = b;

    return x->num < y->num ? -1 : x->num > y->num;
}

bool xent_same(const struct pdf_xent *x, const struct pdf_xent *y)
{
    return x->kind == y->kind &&
           (x->kind == PDF_PLACE_FREE || (x->where == y->where && x->gen == y->gen));
}

int xlist_sort(struct pdf_xlist *list, int64_t at, struct err *e)
{
    bool sorted = true;
    size_t kept = 0;

    for (size_t i = 1; i < list->count && sorted; i++)
        sorted = list->items[i - 1].num < list->items[i].num;
    if (sorted)
        return 0;
    qsort(list->items, list->count, sizeof *list->items, compare);
    for (size_t i = 0; i < list->count; i++) {
        if (kept > 0 && list->items[kept - 1].num == list->items[i].num) {
            /* Readers would choose differently between the two. */
            if (!xent_same(&list->items[kept - 1], &list->items[i]))
                return fail_xref(e, at);
            continue;
        }
        list->items[kept++] = list->items[i];
    }
    list->count = kept;
    return 0;
}

int xlist_merge(struct pdf *pdf, struct pdf_xlist *newer, struct pdf_xlist *older, struct err *e)
{
    size_t total = newer->count + older->count, i = newer->count, k = older->count, to = total;

    if (older->count == 0) {
        xlist_free(older);
        return 0;
    }
    struct pdf_xent *items = reallocarray(newer->items, total, sizeof *items);
    if (items == NULL)
        return err_set_memory(e);
    newer->items = items;
    newer->cap = total;
    /* From the end, so that the newer list can be merged in its own memory. */
    while (i > 0 || k > 0) {
        if (k == 0 || (i > 0 && items[i - 1].num > older->items[k - 1].num)) {
            items[--to] = items[--i];
        } else if (i == 0 || items[i - 1].num < older->items[k - 1].num) {
            items[--to] = older->items[--k];
        } else {
            items[--to] = items[--i];
            k--;
        }
    }
    newer->count = total - to;
    memmove(items, items + to, newer->count * sizeof *items);
    pdf->nentries -= total - newer->count;
    xlist_free(older);
    return 0;
}

struct wanted {
    const struct pdf_xent *items;
    uint32_t num;
};

static bool is_below(const void *self, size_t i)
{
    const struct wanted *w = self;

    return w->items[i].num < w->num;
}

const struct pdf_xent *xlist_find(const struct pdf_xlist *list, uint32_t num)
{
    const struct wanted w = {list->items, num};
    size_t i = search_first(list->count, is_below, &w);

    return i < list->count && list->items[i].num == num ? &list->items[i] : NULL;
}

int double_view_add(struct pdf *pdf, uint32_t num, struct err *e)
{
    for (size_t i = 0; i < pdf->ndoubles && i < 64; i++) {
        if (pdf->doubles[i] == num)
            return 0;
    }
    if (pdf->ndoubles == pdf->doubles_cap) {
        size_t cap = pdf->doubles_cap < 8 ? 8 : 2 * pdf->doubles_cap;
        uint32_t *doubles = reallocarray(pdf->doubles, cap, sizeof *doubles);
        if (doubles == NULL)
            return err_set_memory(e);
        pdf->doubles = doubles;
        pdf->doubles_cap = cap;
    }
    pdf->doubles[pdf->ndoubles++] = num;
    return 0;
}

size_t pdf_double_view_count(const struct pdf *pdf)
{
    return pdf->ndoubles;
}

uint32_t pdf_double_view_at(const struct pdf *pdf, size_t i)
{
    return i < pdf->ndoubles ? pdf->doubles[i] : 0;
}

int rev_index(const struct pdf *pdf, int revision)
{
    if (revision == PDF_LATEST)
        return pdf->nrevs - 1;
    return revision >= 0 && revision < pdf->nrevs ? revision : -1;
}

uint32_t pdf_object_limit(const struct pdf *pdf, int revision)
{
    uint32_t limit = 0;

    for (int r = rev_index(pdf, revision); r >= 0; r--) {
        const struct pdf_xlist *list = &pdf->revs[r].entries;
        if (list->count > 0 && list->items[list->count - 1].num >= limit)
            limit = list->items[list->count - 1].num + 1;
    }
    return limit;
}

static struct pdf_place place_of(const struct pdf_xent *x, int revision)
{
    struct pdf_place place = {.kind = (enum pdf_place_kind)x->kind, .revision = revision};

    place.offset = x->kind == PDF_PLACE_FILE ? x->where : -1;
    if (x->kind == PDF_PLACE_PACKED) {
        place.container = (uint32_t)x->where;
        place.index = x->gen;
    } else {
        place.gen = x->gen;
    }
    return place;
}

struct pdf_place pdf_place_of(const struct pdf *pdf, uint32_t num, int revision)
{
    for (int r = rev_index(pdf, revision); r >= 0; r--) {
        const struct pdf_xent *x = xlist_find(&pdf->revs[r].entries, num);
        if (x != NULL)
            return place_of(x, r);
    }
    return (struct pdf_place){.kind = PDF_PLACE_FREE, .revision = -1, .offset = -1};
}

int64_t pdf_zero_offset(const struct pdf *pdf, int revision)
{
    for (int r = rev_index(pdf, revision); r >= 0; r--) {
        const struct pdf_xent *x = xlist_find(&pdf->revs[r].entries, 0);
        if (x != NULL)
            return (x->flags & XENT_ZERO) != 0 ? x->where : -1;
    }
    return -1;
}

size_t pdf_change_count(const struct pdf *pdf, int revision)
{
    int r = rev_index(pdf, revision);

    return r >= 0 ? pdf->revs[r].entries.count : 0;
}

static bool same_place(const struct pdf_place *a, const struct pdf_place *b)
{
    if (a->kind != b->kind)
        return false;
    if (a->kind == PDF_PLACE_FILE)
        return a->offset == b->offset && a->gen == b->gen;
    return a->kind == PDF_PLACE_FREE || (a->container == b->container && a->index == b->index);
}

int pdf_change_at(const struct pdf *pdf, int revision, size_t i, struct pdf_change *out)
{
    int r = rev_index(pdf, revision);

    if (r < 0 || i >= pdf->revs[r].entries.count)
        return -1;
    const struct pdf_xent *x = &pdf->revs[r].entries.items[i];
    struct pdf_place before = {.kind = PDF_PLACE_FREE, .revision = -1, .offset = -1};
    if (r > 0)
        before = pdf_place_of(pdf, x->num, r - 1);
    out->num = x->num;
    out->place = place_of(x, r);
    if (out->place.kind == PDF_PLACE_FREE)
        out->kind = before.kind == PDF_PLACE_FREE && r > 0 ? PDF_CHANGE_SAME : PDF_CHANGE_FREED;
    else if (before.kind == PDF_PLACE_FREE)
        out->kind = PDF_CHANGE_ADDED;
    else
        out->kind = same_place(&before, &out->place) &&
                            (before.kind != PDF_PLACE_PACKED || !pdf_moved(pdf, x->num, r - 1, r))
                        ? PDF_CHANGE_SAME
                        : PDF_CHANGE_REPLACED;
    return 0;
}

bool pdf_moved(const struct pdf *pdf, uint32_t num, int from, int to)
{
    struct pdf_place a = pdf_place_of(pdf, num, from), b = pdf_place_of(pdf, num, to);

    if (!same_place(&a, &b))
        return true;
    if (a.kind != PDF_PLACE_PACKED)
        return false;
    struct pdf_place outer_a = pdf_place_of(pdf, a.container, from);
    struct pdf_place outer_b = pdf_place_of(pdf, b.container, to);
    return !same_place(&outer_a, &outer_b);
}

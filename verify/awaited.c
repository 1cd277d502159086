/* Numbers that a revision refers to and does not define. A later revision that defines one changes
 * what is seen, under whatever cover it does so: a prepared reference to nowhere is how content is
 * smuggled in (shadow attacks). */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "verify/diff.h"

enum { DEPTH_MAX = 128 };

void awaited_free(struct awaited *a)
{
    free(a->bits);
    *a = (struct awaited){NULL, 0};
}

bool awaited_has(const struct awaited *a, uint32_t num)
{
    return a != NULL && a->bits != NULL && num < a->limit &&
           (a->bits[num / 8] & (1u << (num % 8))) != 0;
}

static void mark(struct pdf *pdf, int revision, struct awaited *a, const struct pdf_value *v,
                 int depth)
{
    const struct pdf_value *dict = pdf_dict_of(v);
    uint32_t num = pdf_ref_of(v).num;

    if (depth > DEPTH_MAX)
        return; /* the reader refuses deeper values */
    if (num != 0 && num < a->limit && pdf_place_of(pdf, num, revision).kind == PDF_PLACE_FREE)
        a->bits[num / 8] |= (unsigned char)(1u << (num % 8));
    for (size_t i = 0; dict != NULL && i < pdf_count(dict); i++)
        mark(pdf, revision, a, &pdf_entry_at(dict, i)->value, depth + 1);
    for (size_t i = 0; pdf_is(v, PDF_ARRAY) && i < pdf_count(v); i++)
        mark(pdf, revision, a, pdf_at(v, i), depth + 1);
}

static void object_mark(struct pdf *pdf, int revision, struct awaited *a, uint32_t num)
{
    struct pdf_place place = pdf_place_of(pdf, num, revision);
    struct pdf_value *v = NULL;

    /* an object that cannot be read shows nothing to a reader either */
    if (place.kind != PDF_PLACE_FREE &&
        pdf_load(pdf, (struct pdf_ref){num, place.gen}, revision, &v, NULL) == 0)
        mark(pdf, revision, a, v, 0);
    pdf_value_free(v);
}

int awaited_scan(struct pdf *pdf, int revision, struct awaited *out, struct err *e)
{
    uint32_t limit = pdf_object_limit(pdf, revision);

    *out = (struct awaited){NULL, pdf_object_limit(pdf, PDF_LATEST)};
    if (out->limit < limit)
        out->limit = limit;
    out->bits = calloc(1, (size_t)out->limit / 8 + 1);
    if (out->bits == NULL)
        return err_set_memory(e);
    mark(pdf, revision, out, pdf_trailer(pdf, revision), 0);
    for (uint32_t n = 1; n < limit; n++)
        object_mark(pdf, revision, out, n);
    return 0;
}

void awaited_add(struct pdf *pdf, int revision, struct awaited *a)
{
    struct pdf_change change;

    for (size_t i = 0; i < pdf_change_count(pdf, revision); i++) {
        if (pdf_change_at(pdf, revision, i, &change) == 0)
            object_mark(pdf, revision, a, change.num);
    }
}

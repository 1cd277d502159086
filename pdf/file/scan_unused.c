#include <stdlib.h>
#include <string.h>

#include "pdf/file/scan_internal.h"

enum { UNUSED_OBJECTS = 30000 /* larger files are not searched: every object has to be read */ };

struct reach {
    struct scan *scan;
    struct pdf_seen seen;
    uint32_t *todo; /* numbers seen, not yet read */
    size_t count, cap;
};

/* A reference to another generation than the one that is there says nothing (7.3.10); some readers
 * show the object all the same. */
static void look_at_generation(struct reach *r, struct pdf_ref ref)
{
    struct pdf_place place = pdf_place_of(r->scan->pdf, ref.num, PDF_LATEST);
    uint32_t gen = place.kind == PDF_PLACE_FILE ? place.gen : 0;

    if (place.kind != PDF_PLACE_FREE && ref.gen != gen)
        scan_found(r->scan, "other-generation", 0);
}

static int reach_value(struct reach *r, const struct pdf_value *v, struct err *e)
{
    int rc = 0;

    switch (v->kind) {
    case PDF_REF:
        look_at_generation(r, v->u.ref);
        if (!seen_add(&r->seen, v->u.ref.num))
            return 0;
        if (r->count == r->cap) {
            size_t cap = r->cap < 256 ? 256 : 2 * r->cap;
            uint32_t *todo = reallocarray(r->todo, cap, sizeof *todo);
            if (todo == NULL)
                return err_set_memory(e);
            r->todo = todo;
            r->cap = cap;
        }
        r->todo[r->count++] = v->u.ref.num;
        return 0;
    case PDF_ARRAY:
        for (size_t i = 0; i < v->u.array.count && rc == 0; i++)
            rc = reach_value(r, &v->u.array.items[i], e);
        return rc;
    case PDF_DICT:
        for (size_t i = 0; i < v->u.dict.count && rc == 0; i++)
            rc = reach_value(r, &v->u.dict.entries[i].value, e);
        return rc;
    case PDF_STREAM:
        return reach_value(r, v->u.stream.dict, e);
    default:
        return 0;
    }
}

static struct pdf_value *load(struct pdf *pdf, uint32_t num)
{
    struct pdf_place place = pdf_place_of(pdf, num, PDF_LATEST);
    struct pdf_value *v = NULL;

    if (place.kind == PDF_PLACE_FREE ||
        pdf_load(pdf, (struct pdf_ref){num, place.kind == PDF_PLACE_FILE ? place.gen : 0},
                 PDF_LATEST, &v, NULL) != 0)
        return NULL;
    return v;
}

/* What a page could be made of: bare numbers, strings and streams of the file's own structure do
 * not count. */
static bool matters(const struct pdf_value *v)
{
    static const char *const types[] = {"Page",    "Pages", "Catalog", "Font",
                                        "XObject", "OCG",   "Annot"};
    const struct pdf_value *type = pdf_key(v, "Type");

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (pdf_is_name(type, types[i]))
            return true;
    }
    return pdf_is_name(pdf_key(v, "Subtype"), "Form") && pdf_is(v, PDF_STREAM);
}

int scan_unused(struct scan *s, struct err *e)
{
    struct reach r = {.scan = s};
    uint32_t limit = pdf_object_limit(s->pdf, PDF_LATEST);
    int rc;

    if (limit > UNUSED_OBJECTS)
        return 0;
    if (seen_init(&r.seen, limit, e) != 0)
        return -1;
    rc = reach_value(&r, pdf_trailer(s->pdf, PDF_LATEST), e);
    while (rc == 0 && r.count > 0) {
        struct pdf_value *v = load(s->pdf, r.todo[--r.count]);
        if (v != NULL)
            rc = reach_value(&r, v, e);
        pdf_value_free(v);
    }
    for (uint32_t num = 1; rc == 0 && num < limit; num++) {
        if (!seen_add(&r.seen, num))
            continue;
        struct pdf_value *v = load(s->pdf, num);
        bool found = v != NULL && matters(v);
        pdf_value_free(v);
        if (found) {
            scan_found(s, "unused-objects", 0);
            break;
        }
    }
    free(r.todo);
    seen_free(&r.seen);
    return rc;
}

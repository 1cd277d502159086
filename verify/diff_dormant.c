/* What lies dormant in the bytes that were signed: a body that no table leads to, behind the one
 * that counts, changes nothing for whom reads the tables. A later revision that is written in a way
 * that some readers do not take wakes it: they rebuild the list of objects, in which the last body
 * of a number counts. */
#include <stdio.h>

#include "base/err.h"
#include "verify/bodies.h"
#include "verify/diff.h"

enum { SEARCH_BYTES = 64 }; /* a unit of diff_work */

struct dormant {
    struct diff *d;
    struct body_words words;
    bool packed; /* it also counts before what stands in an object stream */
};

/* The sections are odd, or an object does not stand just where the table says. */
static bool wakes(struct diff *d)
{
    if (pdf_revision_odd(d->pdf, d->to))
        return true;
    for (size_t i = 0; i < pdf_change_count(d->pdf, d->to); i++) {
        struct pdf_change c;
        if (pdf_change_at(d->pdf, d->to, i, &c) == 0 && c.place.kind == PDF_PLACE_FILE &&
            !pdf_place_plain(d->pdf, c.place.offset))
            return true;
    }
    return false;
}

/* An object that was listed once, and is freed: whether it carries others. */
static bool was_listed(struct diff *d, const struct body *b, bool *carrier)
{
    struct pdf_value *v = NULL;

    for (int r = d->to - 1; r >= 0;) {
        struct pdf_place place = pdf_place_of(d->pdf, (uint32_t)b->num, r);
        r = place.revision - 1;
        if (place.kind != PDF_PLACE_FILE || place.offset < b->before || place.offset > b->start)
            continue;
        *carrier = pdf_load(d->pdf, (struct pdf_ref){(uint32_t)b->num, place.gen}, place.revision,
                            &v, NULL) != 0 ||
                   (pdf_is(v, PDF_STREAM) && (pdf_key(v, "First") != NULL || pdf_key(v, "W")));
        pdf_value_free(v);
        return true;
    }
    return false;
}

/* A number that nobody knows may be that of an object stream or a section. */
static int carries(struct dormant *m, const struct body *b, bool *out, struct err *e)
{
    *out = false;
    if (bodies_stream(m->d->pdf, &m->words, b->end, e) != 0)
        return -1;
    /* the cheap question first: bodies are without end, those with streams few */
    if (m->words.at >= m->words.end || pdf_section_within(m->d->pdf, b->before, b->start + 1) ||
        (b->num <= UINT32_MAX && was_listed(m->d, b, out)))
        return 0;
    *out = true;
    return 0;
}

static int look_at(void *self, const struct body *b, struct err *e)
{
    struct dormant *m = self;
    struct diff *d = m->d;
    static const char *const kinds[] = {[BODY_OBJECT] = "object-dormant",
                                        [BODY_SPLIT] = "object-split",
                                        [BODY_TRAILER] = "trailer-dormant"};
    char what[24] = "";
    bool counts = b->kind == BODY_SPLIT;

    if (b->kind == BODY_TRAILER)
        counts = !pdf_trailer_reached(d->pdf, b->start);
    if (b->kind == BODY_OBJECT && diff_matters(d, b->num)) {
        struct pdf_place is = pdf_place_of(d->pdf, (uint32_t)b->num, d->to);
        counts = is.kind == PDF_PLACE_PACKED ? m->packed
                                             : is.kind == PDF_PLACE_FREE || b->before > is.offset;
    } else if (b->kind == BODY_OBJECT && carries(m, b, &counts, e) != 0) {
        return -1;
    }
    if (!counts)
        return diff_work(d, 0, e);
    if (b->kind == BODY_OBJECT)
        snprintf(what, sizeof what, "%llu", (unsigned long long)b->num);
    return diff_add(d, GRADE_NEVER, kinds[b->kind], what, NULL, e) != 0 ? -1 : 1;
}

int diff_dormant(struct diff *d, int64_t end, struct err *e)
{
    struct dormant m = {d, {1, 0, end}, false};

    /* what an update is added to that nobody signed is not looked through, as in diff_unlisted */
    if (d->sigs->since > 0)
        return 0;
    m.packed = wakes(d);
    if (!m.packed && !pdf_revision_mixed(d->pdf, d->to))
        return 0;
    if (d->effort->searched && diff_work(d, end / SEARCH_BYTES, e) != 0)
        return -1;
    d->effort->searched = true;
    return bodies_scan(d->pdf, 0, end, look_at, &m, e) < 0 ? -1 : 0;
}

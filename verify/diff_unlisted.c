/* Bodies of objects, and trailers, that stand in the bytes of a revision without being listed by
 * its cross-reference: between the objects, in the data of a stream, in a string, in an object
 * stream. A reader that makes a table of its own, because it finds the one of the file damaged or
 * too far from the end, takes them for the newest ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "base/search.h"
#include "verify/bodies.h"
#include "verify/diff.h"

struct places {
    int64_t *offsets; /* where the listed objects stand, ascending */
    size_t count;
};

static int ascending(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* What the revision lists inside its own bytes, and its sections, which may be objects too. */
static int places_find(struct diff *d, const struct pdf_revision *own, struct places *out,
                       struct err *e)
{
    size_t n = pdf_change_count(d->pdf, d->to), sections = 0;

    while (pdf_section_at(d->pdf, sections) >= 0)
        sections++;
    out->count = 0;
    out->offsets = calloc(n + sections + 1, sizeof *out->offsets);
    if (out->offsets == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < n; i++) {
        struct pdf_change c;
        if (pdf_change_at(d->pdf, d->to, i, &c) == 0 && c.place.kind == PDF_PLACE_FILE &&
            c.place.offset >= own->start && c.place.offset < own->end)
            out->offsets[out->count++] = c.place.offset;
    }
    for (size_t i = 0; i < sections; i++) {
        int64_t at = pdf_section_at(d->pdf, i);
        if (at >= own->start && at < own->end)
            out->offsets[out->count++] = at;
    }
    qsort(out->offsets, out->count, sizeof *out->offsets, ascending);
    return 0;
}

struct up_to {
    const int64_t *offsets;
    int64_t at;
};

static bool is_up_to(const void *self, size_t i)
{
    const struct up_to *u = self;

    return u->offsets[i] <= u->at;
}

/* The first place behind `at`. */
static size_t first_behind(const struct places *p, int64_t at)
{
    const struct up_to up_to = {p->offsets, at};

    return search_first(p->count, is_up_to, &up_to);
}

/* A listed place leads to the number that starts at `start`, but for blanks in front of it. */
static bool listed(const struct places *p, int64_t before, int64_t start)
{
    size_t i = first_behind(p, start);

    return i > 0 && p->offsets[i - 1] >= before;
}

bool diff_matters(const struct diff *d, uint64_t num)
{
    /* a row of each revision is looked up */
    return num <= UINT32_MAX && diff_spend(d, d->to / 4) &&
           (pdf_place_of(d->pdf, (uint32_t)num, d->to).kind != PDF_PLACE_FREE ||
            pdf_place_of(d->pdf, (uint32_t)num, d->from).kind != PDF_PLACE_FREE ||
            awaited_has(d->awaited, (uint32_t)num));
}

static int unlisted_add(struct diff *d, const char *what, struct err *e)
{
    return diff_add(d, GRADE_NEVER, "object-unlisted", what, NULL, e);
}

enum { TOLD = 16 };

struct look {
    struct diff *d;
    const struct places *places;
    struct body_words words;
    int told;
    bool trailer; /* one that belongs to no section was found */
};

static int64_t place_behind(const struct places *p, int64_t at, int64_t end)
{
    size_t i = first_behind(p, at);

    return i < p->count ? p->offsets[i] : end;
}

/* Under a number that nobody knows, a body with data may be an object stream or a section: what is
 * in it counts as well. */
static int body_judge(struct look *l, const struct body *b, struct err *e)
{
    char what[24];

    if (!diff_matters(l->d, b->num)) {
        if (bodies_stream(l->d->pdf, &l->words, b->end, e) != 0)
            return -1;
        if (l->words.at >= place_behind(l->places, b->start, l->words.end))
            return diff_work(l->d, 0, e);
    }
    snprintf(what, sizeof what, "%llu", (unsigned long long)b->num);
    l->told++;
    return unlisted_add(l->d, what, e);
}

static int look_at(void *self, const struct body *b, struct err *e)
{
    struct look *l = self;

    if (l->told == TOLD)
        return 0;
    switch (b->kind) {
    case BODY_OBJECT:
        return listed(l->places, b->before, b->start) ? 0 : body_judge(l, b, e);
    case BODY_SPLIT:
        l->told++;
        return diff_add(l->d, GRADE_NEVER, "object-split", NULL, NULL, e);
    default:
        if (l->trailer || pdf_trailer_reached(l->d->pdf, b->start))
            return 0;
        l->trailer = true;
        return diff_add(l->d, GRADE_NEVER, "trailer-unlisted", NULL, NULL, e);
    }
}

/* What an object stream of this revision holds is what the cross-reference says that it holds. One
 * that cannot be unpacked whole holds what each reader finds in it. */
static int pack_judge(struct diff *d, uint32_t container, struct err *e)
{
    uint32_t num, at_index;
    char what[16];

    if (!pdf_packed_whole(d->pdf, container, d->to)) {
        snprintf(what, sizeof what, "%u", container);
        return diff_add(d, GRADE_NEVER, "pack-unread", what, NULL, e);
    }
    for (uint32_t i = 0; pdf_packed_number(d->pdf, container, d->to, i, &num) == 0; i++) {
        struct pdf_place place = pdf_place_of(d->pdf, num, d->to);
        bool here = place.kind == PDF_PLACE_PACKED && place.container == container;
        if (here && place.index != i &&
            pdf_packed_number(d->pdf, container, d->to, place.index, &at_index) == 0 &&
            at_index == num)
            here = false; /* twice in one stream */
        if (here || !diff_matters(d, num))
            continue;
        snprintf(what, sizeof what, "%u", num);
        return unlisted_add(d, what, e);
    }
    return diff_work(d, 0, e);
}

/* A cross-reference stream of this revision that it does not go by: a reader that gathers sections
 * takes it for one, which must lead where the true ones lead, and say what they say. */
static int section_judge(struct diff *d, uint32_t num, const struct pdf_value *section,
                         struct err *e)
{
    static const char *const keys[] = {"Root", "Encrypt", NULL};
    const struct pdf_value *trailer = pdf_trailer(d->pdf, d->to);
    bool strays = false;
    char what[16];

    if (pdf_section_strays(d->pdf, num, d->to, &strays, e) != 0)
        return -1;
    for (size_t i = 0; keys[i] != NULL && !strays; i++) {
        const struct pdf_value *own = pdf_key(section, keys[i]);
        strays = own != NULL && !diff_same(d, pdf_key(trailer, keys[i]), own);
    }
    if (!strays && !pdf_dict_of(section)->doubled)
        return 0;
    snprintf(what, sizeof what, "%u", num);
    return diff_add(d, GRADE_NEVER, "section-stray", what, NULL, e);
}

/* /Type may be a reference, or be missing: some readers take what has the other entries. */
static int carrier_judge(struct diff *d, uint32_t num, const struct pdf_value *v, struct err *e)
{
    const struct pdf_value *type = pdf_get(d->pdf, v, "Type", d->to, NULL);

    if (!pdf_is(v, PDF_STREAM))
        return 0;
    if (pdf_is_name(type, "ObjStm") || (pdf_key(v, "N") != NULL && pdf_key(v, "First") != NULL))
        return pack_judge(d, num, e);
    if (pdf_is_name(type, "XRef") || (pdf_key(v, "W") != NULL && pdf_key(v, "Size") != NULL))
        return section_judge(d, num, v, e);
    return 0;
}

static int carriers_judge(struct diff *d, struct err *e)
{
    for (size_t i = 0; i < pdf_change_count(d->pdf, d->to); i++) {
        struct pdf_change c;
        struct pdf_value *v = NULL;
        if (pdf_change_at(d->pdf, d->to, i, &c) != 0 || c.place.kind != PDF_PLACE_FILE ||
            c.kind == PDF_CHANGE_SAME ||
            pdf_load(d->pdf, (struct pdf_ref){c.num, c.place.gen}, d->to, &v, NULL) != 0)
            continue;
        int rc = carrier_judge(d, c.num, v, e);
        pdf_value_free(v);
        if (rc != 0)
            return -1;
    }
    return 0;
}

/* MuPDF takes the stream of a section for the object of the number in front of it, listed or not.
 */
static int sections_judge(struct diff *d, const struct pdf_revision *own, struct err *e)
{
    int64_t at;
    char what[16];

    for (size_t i = 0; (at = pdf_section_at(d->pdf, i)) >= 0; i++) {
        bool taken = false;
        if (at < own->start || at >= own->end)
            continue;
        uint32_t num = pdf_section_number(d->pdf, i, d->to, &taken);
        if (!taken && (num == 0 || !awaited_has(d->awaited, num)))
            continue;
        snprintf(what, sizeof what, "%u", num);
        if (diff_add(d, GRADE_NEVER, "section-stray", what, NULL, e) != 0)
            return -1;
    }
    return pdf_revision_strays(d->pdf, d->to)
               ? diff_add(d, GRADE_NEVER, "section-stray", "Prev, XRefStm", NULL, e)
               : 0;
}

int diff_unlisted(struct diff *d, struct err *e)
{
    const struct pdf_revision *own = pdf_revision_at(d->pdf, d->to);
    int64_t from = own->start > d->sigs->since ? own->start : d->sigs->since;
    struct places places = {NULL, 0};
    struct look look = {d, &places, {from, from - 1, own->end}, 0, false};
    int rc = -1;

    if (places_find(d, own, &places, e) == 0 &&
        bodies_scan(d->pdf, from, own->end, look_at, &look, e) == 0 && carriers_judge(d, e) == 0 &&
        sections_judge(d, own, e) == 0 && diff_dormant(d, from, e) == 0)
        rc = 0;
    free(places.offsets);
    return rc;
}

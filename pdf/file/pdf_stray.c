/* Sections that the chain from the last startxref reaches, and those that it does not. */
#include "pdf/file/pdf_internal.h"

#include "base/search.h"

int64_t solid_from(struct pdf *pdf, int64_t at)
{
    struct pdf_src src;

    src_file(&src, pdf, at);
    lex_skip(&src);
    return src.pos;
}

int64_t pdf_section_at(const struct pdf *pdf, size_t i)
{
    return i < pdf->nsections ? pdf->sections[i].at : -1;
}

struct wanted {
    const struct pdf_stand *sections;
    int64_t from;
};

static bool is_before(const void *self, size_t i)
{
    const struct wanted *w = self;

    return w->sections[i].at < w->from;
}

bool pdf_section_within(const struct pdf *pdf, int64_t from, int64_t to)
{
    const struct wanted w = {pdf->sections, from};
    size_t i = search_first(pdf->nsections, is_before, &w);

    return i < pdf->nsections && pdf->sections[i].at < to;
}

uint32_t pdf_section_number(struct pdf *pdf, size_t i, int revision, bool *taken)
{
    uint32_t num = i < pdf->nsections ? pdf->sections[i].num : 0;
    struct pdf_place is = pdf_place_of(pdf, num, revision);
    int64_t at = is.kind == PDF_PLACE_FILE ? solid_from(pdf, is.offset) : -1;

    *taken = num != 0 && is.kind != PDF_PLACE_FREE && !pdf_section_within(pdf, at, at + 1);
    return num;
}

bool pdf_trailer_reached(const struct pdf *pdf, int64_t offset)
{
    for (int i = 0; i < pdf->nreached; i++) {
        if (pdf->reached[i].trailer == offset)
            return true;
    }
    return false;
}

static bool is_reached(const struct pdf *pdf, int64_t offset)
{
    for (int i = 0; i < pdf->nreached; i++) {
        if (pdf->reached[i].section == offset || pdf->reached[i].hybrid == offset)
            return true;
    }
    return false;
}

bool pdf_revision_strays(const struct pdf *pdf, int revision)
{
    const struct pdf_revision *pub = pdf_revision_at(pdf, revision);

    for (int i = 0; pub != NULL && i < pdf->nreached; i++) {
        const struct pdf_reached *r = &pdf->reached[i];
        if (r->strays && r->section >= pub->start && r->section < pub->end)
            return true;
    }
    return false;
}

/* A free entry says that there is no such object. */
static bool says_else(const struct pdf *pdf, const struct pdf_xent *x, int revision)
{
    struct pdf_place is = pdf_place_of(pdf, x->num, revision);

    if (x->num == 0)
        return (x->flags & XENT_ZERO) != 0;
    if (x->kind == PDF_PLACE_FREE || is.kind != x->kind)
        return is.kind != x->kind;
    if (x->kind == PDF_PLACE_FILE)
        return is.offset != x->where || is.gen != x->gen;
    return is.container != x->where || is.index != x->gen;
}

int pdf_section_strays(struct pdf *pdf, uint32_t num, int revision, bool *out, struct err *e)
{
    struct pdf_place place = pdf_place_of(pdf, num, revision);
    struct err own = ERR_INIT;
    struct pdf_section s = {.prev = -1, .eof = -1, .word = -1, .hybrid = -1};

    *out = false;
    if (place.kind != PDF_PLACE_FILE)
        return 0;
    s.offset = solid_from(pdf, place.offset);
    if (is_reached(pdf, s.offset))
        return 0;
    if (section_read_stream(pdf, &s, &own) != 0 && own.kind != ERR_INPUT) {
        section_free(&s);
        *e = own;
        return -1;
    }
    pdf->nentries -= s.entries.count;
    *out = err_is_set(&own);
    for (size_t i = 0; i < s.entries.count && !*out; i++)
        *out = says_else(pdf, &s.entries.items[i], revision);
    const struct pdf_value *prev = pdf_key(s.trailer, "Prev");
    if (pdf_int(prev, 0) != 0 || !(prev == NULL || pdf_is(prev, PDF_INT)))
        *out = *out || !is_reached(pdf, solid_from(pdf, pdf_int(prev, -1)));
    *out = *out || pdf_key(s.trailer, "XRefStm") != NULL;
    section_free(&s);
    return 0;
}

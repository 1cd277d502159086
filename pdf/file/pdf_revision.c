#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"

/* Sections, newest first, as /Prev links them. */
struct chain {
    struct pdf_section *items;
    int count, cap;
};

void section_free(struct pdf_section *s)
{
    xlist_free(&s->entries);
    pdf_value_free(s->trailer);
    s->trailer = NULL;
}

int section_read(struct pdf *pdf, struct pdf_section *s, struct err *e)
{
    struct pdf_src src;

    if (s->offset < 0 || s->offset >= pdf->size)
        return fail_xref(e, s->offset);
    src_file(&src, pdf, s->offset);
    lex_skip(&src);
    s->said = s->offset;
    s->offset = src.pos;
    int rc = src_peek(&src) == 'x' ? section_read_table(pdf, s, e) : section_read_stream(pdf, s, e);
    if (rc != 0)
        return -1;
    const struct pdf_value *prev = pdf_key(s->trailer, "Prev");
    s->prev = -1;
    if (prev != NULL) {
        s->prev = pdf_is(prev, PDF_INT) ? prev->u.integer : -1;
        if (s->prev < 0)
            return fail_xref(e, s->offset);
        if (s->prev == 0) /* some writers say so for "none" */
            s->prev = -1;
    }
    return 0;
}

/* The number behind the last startxref, which readers look for at the end of the file. */
static int startxref_before(struct pdf *pdf, int64_t end, int64_t *offset, struct err *e)
{
    enum { LOOK_BACK = 4096 };
    struct pdf_src src;
    struct pdf_token t;
    int64_t from = end > LOOK_BACK ? end - LOOK_BACK : 0;
    int64_t at = src_find_last(pdf, from, end, "startxref", 9);

    if (pdf->io_errno != 0)
        return fail_read(pdf, e);
    if (at < 0)
        return err_set(e, ERR_INPUT, "err.pdf-file.truncated", NULL);
    token_init(&t);
    src_file(&src, pdf, at + 9);
    lex_next(&src, &t);
    *offset = t.kind == TOKEN_INT ? t.integer : -1;
    token_free(&t);
    return *offset > 0 ? 0 : fail_xref(e, at);
}

/* The %%EOF that ends a section: the first behind it, before the next section of the chain. */
static void find_eof(struct pdf *pdf, struct pdf_section *s, int64_t limit)
{
    unsigned char after[2];
    int64_t at = src_find(pdf, s->end, limit, "%%EOF", 5);

    s->eof = s->eof_end = -1;
    if (at < 0)
        return;
    s->eof = s->eof_end = at + 5;
    size_t n = pdf->size - s->eof < 2 ? (size_t)(pdf->size - s->eof) : 2;
    if (pdf_pread(pdf, after, n, s->eof, NULL) != 0)
        return;
    if (n >= 1 && after[0] == '\n')
        s->eof_end++;
    else if (n >= 1 && after[0] == '\r')
        s->eof_end += n == 2 && after[1] == '\n' ? 2 : 1;
}

static int chain_add(struct pdf *pdf, struct chain *c, int64_t offset, struct err *e)
{
    if (c->count >= ceilings.pdf_revisions)
        return fail_limit(e, "pdf-file.limit-revisions", ceilings.pdf_revisions);
    if (c->count == c->cap) {
        int cap = c->cap < 8 ? 8 : 2 * c->cap;
        struct pdf_section *items = reallocarray(c->items, (size_t)cap, sizeof *items);
        if (items == NULL)
            return err_set_memory(e);
        c->items = items;
        c->cap = cap;
    }
    struct pdf_section *s = &c->items[c->count++];
    *s = (struct pdf_section){.offset = offset, .prev = -1, .eof = -1, .word = -1, .hybrid = -1};
    return section_read(pdf, s, e);
}

static int read_sections(struct pdf *pdf, struct chain *c, struct err *e)
{
    int64_t offset = 0;

    if (startxref_before(pdf, pdf->size, &offset, e) != 0)
        return -1;
    do {
        if (chain_add(pdf, c, offset, e) != 0)
            return -1;
        const struct pdf_section *last = &c->items[c->count - 1];
        for (int i = 0; i + 1 < c->count; i++) {
            if (c->items[i].offset == last->offset)
                return err_set(e, ERR_INPUT, "err.pdf-file.loop", NULL);
        }
        offset = last->prev;
    } while (offset >= 0);
    for (int i = 0; i < c->count; i++) {
        int64_t limit = pdf->size;
        for (int k = 0; k < c->count; k++) {
            if (c->items[k].offset > c->items[i].offset && c->items[k].offset < limit)
                limit = c->items[k].offset;
        }
        find_eof(pdf, &c->items[i], limit);
    }
    return pdf->io_errno != 0 ? fail_read(pdf, e) : 0;
}

/* Some readers follow /Prev of the stream beside a table, and /XRefStm of a stream. */
static bool strays(struct pdf *pdf, const struct chain *c, int i)
{
    const struct pdf_section *s = &c->items[i];

    if (s->kind == PDF_XREF_STREAM)
        return pdf_key(s->trailer, "XRefStm") != NULL;
    return s->hybrid_prev != 0 && (s->hybrid_prev < 0 || i + 1 == c->count ||
                                   solid_from(pdf, s->hybrid_prev) != c->items[i + 1].offset);
}

static int ascending(const void *a, const void *b)
{
    const struct pdf_stand *x = a, *y = b;

    return x->at < y->at ? -1 : x->at > y->at;
}

static int reached_keep(struct pdf *pdf, const struct chain *c, struct err *e)
{
    pdf->reached = calloc((size_t)c->count, sizeof *pdf->reached);
    pdf->sections = calloc(2 * (size_t)c->count, sizeof *pdf->sections);
    if (pdf->reached == NULL || pdf->sections == NULL)
        return err_set_memory(e);
    for (int i = 0; i < c->count; i++) {
        const struct pdf_section *s = &c->items[i];
        int64_t hybrid = s->hybrid < 0 ? -1 : solid_from(pdf, s->hybrid);
        pdf->reached[pdf->nreached++] =
            (struct pdf_reached){s->offset,     s->word,           hybrid, s->said,      s->loose,
                                 s->beside_odd, strays(pdf, c, i), s->num, s->hybrid_num};
        pdf->sections[pdf->nsections++] = (struct pdf_stand){s->offset, s->num};
        if (hybrid >= 0)
            pdf->sections[pdf->nsections++] = (struct pdf_stand){hybrid, s->hybrid_num};
    }
    qsort(pdf->sections, pdf->nsections, sizeof *pdf->sections, ascending);
    return 0;
}

static int rev_from(struct pdf_rev *rev, struct pdf_section *s, struct err *e)
{
    const struct pdf_value *size = pdf_key(s->trailer, "Size");

    *rev = (struct pdf_rev){.entries = s->entries, .trailer = s->trailer};
    s->entries = (struct pdf_xlist){NULL, 0, 0};
    s->trailer = NULL;
    rev->pub = (struct pdf_revision){.startxref = s->offset,
                                     .eof = s->eof,
                                     .end = s->eof_end,
                                     .kind = s->kind,
                                     .sections = 1,
                                     .trailer = rev->trailer};
    if (size == NULL || pdf_int(size, -1) < 0 || pdf_int(size, -1) > UINT32_MAX)
        return fail_xref(e, s->offset);
    rev->pub.size = (uint32_t)pdf_int(size, 0);
    return 0;
}

/* Sections become revisions. An older section that stands, or ends, behind the start of a newer one
 * was written together with it: the two sections of a linearised file. So was one that no %%EOF
 * ends. */
static int group(struct pdf *pdf, struct chain *c, struct err *e)
{
    int64_t lowest = INT64_MAX; /* offset of the sections of the newest revision made so far */

    pdf->revs = calloc((size_t)c->count, sizeof *pdf->revs);
    if (pdf->revs == NULL)
        return err_set_memory(e);
    for (int i = 0; i < c->count; i++) {
        struct pdf_section *s = &c->items[i];
        struct pdf_rev *newer = pdf->nrevs > 0 ? &pdf->revs[pdf->nrevs - 1] : NULL;
        const struct pdf_section *back = i + 1 < c->count ? &c->items[i + 1] : NULL;
        if (s->eof < 0 && back != NULL && back->offset > s->offset) {
            /* the first-page section of a linearised file: the main one, behind it, ends both */
            s->eof = back->eof;
            s->eof_end = back->eof_end;
        }
        if (newer == NULL || (s->eof >= 0 && s->eof_end <= lowest && s->offset < lowest)) {
            pdf->nrevs++;
            if (rev_from(&pdf->revs[pdf->nrevs - 1], s, e) != 0)
                return -1;
            lowest = s->offset;
            continue;
        }
        if (xlist_merge(pdf, &newer->entries, &s->entries, e) != 0)
            return -1;
        newer->pub.sections++;
        if (s->eof_end > newer->pub.end) {
            newer->pub.eof = s->eof;
            newer->pub.end = s->eof_end;
        }
        if (s->end > newer->pub.end && newer->pub.end >= 0)
            return fail_xref(e, s->offset); /* it was not there when the revision ended */
        if (s->offset < lowest)
            lowest = s->offset;
    }
    for (int i = 0; i < pdf->nrevs / 2; i++) {
        struct pdf_rev swap = pdf->revs[i];
        pdf->revs[i] = pdf->revs[pdf->nrevs - 1 - i];
        pdf->revs[pdf->nrevs - 1 - i] = swap;
    }
    return 0;
}

/* An object that a hybrid section shows to readers of streams only, while older tables show another
 * one to the rest. */
static int find_double_views(struct pdf *pdf, struct err *e)
{
    for (int r = 1; r < pdf->nrevs; r++) {
        const struct pdf_xlist *list = &pdf->revs[r].entries;
        if (pdf->revs[r].pub.kind != PDF_XREF_HYBRID)
            continue;
        for (size_t i = 0; i < list->count; i++) {
            const struct pdf_xent *x = &list->items[i];
            if ((x->flags & XENT_STREAM) == 0 || x->kind == PDF_PLACE_FREE)
                continue;
            const struct pdf_xent *old = NULL;
            for (int k = r - 1; k >= 0 && old == NULL; k--) {
                old = xlist_find(&pdf->revs[k].entries, x->num);
                if (old != NULL && (old->flags & XENT_STREAM) != 0)
                    old = NULL;
            }
            if (old != NULL && old->kind != PDF_PLACE_FREE &&
                (!xent_same(old, x) || (x->flags & XENT_HIDDEN) != 0) &&
                double_view_add(pdf, x->num, e) != 0)
                return -1;
        }
    }
    return 0;
}

/* Table and stream of one section disagree. The table holds (7.5.8.4); a reader that prefers the
 * stream sees another object, unless it is the one that was there before: some writers copy the
 * pointer to the stream of an earlier section into their own. */
static int judge_conflicts(struct pdf *pdf, struct err *e)
{
    for (size_t i = 0; i < pdf->nconflicts; i++) {
        const struct pdf_conflict *c = &pdf->conflicts[i];
        const struct pdf_xent *old = NULL;
        int r = 0;
        while (r + 1 < pdf->nrevs && pdf->revs[r].pub.end <= c->section)
            r++;
        for (int k = r - 1; k >= 0 && old == NULL; k--)
            old = xlist_find(&pdf->revs[k].entries, c->stream.num);
        if ((old == NULL || !xent_same(old, &c->stream)) &&
            double_view_add(pdf, c->stream.num, e) != 0)
            return -1;
    }
    return 0;
}

static int finish_revisions(struct pdf *pdf, struct err *e)
{
    for (int r = 0; r < pdf->nrevs; r++) {
        struct pdf_revision *pub = &pdf->revs[r].pub;
        pub->start = r > 0 ? pdf->revs[r - 1].pub.end : 0;
        if (pub->end < 0)
            return err_set(e, ERR_INPUT, "err.pdf-file.truncated", NULL);
        if (pub->end < pub->start || pub->startxref >= pub->end)
            return fail_xref(e, pub->startxref);
    }
    pdf->tail = pdf->size - pdf->revs[pdf->nrevs - 1].pub.end;
    return judge_conflicts(pdf, e) != 0 ? -1 : find_double_views(pdf, e);
}

int chain_read(struct pdf *pdf, struct err *e)
{
    struct chain c = {NULL, 0, 0};
    int rc = -1;

    if (read_sections(pdf, &c, e) == 0 && reached_keep(pdf, &c, e) == 0 && group(pdf, &c, e) == 0)
        rc = finish_revisions(pdf, e);
    for (int i = 0; i < c.count; i++)
        section_free(&c.items[i]);
    free(c.items);
    return rc;
}

/* ---- what the header offers ---- */
int pdf_revision_count(const struct pdf *pdf)
{
    return pdf->nrevs;
}

const struct pdf_revision *pdf_revision_at(const struct pdf *pdf, int revision)
{
    int r = rev_index(pdf, revision);

    return r >= 0 ? &pdf->revs[r].pub : NULL;
}

int pdf_revision_ending(const struct pdf *pdf, int64_t end)
{
    for (int r = 0; r < pdf->nrevs; r++) {
        if (end >= pdf->revs[r].pub.eof && end <= pdf->revs[r].pub.end)
            return r;
    }
    return -1;
}

bool pdf_revision_own(struct pdf *pdf, int revision)
{
    int r = rev_index(pdf, revision);
    struct pdf_src src;
    int64_t said = -1;

    if (r < 0 || startxref_before(pdf, pdf->revs[r].pub.eof, &said, NULL) != 0 || said >= pdf->size)
        return false;
    src_file(&src, pdf, said);
    lex_skip(&src);
    return src.pos == pdf->revs[r].pub.startxref;
}

int64_t pdf_tail(const struct pdf *pdf)
{
    return pdf->tail;
}

const struct pdf_value *pdf_trailer(const struct pdf *pdf, int revision)
{
    int r = rev_index(pdf, revision);

    return r >= 0 ? pdf->revs[r].trailer : NULL;
}

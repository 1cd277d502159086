#include "pdf/file/pdf_internal.h"

#include <stdlib.h>
#include <string.h>

/* Ten digits, blank, five digits, blank, n or f, and two bytes of end of line: read at one go when
 * it is written as the standard says; anything else goes by tokens. */
static bool fast_entry(struct pdf_src *s, struct pdf_xent *x)
{
    size_t left = 0;
    const unsigned char *p = pdf_window_at(s->pdf, s->pos, &left);
    int64_t where = 0, gen = 0;

    if (p == NULL || left < 20 || p[10] != ' ' || p[16] != ' ' || (p[17] != 'n' && p[17] != 'f') ||
        !lex_is_space(p[18]) || !lex_is_space(p[19]))
        return false;
    for (int i = 0; i < 10; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        where = where * 10 + (p[i] - '0');
    }
    for (int i = 11; i < 16; i++) {
        if (p[i] < '0' || p[i] > '9')
            return false;
        gen = gen * 10 + (p[i] - '0');
    }
    x->where = where;
    x->gen = (uint32_t)gen;
    x->kind = p[17] == 'n' ? PDF_PLACE_FILE : PDF_PLACE_FREE;
    s->pos += 20;
    return true;
}

static int slow_entry(struct parse *p, struct pdf_xent *x)
{
    lex_next(p->src, &p->t);
    if (p->t.kind != TOKEN_INT || p->t.integer < 0)
        return fail_xref(p->e, p->t.start);
    x->where = p->t.integer;
    lex_next(p->src, &p->t);
    if (p->t.kind != TOKEN_INT || p->t.integer < 0 || p->t.integer > 99999)
        return fail_xref(p->e, p->t.start);
    x->gen = (uint32_t)p->t.integer;
    lex_next(p->src, &p->t);
    if (!token_is(&p->t, "n") && !token_is(&p->t, "f"))
        return fail_xref(p->e, p->t.start);
    x->kind = p->t.word[0] == 'n' ? PDF_PLACE_FILE : PDF_PLACE_FREE;
    return 0;
}

static int read_subsection(struct pdf *pdf, struct parse *p, int64_t first, int64_t count,
                           struct pdf_section *s)
{
    if (first < 0 || count < 0 || first >= pdf->max_objects || count > pdf->max_objects - first)
        return fail_limit(p->e, "pdf-file.limit-objects", pdf->max_objects);
    lex_skip(p->src);
    for (int64_t i = 0; i < count; i++) {
        struct pdf_xent x = {.num = (uint32_t)(first + i)};
        bool fast = fast_entry(p->src, &x);
        s->loose = s->loose || !fast;
        if (!fast && slow_entry(p, &x) != 0)
            return -1;
        /* Writers of old mark unused numbers as "0000000000 00000 n". */
        if (x.kind == PDF_PLACE_FILE && x.where == 0)
            x.kind = PDF_PLACE_FREE;
        if (x.num == 0 && x.kind == PDF_PLACE_FILE) {
            x.kind = PDF_PLACE_FREE;
            x.flags |= XENT_ZERO;
        } else if (x.kind == PDF_PLACE_FREE) {
            x.where = 0; /* its fields are the list of free numbers; Quartz writes 65536 */
        }
        if (x.kind == PDF_PLACE_FILE && x.gen > 65535)
            return fail_xref(p->e, p->src->pos);
        if (xlist_add(pdf, &s->entries, &x, p->e) != 0)
            return -1;
    }
    return 0;
}

static int read_subsections(struct pdf *pdf, struct parse *p, struct pdf_section *s)
{
    for (;;) {
        lex_next(p->src, &p->t);
        if (token_is(&p->t, "trailer")) {
            s->word = p->t.start;
            return 0;
        }
        if (p->t.kind != TOKEN_INT)
            return fail_xref(p->e, p->t.start);
        int64_t first = p->t.integer;
        lex_next(p->src, &p->t);
        if (p->t.kind != TOKEN_INT)
            return fail_xref(p->e, p->t.start);
        if (read_subsection(pdf, p, first, p->t.integer, s) != 0)
            return -1;
    }
}

static int conflict_add(struct pdf *pdf, const struct pdf_xent *x, int64_t section, struct err *e)
{
    struct pdf_conflict *all =
        reallocarray(pdf->conflicts, pdf->nconflicts + 1, sizeof *pdf->conflicts);

    if (all == NULL)
        return err_set_memory(e);
    pdf->conflicts = all;
    pdf->conflicts[pdf->nconflicts++] = (struct pdf_conflict){*x, section};
    return 0;
}

/* The hybrid part: entries of a cross-reference stream beside the table. Where both name an object
 * in use, readers of tables and of streams may see different objects. */
static int read_hybrid(struct pdf *pdf, struct pdf_section *s, int64_t at, struct err *e)
{
    struct pdf_section extra = {.offset = at, .prev = -1, .eof = -1};
    int rc = section_read_stream(pdf, &extra, e);

    s->hybrid = at;
    s->hybrid_num = extra.num;
    if (rc == 0)
        s->hybrid_prev = pdf_key(extra.trailer, "XRefStm") != NULL
                             ? -1
                             : pdf_int(pdf_key(extra.trailer, "Prev"),
                                       pdf_key(extra.trailer, "Prev") == NULL ? 0 : -1);
    s->beside_odd = rc != 0 || extra.offset != at || !beside_plain(pdf, s, &extra);

    for (size_t i = 0; rc == 0 && i < extra.entries.count; i++) {
        struct pdf_xent *x = &extra.entries.items[i];
        const struct pdf_xent *table = xlist_find(&s->entries, x->num);
        x->flags |= XENT_STREAM;
        if (table != NULL && table->kind == PDF_PLACE_FREE)
            x->flags |= XENT_HIDDEN;
        if (table == NULL || table->kind == PDF_PLACE_FREE)
            continue;
        if (!xent_same(x, table))
            rc = conflict_add(pdf, x, s->offset, e);
    }
    if (rc == 0) {
        /* Free entries of the table give way to the stream's: that is how hybrid files hide
         * objects. */
        size_t kept = 0;
        for (size_t i = 0; i < s->entries.count; i++) {
            const struct pdf_xent *x = &s->entries.items[i];
            if (x->kind != PDF_PLACE_FREE || xlist_find(&extra.entries, x->num) == NULL)
                s->entries.items[kept++] = *x;
        }
        pdf->nentries -= s->entries.count - kept;
        s->entries.count = kept;
        rc = xlist_merge(pdf, &s->entries, &extra.entries, e);
        if (extra.end > s->end)
            s->end = extra.end; /* the revision does not end before */
        s->kind = PDF_XREF_HYBRID;
    }
    section_free(&extra);
    return rc;
}

int section_read_table(struct pdf *pdf, struct pdf_section *s, struct err *e)
{
    struct pdf_src src;
    struct parse p = {.src = &src, .offsets = true, .e = e};
    int rc = -1;

    token_init(&p.t);
    src_file(&src, pdf, s->offset);
    lex_next(&src, &p.t);
    s->kind = PDF_XREF_TABLE;
    if (!token_is(&p.t, "xref")) {
        fail_xref(e, s->offset);
        goto out;
    }
    if (read_subsections(pdf, &p, s) != 0 || xlist_sort(&s->entries, s->offset, e) != 0)
        goto out;
    s->trailer = calloc(1, sizeof *s->trailer);
    if (s->trailer == NULL) {
        err_set_memory(e);
        goto out;
    }
    int64_t at = src.pos;
    if (parse_value(&p, s->trailer) != 0)
        goto out;
    if (s->trailer->kind != PDF_DICT) {
        fail_xref(e, at);
        goto out;
    }
    s->end = p.t.start; /* the word that ended the dictionary: startxref */
    const struct pdf_value *hybrid = pdf_key(s->trailer, "XRefStm");
    rc = hybrid != NULL ? read_hybrid(pdf, s, pdf_int(hybrid, -1), e) : 0;
out:
    if (pdf->io_errno != 0)
        fail_read(pdf, e);
    token_free(&p.t);
    return rc;
}

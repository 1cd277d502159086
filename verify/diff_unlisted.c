/* Bodies of objects, and trailers, that stand in the bytes of a revision without being listed by
 * its cross-reference: between the objects, in the data of a stream, in a string, in an object
 * stream. A reader that makes a table of its own, because it finds the one of the file damaged or
 * too far from the end, takes them for the newest ones. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ceilings.h"
#include "base/err.h"
#include "verify/diff.h"

/* What is being read, byte by byte: two whole numbers and "obj", or "trailer" and "<<". */
struct scan {
    struct {
        uint64_t value;
        int64_t start;  /* of its first digit */
        int64_t before; /* after the last byte in front of it that is no blank */
    } number[2];
    int numbers; /* how many of them stand directly before */
    bool in_digits;
    int obj;       /* letters of "obj" seen */
    size_t word;   /* letters of "trailer" seen */
    int angles;    /* '<' behind it */
    int64_t solid; /* after the last byte that is no blank */
    int trailers;
};

struct places {
    int64_t *offsets; /* where the listed objects stand, ascending */
    size_t count;
};

static int ascending(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

/* What the revision lists inside its own bytes, and its section, which may be an object too. */
static int places_find(struct diff *d, const struct pdf_revision *own, struct places *out,
                       struct err *e)
{
    size_t n = pdf_change_count(d->pdf, d->to);

    out->count = 0;
    out->offsets = calloc(n + 1, sizeof *out->offsets);
    if (out->offsets == NULL)
        return err_set_memory(e);
    for (size_t i = 0; i < n; i++) {
        struct pdf_change c;
        if (pdf_change_at(d->pdf, d->to, i, &c) == 0 && c.place.kind == PDF_PLACE_FILE &&
            c.place.offset >= own->start && c.place.offset < own->end)
            out->offsets[out->count++] = c.place.offset;
    }
    out->offsets[out->count++] = own->startxref;
    qsort(out->offsets, out->count, sizeof *out->offsets, ascending);
    return 0;
}

/* A listed place leads to the number that starts at `start`, but for blanks in front of it. */
static bool listed(const struct places *p, int64_t before, int64_t start)
{
    size_t low = 0, high = p->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->offsets[middle] <= start)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && p->offsets[low - 1] >= before;
}

static bool is_blank(unsigned char c)
{
    return c == 0 || c == '\t' || c == '\n' || c == '\f' || c == '\r' || c == ' ';
}

static void digit_take(struct scan *s, unsigned char c, int64_t at)
{
    if (!s->in_digits) {
        if (s->numbers == 2)
            s->number[0] = s->number[1];
        else
            s->numbers++;
        s->number[s->numbers - 1].value = 0;
        s->number[s->numbers - 1].start = at;
        s->number[s->numbers - 1].before = s->solid;
        s->in_digits = true;
    }
    uint64_t *value = &s->number[s->numbers - 1].value;
    if (*value <= UINT32_MAX)
        *value = *value * 10 + (uint64_t)(c - '0');
}

/* One byte more; true when "N G obj" ends with it. */
static bool byte_take(struct scan *s, unsigned char c, int64_t at)
{
    static const char obj[] = "obj", trailer[] = "trailer";
    bool found = false;

    if (s->word == sizeof trailer - 1 && !is_blank(c)) {
        s->angles = c == '<' ? s->angles + 1 : 0;
        s->trailers += s->angles == 2 ? 1 : 0;
        s->word = s->angles == 1 ? s->word : 0;
        s->angles = s->word == 0 ? 0 : s->angles;
    }
    if (s->word < sizeof trailer - 1)
        s->word = c == (unsigned char)trailer[s->word] ? s->word + 1 : c == 't';
    if (isdigit(c)) {
        digit_take(s, c, at);
        s->obj = 0;
    } else if (is_blank(c)) {
        s->in_digits = false;
        s->numbers = s->obj > 0 ? 0 : s->numbers;
        s->obj = 0;
    } else {
        bool apart = !s->in_digits && s->numbers == 2;
        if (apart && c == (unsigned char)obj[s->obj]) {
            found = ++s->obj == 3;
        } else {
            s->numbers = 0;
            s->obj = 0;
        }
        s->in_digits = false;
    }
    if (found) {
        s->numbers = 0;
        s->obj = 0;
    }
    if (!is_blank(c))
        s->solid = at + 1;
    return found;
}

/* An object of this number exists, or is waited for. */
static bool matters(const struct diff *d, uint64_t num)
{
    return num <= UINT32_MAX &&
           (pdf_place_of(d->pdf, (uint32_t)num, d->to).kind != PDF_PLACE_FREE ||
            pdf_place_of(d->pdf, (uint32_t)num, d->from).kind != PDF_PLACE_FREE ||
            awaited_has(d->awaited, (uint32_t)num));
}

static int unlisted_add(struct diff *d, const char *what, struct err *e)
{
    return diff_add(d, GRADE_NEVER, "object-unlisted", what, NULL, e);
}

static int body_judge(struct diff *d, uint64_t num, struct err *e)
{
    char what[24];

    if (!matters(d, num))
        return 0;
    snprintf(what, sizeof what, "%llu", (unsigned long long)num);
    return unlisted_add(d, what, e);
}

static int scan_bytes(struct diff *d, const struct places *places, int64_t from, int64_t end,
                      struct scan *s, struct err *e)
{
    enum { WINDOW = 1 << 16, TOLD = 16 };
    unsigned char *window = malloc(WINDOW);
    int told = 0, rc = window != NULL ? 0 : err_set_memory(e);

    s->solid = from;
    while (rc == 0 && from < end && told < TOLD) {
        size_t take = end - from > WINDOW ? WINDOW : (size_t)(end - from);
        rc = pdf_pread(d->pdf, window, take, from, e);
        for (size_t i = 0; i < take && rc == 0; i++) {
            if (!byte_take(s, window[i], from + (int64_t)i) ||
                listed(places, s->number[0].before, s->number[0].start))
                continue;
            size_t before = d->step->count;
            rc = body_judge(d, s->number[0].value, e);
            told += d->step->count > before ? 1 : 0;
        }
        from += (int64_t)take;
    }
    free(window);
    return rc;
}

/* What an object stream of this revision holds is what the cross-reference says that it holds. */
static int pack_judge(struct diff *d, uint32_t container, struct err *e)
{
    uint32_t num, at_index;
    char what[16];

    for (uint32_t i = 0; pdf_packed_number(d->pdf, container, d->to, i, &num) == 0; i++) {
        struct pdf_place place = pdf_place_of(d->pdf, num, d->to);
        bool here = place.kind == PDF_PLACE_PACKED && place.container == container;
        if (here && place.index != i &&
            pdf_packed_number(d->pdf, container, d->to, place.index, &at_index) == 0 &&
            at_index == num)
            here = false; /* twice in one stream */
        if (here || !matters(d, num))
            continue;
        snprintf(what, sizeof what, "%u", num);
        return unlisted_add(d, what, e);
    }
    return 0;
}

static int packs_judge(struct diff *d, struct err *e)
{
    for (size_t i = 0; i < pdf_change_count(d->pdf, d->to); i++) {
        struct pdf_change c;
        struct pdf_value *v = NULL;
        if (pdf_change_at(d->pdf, d->to, i, &c) != 0 || c.place.kind != PDF_PLACE_FILE ||
            c.kind == PDF_CHANGE_SAME ||
            pdf_load(d->pdf, (struct pdf_ref){c.num, c.place.gen}, d->to, &v, NULL) != 0)
            continue;
        bool pack = pdf_is(v, PDF_STREAM) && pdf_is_name(pdf_key(v, "Type"), "ObjStm");
        pdf_value_free(v);
        if (pack && pack_judge(d, c.num, e) != 0)
            return -1;
    }
    return 0;
}

int diff_unlisted(struct diff *d, struct err *e)
{
    const struct pdf_revision *own = pdf_revision_at(d->pdf, d->to);
    int64_t from = own->start > d->sigs->since ? own->start : d->sigs->since;
    int tables = own->kind == PDF_XREF_STREAM && own->sections == 1 ? 0 : own->sections;
    struct places places = {NULL, 0};
    struct scan scan = {.numbers = 0};
    int rc = -1;

    if (places_find(d, own, &places, e) == 0 &&
        scan_bytes(d, &places, from, own->end, &scan, e) == 0 &&
        (scan.trailers <= tables ||
         diff_add(d, GRADE_NEVER, "trailer-unlisted", NULL, NULL, e) == 0) &&
        packs_judge(d, e) == 0)
        rc = 0;
    free(places.offsets);
    return rc;
}
